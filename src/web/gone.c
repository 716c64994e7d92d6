#include "web/gone.h"

#include "core/id.h"
#include "registry/history.h"
#include "web/answer.h"
#include "web/page.h"
#include "web/route.h"
#include "web/view.h"

enum {
    GONE = 410,
};

static void add_detail(struct request *request, struct json *view, struct str label,
                       struct str text)
{
    view_text(request, view_push(request, json_find(view, STR("details"))), "text",
              str_printf(request->arena, "%.*s: %.*s", STR_ARG(request_text(request, label)),
                         STR_ARG(text)));
}

static bool show(struct request *request, const struct register_type *type, int64_t id,
                 const struct history_deletion *deletion, struct err *err)
{
    struct json *view = view_new(request);
    struct str title = request_text(request, STR("This record was deleted"));
    struct str list = str_printf(request->arena, "/registers/%.*s", STR_ARG(type->id));
    struct json *actions;

    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Registers")), STR("/registers/"));
    page_crumb(request, view, request_pack_text(request, type->title), list);
    view_text(request, view, "heading", title);
    view_text(request, view, "what_to_do",
              request_text(request, STR("It is not in the register any more.")));
    view_list(request, view, "details");
    view_bool(request, view, "has_details", true);
    add_detail(request, view, STR("When"), view_moment(request, deletion->at));
    actions = view_list(request, view, "actions");
    view_bool(request, view, "has_actions", true);
    if (policy_may(&request->actor.rights, type->index, POLICY_HISTORY, NULL)) {
        if (deletion->actor_name.len > 0)
            add_detail(request, view, STR("Who"), deletion->actor_name);
        view_action(request, actions, request_text(request, STR("History")),
                    page_href(request, "%.*s/%.*s/history", STR_ARG(list),
                              STR_ARG(id_text(request->arena, id))),
                    "main");
    }
    view_action(request, actions, request_text(request, STR("To the list")),
                page_href(request, "%.*s", STR_ARG(list)), "plain");
    view_none(request, view, "code");
    view_none(request, view, "request_id");
    return answer_page(request, GONE, STR("page/error"), view, err);
}

bool gone_answer(struct request *request, const struct register_type *type, int64_t id,
                 struct err *err)
{
    struct history_deletion deletion;

    if (err->code != ERR_ABSENT ||
        !history_find_deletion(&request->registry, type, id, &deletion, err) || deletion.at == 0)
        return false;
    if (request->route->kind == ROUTE_PAGE)
        return show(request, type, id, &deletion, err);
    answer_problem(request, GONE, request_text(request, STR("This record was deleted")), NULL);
    return true;
}
