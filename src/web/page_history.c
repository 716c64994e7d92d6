#include "core/num.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/page_card.h"
#include "web/seen.h"

enum {
    VERSIONS_A_PAGE = 50,
};

static void add_date(struct request *request, struct json *fields, const char *name,
                     struct str label, struct str value, bool is_required)
{
    struct json *field = view_push(request, fields);

    view_bool(request, field, "is_date", true);
    view_bool(request, field, "is_filter", true);
    view_text(request, field, "id", str_printf(request->arena, "f-%s", name));
    view_text(request, field, "name", str_from_z(name));
    view_text(request, field, "label", label);
    view_none(request, field, "hint");
    view_none(request, field, "error");
    view_bool(request, field, "is_required", is_required);
    view_text(request, field, "value", value);
    view_text(request, field, "autocomplete", STR("off"));
}

static struct str day_text(struct request *request, int64_t day, int64_t none)
{
    return day == none ? (struct str){0} : view_day(request, day);
}

/* The slices that are believed now, each with its way to the card of that time. */
static bool add_slices(struct request *request, struct json *view, const struct register_type *type,
                       int64_t id, struct err *err)
{
    struct json *slices = view_list(request, view, "slices");
    struct record *records;
    size_t count;

    view_bool(request, view, "has_slices", false);
    if (!type->is_temporal)
        return true;
    if (!record_slices(&request->registry, catalog_no(request->catalog, type), id, &records, &count,
                       err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct json *slice = view_push(request, slices);
        int64_t day = records[i].valid_from == RECORD_ALWAYS ? records[i].valid_to - 1
                                                             : records[i].valid_from;

        view_text(request, slice, "href",
                  str_printf(request->arena, "%.*s?valid_on=%.*s",
                             STR_ARG(display_record_href(request, type, id)),
                             STR_ARG(view_day(request, MIN(day, request_today(request))))));
        view_text(request, slice, "from_text",
                  day_text(request, records[i].valid_from, RECORD_ALWAYS));
        view_text(request, slice, "to_text",
                  day_text(request, records[i].valid_to, RECORD_FOREVER));
        view_text(request, slice, "text", records[i].title);
    }
    view_bool(request, view, "has_slices", count > 0);
    return true;
}

/* A record that was deleted has a history too, so its title may have to come from there. */
static bool find_title(struct request *request, const struct page_card_found *found,
                       struct str *title, bool *is_there, struct err *err)
{
    struct record *records;
    size_t count;

    if (!record_slices(&request->registry, catalog_no(request->catalog, found->type), found->id,
                       &records, &count, err))
        return false;
    *is_there = count > 0;
    *title = count > 0
                 ? display_record_title(request, found->type, found->classes, &records[count - 1])
                 : request_text(request, STR("A deleted record"));
    return true;
}

/* The versions before seq, and what happened to the files between them. */
static bool read_past(struct request *request, const struct page_card_found *found, int64_t seq,
                      struct page_card_past *past, struct err *err)
{
    struct history_ask ask = {found->type, found->id, found->classes, seq + 1, 1, false};
    struct history_version *last;
    size_t count = 0;

    /* The page before ended with the version seq, and with the files since. */
    if (seq > 0 && !history_list(&request->registry, &ask, &last, &count, err))
        return false;
    past->files.until_at = count > 0 ? last[0].at : INT64_MAX;
    ask.before = seq;
    ask.limit = VERSIONS_A_PAGE;
    if (!history_list(&request->registry, &ask, &past->versions, &past->version_count, err))
        return false;
    if (past->version_count == 0)
        return err_set(err, ERR_ABSENT, "there is no such record");
    if (past->version_count == VERSIONS_A_PAGE)
        past->files.after_at = past->versions[VERSIONS_A_PAGE - 1].at;
    past->events_max = SIZE_MAX;
    return page_card_past_files(request, found, past, err);
}

bool page_history(struct request *request, struct err *err)
{
    struct page_card_found found = {0};
    struct json *view = view_new(request);
    struct json *as_of = view_object(request, view, "as_of");
    struct str before = request_query(request, STR("before"));
    struct page_card_past past = {0};
    struct json *fields;
    struct str title;
    bool is_there;
    int64_t seq = 0;

    if (!request_register_some(request, 0, POLICY_HISTORY, &found.type, &found.classes, err) ||
        !request_id(request, 1, &found.id, err) || !request_read(request, &found.tx, err) ||
        !find_title(request, &found, &title, &is_there, err))
        return false;
    if (before.len > 0 && !num_parse_int(before, &seq))
        return err_set(err, ERR_INPUT, "before: the number of a version");
    if (!read_past(request, &found, seq, &past, err))
        return false;
    seen_add(request, found.type, found.classes, &found.id, 1);
    found.record.title = title;
    found.record.id = found.id;
    /* The card of a deleted record is gone, so nothing leads there. */
    page_card_head(request, view, &found, request_text(request, STR("History")), is_there);
    view_text(request, view_object(request, view, "record"), "title", title);
    view_text(request, as_of, "href", display_record_href(request, found.type, found.id));
    fields = view_list(request, as_of, "fields");
    if (found.type->is_temporal)
        add_date(request, fields, "valid_on", request_text(request, STR("On which date")),
                 view_day(request, request_today(request)), true);
    add_date(request, fields, "known_at", request_text(request, STR("What was known on the date")),
             (struct str){0}, false);

    struct display display = display_start(request, found.tx, found.classes);
    if (!add_slices(request, view, found.type, found.id, err) ||
        !page_card_events(&display, view, &past, err))
        return false;
    view_maybe(request, view, "next_href",
               past.version_count == VERSIONS_A_PAGE
                   ? str_printf(request->arena, "?before=%lld",
                                (long long)past.versions[VERSIONS_A_PAGE - 1].version)
                   : (struct str){0});
    return answer_page(request, 200, STR("page/history"), view, err);
}
