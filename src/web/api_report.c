#include "web/api_report.h"

#include "link/report_send.h"
#include "web/answer.h"

/* Answered with the number of the entry and the hash of what was received; again with the same. */
bool api_report_receive(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct err absent = {0};
    struct report report;
    struct peer peer;
    struct tx *tx;

    if (!request_read(request, &tx, err))
        return false;
    if (!peer_of_account(tx, request->arena, request->actor.account, &peer, &absent)) {
        if (absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        return err_set(err, ERR_DENIED, "this account reports for no other node");
    }
    tx_done(&request->tx);
    if (!report_parse(request->arena, request->exchange->body, &report, err) ||
        !report_send_accept(request->tenant, request->arena, &peer, &report, request->now, err))
        return false;
    buf_printf(out, "{\"number\":%lld,\"sha256\":", (long long)report.number);
    json_write_text(out, report.digest);
    buf_char(out, '}');
    return answer_json(request, 200);
}
