/* A process in the workshop as a table: its elements in order, each changed on a page of its own.
 */
#include "web/page_workshop.h"

#include "core/num.h"
#include "service/service_form.h"
#include "web/answer.h"
#include "web/flow_drawing.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/refusal.h"
#include "web/table.h"
#include "web/wording.h"
#include "workflow/bpmn_check.h"
#include "workflow/bpmn_edit.h"
#include "workflow/bpmn_read.h"
#include "workflow/flow_time.h"

#include <string.h>

enum {
    NAME_MAX = 200,
    HELP_MAX = 4000,
    TEXT_MAX = 4000,
};

static const struct {
    const char *name, *label, *hint;
} FIELDS[BPMN_EDIT_FIELDS] = {
    [BPMN_EDIT_NAME] = {"name", "Name", NULL},
    [BPMN_EDIT_HELP] = {"help", "What is to be done here", "People see it with the task."},
    [BPMN_EDIT_ROLE] = {"role", "Who does it", NULL},
    [BPMN_EDIT_TERM] = {"term", "Term", "A number of days, or a duration: PT4H is four hours."},
    [BPMN_EDIT_TIMER] = {"timer", "When the timer goes off",
                         "A number of days, a duration as PT4H, a date as 2026-03-02, or FEEL."},
    [BPMN_EDIT_DAYS] = {"days", "Which days count", NULL},
    [BPMN_EDIT_FORM] = {"form", "Form", NULL},
    [BPMN_EDIT_DECISION] = {"decision", "Which decision is taken",
                            "Its name in the file of "
                            "decisions."},
    [BPMN_EDIT_CONDITION] =
        {"condition", "When this way is taken",
         "In FEEL, for example: damage = 60. Empty: always, or when no other way "
         "is taken."},
};

/* P5D is 5. */
static struct str short_days(struct str text)
{
    struct str digits = str_slice(text, 1, text.len < 2 ? 0 : text.len - 2);
    bool is_days =
        text.len > 2 && text.len < 8 && text.ptr[0] == 'P' && text.ptr[text.len - 1] == 'D';

    for (size_t i = 0; i < digits.len; i++)
        is_days = is_days && digits.ptr[i] >= '0' && digits.ptr[i] <= '9';
    return is_days ? digits : text;
}

/* And back. */
static struct str whole_days(struct request *request, struct str text)
{
    bool is_number = text.len > 0 && text.len < 6;

    for (size_t i = 0; i < text.len; i++)
        is_number = is_number && text.ptr[i] >= '0' && text.ptr[i] <= '9';
    return is_number ? str_printf(request->arena, "P%.*sD", STR_ARG(text)) : text;
}

/* One process file on its page. */
struct table {
    struct request *request;
    struct json *view;
    const struct workshop_file *file;
    const struct bpmn *model;
};

static struct str element_href(const struct table *table, struct str id)
{
    return str_printf(table->request->arena, "%.*s?element=%.*s",
                      STR_ARG(page_workshop_href(table->request, table->file, "")), STR_ARG(id));
}

static struct str timer_of(const struct bpmn_node *node)
{
    const struct bpmn_event *event = bpmn_event_of(node, BPMN_TIMER);

    return event == NULL ? (struct str){0} : event->when.text;
}

static struct str term_text(const struct table *table, struct str term, struct str days)
{
    struct request *request = table->request;
    struct str number = short_days(term);
    int64_t days_count;

    if (str_equal(number, term) || !num_parse_int(number, &days_count))
        return term;
    return str_equal(days, STR("working"))
               ? wording_plural(request, STR("%d working day"), STR("%d working days"), days_count)
               : wording_plural(request, STR("%d day"), STR("%d days"), days_count);
}

static struct str form_title(const struct table *table, struct str name)
{
    struct request *request = table->request;
    struct str path = str_printf(request->arena, "forms/%.*s.json", STR_ARG(name));
    const struct pack_file *file = pack_file_find(table->file->pack, path);

