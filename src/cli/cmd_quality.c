#include "cli/commands.h"
#include "core/id.h"
#include "core/time.h"
#include "registry/record_quality.h"

static bool count(struct command_run *run, const struct registry *registry,
                  const struct register_type *type, struct err *err)
{
    struct record_quality quality;

    if (!record_quality_count(registry, type, 0, &quality, err))
        return err_while(err, "%.*s", STR_ARG(type->id));
    for (size_t i = 0; i < type->rule_count; i++) {
        const struct register_rule *rule = &type->rules[i];
        const struct record_quality_rule *found = &quality.rules[i];

        command_print(run, "%8lld of %lld  %.*s %.*s: %.*s", (long long)found->broken,
                      (long long)quality.total, STR_ARG(type->id), STR_ARG(rule->id),
                      STR_ARG(rule->title));
        if (found->shown_count > 0)
            command_print(run, "; the first is %.*s",
                          STR_ARG(id_text(run->arena, found->shown[0].id)));
        command_print(run, "\n");
    }
    return true;
}

bool cmd_quality(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, run->arena, NULL, time_now(), NULL};
    struct str only = run->arg_count > 1 ? run->args[1] : STR("");

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &registry.catalog, err) ||
        !tx_read(&tx, tenant, err))
        return false;
    if (only.len > 0 && model_type(registry.catalog->model, only) == NULL)
        return err_set(err, ERR_ABSENT, "there is no register %.*s", STR_ARG(only));
    for (size_t i = 0; i < registry.catalog->model->type_count; i++) {
        const struct register_type *type = registry.catalog->model->types[i];

        if (type->rule_count > 0 && (only.len == 0 || str_equal(type->id, only)) &&
            !count(run, &registry, type, err))
            return false;
    }
    return true;
}
