#include "web/flow_form.h"

#include <string.h>

#include "core/id.h"
#include "core/num.h"
#include "registry/borrowed.h"
#include "web/flow_wording.h"
#include "web/form_read.h"
#include "web/form_view.h"
#include "web/input.h"

enum {
    FIELDS_MAX = 100,
    FOUND_SHOWN = 5, /* links to records that a step found */
};

const struct register_type *flow_form_type(struct request *request, const struct process *process,
                                           struct str name)
{
    const struct register_type *form = name.len > 0 ? process_form(process, name) : NULL;
    struct register_type *own;

    if (form == NULL)
        return NULL;
    own = ARENA_NEW(request->arena, struct register_type);
    *own = *form;
    own->fields = ARENA_ARRAY(request->arena, struct register_field, form->field_count + 1);
    memcpy(own->fields, form->fields, form->field_count * sizeof form->fields[0]);
    for (size_t i = 0; i < own->field_count; i++) {
        struct register_field *field = &own->fields[i];
        const struct register_type *to =
            field->ref.len > 0 ? model_type(request->catalog->model, field->ref) : NULL;

        field->ref_index = to != NULL ? to->index : -1;
    }
    return own;
}

static bool is_missing(const struct json *input)
{
    return input->kind == JSON_NULL;
}

/* Without a form: a line of text for each input that is empty. */
static void add_missing(struct request *request, const struct flow_form *form, struct json *fields)
{
    for (const struct json *one = form->given == NULL ? NULL : form->given->first;
         one != NULL && fields->count < FIELDS_MAX; one = one->next) {
        char *name = arena_alloc(request->arena, one->name.len + 1);
        struct json *field;

        if (!is_missing(one))
            continue;
        memcpy(name, one->name.ptr, one->name.len);
        field = input_add(request, fields, "is_text", name, one->name);
        input_optional(request, field);
        if (form->typed != NULL)
            input_value(request, field, url_find(form->typed, one->name));
    }
}

bool flow_form_fill(struct request *request, const struct flow_form *form, struct json *view,
                    struct err *err)
{
    struct display display = display_start(request, &request->tx, FLOW_FORM_CLASSES);
    struct form_view shown = {
        .display = &display,
        .type = form->type,
        .value = form->value,
        .typed = form->typed,
        .flaws = &form->flaws,
        .find = form->find,
    };
    struct json *fields;

    if (form->type != NULL) {
        view_bool(request, view, "has_fields", true);
        return form_view_fill(&shown, view, err);
    }
    fields = view_push(request, view_list(request, view, "groups"));
    view_none(request, fields, "title");
    fields = view_list(request, fields, "fields");
    add_missing(request, form, fields);
    input_errors_begin(request, view);
    view_bool(request, view, "has_fields", fields->count > 0);
    return true;
}

static void read_missing(struct request *request, const struct flow_form *form, struct json *data)
{
    for (const struct json *one = form->given == NULL ? NULL : form->given->first; one != NULL;
         one = one->next) {
        struct str text = str_trim(url_find(form->typed, one->name));
        struct json *number;
        struct str plain;

        if (!is_missing(one) || text.len == 0)
            continue;
        if (!num_parse_typed(request->arena, text, &plain)) {
            json_set_text(request->arena, data, one->name, text);
            continue;
        }
        number = json_new(request->arena, JSON_NUMBER);
        number->text = plain;
        json_set(data, one->name, number);
    }
}

struct json *flow_form_read(struct request *request, struct flow_form *form)
{
    struct json *data;

    form->typed = &request->form;
    if (form->type == NULL) {
        data = json_new(request->arena, JSON_OBJECT);
        read_missing(request, form, data);
        return data;
    }
    data = form_read(request, form->type, FLOW_FORM_CLASSES, form->typed, &form->flaws);
    schema_check(form->type->schema, data, request->arena, &form->flaws);
    return data;
}

struct look_up {
    struct request *request;
    const struct registry *registry;
    struct record_draft draft; /* of records of those above only the references */
    struct flaws *flaws;
};

static void find_flaw(struct look_up *it, const struct register_field *field, const char *id,
                      struct str detail)
{
    struct arena *arena = it->request->arena;

    flaws_add(it->flaws, arena, str_printf(arena, "/%.*s", STR_ARG(field->name)), id, detail);
}