    return name.len == 0  ? name
           : file == NULL ? name
                          : page_workshop_title(request, table->file->pack, path, file->bytes);
}

static void add_cells(const struct table *table, struct json *row, const struct str *texts,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        table_cell(table->request, table->view, row, texts[i]);
}

static void add_flow(const struct table *table, const struct bpmn_flow *flow)
{
    struct request *request = table->request;
    struct str target = flow_drawing_name(request, &table->model->nodes[flow->to]);
    struct str name = flow->name.len > 0 ? str_printf(request->arena, "%.*s → %.*s",
                                                      STR_ARG(flow->name), STR_ARG(target))
                                         : str_printf(request->arena, "→ %.*s", STR_ARG(target));
    struct str texts[] = {request_text(request, STR("way")), {0}, {0}, {0}, flow->condition.text};
    bool is_default = table->model->nodes[flow->from].default_flow == flow->index;

    if (is_default)
        texts[4] = request_text(request, STR("when no other way is taken"));
    add_cells(table, table_row(request, table->view, name, element_href(table, flow->id)), texts,
              ARRAY_LEN(texts));
}

/* Ways that are chosen: of the others there is nothing to say. */
static void add_ways(const struct table *table, const struct bpmn_node *node)
{
    for (int i = 0; i < node->outgoing_count; i++) {
        const struct bpmn_flow *flow = &table->model->flows[node->outgoing[i]];

        if (node->outgoing_count > 1 || flow->condition.text.len > 0)
            add_flow(table, flow);
    }
}

static void add_node(const struct table *table, const struct bpmn_node *node)
{
    struct request *request = table->request;
    const struct bpmn_work *work = node->work;
    const struct bpmn_event *timer = bpmn_event_of(node, BPMN_TIMER);
    struct str texts[] = {str_from_z(""),
                          work == NULL ? (struct str){0} : flow_wording_role(request, work->role),
                          {0},
                          work == NULL ? (struct str){0} : form_title(table, work->form),
                          {0}};
    struct bpmn_node nameless = *node;
    struct json *row;

    nameless.name = (struct str){0};
    texts[0] = flow_drawing_name(request, &nameless);
    if (timer != NULL)
        texts[2] = term_text(table, timer_of(node), timer->days);
    else if (work != NULL)
        texts[2] = term_text(table, work->term, work->days);
    if (work != NULL && node->kind == BPMN_RULE)
        texts[4] = work->called;
    row = table_row(request, table->view, flow_drawing_name(request, node),
                    element_href(table, node->id));
    add_cells(table, row, texts, ARRAY_LEN(texts));
    add_ways(table, node);
}

static void add_rows(const struct table *table)
{
    struct request *request = table->request;
    static const char *const COLUMNS[] = {"Step", "Kind of step", "Who does it",
                                          "Term", "Form",         "When"};

    table_begin(request, table->view, request_text(request, STR("Steps of the process")));
    for (size_t i = 0; i < ARRAY_LEN(COLUMNS); i++)
        table_column(request, table->view, COLUMNS[i], false);
    for (int p = 0; p < table->model->node_count; p++) {
        struct flow_past_nodes nodes;

        if (table->model->nodes[p].kind != BPMN_PROCESS)
            continue;
        add_node(table, &table->model->nodes[p]);
        flow_past_order(request->arena, table->model, p, &nodes);
        for (size_t i = 0; i < nodes.count; i++)
            add_node(table, &table->model->nodes[nodes.items[i]]);
    }
}

