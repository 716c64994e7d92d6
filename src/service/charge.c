#include "service/charge.h"

#include "core/arena.h"
#include "core/num.h"
#include "core/uin.h"
#include "store/rows.h"

enum {
    OF_CASE_MAX = 100,  /* charges of one case that are listed */
    LONG_HEAD = 8,      /* digits of a code of the consolidated register; shorter: of a chief */
    NUMBER_DIGITS = 18, /* at most, so that it is a number */
};

static const struct str STATES[] = {
    [CHARGE_UNPAID] = STR_INIT("unpaid"),
    [CHARGE_PAID] = STR_INIT("paid"),
    [CHARGE_WITHDRAWN] = STR_INIT("withdrawn"),
};

struct str charge_state_text(enum charge_state state)
{
    return STATES[state];
}

size_t charge_uin_length(struct str head)
{
    return head.len >= LONG_HEAD ? UIN_LONG : UIN_SHORT;
}

static bool take_number(struct tx *tx, struct arena *arena, int64_t *n, struct err *err)
{
    struct rows rows;

    /* Of all years together: a УИН never comes twice. */
    if (!store_query(tx, arena, &rows,
                     "INSERT INTO document_series (tenant, series, year, last)"
                     " VALUES ($1, '-charge', 0, 1) ON CONFLICT (tenant, series, year)"
                     " DO UPDATE SET last = document_series.last + 1 RETURNING last",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *n = rows_int(&rows, 0, 0);
    return true;
}

bool charge_make(struct tx *tx, struct arena *arena, struct str head, struct charge *charge,
                 struct err *err)
{
    struct buf uin = {.arena = arena};

    if (!take_number(tx, arena, &charge->n, err))
        return false;
    if (head.len > 0 &&
        !uin_print(&uin, &(struct uin_parts){head, charge->n, charge_uin_length(head)}, err))
        return false;
    charge->uin = buf_str(&uin);
    charge->state = CHARGE_UNPAID;
    return store_exec(
               tx,
               "INSERT INTO charge (tenant, n, service_case, flow, wait, kop, purpose, cbc, oktmo,"
               " uin, state, made_at, document, paid_on, ended_at, ended_by)"
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'unpaid', $11, '', 0, 0, 0)",
               ARGS(INT(tx->tenant), INT(charge->n), INT(charge->service_case), INT(charge->flow),
                    INT(charge->wait), INT(charge->kop), TEXT(charge->purpose), TEXT(charge->cbc),
                    TEXT(charge->oktmo), TEXT(charge->uin), INT(charge->made_at)),
               err) ||
           err_while(err, "keeping a charge");
}

static enum charge_state read_state(struct str text)
{
    for (int i = CHARGE_UNPAID; i < (int)ARRAY_LEN(STATES); i++)
        if (str_equal(STATES[i], text))
            return (enum charge_state)i;
    return CHARGE_WITHDRAWN;
}

struct charge charge_row(const struct rows *rows, size_t row)
{
    return (struct charge){
        .n = rows_int(rows, row, 0),
        .service_case = rows_int(rows, row, 1),
        .flow = rows_int(rows, row, 2),
        .wait = (int)rows_int(rows, row, 3),
        .kop = rows_int(rows, row, 4),
        .purpose = rows_text(rows, row, 5),
        .cbc = rows_text(rows, row, 6),
        .oktmo = rows_text(rows, row, 7),
        .uin = rows_text(rows, row, 8),
        .state = read_state(rows_text(rows, row, 9)),
        .made_at = rows_int(rows, row, 10),
        .document = rows_text(rows, row, 11),
        .paid_on = rows_int(rows, row, 12),
        .ended_at = rows_int(rows, row, 13),
        .ended_by = rows_int(rows, row, 14),
    };
}

/* Whether there is one. */
static bool look(struct tx *tx, struct arena *arena, int64_t n, struct charge *charge, bool *is,
                 struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " CHARGE_COLUMNS " FROM charge c WHERE c.tenant = $1 AND c.n = $2",
                     ARGS(INT(tx->tenant), INT(n)), err))
        return err_while(err, "reading a charge");
    *is = rows.count > 0;
    if (*is)
        *charge = charge_row(&rows, 0);
    return true;
}

bool charge_get(struct tx *tx, struct arena *arena, int64_t n, struct charge *charge,
                struct err *err)
{
    bool is;

    return look(tx, arena, n, charge, &is, err) &&
           (is || err_set(err, ERR_ABSENT, "there is no such charge"));
}

/*
 * The number stands in the УИН before its last digit, with noughts before it; where the head ends
 * is not known, for it may have been another one: so each ending that is another number is tried.
 */
static bool find_uin(struct tx *tx, struct arena *arena, struct str uin, struct charge *charge,
                     struct err *err)
{
    int64_t last = 0;

