/* Whoever looks after a process changes one of its values, and says why. */
#include "core/id.h"
#include "core/num.h"
#include "core/utf8.h"
#include "net/url.h"
#include "web/answer.h"
#include "web/flow_form.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/page_work.h"

/* Fields of forms have no dots in their names. */
#define NAME   "change.name"
#define STEP   "change.step"
#define REASON "change.reason"
#define VALUE  "change.value"

enum {
    REASON_MAX = 500, /* letters */
};

struct changing {
    struct request *request;
    struct flows_one one;
    struct flow_form_values values;
    struct json *seen; /* the values this person may see */
    struct str name;   /* which is changed; empty: none is chosen yet */
    const struct json *was;
    struct flow_form form; /* of that value alone; without a type it is in none */
    struct str reason;
    const char *fault; /* of a value in no form */
    bool lacks_reason;
};

static struct str flow_path(const struct request *request)
{
    return str_printf(request->arena, "/work/flows/%.*s", STR_ARG(request->parts[0]));
}

/* What holds others, or is of a record, is not typed by hand: the API takes it. */
static bool is_simple(const struct changing *changing, const struct json *value)
{
    return flow_form_one(changing->request, changing->one.process, value->name) != NULL ||
           (value->kind != JSON_OBJECT && value->kind != JSON_ARRAY);
}

static bool find(struct request *request, struct changing *changing, struct err *err)
{
    struct flow *flow;

    *changing = (struct changing){.request = request};
    if (!flows_find(request, 0, POLICY_MANAGE, &changing->one, err))
        return false;
    if (changing->one.head.state != FLOW_RUNNING)
        return err_set(err, ERR_CONFLICT, "the flow is over");
    if (changing->one.process == NULL)
        return err_set(err, ERR_ABSENT, "there is no such flow");
    flows_seen(request, &changing->one);
    if (!flows_load(request, &changing->one, &flow, err))
        return false;
    changing->values = flow_form_values(request, changing->one.process, changing->one.head.no,
                                        changing->one.head.record);
    changing->seen =
        flow_form_seen(&changing->values, flow_scope_at(flow, 0)->values,
                       changing->one.head.record != 0 ? STR("record") : (struct str){0});
    return true;
}

/* ERR_ABSENT also of one they may not see. */
static bool choose(struct changing *changing, struct str name, struct err *err)
{
    changing->name = name;
    changing->was = json_find(changing->seen, name);
    if (changing->was == NULL || !is_simple(changing, changing->was))
        return err_set(err, ERR_ABSENT, "there is no such value");
    changing->form.type = flow_form_one(changing->request, changing->one.process, name);
    changing->form.value = changing->seen;
    return true;
}

/* The name people know it by, and what it is. */
static bool tell(const struct changing *changing, const struct json *value, struct str *label,
                 struct str *text, struct err *err)
{
    struct request *request = changing->request;
    struct json *alone = json_new(request->arena, JSON_OBJECT);
    struct json *facts = json_new(request->arena, JSON_ARRAY);
    const struct json *shown;

    json_set(alone, value->name, json_copy(request->arena, value));
    if (!flow_form_facts(&changing->values, alone, (struct str){0}, facts, err))
        return false;
    *label = value->name;
    *text = request_text(request, STR("nothing"));
    if (facts->first != NULL) {
        *label = json_find_text(facts->first, STR("label"));
        shown = json_find(facts->first, STR("values"));
        if (shown != NULL && shown->first != NULL)
            *text = json_find_text(shown->first, STR("text"));
    } else if (changing->form.type != NULL) {
        *label = display_title(request, &changing->form.type->fields[0]);
    }
    return true;
}

static bool add_choices(struct changing *changing, struct json *view, struct err *err)
{
    struct request *request = changing->request;
    struct json *choices = view_list(request, view, "choices");

    for (const struct json *one = changing->seen->first; one != NULL; one = one->next) {
        struct str label, text;
        struct json *choice;
        struct buf href = {.arena = request->arena};

        if (!is_simple(changing, one))
            continue;
        if (!tell(changing, one, &label, &text, err))
            return false;
        choice = view_push(request, choices);
        buf_add(&href, page_href(request, "%.*s/values?name=", STR_ARG(flow_path(request))));
        url_encode(&href, one->name);
        view_text(request, choice, "label", label);
        view_text(request, choice, "text", text);
        view_text(request, choice, "href", buf_str(&href));
    }
    view_bool(request, view, "has_choices", choices->count > 0);
    return true;
}

static void add_other(const struct changing *changing, struct json *view, struct str label)
{
    struct request *request = changing->request;
    const struct json *was = changing->was;
    bool is_bool = was->kind == JSON_TRUE || was->kind == JSON_FALSE;
    struct str typed = request_field(request, STR(VALUE));
    struct json *group = view_push(request, view_list(request, view, "groups"));
    struct json *fields;
    struct json *field;

    view_none(request, group, "title");
    fields = view_list(request, group, "fields");
    field = input_add(request, fields, is_bool ? "is_select" : "is_text", VALUE, label);
    input_optional(request, field);
    input_errors_begin(request, view);
    if (is_bool) {
        bool is_yes = typed.len > 0 ? str_equal(typed, STR("yes")) : was->kind == JSON_TRUE;

        input_option(request, field, STR("yes"), request_text(request, STR("yes")), is_yes);
        input_option(request, field, STR("no"), request_text(request, STR("no")), !is_yes);
    } else {
        input_value(request, field, changing->form.typed != NULL ? typed : was->text);
    }
    if (changing->fault != NULL)
        input_error(request, view, field, request_text(request, str_from_z(changing->fault)));
}

