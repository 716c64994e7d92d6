#include "registry/record_reindex.h"

#include "core/time.h"
#include "core/vec.h"
#include "registry/record_prepare.h"
#include "registry/record_rebuild.h"
#include "registry/record_retitle.h"
#include "store/news.h"
#include "store/rows.h"

/*
 * Invariants:
 * 1. A record is rebuilt when its id <= slots_to, and in the search when its id <= words_to
 *    (NULL: all are). Records are visited by id, so new ones, whose ids are the largest, are
 *    visited too: they are right already, and cost no write.
 * 2. Slots and titles of all registers come before words: words are made of titles.
 * 3. layout_was is what rows behind slots_to may still have; after a second upgrade in the
 *    middle of a rebuild it is "", and no slot is trusted.
 * 4. Everything that reads by a slot asks layout.h; record_apply rebuilds a record that it
 *    changes and that has not had its turn.
 */
enum {
    PUT_OFF_MS = 10 * 60 * 1000,
    BATCH = 100, /* records in one transaction: some 10 ms of the writer */
};

#define KIND STR("registry.reindex")

static bool put_job(struct tx *tx, int64_t actor, int64_t now, struct err *err)
{
    struct job job = {.kind = KIND, .payload = STR("{}"), .actor = actor, .put_at = now};
    int64_t id;

    return job_put(tx, &job, now, &id, err);
}

/* What an install means for one register. */
struct change {
    bool slots; /* or titles: rows are written anew */
    bool words;
};

static bool names_list(const struct record_reindex_plan *plan, const struct register_field *field)
{
    for (size_t i = 0; i < plan->list_count; i++)
        if (field->type == FIELD_CODE && str_equal(field->list, plan->lists[i]))
            return true;
    return false;
}

/* Titles of codes stand in the titles of records and in their words. */
static void add_lists(const struct record_reindex_plan *plan, const struct register_type *type,
                      struct change *change)
{
    for (size_t i = 0; i < type->field_count; i++)
        change->slots |= type->fields[i].is_in_title && names_list(plan, &type->fields[i]);
    for (size_t i = 0; i < type->search_count; i++)
        change->words |= names_list(plan, &type->fields[type->search[i]]);
}

enum column {
    COLUMN_NO,
    COLUMN_TOTAL,
    COLUMN_LAYOUT,
    COLUMN_WAS,
};

static bool add_register(struct tx *tx, const struct register_type *type, struct str layout,
                         struct err *err)
{
    return store_exec(
        tx,
        "INSERT INTO register_no (tenant, no, name, total, version, layout)"
        " SELECT $1, COALESCE(MAX(no), 0) + 1, $2, 0, $3, $4 FROM register_no"
        " WHERE tenant = $1",
        ARGS(INT(tx->tenant), TEXT(type->id), TEXT(type->pack->version), TEXT(layout)), err);
}

/* Invariant 3. Without records there is nothing to rebuild, but drafts may be on their way. */
static bool change_slots(struct tx *tx, const struct rows *row, struct err *err)
{
    bool is_empty = rows_int(row, 0, COLUMN_TOTAL) == 0;
    struct str was = rows_text(row, 0, COLUMN_LAYOUT);

    if (!rows_is_null(row, 0, COLUMN_WAS))
        was = (struct str){0};
    return store_exec(tx,
                      "UPDATE register_no SET layout_was = $3, slots_to = $4,"
                      " edition = edition + 1 WHERE tenant = $1 AND no = $2",
                      ARGS(INT(tx->tenant), INT(rows_int(row, 0, COLUMN_NO)),
                           is_empty ? NONE : TEXT(was), is_empty ? NONE : INT(INT64_MIN)),
                      err);
}

static bool plan_type(struct tx *tx, struct arena *arena, const struct record_reindex_plan *plan,
                      const struct register_type *type, bool *needs_words, struct err *err)
{
    struct str layout = layout_print(arena, plan->model, type);
    struct change change = {0};
    struct rows row;
    struct str was;

    if (!store_query(tx, arena, &row,
                     "SELECT no, total, layout, layout_was FROM register_no"
                     " WHERE tenant = $1 AND name = $2",
                     ARGS(INT(tx->tenant), TEXT(type->id)), err))
        return false;
    if (row.count == 0)
        return add_register(tx, type, layout, err);
    was = rows_text(&row, 0, COLUMN_LAYOUT);
    change.slots =
        !layout_same(was, layout, LAYOUT_SLOTS) || !layout_same(was, layout, LAYOUT_TITLES);
    change.words =
        !layout_same(was, layout, LAYOUT_WORDS) || !layout_same(was, layout, LAYOUT_TITLES);
    add_lists(plan, type, &change);
    *needs_words |= change.words && rows_int(&row, 0, COLUMN_TOTAL) > 0;
    if (change.slots && !change_slots(tx, &row, err))
        return false;
    return store_exec(tx,
                      "UPDATE register_no SET version = $3, layout = $4, edition = edition + $5"
                      " WHERE tenant = $1 AND no = $2",
                      ARGS(INT(tx->tenant), INT(rows_int(&row, 0, COLUMN_NO)),
                           TEXT(type->pack->version), TEXT(layout), INT(change.words)),
                      err);
}

