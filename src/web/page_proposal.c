#include "web/page_proposal.h"

#include "core/id.h"
#include "core/num.h"
#include "core/utf8.h"
#include "web/answer.h"
#include "web/form_read.h"
#include "web/form_view.h"
#include "web/input.h"
#include "web/proposals.h"
#include "web/refusal.h"
#include "web/table.h"
#include "web/wording.h"

enum {
    LIST_MAX = 200,
    PUBLISHERS_MAX = 8,
    PATCH_TEXT_MAX = 300, /* letters of what is proposed, in a list */
};

/* A form on its way. */
struct proposing {
    struct request *request;
    struct subscribed_record found;
    struct json *value; /* as published, or as it was typed */
    bool *shows;        /* by field of ours */
    struct flaws flaws;
    struct str error; /* of the reason, or of the whole */
    struct str find;  /* the reference that is being looked for */
    bool has_typed;
};

static void close_proposing(struct proposing *proposing)
{
    subscribed_close_record(&proposing->found);
}

/* Fields that are published and can be typed, and references to what is published too. */
static void choose_fields(struct proposing *proposing)
{
    const struct register_type *own = proposing->found.subscribed.own;
    const struct publication *publication = &proposing->found.subscribed.subscription.publication;

    proposing->shows = ARENA_ARRAY(proposing->request->arena, bool, own->field_count + 1);
    for (size_t i = 0; i < own->field_count; i++) {
        const struct register_field *field = &own->fields[i];
        const struct register_field *theirs = register_type_field(publication->type, field->name);

        proposing->shows[i] =
            theirs != NULL && publication->shows[theirs - publication->type->fields] &&
            field->type != FIELD_GEOMETRY && field->type != FIELD_OTHER &&
            (field->type != FIELD_REF ||
             subscribed_target(proposing->request, &proposing->found.subscribed, field) != NULL);
    }
}

static bool start(struct request *request, struct proposing *proposing, struct err *err)
{
    const struct register_type *type;
    unsigned classes;

    *proposing = (struct proposing){.request = request};
    if (!request_register(request, 0, POLICY_CHANGE, &type, &classes, err) ||
        !subscribed_find(request, &proposing->found, err))
        return false;
    proposing->found.subscribed.classes &= classes;
    proposing->value = proposing->found.published;
    choose_fields(proposing);
    return !proposing->found.is_gone || err_set(err, ERR_ABSENT, "there is no such record");
}

static struct str card_path(const struct proposing *proposing)
{
    struct request *request = proposing->request;

    return str_printf(request->arena, "/subscriptions/%.*s/%.*s",
                      STR_ARG(proposing->found.subscribed.own->id), STR_ARG(request->parts[1]));
}

static void add_reason(const struct proposing *proposing, struct json *view)
{
    struct request *request = proposing->request;
    struct json *holder = view_new(request);
    struct json *list = view_list(request, holder, "fields");
    struct json *field = input_add(request, list, "is_long", "reason",
                                   request_text(request, STR("Why it should be so")));

    input_hint(request, field,
               request_text(request, STR("What the publisher can check it by: a document, a date, "
                                         "a sign on the house")));
    if (proposing->has_typed)
        input_value(request, field, request_field(request, STR("reason")));
    if (proposing->error.len > 0)
        view_text(request, field, "error", proposing->error);
    json_set(view, STR("comment"), json_copy(request->arena, field));
}

static void add_frame(const struct proposing *proposing, struct json *view)
{
    struct request *request = proposing->request;
    const struct subscribed *subscribed = &proposing->found.subscribed;
    struct str title = subscribed_title(request, &proposing->found.record);
    struct str heading =
        str_printf(request->arena, "%.*s: %.*s",
                   STR_ARG(request_text(request, STR("Propose a correction"))), STR_ARG(title));

    page_title(request, view, heading);
    page_crumb(request, view, request_text(request, STR("Registers from above")),
               STR("/subscriptions/"));
    page_crumb(request, view, request_pack_text(request, subscribed->own->title),
               str_printf(request->arena, "/subscriptions/%.*s", STR_ARG(subscribed->own->id)));
    page_crumb(request, view, title, card_path(proposing));
    view_text(request, view, "heading", heading);
    view_text(request, view, "lead",
              str_printf(request->arena, "%.*s %.*s",
                         STR_ARG(request_text(request, STR("Change what is wrong. This is sent to "
                                                           "the publisher, who decides:"))),
                         STR_ARG(subscribed->subscription.publisher_title)));
    view_text(request, view, "action",
              page_href(request, "%.*s/propose", STR_ARG(card_path(proposing))));
    view_none(request, view, "etag");
    view_none(request, view, "conflict");
    view_text(request, view, "save_text", request_text(request, STR("Send the proposal")));
    view_text(request, view, "cancel_href",
              page_href(request, "%.*s", STR_ARG(card_path(proposing))));
}

