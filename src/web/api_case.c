#include "web/api_case.h"

#include "core/id.h"
#include "core/num.h"
#include "web/answer.h"
#include "web/apply.h"
#include "web/page.h"
#include "workflow/conduct_open.h"

enum {
    BODY_MAX = APPLICATION_BYTES_MAX,
    PAGE = 50,
    PAGE_MAX = 200,
    LOOKS_MAX = 20, /* pages of others' cases passed over */
};

bool api_case_services(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct service **services;
    bool has_some = false;
    struct err none;
    size_t count;
    struct tx *tx;

    if (!request_read(request, &tx, err) ||
        !process_services(request->web->processes, request->catalog->model, request->arena,
                          &services, &count, err))
        return false;
    buf_add(out, STR("{\"services\":["));
    for (size_t i = 0; i < count; i++) {
        struct services_one one;

        if (!services_get(request, services[i]->name, &one, &none))
            continue;
        if (has_some)
            buf_char(out, ',');
        api_case_print_service(out, request, &one);
        buf_char(out, '}');
        has_some = true;
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

bool api_case_service(struct request *request, struct err *err)
{
    struct services_one one;
    struct tx *tx;

    if (!request_read(request, &tx, err) || !services_find(request, 0, &one, err))
        return false;
    api_case_print_card(&request->exchange->out, request, &one);
    return answer_json(request, 200);
}

/* An application as it is sent: not begun and saved, as on pages. */
static bool read_input(struct apply *apply, const struct json *input, struct err *err)
{
    struct request *request = apply->request;
    struct application *application = &apply->application;
    const struct json *data = json_find(input, STR("data"));
    struct str way = json_find_text(input, STR("way"));
    struct str person = json_find_text(input, STR("person"));
    unsigned ways = apply->one.service->ways & ~(unsigned)SERVICE_PAGE;

    if (data == NULL || data->kind != JSON_OBJECT)
        return err_set(err, ERR_INPUT, "data: an object");
    if (apply->one.service->consent.version.len > 0 &&
        !str_equal(json_find_text(input, STR("consent")), apply->one.service->consent.version))
        return err_set(err, ERR_INPUT,
                       "consent: the version of the wording that was signed, as the card has it");
    if (way.len > 0 ? (service_way_read(way) & ways) == 0 : (SERVICE_DESK & ways) == 0)
        return err_set(err, ERR_INPUT, "way: how they came, one of the service's but page");
    *application = (struct application){.account = request->actor.account,
                                        .service = apply->one.service->name,
                                        .id = id_next(request->now),
                                        .way = way.len > 0 ? way : STR("desk")};
    application->value = json_copy(request->arena, data);
    application->value->name = (struct str){0};
    return person.len == 0 || apply_set_person(apply, person, err);
}

static bool answer_case(struct request *request, const struct service_case *one)
{
    struct buf *out = &request->exchange->out;

    http_add(request->exchange, STR("Location"),
             str_printf(request->arena, "%.*s/api/v1/cases/%.*s", STR_ARG(request->base),
                        STR_ARG(id_text(request->arena, one->id))));
    api_case_print(out, one);
    buf_char(out, '}');
    return answer_json(request, 201);
}

static bool reply(struct request *request, struct conduct *conduct, struct err *err)
{
    if (conduct->after == NULL) /* both were sent at once */
        return err_set(err, ERR_CONFLICT, "the same request is being answered: send it again");
    return answer_case(request, &conduct->opening->made);
}

/* With the key of an earlier request it is the earlier one's case. id 0: there was none. */
static bool find_earlier(struct request *request, const struct idempotency *once,
                         struct service_case *one, struct err *err)
{
    struct flow_store head;
    int64_t flow = 0;

    one->id = 0;
    if (once->key.len == 0)
        return true;
    if (!idempotency_find(&request->tx, once, &flow, err))
        return false;
    return flow == 0 || (flow_store_get(&request->tx, request->arena, flow, &head, err) &&
                         service_case_get(&request->tx, request->arena, head.record, one, err));
}

static bool read_key(struct request *request, const struct apply *apply, const struct json *input,
                     struct idempotency *once, struct err *err)
{
    struct buf asked = {.arena = request->arena};

    buf_printf(&asked, "/services/%.*s/applications\n", STR_ARG(apply->one.service->name));
    json_canonical(&asked, input);
    *once = (struct idempotency){.account = request->actor.account, .now = request->now};
    return idempotency_read(once, http_header(request->exchange, STR("idempotency-key")),
                            buf_str(&asked), err);
}

static bool open_case(struct apply *apply, struct conduct *conduct, struct flaws *flaws,
                      struct err *err)
{
    const struct application *from = &apply->application;
    const struct conduct_application application = {
        .service = apply->one.service,
        .data = apply_data(apply),
        .id = from->id,
        .way = service_way_read(from->way),
        .person = from->person,
        .clerk = from->account,
        .consent = apply_consent(apply),
    };

    return apply_data_check(apply, flaws, err) &&
           conduct_open(&apply->request->tx, conduct, &application, flaws, err);
}

bool api_case_apply(struct request *request, struct err *err)
{
    struct idempotency *once = ARENA_NEW(request->arena, struct idempotency);
    struct conduct *conduct = flows_conduct(request, 0);
    struct apply apply = {.request = request, .is_taken = true};
    struct flaws flaws = {0};
    struct service_case earlier;
    struct json *input;
    struct tx *tx;

    if (!request_read(request, &tx, err) || !services_find(request, 0, &apply.one, err))
        return false;
    if (!services_may_take(request, apply.one.service))
        return err_set(err, ERR_DENIED, "your role does not allow this");
    if (!request_json(request, BODY_MAX, &input, err) || !read_input(&apply, input, err) ||
        !read_key(request, &apply, input, once, err) || !find_earlier(request, once, &earlier, err))
        return false;
    if (earlier.id != 0)
        return answer_case(request, &earlier);
    if (open_case(&apply, conduct, &flaws, err))
        return flows_write(request, conduct, once, reply, err);
    if (flaws.count == 0)
        return false;
    answer_problem(request, 422, request_text(request, str_from_z(err->text)), &flaws);
    return true;
}

static bool read_state(struct request *request, enum service_case_state *state, struct err *err)
{
    struct str text = request_query(request, STR("state"));

    *state = SERVICE_CASE_OPEN;
    for (int i = SERVICE_CASE_OPEN; i <= SERVICE_CASE_CLOSED; i++)
        if (str_equal(service_case_state_text((enum service_case_state)i), text)) {
            *state = (enum service_case_state)i;
            return true;
        }
    return text.len == 0 ||
           err_set(err, ERR_INPUT, "state: open, granted, refused, withdrawn or closed");
}

/* "DUE-ID" of the last one seen. */
static bool read_cursor(struct request *request, struct service_case_ask *ask, struct err *err)
{
    struct str text = request_query(request, STR("cursor"));
    struct str due = str_cut(&text, '-');

    ask->after_due = INT64_MIN;
    return due.len == 0 || (id_parse(due, &ask->after_due) && id_parse(text, &ask->after_id)) ||
           err_set(err, ERR_INPUT, "cursor: from the page before, unchanged");
}

static bool read_ask(struct request *request, struct service_case_ask *ask, struct err *err)
{
    struct str text = request_query(request, STR("limit"));
    int64_t limit = PAGE;

    *ask = (struct service_case_ask){0};
    if (text.len > 0 && (!num_parse_int(text, &limit) || limit < 1 || limit > PAGE_MAX))
        return err_set(err, ERR_INPUT, "limit: 1 to %d", PAGE_MAX);
    ask->limit = (int)limit;
    ask->applicant = page_is_staff(request) ? 0 : request->actor.account;
    return read_state(request, &ask->state, err) && read_cursor(request, ask, err);
}

static bool is_shown(const struct request *request, const struct service_case_ask *ask,
                     const struct service_case *one)
{
    return ask->applicant == 0 ? services_may_watch(request, one) : one->state == ask->state;
}

/* Those of the services one watches, or one's own. */
static bool print_rows(struct request *request, struct service_case_ask *ask, bool *has_more,
                       struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct service_case_page page;
    int shown = 0;

    *has_more = true;
    for (int look = 0; look < LOOKS_MAX && *has_more; look++) {
        if (!service_case_list(&request->tx, request->arena, ask, &page, err))
            return false;
        *has_more = page.has_more;
        for (size_t i = 0; i < page.count; i++) {
            ask->after_due = page.items[i].due_on;
            ask->after_id = page.items[i].id;
            if (!is_shown(request, ask, &page.items[i]))
                continue;
            if (shown > 0)
                buf_char(out, ',');
            api_case_print(out, &page.items[i]);
            buf_char(out, '}');
            if (++shown == ask->limit) {
                *has_more |= i + 1 < page.count;
                return true;
            }
        }
    }
    return true;
}

bool api_case_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct service_case_ask ask;
    struct tx *tx;
    bool has_more;

    if (!read_ask(request, &ask, err) || !request_read(request, &tx, err))
        return false;
    buf_add(out, STR("{\"cases\":["));
    if (!print_rows(request, &ask, &has_more, err))
        return false;
    buf_char(out, ']');
    if (has_more)
        buf_printf(out, ",\"cursor\":\"%.*s-%.*s\"",
                   STR_ARG(id_text(request->arena, ask.after_due)),
                   STR_ARG(id_text(request->arena, ask.after_id)));
    buf_char(out, '}');
    return answer_json(request, 200);
}

bool api_case_get(struct request *request, struct err *err)
{
    struct services_case found;

    return services_find_case(request, 0, page_is_staff(request), &found, err) &&
           api_case_print_all(request, &found, err) && answer_json(request, 200);
}
