#include "web/page_bulk.h"

#include "core/id.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/flow_drawing.h"
#include "web/flow_wording.h"
#include "web/input.h"
#include "web/table.h"
#include "web/tasks.h"
#include "web/wording.h"

enum {
    TASKS_MAX = 200,
};

enum act {
    TAKE,
    BACK,
    HAND,
};

static const struct {
    const char *word, *done;
} ACTS[] = {
    [TAKE] = {"take", "The task is yours."},
    [BACK] = {"back", "Anybody of its role can take the task again."},
    [HAND] = {"hand", "The task is handed over."},
};

struct one {
    struct str key; /* "FLOW-WAIT" */
    int64_t flow;
    int wait;
    struct flows_task told;
    bool is_there;
};

struct bulk {
    struct request *request;
    struct one items[TASKS_MAX];
    size_t count;
    bool is_cut;
    enum act act;
    struct tasks_hand hand;
    struct str to; /* as it was chosen */
};

static bool read_key(struct str key, struct one *one)
{
    struct str rest = key;
    struct str flow = str_cut(&rest, '-');
    int64_t wait;

    *one = (struct one){.key = key};
    if (!id_parse(flow, &one->flow) || !num_parse_int(rest, &wait) || wait < 1 || wait > INT32_MAX)
        return false;
    one->wait = (int)wait;
    return true;
}

static bool add_task(struct bulk *bulk, struct str key, struct err *err)
{
    struct err found = {0};
    struct one one;

    if (!read_key(key, &one))
        return true;
    if (bulk->count == TASKS_MAX) {
        bulk->is_cut = true;
        return true;
    }
    one.is_there = flows_get_task(bulk->request, one.flow, one.wait, &one.told, &found);
    if (!one.is_there && found.code != ERR_ABSENT) {
        *err = found;
        return false;
    }
    bulk->items[bulk->count++] = one;
    return true;
}

static struct str title_of(struct request *request, const struct one *one)
{
    return one->is_there && one->told.node != NULL ? flow_drawing_name(request, one->told.node)
                                                   : request_text(request, STR("task"));
}

static bool add_about(struct request *request, const struct one *one, struct json *view,
                      struct json *row, struct err *err)
{
    struct display_value about = {0};

    if (one->is_there && !flow_wording_about(request, &one->told.task.flow, &about, err))
        return false;
    table_link(request, view, row, about.text, about.href);
    return true;
}

/* People who may do one of the tasks at least; for the others they are refused one by one. */
static bool add_people(struct bulk *bulk, struct json *field, struct err *err)
{
    struct request *request = bulk->request;
    int64_t today = request_today(request);
    VEC(int64_t) known = {0};

    input_option(request, field, STR(""), request_text(request, STR("not chosen")),
                 bulk->to.len == 0);
    for (size_t i = 0; i < bulk->count; i++) {
        struct colleague_page page = {0};

        if (bulk->items[i].is_there && !tasks_people(request, &bulk->items[i].told, &page, err))
            return false;
        for (size_t p = 0; p < page.count; p++) {
            struct str id = id_text(request->arena, page.items[p].account);
            struct str name = page.items[p].name;
            bool is_known = false;

            for (size_t k = 0; k < known.count; k++)
                is_known |= known.items[k] == page.items[p].account;
            if (is_known)
                continue;
            VEC_PUSH(request->arena, &known, page.items[p].account);
            if (colleague_is_away(&page.items[p], today))
                name = str_printf(request->arena, "%.*s (%.*s)", STR_ARG(name),
                                  STR_ARG(request_text(request, STR("away"))));
            input_option(request, field, id, name, str_equal(id, bulk->to));
        }
    }
    return true;
}

static bool add_form(struct bulk *bulk, struct json *view, bool is_sent, struct err *err)
{
    struct request *request = bulk->request;
    struct json *fields = view_list(request, view, "fields");
    struct json *to = input_add(request, fields, "is_select", "to",
                                request_text(request, STR("Who does it from now on")));
    struct json *reason;

    if (!add_people(bulk, to, err))
        return false;
    reason = input_add(request, fields, "is_long", "reason", request_text(request, STR("Why")));
    input_hint(request, reason,
               request_text(request, STR("It stays in the history of the case, for staff.")));
    input_value(request, reason, bulk->hand.reason);
    if (is_sent && bulk->to.len == 0)
        input_error(request, view, to,
                    request_text(request, STR("Choose who does the task from now on.")));
    if (is_sent && str_trim(bulk->hand.reason).len == 0)
        input_error(request, view, reason,
                    request_text(request, STR("Write why the task is handed over.")));
    return true;
}

/* Who and why is asked once for all of them. */
static bool ask_hand(struct bulk *bulk, bool is_sent, struct err *err)
{
    struct request *request = bulk->request;
    struct json *view = view_new(request);
    struct json *tasks = view_list(request, view, "handed");

    page_title(request, view, request_text(request, STR("Hand over")));
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    input_errors_begin(request, view);
    for (size_t i = 0; i < bulk->count; i++) {
        struct json *one = view_push(request, tasks);
        struct display_value about = {0};

        if (bulk->items[i].is_there &&
            !flow_wording_about(request, &bulk->items[i].told.task.flow, &about, err))
            return false;
        view_maybe(request, one, "about", about.text);
        view_text(request, one, "key", bulk->items[i].key);
        view_text(request, one, "what", title_of(request, &bulk->items[i]));
    }
    view_text(request, view, "action", page_href(request, "/work/bulk"));
    view_text(request, view, "list_href", page_href(request, "/work/"));
    return add_form(bulk, view, is_sent, err) &&
           answer_page(request, is_sent ? 422 : 200, STR("page/work-hand"), view, err);
}

