#include "service/consent.h"

#include "core/arena.h"
#include "core/json_put.h"
#include "store/rows.h"

#define SELECTED                                                                                   \
    "SELECT c.id, c.register, c.flow, c.service, c.number, e.at, e.kind, e.body"                   \
    " FROM service_case c JOIN service_case_event e ON e.tenant = c.tenant"                        \
    " AND e.service_case = c.id AND e.kind IN ('consented', 'revoked')"                            \
    " WHERE c.tenant = $1"

struct str consent_print(struct arena *arena, const struct consent *consent)
{
    struct buf body = {.arena = arena};

    buf_char(&body, '{');
    json_put_text(&body, "version", consent->version);
    json_put_text(&body, "text", consent->text);
    json_put_bool(&body, "is_paper", consent->is_paper);
    buf_char(&body, '}');
    return buf_str(&body);
}

static bool read_given(struct arena *arena, const struct rows *rows, size_t row,
                       struct consent *consent, struct err *err)
{
    struct json *body;

    if (!json_parse(arena, rows_text(rows, row, 7), NULL, &body, err))
        return err_while(err, "a consent of the case %.*s", STR_ARG(rows_text(rows, row, 4)));
    *consent = (struct consent){
        .service_case = rows_int(rows, row, 0),
        .no = rows_int(rows, row, 1),
        .flow = rows_int(rows, row, 2),
        .service = rows_text(rows, row, 3),
        .number = rows_text(rows, row, 4),
        .given_at = rows_int(rows, row, 5),
        .version = json_find_text(body, STR("version")),
        .text = json_find_text(body, STR("text")),
        .is_paper = json_is_true(json_find(body, STR("is_paper"))),
    };
    return true;
}

/* Of each case the event that gives it stands before the one that takes it back. */
static bool read_rows(struct arena *arena, const struct rows *rows, struct consent *consents,
                      size_t *count, struct err *err)
{
    *count = 0;
    for (size_t i = 0; i < rows->count; i++) {
        struct consent *last = *count > 0 ? &consents[*count - 1] : NULL;

        if (str_equal(rows_text(rows, i, 6), STR("consented"))) {
            if (!read_given(arena, rows, i, &consents[*count], err))
                return false;
            ++*count;
        } else if (last != NULL && last->service_case == rows_int(rows, i, 0)) {
            last->withdrawn_at = rows_int(rows, i, 5);
        }
    }
    return true;
}

bool consent_list(struct tx *tx, struct arena *arena, int64_t account, struct consent **consents,
                  size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(
            tx, arena, &rows,
            SELECTED " AND c.applicant = $2 AND c.applicant <> 0 AND c.id >= coalesce("
                     "(SELECT id FROM service_case WHERE tenant = $1 AND applicant = $2"
                     " AND applicant <> 0 ORDER BY id DESC LIMIT 1 OFFSET $4), 0)"
                     " ORDER BY c.id DESC, e.no LIMIT $3",
            ARGS(INT(tx->tenant), INT(account), INT(CONSENT_LIST_MAX), INT(CONSENT_CASES_MAX - 1)),
            err))
        return err_while(err, "listing consents");
    *consents = ARENA_ARRAY(arena, struct consent, rows.count);
    return read_rows(arena, &rows, *consents, count, err);
}

bool consent_get(struct tx *tx, struct arena *arena, int64_t service_case, struct consent *consent,
                 struct err *err)
{
    struct consent *consents;
    struct rows rows;
    size_t count;

    if (!store_query(tx, arena, &rows, SELECTED " AND c.id = $2 ORDER BY e.no",
                     ARGS(INT(tx->tenant), INT(service_case)), err))
        return err_while(err, "reading a consent");
    consents = ARENA_ARRAY(arena, struct consent, rows.count);
    if (!read_rows(arena, &rows, consents, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_ABSENT, "there is no such consent");
    *consent = consents[0];
    return true;
}

bool consent_withdraw(struct tx *tx, struct arena *arena, int64_t service_case, int64_t actor,
                      int64_t now, struct err *err)
{
    struct service_case_event event = {.at = now, .actor = actor, .kind = SERVICE_CASE_REVOKED};
    struct consent consent;
    struct service_case one;

    if (!consent_get(tx, arena, service_case, &consent, err))
        return false;
    if (consent.withdrawn_at != 0)
        return err_set(err, ERR_CONFLICT, "the consent was withdrawn before");
    event.body = consent.version;
    return service_case_get(tx, arena, service_case, &one, err) &&
           service_case_add_event(tx, &one, &event, err) &&
           service_case_change(tx, arena, &one, err);
}