static bool show(struct proposing *proposing, int status, struct err *err)
{
    struct request *request = proposing->request;
    struct json *view = view_new(request);
    struct display display =
        display_start(request, proposing->found.tx, proposing->found.subscribed.classes);
    struct form_view form = {
        .display = &display,
        .type = proposing->found.subscribed.own,
        .value = proposing->value,
        .typed = proposing->has_typed ? &request->form : NULL,
        .flaws = &proposing->flaws,
        .is_part = true,
        .shows = proposing->shows,
        .published = &proposing->found.subscribed,
        .find = proposing->find,
    };

    add_frame(proposing, view);
    add_reason(proposing, view);
    return form_view_fill(&form, view, err) &&
           answer_page(request, status, STR("page/form"), view, err);
}

bool page_proposal_form(struct request *request, struct err *err)
{
    CLEANUP(close_proposing) struct proposing proposing = {0};

    return start(request, &proposing, err) && show(&proposing, 200, err);
}

/* Only what the form asked for; an emptied field is to be taken out. */
static struct json *read_value(struct proposing *proposing)
{
    struct request *request = proposing->request;
    const struct register_type *own = proposing->found.subscribed.own;
    struct json *typed = form_read(request, own, proposing->found.subscribed.classes,
                                   &request->form, &proposing->flaws);
    struct json *value = json_new(request->arena, JSON_OBJECT);

    for (size_t i = 0; i < own->field_count; i++) {
        struct str name = own->fields[i].name;
        const struct json *one = json_find(typed, name);

        if (!proposing->shows[i] ||
            (own->fields[i].access & ~proposing->found.subscribed.classes) != 0)
            continue;
        json_set(value, name,
                 one != NULL ? json_copy(request->arena, one)
                             : json_new(request->arena, JSON_NULL));
    }
    return value;
}

bool page_proposal_post(struct request *request, struct err *err)
{
    CLEANUP(close_proposing) struct proposing proposing = {0};
    struct proposal proposal;
    struct json *value;

    if (!start(request, &proposing, err) || !request_form(request, err))
        return false;
    proposing.has_typed = true;
    proposing.find = request_field(request, STR("find"));
    if (proposing.find.len > 0)
        return show(&proposing, 200, err);
    value = read_value(&proposing);
    if (proposing.flaws.count > 0)
        return show(&proposing, 422, err);
    if (!proposals_make(request, &proposing.found, value, request_field(request, STR("reason")),
                        &proposal, err)) {
        if (err->code != ERR_INPUT)
            return false;
        proposing.error = wording_err(request, err);
        return request_read(request, &proposing.found.tx, err) && show(&proposing, 422, err);
    }
    answer_notice(request, STR("ok"), request_text(request, STR("The proposal is sent.")));
    return answer_redirect(request, STR("/subscriptions/proposals"));
}

static const char *tag_of(const struct proposal *proposal)
{
    if (str_equal(proposal->state, STR("accepted")))
        return "ok";
    return str_equal(proposal->state, STR("declined")) || str_equal(proposal->state, STR("refused"))
               ? "bad"
               : "warn";
}

/* The publishers of what is proposed, whose words a list is told in. */
struct publishers {
    struct subscribed items[PUBLISHERS_MAX];
    size_t count;
};

static void close_publishers(struct publishers *publishers)
{
    for (size_t i = 0; i < publishers->count; i++)
        subscribed_close(&publishers->items[i]);
}

/* NULL: it cannot be read any more, or this is the publisher. */
static struct subscribed *find_publisher(struct publishers *publishers, struct display *display,
                                         const struct register_type *type,
                                         const struct proposal *proposal)
{
    struct subscribed *one;
    struct err none;

    if (!proposal->is_own)
        return NULL;
    for (size_t i = 0; i < publishers->count; i++)
        if (publishers->items[i].own == type)
            return &publishers->items[i];
    if (publishers->count == PUBLISHERS_MAX)
        return NULL;
    one = &publishers->items[publishers->count];
    if (subscribed_open_type(display->request, type, display->classes, one, &none)) {
        publishers->count++;
        return one;
    }
    subscribed_close(one);
    return NULL;
}

/* "Name: Ленина; kind: улица". */
static bool print_patch(struct display *display, struct publishers *publishers,
                        const struct register_type *type, const struct proposal *proposal,
                        struct str *text, struct err *err)
{
    struct subscribed *published = find_publisher(publishers, display, type, proposal);
    struct request *request = display->request;
    struct buf buf = {.arena = request->arena};
    struct proposal_fields fields;