/*
 * The index keeps no contents: what is in it could be taken out only by who knows how it was
 * made.  So it is emptied, and filled anew for all registers.  Those that are not installed
 * any more stay unfilled until they come back.
 */
static bool clear_words(struct tx *tx, struct err *err)
{
    return search_clear(tx, err) &&
           store_exec(tx,
                      "UPDATE register_no SET words_to = $2, edition = edition + 1"
                      " WHERE tenant = $1",
                      ARGS(INT(tx->tenant), INT(INT64_MIN)), err);
}

bool record_reindex_plan(struct tx *tx, struct arena *arena, const struct record_reindex_plan *plan,
                         struct err *err)
{
    bool needs_words = false;
    struct rows rows;

    for (size_t i = 0; i < plan->model->type_count; i++)
        if (!plan_type(tx, arena, plan, plan->model->types[i], &needs_words, err))
            return false;
    if (needs_words && !clear_words(tx, err))
        return false;
    if (!store_query(tx, arena, &rows,
                     "SELECT 1 FROM register_no WHERE tenant = $1"
                     " AND (slots_to IS NOT NULL OR words_to IS NOT NULL) LIMIT 1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    return rows.count == 0 || put_job(tx, plan->actor, plan->now, err);
}

bool record_reindex_words(struct tx *tx, int64_t actor, int64_t now, struct err *err)
{
    return clear_words(tx, err) && put_job(tx, actor, now, err);
}

/* One batch of one register on its way through the writer. */
struct batch {
    struct arena *arena;
    const struct catalog *catalog;
    const struct register_type *type;
    bool is_words;
    bool is_outdated; /* packs were renewed again */
    VEC(int64_t) renamed;
};

static bool index_words(struct tx *tx, struct batch *batch, int64_t id, struct err *err)
{
    struct registry registry = {tx, batch->arena, batch->catalog, time_now(), NULL};
    struct search_entry entry;
    struct record *slices;
    size_t count;

    return record_slices(&registry, catalog_no(batch->catalog, batch->type), id, &slices, &count,
                         err) &&
           record_prepare_entry(&registry, batch->type, slices, count, &entry, err) &&
           search_change(tx, NULL, &entry, err);
}

static bool make_anew(struct tx *tx, struct batch *batch, int64_t id, struct err *err)
{
    struct registry registry = {tx, batch->arena, batch->catalog, time_now(), NULL};
    bool is_renamed;

    if (!record_rebuild(&registry, batch->type, id, &is_renamed, err))
        return false;
    if (is_renamed && batch->type->is_in_other_titles)
        VEC_PUSH(batch->arena, &batch->renamed, id);
    return true;
}

static bool keep_place(struct tx *tx, const struct batch *batch, int64_t to, bool is_last,
                       struct err *err)
{
    static const char *const SQL[][2] = {
        {"UPDATE register_no SET slots_to = $3 WHERE tenant = $1 AND no = $2",
         "UPDATE register_no SET slots_to = NULL, layout_was = NULL"
         " WHERE tenant = $1 AND no = $2"},
        {"UPDATE register_no SET words_to = $3 WHERE tenant = $1 AND no = $2",
         "UPDATE register_no SET words_to = NULL WHERE tenant = $1 AND no = $2"},
    };
    int64_t no = catalog_no(batch->catalog, batch->type);

    return store_exec(tx, SQL[batch->is_words][is_last],
                      is_last ? ARGS(INT(tx->tenant), INT(no))
                              : ARGS(INT(tx->tenant), INT(no), INT(to)),
                      err) &&
           (!is_last || news_tell(tx, NEWS_CATALOG, err));
}

static bool run_batch(struct tx *tx, void *data, struct err *err)
{
    struct batch *batch = data;
    struct registry registry = {tx, batch->arena, batch->catalog, time_now(), NULL};
    int64_t no = catalog_no(batch->catalog, batch->type);
    struct layout_row row;
    struct rows ids;
    int64_t to;

    batch->renamed.count = 0;
    if (!layout_row(tx, batch->arena, no, &row, err))
        return false;
    batch->is_outdated = row.edition != batch->catalog->layouts[batch->type->index].edition;
    to = batch->is_words ? row.words_to : row.slots_to;
    if (batch->is_outdated || to == INT64_MAX)
        return true; /* someone else was here */
    if (!store_query(tx, batch->arena, &ids,
                     "SELECT DISTINCT id FROM record WHERE tenant = $1 AND register = $2"
                     " AND id > $3 ORDER BY id LIMIT $4",
                     ARGS(INT(tx->tenant), INT(no), INT(to), INT(BATCH)), err))
        return false;
    for (size_t i = 0; i < ids.count; i++) {
        to = rows_int(&ids, i, 0);
        if (!(batch->is_words ? index_words : make_anew)(tx, batch, to, err))
            return false;
    }
    if (batch->renamed.count > 0 &&
        !record_retitle_put(&registry, no, batch->renamed.items, batch->renamed.count, err))
        return false;
    return keep_place(tx, batch, to, ids.count < BATCH, err);
}

/* What is to be done next: invariant 2, and registers with few records first. */
static bool find_next(struct tx *tx, struct batch *batch, int64_t *total, struct err *err)
{
    struct rows rows;

    batch->type = NULL;
    if (!store_query(tx, batch->arena, &rows,
                     "SELECT no, slots_to, words_to, total FROM register_no WHERE tenant = $1"
                     " AND (slots_to IS NOT NULL OR words_to IS NOT NULL) ORDER BY total, no",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *total = 0;
    for (int words = 0; words < 2; words++)
        for (size_t i = 0; i < rows.count; i++) {
            const struct register_type *type = catalog_type(batch->catalog, rows_int(&rows, i, 0));
            size_t column = words ? 2 : 1;

            if (type == NULL || rows_is_null(&rows, i, column))
                continue;
            *total += rows_int(&rows, i, 3);
            if (batch->type != NULL)
                continue;
            batch->type = type;
            batch->is_words = words == 1;
        }
    return true;
}

/* One batch; *is_over when there is none. The catalog is read anew where one comes to an end. */
static bool step(struct tenant *tenant, struct model_library *library, int64_t *left, bool *is_over,
                 struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(256 * 1024);
    CLEANUP(tx_done) struct tx tx = {0};
    struct batch batch = {.arena = arena};
    struct layout_row row;

    if (!catalog_get(tenant, library, &batch.catalog, err) || !tx_read(&tx, tenant, err) ||
        !find_next(&tx, &batch, left, err))
        return false;
    tx_done(&tx);
    *is_over = batch.type == NULL;
    if (*is_over)
        return true;
    if (!tenant_write_wait(tenant, run_batch, &batch, err) || !tx_read(&tx, tenant, err) ||
        !layout_row(&tx, arena, catalog_no(batch.catalog, batch.type), &row, err))
        return false;
    tx_done(&tx);
    return (!batch.is_outdated && (batch.is_words ? row.words_to : row.slots_to) != INT64_MAX) ||
           catalog_reload(tenant, library, err);
}

/* A person's stop puts it off: what is half rebuilt cannot stay so. */
static bool put_off(struct tx *tx, void *data, struct err *err)
{
    struct worker_task *task = data;
    struct job job = {.kind = KIND, .payload = STR("{}"), .put_at = time_now()};
    struct job_view view;
    int64_t id;

    return job_get(tx, task->arena, task->job.id, &view, err) &&
           (!view.is_stopping || job_put(tx, &job, job.put_at + PUT_OFF_MS, &id, err));
}

static bool run_reindex(struct worker_task *task, struct str *result, struct err *err)
{
    bool is_stopping = false;
    bool is_over = false;
    int64_t total = 0;
    int64_t left = 0;

    for (int64_t done = 0; !is_over; done += BATCH) {
        if (!step(task->tenant, task->context, &left, &is_over, err))
            return false;
        total = MAX(total, left);
        if (!is_over &&
            !worker_report(task, STR("Preparing the records for the new pack"),
                           MIN(done, total - 1), total, (struct str){0}, &is_stopping, err))
            return false;
        if (is_stopping)
            return tenant_write_wait(task->tenant, put_off, task, err);
    }
    *result = STR("{}");
    return true;
}

const struct worker_kind record_reindex_kind = {STR_INIT("registry.reindex"), run_reindex, NULL};

bool record_reindex_some(struct tenant *tenant, struct model_library *library, int batches,
                         bool *is_over, struct err *err)
{
    int64_t left;

    *is_over = false;
    for (int i = 0; i < batches && !*is_over; i++)
        if (!step(tenant, library, &left, is_over, err))
            return false;
    return true;
}
