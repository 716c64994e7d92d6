#include "registry/history.h"

#include "auth/journal.h"
#include "core/utf8.h"
#include "core/vec.h"
#include "registry/beside.h"
#include "registry/record_reach.h"
#include "store/rows.h"

enum {
    REASON_MIN = 3, /* letters */
    REASON_MAX = 500,
};

/* One state of the record, as a row of record or history tells it. */
struct state {
    int64_t known_from;
    int64_t known_to; /* 0: believed now */
    int64_t valid_from, valid_to;
    const struct json *value; /* NULL when erased */
};

struct reader {
    struct arena *arena;
    const struct history_ask *ask;
    struct record_reach reach;
    VEC(struct state) states;
};

static bool add_states(struct reader *reader, const struct rows *rows, struct err *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct state state = {rows_int(rows, i, 0), rows_int(rows, i, 1), rows_int(rows, i, 2),
                              rows_int(rows, i, 3), NULL};
        struct json *value;

        if (!rows_is_null(rows, i, 4)) {
            if (!json_parse(reader->arena, rows_text(rows, i, 4),
                            &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value, err))
                return false;
            state.value = value;
        }
        VEC_PUSH(reader->arena, &reader->states, state);
    }
    return true;
}

static int64_t no_of(const struct registry *registry, const struct history_ask *ask)
{
    int64_t no = catalog_no(registry->catalog, ask->type);

    return ask->is_beside ? beside_no(no) : no;
}

/* Those that entries from first to last wrote or ended, and no others of a long history. */
static bool read_states(const struct registry *registry, struct reader *reader, int64_t first,
                        int64_t last, struct err *err)
{
    struct tx *tx = registry->tx;
    int64_t no = no_of(registry, reader->ask);
    struct rows rows;

    return store_query(tx, reader->arena, &rows,
                       "SELECT version, 0, valid_from, valid_to, body FROM record"
                       " WHERE tenant = $1 AND register = $2 AND id = $3"
                       " AND version BETWEEN $4 AND $5"
                       " UNION ALL "
                       "SELECT known_from, known_to, valid_from, valid_to, body FROM history"
                       " WHERE tenant = $1 AND register = $2 AND id = $3"
                       " AND (known_from BETWEEN $4 AND $5 OR known_to BETWEEN $4 AND $5)",
                       ARGS(INT(tx->tenant), INT(no), INT(reader->ask->id), INT(first), INT(last)),
                       err) &&
           add_states(reader, &rows, err);
}

/* What the entry wrote, and what it ended: NULL when there is none. */
static const struct state *find_state(const struct reader *reader, int64_t seq, bool is_end)
{
    for (size_t i = 0; i < reader->states.count; i++)
        if ((is_end ? reader->states.items[i].known_to : reader->states.items[i].known_from) == seq)
            return &reader->states.items[i];
    return NULL;
}

static const struct json *value_of(const struct state *state, struct str name)
{
    const struct json *value = state == NULL ? NULL : json_find(state->value, name);

    return value != NULL && value->kind == JSON_NULL ? NULL : value;
}

/* What a record was while somebody else's filter held is not told. */
static bool reaches(const struct reader *reader, const struct state *state)
{
    return state == NULL || record_reach_holds(&reader->reach, reader->arena, state->value);
}

static void compare(const struct reader *reader, const struct state *was, const struct state *is,
                    struct history_version *version)
{
    const struct register_type *type = reader->ask->type;

    /* What was erased is unknown, which is not the same as empty. */
    if ((was != NULL && was->value == NULL) || (is != NULL && is->value == NULL) ||
        !reaches(reader, was) || !reaches(reader, is))
        return;
    version->changes = ARENA_ARRAY(reader->arena, struct history_change, type->field_count);
    for (size_t i = 0; i < type->field_count; i++) {
        const struct register_field *field = &type->fields[i];
        const struct json *old = value_of(was, field->name);
        const struct json *new = value_of(is, field->name);

        if ((field->access & ~reader->ask->classes) != 0 || (old == NULL && new == NULL) ||
            (old != NULL && new != NULL &&json_equal(old, new)))
            continue;
        version->changes[version->change_count++] = (struct history_change){field, old, new};
    }
}

bool history_list(const struct registry *registry, const struct history_ask *ask,
                  struct history_version **versions, size_t *count, struct err *err)
{
    struct reader reader = {.arena = registry->arena,
                            .ask = ask,
                            .reach = record_reach_of(registry, ask->type, POLICY_HISTORY)};
    int64_t no = no_of(registry, ask);
    struct rows rows;

