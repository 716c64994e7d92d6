#include "web/health.h"

#include "store/rows.h"
#include "web/answer.h"

/* Alive: the loop turns. */
bool health_live(struct request *request, struct err *err)
{
    (void)err;
    buf_add(&request->exchange->out, STR("ok\n"));
    return answer_text(request, 200, STR("text/plain; charset=utf-8"));
}

/* Ready: the store answers, and the server is not about to end.  Runs on the pool. */
bool health_ready(struct request *request, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (request->web->server == NULL)
        return err_set(err, ERR_UNAVAILABLE, "the server is starting");
    if (atomic_load(&request->web->is_stopping))
        return err_set(err, ERR_UNAVAILABLE, "the server is stopping");
    if (!tx_read_node(&tx, request->web->store, err) ||
        !store_query(&tx, request->arena, &rows, "SELECT 1", (struct store_args){0}, err)) {
        err->code = ERR_UNAVAILABLE;
        return err_while(err, "the store does not answer");
    }
    return health_live(request, err);
}
