#include "registry/import_batch.h"

#include "core/time.h"
#include "core/utf8.h"
#include "registry/quota.h"

#include <time.h>

enum {
    VALUE_MAX = 200,          /* characters of a wrong value that are kept */
    FULL_PAUSE_NS = 20000000, /* before a full queue is asked again */
};

void import_batch_init(struct import_batch *batch, struct import_run *run, struct import_rows *rows)
{
    batch->run = run;
    batch->rows = rows;
    batch->arena = arena_open(256 * 1024);
    batch->items = ARENA_ARRAY(run->arena, struct import_item, IMPORT_RUN_ROWS);
    pthread_mutex_init(&batch->mutex, NULL);
    pthread_cond_init(&batch->written, NULL);
}

static void wait_written(struct import_batch *batch)
{
    pthread_mutex_lock(&batch->mutex);
    while (!batch->is_written)
        pthread_cond_wait(&batch->written, &batch->mutex);
    pthread_mutex_unlock(&batch->mutex);
}

void import_batch_done(struct import_batch *batch)
{
    if (batch->arena == NULL)
        return;
    if (batch->is_queued)
        wait_written(batch);
    pthread_mutex_destroy(&batch->mutex);
    pthread_cond_destroy(&batch->written);
    arena_close(&batch->arena);
}

void import_batch_reset(struct import_batch *batch)
{
    arena_reset(batch->arena);
    batch->count = 0;
    batch->first_fault = (struct str){0};
}

static void tally(struct import_counts *counts, const struct import_item *item)
{
    if (item->outcome == IMPORT_DEFERS || item->outcome == IMPORT_WAITS)
        return;
    counts->rows++;
    counts->created += item->outcome == IMPORT_CREATES;
    counts->changed += item->outcome == IMPORT_CHANGES;
    counts->same += item->outcome == IMPORT_SAME;
    counts->kept += item->outcome == IMPORT_KEEPS;
    counts->wrong += item->outcome == IMPORT_IS_WRONG;
}

static bool put_error(struct tx *tx, struct import_batch *batch, const struct import_item *item,
                      const struct flaw *flaw, int64_t no, struct err *err)
{
    struct str message = str_printf(batch->arena, "%s %.*s", flaw->id, STR_ARG(flaw->detail));
    struct str field = str_slice(flaw->path, 1, flaw->path.len);
    struct str value = import_row_text(batch->rows, batch->arena, &item->row, field);

    return store_exec(tx,
                      "INSERT INTO import_error (tenant, import, no, line, field, message, value)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
                      ARGS(INT(tx->tenant), INT(batch->run->import), INT(no), INT(item->row.line),
                           TEXT(field), TEXT(message), TEXT(utf8_head(value, VALUE_MAX))),
                      err);
}

static bool put_errors(struct tx *tx, struct import_batch *batch, const struct import_item *item,
                       struct err *err)
{
    for (const struct flaw *flaw = item->flaws.first; flaw != NULL; flaw = flaw->next) {
        int64_t no = ++batch->next.errors;

        if (batch->run->import != 0 && no <= IMPORT_ERRORS_MAX &&
            !put_error(tx, batch, item, flaw, no, err))
            return false;
    }
    return true;
}

