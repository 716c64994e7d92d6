#include "registry/import_run.h"

#include "core/time.h"
#include "core/vec.h"
#include "registry/import_batch.h"

#include <string.h>

struct lines {
    int64_t *items;
    size_t count;
    size_t cap;
};

/* A pass on its way. */
struct pass {
    struct import_run *run;
    struct import_rows rows;
    struct import_seen seen[2]; /* of the batch being prepared and the one on its way */
    struct import_batch batches[2];
    struct lines deferred;
    size_t late_at;         /* which of mark.lines is next */
    int64_t row;            /* consumed */
    struct source_row held; /* waits for the commit */
    bool has_held, is_over, is_stopping;
    struct arena *held_arena;
};

void import_run_print(struct buf *buf, const struct import_counts *counts,
                      const struct import_mark *mark)
{
    buf_printf(buf,
               "{\"rows\":%lld,\"created\":%lld,\"changed\":%lld,\"same\":%lld,\"kept\":%lld,"
               "\"wrong\":%lld,\"errors\":%lld",
               (long long)counts->rows, (long long)counts->created, (long long)counts->changed,
               (long long)counts->same, (long long)counts->kept, (long long)counts->wrong,
               (long long)counts->errors);
    buf_printf(buf, ",\"dry\":%s,\"undone\":%lld,\"undo_kept\":%lld",
               counts->is_dry ? "true" : "false", (long long)counts->undone,
               (long long)counts->undo_kept);
    buf_printf(buf, ",\"section\":%lld,\"at\":%lld,\"late\":%s,\"lines\":[",
               (long long)mark->section, (long long)mark->row, mark->is_late ? "true" : "false");
    for (size_t i = 0; i < mark->line_count; i++) {
        if (i > 0)
            buf_char(buf, ',');
        buf_int(buf, mark->lines[i]);
    }
    buf_add(buf, STR("]}"));
}

void import_run_parse(struct arena *arena, struct str text, struct import_counts *counts,
                      struct import_mark *mark)
{
    struct json *json;
    const struct json *lines;
    struct err err;

    *counts = (struct import_counts){0};
    *mark = (struct import_mark){0};
    if (text.len == 0 || !json_parse(arena, text, NULL, &json, &err))
        return;
    counts->rows = json_find_int(json, STR("rows"), 0);
    counts->created = json_find_int(json, STR("created"), 0);
    counts->changed = json_find_int(json, STR("changed"), 0);
    counts->same = json_find_int(json, STR("same"), 0);
    counts->kept = json_find_int(json, STR("kept"), 0);
    counts->wrong = json_find_int(json, STR("wrong"), 0);
    counts->errors = json_find_int(json, STR("errors"), 0);
    counts->undone = json_find_int(json, STR("undone"), 0);
    counts->undo_kept = json_find_int(json, STR("undo_kept"), 0);
    counts->is_dry = json_is_true(json_find(json, STR("dry")));
    mark->section = json_find_int(json, STR("section"), 0);
    mark->row = json_find_int(json, STR("at"), 0);
    mark->is_late = json_is_true(json_find(json, STR("late")));
    lines = json_find(json, STR("lines"));
    if (lines == NULL || lines->kind != JSON_ARRAY)
        return;
    mark->lines = ARENA_ARRAY(arena, int64_t, lines->count + 1);
    for (const struct json *line = lines->first; line != NULL; line = line->next)
        mark->line_count += json_int(line, &mark->lines[mark->line_count]);
}

/* Whether this row is to be done in this pass. */
static bool is_wanted(struct pass *pass, const struct source_row *row)
{
    const struct import_mark *mark = &pass->run->mark;

    pass->row++;
    if (!mark->is_late)
        return pass->row > mark->row;
    while (pass->late_at < mark->line_count && mark->lines[pass->late_at] < row->line)
        pass->late_at++;
    if (pass->late_at >= mark->line_count || mark->lines[pass->late_at] != row->line)
        return false;
    pass->late_at++;
    return true;
}

static struct source_row copy_row(struct arena *arena, const struct source_row *row, size_t count)
{
    struct source_row copy = *row;

