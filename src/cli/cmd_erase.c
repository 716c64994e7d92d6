#include "cli/commands.h"
#include "core/id.h"
#include "core/time.h"
#include "registry/attachment.h"
#include "registry/beside.h"
#include "registry/history.h"
#include "service/application.h"
#include "service/charge.h"
#include "service/meeting.h"
#include "service/service_case.h"
#include "service/service_offered.h"
#include "workflow/flow_erase.h"

struct erasing {
    struct command_run *run;
    const struct catalog *catalog;
    struct history_erasure erasure;
    int64_t erased;
    bool is_person; /* a card of the register of people */
};

/* What else is kept of it, or of whom it is about. */
static bool erase_beside(struct tx *tx, const struct erasing *erasing, struct err *err)
{
    int64_t no = erasing->erasure.no, id = erasing->erasure.id;

    return flow_erase(tx, erasing->run->arena, no, id, err) && attachment_erase(tx, no, id, err) &&
           charge_erase(tx, erasing->run->arena, id, err) &&
           meeting_question_erase(tx, erasing->run->arena, id, err) &&
           service_case_erase(tx, id, err) && service_offered_erase(tx, id, err) &&
           (!erasing->is_person || application_erase(tx, id, err));
}

static bool write_erasure(struct tx *tx, void *data, struct err *err)
{
    struct erasing *erasing = data;
    struct registry registry = {tx, erasing->run->arena, erasing->catalog, time_now(), NULL};

    if (history_erase(&registry, &erasing->erasure, &erasing->erased, err))
        return erase_beside(tx, erasing, err);
    if (err->code != ERR_ABSENT)
        return false;
    /* Or what was said beside a published record of that id. */
    struct history_erasure beside = erasing->erasure;
    beside.no = beside_no(beside.no);
    return history_erase(&registry, &beside, &erasing->erased, err);
}

bool cmd_erase(struct command_run *run, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct erasing erasing = {.run = run, .erasure.reason = command_option(run, "--reason")};
    const struct register_type *type;

    if (!store_hold(run->node->store, run->args[0], &tenant, err) ||
        !catalog_get(tenant, run->node->library, &erasing.catalog, err))
        return false;
    type = model_type(erasing.catalog->model, run->args[1]);
    if (type == NULL)
        return err_set(err, ERR_ABSENT, "there is no register %.*s", STR_ARG(run->args[1]));
    if (!id_parse(run->args[2], &erasing.erasure.id))
        return err_set(err, ERR_INPUT, "%.*s is no record's id", STR_ARG(run->args[2]));
    erasing.is_person = type == erasing.catalog->model->person;
    erasing.erasure.no = catalog_no(erasing.catalog, type);
    if (!tenant_write_wait(tenant, write_erasure, &erasing, err))
        return false;
    command_print(run,
                  erasing.erased == 1 ? "%lld version is erased\n" : "%lld versions are erased\n",
                  (long long)erasing.erased);
    return true;
}