static void look_up_code(struct look_up *it, const struct register_field *field, struct str text)
{
    int64_t day = request_today(it->request);
    const struct catalog_code *code = catalog_code_on(it->request->catalog, field->list, text, day);

    if (code == NULL)
        find_flaw(it, field, "code", field->list);
    else if (!catalog_code_is_valid(code, day))
        find_flaw(it, field, "code-date", code->title[MODEL_RU]);
}

static bool look_up_ref(struct look_up *it, const struct register_field *field, struct str text,
                        struct err *err)
{
    const struct catalog *catalog = it->request->catalog;
    struct record_ref ref = {.field = field->name};
    struct record *slices;
    size_t count = 0;

    if (!id_parse(text, &ref.id) || field->ref_index < 0) {
        find_flaw(it, field, "ref", field->ref);
        return true;
    }
    ref.no = catalog->nos[field->ref_index];
    ref.type = catalog->model->types[field->ref_index];
    if (catalog->publishers[field->ref_index] != 0) {
        it->draft.refs[it->draft.ref_count++] = ref;
        return true;
    }
    if (!record_slices(it->registry, ref.no, ref.id, &slices, &count, err))
        return false;
    if (count == 0)
        find_flaw(it, field, "ref", field->ref);
    return true;
}

/* Ours, or of those above. */
static bool look_up_borrowed(struct look_up *it, const struct json *old, struct err *err)
{
    struct flaws found = {0};
    bool ok = it->draft.ref_count == 0 ||
              borrowed_check(it->registry, &it->draft, old, &found, err) || found.count > 0;

    for (const struct flaw *flaw = found.first; flaw != NULL; flaw = flaw->next)
        flaws_add(it->flaws, it->request->arena, flaw->path, flaw->id, flaw->detail);
    return ok;
}

bool flow_form_look_up(struct request *request, const struct register_type *type,
                       const struct json *data, const struct json *old, struct flaws *flaws,
                       struct err *err)
{
    struct look_up it = {.request = request, .flaws = flaws};
    struct tx *tx;

    if (type == NULL)
        return true;
    if (!request_read(request, &tx, err))
        return false;
    it.registry = &request->registry;
    it.draft.refs = ARENA_ARRAY(request->arena, struct record_ref, type->field_count + 1);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        const struct json *value = json_find(data, field->name);
        const struct json *was = json_find(old, field->name);

        if (value == NULL || value->kind != JSON_STRING || (was != NULL && json_equal(was, value)))
            continue;
        if (field->type == FIELD_CODE)
            look_up_code(&it, field, value->text);
        if (field->type == FIELD_REF && !look_up_ref(&it, field, value->text, err))
            return false;
    }
    return look_up_borrowed(&it, old, err);
}

/* The field some form of the process asks for it with; NULL: none does. */
static const struct register_field *find_field(const struct process *process, struct str name)
{
    for (int i = 0; process != NULL && i < process->model->node_count; i++) {
        const struct bpmn_work *work = process->model->nodes[i].work;
        const struct register_type *form =
            work != NULL && work->form.len > 0 ? process_form(process, work->form) : NULL;
        const struct register_field *field = form != NULL ? register_type_field(form, name) : NULL;

        if (field != NULL)
            return field;
    }
    return NULL;
}

const struct register_type *flow_form_one(struct request *request, const struct process *process,
                                          struct str name)
{
    const struct register_field *field = find_field(process, name);

    if (field == NULL || field->type == FIELD_OTHER || field->type == FIELD_GEOMETRY)
        return NULL;
    for (int i = 0; i < process->model->node_count; i++) {
        const struct bpmn_work *work = process->model->nodes[i].work;
        const struct register_type *whole =
            work != NULL ? flow_form_type(request, process, work->form) : NULL;
        struct register_type *one;

        if (whole == NULL || register_type_field(whole, name) == NULL)
            continue;
        one = ARENA_NEW(request->arena, struct register_type);
        *one = *whole;
        one->fields = ARENA_NEW(request->arena, struct register_field);
        one->fields[0] = *register_type_field(whole, name);
        one->field_count = 1;
        return one;
    }
    return NULL;
}

/* What is wrong with the others is not said here. */
static void check_one(struct request *request, struct flow_form *form, struct json *data)
{
    struct str name = form->type->fields[0].name;
    struct flaws flaws = {0};

    schema_check(form->type->schema, data, request->arena, &flaws);
    for (const struct flaw *flaw = flaws.first; flaw != NULL; flaw = flaw->next) {
        struct str path = str_slice(flaw->path, 1, flaw->path.len);

        if (str_equal(str_slice(path, 0, str_find_char(path, '/')), name))
            flaws_add(&form->flaws, request->arena, flaw->path, flaw->id, flaw->detail);
    }
}

