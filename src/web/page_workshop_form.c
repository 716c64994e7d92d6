/*
 * A form in the workshop: its fields and steps in order, moved, taken out and added by buttons,
 * each changed on a page of its own.  Both kinds of forms/NAME.json: a schema, whose properties are
 * the fields of a task, and a categorization, whose categories are the steps of an application.
 */
#include "web/page_workshop.h"

#include "core/num.h"
#include "core/vec.h"
#include "registry/register_type.h"
#include "service/service.h"
#include "service/service_form.h"
#include "web/answer.h"
#include "web/form_view.h"
#include "web/input.h"
#include "web/table.h"

enum {
    ROWS_MAX = 200,
    ID_MAX = 40,
    TEXT_MAX = 2000,
};

/* A field or a step: where it stands in the tree. */
struct row {
    struct str key;      /* "damage", "0", "0.3" */
    struct json *parent; /* an object's members, or an array's items */
    struct json *json;
    size_t at; /* in the parent */
    bool is_step;
};

struct form {
    struct request *request;
    const struct workshop_file *file;
    struct json *json;
    struct json *steps;               /* of a categorization; NULL: it is a schema */
    const struct register_type *type; /* whose fields the steps ask for; NULL: not known */
    VEC(struct row) rows;
};

static void add_rows(struct form *form, struct json *parent, struct str prefix, bool are_steps)
{
    struct arena *arena = form->request->arena;
    size_t at = 0;

    for (struct json *one = parent->first; one != NULL; one = one->next, at++) {
        struct row row = {one->name, parent, one, at, are_steps};
        struct json *inside = json_find(one, STR("elements"));

        if (form->steps != NULL)
            row.key = str_printf(arena, "%.*s%zu", STR_ARG(prefix), at);
        VEC_PUSH(arena, &form->rows, row);
        if (are_steps && inside != NULL && inside->kind == JSON_ARRAY)
            add_rows(form, inside, str_printf(arena, "%.*s.", STR_ARG(row.key)), false);
    }
}

static bool read_form(struct request *request, const struct workshop_file *file, struct form *form,
                      struct err *err)
{
    struct json *fields;

    *form = (struct form){.request = request, .file = file};
    if (!json_parse(request->arena, file->text, NULL, &form->json, err))
        return false;
    if (str_equal(json_find_text(form->json, STR("type")), STR("Categorization"))) {
        form->steps = json_find(form->json, STR("elements"));
        if (form->steps == NULL || form->steps->kind != JSON_ARRAY)
            return err_set(err, ERR_INPUT, "the form could not be read");
        form->type = page_workshop_asked(request, file->pack, file->path);
        add_rows(form, form->steps, STR(""), true);
    } else {
        fields = json_find(form->json, STR("properties"));
        if (fields == NULL || fields->kind != JSON_OBJECT)
            return err_set(err, ERR_INPUT, "the form could not be read");
        add_rows(form, fields, STR(""), false);
    }
    return form->rows.count <= ROWS_MAX || err_set(err, ERR_LIMIT, "the form could not be read");
}

bool page_workshop_form_reads(struct request *request, const struct workshop_file *file)
{
    struct form form;
    struct err err;

    return read_form(request, file, &form, &err);
}

/* As packs are written: two blanks a level. */
static void print(struct buf *out, const struct json *json, int depth)
{
    bool is_object = json->kind == JSON_OBJECT;

    if ((!is_object && json->kind != JSON_ARRAY) || json->first == NULL) {
        json_write(out, json);
        return;
    }
    buf_char(out, is_object ? '{' : '[');
    for (const struct json *one = json->first; one != NULL; one = one->next) {
        buf_printf(out, "%s\n%*s", one == json->first ? "" : ",", (depth + 1) * 2, "");
        if (is_object) {
            json_write_text(out, one->name);
            buf_add(out, STR(": "));
        }
        print(out, one, depth + 1);
    }
    buf_printf(out, "\n%*s%c", depth * 2, "", is_object ? '}' : ']');
}

static struct row *find_row(struct form *form, struct str key)
{
    for (size_t i = 0; i < form->rows.count; i++)
        if (str_equal(form->rows.items[i].key, key))
            return &form->rows.items[i];
    return NULL;
}

static struct str name_of(const struct row *row)
{
    struct str scope = json_find_text(row->json, STR("scope"));

    return scope.len > 0 ? str_slice(scope, sizeof "#/properties/" - 1, scope.len) : row->key;
}

