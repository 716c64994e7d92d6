#include "web/page_card.h"

#include "core/id.h"
#include "core/time.h"
#include "registry/change.h"
#include "registry/geometry.h"
#include "registry/record_list.h"
#include "registry/record_reach.h"
#include "registry/register_rule.h"
#include "web/answer.h"
#include "web/gone.h"
#include "web/page_files.h"
#include "web/page_work.h"
#include "web/seen.h"

enum {
    EVENTS_MAX = 5,
    AROUND = 20000, /* the map shows two hundred metres more on each side */
};

static bool read_day(struct request *request, int64_t *day, struct err *err)
{
    struct str text = request_query(request, STR("valid_on"));

    *day = request_today(request);
    return text.len == 0 || time_parse_day_typed(text, day) ||
           err_set(err, ERR_INPUT, "Write the date as day, month and year: 09.03.2026.");
}

static bool read_record(struct request *request, struct page_card_found *found, struct err *err)
{
    int64_t no = catalog_no(request->catalog, found->type);
    struct str known = request_query(request, STR("known_at"));
    struct buf day_text = {.arena = request->arena};
    int64_t known_at;
    int64_t day;
    int64_t known_day;

    if (!read_day(request, &day, err))
        return false;
    if (known.len == 0)
        return record_get(&request->registry, no, found->id, day, &found->record, err);
    if (time_parse_day_typed(known, &known_day)) {
        time_print_day(&day_text, known_day);
        known = buf_str(&day_text);
    }
    return change_known_at(&request->registry, known, &known_at, err) &&
           record_get_known(&request->registry, no, found->id, (struct record_when){day, known_at},
                            &found->record, err);
}

static bool reaches(const struct request *request, const struct page_card_found *found,
                    enum policy_action action)
{
    struct record_reach reach = record_reach_of(&request->registry, found->type, action);

    return record_reach_has(&reach, request->arena, found->record.body);
}

bool page_card_may(const struct request *request, const struct page_card_found *found,
                   enum policy_action action, unsigned *classes)
{
    return policy_may_some(&request->actor.rights, found->type->index, action, classes) &&
           reaches(request, found, action);
}

bool page_card_find(struct request *request, enum policy_action action,
                    struct page_card_found *found, struct err *err)
{
    if (!request_register_some(request, 0, action, &found->type, &found->classes, err) ||
        !request_id(request, 1, &found->id, err) || !request_read(request, &found->tx, err) ||
        !read_record(request, found, err))
        return false;
    if (!reaches(request, found, action))
        return err_set(err, ERR_DENIED, "your role does not allow this with this record");
    seen_add(request, found->type, found->classes, &found->id, 1);
    return json_parse(request->arena, found->record.body,
                      &(struct json_limits){.bytes = RECORD_BODY_MAX}, &found->value, err);
}

void page_card_head(struct request *request, struct json *view, const struct page_card_found *found,
                    struct str title, bool is_below)
{
    page_title(request, view, title);
    page_crumb(request, view, request_text(request, STR("Registers")), STR("/registers/"));
    page_crumb(request, view, request_pack_text(request, found->type->title),
               str_printf(request->arena, "/registers/%.*s", STR_ARG(found->type->id)));
    if (is_below)
        page_crumb(request, view,
                   display_record_title(request, found->type, found->classes, &found->record),
                   str_printf(request->arena, "/registers/%.*s/%.*s", STR_ARG(found->type->id),
                              STR_ARG(id_text(request->arena, found->id))));
}

static bool add_fact(struct display *display, struct json *facts,
                     const struct register_field *field, const struct json *value, struct err *err)
{
    struct request *request = display->request;
    struct json *fact = view_push(request, facts);
    struct json *values = view_list(request, fact, "values");
    struct display_value shown;
    struct json *one;

    view_text(request, fact, "label", display_title(request, field));
    if (!display_field(display, field, value, &shown, err) || shown.text.len == 0)
        return err->code == ERR_NONE;
    one = view_push(request, values);
    view_text(request, one, "text", shown.text);
    view_maybe(request, one, "href", shown.href);
    view_none(request, one, "note");
    return true;
}

