/* Filters in roles.json, looked at by pack check: what record_reach.c passes over in silence. */
#include "auth/policy_words.h"
#include "core/arena.h"
#include "registry/record_reach.h"
#include "registry/record_where.h"

struct checking {
    struct arena *arena;
    const struct pack_set *set;
    const struct pack *pack;
    const struct pack_file *file;
    struct pack_findings *findings;
    const struct record_where_asker *asker;
    struct str pointer; /* to the filter */
    struct str role;
};

static void tell(struct checking *it, struct str text)
{
    if (it->findings->count < PACK_FINDINGS_MAX)
        pack_find(it->findings, it->file->path, pack_line(it->file->bytes, it->pointer),
                  "role \"%.*s\": %.*s", STR_ARG(it->role), STR_ARG(text));
}

static void check_register(struct checking *it, const struct pack *pack,
                           const struct pack_file *file, struct str name, struct str where)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct pack_findings others = {.arena = scratch};
    const struct register_type *type = register_type_compile(scratch, pack, file, &others);
    const struct record_where *compiled;
    struct err err = {0};

    /* What is wrong with a register is told with its own file. */
    if (type == NULL || record_where_parse_as(scratch, type, where, it->asker, &compiled, &err))
        return;
    tell(it, str_printf(it->arena, "where, of %.*s: %s", STR_ARG(name), err.text));
}

static void check_pack(struct checking *it, const struct pack *pack, struct str pattern,
                       struct str where)
{
    for (size_t i = 0; i < pack->file_count; i++) {
        const struct pack_file *file = &pack->files[i];
        struct str name = file->path;

        if (!str_starts(name, STR("registers/")) || !str_ends(name, STR(".json")))
            continue;
        name = str_printf(it->arena, "%.*s.%.*s", STR_ARG(pack->id),
                          STR_ARG(str_slice(name, 10, name.len - 15)));
        if (policy_pattern_fits(pattern, name))
            check_register(it, pack, file, name, where);
    }
}

static bool has_import(const struct json *actions)
{
    for (const struct json *item = actions == NULL ? NULL : actions->first; item != NULL;
         item = item->next)
        if (policy_action_of(json_text(item)) == POLICY_IMPORT)
            return true;
    return false;
}

static void check_grant(struct checking *it, const struct json *grant)
{
    const struct json *where = json_find(grant, STR("where"));
    struct str pattern = json_find_text(grant, STR("register"));

    if (where == NULL || json_find(grant, STR("process")) != NULL)
        return;
    if (str_equal(it->role, STR("guest"))) {
        tell(it, STR("what everybody may read is said in the register, without \"where\""));
        return;
    }
    if (has_import(json_find(grant, STR("actions"))))
        tell(it, STR("\"import\" is of whole registers: give it in a grant without \"where\""));
    if (json_text(where).len == 0) {
        tell(it, STR("\"where\" must be a condition in FEEL, like district = \"north\""));
        return;
    }
    check_pack(it, it->pack, pattern, where->text);
    for (size_t i = 0; i < it->set->count; i++)
        if (!str_equal(it->set->packs[i]->id, it->pack->id))
            check_pack(it, it->set->packs[i], pattern, where->text);
}

void record_reach_check_file(const struct pack_set *set, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings)
{
    struct record_where_asker asker = {.user = record_where_user(findings->arena, STR("login"), 0)};
    struct checking it = {findings->arena, set, pack, file, findings, &asker, {NULL, 0}, {NULL, 0}};
    struct json *roles;
    struct err err;
    int role_at = 0;

    policy_check_file(set, pack, file, findings);
    if (!json_parse(findings->arena, file->bytes, NULL, &roles, &err) || roles->kind != JSON_ARRAY)
        return;
    for (const struct json *role = roles->first; role != NULL; role = role->next, role_at++) {
        const struct json *grants = json_find(role, STR("grants"));
        int at = 0;

        it.role = json_find_text(role, STR("id"));
        if (grants == NULL || grants->kind != JSON_ARRAY)
            continue;
        for (const struct json *grant = grants->first; grant != NULL; grant = grant->next, at++) {
            it.pointer = str_printf(findings->arena, "/%d/grants/%d/where", role_at, at);
            check_grant(&it, grant);
        }
    }
}
