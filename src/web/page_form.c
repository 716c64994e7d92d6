#include "web/page_form.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/num.h"
#include "registry/change.h"
#include "store/rows.h"
#include "web/answer.h"
#include "web/form_read.h"
#include "web/form_view.h"
#include "web/page_card.h"
#include "web/seen.h"
#include "web/subscribed.h"

/* A form on its way: what is changed, what was typed, what is wrong with it. */
struct filling {
    struct request *request;
    struct page_card_found found; /* id 0: a new record */
    struct change change;
    struct flaws flaws;
    struct display display;
    bool has_typed;
    bool is_conflict;
};

static struct str record_path(const struct filling *filling)
{
    struct request *request = filling->request;

    return str_printf(request->arena, "/registers/%.*s/%.*s", STR_ARG(filling->found.type->id),
                      STR_ARG(id_text(request->arena, filling->found.id)));
}

static struct str version_text(const struct filling *filling)
{
    return str_printf(filling->request->arena, "%lld", (long long)filling->found.record.version);
}

/* Who wrote the version that stands now. */
static bool read_author(const struct filling *filling, struct str *who, struct str *when,
                        struct err *err)
{
    struct request *request = filling->request;
    struct rows rows;

    if (!store_query(filling->found.tx, request->arena, &rows,
                     "SELECT j.at, a.name FROM journal j LEFT JOIN account a"
                     " ON a.tenant = j.tenant AND a.id = j.actor"
                     " WHERE j.tenant = $1 AND j.seq = $2",
                     ARGS(INT(filling->found.tx->tenant), INT(filling->found.record.version)), err))
        return false;
    *when = view_moment(request, rows.count > 0 ? rows_int(&rows, 0, 0) : 0);
    *who = rows.count > 0 ? rows_text(&rows, 0, 1) : (struct str){0};
    if (who->len == 0)
        *who = request_text(request, STR("The system"));
    return true;
}

static bool add_conflict_row(struct filling *filling, struct json *rows,
                             const struct register_field *field, const struct json *was,
                             const struct json *yours, struct err *err)
{
    struct request *request = filling->request;
    const struct json *theirs = json_find(filling->found.value, field->name);
    struct display_value shown[3];
    struct json *row;

    if ((was == NULL && theirs == NULL) ||
        (was != NULL && theirs != NULL && json_equal(was, theirs)))
        return true;
    if (!display_field(&filling->display, field, was, &shown[0], err) ||
        !display_field(&filling->display, field, theirs, &shown[1], err) ||
        !display_field(&filling->display, field, yours, &shown[2], err))
        return false;
    row = view_push(request, rows);
    view_text(request, row, "label", display_title(request, field));
    view_text(request, row, "field_href",
              str_printf(request->arena, "#f-%.*s", STR_ARG(field->name)));
    view_text(request, row, "was", shown[0].text);
    view_text(request, row, "theirs", shown[1].text);
    view_text(request, row, "yours", shown[2].text);
    return true;
}

/* What the other person changed, beside what was typed here. */
static bool add_conflict(struct filling *filling, struct json *view, struct err *err)
{
    struct request *request = filling->request;
    struct json *conflict = view_object(request, view, "conflict");
    struct json *rows = view_list(request, conflict, "rows");
    struct json *yours = json_find(filling->change.input, STR("data"));
    struct json *was_value = NULL;
    struct record was;
    struct str who;
    struct str when;

    if (!read_author(filling, &who, &when, err))
        return false;
    view_text(request, conflict, "who", who);
    view_text(request, conflict, "when", when);
    view_text(request, conflict, "latest_href",
              page_href(request, "%.*s", STR_ARG(record_path(filling))));
    if (record_get_known(
            &request->registry, filling->found.record.no, filling->found.id,
            (struct record_when){filling->found.record.valid_from, filling->change.expected}, &was,
            err) &&
        !json_parse(request->arena, was.body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &was_value, err))
        return false;
    for (size_t i = 0; i < filling->found.type->field_count; i++) {
        const struct register_field *field = &filling->found.type->fields[i];

        if (display_sees(&filling->display, field) &&
            !add_conflict_row(filling, rows, field, json_find(was_value, field->name),
                              json_find(yours, field->name), err))
            return false;
    }
    return true;
}

