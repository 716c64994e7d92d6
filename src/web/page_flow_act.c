#include "core/id.h"
#include "web/answer.h"
#include "web/flow_wording.h"
#include "web/page_work.h"

static struct str flow_path(const struct request *request)
{
    return str_printf(request->arena, "/work/flows/%.*s", STR_ARG(request->parts[0]));
}

static bool find(struct request *request, struct flows_one *one, struct err *err)
{
    return flows_find(request, 0, POLICY_MANAGE, one, err) &&
           (one->head.state == FLOW_RUNNING || err_set(err, ERR_CONFLICT, "the flow is over"));
}

static bool act(struct request *request, enum flow_step_kind kind, struct str done, struct err *err)
{
    struct conduct *conduct;
    struct flows_one one;

    if (!find(request, &one, err))
        return false;
    conduct = flows_conduct(request, one.head.id);
    conduct->step.kind = kind;
    if (!page_work_step(request, conduct, err))
        return false;
    if (conduct->head.is_stuck && kind == FLOW_STEP_RETRY)
        answer_notice(request, STR("warn"),
                      request_text(request, STR("It was tried again and is stuck still.")));
    else
        answer_notice(request, STR("ok"), request_text(request, done));
    return answer_redirect(request, flow_path(request));
}

bool page_flow_retry(struct request *request, struct err *err)
{
    return act(request, FLOW_STEP_RETRY, STR("It was tried again and goes on."), err);
}

bool page_flow_cancel(struct request *request, struct err *err)
{
    struct json *view = view_new(request);
    struct display_value about;
    struct flows_one one;
    struct str title;

    if (!find(request, &one, err) || !flow_wording_about(request, &one.head, &about, err))
        return false;
    title = flow_wording_title(request, &one);
    page_title(request, view, request_text(request, STR("Cancel the process")));
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    page_crumb(request, view, title, flow_path(request));
    view_text(request, view, "heading",
              str_printf(request->arena, "%.*s: %.*s",
                         STR_ARG(request_text(request, STR("Cancel the process"))),
                         STR_ARG(title)));
    view_maybe(request, view, "about", about.text);
    view_text(request, view, "action",
              page_href(request, "%.*s/cancel", STR_ARG(flow_path(request))));
    view_text(request, view, "cancel_href",
              page_href(request, "%.*s", STR_ARG(flow_path(request))));
    return answer_page(request, 200, STR("page/work-cancel"), view, err);
}

bool page_flow_cancel_post(struct request *request, struct err *err)
{
    return act(request, FLOW_STEP_CANCEL, STR("The process is cancelled."), err);
}
