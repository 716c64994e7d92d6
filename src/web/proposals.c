#include "web/proposals.h"

#include "auth/account.h"

const struct register_type *proposals_type(const struct request *request,
                                           const struct proposal *proposal,
                                           enum policy_action action, unsigned *classes)
{
    const struct register_type *type = model_type(request->catalog->model, proposal->register_id);

    return type != NULL && policy_may(&request->actor.rights, type->index, action, classes) ? type
                                                                                            : NULL;
}

bool proposals_find(struct request *request, size_t part, struct proposal *proposal,
                    struct err *err)
{
    unsigned classes;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !proposal_get(&request->registry, request->parts[part], proposal, err))
        return false;
    return proposals_type(request, proposal, POLICY_CHANGE, &classes) != NULL ||
           err_set(err, ERR_ABSENT, "there is no such proposal");
}

struct making {
    struct request *request;
    const struct proposal *proposal;
};

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;
    struct registry registry = request_registry(making->request, tx);

    return proposal_put(&registry, making->proposal, err);
}

bool proposals_make(struct request *request, struct subscribed_record *found,
                    const struct json *value, struct str reason, struct proposal *proposal,
                    struct err *err)
{
    struct making making = {request, proposal};

    if (found->is_gone)
        return err_set(err, ERR_ABSENT, "there is no such record");
    if (value->kind == JSON_OBJECT &&
        !subscribed_check_refs(request, &found->subscribed, value, err))
        return false;
    if (!proposal_prepare(&found->subscribed.subscription, &found->record, value, proposal, err))
        return false;
    proposal->reason = str_trim(reason);
    proposal->author = request->actor.name;
    proposal->actor = request->actor.account;
    if (!request_write_wait(request, run_put, &making, err))
        return false;
    request_wake_workers(request);
    return true;
}

struct deciding {
    struct request *request;
    struct proposal_decision decision;
    struct change change;
};

static bool run_decide(struct tx *tx, void *data, struct err *err)
{
    const struct deciding *deciding = data;
    struct registry registry = request_registry(deciding->request, tx);

    return proposal_decide(&registry, &deciding->decision, err);
}

static bool prepare_change(struct deciding *deciding, struct proposals_decision *decision,
                           struct err *err)
{
    struct request *request = deciding->request;
    struct json *input = json_new(request->arena, JSON_OBJECT);
    struct json *patch;
    unsigned classes;
    const struct register_type *type =
        proposals_type(request, &decision->proposal, POLICY_CHANGE, &classes);
    struct tx *tx;

    if (type == NULL)
        return err_set(err, ERR_DENIED, "your role does not allow this in this register");
    if (!json_parse(request->arena, decision->proposal.patch,
                    &(struct json_limits){.bytes = PROPOSAL_PATCH_MAX}, &patch, err) ||
        !request_read(request, &tx, err))
        return false;
    json_set(input, STR("data"), patch);
    deciding->change = (struct change){
        .draft = {.act = RECORD_CHANGE,
                  .type = type,
                  .valid_from = RECORD_ALWAYS,
                  .valid_to = RECORD_FOREVER},
        .catalog = request->catalog,
        .arena = request->arena,
        .classes = classes,
        .actor = request->actor.account,
        .reader = &request->actor,
        .now = request->now,
        .id = decision->proposal.record,
        .day = request_today(request),
        .expected = decision->version,
        .is_patch = true,
        .input = input,
    };
    deciding->decision.change = &deciding->change;
    return change_prepare(tx, &deciding->change, &decision->flaws, err);
}

bool proposals_decide(struct request *request, struct proposals_decision *decision, struct err *err)
{
    struct deciding deciding = {
        .request = request,
        .decision = {.uuid = decision->proposal.uuid,
                     .answer = str_trim(decision->answer),
                     .actor = request->actor.account},
    };

    if ((decision->is_accepted && !prepare_change(&deciding, decision, err)) ||
        !request_write_wait(request, run_decide, &deciding, err))
        return false;
    request_wake_workers(request);
    return true;
}

struct str proposals_state(struct request *request, const struct proposal *proposal)
{
    static const struct {
        struct str state;
        struct str text;
    } STATES[] = {
        {STR_INIT("waiting"), STR_INIT("on its way")},
        {STR_INIT("open"), STR_INIT("waits for a decision")},
        {STR_INIT("accepted"), STR_INIT("accepted")},
        {STR_INIT("declined"), STR_INIT("declined")},
        {STR_INIT("refused"), STR_INIT("could not be delivered")},
    };

    for (size_t i = 0; i < ARRAY_LEN(STATES); i++)
        if (str_equal(STATES[i].state, proposal->state))
            return request_text(request, STATES[i].text);
    return proposal->state;
}
