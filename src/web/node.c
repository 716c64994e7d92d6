#include "web/node.h"

#include "web/answer.h"

/* Alive: the loop turns. */
bool node_health(struct request *request, struct err *err)
{
    (void)err;
    buf_add(&request->exchange->out, STR("ok\n"));
    return answer_text(request, 200, STR("text/plain; charset=utf-8"));
}

/* Ready: it takes requests for tenants. */
bool node_ready(struct request *request, struct err *err)
{
    if (request->web->server == NULL)
        return err_set(err, ERR_UNAVAILABLE, "the server is starting");
    return node_health(request, err);
}
