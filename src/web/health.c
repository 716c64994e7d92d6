#include "web/health.h"

#include "web/answer.h"

/* Alive: the loop turns. */
bool health_live(struct request *request, struct err *err)
{
    (void)err;
    buf_add(&request->exchange->out, STR("ok\n"));
    return answer_text(request, 200, STR("text/plain; charset=utf-8"));
}

/* Ready: it takes requests for tenants. */
bool health_ready(struct request *request, struct err *err)
{
    if (request->web->server == NULL)
        return err_set(err, ERR_UNAVAILABLE, "the server is starting");
    return health_live(request, err);
}
