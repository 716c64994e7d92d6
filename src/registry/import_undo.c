#include "registry/import_undo.h"

#include "core/id.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/import_run.h"
#include "store/rows.h"

enum {
    BATCH = 200,
};

/* A record the import wrote. */
struct touched {
    int64_t no;
    int64_t id;
    int64_t first; /* the journal number of the import's first entry on it */
};

enum fate {
    FATE_BACK,
    FATE_DONE, /* put back before, by this undo */
    FATE_CHANGED,
    FATE_REFERENCED,
};

struct task {
    const struct touched *touched;
    enum fate fate;
    struct str title;
    struct record_draft *drafts;
    size_t count;
};

struct undo {
    struct worker_task *worker;
    const struct catalog *catalog;
    struct import *import;
    VEC(struct touched) all;
    struct arena *arena; /* of the present batch */
    struct task *tasks;
    size_t at;       /* how many of all come before the tasks */
    size_t from, to; /* the tasks the present write is about */
    struct import_counts next;
};

static bool add_touched(void *data, const struct rows *row, struct err *err)
{
    struct undo *undo = data;

    (void)err;
    VEC_PUSH(undo->worker->arena, &undo->all,
             (struct touched){rows_int(row, 0, 0), rows_int(row, 0, 1), rows_int(row, 0, 2)});
    return true;
}

/* The last written first, so that what refers goes before what is referred to. */
static bool find_touched(struct undo *undo, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, undo->worker->tenant, err) &&
           store_each(&tx,
                      "SELECT register, record, MIN(seq) FROM journal WHERE tenant = $1"
                      " AND cause = $2 AND record IS NOT NULL GROUP BY register, record"
                      " ORDER BY 3 DESC",
                      ARGS(INT(tx.tenant), INT(undo->import->id)), add_touched, undo, err);
}

/* Whether someone else wrote it since, or this undo did. */
static bool read_fate(struct tx *tx, struct undo *undo, struct task *task, struct err *err)
{
    const struct touched *touched = task->touched;
    struct rows rows;

    if (!store_query(tx, undo->arena, &rows,
                     "SELECT COALESCE(cause, 0) FROM journal WHERE tenant = $1 AND register = $2"
                     " AND record = $3 AND seq > $4 AND (cause IS NULL OR cause <> $5)"
                     " AND action IN ('create', 'change', 'delete', 'erase')"
                     " ORDER BY seq DESC LIMIT 1",
                     ARGS(INT(tx->tenant), INT(touched->no), INT(touched->id), INT(touched->first),
                          INT(undo->import->id)),
                     err))
        return false;
    if (rows.count > 0)
        task->fate = rows_int(&rows, 0, 0) == -undo->import->id ? FATE_DONE : FATE_CHANGED;
    return true;
}

/* What was believed before the import's first entry, of the slices it ended. */
static bool read_before(struct tx *tx, struct undo *undo, const struct touched *touched,
                        struct record **before, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, undo->arena, &rows,
                     "SELECT valid_from, valid_to, title, body FROM history WHERE tenant = $1"
                     " AND register = $2 AND id = $3 AND known_from < $4 AND known_to >= $4"
                     " AND body IS NOT NULL ORDER BY valid_from",
                     ARGS(INT(tx->tenant), INT(touched->no), INT(touched->id), INT(touched->first)),
                     err))
        return false;
    *before = ARENA_ARRAY(undo->arena, struct record, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*before)[i] = (struct record){.no = touched->no,
                                       .id = touched->id,
                                       .valid_from = rows_int(&rows, i, 0),
                                       .valid_to = rows_int(&rows, i, 1),
                                       .title = rows_text(&rows, i, 2),
                                       .body = rows_text(&rows, i, 3)};
    return true;
}

static struct record *find_slice(struct record *records, size_t count, int64_t from)
{
    for (size_t i = 0; i < count; i++)
        if (records[i].valid_from == from)
            return &records[i];
    return NULL;
}