static bool add_facts(struct display *display, struct json *view,
                      const struct page_card_found *found, struct err *err)
{
    struct request *request = display->request;
    struct json *group = view_push(request, view_list(request, view, "groups"));
    struct json *tags = view_list(request, view, "tags");
    struct json *facts;

    view_none(request, group, "title");
    facts = view_list(request, group, "facts");
    for (size_t i = 0; i < found->type->field_count; i++) {
        const struct register_field *field = &found->type->fields[i];
        const struct json *value = json_find(found->value, field->name);
        struct display_value shown;

        if (!display_sees(display, field) || field->type == FIELD_GEOMETRY)
            continue;
        if (!add_fact(display, facts, field, value, err) ||
            !display_field(display, field, value, &shown, err))
            return false;
        if (shown.tag.len > 0) {
            struct json *tag = view_push(request, tags);

            view_text(request, tag, "kind", shown.tag);
            view_text(request, tag, "text", shown.text);
        }
    }
    return true;
}

/* "Квартиры 80": the registers whose records refer to this one. */
bool page_card_links(struct display *display, struct json *view, const struct register_type *of,
                     int64_t record, struct err *err)
{
    struct request *request = display->request;
    const struct model *model = request->catalog->model;
    struct json *links = view_list(request, view, "links");
    struct str id = id_text(request->arena, record);

    for (size_t i = 0; i < model->type_count; i++) {
        const struct register_type *type = model->types[i];
        unsigned classes;

        if (!policy_may_some(&request->actor.rights, (int)i, POLICY_READ, &classes))
            continue;
        for (size_t f = 0; f < type->field_count; f++) {
            const struct register_field *field = &type->fields[f];
            struct record_filter filter = {
                .field = field, .op = QUERY_EQ, .values = &id, .count = 1};
            struct record_ask ask = {.type = type,
                                     .filters = &filter,
                                     .filter_count = 1,
                                     .valid_on = request_today(request)};
            struct json *link;
            int64_t count;
            bool is_more;

            if (field->ref_index != of->index || field->slot < 0 ||
                !layout_has_field(request->catalog, type, field) || (field->access & ~classes) != 0)
                continue;
            if (!record_count(&request->registry, &ask, &count, &is_more, err))
                return false;
            if (count == 0)
                continue;
            link = view_push(request, links);
            view_text(request, link, "title", request_pack_text(request, type->title));
            view_text(request, link, "href",
                      page_href(request, "/registers/%.*s?%.*s=%.*s", STR_ARG(type->id),
                                STR_ARG(field->name), STR_ARG(id)));
            view_text(request, link, "count_text", view_count(request, count, is_more));
        }
    }
    view_bool(request, view, "has_links", links->count > 0);
    return true;
}

static struct str event_text(struct request *request, const struct history_version *version)
{
    if (version->import != 0 && str_equal(version->action, STR("create")))
        return request_text(request, STR("Created by an import"));
    if (version->import != 0)
        return request_text(request, STR("Changed by an import"));
    if (str_equal(version->action, STR("create")))
        return request_text(request, STR("Created"));
    if (str_equal(version->action, STR("delete")))
        return request_text(request, STR("Deleted"));
    if (str_equal(version->action, STR("erase")))
        return request_text(request, STR("Erased as the law demands"));
    return request_text(request, STR("Changed"));
}

static bool is_creation(const struct history_version *version)
{
    return str_equal(version->action, STR("create"));
}

static bool add_change(struct display *display, struct json *changes,
                       const struct history_change *change, struct err *err)
{
    struct request *request = display->request;
    struct json *one = view_push(request, changes);
    struct display_value old;
    struct display_value new;

    if (!display_field(display, change->field, change->was, &old, err) ||
        !display_field(display, change->field, change->is, &new, err))
        return false;
    view_text(request, one, "label", display_title(request, change->field));
    view_maybe(request, one, "old", old.text);
    view_maybe(request, one, "new", new.text);
    return true;
}

static bool add_version(struct display *display, struct json *events,
                        const struct history_version *version, struct err *err)
{
    struct request *request = display->request;
    struct json *event = view_push(request, events);
    struct json *changes = view_list(request, event, "changes");

    view_text(request, event, "when", view_moment(request, version->at));
    view_maybe(request, event, "who", version->actor_name);
    view_text(request, event, "text", event_text(request, version));
    view_none(request, event, "href");
    /* That a new record was empty before is no news: its card or the export tells it all. */
    for (size_t c = 0; c < version->change_count && !is_creation(version); c++)
        if (!add_change(display, changes, &version->changes[c], err))
            return false;
    view_bool(request, event, "has_changes", changes->count > 0);
    return true;
}

