#include "service/service_case.h"

#include "core/arena.h"
#include "core/id.h"
#include "service/service_figure.h"
#include "store/rows.h"

#define COLUMNS                                                                                    \
    " id, register, service, number, flow, way, applicant, person, clerk, state, ground,"          \
    " registered_at, closed_at, due_on, term, last_event, rating, told, opened_on, closed_on,"     \
    " step, step_on, has_visit FROM service_case WHERE tenant = $1"

static const struct str STATES[] = {
    [SERVICE_CASE_OPEN] = STR_INIT("open"),       [SERVICE_CASE_GRANTED] = STR_INIT("granted"),
    [SERVICE_CASE_REFUSED] = STR_INIT("refused"), [SERVICE_CASE_WITHDRAWN] = STR_INIT("withdrawn"),
    [SERVICE_CASE_CLOSED] = STR_INIT("closed"),
};

static const struct str KINDS[] = {
    [SERVICE_CASE_REGISTERED] = STR_INIT("registered"),
    [SERVICE_CASE_STAGE] = STR_INIT("stage"),
    [SERVICE_CASE_PAUSED] = STR_INIT("paused"),
    [SERVICE_CASE_RESUMED] = STR_INIT("resumed"),
    [SERVICE_CASE_DECIDED] = STR_INIT("decided"),
    [SERVICE_CASE_CHARGED] = STR_INIT("charged"),
    [SERVICE_CASE_PAID] = STR_INIT("paid"),
    [SERVICE_CASE_LEFT] = STR_INIT("left"),
    [SERVICE_CASE_UNPAID] = STR_INIT("unpaid"),
    [SERVICE_CASE_CONSENTED] = STR_INIT("consented"),
    [SERVICE_CASE_REVOKED] = STR_INIT("revoked"),
    [SERVICE_CASE_WROTE] = STR_INIT("wrote"),
    [SERVICE_CASE_ANSWERED] = STR_INIT("answered"),
    [SERVICE_CASE_PUT] = STR_INIT("put"),
    [SERVICE_CASE_LISTED] = STR_INIT("listed"),
    [SERVICE_CASE_JUDGED] = STR_INIT("judged"),
    [SERVICE_CASE_HANDED] = STR_INIT("handed"),
};

struct str service_case_state_text(enum service_case_state state)
{
    return STATES[state];
}

struct str service_case_kind_text(enum service_case_event_kind kind)
{
    return KINDS[kind];
}

static int find_word(const struct str *words, size_t count, struct str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(words[i], word))
            return (int)i;
    return 0;
}

bool service_case_stands(const struct service_case *one)
{
    return one->term.pause_count > 0 &&
           one->term.pauses[one->term.pause_count - 1].until == TERM_OPEN;
}

void service_case_pause(struct arena *arena, struct service_case *one, int64_t day,
                        struct str reason)
{
    struct term *term = &one->term;
    struct term_pause *pauses;

    if (service_case_stands(one) || term->pause_count == TERM_PAUSES_MAX)
        return;
    pauses = ARENA_ARRAY(arena, struct term_pause, term->pause_count + 1);
    for (size_t i = 0; i < term->pause_count; i++)
        pauses[i] = term->pauses[i];
    pauses[term->pause_count++] =
        (struct term_pause){.from = day, .until = TERM_OPEN, .reason = reason};
    term->pauses = pauses;
}

void service_case_resume(struct arena *arena, struct service_case *one, int64_t day)
{
    struct term *term = &one->term;
    struct term_pause *pauses = ARENA_ARRAY(arena, struct term_pause, term->pause_count);

    if (!service_case_stands(one))
        return;
    for (size_t i = 0; i < term->pause_count; i++)
        pauses[i] = term->pauses[i];
    pauses[term->pause_count - 1].until = day;
    term->pauses = pauses;
    if (pauses[term->pause_count - 1].from >= day) /* of the same day: it did not stand */
        term->pause_count--;
}

static struct str print_term(struct arena *arena, const struct term *term)
{
    struct buf buf = {.arena = arena};

    if (term->count == 0)
        return (struct str){0};
    buf_printf(&buf, "{\"start\":%lld,\"count\":%lld,\"unit\":\"%.*s\",\"pauses\":[",
               (long long)term->start, (long long)term->count,
               STR_ARG(service_unit_text(term->unit)));
    for (size_t i = 0; i < term->pause_count; i++) {
        const struct term_pause *pause = &term->pauses[i];

        buf_printf(&buf, "%s{\"from\":%lld,", i > 0 ? "," : "", (long long)pause->from);
        if (pause->until != TERM_OPEN)
            buf_printf(&buf, "\"until\":%lld,", (long long)pause->until);
        buf_add(&buf, STR("\"reason\":"));
        json_write_text(&buf, pause->reason);
        buf_char(&buf, '}');
    }
    buf_add(&buf, STR("]}"));
    return buf_str(&buf);
}

