#include "web/answer.h"
#include "web/input.h"
#include "web/page_card.h"
#include "web/page_subscription.h"
#include "web/subscribed.h"

enum {
    EVENTS_MAX = 10,
};

static void add_value(struct request *request, struct json *values,
                      const struct display_value *shown, struct str note)
{
    struct json *one = view_push(request, values);

    view_text(request, one, "text", shown->text);
    view_maybe(request, one, "href", shown->href);
    view_maybe(request, one, "note", note);
}

/* What the publisher says, and what we say: each with who says it, as soon as both do. */
static bool add_fact(struct display *display, struct json *facts, struct subscribed_record *found,
                     const struct register_field *field, struct err *err)
{
    struct request *request = display->request;
    const struct json *own = json_find(found->own_value, field->name);
    const struct json *published = json_find(found->published, field->name);
    struct display_value theirs = {0}, ours = {0};
    struct json *fact, *values;

    if (!subscribed_field(display, &found->subscribed, field, published, &theirs, err) ||
        !display_field(display, field, own, &ours, err))
        return false;
    fact = view_push(request, facts);
    view_text(request, fact, "label", display_title(request, field));
    values = view_list(request, fact, "values");
    if (theirs.text.len > 0)
        add_value(request, values, &theirs,
                  own != NULL ? found->subscribed.subscription.publisher_title : (struct str){0});
    if (ours.text.len > 0)
        add_value(request, values, &ours,
                  str_printf(request->arena, "%.*s: %.*s",
                             STR_ARG(request_text(request, STR("own value"))),
                             STR_ARG(tenant_info(request->tenant)->title)));
    return true;
}

static bool is_published(const struct subscribed_record *found, const struct register_field *field)
{
    const struct publication *publication = &found->subscribed.subscription.publication;
    const struct register_field *theirs = register_type_field(publication->type, field->name);

    return theirs != NULL && publication->shows[theirs - publication->type->fields];
}

static bool add_facts(struct display *display, struct json *view, struct subscribed_record *found,
                      struct err *err)
{
    const struct register_type *own = found->subscribed.own;
    struct json *facts = view_list(display->request, view, "facts");

    for (size_t i = 0; i < own->field_count; i++) {
        const struct register_field *field = &own->fields[i];
        bool is_said = json_find(found->own_value, field->name) != NULL;
        bool is_theirs = is_published(found, field) && found->published != NULL;

        if (!display_sees(display, field) || field->type == FIELD_GEOMETRY ||
            (!is_said && !is_theirs) ||
            (!is_said && field->type == FIELD_REF &&
             !subscribed_has_target(&found->subscribed, field)))
            continue;
        if (!add_fact(display, facts, found, field, err))
            return false;
    }
    return true;
}

static void add_actions(struct request *request, struct json *view,
                        const struct subscribed_record *found)
{
    const struct register_type *own = found->subscribed.own;
    struct json *actions = view_list(request, view, "actions");
    struct str href = display_borrowed_href(request, own, found->id);

    if (policy_may(&request->actor.rights, own->index, POLICY_CHANGE, NULL))
        view_action(request, actions,
                    request_text(request, found->own.version == 0 ? STR("Add own values")
                                                                  : STR("Change own values")),
                    str_printf(request->arena, "%.*s/own", STR_ARG(href)), "main");
    if (!found->is_gone && policy_may(&request->actor.rights, own->index, POLICY_CHANGE, NULL))
        view_action(request, actions, request_text(request, STR("Propose a correction")),
                    str_printf(request->arena, "%.*s/propose", STR_ARG(href)), "plain");
    view_bool(request, view, "has_actions", actions->count > 0);
}

/* Of what we say ourselves: the publisher's history is its own. */
static bool add_history(struct display *display, struct json *view,
                        const struct subscribed_record *found, struct err *err)
{
    struct request *request = display->request;
    const struct register_type *own = found->subscribed.own;
    struct page_card_past past = {.events_max = EVENTS_MAX};
    unsigned classes;

    view_bool(request, view, "has_history", false);
    if (!policy_may(&request->actor.rights, own->index, POLICY_HISTORY, &classes))
        return true;
    if (!history_list(&request->registry,
                      &(struct history_ask){own, found->id, classes & found->subscribed.classes, 0,
                                            EVENTS_MAX, true},
                      &past.versions, &past.version_count, err) ||
        !page_card_events(display, view, &past, err))
        return false;
    view_bool(request, view, "has_history", past.version_count > 0);
    return true;
}

static void add_gone(struct request *request, struct json *view)
{
    struct json *notice = view_object(request, view, "gone");

    view_text(request, notice, "kind", STR("warn"));
    view_text(request, notice, "text",
              request_text(request, STR("The publisher's edition does not hold this record any "
                                        "more. What the municipality says of it itself stays.")));
    view_none(request, notice, "link");
}

bool page_subscription_card(struct request *request, struct err *err)
{
    CLEANUP(subscribed_close_record) struct subscribed_record found = {0};
    struct json *view = view_new(request);
    struct str title;

    if (!subscribed_find(request, &found, err))
        return false;

    struct display display = display_start(request, found.tx, found.subscribed.classes);
    title = subscribed_title(request, &found.record);
    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Registers from above")),
               STR("/subscriptions/"));
    page_crumb(
        request, view, request_pack_text(request, found.subscribed.own->title),
        str_printf(request->arena, "/subscriptions/%.*s", STR_ARG(found.subscribed.own->id)));
    view_text(request, view, "heading", title);
    page_subscription_source(request, view, &found.subscribed.subscription);
    view_none(request, view, "gone");
    if (found.is_gone)
        add_gone(request, view);
    add_actions(request, view, &found);
    return add_facts(&display, view, &found, err) &&
           page_card_links(&display, view, found.subscribed.own, found.id, err) &&
           add_history(&display, view, &found, err) &&
           answer_page(request, 200, STR("page/subscription-card"), view, err);
}