static void add_reason(const struct changing *changing, struct json *view)
{
    struct request *request = changing->request;
    struct json *field = input_add(request, view_list(request, view, "reason_fields"), "is_long",
                                   REASON, request_text(request, STR("Why you change it")));

    input_hint(request, field,
               request_text(request, STR("It stands in the journal beside your name.")));
    input_value(request, field, changing->reason);
    if (changing->lacks_reason)
        input_error(request, view, field,
                    request_text(request, STR("Write why, in up to 500 letters.")));
}

static bool add_form(struct changing *changing, struct json *view, struct err *err)
{
    struct request *request = changing->request;
    struct str label, text;

    if (!tell(changing, changing->was, &label, &text, err))
        return false;
    view_text(request, view, "was", text);
    view_text(request, view, "name", changing->name);
    view_text(request, view, "step",
              str_printf(request->arena, "%lld", (long long)changing->one.head.step));
    if (changing->form.type == NULL)
        add_other(changing, view, label);
    else if (!flow_form_fill(request, &changing->form, view, err))
        return false;
    add_reason(changing, view);
    return true;
}

static bool show(struct changing *changing, int status, struct err *err)
{
    struct request *request = changing->request;
    struct json *view = view_new(request);
    struct str title = flow_wording_title(request, &changing->one);
    struct str heading = request_text(request, STR("Correct what is known"));

    page_title(request, view, heading);
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    page_crumb(request, view, title, flow_path(request));
    view_text(request, view, "heading",
              str_printf(request->arena, "%.*s: %.*s", STR_ARG(heading), STR_ARG(title)));
    view_text(request, view, "action",
              page_href(request, "%.*s/values", STR_ARG(flow_path(request))));
    view_text(request, view, "cancel_href",
              page_href(request, "%.*s", STR_ARG(flow_path(request))));
    view_bool(request, view, "is_chosen", changing->name.len > 0);
    view_bool(request, view, "has_choices", false);
    view_bool(request, view, "has_errors", false);
    return (changing->name.len > 0 ? add_form(changing, view, err)
                                   : add_choices(changing, view, err)) &&
           answer_page(request, status, STR("page/work-values"), view, err);
}

bool page_flow_values(struct request *request, struct err *err)
{
    struct str name = request_query(request, STR("name"));
    struct changing changing;

    return find(request, &changing, err) && (name.len == 0 || choose(&changing, name, err)) &&
           show(&changing, 200, err);
}

/* A value that no form asks for stays of its kind. */
static struct json *read_other(struct changing *changing)
{
    struct request *request = changing->request;
    struct str text = str_trim(request_field(request, STR(VALUE)));
    struct json *value;

    if (changing->was->kind == JSON_TRUE || changing->was->kind == JSON_FALSE)
        return json_new(request->arena, str_equal(text, STR("yes")) ? JSON_TRUE : JSON_FALSE);
    if (text.len == 0)
        return json_new(request->arena, JSON_NULL);
    if (changing->was->kind != JSON_NUMBER) {
        value = json_new(request->arena, JSON_STRING);
        value->text = text;
        return value;
    }
    value = json_new(request->arena, JSON_NUMBER);
    if (!num_parse_typed(request->arena, text, &value->text))
        changing->fault = "Write a number with digits: 1234,5.";
    return value;
}

/* The new values: an object with that one. */
static struct json *read_change(struct changing *changing)
{
    struct request *request = changing->request;
    struct json *data = json_new(request->arena, JSON_OBJECT);
    const struct json *read;

    changing->form.typed = &request->form;
    if (changing->form.type == NULL) {
        json_set(data, changing->name, read_other(changing));
        return data;
    }
    read = flow_form_read_one(request, &changing->form, changing->seen);
    json_set(data, changing->name,
             read != NULL ? json_copy(request->arena, read) : json_new(request->arena, JSON_NULL));
    return data;
}

static bool change(struct changing *changing, int64_t step, struct json *data, struct err *err)
{
    struct request *request = changing->request;
    struct conduct *conduct = flows_conduct(request, changing->one.head.id);

    conduct->expected = step;
    conduct->reason = changing->reason;
    conduct->step = (struct flow_step){.kind = FLOW_STEP_VALUES, .node = -1, .data = data};
    if (page_work_step(request, conduct, err)) {
        answer_notice(request, STR("ok"), request_text(request, STR("The value is changed.")));
        return answer_redirect(request, flow_path(request));
    }
    if (err->code != ERR_CONFLICT)
        return false;
    answer_notice(request, STR("warn"),
                  request_text(request, STR("The process has gone on meanwhile. Look whether the "
                                            "value is still to be changed.")));
    return answer_redirect(request, flow_path(request));
}

bool page_flow_values_post(struct request *request, struct err *err)
{
    struct changing changing;
    struct json *data;
    int64_t step;

    if (!request_form(request, err) || !find(request, &changing, err) ||
        !choose(&changing, request_field(request, STR(NAME)), err))
        return false;
    if (!num_parse_int(request_field(request, STR(STEP)), &step) || step < 1)
        return err_set(err, ERR_INPUT, "the form could not be read");
    changing.reason = str_trim(request_field(request, STR(REASON)));
    changing.lacks_reason = changing.reason.len == 0 || utf8_length(changing.reason) > REASON_MAX;
    changing.form.find = request_field(request, STR("find"));
    data = read_change(&changing);
    if (changing.form.find.len > 0) {
        changing.form.flaws = (struct flaws){0};
        changing.lacks_reason = false;
        return show(&changing, 200, err);
    }
    if (!flow_form_look_up(request, changing.form.type, data, changing.seen, &changing.form.flaws,
                           err))
        return false;
    if (changing.form.flaws.count > 0 || changing.fault != NULL || changing.lacks_reason)
        return show(&changing, 422, err);
    return change(&changing, step, data, err);
}