/* As it is drawn, with no flow on it. */
static void add_drawing(const struct table *table)
{
    struct request *request = table->request;
    struct flow_past nowhere = {
        .nodes = ARENA_ARRAY(request->arena, struct flow_past_place,
                             (size_t)table->model->node_count + 1),
        .flows = ARENA_ARRAY(request->arena, bool, (size_t)table->model->flow_count + 1),
    };
    struct flow_drawing drawing = {.model = table->model, .past = &nowhere};

    while (drawing.process < table->model->node_count &&
           table->model->nodes[drawing.process].kind != BPMN_PROCESS)
        drawing.process++;
    view_none(request, table->view, "diagram");
    if (drawing.process < table->model->node_count)
        flow_drawing_fill(request, &drawing, table->view);
    if (json_find(table->view, STR("diagram"))->kind == JSON_OBJECT)
        view_bool(request, json_find(table->view, STR("diagram")), "is_plain", true);
}

static bool show_table(struct table *table, struct err *err)
{
    struct request *request = table->request;

    if (!page_workshop_head(request, table->file, table->view, err) ||
        !page_workshop_faults(request, table->file, table->view, bpmn_check_file, err))
        return false;
    add_rows(table);
    add_drawing(table);
    view_text(request, table->view, "drawing_href",
              page_workshop_href(request, table->file, "?as=drawing"));
    view_text(request, table->view, "text_href",
              page_workshop_href(request, table->file, "?as=text"));
    return answer_page(request, 200, STR("page/workshop-process"), table->view, err);
}

static void add_roles(struct request *request, struct json *field, struct str present)
{
    size_t count;
    const struct policy_role *roles = policy_roles(request->catalog->model->policy, &count);
    bool is_known = present.len == 0;

    input_option(request, field, STR(""), request_text(request, STR("not said")), present.len == 0);
    input_option(request, field, STR("applicant"), request_text(request, STR("Applicant")),
                 str_equal(present, STR("applicant")));
    is_known |= str_equal(present, STR("applicant"));
    for (size_t i = 0; i < count; i++) {
        bool is_it = present.len > 0 &&
                     (str_equal(roles[i].id, present) || str_equal(roles[i].title, present));

        if (str_equal(roles[i].id, STR("guest")) || str_equal(roles[i].id, STR("resident")))
            continue;
        is_known |= is_it;
        input_option(request, field, is_it ? present : roles[i].id,
                     request_pack_text(request, roles[i].title), is_it);
    }
    if (!is_known)
        input_option(request, field, present, present, true);
}

struct listing {
    struct request *request;
    const struct pack *pack;
    struct json *field;
    struct str present;
    bool is_known;
};

static bool add_form(void *data, const struct pack_file *file)
{
    struct listing *listing = data;
    struct str name = str_slice(file->path, 6, file->path.len - 11); /* forms/ .json */
    bool is_it = str_equal(name, listing->present);
    struct json *json;
    struct err err;

    /* In steps it asks for an application: no task can. */
    if (!is_it && json_parse(listing->request->arena, file->bytes, NULL, &json, &err) &&
        service_form_is_one(json))
        return true;
    listing->is_known |= is_it;
    input_option(listing->request, listing->field, name,
                 page_workshop_title(listing->request, listing->pack, file->path, file->bytes),
                 is_it);
    return true;
}

static bool add_forms(struct request *request, const struct workshop_file *file, struct json *field,
                      struct str present, struct err *err)
{
    struct listing listing = {request, file->pack, field, present, present.len == 0};
    struct pack_draft_sum sum;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !pack_draft_gather(tx, request->arena, request->catalog, file->pack->id, &sum, err))
        return false;
    input_option(request, field, STR(""), request_text(request, STR("none")), present.len == 0);
    pack_each_file(sum.pack, STR("forms"), STR(".json"), add_form, &listing);
    if (!listing.is_known)
        input_option(request, field, present, present, true);
    return true;
}

/* One element on its page. */
struct change {
    struct request *request;
    const struct workshop_file *file;
    struct str id;
    struct bpmn_edit edit; /* as it is, or as it was typed */
    struct str wrong[BPMN_EDIT_FIELDS];
    struct str conflict;
};