    if (row->cells != NULL) {
        struct source_cell *cells = ARENA_ARRAY(arena, struct source_cell, count);

        for (size_t i = 0; i < count; i++) {
            cells[i] = row->cells[i];
            cells[i].text = str_copy(arena, row->cells[i].text);
            if (row->cells[i].json != NULL)
                cells[i].json = json_copy(arena, row->cells[i].json);
        }
        copy.cells = cells;
    }
    return copy;
}

static void hold(struct pass *pass, const struct source_row *row)
{
    arena_reset(pass->held_arena);
    pass->held = copy_row(pass->held_arena, row, pass->run->source->column_count);
    pass->has_held = true;
}

/*
 * A row that was done before the import was interrupted, or in an earlier pass of it: what
 * it speaks of is spoken for.
 */
static bool pass_over(struct pass *pass, struct arena *arena, const struct source_row *row,
                      struct err *err)
{
    struct import_item item;

    return pass->run->claimed == NULL || !pass->run->is_resumed ||
           import_row_prepare(&pass->rows, arena, row, &item, err);
}

/* The next row to be done; cells NULL without a fault at the end. */
static bool next_row(struct pass *pass, struct arena *arena, struct source_row *row,
                     struct err *err)
{
    struct source *source = pass->run->source;

    if (pass->has_held) {
        *row = copy_row(arena, &pass->held, source->column_count);
        pass->has_held = false;
        return true;
    }
    for (;;) {
        if (!source->next(source, arena, row, err))
            return err_while(err, "row %lld", (long long)pass->row + 1);
        if (row->cells == NULL && row->fault.len == 0) {
            pass->is_over = true;
            return true;
        }
        if (is_wanted(pass, row))
            return true;
        if (!pass_over(pass, arena, row, err))
            return false;
    }
}

static void note_made(struct pass *pass, const struct import_item *item)
{
    struct import_run *run = pass->run;
    struct import_seen *seen = pass->rows.seen;
    int64_t id = item->draft_count > 0 ? item->drafts[item->draft_count - 1].id : 1;

    if (item->outcome != IMPORT_CREATES && item->outcome != IMPORT_CHANGES)
        return;
    if (item->hash != 0)
        import_seen_put(seen, item->hash, id);
    if (item->draft_count > 0)
        import_seen_put(seen, import_seen_hash_id(pass->rows.no, id), id);
    if (run->made != NULL && item->outcome == IMPORT_CREATES && !run->is_dry)
        import_seen_put(run->made, (uint64_t)id, id);
}

/* In a dry run nothing is ever committed: what was seen stands for what is there. */
static void settle_dry(struct pass *pass, struct import_item *item)
{
    bool is_known = item->hash != 0 && import_seen_find(pass->rows.seen, item->hash) != 0;

    if (item->outcome == IMPORT_WAITS)
        item->outcome = is_known ? IMPORT_CHANGES : IMPORT_CREATES;
}

/* False when the row waits: the batch ends before it. */
static bool take_item(struct pass *pass, struct import_batch *batch, struct import_item *item,
                      struct err *err)
{
    if (pass->run->is_dry)
        settle_dry(pass, item);
    if (item->outcome == IMPORT_WAITS && batch->count == 0 && !pass->batches[0].is_queued &&
        !pass->batches[1].is_queued)
        return err_set(err, ERR_BROKEN, "line %lld waits for nothing", (long long)item->row.line);
    if (item->outcome == IMPORT_WAITS) {
        hold(pass, &item->row);
        return true;
    }
    if (item->outcome == IMPORT_DEFERS) {
        if (pass->deferred.count >= IMPORT_RUN_DEFERRED_MAX)
            return err_set(err, ERR_LIMIT,
                           "over %d rows refer to rows below them: sort the file so that what is "
                           "referred to comes first",
                           IMPORT_RUN_DEFERRED_MAX);
        VEC_PUSH(pass->run->arena, &pass->deferred, item->row.line);
    }
    note_made(pass, item);
    item->at = pass->row;
    batch->count++;
    return true;
}

static bool fill_rows(struct pass *pass, struct import_batch *batch, struct err *err)
{
    while (batch->count < IMPORT_RUN_ROWS && arena_size(batch->arena) < IMPORT_BATCH_BYTES) {
        struct import_item *item = &batch->items[batch->count];
        struct source_row row;

        if (!next_row(pass, batch->arena, &row, err))
            return false;
        if (pass->is_over)
            break;
        if (!import_row_prepare(&pass->rows, batch->arena, &row, item, err) ||
            !take_item(pass, batch, item, err))
            return err_while(err, "line %lld", (long long)row.line);
        if (pass->has_held)
            break;
    }
    return true;
}