static bool read_term(struct arena *arena, struct str text, struct term *term, struct err *err)
{
    const struct json *pauses;
    struct term_pause *read;
    struct json *json;

    *term = (struct term){.carries = true};
    if (text.len == 0)
        return true;
    if (!json_parse(arena, text, NULL, &json, err))
        return false;
    pauses = json_find(json, STR("pauses"));
    read = ARENA_ARRAY(arena, struct term_pause, pauses == NULL ? 0 : pauses->count);
    term->start = json_find_int(json, STR("start"), 0);
    term->count = json_find_int(json, STR("count"), 0);
    if (!service_unit_read(json_find_text(json, STR("unit")), &term->unit))
        return err_set(err, ERR_BROKEN, "the term of a case has no unit");
    for (const struct json *one = pauses == NULL ? NULL : pauses->first; one != NULL;
         one = one->next)
        read[term->pause_count++] =
            (struct term_pause){.from = json_find_int(one, STR("from"), 0),
                                .until = json_find_int(one, STR("until"), TERM_OPEN),
                                .reason = json_find_text(one, STR("reason"))};
    term->pauses = read;
    return true;
}

static bool read_row(struct arena *arena, const struct rows *rows, size_t row,
                     struct service_case *one, struct err *err)
{
    *one = (struct service_case){
        .id = rows_int(rows, row, 0),
        .no = rows_int(rows, row, 1),
        .service = rows_text(rows, row, 2),
        .number = rows_text(rows, row, 3),
        .flow = rows_int(rows, row, 4),
        .way = service_way_read(rows_text(rows, row, 5)),
        .applicant = rows_int(rows, row, 6),
        .person = rows_int(rows, row, 7),
        .clerk = rows_int(rows, row, 8),
        .state =
            (enum service_case_state)find_word(STATES, ARRAY_LEN(STATES), rows_text(rows, row, 9)),
        .ground = rows_text(rows, row, 10),
        .registered_at = rows_int(rows, row, 11),
        .closed_at = rows_int(rows, row, 12),
        .due_on = rows_int(rows, row, 13),
        .last_event = rows_int(rows, row, 15),
        .rating = (int)rows_int(rows, row, 16),
        .told = (unsigned)rows_int(rows, row, 17),
        .opened_on = rows_int(rows, row, 18),
        .closed_on = rows_int(rows, row, 19),
        .step = rows_text(rows, row, 20),
        .step_on = rows_int(rows, row, 21),
        .has_visit = rows_int(rows, row, 22) != 0,
    };
    return read_term(arena, rows_text(rows, row, 14), &one->term, err);
}

bool service_case_get(struct tx *tx, struct arena *arena, int64_t id, struct service_case *one,
                      struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT" COLUMNS " AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such case");
    return read_row(arena, &rows, 0, one, err);
}

static bool insert(struct tx *tx, struct arena *arena, const struct service_case *one,
                   struct err *err)
{
    return store_exec(
        tx,
        "INSERT INTO service_case (tenant, id, register, service, number, flow, way, applicant,"
        " person, clerk, state, ground, registered_at, closed_at, due_on, term, last_event, rating,"
        " opened_on, closed_on, step, step_on, has_visit)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,"
        " $19, $20, $21, $22, $23)",
        ARGS(INT(tx->tenant), INT(one->id), INT(one->no), TEXT(one->service), TEXT(one->number),
             INT(one->flow), TEXT(service_way_text(one->way)), INT(one->applicant),
             INT(one->person), INT(one->clerk), TEXT(STATES[one->state]), TEXT(one->ground),
             INT(one->registered_at), INT(one->closed_at), INT(one->due_on),
             TEXT(print_term(arena, &one->term)), INT(one->last_event), INT(one->rating),
             INT(one->opened_on), INT(one->closed_on), TEXT(one->step), INT(one->step_on),
             INT(one->has_visit)),
        err);
}

bool service_case_open(struct tx *tx, struct arena *arena, int year, struct service_case *one,
                       struct err *err)
{
    struct rows rows;