static void add_frame(struct filling *filling, struct json *view)
{
    struct request *request = filling->request;
    const struct register_type *type = filling->found.type;
    bool is_new = filling->found.id == 0;
    struct str heading = is_new ? request_text(request, STR("Add a record"))
                                : str_printf(request->arena, "%.*s: %.*s",
                                             STR_ARG(request_text(request, STR("Change"))),
                                             STR_ARG(filling->found.record.title));
    struct str list = page_href(request, "/registers/%.*s", STR_ARG(type->id));

    page_card_head(request, view, &filling->found, heading, !is_new);
    view_bool(request, page_of(request, view), "has_map", type->geometry >= 0);
    view_text(request, view, "heading", heading);
    view_text(request, view, "action",
              is_new ? page_href(request, "/registers/%.*s/new", STR_ARG(type->id))
                     : page_href(request, "%.*s/edit", STR_ARG(record_path(filling))));
    view_maybe(request, view, "etag", is_new ? (struct str){0} : version_text(filling));
    view_none(request, view, "comment");
    view_none(request, view, "lead");
    view_text(request, view, "save_text",
              request_text(request, is_new ? STR("Add a record") : STR("Save")));
    view_text(request, view, "cancel_href",
              is_new ? list : page_href(request, "%.*s", STR_ARG(record_path(filling))));
}

static bool show(struct filling *filling, int status, struct str find, struct err *err)
{
    struct request *request = filling->request;
    struct json *view = view_new(request);
    struct form_view form = {
        .display = &filling->display,
        .type = filling->found.type,
        .value = filling->found.value,
        .typed = filling->has_typed ? &request->form : NULL,
        .flaws = &filling->flaws,
        .find = find,
    };

    add_frame(filling, view);
    view_none(request, view, "conflict");
    if (filling->is_conflict && !add_conflict(filling, view, err))
        return false;
    return form_view_fill(&form, view, err) &&
           answer_page(request, status, STR("page/form"), view, err);
}

static bool start_new(struct request *request, struct filling *filling, struct err *err)
{
    *filling = (struct filling){.request = request};
    if (!request_register_some(request, 0, POLICY_CREATE, &filling->found.type,
                               &filling->found.classes, err) ||
        !request_read(request, &filling->found.tx, err))
        return false;
    filling->display = display_start(request, filling->found.tx, filling->found.classes);
    return true;
}

static bool start_edit(struct request *request, struct filling *filling, struct err *err)
{
    *filling = (struct filling){.request = request};
    if (!page_card_find(request, POLICY_CHANGE, &filling->found, err))
        return false;
    filling->display = display_start(request, filling->found.tx, filling->found.classes);
    return true;
}

bool page_form_new(struct request *request, struct err *err)
{
    struct filling filling;

    return start_new(request, &filling, err) && show(&filling, 200, (struct str){0}, err);
}

bool page_form_edit(struct request *request, struct err *err)
{
    struct filling filling;

    return start_edit(request, &filling, err) && show(&filling, 200, (struct str){0}, err);
}

/* Fields a form cannot show stay as they are. */
static void keep_others(const struct filling *filling, struct json *data)
{
    for (size_t i = 0; i < filling->found.type->field_count; i++) {
        const struct register_field *field = &filling->found.type->fields[i];
        struct json *old = json_find(filling->found.value, field->name);

        if (field->type == FIELD_OTHER && old != NULL)
            json_set(data, field->name, json_copy(filling->request->arena, old));
    }
}

static void fill_change(struct filling *filling, enum record_act act)
{
    struct request *request = filling->request;
    struct json *wire = json_new(request->arena, JSON_OBJECT);
    struct json *data = form_read(request, filling->found.type, filling->found.classes,
                                  &request->form, &filling->flaws);

    keep_others(filling, data);
    json_set(wire, STR("data"), data);
    filling->change = (struct change){
        .draft = {.act = act,
                  .type = filling->found.type,
                  .valid_from = RECORD_ALWAYS,
                  .valid_to = RECORD_FOREVER},
        .catalog = request->catalog,
        .arena = request->arena,
        .classes = filling->found.classes,
        .actor = request->actor.account,
        .reader = &request->actor,
        .now = request->now,
        .input = wire,
        .id = filling->found.id,
        .day = act == RECORD_CREATE ? 0 : filling->found.record.valid_from,
    };
}

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    return change_run(tx, data, err);
}

static bool saved(struct filling *filling, struct str text)
{
    filling->found.id = filling->change.draft.id;
    if (filling->change.draft.has_job)
        request_wake_workers(filling->request);
    answer_notice(filling->request, STR("ok"), request_text(filling->request, text));
    return answer_redirect(filling->request, record_path(filling));
}

/* What is typed stays when a key is taken, or the record would be out of reach; anything else is an
 * error. */