static const char *kind_of(enum bpmn_edit_field field)
{
    return field == BPMN_EDIT_HELP                              ? "is_long"
           : field == BPMN_EDIT_ROLE || field == BPMN_EDIT_FORM ? "is_select"
           : field == BPMN_EDIT_DAYS                            ? "is_select"
                                                                : "is_text";
}

static bool add_field(const struct change *change, struct json *view, struct json *fields,
                      enum bpmn_edit_field which, struct err *err)
{
    struct request *request = change->request;
    struct str value = change->edit.values[which];
    struct json *field = input_add(request, fields, kind_of(which), FIELDS[which].name,
                                   request_text(request, str_from_z(FIELDS[which].label)));

    input_optional(request, field);
    if (FIELDS[which].hint != NULL)
        input_hint(request, field, request_text(request, str_from_z(FIELDS[which].hint)));
    if (which == BPMN_EDIT_ROLE) {
        add_roles(request, field, value);
    } else if (which == BPMN_EDIT_FORM) {
        if (!add_forms(request, change->file, field, value, err))
            return false;
    } else if (which == BPMN_EDIT_DAYS) {
        bool is_working = str_equal(value, STR("working"));

        input_option(request, field, STR(""), request_text(request, STR("all days")), !is_working);
        input_option(request, field, STR("working"), request_text(request, STR("working days")),
                     is_working);
    } else {
        input_value(request, field,
                    which == BPMN_EDIT_TERM || which == BPMN_EDIT_TIMER ? short_days(value)
                                                                        : value);
    }
    if (change->wrong[which].len > 0)
        input_error(request, view, field, change->wrong[which]);
    return true;
}

static bool show_element(const struct change *change, int status, struct err *err)
{
    struct request *request = change->request;
    struct json *view = view_new(request);
    struct str name = change->edit.values[BPMN_EDIT_NAME];
    struct json *fields;

    if (!page_workshop_head(request, change->file, view, err))
        return false;
    page_crumb(request, view, json_find_text(view, STR("heading")),
               str_slice(page_workshop_href(request, change->file, ""), request->base.len, 1000));
    /* Names are texts of the pack, though here the one in its own language is changed. */
    name = name.len > 0 ? request_pack_text(request, name) : change->id;
    view_text(request, view, "heading", name);
    page_title(request, view, name);
    view_text(request, view, "action",
              element_href(&(struct table){.request = request, .file = change->file}, change->id));
    view_text(request, view, "cancel_href", page_workshop_href(request, change->file, ""));
    view_text(request, view, "id", change->id);
    view_maybe(request, view, "wrong", change->conflict);
    fields = view_list(request, view, "fields");
    input_errors_begin(request, view);
    for (enum bpmn_edit_field field = 0; field < BPMN_EDIT_FIELDS; field++)
        if (change->edit.has[field] && !add_field(change, view, fields, field, err))
            return false;
    return answer_page(request, status, STR("page/workshop-element"), view, err);
}

/* The editor in the browser: the page has every field, the script shows those that an element has.
 */
static bool show_drawing(const struct change *change, struct err *err)
{
    struct request *request = change->request;
    const struct workshop_file *file = change->file;
    struct json *view = view_new(request);
    struct json *fields;

    if (!page_workshop_head(request, file, view, err))
        return false;
    view_bool(request, page_of(request, view), "has_drawing", true);
    view_text(request, view, "table_href", page_workshop_href(request, file, ""));
    view_text(request, view, "api_href",
              page_href(request, "/api/v1/packs/%.*s/draft/%.*s", STR_ARG(file->pack->id),
                        STR_ARG(file->path)));
    fields = view_list(request, view, "fields");
    input_errors_begin(request, view);
    for (enum bpmn_edit_field field = 0; field < BPMN_EDIT_FIELDS; field++)
        if (!add_field(change, view, fields, field, err))
            return false;
    return answer_page(request, 200, STR("page/workshop-drawing"), view, err);
}

bool page_workshop_process(struct request *request, const struct workshop_file *file,
                           struct err *err)
{
    struct str id = request_query(request, STR("element"));
    struct change change = {.request = request, .file = file, .id = id};
    struct table table = {.request = request, .view = view_new(request), .file = file};

