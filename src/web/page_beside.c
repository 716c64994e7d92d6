#include "core/id.h"
#include "core/num.h"
#include "core/utf8.h"
#include "web/answer.h"
#include "web/form_read.h"
#include "web/form_view.h"
#include "web/page_filter.h"
#include "web/page_subscription.h"
#include "web/seen.h"
#include "web/subscribed.h"
#include "web/table.h"

enum {
    PAGE_SIZE = 50,
    SAID_MAX = 300, /* letters of what is said, in a list */
};

/* A form on its way. */
struct saying {
    struct request *request;
    struct subscribed_record found;
    struct beside_change change;
    struct flaws flaws;
    bool has_typed;
};

static void close_saying(struct saying *saying)
{
    subscribed_close_record(&saying->found);
}

static struct str card_path(const struct saying *saying)
{
    struct request *request = saying->request;

    return str_printf(request->arena, "/subscriptions/%.*s/%.*s",
                      STR_ARG(saying->found.subscribed.own->id), STR_ARG(request->parts[1]));
}

static bool start(struct request *request, struct saying *saying, struct err *err)
{
    const struct register_type *type;
    unsigned classes;

    *saying = (struct saying){.request = request};
    if (!request_register(request, 0, POLICY_CHANGE, &type, &classes, err) ||
        !subscribed_find(request, &saying->found, err))
        return false;
    saying->found.subscribed.classes &= classes;
    return true;
}

static bool show(struct saying *saying, int status, struct str find, struct err *err)
{
    struct request *request = saying->request;
    struct json *view = view_new(request);
    struct subscribed *subscribed = &saying->found.subscribed;
    struct display display = display_start(request, saying->found.tx, subscribed->classes);
    struct str heading =
        str_printf(request->arena, "%.*s: %.*s", STR_ARG(request_text(request, STR("Own values"))),
                   STR_ARG(subscribed_title(request, &saying->found.record)));
    struct form_view form = {
        .display = &display,
        .type = subscribed->own,
        .value = saying->found.own_value,
        .typed = saying->has_typed ? &request->form : NULL,
        .flaws = &saying->flaws,
        .find = find,
        .is_part = true,
    };

    page_title(request, view, heading);
    page_crumb(request, view, request_text(request, STR("Registers from above")),
               STR("/subscriptions/"));
    page_crumb(request, view, request_pack_text(request, subscribed->own->title),
               str_printf(request->arena, "/subscriptions/%.*s", STR_ARG(subscribed->own->id)));
    page_crumb(request, view, subscribed_title(request, &saying->found.record), card_path(saying));
    view_text(request, view, "heading", heading);
    view_text(
        request, view, "lead",
        request_text(request, STR("Fill in only what the municipality says itself. It is shown "
                                  "beside what is published, and stays when a new edition "
                                  "comes; an empty field says nothing.")));
    view_text(request, view, "action", page_href(request, "%.*s/own", STR_ARG(card_path(saying))));
    view_text(request, view, "etag",
              str_printf(request->arena, "%lld", (long long)saying->found.own.version));
    view_none(request, view, "comment");
    view_none(request, view, "conflict");
    view_text(request, view, "save_text", request_text(request, STR("Save")));
    view_text(request, view, "cancel_href", page_href(request, "%.*s", STR_ARG(card_path(saying))));
    if (status == 409) {
        struct json *notice =
            view_push(request, view_list(request, page_of(request, view), "notices"));

        view_text(request, notice, "kind", STR("bad"));
        view_text(request, notice, "text",
                  request_text(request, STR("someone else changed this record meanwhile")));
        view_none(request, notice, "link");
    }
    return form_view_fill(&form, view, err) &&
           answer_page(request, status, STR("page/form"), view, err);
}

bool page_beside_form(struct request *request, struct err *err)
{
    CLEANUP(close_saying) struct saying saying = {0};

    return start(request, &saying, err) && show(&saying, 200, (struct str){0}, err);
}

/* What the form does not show stays as it was. */
static void keep_others(struct saying *saying, struct json *value)
{
    const struct register_type *type = saying->found.subscribed.own;

    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        struct json *old = json_find(saying->found.own_value, field->name);

        if (field->type != FIELD_OTHER && field->type != FIELD_GEOMETRY)
            continue;
        json_drop(value, field->name);
        if (old != NULL && (field->access & ~saying->found.subscribed.classes) == 0)
            json_set(value, field->name, json_copy(saying->request->arena, old));
    }
}

static bool run_saying(struct tx *tx, void *data, struct err *err)
{
    struct saying *saying = data;
    struct registry registry = request_registry(saying->request, tx);

    return beside_run(&registry, &saying->change, err);
}

static bool save(struct saying *saying, struct err *err)
{
    struct request *request = saying->request;
    size_t typed_flaws = saying->flaws.count;

    bool ok = beside_prepare(&request->registry, &saying->change, &saying->flaws, err);
    if (saying->flaws.count > 0 || typed_flaws > 0)
        return show(saying, 422, (struct str){0}, err);
    if (!ok || !request_write_wait(request, run_saying, saying, err))
        return err->code == ERR_CONFLICT && request_read(request, &saying->found.tx, err) &&
               show(saying, 409, (struct str){0}, err);
    answer_notice(request, STR("ok"), request_text(request, STR("The changes are saved.")));
    return answer_redirect(request, card_path(saying));
}

