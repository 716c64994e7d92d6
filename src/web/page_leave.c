#include "web/page_leave.h"

#include "core/id.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/page_work.h"
#include "web/people.h"
#include "web/substitutes.h"
#include "web/table.h"
#include "web/wording.h"

/* What was typed, and what is wrong with it. */
struct typed {
    struct str substitute, from, until;
    struct str error;
    bool is_sent;
};

static struct str day_text(struct request *request, int64_t day)
{
    struct buf text = {.arena = request->arena};

    if (day == 0)
        return (struct str){0};
    time_print_day_local(&text, day);
    return buf_str(&text);
}

static bool is_said(const struct request *request, const struct colleague *one)
{
    return one->substitute != 0 && one->away_until >= request_today(request);
}

static bool add_form(struct request *request, struct json *view, const struct colleague *one,
                     const struct typed *typed, struct err *err)
{
    struct json *fields = view_list(request, view, "fields");
    struct json *who = input_add(request, fields, "is_select", "substitute",
                                 request_text(request, STR("Who stands in")));
    bool is_said_now = is_said(request, one);
    struct str chosen = typed->is_sent ? typed->substitute
                        : is_said_now  ? id_text(request->arena, one->substitute)
                                       : (struct str){0};
    struct colleague_page page;
    struct json *from, *until;

    if (!substitutes_candidates(request, one, &page, err))
        return false;
    input_option(request, who, STR(""), request_text(request, STR("not chosen")), chosen.len == 0);
    for (size_t i = 0; i < page.count; i++) {
        struct str id = id_text(request->arena, page.items[i].account);

        input_option(request, who, id, page.items[i].name, str_equal(id, chosen));
    }
    if (page.count == 0)
        input_hint(request, who,
                   request_text(request, STR("Nobody else has a role like this one. Ask the "
                                             "administrator to give it to somebody.")));
    from = input_add(request, fields, "is_date", "from", request_text(request, STR("First day")));
    until = input_add(request, fields, "is_date", "until", request_text(request, STR("Last day")));
    input_hint(request, from, request_text(request, STR("For example, 09.03.2026")));
    input_value(request, from,
                typed->is_sent ? typed->from
                : is_said_now  ? day_text(request, one->away_from)
                               : (struct str){0});
    input_value(request, until,
                typed->is_sent ? typed->until
                : is_said_now  ? day_text(request, one->away_until)
                               : (struct str){0});
    if (typed->error.len > 0)
        input_error(request, view, who, typed->error);
    view_bool(request, view, "is_said", is_said_now);
    view_text(request, view, "person", id_text(request->arena, one->account));
    view_text(request, view, "whom", one->name);
    return true;
}

static void add_row(struct people *people, struct json *view, const struct colleague *one)
{
    struct request *request = people->request;
    struct json *row = table_row(request, view, one->name,
                                 page_href(request, "/work/leave?person=%.*s",
                                           STR_ARG(id_text(request->arena, one->account))));
    bool is_said_now = is_said(request, one);

    table_cell(request, view, row,
               is_said_now ? people_find(people, one->substitute) : (struct str){0});
    table_cell(request, view, row,
               is_said_now ? view_day(request, one->away_from) : (struct str){0});
    table_cell(request, view, row,
               is_said_now ? view_day(request, one->away_until) : (struct str){0});
}

static bool add_others(struct request *request, struct json *view, struct err *err)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct colleague_page page = {0};

    table_begin(request, view, request_text(request, STR("Everybody who does tasks")));
    table_column(request, view, "Name", false);
    table_column(request, view, "Who stands in", false);
    table_column(request, view, "First day", false);
    table_column(request, view, "Last day", false);
    if (!substitutes_is_head(request))
        return true;
    if (!substitutes_list(request, &page, err))
        return false;
    for (size_t i = 0; i < page.count; i++)
        add_row(&people, view, &page.items[i]);
    return true;
}

static bool show(struct request *request, int64_t account, const struct typed *typed,
                 struct err *err)
{
    struct json *view = view_new(request);
    struct err none = {0};
    struct colleague one;
    struct tx *tx;
    bool is_there;

    if (!request_read(request, &tx, err))
        return false;
    is_there = substitutes_find(request, account, &one, &none);
    if (!is_there && (none.code != ERR_ABSENT || account != request->actor.account)) {
        *err = none;
        return false;
    }
    page_title(request, view, request_text(request, STR("Substitutes")));
    page_work_views(request, view, PAGE_WORK_LEAVE);
    input_errors_begin(request, view);
    view_text(request, view, "action", page_href(request, "/work/leave"));
    view_bool(request, view, "does_tasks", is_there);
    if (is_there && !add_form(request, view, &one, typed, err))
        return false;
    return add_others(request, view, err) && answer_page(request, typed->error.len > 0 ? 422 : 200,
                                                         STR("page/work-leave"), view, err);
}

bool page_leave(struct request *request, struct err *err)
{
    struct str person = request_query(request, STR("person"));
    int64_t account = request->actor.account;

    if (!page_work_is_open(request, err))
        return false;
    if (person.len > 0 && !id_parse(person, &account))
        return err_set(err, ERR_ABSENT, "there is no such account");
    return show(request, account, &(struct typed){0}, err);
}

static const char *read_typed(const struct typed *typed, struct colleague *one)
{
    if (!id_parse(typed->substitute, &one->substitute))
        return "Choose who stands in.";
    if (!time_parse_day_typed(typed->from, &one->away_from) ||
        !time_parse_day_typed(typed->until, &one->away_until))
        return "Write both days as 09.03.2026.";
    return NULL;
}

static bool end(struct request *request, struct colleague *one, struct err *err)
{
    one->substitute = 0;
    if (!substitutes_set(request, one, err))
        return false;
    answer_notice(request, STR("ok"), request_text(request, STR("Nobody stands in any more.")));
    return answer_redirect(request, STR("/work/leave"));
}

bool page_leave_post(struct request *request, struct err *err)
{
    int64_t account = request->actor.account;
    struct typed typed = {.is_sent = true};
    struct colleague one;
    const char *wrong;
    struct tx *tx;

    if (!page_work_is_open(request, err) || !request_form(request, err))
        return false;
    if (request_field(request, STR("person")).len > 0 &&
        !id_parse(request_field(request, STR("person")), &account))
        return err_set(err, ERR_ABSENT, "there is no such account");
    if (!request_read(request, &tx, err) || !substitutes_find(request, account, &one, err))
        return false;
    if (str_equal(request_field(request, STR("end")), STR("1")))
        return end(request, &one, err);
    typed.substitute = request_field(request, STR("substitute"));
    typed.from = str_trim(request_field(request, STR("from")));
    typed.until = str_trim(request_field(request, STR("until")));
    wrong = read_typed(&typed, &one);
    if (wrong == NULL && substitutes_set(request, &one, err)) {
        answer_notice(request, STR("ok"), request_text(request, STR("The substitute is named.")));
        return answer_redirect(request, STR("/work/leave"));
    }
    if (wrong == NULL && err->code != ERR_INPUT)
        return false;
    typed.error =
        wrong != NULL ? request_text(request, str_from_z(wrong)) : wording_err(request, err);
    return show(request, account, &typed, err);
}