static bool keep_place(struct tx *tx, struct import_batch *batch, struct err *err)
{
    struct buf counts = {.arena = batch->arena};
    struct import_mark mark = batch->mark;

    if (batch->run->import == 0)
        return true;
    /* Only a part of the batch: the lines left are done again when it is interrupted now. */
    if (batch->to < batch->count && !mark.is_late)
        mark.row = batch->items[batch->to - 1].at;
    import_run_print(&counts, &batch->next, &mark);
    return store_exec(tx, "UPDATE import SET counts = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(batch->run->import), TEXT(buf_str(&counts))), err);
}

static bool apply_item(struct tx *tx, struct import_batch *batch, struct import_item *item,
                       struct err *err)
{
    const struct import_run *run = batch->run;
    bool writes = item->outcome == IMPORT_CREATES || item->outcome == IMPORT_CHANGES;

    tally(&batch->next, item);
    batch->is_refused = false;
    if (!put_errors(tx, batch, item, err))
        return false;
    for (int i = 0; writes && !run->is_dry && i < item->draft_count; i++)
        if (!record_apply(tx, &item->drafts[i], run->actor, time_now(), err)) {
            batch->is_refused = true;
            return false;
        }
    return true;
}

/* On the writer thread, perhaps more than once. */
static bool apply(struct tx *tx, void *data, struct err *err)
{
    struct import_batch *batch = data;

    batch->next = batch->base;
    for (size_t i = batch->from; i < batch->to; i++)
        if (!apply_item(tx, batch, &batch->items[i], err))
            return false;
    return keep_place(tx, batch, err);
}

static void on_written(struct store_write *write)
{
    struct import_batch *batch = write->data;

    pthread_mutex_lock(&batch->mutex);
    batch->is_written = true;
    pthread_cond_signal(&batch->written);
    pthread_mutex_unlock(&batch->mutex);
}

static void queue_range(struct import_batch *batch, size_t from, size_t to)
{
    batch->from = from;
    batch->to = to;
    batch->is_written = false;
    batch->write = (struct store_write){.run = apply, .data = batch, .done = on_written};
    tenant_write(batch->run->tenant, &batch->write);
}

static void note_fault(struct import_batch *batch, const struct import_item *item)
{
    const struct flaw *flaw = item->flaws.first;

    if (flaw != NULL && batch->first_fault.len == 0)
        batch->first_fault = str_printf(
            batch->arena, "line %lld, %.*s: %s %.*s", (long long)item->row.line,
            STR_ARG(str_slice(flaw->path, 1, flaw->path.len)), flaw->id, STR_ARG(flaw->detail));
}

void import_batch_queue(struct import_batch *batch, const struct import_counts *counts,
                        struct import_mark mark)
{
    batch->base = *counts;
    batch->mark = mark;
    batch->is_queued = true;
    for (size_t i = 0; i < batch->count; i++)
        note_fault(batch, &batch->items[i]);
    queue_range(batch, 0, batch->count);
}

/* Where there is no room for more the rows are right: the import goes on when there is. */
static bool is_the_rows(const struct err *err)
{
    return err->code == ERR_CONFLICT || err->code == ERR_INPUT || err->code == ERR_ABSENT ||
           (err->code == ERR_LIMIT && !quota_is_full(err));
}

/* Waits for the present write; asks again while the writer's queue is full. */
static bool settle(struct import_batch *batch)
{
    for (;;) {
        wait_written(batch);
        /* Packs renewed in the middle: the job begins again with the new ones. */
        if (batch->write.ok || batch->write.err.code != ERR_UNAVAILABLE || batch->is_refused)
            break;
        nanosleep(&(struct timespec){.tv_nsec = FULL_PAUSE_NS}, NULL);
        queue_range(batch, batch->from, batch->to);
    }
    if (batch->write.ok)
        batch->base = batch->next;
    return batch->write.ok;
}

/* Someone changed what the row is about since it was prepared: it is prepared again, once. */
static bool repeat(struct import_batch *batch, size_t at, struct err *err)
{
    struct import_rows *rows = batch->rows;
    CLEANUP(tx_done) struct tx tx = {0};
    struct import_item *item = &batch->items[at];
    struct source_row row = item->row;
    int64_t place = item->at;
    struct str why;

    if (!tx_read(&tx, batch->run->tenant, err))
        return false;
    rows->values.tx = &tx;
    if (!import_row_prepare(rows, batch->arena, &row, item, err))
        return false;
    item->at = place;
    if (item->outcome == IMPORT_WAITS || item->outcome == IMPORT_DEFERS)
        item->outcome = IMPORT_IS_WRONG;
    tx_done(&tx);
    queue_range(batch, at, at + 1);
    if (settle(batch))
        return true;
    if (!is_the_rows(&batch->write.err)) {
        *err = batch->write.err;
        return false;
    }
    why = str_copy(batch->arena, str_from_z(batch->write.err.text));
    item->outcome = IMPORT_IS_WRONG;
    flaws_add(&item->flaws, batch->arena, STR("/"), "conflict", why);
    note_fault(batch, item);
    queue_range(batch, at, at + 1);
    if (settle(batch))
        return true;
    *err = batch->write.err;
    return false;
}

/* Halves what was refused until the rows at fault are alone. */
static bool divide(struct import_batch *batch, size_t from, size_t to, struct err *err)
{
    size_t middle = from + (to - from) / 2;

    if (to - from == 1)
        return repeat(batch, from, err);
    for (int half = 0; half < 2; half++) {
        size_t start = half == 0 ? from : middle;
        size_t end = half == 0 ? middle : to;

        queue_range(batch, start, end);
        if (settle(batch))
            continue;
        if (!is_the_rows(&batch->write.err)) {
            *err = batch->write.err;
            return false;
        }
        if (!divide(batch, start, end, err))
            return false;
    }
    return true;
}

bool import_batch_wait(struct import_batch *batch, struct err *err)
{
    if (!settle(batch)) {
        if (!is_the_rows(&batch->write.err)) {
            *err = batch->write.err;
            batch->is_queued = false;
            return false;
        }
        if (!divide(batch, 0, batch->count, err)) {
            batch->is_queued = false;
            return false;
        }
    }
    batch->is_queued = false;
    batch->counts = batch->base;
    return true;
}
