#include "web/api_colleague.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"
#include "web/answer.h"
#include "web/api_flow.h"
#include "web/people.h"
#include "web/substitutes.h"
#include "web/tasks.h"

enum {
    BODY_MAX = 64 * 1024,
};

static void put_day(struct buf *out, const char *name, int64_t day)
{
    struct buf text = {.arena = out->arena};

    json_put_name(out, name);
    time_print_day(&text, day);
    json_write_text(out, buf_str(&text));
}

bool api_colleague_people(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    int64_t today = request_today(request);
    struct flows_task told = {0};
    struct colleague_page page;

    if (!flows_find_task(request, &told, err) || !tasks_may_hand(request, &told, err) ||
        !tasks_people(request, &told, &page, err))
        return false;
    buf_add(out, STR("{\"people\":["));
    for (size_t i = 0; i < page.count; i++) {
        buf_add(out, i > 0 ? STR(",{") : STR("{"));
        json_put_id(out, "account", page.items[i].account);
        json_put_text(out, "name", page.items[i].name);
        json_put_bool(out, "is_away", colleague_is_away(&page.items[i], today));
        buf_char(out, '}');
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

bool api_colleague_hand(struct request *request, struct err *err)
{
    struct flows_task told = {0};
    struct tasks_hand hand = {0};
    struct json *input;

    if (!flows_find_task(request, &told, err) || !tasks_may_hand(request, &told, err) ||
        !request_json(request, BODY_MAX, &input, err))
        return false;
    hand.reason = json_find_text(input, STR("reason"));
    if (!id_parse(json_find_text(input, STR("to")), &hand.to))
        return err_set(err, ERR_INPUT, "to: the account that does it from now on");
    return tasks_hand(request, &told, &hand, err) && answer_empty(request, 204);
}

static void print_one(struct people *people, const struct colleague *one)
{
    struct request *request = people->request;
    struct buf *out = &request->exchange->out;

    buf_char(out, '{');
    json_put_id(out, "account", one->account);
    json_put_text(out, "name", one->name);
    if (one->substitute != 0 && one->away_until >= request_today(request)) {
        json_put_id(out, "substitute", one->substitute);
        json_put_text(out, "substitute_name", people_find(people, one->substitute));
        put_day(out, "from", one->away_from);
        put_day(out, "until", one->away_until);
    } else {
        buf_add(out, STR(",\"substitute\":null"));
    }
    buf_char(out, '}');
}

bool api_colleague_list(struct request *request, struct err *err)
{
    struct people people = {.request = request, .tx = &request->tx};
    struct buf *out = &request->exchange->out;
    struct colleague_page page;
    struct tx *tx;

    if (!request_read(request, &tx, err) || !substitutes_list(request, &page, err))
        return false;
    buf_add(out, STR("{\"substitutes\":["));
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_one(&people, &page.items[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

static bool find(struct request *request, struct colleague *one, struct err *err)
{
    struct tx *tx;
    int64_t account;

    if (!id_parse(request->parts[0], &account))
        return err_set(err, ERR_ABSENT, "there is no such account");
    return request_read(request, &tx, err) && substitutes_find(request, account, one, err);
}

bool api_colleague_set(struct request *request, struct err *err)
{
    struct colleague one;
    struct json *input;

    if (!find(request, &one, err) || !request_json(request, BODY_MAX, &input, err))
        return false;
    if (!id_parse(json_find_text(input, STR("substitute")), &one.substitute))
        return err_set(err, ERR_INPUT, "substitute: the account that stands in");
    if (!time_parse_day(json_find_text(input, STR("from")), &one.away_from) ||
        !time_parse_day(json_find_text(input, STR("until")), &one.away_until))
        return err_set(err, ERR_INPUT, "from and until: days as 2026-03-09");
    return substitutes_set(request, &one, err) && answer_empty(request, 204);
}

bool api_colleague_end(struct request *request, struct err *err)
{
    struct colleague one;

    if (!find(request, &one, err))
        return false;
    one.substitute = 0;
    return substitutes_set(request, &one, err) && answer_empty(request, 204);
}