static bool do_one(struct bulk *bulk, struct one *one, struct err *err)
{
    if (!one->is_there)
        return err_set(err, ERR_ABSENT, "This task is over");
    return bulk->act == HAND ? tasks_hand(bulk->request, &one->told, &bulk->hand, err)
                             : tasks_take(bulk->request, &one->told, bulk->act == TAKE, err);
}

/* Nobody is told "no" by what the machine could not do. */
static bool is_refusal(const struct err *err)
{
    return err->code != ERR_BROKEN && err->code != ERR_UNAVAILABLE;
}

static bool do_all(struct bulk *bulk, struct json *view, int64_t *done, struct err *err)
{
    struct request *request = bulk->request;

    for (size_t i = 0; i < bulk->count; i++) {
        struct one *one = &bulk->items[i];
        struct str title = title_of(request, one);
        struct err why = {0};
        bool is_done = do_one(bulk, one, &why);
        struct json *row;
        struct tx *tx; /* a write has ended the one before */

        if (!is_done && !is_refusal(&why)) {
            *err = why;
            return false;
        }
        row = table_row(request, view, title,
                        one->is_there
                            ? page_href(request, "/work/tasks/%.*s/%d",
                                        STR_ARG(id_text(request->arena, one->flow)), one->wait)
                            : (struct str){0});
        if (!request_read(request, &tx, err) || !add_about(request, one, view, row, err))
            return false;
        table_tag(request, view, row, is_done ? "ok" : "bad",
                  is_done ? request_text(request, STR("done"))
                          : request_text(request, STR("refused")));
        table_cell(request, view, row,
                   is_done ? request_text(request, str_from_z(ACTS[bulk->act].done))
                           : wording_err(request, &why));
        *done += is_done;
    }
    return true;
}

static bool show_done(struct bulk *bulk, struct err *err)
{
    struct request *request = bulk->request;
    struct json *view = view_new(request);
    int64_t done = 0;

    page_title(request, view, request_text(request, STR("What became of the tasks")));
    page_crumb(request, view, request_text(request, STR("Work")), STR("/work/"));
    table_begin(request, view, request_text(request, STR("What became of the tasks")));
    table_column(request, view, "What to do", false);
    table_column(request, view, "About", false);
    table_column(request, view, "Outcome", false);
    table_column(request, view, "Why", false);
    if (!do_all(bulk, view, &done, err))
        return false;
    view_text(request, view, "done_text", view_number(request, done));
    view_text(request, view, "refused_text", view_number(request, (int64_t)bulk->count - done));
    view_bool(request, view, "is_cut", bulk->is_cut);
    view_text(request, view, "list_href", page_href(request, "/work/"));
    return answer_page(request, 200, STR("page/work-bulk"), view, err);
}

static bool read_act(struct bulk *bulk)
{
    struct str word = request_field(bulk->request, STR("do"));

    for (size_t i = 0; i < ARRAY_LEN(ACTS); i++)
        if (str_equal(word, str_from_z(ACTS[i].word))) {
            bulk->act = (enum act)i;
            return true;
        }
    return false;
}

static bool read_form(struct bulk *bulk, struct err *err)
{
    struct request *request = bulk->request;

    for (size_t i = 0; i < request->form.count; i++)
        if (str_equal(request->form.pairs[i].name, STR("task")) &&
            !add_task(bulk, request->form.pairs[i].value, err))
            return false;
    bulk->to = request_field(request, STR("to"));
    bulk->hand.reason = request_field(request, STR("reason"));
    if (!id_parse(bulk->to, &bulk->hand.to))
        bulk->to = (struct str){0};
    return true;
}

bool page_bulk(struct request *request, struct err *err)
{
    struct bulk *bulk = ARENA_NEW(request->arena, struct bulk);
    struct tx *tx;

    *bulk = (struct bulk){.request = request};
    if (!request_form(request, err) || !request_read(request, &tx, err) || !read_form(bulk, err))
        return false;
    if (bulk->count == 0 || !read_act(bulk)) {
        answer_notice(request, STR("warn"),
                      request_text(request, STR("Tick the tasks first, then say what to do.")));
        return answer_redirect(request, STR("/work/"));
    }
    if (bulk->act != HAND)
        return show_done(bulk, err);
    bool is_sent = str_equal(request_field(request, STR("sent")), STR("1"));

    if (!is_sent || bulk->to.len == 0 || str_trim(bulk->hand.reason).len == 0)
        return ask_hand(bulk, is_sent, err);
    return show_done(bulk, err);
}

bool page_bulk_hand(struct request *request, struct err *err)
{
    struct bulk *bulk = ARENA_NEW(request->arena, struct bulk);
    struct flows_task told;

    *bulk = (struct bulk){.request = request, .act = HAND};
    if (!flows_find_task(request, &told, err) || !tasks_may_hand(request, &told, err))
        return false;
    return add_task(bulk,
                    str_printf(request->arena, "%.*s-%d",
                               STR_ARG(id_text(request->arena, told.task.flow.id)), told.task.wait),
                    err) &&
           ask_hand(bulk, false, err);
}
