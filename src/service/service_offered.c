#include "service/service_offered.h"

#include "core/arena.h"
#include "store/rows.h"

#define OPEN TEXT(STR("open"))

bool service_offered_list(struct tx *tx, struct arena *arena, int64_t person,
                          struct service_offered **offered, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT service, cause, register, put_at FROM service_offer"
                     " WHERE tenant = $1 AND person = $2 AND state = $3"
                     " ORDER BY put_at, service, cause LIMIT $4",
                     ARGS(INT(tx->tenant), INT(person), OPEN, INT(SERVICE_OFFERED_SHOWN)), err))
        return err_while(err, "listing what is offered");
    *offered = ARENA_ARRAY(arena, struct service_offered, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*offered)[i] = (struct service_offered){
            .person = person,
            .service = rows_text(&rows, i, 0),
            .cause = rows_int(&rows, i, 1),
            .no = rows_int(&rows, i, 2),
            .put_at = rows_int(&rows, i, 3),
        };
    return true;
}

bool service_offered_get(struct tx *tx, struct arena *arena, struct service_offered *offered,
                         struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT register, put_at FROM service_offer WHERE tenant = $1"
                     " AND person = $2 AND service = $3 AND cause = $4 AND state = $5",
                     ARGS(INT(tx->tenant), INT(offered->person), TEXT(offered->service),
                          INT(offered->cause), OPEN),
                     err))
        return err_while(err, "reading what is offered");
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such offer, or it was answered already");
    offered->no = rows_int(&rows, 0, 0);
    offered->put_at = rows_int(&rows, 0, 1);
    return true;
}

struct looking {
    int64_t cause, made_at;
    bool may;
};

static bool look(void *data, const struct rows *row, struct err *err)
{
    struct looking *looking = data;
    bool is_open = str_equal(rows_text(row, 0, 1), STR("open"));

    (void)err;
    if (is_open || rows_int(row, 0, 0) == looking->cause || rows_int(row, 0, 2) >= looking->made_at)
        looking->may = false;
    return true;
}

bool service_offered_may(struct tx *tx, const struct service_offered *offered, int64_t made_at,
                         bool *may, struct err *err)
{
    struct looking looking = {offered->cause, made_at, true};

    if (!store_each(tx,
                    "SELECT cause, state, answered_at FROM service_offer"
                    " WHERE tenant = $1 AND person = $2 AND service = $3",
                    ARGS(INT(tx->tenant), INT(offered->person), TEXT(offered->service)), look,
                    &looking, err))
        return err_while(err, "looking what was offered");
    *may = looking.may;
    return true;
}

bool service_offered_put(struct tx *tx, const struct service_offered *offered, struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO service_offer (tenant, person, service, cause, register, put_at,"
                      " state, account, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0)",
                      ARGS(INT(tx->tenant), INT(offered->person), TEXT(offered->service),
                           INT(offered->cause), INT(offered->no), INT(offered->put_at), OPEN),
                      err) ||
           err_while(err, "offering a service");
}

struct str service_offered_word(enum service_offered_answer answer)
{
    static const struct str WORDS[] = {STR_INIT("agreed"), STR_INIT("declined"), STR_INIT("over")};

    return WORDS[answer];
}

bool service_offered_end(struct tx *tx, const struct service_offered *offered,
                         enum service_offered_answer answer, int64_t account, int64_t now,
                         struct err *err)
{
    int64_t changed;

    if (!store_change(tx,
                      "UPDATE service_offer SET state = $6, account = $7, answered_at = $8"
                      " WHERE tenant = $1 AND person = $2 AND service = $3 AND cause = $4"
                      " AND state = $5",
                      ARGS(INT(tx->tenant), INT(offered->person), TEXT(offered->service),
                           INT(offered->cause), OPEN, TEXT(service_offered_word(answer)),
                           INT(account), INT(now)),
                      &changed, err))
        return err_while(err, "answering an offer");
    return changed == 1 ||
           err_set(err, ERR_ABSENT, "there is no such offer, or it was answered already");
}

static bool count_state(void *data, const struct rows *row, struct err *err)
{
    struct service_offered_counts *counts = data;
    int64_t count = rows_int(row, 0, 1);

    (void)err;
    counts->all += count;
    if (str_equal(rows_text(row, 0, 0), service_offered_word(SERVICE_OFFERED_AGREED)))
        counts->agreed = count;
    if (str_equal(rows_text(row, 0, 0), service_offered_word(SERVICE_OFFERED_DECLINED)))
        counts->declined = count;
    return true;
}

bool service_offered_count(struct tx *tx, struct str service, struct service_offered_counts *counts,
                           struct err *err)
{
    *counts = (struct service_offered_counts){0};
    return store_each(tx,
                      "SELECT state, count(*) FROM service_offer"
                      " WHERE tenant = $1 AND service = $2 GROUP BY state",
                      ARGS(INT(tx->tenant), TEXT(service)), count_state, counts, err) ||
           err_while(err, "counting offers");
}

bool service_offered_erase(struct tx *tx, int64_t id, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM service_offer WHERE tenant = $1 AND (person = $2 OR cause = $2)",
                      ARGS(INT(tx->tenant), INT(id)), err) ||
           err_while(err, "erasing offers");
}
