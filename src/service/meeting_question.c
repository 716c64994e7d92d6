#include "service/meeting_question.h"

#include "core/id.h"
#include "store/rows.h"

enum {
    OF_CASE_MAX = 100,
};

#define COLUMNS " id, commission, state, service_case, flow, wait, meeting, body, put_at"

static const struct str STATES[] = {[MEETING_WAITING] = STR_INIT("waiting"),
                                    [MEETING_LISTED] = STR_INIT("listed"),
                                    [MEETING_DECIDED] = STR_INIT("decided"),
                                    [MEETING_WITHDRAWN] = STR_INIT("withdrawn")};

static enum meeting_question_state read_state(struct str text)
{
    for (size_t i = 0; i < ARRAY_LEN(STATES); i++)
        if (str_equal(STATES[i], text))
            return (enum meeting_question_state)i;
    return MEETING_WITHDRAWN;
}

static struct meeting_question read_row(const struct rows *rows, size_t row)
{
    return (struct meeting_question){.id = rows_int(rows, row, 0),
                                     .commission = rows_text(rows, row, 1),
                                     .state = read_state(rows_text(rows, row, 2)),
                                     .service_case = rows_int(rows, row, 3),
                                     .flow = rows_int(rows, row, 4),
                                     .wait = (int)rows_int(rows, row, 5),
                                     .meeting = rows_int(rows, row, 6),
                                     .body = rows_text(rows, row, 7),
                                     .put_at = rows_int(rows, row, 8)};
}

bool meeting_question_put(struct tx *tx, const struct meeting_question *question, struct err *err)
{
    return store_exec(tx,
                      "INSERT INTO commission_question (tenant, id, commission, state,"
                      " service_case, flow, wait, meeting, body, put_at)"
                      " VALUES ($1, $2, $3, 'waiting', $4, $5, $6, 0, $7, $8)",
                      ARGS(INT(tx->tenant), INT(question->id), TEXT(question->commission),
                           INT(question->service_case), INT(question->flow), INT(question->wait),
                           TEXT(question->body), INT(question->put_at)),
                      err) ||
           err_while(err, "putting a question before a commission");
}

bool meeting_question_get(struct tx *tx, struct arena *arena, int64_t id,
                          struct meeting_question *question, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " FROM commission_question WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return err_while(err, "reading a question of a commission");
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such question");
    *question = read_row(&rows, 0);
    return true;
}

bool meeting_question_list(struct tx *tx, struct arena *arena, struct str commission,
                           struct meeting_question **questions, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " FROM commission_question WHERE tenant = $1"
                     " AND commission = $2 AND state = 'waiting' ORDER BY id LIMIT $3",
                     ARGS(INT(tx->tenant), TEXT(commission), INT(MEETING_POINTS_MAX)), err))
        return err_while(err, "listing what waits for a commission");
    *questions = ARENA_ARRAY(arena, struct meeting_question, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*questions)[i] = read_row(&rows, i);
    return true;
}

bool meeting_question_of(struct tx *tx, struct arena *arena, int64_t service_case,
                         struct meeting_question **questions, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT body FROM service_case_event WHERE tenant = $1 AND service_case = $2"
                     " AND kind = 'put' ORDER BY no LIMIT $3",
                     ARGS(INT(tx->tenant), INT(service_case), INT(OF_CASE_MAX)), err))
        return err_while(err, "listing questions of a case");
    *questions = ARENA_ARRAY(arena, struct meeting_question, rows.count);
    *count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        struct str body = rows_text(&rows, i, 0);
        int64_t id;

        if (!id_parse(str_cut(&body, ' '), &id)) /* it was erased */
            continue;
        if (!meeting_question_get(tx, arena, id, &(*questions)[*count], err))
            return false;
        ++*count;
    }
    return true;
}

bool meeting_question_withdraw(struct tx *tx, struct arena *arena, int64_t service_case,
                               struct err *err)
{
    struct meeting_question *questions;
    size_t count;

    if (!meeting_question_of(tx, arena, service_case, &questions, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!store_exec(tx,
                        "UPDATE commission_question SET state = 'withdrawn' WHERE tenant = $1"
                        " AND id = $2 AND state IN ('waiting', 'listed')",
                        ARGS(INT(tx->tenant), INT(questions[i].id)), err))
            return err_while(err, "withdrawing a question");
    return true;
}

static bool erase_one(struct tx *tx, const struct meeting_question *question, struct err *err)
{
    return store_exec(tx, "UPDATE commission_question SET body = '' WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(question->id)), err) &&
           store_exec(tx,
                      "UPDATE meeting_point SET said = '' WHERE tenant = $1 AND meeting = $2"
                      " AND question = $3",
                      ARGS(INT(tx->tenant), INT(question->meeting), INT(question->id)), err);
}

bool meeting_question_erase(struct tx *tx, struct arena *arena, int64_t service_case,
                            struct err *err)
{
    struct meeting_question *questions;
    size_t count;

    if (!meeting_question_of(tx, arena, service_case, &questions, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!erase_one(tx, &questions[i], err))
            return err_while(err, "erasing a question");
    return true;
}