    if (!proposal_compare(&request->registry, type, proposal, NULL, &fields, err))
        return false;
    for (size_t i = 0; i < fields.count; i++) {
        const struct proposal_field *one = &fields.items[i];
        struct display_value shown;

        if (!display_sees(display, one->field))
            continue;
        if (!(published != NULL
                  ? subscribed_field(display, published, one->field, one->proposed, &shown, err)
                  : display_field(display, one->field, one->proposed, &shown, err)))
            return false;
        buf_printf(&buf, "%s%.*s: %.*s", buf.len > 0 ? "; " : "",
                   STR_ARG(display_title(request, one->field)),
                   STR_ARG(shown.text.len > 0 ? shown.text : STR("—")));
    }
    *text = utf8_head(buf_str(&buf), PATCH_TEXT_MAX);
    return true;
}

static bool add_row(struct request *request, struct json *view, struct publishers *publishers,
                    const struct proposal *proposal, struct err *err)
{
    unsigned classes;
    const struct register_type *type =
        proposals_type(request, proposal, proposal->is_own ? POLICY_READ : POLICY_CHANGE, &classes);
    struct display display = display_start(request, &request->tx, classes);
    struct json *row;
    struct str text, href = {0};

    if (type == NULL)
        return true;
    if (!proposal->is_own)
        href = page_href(request, "/proposals/%.*s", STR_ARG(proposal->uuid));
    else if (request->catalog->publishers[type->index] == proposal->peer)
        href = display_borrowed_href(request, type, proposal->record);
    if (!print_patch(&display, publishers, type, proposal, &text, err))
        return false;
    row = table_row(request, view, display_unbroken(request->arena, proposal->title), href);
    table_cell(request, view, row, request_pack_text(request, type->title));
    table_cell(request, view, row, text);
    table_cell(request, view, row, proposal->peer_title);
    table_cell(request, view, row, view_moment(request, proposal->put_at));
    table_tag(request, view, row, tag_of(proposal), proposals_state(request, proposal));
    if (proposal->is_own)
        table_cell(request, view, row, refusal_text(request, proposal->answer));
    return true;
}

static bool add_figure(struct request *request, struct json *figures, bool is_own,
                       const char *state, const char *label, struct err *err)
{
    struct json *figure = view_push(request, figures);
    int64_t count;

    if (!proposal_count(&request->registry, is_own, str_from_z(state), &count, err))
        return false;
    view_text(request, figure, "value", view_number(request, count));
    view_text(request, figure, "label", request_text(request, str_from_z(label)));
    view_text(request, figure, "href",
              page_href(request,
                        is_own ? "/subscriptions/proposals?state=%s" : "/proposals/?state=%s",
                        state));
    return true;
}

static bool answer_list(struct request *request, bool is_own, struct err *err)
{
    CLEANUP(close_publishers) struct publishers publishers = {.count = 0};
    struct json *view = view_new(request);
    struct proposal_ask ask = {
        .is_own = is_own, .state = request_query(request, STR("state")), .limit = LIST_MAX};
    struct json *figures = view_list(request, view, "figures");
    struct str heading = request_text(request, is_own ? STR("Corrections proposed by us")
                                                      : STR("Corrections proposed to us"));
    struct proposal *proposals;
    struct tx *tx;
    size_t count;

    if (!request_read(request, &tx, err) ||
        !proposal_list(&request->registry, &ask, &proposals, &count, err) ||
        !add_figure(request, figures, is_own, "open", "wait for a decision", err) ||
        !add_figure(request, figures, is_own, "accepted", "accepted", err) ||
        !add_figure(request, figures, is_own, "declined", "declined", err))
        return false;
    page_title(request, view, heading);
    if (is_own)
        page_crumb(request, view, request_text(request, STR("Registers from above")),
                   STR("/subscriptions/"));
    view_text(request, view, "heading", heading);
    table_begin(request, view, heading);
    table_column(request, view, "Record", false);
    table_column(request, view, "Register", false);
    table_column(request, view, "What is proposed", false);
    table_column(request, view, is_own ? "To whom" : "From whom", false);
    table_column(request, view, "When", false);
    table_column(request, view, "State", false);
    if (is_own)
        table_column(request, view, "Answer", false);
    for (size_t i = 0; i < count; i++)
        if (!add_row(request, view, &publishers, &proposals[i], err))
            return false;
    view_bool(request, view, "has_rows", json_find(view, STR("rows"))->count > 0);
    return answer_page(request, 200, STR("page/proposals"), view, err);
}

bool page_proposal_own(struct request *request, struct err *err)
{
    return answer_list(request, true, err);
}

bool page_proposal_list(struct request *request, struct err *err)
{
    return answer_list(request, false, err);
}