static struct str title_of(const struct form *form, const struct row *row)
{
    const struct register_field *field =
        form->type == NULL ? NULL : register_type_field(form->type, name_of(row));
    struct str title = json_find_text(row->json, STR("title"));

    if (title.len == 0)
        title = json_find_text(row->json, STR("label"));
    if (title.len == 0)
        title = json_find_text(row->json, STR("text"));
    if (title.len == 0 && str_equal(json_find_text(row->json, STR("type")), STR("Files")))
        return request_text(form->request, STR("Photo or document"));
    if (title.len == 0 && field != NULL)
        title = field->title;
    return title.len > 0 ? request_pack_text(form->request, title) : name_of(row);
}

static struct str kind_of(const struct form *form, const struct row *row)
{
    static const struct {
        struct str type;
        const char *word;
    } WORDS[] = {
        {STR_INIT("Category"), "step"},     {STR_INIT("Control"), "field"},
        {STR_INIT("Label"), "text"},        {STR_INIT("Files"), "files"},
        {STR_INIT("integer"), "number"},    {STR_INIT("number"), "number"},
        {STR_INIT("boolean"), "yes or no"}, {STR_INIT("string"), "text"},
    };
    struct str type = json_find_text(row->json, STR("type"));

    if (str_equal(json_find_text(row->json, STR("format")), STR("date")))
        return request_text(form->request, STR("date"));
    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (str_equal(WORDS[i].type, type))
            return request_text(form->request, str_from_z(WORDS[i].word));
    return type;
}

static bool is_required(const struct form *form, const struct row *row)
{
    const struct json *list = json_find(form->json, STR("required"));

    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next)
        if (form->steps == NULL && str_equal(one->text, row->key))
            return true;
    return false;
}

static struct str condition_of(const struct row *row)
{
    return json_find_text(json_find(row->json, STR("rule")), STR("condition"));
}

static struct str row_href(const struct form *form, struct str key)
{
    return str_printf(form->request->arena, "%.*s?element=%.*s",
                      STR_ARG(page_workshop_href(form->request, form->file, "")), STR_ARG(key));
}

static void show_row(const struct form *form, const struct row *row, struct json *list)
{
    struct request *request = form->request;
    struct json *one = view_push(request, list);

    view_text(request, one, "key", row->key);
    view_text(request, one, "name", title_of(form, row));
    view_text(request, one, "href", row_href(form, row->key));
    view_text(request, one, "type", kind_of(form, row));
    view_bool(request, one, "is_step", row->is_step);
    view_bool(request, one, "must", is_required(form, row));
    view_maybe(request, one, "when", condition_of(row));
    view_bool(request, one, "has_up", row->at > 0);
    view_bool(request, one, "has_down", row->json->next != NULL);
}

/* The fields of the register that no step asks for yet. */
static void add_unasked(const struct form *form, struct json *fields)
{
    struct request *request = form->request;
    struct json *list = NULL;

    for (size_t i = 0; i < form->type->field_count; i++) {
        const struct register_field *one = &form->type->fields[i];
        bool is_asked = one->computed != NULL;

        for (size_t j = 0; j < form->rows.count; j++)
            is_asked |= str_equal(name_of(&form->rows.items[j]), one->name);
        if (is_asked)
            continue;
        if (list == NULL)
            list = input_add(request, fields, "is_select", "new_id",
                             request_text(request, STR("Field")));
        input_option(request, list, one->name, request_pack_text(request, one->title), false);
    }
}

static void add_new_fields(const struct form *form, struct json *view)
{
    static const struct {
        const char *value, *label;
    } TYPES[] = {
        {"string", "text"}, {"integer", "number"}, {"boolean", "yes or no"}, {"date", "date"}};
    struct request *request = form->request;
    struct json *fields = view_list(request, view, "new_fields");
    struct json *field;

    if (form->type != NULL) {
        add_unasked(form, fields);
        if (fields->first == NULL)
            return;
    } else {
        field = input_add(request, fields, "is_text", "new_id",
                          request_text(request, STR("Name in the data")));
        input_hint(
            request, field,
            request_text(request, STR("Small Latin letters, digits and _, for example: phone.")));
    }
    if (form->steps != NULL) {
        field = input_add(request, fields, "is_select", "new_type",
                          request_text(request, STR("In which step")));
        for (size_t i = 0; i < form->rows.count; i++)
            if (form->rows.items[i].is_step)
                input_option(request, field, form->rows.items[i].key,
                             title_of(form, &form->rows.items[i]), i == 0);
        return;
    }
    input_add(request, fields, "is_text", "new_title", request_text(request, STR("Question")));
    field = input_add(request, fields, "is_select", "new_type",
                      request_text(request, STR("What is answered")));
    for (size_t i = 0; i < ARRAY_LEN(TYPES); i++)
        input_option(request, field, str_from_z(TYPES[i].value),
                     request_text(request, str_from_z(TYPES[i].label)), i == 0);
}