/* back is NULL: it was not there; old is NULL: it is there no more. */
static bool add_draft(struct tx *tx, struct undo *undo, struct task *task, const struct record *old,
                      const struct record *back, struct err *err)
{
    struct record_draft *draft = &task->drafts[task->count++];
    struct flaws flaws = {0};
    struct json *value = NULL;

    if (back != NULL && !json_parse(undo->arena, back->body,
                                    &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value, err))
        return false;
    *draft = (struct record_draft){
        .act = back == NULL  ? RECORD_DELETE
               : old == NULL ? RECORD_CREATE
                             : RECORD_CHANGE,
        .type = catalog_type(undo->catalog, task->touched->no),
        .value = value,
        .id = task->touched->id,
        .old = old,
        .import = -undo->import->id,
        .now = time_now(),
        .is_upkeep = true,
        .valid_from = back != NULL ? back->valid_from : old->valid_from,
        .valid_to = back != NULL ? back->valid_to : old->valid_to,
    };
    return record_prepare(tx, undo->arena, undo->catalog, draft, &flaws, err);
}

/* Deletions first: what they leave free, changes take. */
static bool plan(struct tx *tx, struct undo *undo, struct task *task, struct err *err)
{
    const struct touched *touched = task->touched;
    struct record *now;
    struct record *before;
    size_t now_count;
    size_t before_count;

    if (!record_slices(&(struct registry){tx, undo->arena, undo->catalog, 0, NULL}, touched->no,
                       touched->id, &now, &now_count, err) ||
        !read_before(tx, undo, touched, &before, &before_count, err))
        return false;
    task->title = now_count > 0 ? now[0].title : (struct str){0};
    task->drafts = ARENA_ARRAY(undo->arena, struct record_draft, now_count + before_count + 1);
    for (size_t i = 0; i < now_count; i++)
        if (now[i].import == undo->import->id &&
            find_slice(before, before_count, now[i].valid_from) == NULL &&
            !add_draft(tx, undo, task, &now[i], NULL, err))
            return false;
    for (size_t i = 0; i < before_count; i++) {
        struct record *old = find_slice(now, now_count, before[i].valid_from);

        if (!add_draft(tx, undo, task, old, &before[i], err))
            return false;
    }
    return true;
}

/* Records this import did not make may refer to it and would be changed by its deletion. */
static bool find_clearing(struct tx *tx, struct undo *undo, struct task *task, struct err *err)
{
    const struct model *model = undo->catalog->model;
    const struct register_type *type = catalog_type(undo->catalog, task->touched->no);
    bool deletes = task->count > 0;

    for (size_t i = 0; i < task->count; i++)
        deletes &= task->drafts[i].act == RECORD_DELETE;
    for (size_t i = 0; deletes && i < model->type_count; i++)
        for (size_t f = 0; f < model->types[i]->field_count; f++) {
            const struct register_field *field = &model->types[i]->fields[f];
            struct query *query;
            struct rows rows;

            if (field->ref_index != type->index || field->on_delete != FIELD_CLEAR)
                continue;
            query = query_new(undo->arena, "id", tx->tenant,
                              catalog_no(undo->catalog, model->types[i]));
            query_where(query, (enum query_column)field->slot, QUERY_EQ, INT(task->touched->id));
            query_limit(query, 1);
            if (!layout_need_field(undo->catalog, model->types[i], field, err) ||
                !query_run(query, tx, undo->arena, &rows, err))
                return false;
            if (rows.count > 0)
                task->fate = FATE_REFERENCED;
        }
    return true;
}

bool import_undo_is_refusal(enum err_code code)
{
    return code == ERR_INPUT || code == ERR_CONFLICT || code == ERR_ABSENT || code == ERR_DENIED;
}

static bool prepare(struct tx *tx, struct undo *undo, struct task *task, struct err *err)
{
    struct err fault;

    if (catalog_type(undo->catalog, task->touched->no) == NULL) {
        task->fate = FATE_CHANGED;
        return true;
    }
    if (!read_fate(tx, undo, task, err))
        return false;
    if (task->fate != FATE_BACK)
        return true;
    if (plan(tx, undo, task, &fault))
        return find_clearing(tx, undo, task, err);
    if (!import_undo_is_refusal(fault.code)) {
        *err = fault;
        return false;
    }
    task->fate = FATE_CHANGED;
    return true;
}