bool page_beside_post(struct request *request, struct err *err)
{
    CLEANUP(close_saying) struct saying saying = {0};
    struct str find;

    if (!start(request, &saying, err) || !request_form(request, err))
        return false;
    saying.has_typed = true;
    find = request_field(request, STR("find"));
    if (find.len > 0)
        return show(&saying, 200, find, err);
    saying.change = (struct beside_change){
        .type = saying.found.subscribed.own,
        .id = saying.found.id,
        .classes = saying.found.subscribed.classes,
        .actor = request->actor.account,
        .published = subscribed_borrowed(&saying.found),
        .value = form_read(request, saying.found.subscribed.own, saying.found.subscribed.classes,
                           &request->form, &saying.flaws),
    };
    keep_others(&saying, saying.change.value);
    if (!num_parse_int(request_field(request, STR("version")), &saying.change.expected) ||
        saying.change.expected < 0)
        return err_set(err, ERR_INPUT, "the form is too old: open the page again and repeat");
    return save(&saying, err);
}

/* "Name: Ленина; kind: улица". */
static bool print_said(struct display *display, const struct register_type *type,
                       const struct beside *beside, struct str *text, struct err *err)
{
    struct request *request = display->request;
    struct buf buf = {.arena = request->arena};
    struct json *value;

    if (!json_parse(request->arena, beside->record.body,
                    &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value, err))
        return false;
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        struct display_value shown;

        if (!display_sees(display, field) || json_find(value, field->name) == NULL)
            continue;
        if (!display_field(display, field, json_find(value, field->name), &shown, err))
            return false;
        buf_printf(&buf, "%s%.*s: %.*s", buf.len > 0 ? "; " : "",
                   STR_ARG(display_title(request, field)), STR_ARG(shown.text));
    }
    *text = utf8_head(buf_str(&buf), SAID_MAX);
    return true;
}

static bool add_row(struct display *display, struct json *view, const struct register_type *type,
                    const struct beside *beside, struct err *err)
{
    struct request *request = display->request;
    bool can_open = request->catalog->publishers[type->index] != 0;
    struct json *row = table_row(request, view, subscribed_title(request, &beside->record),
                                 can_open ? display_borrowed_href(request, type, beside->record.id)
                                          : (struct str){0});
    struct str said;

    if (!print_said(display, type, beside, &said, err))
        return false;
    table_cell(request, view, row, said);
    if (beside->is_gone)
        table_tag(request, view, row, "warn",
                  request_text(request, STR("not in the edition any more")));
    else
        table_cell(request, view, row, request_text(request, STR("in the edition")));
    return true;
}

bool page_beside_list(struct request *request, struct err *err)
{
    const struct register_type *type;
    struct json *view = view_new(request);
    struct str cursor = request_query(request, STR("cursor"));
    struct table_pages pages = {.page_size = PAGE_SIZE};
    struct beside_page found;
    unsigned classes;
    struct tx *tx;
    int64_t after = 0;

    if (cursor.len > 0 && !id_parse(cursor, &after))
        return err_set(err, ERR_INPUT, "cursor: an id");
    if (!request_register(request, 0, POLICY_READ, &type, &classes, err) ||
        !request_read(request, &tx, err) ||
        !beside_list(&request->registry, type, after, PAGE_SIZE + 1, &found, err))
        return false;

    struct display display = display_start(request, tx, classes);
    page_title(request, view, request_text(request, STR("Own values")));
    page_crumb(request, view, request_text(request, STR("Registers from above")),
               STR("/subscriptions/"));
    page_crumb(request, view, request_pack_text(request, type->title),
               str_printf(request->arena, "/subscriptions/%.*s", STR_ARG(type->id)));
    view_text(request, view, "heading",
              str_printf(request->arena, "%.*s: %.*s",
                         STR_ARG(request_text(request, STR("Own values"))),
                         STR_ARG(request_pack_text(request, type->title))));
    table_begin(request, view, request_text(request, STR("Own values")));
    table_column(request, view, "Record", false);
    table_column(request, view, "What the municipality says", false);
    table_column(request, view, "Published record", false);
    pages.shown = (int64_t)MIN(found.count, (size_t)PAGE_SIZE);
    for (int64_t i = 0; i < pages.shown; i++) {
        seen_add(request, type, classes, &found.items[i].record.id, 1);
        if (!add_row(&display, view, type, &found.items[i], err))
            return false;
    }
    if (cursor.len > 0)
        pages.first_href = page_filter_href(request, STR("cursor"), (struct str){0});
    if (found.count > PAGE_SIZE)
        pages.next_href = page_filter_href(
            request, STR("cursor"), id_text(request->arena, found.items[PAGE_SIZE - 1].record.id));
    pages.total_text = view_count(request, pages.shown, found.count > PAGE_SIZE);
    table_pages(request, view, &pages);
    return answer_page(request, 200, STR("page/beside"), view, err);
}