/* A form of steps is checked as the cards of services use it. */
static void check_form(const struct pack_set *set, const struct pack *pack,
                       const struct pack_file *file, struct pack_findings *findings)
{
    struct pack_findings all = {.arena = findings->arena};

    service_form_check_file(set, pack, file, findings);
    for (size_t i = 0; i < pack->file_count; i++)
        if (str_starts(pack->files[i].path, STR("services/")))
            (void)service_read(findings->arena, pack, &pack->files[i], &all);
    for (const struct pack_finding *one = all.first; one != NULL; one = one->next)
        if (str_equal(one->file, file->path))
            pack_find(findings, one->file, one->line, "%.*s", STR_ARG(one->text));
}

static bool show(const struct form *form, struct str wrong, int status, struct err *err)
{
    struct request *request = form->request;
    struct json *view = view_new(request);
    struct json *list = view_list(request, view, "parts");

    if (!page_workshop_head(request, form->file, view, err) ||
        !page_workshop_faults(request, form->file, view, check_form, err) ||
        !page_workshop_preview(request, form->file, view, err))
        return false;
    for (size_t i = 0; i < form->rows.count; i++)
        show_row(form, &form->rows.items[i], list);
    add_new_fields(form, view);
    view_bool(request, view, "has_new_fields", json_find(view, STR("new_fields"))->first != NULL);
    view_bool(request, view, "has_steps", form->steps != NULL);
    view_maybe(request, view, "wrong", wrong);
    view_text(request, view, "action", page_workshop_href(request, form->file, ""));
    view_text(request, view, "text_href", page_workshop_href(request, form->file, "?as=text"));
    return answer_page(request, status, STR("page/workshop-form"), view, err);
}

static bool show_one(const struct form *form, const struct row *row, struct str wrong, int status,
                     struct err *err)
{
    struct request *request = form->request;
    struct json *view = view_new(request);
    struct json *fields = view_list(request, view, "fields");
    struct json *field;

    if (!page_workshop_head(request, form->file, view, err))
        return false;
    input_errors_begin(request, view);
    view_text(request, view, "heading", title_of(form, row));
    view_text(request, view, "action", row_href(form, row->key));
    view_text(request, view, "cancel_href", page_workshop_href(request, form->file, ""));
    view_text(request, view, "id", name_of(row));
    view_maybe(request, view, "wrong", wrong);
    if (form->steps == NULL || row->is_step) {
        struct str title =
            json_find_text(row->json, form->steps == NULL ? STR("title") : STR("label"));

        field = input_add(request, fields, "is_text", "title",
                          request_text(request, form->steps == NULL ? STR("Question")
                                                                    : STR("Title of the step")));
        input_value(request, field, title);
    }
    if (form->steps == NULL) {
        field = input_add(request, fields, "is_text", "help", request_text(request, STR("Hint")));
        input_optional(request, field);
        input_value(request, field,
                    json_find_text(json_find(row->json, STR("x-uprava")), STR("help")));
        field = input_add(request, fields, "is_select", "must",
                          request_text(request, STR("Must it be answered?")));
        input_option(request, field, STR(""), request_text(request, STR("no")),
                     !is_required(form, row));
        input_option(request, field, STR("1"), request_text(request, STR("yes")),
                     is_required(form, row));
    } else {
        field = input_add(request, fields, "is_text", "condition",
                          request_text(request, STR("When it is asked")));
        input_optional(request, field);
        input_hint(request, field,
                   request_text(request, STR("In FEEL, by other answers. Empty: always.")));
        input_value(request, field, condition_of(row));
    }
    return answer_page(request, status, STR("page/workshop-element"), view, err);
}

