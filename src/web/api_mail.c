#include "web/api_mail.h"

#include "core/num.h"
#include "core/time.h"
#include "link/mail.h"
#include "web/answer.h"

/* Whoever comes with this account's token writes as that peer, and needs no role. */
static bool open_desk(struct request *request, struct peer *peer, struct mail_desk *desk,
                      struct err *err)
{
    struct err absent = {0};
    struct tx *tx;

    *desk = (struct mail_desk){
        request->tenant, request->web->library, request->arena, request->now, peer, {0}, true};
    if (!request_read(request, &tx, err))
        return false;
    if (!peer_of_account(tx, request->arena, request->actor.account, peer, &absent)) {
        if (absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        return err_set(err, ERR_DENIED, "this account writes for no other node");
    }
    tx_done(&request->tx);
    return true;
}

static bool answer(struct request *request, const struct reply *reply)
{
    reply_print(&request->exchange->out, reply, request->web->key);
    return answer_text(request, 200, STR("application/x-ndjson"));
}

bool api_mail_post(struct request *request, struct err *err)
{
    struct mail_desk desk;
    struct reply reply;
    struct str refused;
    struct peer peer;

    return open_desk(request, &peer, &desk, err) &&
           mail_take(&desk, request->exchange->body, &reply, &refused, err) &&
           answer(request, &reply);
}

bool api_mail_get(struct request *request, struct err *err)
{
    struct str from = request_query(request, STR("from"));
    struct str after = request_query(request, STR("after"));
    struct proposal_pending since = {0};
    struct mail_desk desk;
    struct reply reply;
    struct peer peer;

    if ((from.len > 0 && !time_parse_moment(from, &since.from)) ||
        (after.len > 0 && (!num_parse_scaled(after, 0, &since.after) || since.after < 0)))
        return err_set(err, ERR_INPUT, "from is a moment, after the number of an answer");
    return open_desk(request, &peer, &desk, err) && mail_news(&desk, &since, &reply, err) &&
           answer(request, &reply);
}