const struct json *flow_form_read_one(struct request *request, struct flow_form *form,
                                      const struct json *others)
{
    struct str name = form->type->fields[0].name;
    struct json *data = json_new(request->arena, JSON_OBJECT);
    const struct json *read;

    form->typed = &request->form;
    read = json_find(form_read(request, form->type, FLOW_FORM_CLASSES, form->typed, &form->flaws),
                     name);
    for (const struct json *one = others->first; one != NULL; one = one->next)
        if (!str_equal(one->name, name))
            json_set(data, one->name, json_copy(request->arena, one));
    if (read != NULL)
        json_set(data, name, json_copy(request->arena, read));
    if (form->flaws.count == 0)
        check_one(request, form, data);
    return read;
}

/* What gives that value: the element whose result or output it is; NULL: none. */
static const struct bpmn_node *find_giver(const struct process *process, struct str name)
{
    for (int i = 0; process != NULL && i < process->model->node_count; i++) {
        const struct bpmn_node *node = &process->model->nodes[i];

        if (node->work == NULL)
            continue;
        if (str_equal(node->work->result, name))
            return node;
        for (size_t o = 0; o < node->work->output_count; o++)
            if (str_equal(node->work->outputs[o].to, name))
                return node;
    }
    return NULL;
}

static bool is_record(const struct bpmn_node *giver)
{
    return giver != NULL && str_starts(giver->work->operation, STR("record."));
}

/* All that a step found, not what its author has made of it. */
static bool is_found(const struct bpmn_node *giver, const struct json *value)
{
    return giver != NULL && str_equal(giver->work->result, value->name) &&
           (str_equal(giver->work->operation, STR("record.find")) ||
            str_equal(giver->work->operation, STR("record.count")));
}

/* A record the flow made, changed or read stands there as a link. */
static bool show_record(struct request *request, const struct bpmn_node *giver,
                        const struct json *value, struct display_value *shown, struct err *err)
{
    const struct register_type *type = model_type(request->catalog->model, giver->work->subject);
    struct flow_store head = {0};

    if (type == NULL || !id_parse(json_find_text(value, STR("id")), &head.record))
        return true;
    head.no = catalog_no(request->catalog, type);
    return flow_wording_about(request, &head, shown, err);
}

static struct str label_of(struct request *request, const struct bpmn_node *giver,
                           const struct json *value)
{
    return giver != NULL && giver->name.len > 0 ? request_pack_text(request, giver->name)
                                                : value->name;
}

/* What record.find and record.count give: links to the first of them, else how many there are. */
static bool add_found(struct request *request, const struct bpmn_node *giver,
                      const struct json *value, struct json *facts, struct err *err)
{
    const struct json *list = json_find(value, STR("records"));
    const struct json *count = json_find(value, STR("count"));
    size_t shown_count = 0;

    for (const struct json *one = list == NULL ? NULL : list->first;
         one != NULL && shown_count < FOUND_SHOWN; one = one->next) {
        struct display_value shown = {0};

        if (!show_record(request, giver, one, &shown, err))
            return false;
        if (shown.text.len == 0)
            continue; /* gone, or not theirs to see */
        input_fact_link(request, facts, label_of(request, giver, value), shown.text, shown.href);
        shown_count++;
    }
    if (count != NULL && (shown_count == 0 || list->count > shown_count))
        input_fact(request, facts, label_of(request, giver, value),
                   flow_wording_value(request, count));
    return true;
}

/* A value no form asks for: by the name of what gives it, else by its own. */
static bool add_other(struct request *request, const struct process *process,
                      const struct json *value, struct json *facts, struct err *err)
{
    const struct bpmn_node *giver = find_giver(process, value->name);
    struct display_value shown = {.text = flow_wording_value(request, value)};

    if (giver != NULL && str_equal(giver->work->operation, STR("document.make")) &&
        json_find(value, STR("file")) != NULL)
        shown.text = json_find_text(value, STR("name"));
    if (is_found(giver, value))
        return add_found(request, giver, value, facts, err);
    if (is_record(giver)) {
        shown.text = (struct str){0};
        if (!show_record(request, giver, value, &shown, err))
            return false;
        if (shown.text.len == 0)
            return true; /* what a record holds is on its card, for those who may see it */
    }
    input_fact_link(request, facts, label_of(request, giver, value), shown.text, shown.href);
    return true;
}