bool page_workshop_form(struct request *request, const struct workshop_file *file, struct err *err)
{
    struct str key = request_query(request, STR("element"));
    struct form form;
    struct row *row;

    if (!read_form(request, file, &form, err))
        return false;
    if (key.len == 0)
        return show(&form, (struct str){0}, 200, err);
    row = find_row(&form, key);
    return row == NULL ? err_set(err, ERR_ABSENT, "there is no such element")
                       : show_one(&form, row, (struct str){0}, 200, err);
}

/* Items and members hang together by next: they are hung up anew in another order. */
static void reorder(struct form *form, struct json *parent, size_t at, size_t to, bool goes)
{
    struct json **all = ARENA_ARRAY(form->request->arena, struct json *, parent->count + 1);
    size_t count = 0;

    for (struct json *one = parent->first; one != NULL; one = one->next)
        all[count++] = one;
    if (!goes && to < count) {
        struct json *moved = all[at];

        all[at] = all[to];
        all[to] = moved;
    }
    parent->first = parent->last = NULL;
    parent->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (goes && i == at)
            continue;
        all[i]->next = NULL;
        if (parent->last == NULL)
            parent->first = all[i];
        else
            parent->last->next = all[i];
        parent->last = all[i];
        parent->count++;
    }
}

static void set_required(struct form *form, struct str key, bool must)
{
    struct arena *arena = form->request->arena;
    struct json *was = json_find(form->json, STR("required"));
    struct json *list = json_new(arena, JSON_ARRAY);

    for (const struct json *one = was == NULL ? NULL : was->first; one != NULL; one = one->next)
        if (!str_equal(one->text, key))
            json_push(list, json_new_text(arena, one->text));
    if (must)
        json_push(list, json_new_text(arena, key));
    if (list->count > 0)
        json_set(form->json, STR("required"), list);
    else
        json_drop(form->json, STR("required"));
}

static void take_out(struct form *form, const struct row *row)
{
    if (form->steps == NULL)
        set_required(form, row->key, false);
    reorder(form, row->parent, row->at, 0, true);
}

static bool is_id(struct str id)
{
    bool is_good = id.len > 0 && id.len <= ID_MAX && id.ptr[0] >= 'a' && id.ptr[0] <= 'z';

    for (size_t i = 0; i < id.len; i++) {
        char c = id.ptr[i];

        is_good = is_good && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_');
    }
    return is_good;
}

static bool add_to_schema(struct form *form, struct str id, struct str type, struct err *err)
{
    struct arena *arena = form->request->arena;
    struct json *fields = json_find(form->json, STR("properties"));
    struct json *field = json_new(arena, JSON_OBJECT);
    struct json *own = json_new(arena, JSON_OBJECT);
    struct str title = str_trim(request_field(form->request, STR("new_title")));
    bool is_date = str_equal(type, STR("date"));

    if (title.len == 0 || title.len > TEXT_MAX)
        return err_set(err, ERR_INPUT, "Write the question people are asked.");
    if (json_find(fields, id) != NULL)
        return err_set(err, ERR_INPUT, "There is a field of that name already.");
    json_set_text(arena, field, STR("type"), is_date ? STR("string") : type);
    json_set_text(arena, field, STR("title"), title);
    if (is_date)
        json_set_text(arena, field, STR("format"), STR("date"));
    else if (str_equal(type, STR("string")))
        json_set_int(arena, field, STR("maxLength"), TEXT_MAX);
    json_set_text(arena, own, STR("access"), STR("internal"));
    json_set(field, STR("x-uprava"), own);
    json_set(fields, id, field);
    return true;
}

static bool add_to_step(struct form *form, struct str id, struct str key, struct err *err)
{
    struct arena *arena = form->request->arena;
    struct json *field = json_new(arena, JSON_OBJECT);
    struct row *step = find_row(form, key);
    struct json *inside = step == NULL ? NULL : json_find(step->json, STR("elements"));

    if (inside == NULL || inside->kind != JSON_ARRAY)
        return err_set(err, ERR_INPUT, "the form could not be read");
    json_set_text(arena, field, STR("type"), STR("Control"));
    json_set_text(arena, field, STR("scope"), str_printf(arena, "#/properties/%.*s", STR_ARG(id)));
    json_push(inside, field);
    return true;
}