static bool refuse(struct filling *filling, struct err *err)
{
    struct request *request = filling->request;
    int status = err->code == ERR_DENIED ? 403 : 409;
    struct json *notice;
    struct json *view;

    if (err->code != ERR_CONFLICT && err->code != ERR_DENIED)
        return false;
    filling->has_typed = true;
    if (!request_read(request, &filling->found.tx, err))
        return false;
    filling->display = display_start(request, filling->found.tx, filling->found.classes);
    view = view_new(request);
    notice = view_push(request, view_list(request, page_of(request, view), "notices"));
    view_text(request, notice, "kind", STR("bad"));
    view_text(request, notice, "text", request_text(request, str_from_z(err->text)));
    view_none(request, notice, "link");
    add_frame(filling, view);
    view_none(request, view, "conflict");

    struct form_view form = {
        .display = &filling->display,
        .type = filling->found.type,
        .value = filling->found.value,
        .typed = &request->form,
        .flaws = &filling->flaws,
    };
    return form_view_fill(&form, view, err) &&
           answer_page(request, status, STR("page/form"), view, err);
}

static bool save(struct filling *filling, struct str text, struct err *err)
{
    struct request *request = filling->request;
    size_t typed_flaws = filling->flaws.count;

    if (!change_prepare(filling->found.tx, &filling->change, &filling->flaws, err)) {
        if (filling->flaws.count > 0)
            return show(filling, 422, (struct str){0}, err);
        return refuse(filling, err);
    }
    if (typed_flaws > 0)
        return show(filling, 422, (struct str){0}, err);
    if (!request_write_wait(request, run_change, &filling->change, err))
        return refuse(filling, err);
    return saved(filling, text);
}

bool page_form_new_post(struct request *request, struct err *err)
{
    struct filling filling;
    struct str find;

    if (!start_new(request, &filling, err) || !request_form(request, err))
        return false;
    filling.has_typed = true;
    find = request_field(request, STR("find"));
    if (find.len > 0)
        return show(&filling, 200, find, err);
    fill_change(&filling, RECORD_CREATE);
    return save(&filling, STR("The record is added."), err);
}

bool page_form_edit_post(struct request *request, struct err *err)
{
    struct filling filling;
    struct str find;

    if (!start_edit(request, &filling, err) || !request_form(request, err))
        return false;
    filling.has_typed = true;
    find = request_field(request, STR("find"));
    if (find.len > 0)
        return show(&filling, 200, find, err);
    fill_change(&filling, RECORD_CHANGE);
    if (!num_parse_int(request_field(request, STR("version")), &filling.change.expected))
        return err_set(err, ERR_INPUT, "the form is too old: open the page again and repeat");
    if (filling.change.expected != filling.found.record.version) {
        filling.is_conflict = true;
        return show(&filling, 409, (struct str){0}, err);
    }
    return save(&filling, STR("The changes are saved."), err);
}

static void print_option(struct buf *out, const struct form_view_option *option)
{
    buf_add(out, STR("{\"value\":\""));
    id_print(out, option->id);
    buf_add(out, STR("\",\"label\":"));
    json_write_text(out, option->title);
    buf_add(out, STR(",\"note\":"));
    if (option->note.len > 0)
        json_write_text(out, option->note);
    else
        buf_add(out, STR("null"));
    buf_char(out, '}');
}

static bool answer_options(struct request *request, const struct form_view_options *found)
{
    struct buf *out = &request->exchange->out;

    buf_add(out, STR("{\"options\":["));
    for (size_t i = 0; i < found->count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_option(out, &found->items[i]);
    }
    buf_add(out, found->has_more ? STR("],\"has_more\":true}") : STR("],\"has_more\":false}"));
    return answer_json(request, 200);
}

bool page_form_find(struct request *request, struct err *err)
{
    const struct register_type *type;
    struct form_view_options found;
    unsigned classes;
    struct tx *tx;

    if (!request_register_some(request, 0, POLICY_READ, &type, &classes, err) ||
        !request_read(request, &tx, err))
        return false;

    struct display display = display_start(request, tx, classes);
    if (!form_view_find(&display, type, request_query(request, STR("q")), &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++)
        if (found.items[i].note.len == 0)
            seen_add(request, type, classes & type->title_classes, &found.items[i].id, 1);
    return answer_options(request, &found);
}

bool page_form_find_published(struct request *request, struct err *err)
{
    CLEANUP(subscribed_close) struct subscribed subscribed = {0};
    const struct register_field *field;
    struct form_view_options found;
    struct tx *tx;

    if (!subscribed_open(request, &subscribed, err) || !request_read(request, &tx, err))
        return false;
    field = register_type_field(subscribed.own, request->parts[1]);
    if (field == NULL || field->type != FIELD_REF || field->ref_index < 0)
        return err_set(err, ERR_ABSENT, "there is no such field");

    struct display display = display_start(request, tx, subscribed.classes);
    return form_view_find_published(&display, &subscribed, field, request_query(request, STR("q")),
                                    &found, err) &&
           answer_options(request, &found);
}