    for (size_t digits = 1; digits <= NUMBER_DIGITS && digits < uin.len; digits++) {
        int64_t n;
        bool is;

        if (!num_parse_int(str_slice(uin, uin.len - 1 - digits, digits), &n) || n == last)
            continue;
        last = n;
        if (!look(tx, arena, n, charge, &is, err))
            return false;
        if (is && str_equal(charge->uin, uin))
            return true;
    }
    return err_set(err, ERR_ABSENT, "there is no such charge");
}

bool charge_find(struct tx *tx, struct arena *arena, struct str text, struct charge *charge,
                 struct err *err)
{
    int64_t n;

    if (uin_is_valid(text))
        return find_uin(tx, arena, text, charge, err);
    if (!num_parse_int(text, &n) || n < 1)
        return err_set(err, ERR_ABSENT, "there is no such charge");
    return charge_get(tx, arena, n, charge, err);
}

bool charge_list(struct tx *tx, struct arena *arena, int64_t service_case, struct charge **charges,
                 size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT body FROM service_case_event WHERE tenant = $1 AND service_case = $2"
                     " AND kind = 'charged' ORDER BY no LIMIT $3",
                     ARGS(INT(tx->tenant), INT(service_case), INT(OF_CASE_MAX)), err))
        return err_while(err, "listing charges");
    *charges = ARENA_ARRAY(arena, struct charge, rows.count);
    *count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        int64_t n, kop;

        if (!charge_event_read(rows_text(&rows, i, 0), &n, &kop))
            return err_set(err, ERR_BROKEN, "an event of a case names no charge");
        if (!charge_get(tx, arena, n, &(*charges)[*count], err))
            return false;
        ++*count;
    }
    return true;
}

bool charge_pay(struct tx *tx, const struct charge *charge, bool *was_taken, struct err *err)
{
    int64_t changed = 0;

    if (!store_change(tx,
                      "UPDATE charge SET document = $3, paid_on = $4, ended_at = $5, ended_by = $6,"
                      " state = CASE WHEN state = 'unpaid' THEN 'paid' ELSE state END"
                      " WHERE tenant = $1 AND n = $2 AND document = ''",
                      ARGS(INT(tx->tenant), INT(charge->n), TEXT(charge->document),
                           INT(charge->paid_on), INT(charge->ended_at), INT(charge->ended_by)),
                      &changed, err))
        return err_while(err, "paying a charge");
    *was_taken = changed > 0;
    return true;
}

bool charge_correct(struct tx *tx, const struct charge *charge, bool *was_taken, struct err *err)
{
    int64_t changed = 0;

    if (!store_change(tx,
                      "UPDATE charge SET document = '', paid_on = 0, state = $3, ended_at = $4,"
                      " ended_by = $5 WHERE tenant = $1 AND n = $2 AND document = $6",
                      ARGS(INT(tx->tenant), INT(charge->n), TEXT(charge_state_text(charge->state)),
                           INT(charge->ended_at), INT(charge->ended_by), TEXT(charge->document)),
                      &changed, err))
        return err_while(err, "correcting a payment");
    *was_taken = changed > 0;
    return true;
}

bool charge_withdraw(struct tx *tx, struct arena *arena, const struct service_case *one,
                     int64_t actor, int64_t now, struct err *err)
{
    struct charge *charges;
    size_t count;

    if (!charge_list(tx, arena, one->id, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!store_exec(tx,
                        "UPDATE charge SET state = 'withdrawn', ended_at = $3, ended_by = $4"
                        " WHERE tenant = $1 AND n = $2 AND state = 'unpaid'",
                        ARGS(INT(tx->tenant), INT(charges[i].n), INT(now), INT(actor)), err))
            return err_while(err, "withdrawing a charge");
    return true;
}

bool charge_erase(struct tx *tx, struct arena *arena, int64_t service_case, struct err *err)
{
    struct charge *charges;
    size_t count;

    if (!charge_list(tx, arena, service_case, &charges, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!store_exec(tx, "UPDATE charge SET purpose = '' WHERE tenant = $1 AND n = $2",
                        ARGS(INT(tx->tenant), INT(charges[i].n)), err))
            return err_while(err, "erasing a charge");
    return true;
}

struct str charge_event_print(struct arena *arena, const struct charge *charge)
{
    return str_printf(arena, "%lld %lld", (long long)charge->n, (long long)charge->kop);
}

bool charge_event_read(struct str body, int64_t *n, int64_t *kop)
{
    struct str number = str_cut(&body, ' ');

    return num_parse_int(number, n) && num_parse_int(str_cut(&body, ' '), kop);
}

struct str charge_event_reason(struct str body)
{
    (void)str_cut(&body, ' ');
    (void)str_cut(&body, ' ');
    return body;
}