static bool add_step(struct form *form, struct str title, struct err *err)
{
    struct arena *arena = form->request->arena;
    struct json *step = json_new(arena, JSON_OBJECT);

    if (form->steps == NULL || title.len > TEXT_MAX)
        return err_set(err, ERR_INPUT, "the form could not be read");
    json_set_text(arena, step, STR("type"), STR("Category"));
    json_set_text(arena, step, STR("label"), title);
    json_set(step, STR("elements"), json_new(arena, JSON_ARRAY));
    json_push(form->steps, step);
    return true;
}

/* What a button of the list asks for. */
static bool change_list(struct form *form, struct err *err)
{
    struct request *request = form->request;
    struct str up = request_field(request, STR("up")), down = request_field(request, STR("down"));
    struct str out = request_field(request, STR("out"));
    struct str step = str_trim(request_field(request, STR("new_step")));
    struct str id = str_trim(request_field(request, STR("new_id")));
    struct str type = request_field(request, STR("new_type"));
    struct row *row = find_row(form, up.len > 0 ? up : down.len > 0 ? down : out);

    if (row != NULL && out.len > 0)
        take_out(form, row);
    else if (row != NULL)
        reorder(form, row->parent, row->at, up.len > 0 ? row->at - 1 : row->at + 1, false);
    else if (step.len > 0)
        return add_step(form, step, err);
    else if (!is_id(id))
        return err_set(err, ERR_INPUT, "The name in the data is made of a-z, 0-9 and _.");
    else
        return form->steps == NULL ? add_to_schema(form, id, type, err)
                                   : add_to_step(form, id, type, err);
    return true;
}

static void set_or_drop(struct form *form, struct json *object, struct str name, struct str value)
{
    if (value.len > 0)
        json_set_text(form->request->arena, object, name, value);
    else
        json_drop(object, name);
}

static bool change_one(struct form *form, const struct row *row, struct err *err)
{
    struct request *request = form->request;
    struct str title = str_trim(request_field(request, STR("title")));
    struct str help = str_trim(request_field(request, STR("help")));
    struct str condition = str_trim(request_field(request, STR("condition")));

    if (title.len > TEXT_MAX || help.len > TEXT_MAX || condition.len > TEXT_MAX)
        return err_set(err, ERR_INPUT, "This is too long.");
    if (title.len == 0 && (form->steps == NULL || row->is_step))
        return err_set(err, ERR_INPUT, "Write the question people are asked.");
    if (form->steps == NULL) {
        struct json *own = json_find(row->json, STR("x-uprava"));

        json_set_text(request->arena, row->json, STR("title"), title);
        if (own == NULL)
            own = json_set(row->json, STR("x-uprava"), json_new(request->arena, JSON_OBJECT));
        set_or_drop(form, own, STR("help"), help);
        set_required(form, row->key, request_field(request, STR("must")).len > 0);
        return true;
    }
    if (row->is_step)
        json_set_text(request->arena, row->json, STR("label"), title);
    if (condition.len == 0) {
        json_drop(row->json, STR("rule"));
    } else {
        struct json *rule = json_set(row->json, STR("rule"), json_new(request->arena, JSON_OBJECT));

        json_set_text(request->arena, rule, STR("effect"), STR("SHOW"));
        json_set_text(request->arena, rule, STR("condition"), condition);
    }
    return true;
}

bool page_workshop_form_post(struct request *request, struct workshop_file *file, struct err *err)
{
    struct str key = request_query(request, STR("element"));
    struct buf out = {.arena = request->arena};
    struct form form, before;
    struct row *row;

    if (!read_form(request, file, &form, err) || !read_form(request, file, &before, err))
        return false;
    row = key.len > 0 ? find_row(&form, key) : NULL;
    if (key.len > 0 && row == NULL)
        return err_set(err, ERR_ABSENT, "there is no such element");
    if (row != NULL ? !change_one(&form, row, err) : !change_list(&form, err)) {
        struct str wrong = request_text(request, str_from_z(err->text));

        if (err->code != ERR_INPUT)
            return false;
        return row != NULL ? show_one(&before, find_row(&before, key), wrong, 422, err)
                           : show(&before, wrong, 422, err);
    }
    print(&out, form.json, 0);
    buf_char(&out, '\n');
    if (workshop_save(request, file, request_field(request, STR("tag")), buf_str(&out), err))
        return page_workshop_saved(request, file, "");
    if (err->code != ERR_CONFLICT)
        return false;
    struct str stale = request_text(request, STR(WORKSHOP_STALE));
    return row != NULL ? show_one(&form, row, stale, 412, err) : show(&before, stale, 412, err);
}