static bool list_kept(struct tx *tx, struct undo *undo, const struct task *task, struct err *err)
{
    const struct register_type *type = catalog_type(undo->catalog, task->touched->no);
    int64_t no = ++undo->next.undo_kept;

    if (no > IMPORT_ERRORS_MAX)
        return true;
    return store_exec(
        tx,
        "INSERT INTO import_error (tenant, import, no, line, field, message, value)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        ARGS(INT(tx->tenant), INT(undo->import->id), INT(no), INT(task->touched->id),
             TEXT(type != NULL ? type->id : (struct str){0}),
             TEXT(task->fate == FATE_REFERENCED ? STR("referenced ") : STR("changed ")),
             TEXT(task->title)),
        err);
}

static bool apply_task(struct tx *tx, struct undo *undo, struct task *task, struct err *err)
{
    if (task->fate == FATE_DONE)
        return true;
    if (task->fate != FATE_BACK)
        return list_kept(tx, undo, task, err);
    for (size_t i = 0; i < task->count; i++)
        if (!record_apply(tx, &task->drafts[i], undo->worker->job.actor, time_now(), err))
            return false;
    undo->next.undone++;
    return true;
}

static bool apply(struct tx *tx, void *data, struct err *err)
{
    struct undo *undo = data;
    struct buf counts = {.arena = undo->arena};
    /* Those before it are put back, or listed as kept: neither is done twice. */
    struct import_mark mark = {.row = (int64_t)(undo->at + undo->to)};

    undo->next = undo->import->counts;
    for (size_t i = undo->from; i < undo->to; i++)
        if (!apply_task(tx, undo, &undo->tasks[i], err))
            return false;
    import_run_print(&counts, &undo->next, &mark);
    return store_exec(tx, "UPDATE import SET counts = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(undo->import->id), TEXT(buf_str(&counts))), err);
}

static bool write_range(struct undo *undo, size_t from, size_t to, struct err *err)
{
    undo->from = from;
    undo->to = to;
    if (!tenant_write_wait(undo->worker->tenant, apply, undo, err))
        return false;
    undo->import->counts = undo->next;
    return true;
}

/* One by one: whom the writer refuses is kept. */
static bool write_singly(struct undo *undo, size_t count, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        struct err fault;

        if (write_range(undo, i, i + 1, &fault))
            continue;
        if (fault.code != ERR_CONFLICT) {
            *err = fault;
            return false;
        }
        undo->tasks[i].fate = FATE_REFERENCED;
        if (!write_range(undo, i, i + 1, err))
            return false;
    }
    return true;
}

static bool run_batch(struct undo *undo, size_t at, size_t count, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(256 * 1024);
    CLEANUP(tx_done) struct tx tx = {0};
    struct err fault;

    undo->arena = arena;
    undo->at = at;
    undo->tasks = ARENA_ARRAY(arena, struct task, count);
    if (!tx_read(&tx, undo->worker->tenant, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        undo->tasks[i].touched = &undo->all.items[at + i];
        if (!prepare(&tx, undo, &undo->tasks[i], err))
            return false;
    }
    tx_done(&tx);
    if (write_range(undo, 0, count, &fault))
        return true;
    if (fault.code == ERR_CONFLICT)
        return write_singly(undo, count, err);
    *err = fault;
    return false;
}

bool import_undo_run(struct worker_task *worker, const struct catalog *catalog,
                     struct import *import, int64_t begin, bool *is_stopping, struct err *err)
{
    struct undo undo = {.worker = worker, .catalog = catalog, .import = import};

    *is_stopping = false;
    if (!find_touched(&undo, err))
        return false;
    for (size_t at = (size_t)begin; at < undo.all.count && !*is_stopping; at += BATCH)
        if (!run_batch(&undo, at, MIN(BATCH, undo.all.count - at), err) ||
            !worker_report(worker, STR("Putting back what stood before"), (int64_t)at,
                           (int64_t)undo.all.count, (struct str){0}, is_stopping, err))
            return false;
    return true;
}