    /* No letter of a pack counts by that name (document/letter_rules.c). */
    if (!store_query(tx, arena, &rows,
                     "INSERT INTO document_series (tenant, series, year, last)"
                     " VALUES ($1, '-case', $2, 1) ON CONFLICT (tenant, series, year)"
                     " DO UPDATE SET last = document_series.last + 1 RETURNING last",
                     ARGS(INT(tx->tenant), INT(year)), err))
        return false;
    one->number = str_printf(arena, "%d-%lld", year, (long long)rows_int(&rows, 0, 0));
    return insert(tx, arena, one, err) && service_figure_move(tx, arena, NULL, one, err);
}

/* The row as it stands, with what of it a step changes. */
static struct service_case changed(const struct service_case *kept, const struct service_case *one)
{
    struct service_case now = *kept;

    now.state = one->state;
    now.ground = one->ground;
    now.closed_at = one->closed_at;
    now.closed_on = one->closed_on;
    now.due_on = one->due_on;
    now.term = one->term;
    now.step = one->step;
    now.step_on = one->step_on;
    now.has_visit = one->has_visit;
    now.last_event = one->last_event;
    return now;
}

bool service_case_change(struct tx *tx, struct arena *arena, const struct service_case *one,
                         struct err *err)
{
    struct service_case kept, now;

    if (!service_case_get(tx, arena, one->id, &kept, err))
        return false;
    now = changed(&kept, one);
    return store_exec(tx,
                      "UPDATE service_case SET state = $3, ground = $4, closed_at = $5,"
                      " due_on = $6, term = $7, last_event = $8, closed_on = $9, step = $10,"
                      " step_on = $11, has_visit = $12 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(now.id), TEXT(STATES[now.state]), TEXT(now.ground),
                           INT(now.closed_at), INT(now.due_on), TEXT(print_term(arena, &now.term)),
                           INT(now.last_event), INT(now.closed_on), TEXT(now.step),
                           INT(now.step_on), INT(now.has_visit)),
                      err) &&
           service_figure_move(tx, arena, &kept, &now, err);
}

static bool is_to_be_rated(const struct service_case *one)
{
    return one->rating == 0 && service_figure_is_decided(one->state);
}