static void add_file_event(struct request *request, struct json *events,
                           const struct attachment_event *file)
{
    struct json *event = view_push(request, events);

    view_text(request, event, "when", view_moment(request, file->at));
    view_maybe(request, event, "who", file->actor_name);
    view_text(request, event, "text",
              str_printf(request->arena, "%.*s: %.*s",
                         STR_ARG(request_text(request, file->is_removal ? STR("File removed")
                                                                        : STR("File attached"))),
                         STR_ARG(file->name)));
    view_none(request, event, "href");
    view_list(request, event, "changes");
    view_bool(request, event, "has_changes", false);
}

bool page_card_past_files(struct request *request, const struct page_card_found *found,
                          struct page_card_past *past, struct err *err)
{
    past->files.no = catalog_no(request->catalog, found->type);
    past->files.record = found->id;
    return (found->classes & POLICY_INTERNAL) == 0 ||
           attachment_events(found->tx, request->arena, &past->files, err);
}

bool page_card_events(struct display *display, struct json *view, const struct page_card_past *past,
                      struct err *err)
{
    struct json *events = view_list(display->request, view, "events");
    size_t v = 0;
    size_t f = 0;

    while (v + f < past->events_max && (v < past->version_count || f < past->files.count)) {
        bool is_file = f < past->files.count &&
                       (v == past->version_count || past->files.items[f].at > past->versions[v].at);

        if (is_file)
            add_file_event(display->request, events, &past->files.items[f++]);
        else if (!add_version(display, events, &past->versions[v++], err))
            return false;
    }
    return true;
}

static bool add_history(struct display *display, struct json *view,
                        const struct page_card_found *found, struct err *err)
{
    struct request *request = display->request;
    struct page_card_past past = {.events_max = EVENTS_MAX, .files = {.until_at = INT64_MAX}};
    unsigned classes;

    view_bool(request, view, "has_history", false);
    view_none(request, view, "history_href");
    if (!page_card_may(request, found, POLICY_HISTORY, &classes))
        return true;
    if (!history_list(&request->registry,
                      &(struct history_ask){found->type, found->id, classes & found->classes, 0,
                                            EVENTS_MAX, false},
                      &past.versions, &past.version_count, err) ||
        !page_card_past_files(request, found, &past, err) ||
        !page_card_events(display, view, &past, err))
        return false;
    view_bool(request, view, "has_history", true);
    view_text(request, view, "history_href",
              str_printf(request->arena, "%.*s/history",
                         STR_ARG(display_record_href(request, found->type, found->id))));
    return true;
}

static const struct json *place_of(const struct page_card_found *found)
{
    const struct register_field *field;

    if (found->type->geometry < 0)
        return NULL;
    field = &found->type->fields[found->type->geometry];
    return (field->access & ~found->classes) == 0 ? json_find(found->value, field->name) : NULL;
}

static void add_map(struct request *request, struct json *view, const struct page_card_found *found)
{
    const struct json *place = place_of(found);
    struct buf bounds = {.arena = request->arena};
    struct buf text = {.arena = request->arena};
    struct json *map;
    struct err err;
    int64_t box[4];

    view_bool(request, view, "has_map", false);
    view_none(request, view, "map");
    if (place == NULL || place->kind != JSON_OBJECT || !geometry_check(place, box, &err))
        return;
    view_bool(request, view, "has_map", true);
    view_bool(request, page_of(request, view), "has_map", true);
    geometry_print_box(
        &bounds, (int64_t[4]){box[0] - AROUND, box[1] - AROUND, box[2] + AROUND, box[3] + AROUND});
    geometry_print_degree(&text, box[1] + (box[3] - box[1]) / 2);
    buf_add(&text, STR("°, "));
    geometry_print_degree(&text, box[0] + (box[2] - box[0]) / 2);
    buf_add(&text, STR("°"));
    map = view_object(request, view, "map");
    view_bool(request, map, "is_small", true);
    view_text(request, map, "data_href",
              str_printf(request->arena, "%.*s/place",
                         STR_ARG(display_record_href(request, found->type, found->id))));
    view_text(request, map, "bounds", buf_str(&bounds));
    view_text(request, map, "tiles", catalog_setting(request->catalog, STR("tiles")));
    view_text(request, map, "credit", catalog_setting(request->catalog, STR("tiles_credit")));
    view_text(request, map, "label", request_text(request, STR("Place")));
    view_text(request, map, "text", buf_str(&text));
    view_none(request, map, "outline");
}

