#include "registry/record_retitle.h"

#include "core/id.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/record_rebuild.h"
#include "registry/record_title.h"
#include "store/rows.h"

/*
 * The payload is {"register": no, "ids": [id, …]}: the records that were renamed.  The
 * bookmark is "<id>": of ids, those before it are done.  Within one of them the records
 * that refer to it are read from the start again after a restart; those that have their
 * title already cost no write.
 */
enum {
    BATCH = 200, /* records that get their title in one transaction */
};

#define KIND STR("registry.retitle")

bool record_retitle_put(const struct registry *registry, int64_t no, const int64_t *ids,
                        size_t count, struct err *err)
{
    struct buf payload = {.arena = registry->arena};
    struct job job = {.kind = KIND, .put_at = registry->now};
    int64_t id;

    buf_printf(&payload, "{\"register\":%lld,\"ids\":[", (long long)no);
    for (size_t i = 0; i < count; i++)
        buf_printf(&payload, "%s%lld", i > 0 ? "," : "", (long long)ids[i]);
    buf_add(&payload, STR("]}"));
    job.payload = buf_str(&payload);
    return job_put(registry->tx, &job, registry->now, &id, err);
}

bool record_retitle_before(struct tx *tx, struct record_draft *draft, struct str *was,
                           struct err *err)
{
    *was = (struct str){0};
    draft->has_job = false;
    return !draft->type->is_in_other_titles ||
           record_title_own(tx, draft->arena, draft->no, draft->id, was, err);
}

bool record_retitle_after(struct tx *tx, struct record_draft *draft, struct str was, int64_t now,
                          struct err *err)
{
    struct str is;

    /* Nobody names a record that was not there, and nobody may name one that is gone. */
    if (!draft->type->is_in_other_titles || was.len == 0)
        return true;
    if (!record_title_own(tx, draft->arena, draft->no, draft->id, &is, err))
        return false;
    draft->has_job = is.len > 0 && !str_equal(was, is);
    return !draft->has_job ||
           record_retitle_put(&(struct registry){tx, draft->arena, draft->catalog, now, NULL},
                              draft->no, &draft->id, 1, err);
}

/* One batch on its way through the writer. */
struct batch {
    struct arena *arena;
    const struct catalog *catalog;
    const struct register_type *type;
    const int64_t *ids;
    size_t count;
    int64_t now;
    VEC(int64_t) renamed;
};

static bool run_batch(struct tx *tx, void *data, struct err *err)
{
    struct batch *batch = data;
    struct registry registry = {tx, batch->arena, batch->catalog, batch->now, NULL};
    bool is_renamed;
    struct layout_row row;

    batch->renamed.count = 0;
    if (!layout_check(&registry, batch->type, &row, err))
        return false;
    for (size_t i = 0; i < batch->count; i++) {
        if (!record_rebuild(&registry, batch->type, batch->ids[i], &is_renamed, err))
            return false;
        if (is_renamed)
            VEC_PUSH(batch->arena, &batch->renamed, batch->ids[i]);
    }
    return batch->renamed.count == 0 || !batch->type->is_in_other_titles ||
           record_retitle_put(&registry, catalog_no(batch->catalog, batch->type),
                              batch->renamed.items, batch->renamed.count, err);
}

/* Those of a register that name the record in this field, by id. */
struct referers {
    const struct register_type *type;
    const struct register_field *field;
    int64_t id;
};

static bool read_batch(struct worker_task *task, struct batch *batch,
                       const struct referers *referers, int64_t after, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct query *query;
    struct rows rows;
    int64_t *ids;

    if (!tx_read(&tx, task->tenant, err))
        return false;
    query = query_new(batch->arena, "id", tx.tenant, catalog_no(batch->catalog, referers->type));
    query_where(query, (enum query_column)referers->field->slot, QUERY_EQ, INT(referers->id));
    query_after(query, NONE, after);
    query_limit(query, BATCH);
    if (!layout_need_field(batch->catalog, referers->type, referers->field, err) ||
        !query_run(query, &tx, batch->arena, &rows, err))
        return false;
    ids = ARENA_ARRAY(batch->arena, int64_t, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        ids[i] = rows_int(&rows, i, 0);
    batch->ids = ids;
    batch->count = rows.count;
    return true;
}

static bool retitle_referers(struct worker_task *task, const struct catalog *catalog,
                             const struct referers *referers, bool *is_stopping, struct err *err)
{
    int64_t after = INT64_MIN;

    for (size_t count = BATCH; count == BATCH && !*is_stopping;) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct batch batch = {
            .arena = arena, .catalog = catalog, .type = referers->type, .now = time_now()};

        if (!read_batch(task, &batch, referers, after, err) ||
            (batch.count > 0 && !tenant_write_wait(task->tenant, run_batch, &batch, err)) ||
            !worker_report(task, STR("Renaming what is named after it"), 0, 0, (struct str){0},
                           is_stopping, err))
            return false;
        count = batch.count;
        after = count > 0 ? batch.ids[count - 1] : after;
    }
    return true;
}

/* All that name one record. */
static bool retitle_all(struct worker_task *task, const struct catalog *catalog,
                        const struct register_type *renamed, int64_t id, bool *is_stopping,
                        struct err *err)
{
    const struct model *model = catalog->model;

    for (size_t i = 0; i < model->type_count; i++)
        for (size_t f = 0; f < model->types[i]->field_count; f++) {
            const struct register_field *field = &model->types[i]->fields[f];
            struct referers referers = {model->types[i], field, id};

            if (field->is_in_title && field->ref_index == renamed->index && field->slot >= 0 &&
                !*is_stopping && !retitle_referers(task, catalog, &referers, is_stopping, err))
                return false;
        }
    return true;
}

static bool keep_place(struct worker_task *task, int64_t done, int64_t total, bool *is_stopping,
                       struct err *err)
{
    return worker_report(task, STR("Renaming what is named after it"), done, total,
                         str_printf(task->arena, "%lld", (long long)done), is_stopping, err);
}

static bool run_retitle(struct worker_task *task, struct str *result, struct err *err)
{
    const struct catalog *catalog;
    const struct register_type *renamed;
    const struct json *ids;
    struct json *payload;
    struct json *bookmark;
    bool is_stopping = false;
    int64_t begin = 0;
    int64_t done = 0;

    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err) ||
        !catalog_get(task->tenant, task->context, &catalog, err))
        return false;
    if (task->job.state.len > 0 &&
        (!json_parse(task->arena, task->job.state, NULL, &bookmark, err) ||
         !json_int(bookmark, &begin)))
        return false;
    renamed = catalog_type(catalog, json_find_int(payload, STR("register"), 0));
    ids = json_find(payload, STR("ids"));
    for (const struct json *item = ids == NULL ? NULL : ids->first;
         item != NULL && renamed != NULL && !is_stopping; item = item->next) {
        int64_t id;

        if (done++ < begin || !json_int(item, &id))
            continue;
        if (!retitle_all(task, catalog, renamed, id, &is_stopping, err))
            return false;
        if (!is_stopping && !keep_place(task, done, (int64_t)ids->count, &is_stopping, err))
            return false;
    }
    if (!is_stopping || done == (int64_t)(ids == NULL ? 0 : ids->count))
        *result = STR("{}");
    return true;
}

const struct worker_kind record_retitle_kind = {STR_INIT("registry.retitle"), run_retitle, NULL};