bool service_case_rate(struct tx *tx, struct arena *arena, int64_t id, int rating, struct err *err)
{
    struct service_case kept, now;
    struct err absent = {0};

    if (!service_case_get(tx, arena, id, &kept, &absent)) {
        *err = absent;
        return absent.code == ERR_ABSENT;
    }
    if (!is_to_be_rated(&kept))
        return true;
    now = kept;
    now.rating = rating;
    return store_exec(tx, "UPDATE service_case SET rating = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id), INT(rating)), err) &&
           service_figure_move(tx, arena, &kept, &now, err);
}

bool service_case_tell(struct tx *tx, const struct service_case *one, unsigned bit, bool *is_first,
                       struct err *err)
{
    int64_t changed;
    bool ok = store_change(
        tx,
        "UPDATE service_case SET told = $3 WHERE tenant = $1 AND id = $2"
        " AND state = 'open' AND told = $4 AND due_on = $5",
        ARGS(INT(tx->tenant), INT(one->id), INT(one->told | bit), INT(one->told), INT(one->due_on)),
        &changed, err);

    *is_first = ok && changed == 1;
    return ok;
}

bool service_case_erase(struct tx *tx, int64_t id, struct err *err)
{
    return store_exec(
               tx,
               "UPDATE service_case_event SET body = '' WHERE tenant = $1"
               " AND service_case = $2 AND kind IN ('wrote', 'answered', 'handed', 'unpaid')",
               ARGS(INT(tx->tenant), INT(id)), err) &&
           store_exec(tx,
                      "UPDATE service_case SET applicant = 0, person = 0 WHERE tenant = $1"
                      " AND id = $2",
                      ARGS(INT(tx->tenant), INT(id)), err) &&
           store_exec(
               tx,
               "UPDATE service_case SET person = 0 WHERE tenant = $1 AND id > 0 AND person = $2",
               ARGS(INT(tx->tenant), INT(id)), err);
}

/* Those of an applicant, the latest first. */
static bool list_own(struct tx *tx, struct arena *arena, const struct service_case_ask *ask,
                     struct rows *rows, struct err *err)
{
    return store_query(tx, arena, rows,
                       "SELECT" COLUMNS " AND applicant = $2 AND applicant <> 0 AND id < $3"
                       " ORDER BY id DESC LIMIT $4",
                       ARGS(INT(tx->tenant), INT(ask->applicant),
                            INT(ask->after_id == 0 ? INT64_MAX : ask->after_id),
                            INT(ask->limit + 1)),
                       err);
}

static bool list_due(struct tx *tx, struct arena *arena, const struct service_case_ask *ask,
                     struct rows *rows, struct err *err)
{
    return store_query(tx, arena, rows,
                       "SELECT" COLUMNS " AND state = $2"
                       " AND (due_on > $3 OR due_on = $3 AND id > $4) AND due_on >= $3"
                       " AND due_on <= $6 AND ($7 = '' OR service = $7) AND ($8 = '' OR step = $8)"
                       " ORDER BY due_on, id LIMIT $5",
                       ARGS(INT(tx->tenant), TEXT(STATES[ask->state]), INT(ask->after_due),
                            INT(ask->after_id), INT(ask->limit + 1),
                            INT(ask->until_due == 0 ? INT64_MAX : ask->until_due),
                            TEXT(ask->service), TEXT(ask->step)),
                       err);
}

bool service_case_list(struct tx *tx, struct arena *arena, const struct service_case_ask *ask,
                       struct service_case_page *page, struct err *err)
{
    struct rows rows;

    if (!(ask->applicant != 0 ? list_own : list_due)(tx, arena, ask, &rows, err))
        return false;
    *page = (struct service_case_page){
        .items = ARENA_ARRAY(arena, struct service_case, rows.count),
        .count = MIN(rows.count, (size_t)ask->limit),
        .has_more = rows.count > (size_t)ask->limit,
    };
    for (size_t i = 0; i < page->count; i++)
        if (!read_row(arena, &rows, i, &page->items[i], err))
            return false;
    return true;
}

struct visiting {
    service_case_take *take;
    void *data;
};

static bool visit(void *data, const struct rows *row, struct err *err)
{
    const struct visiting *it = data;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct service_case one;

    return read_row(arena, row, 0, &one, err) && it->take(it->data, &one, err);
}

bool service_case_each(struct tx *tx, service_case_take *take, void *data, struct err *err)
{
    struct visiting it = {take, data};

    return store_each(tx, "SELECT" COLUMNS, ARGS(INT(tx->tenant)), visit, &it, err);
}

static bool is_written(const struct service_case_event *event)
{
    return event->kind == SERVICE_CASE_WROTE || event->kind == SERVICE_CASE_ANSWERED;
}

bool service_case_add_event(struct tx *tx, struct service_case *one,
                            struct service_case_event *event, struct err *err)
{
    /* Whoever writes without end does not stop the work. */
    if (is_written(event) && one->last_event >= SERVICE_CASE_EVENTS_MAX)
        return err_set(err, ERR_LIMIT, "too much was written about this case");
    event->no = ++one->last_event;
    return store_exec(tx,
                      "INSERT INTO service_case_event (tenant, service_case, no, at, actor, kind,"
                      " body) VALUES ($1, $2, $3, $4, $5, $6, $7)",
                      ARGS(INT(tx->tenant), INT(one->id), INT(event->no), INT(event->at),
                           INT(event->actor), TEXT(KINDS[event->kind]), TEXT(event->body)),
                      err);
}

bool service_case_events(struct tx *tx, struct arena *arena, int64_t id,
                         struct service_case_event **events, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT no, at, actor, kind, body FROM service_case_event"
                     " WHERE tenant = $1 AND service_case = $2 ORDER BY no",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    *events = ARENA_ARRAY(arena, struct service_case_event, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*events)[i] = (struct service_case_event){
            .no = rows_int(&rows, i, 0),
            .at = rows_int(&rows, i, 1),
            .actor = rows_int(&rows, i, 2),
            .kind = (enum service_case_event_kind)find_word(KINDS, ARRAY_LEN(KINDS),
                                                            rows_text(&rows, i, 3)),
            .body = rows_text(&rows, i, 4),
        };
    return true;
}

struct str service_case_print_handing(struct arena *arena, const struct service_case_handing *it)
{
    struct json *body = json_new(arena, JSON_OBJECT);
    struct buf out = {.arena = arena};

    json_set_text(arena, body, STR("element"), it->element);
    json_set_text(arena, body, STR("from"), id_text(arena, it->from));
    json_set_text(arena, body, STR("to"), id_text(arena, it->to));
    json_set_text(arena, body, STR("reason"), it->reason);
    json_canonical(&out, body);
    return buf_str(&out);
}

struct service_case_handing service_case_read_handing(struct arena *arena, struct str body)
{
    struct service_case_handing it = {0};
    struct json *json;
    struct err none;

    if (body.len == 0 || !json_parse(arena, body, NULL, &json, &none))
        return it;
    it.element = json_find_text(json, STR("element"));
    it.reason = json_find_text(json, STR("reason"));
    if (!id_parse(json_find_text(json, STR("from")), &it.from))
        it.from = 0;
    if (!id_parse(json_find_text(json, STR("to")), &it.to))
        it.to = 0;
    return it;
}