static void add_actions(struct request *request, struct json *view,
                        const struct page_card_found *found)
{
    struct json *actions = view_list(request, view, "actions");
    struct str href = display_record_href(request, found->type, found->id);
    const struct policy_rights *rights = &request->actor.rights;

    if (page_card_may(request, found, POLICY_CHANGE, NULL))
        view_action(request, actions, request_text(request, STR("Change")),
                    str_printf(request->arena, "%.*s/edit", STR_ARG(href)), "main");
    if (page_card_may(request, found, POLICY_DELETE, NULL))
        view_action(request, actions, request_text(request, STR("Delete")),
                    str_printf(request->arena, "%.*s/delete", STR_ARG(href)), "plain");
    if (found->type == request->catalog->model->person && (rights->admin & POLICY_IDENTIFY) != 0)
        view_action(request, actions, request_text(request, STR("The resident's account")),
                    str_printf(request->arena, "%.*s/account", STR_ARG(href)), "plain");
    if (page_work_may_begin(request))
        view_action(request, actions, request_text(request, STR("Begin a process")),
                    page_href(request, "/work/new?register=%.*s&record=%.*s",
                              STR_ARG(found->type->id),
                              STR_ARG(id_text(request->arena, found->id))),
                    "plain");
    view_bool(request, view, "has_actions", actions->count > 0);
}

static void add_formats(struct request *request, struct json *view,
                        const struct page_card_found *found)
{
    struct json *format = view_push(request, view_list(request, view, "formats"));

    view_text(request, format, "title", STR("JSON"));
    view_text(request, format, "href",
              page_href(request, "/api/v1/registers/%.*s/records/%.*s", STR_ARG(found->type->id),
                        STR_ARG(id_text(request->arena, found->id))));
}

/* Rules of quality that the record breaks, for those who can mend it. */
static void add_quality(struct request *request, struct json *view,
                        const struct page_card_found *found)
{
    struct feel_run *run =
        feel_run_new_at(request->arena, catalog_clock(request->catalog, request->now));
    struct json *notices = view_list(request, page_of(request, view), "notices");
    bool may_change = page_card_may(request, found, POLICY_CHANGE, NULL);

    for (size_t i = 0; i < found->type->rule_count && may_change; i++) {
        const struct register_rule *rule = &found->type->rules[i];
        struct json *notice;

        if ((rule->classes & ~found->classes) != 0 ||
            !register_rule_is_broken(run, found->type, rule, found->value))
            continue;
        notice = view_push(request, notices);
        view_text(request, notice, "kind", STR("warn"));
        view_text(request, notice, "text", request_pack_text(request, rule->title));
        view_none(request, notice, "link");
    }
}

bool page_card(struct request *request, struct err *err)
{
    struct page_card_found found = {0};
    struct json *view = view_new(request);
    struct json *record = view_object(request, view, "record");
    struct str title;

    err->code = ERR_NONE;
    if (!page_card_find(request, POLICY_READ, &found, err))
        return found.tx != NULL && request_query(request, STR("known_at")).len == 0 &&
               gone_answer(request, found.type, found.id, err);

    struct display display = display_start(request, found.tx, found.classes);
    title = display_record_title(request, found.type, found.classes, &found.record);
    page_card_head(request, view, &found, title, false);
    view_text(request, record, "title", title);
    view_text(request, record, "href", display_record_href(request, found.type, found.id));
    add_actions(request, view, &found);
    add_map(request, view, &found);
    add_formats(request, view, &found);
    add_quality(request, view, &found);
    if (!add_facts(&display, view, &found, err) || !page_files_fill(request, view, &found, err) ||
        !page_card_links(&display, view, found.type, found.id, err) ||
        !add_history(&display, view, &found, err))
        return false;
    return answer_page(request, 200, STR("page/card"), view, err);
}

bool page_place(struct request *request, struct err *err)
{
    struct page_card_found found = {0};
    struct buf *out = &request->exchange->out;
    const struct json *place;

    if (!page_card_find(request, POLICY_READ, &found, err))
        return false;
    place = place_of(&found);
    if (place == NULL)
        return err_set(err, ERR_ABSENT, "this record has no place");
    buf_add(out, STR("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
                     "\"geometry\":"));
    json_write(out, place);
    buf_add(out, STR(",\"properties\":{\"title\":"));
    json_write_text(out, display_record_title(request, found.type, found.classes, &found.record));
    buf_add(out, STR(",\"href\":"));
    json_write_text(out, display_record_href(request, found.type, found.id));
    buf_add(out, STR("}}]}"));
    return answer_text(request, 200, STR("application/geo+json"));
}