static bool fill(struct pass *pass, struct import_batch *batch, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    import_batch_reset(batch);
    if (!tx_read(&tx, pass->run->tenant, err))
        return false;
    pass->rows.values.tx = &tx;
    bool ok = fill_rows(pass, batch, err);
    pass->rows.values.tx = NULL;
    batch->position = pass->run->source->position;
    return ok;
}

/* What is left to do when everything prepared so far is written. */
static struct import_mark mark_of(struct pass *pass)
{
    const struct import_mark *old = &pass->run->mark;
    size_t left = old->is_late ? old->line_count - pass->late_at + pass->has_held : 0;
    struct import_mark mark = {.section = old->section, .is_late = old->is_late};

    mark.row = old->is_late ? old->row : pass->row - pass->has_held;
    mark.lines = ARENA_ARRAY(pass->run->arena, int64_t, pass->deferred.count + left + 1);
    for (size_t i = 0; i < pass->deferred.count; i++)
        mark.lines[mark.line_count++] = pass->deferred.items[i];
    for (size_t i = old->line_count - left; i < old->line_count; i++)
        if (mark.line_count == 0 || mark.lines[mark.line_count - 1] < old->lines[i])
            mark.lines[mark.line_count++] = old->lines[i];
    return mark;
}

static bool finish(struct pass *pass, struct import_batch *batch, struct err *err)
{
    struct import_run *run = pass->run;

    if (!batch->is_queued)
        return true;
    if (!import_batch_wait(batch, err))
        return false;
    run->counts = batch->counts;
    if (run->first_fault.len == 0 && batch->first_fault.len > 0)
        run->first_fault = str_copy(run->arena, batch->first_fault);
    return run->report == NULL || run->report(run, &pass->is_stopping, err);
}

static bool run_batches(struct pass *pass, struct err *err)
{
    for (int turn = 0;; turn ^= 1) {
        struct import_batch *batch = &pass->batches[turn];

        if (!pass->run->is_dry)
            import_seen_clear(&pass->seen[turn]);
        pass->rows.seen = pass->run->is_dry ? &pass->seen[0] : &pass->seen[turn];
        pass->rows.values.seen = pass->rows.seen;
        if (!fill(pass, batch, err) || !finish(pass, &pass->batches[turn ^ 1], err))
            return false;
        if (pass->is_stopping)
            return true;
        if (batch->count > 0)
            import_batch_queue(batch, &pass->run->counts, mark_of(pass));
        if ((pass->has_held || pass->is_over) && !finish(pass, batch, err))
            return false;
        if (pass->has_held && !pass->run->is_dry)
            import_seen_clear(&pass->seen[turn]);
        if (pass->is_over || pass->is_stopping)
            return true;
    }
}

static void clean(struct pass *pass)
{
    for (int i = 0; i < 2; i++) {
        import_batch_done(&pass->batches[i]);
        import_seen_done(&pass->seen[i]);
    }
    import_row_done(&pass->rows);
    arena_close(&pass->held_arena);
}

bool import_run_pass(struct import_run *run, bool *is_stopping, struct err *err)
{
    CLEANUP(clean) struct pass pass = {.run = run};

    if (!import_row_init(&pass.rows, run->arena, run->catalog, run->type, run->options, err))
        return false;
    pass.rows.import = run->import;
    pass.rows.is_dry = run->is_dry;
    pass.rows.is_new = run->is_new;
    pass.rows.made = run->made;
    pass.rows.is_gar = run->is_gar;
    pass.rows.claimed = run->claimed;
    pass.rows.defers = !run->is_final;
    pass.rows.defers_any = run->defers_any;
    pass.rows.skips_keyless = run->skips_keyless;
    pass.held_arena = arena_open(0);
    pass.seen[0].other = &pass.seen[1];
    pass.seen[1].other = &pass.seen[0];
    for (int i = 0; i < 2; i++)
        import_batch_init(&pass.batches[i], run, &pass.rows);
    if (!run_batches(&pass, err))
        return false;
    *is_stopping = pass.is_stopping;
    if (!pass.is_stopping) {
        run->mark = mark_of(&pass);
        run->mark.is_late = true;
    }
    return true;
}
