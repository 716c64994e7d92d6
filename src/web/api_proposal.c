#include "web/api_proposal.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/proposals.h"

enum {
    LIMIT_DEFAULT = 50,
};

static void print_proposal(struct buf *out, struct request *request,
                           const struct register_type *type, unsigned classes,
                           const struct proposal *proposal)
{
    buf_char(out, '{');
    json_put_text(out, "uuid", proposal->uuid);
    json_put_bool(out, "is_own", proposal->is_own);
    json_put_text(out, "register", proposal->register_id);
    json_put_text(out, "record", id_text(request->arena, proposal->record));
    json_put_text(out, "title", proposal->title);
    json_put_text(out, "peer", proposal->peer_title);
    json_put_text(out, "author", proposal->author);
    json_put_text(out, "reason", proposal->reason);
    buf_add(out, STR(",\"was\":"));
    record_redact(out, request->arena, type, classes, proposal->was);
    buf_add(out, STR(",\"proposed\":"));
    record_redact(out, request->arena, type, classes, proposal->patch);
    json_put_text(out, "state", proposal->state);
    json_put_text(out, "answer", proposal->answer);
    json_put_moment(out, "put_at", proposal->put_at);
    json_put_moment(out, "decided_at", proposal->decided_at);
    buf_char(out, '}');
}

bool api_proposal_create(struct request *request, struct err *err)
{
    CLEANUP(subscribed_close_record) struct subscribed_record found = {0};
    const struct register_type *type;
    struct proposal proposal;
    struct json *input;
    const struct json *data;
    unsigned classes;

    if (!request_register(request, 0, POLICY_CHANGE, &type, &classes, err) ||
        !request_json(request, PROPOSAL_PATCH_MAX, &input, err))
        return false;
    data = json_find(input, STR("data"));
    if (data == NULL || data->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "a proposal is sent as {\"data\": {…}, \"reason\": \"…\"}");
    if (!subscribed_find(request, &found, err) ||
        !proposals_make(request, &found, data, json_find_text(input, STR("reason")), &proposal,
                        err))
        return false;
    print_proposal(&request->exchange->out, request, type, classes, &proposal);
    return answer_json(request, 201);
}

static bool read_ask(struct request *request, struct proposal_ask *ask, struct err *err)
{
    struct str direction = request_query(request, STR("direction"));
    struct str before = request_query(request, STR("before"));
    struct str text = request_query(request, STR("limit"));
    int64_t limit = LIMIT_DEFAULT;

    *ask = (struct proposal_ask){
        .is_own = str_equal(direction, STR("own")),
        .state = request_query(request, STR("state")),
        .register_id = request_query(request, STR("register")),
    };
    if (direction.len > 0 && !ask->is_own && !str_equal(direction, STR("received")))
        return err_set(err, ERR_INPUT, "direction: own or received");
    if (before.len > 0 && !time_parse_moment(before, &ask->before))
        return err_set(err, ERR_INPUT, "before: a moment");
    if (text.len > 0 &&
        (!num_parse_int(text, &limit) || limit < 1 || limit > RECORD_LIST_LIMIT_MAX))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", RECORD_LIST_LIMIT_MAX);
    ask->limit = (int)limit;
    return true;
}

bool api_proposal_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct proposal *proposals;
    struct proposal_ask ask;
    struct tx *tx;
    size_t count, shown = 0;

    if (!read_ask(request, &ask, err) || !request_read(request, &tx, err) ||
        !proposal_list(&request->registry, &ask, &proposals, &count, err))
        return false;
    buf_add(out, STR("{\"proposals\":["));
    for (size_t i = 0; i < count; i++) {
        unsigned classes;
        const struct register_type *type =
            proposals_type(request, &proposals[i], POLICY_CHANGE, &classes);

        if (type == NULL)
            continue;
        if (shown++ > 0)
            buf_char(out, ',');
        print_proposal(out, request, type, classes, &proposals[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

static bool answer_one(struct request *request, const struct proposal *proposal)
{
    unsigned classes;
    const struct register_type *type = proposals_type(request, proposal, POLICY_CHANGE, &classes);

    print_proposal(&request->exchange->out, request, type, classes, proposal);
    return answer_json(request, 200);
}

bool api_proposal_get(struct request *request, struct err *err)
{
    struct proposal proposal;

    return proposals_find(request, 0, &proposal, err) && answer_one(request, &proposal);
}

static bool decide(struct request *request, bool is_accepted, struct err *err)
{
    struct proposals_decision decision = {.is_accepted = is_accepted};
    struct json *input;

    if (!proposals_find(request, 0, &decision.proposal, err) ||
        !request_json(request, PROPOSAL_PATCH_MAX, &input, err))
        return false;
    decision.answer = json_find_text(input, STR("answer"));
    decision.version = json_find_int(input, STR("version"), 0);
    if (proposals_decide(request, &decision, err)) {
        decision.proposal.state = is_accepted ? STR("accepted") : STR("declined");
        decision.proposal.answer = str_trim(decision.answer);
        decision.proposal.decided_at = request->now;
        return answer_one(request, &decision.proposal);
    }
    if (decision.flaws.count == 0)
        return false;
    answer_problem(request, 422, request_text(request, str_from_z(err->text)), &decision.flaws);
    return true;
}

bool api_proposal_accept(struct request *request, struct err *err)
{
    return decide(request, true, err);
}

bool api_proposal_decline(struct request *request, struct err *err)
{
    return decide(request, false, err);
}