    if (!record_reach_need(registry, ask->type, ask->id, POLICY_HISTORY, err) ||
        !store_query(registry->tx, registry->arena, &rows,
                     "SELECT j.seq, j.at, j.actor, j.action, j.cause, a.name FROM journal j"
                     " LEFT JOIN account a ON a.tenant = j.tenant AND a.id = j.actor"
                     " WHERE j.tenant = $1 AND j.register = $2 AND j.record = $3 AND j.seq < $4"
                     " AND j.action IN ('create', 'change', 'delete', 'erase')"
                     " ORDER BY j.seq DESC LIMIT $5",
                     ARGS(INT(registry->tx->tenant), INT(no), INT(ask->id),
                          INT(ask->before > 0 ? ask->before : INT64_MAX), INT(ask->limit)),
                     err))
        return false;
    *versions = ARENA_ARRAY(registry->arena, struct history_version, rows.count);
    *count = rows.count;
    if (rows.count > 0 && !read_states(registry, &reader, rows_int(&rows, rows.count - 1, 0),
                                       rows_int(&rows, 0, 0), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        int64_t seq = rows_int(&rows, i, 0);
        const struct state *was = find_state(&reader, seq, true);
        const struct state *is = find_state(&reader, seq, false);
        const struct state *dates = is != NULL ? is : was;

        (*versions)[i] = (struct history_version){
            .version = seq,
            .at = rows_int(&rows, i, 1),
            .actor = rows_int(&rows, i, 2),
            .action = rows_text(&rows, i, 3),
            .import = rows_int(&rows, i, 4),
            .actor_name = rows_text(&rows, i, 5),
            .valid_from = dates != NULL ? dates->valid_from : RECORD_ALWAYS,
            .valid_to = dates != NULL ? dates->valid_to : RECORD_FOREVER,
        };
        compare(&reader, was, is, &(*versions)[i]);
    }
    return true;
}

bool history_find_deletion(const struct registry *registry, const struct register_type *type,
                           int64_t id, struct history_deletion *deletion, struct err *err)
{
    struct tx *tx = registry->tx;
    struct rows rows;

    *deletion = (struct history_deletion){0};
    if (record_reach_of(registry, type, POLICY_READ).count > 0)
        return true;
    if (!store_query(tx, registry->arena, &rows,
                     "SELECT j.at, a.name FROM journal j"
                     " LEFT JOIN account a ON a.tenant = j.tenant AND a.id = j.actor"
                     " WHERE j.tenant = $1 AND j.register = $2 AND j.record = $3"
                     " AND j.action = 'delete' AND NOT EXISTS (SELECT 1 FROM record r"
                     " WHERE r.tenant = $1 AND r.register = $2 AND r.id = $3)"
                     " ORDER BY j.seq DESC LIMIT 1",
                     ARGS(INT(tx->tenant), INT(catalog_no(registry->catalog, type)), INT(id)), err))
        return false;
    if (rows.count > 0)
        *deletion = (struct history_deletion){rows_int(&rows, 0, 0), rows_text(&rows, 0, 1)};
    return true;
}

bool history_erase(const struct registry *registry, const struct history_erasure *erasure,
                   int64_t *erased, struct err *err)
{
    struct tx *tx = registry->tx;
    int64_t no = erasure->no, id = erasure->id;
    struct str reason = str_trim(erasure->reason);
    struct buf detail = {.arena = registry->arena};
    struct rows rows;

    if (!utf8_is_valid(reason) || utf8_length(reason) < REASON_MIN ||
        utf8_length(reason) > REASON_MAX)
        return err_set(err, ERR_INPUT, "a reason of %d to %d letters is needed", REASON_MIN,
                       REASON_MAX);
    buf_add(&detail, STR("{\"reason\":"));
    json_write_text(&detail, reason);
    buf_char(&detail, '}');
    if (!store_query(tx, registry->arena, &rows,
                     "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3 LIMIT 1",
                     ARGS(INT(tx->tenant), INT(no), INT(id)), err))
        return false;
    if (rows.count > 0)
        return err_set(err, ERR_CONFLICT, "the record is in use: delete it first");
    if (!store_change(tx,
                      "UPDATE history SET salt = NULL, title = NULL, body = NULL"
                      " WHERE tenant = $1 AND register = $2 AND id = $3 AND body IS NOT NULL",
                      ARGS(INT(tx->tenant), INT(no), INT(id)), erased, err))
        return false;
    if (*erased == 0)
        return err_set(err, ERR_ABSENT, "nothing is kept of such a record");
    if (!publication_erase(tx, no, id, err))
        return false;
    struct journal_entry entry = {.at = registry->now,
                                  .actor = erasure->actor,
                                  .action = STR("erase"),
                                  .no = no,
                                  .record = id,
                                  .detail = buf_str(&detail)};
    return journal_add(tx, &entry, err);
}