    if (str_equal(request_query(request, STR("as")), STR("drawing")))
        return show_drawing(&change, err);
    if (id.len > 0)
        return bpmn_edit_read(request->arena, file->text, id, &change.edit, err) &&
               show_element(&change, 200, err);
    return bpmn_read(request->arena, file->text, &table.model, err) && show_table(&table, err);
}

bool page_workshop_process_reads(struct request *request, const struct workshop_file *file)
{
    const struct bpmn *model;
    struct err err;

    return bpmn_read(request->arena, file->text, &model, &err);
}

static void take_typed(struct change *change)
{
    static const int MAX[BPMN_EDIT_FIELDS] = {
        [BPMN_EDIT_NAME] = NAME_MAX, [BPMN_EDIT_HELP] = HELP_MAX};
    struct request *request = change->request;

    for (enum bpmn_edit_field field = 0; field < BPMN_EDIT_FIELDS; field++) {
        size_t most = (size_t)(MAX[field] > 0 ? MAX[field] : TEXT_MAX);
        struct str typed;

        if (!change->edit.has[field])
            continue;
        typed = page_workshop_lines(
            request, str_trim(request_field(request, str_from_z(FIELDS[field].name))));
        if (typed.len > most * 4)
            change->wrong[field] = request_text(request, STR("This is too long."));
        else
            change->edit.values[field] = field == BPMN_EDIT_TERM || field == BPMN_EDIT_TIMER
                                             ? whole_days(request, typed)
                                             : typed;
    }
}

static bool is_wrong(const struct change *change)
{
    for (enum bpmn_edit_field field = 0; field < BPMN_EDIT_FIELDS; field++)
        if (change->wrong[field].len > 0)
            return true;
    return false;
}

/* What can be said at the field; the rest is found in the table. */
static void check_typed(struct change *change, struct str changed)
{
    struct request *request = change->request;
    struct str term = change->edit.values[BPMN_EDIT_TERM];
    const struct bpmn *model;
    struct err err;
    int64_t at;

    if (term.len > 0 && !flow_time_later(term, request->now, &at))
        change->wrong[BPMN_EDIT_TERM] = request_text(
            request, STR("Write a number of days, or a duration as PT4H for four hours."));
    if (!change->edit.has[BPMN_EDIT_CONDITION] || !bpmn_read(request->arena, changed, &model, &err))
        return;
    for (int i = 0; i < model->flow_count; i++)
        if (str_equal(model->flows[i].id, change->id) && model->flows[i].condition.fault.len > 0)
            change->wrong[BPMN_EDIT_CONDITION] =
                str_printf(request->arena, "%.*s %.*s",
                           STR_ARG(request_text(request, STR("This condition cannot be read:"))),
                           STR_ARG(model->flows[i].condition.fault));
}

bool page_workshop_process_post(struct request *request, struct workshop_file *file,
                                struct err *err)
{
    struct change change = {
        .request = request, .file = file, .id = request_query(request, STR("element"))};
    struct str tag = request_field(request, STR("tag"));
    struct str changed;

    if (!bpmn_edit_read(request->arena, file->text, change.id, &change.edit, err))
        return false;
    take_typed(&change);
    if (!bpmn_edit_write(request->arena, file->text, change.id, &change.edit, &changed, err))
        return false;
    check_typed(&change, changed);
    if (is_wrong(&change))
        return show_element(&change, 422, err);
    if (str_equal(changed, file->text))
        return answer_redirect(
            request, str_slice(page_workshop_href(request, file, ""), request->base.len, 1000));
    if (workshop_save(request, file, tag, changed, err))
        return page_workshop_saved(request, file, "");
    if (err->code != ERR_CONFLICT)
        return false;
    change.conflict = request_text(request, STR(WORKSHOP_STALE));
    return show_element(&change, 412, err);
}