struct flow_form_values flow_form_values(struct request *request, const struct process *process,
                                         int64_t no, int64_t record)
{
    struct flow_form_values values = {request, process, FLOW_FORM_CLASSES};
    const struct register_type *type = catalog_type(request->catalog, no);
    struct err err;
    bool reads;

    if (type != NULL &&
        (!policy_may_some(&request->actor.rights, type->index, POLICY_READ, &values.classes) ||
         !request_reads(request, type, record, &reads, &err) || !reads))
        values.classes = POLICY_PUBLIC;
    return values;
}

/* Of a record its id, where they may read the register; NULL: nothing. */
static struct json *record_id(struct request *request, const struct bpmn_node *giver,
                              const struct json *value)
{
    const struct register_type *type = model_type(request->catalog->model, giver->work->subject);
    struct str id = json_find_text(value, STR("id"));
    struct json *seen;

    if (type == NULL || id.len == 0 ||
        !policy_may(&request->actor.rights, type->index, POLICY_READ, NULL))
        return NULL;
    seen = json_new(request->arena, JSON_OBJECT);
    json_set_text(request->arena, seen, STR("id"), id);
    return seen;
}

/* Of what record.find and record.count give: the ids they may see, and how many there are. */
static struct json *found_ids(struct request *request, const struct bpmn_node *giver,
                              const struct json *value)
{
    struct json *seen = json_copy(request->arena, value);
    struct json *ids = json_new(request->arena, JSON_ARRAY);
    const struct json *list = json_find(value, STR("records"));

    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL; one = one->next) {
        struct json *id = record_id(request, giver, one);

        if (id != NULL)
            json_push(ids, id);
    }
    if (list != NULL)
        json_set(seen, STR("records"), ids);
    return seen;
}

static struct json *seen_of(struct request *request, const struct bpmn_node *giver,
                            const struct json *value)
{
    if (is_found(giver, value))
        return found_ids(request, giver, value);
    return is_record(giver) ? record_id(request, giver, value) : json_copy(request->arena, value);
}

struct json *flow_form_seen(const struct flow_form_values *values, const struct json *object,
                            struct str skip)
{
    struct request *request = values->request;
    struct json *seen = json_new(request->arena, JSON_OBJECT);

    for (const struct json *one = object == NULL ? NULL : object->first; one != NULL;
         one = one->next) {
        const struct register_field *field = find_field(values->process, one->name);
        const struct bpmn_node *giver =
            field == NULL ? find_giver(values->process, one->name) : NULL;
        struct json *shown;

        if (str_equal(one->name, skip) ||
            (field != NULL && (field->access & ~values->classes) != 0))
            continue;
        shown = seen_of(request, giver, one);
        if (shown != NULL)
            json_set(seen, one->name, shown);
    }
    return seen;
}

bool flow_form_facts(const struct flow_form_values *values, const struct json *object,
                     struct str skip, struct json *facts, struct err *err)
{
    struct request *request = values->request;
    struct display display = display_start(request, &request->tx, values->classes);

    for (const struct json *one = object == NULL ? NULL : object->first; one != NULL;
         one = one->next) {
        const struct register_field *field = find_field(values->process, one->name);
        struct display_value shown;

        if (is_missing(one) || str_equal(one->name, skip) ||
            (field != NULL && !display_sees(&display, field)))
            continue;
        if (field == NULL) {
            if (!add_other(request, values->process, one, facts, err))
                return false;
            continue;
        }
        if (field->type == FIELD_OTHER || field->type == FIELD_GEOMETRY)
            shown = (struct display_value){.text = flow_wording_value(request, one)};
        else if (!display_typed(&display, field, one, &shown, err))
            return false;
        input_fact(request, facts, display_title(request, field), shown.text);
    }
    return true;
}

bool flow_form_given(struct request *request, const struct process *process,
                     const struct flow_form *form, struct json *view, struct err *err)
{
    const struct flow_form_values values = {request, process, FLOW_FORM_CLASSES};
    struct json *given = json_new(request->arena, JSON_OBJECT);
    struct json *facts = view_list(request, view_object(request, view, "given"), "facts");

    for (const struct json *one = form->given == NULL ? NULL : form->given->first; one != NULL;
         one = one->next)
        if (form->type == NULL || register_type_field(form->type, one->name) == NULL)
            json_set(given, one->name, json_copy(request->arena, one));
    if (!flow_form_facts(&values, given, (struct str){0}, facts, err))
        return false;
    view_bool(request, view, "has_given", facts->count > 0);
    return true;
}
