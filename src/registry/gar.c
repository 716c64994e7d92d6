#include "registry/gar.h"

#include "core/id.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/gar_end.h"
#include "registry/gar_read.h"
#include "registry/gar_source.h"
#include "store/rows.h"

enum {
    REPORT_BYTES = 4 * 1024 * 1024, /* of the zip between two reports */
};

struct gar {
    struct gar_job *job;
    struct gar_plan plan;
    struct gar_reader reader;
    struct gar_end end;
    bool is_first_pass;
    struct gar_file *file;
    struct arena *file_arena;
    int64_t position;
    int64_t reported;
    bool is_stopping;
    int64_t done, total; /* objects */
};

static bool begin(void *data, struct str name)
{
    struct gar *gar = data;
    enum gar_kind kind = gar_zip_kind(name);

    if (kind == GAR_OTHER || (kind == GAR_MUN_HIERARCHY) != gar->is_first_pass)
        return false;
    gar_end_name(&gar->end, name);
    arena_reset(gar->file_arena);
    gar->file = gar_read_open(gar->file_arena, &gar->reader, kind);
    return true;
}

static bool take(void *data, struct str bytes, struct err *err)
{
    struct gar *gar = data;
    int64_t size = gar->job->import->size;

    if (!gar_read_push(gar->file, bytes, err))
        return false;
    if (gar->position - gar->reported < REPORT_BYTES || gar->job->report == NULL)
        return true;
    gar->reported = gar->position;
    if (!gar->job->report(gar->job->context, MIN(gar->position, size - 1), size,
                          STR("Reading the file"), &gar->is_stopping, err))
        return false;
    return !gar->is_stopping || err_set(err, ERR_CONFLICT, "stopped");
}

static bool finish(void *data, struct str name, struct err *err)
{
    struct gar *gar = data;
    bool ok = gar_read_end(gar->file, err);

    (void)name;
    gar_read_close(&gar->file);
    return ok;
}

static bool read_pass(struct gar *gar, bool is_first, struct err *err)
{
    struct gar_zip_visitor visitor = {begin, take, finish, gar};
    struct str path = source_path(gar->job->arena, gar->job->tenant, gar->job->import->digest);

    gar->is_first_pass = is_first;
    gar->position = gar->reported = 0;
    return gar_zip_each(str_to_z(gar->job->arena, path), (struct str){0}, &gar->position, &visitor,
                        err);
}

/* What lies in the chosen places, then what that is. */
static bool read_zip(struct gar *gar, struct err *err)
{
    const struct import_options *options = &gar->job->import->options;

    gar->reader.table = gar_table_open();
    gar->reader.known = &gar->end.known;
    gar->reader.places = options->places;
    gar->reader.place_count = options->place_count;
    for (int i = 0; i < GAR_TABLE_PARAMS; i++)
        gar->reader.params[i] = gar->plan.params[i];
    /* The day of the upload, so that an interrupted import finds the same objects again. */
    gar_read_set_day(&gar->reader, catalog_day(gar->job->catalog, gar->job->import->created_at));
    if (!read_pass(gar, true, err) || !read_pass(gar, false, err))
        return gar->is_stopping;
    return gar->reader.rows > 0 ||
           err_set(err, ERR_INPUT, "the zip has none of the files of the ГАР (AS_….XML)");
}

struct match {
    struct gar *gar;
    int section;
};

static bool on_known(void *data, const struct rows *row, struct err *err)
{
    struct match *match = data;
    struct gar_object *object = gar_table_find(match->gar->reader.table, rows_int(row, 0, 1));

    (void)err;
    if (object != NULL && match->gar->plan.section_of[object->level] == match->section) {
        object->record = rows_int(row, 0, 0);
        object->is_there = true;
    }
    return true;
}

static bool find_known(struct gar *gar, struct tx *tx, int section, struct err *err)
{
    static const char *const COLUMNS[] = {"id, n1", "id, n2", "id, n3", "id, n4",
                                          "id, n5", "id, n6", "id, n7", "id, n8"};
    const struct gar_section *plan = &gar->plan.sections[section];
    struct match match = {gar, section};
    struct query *query = query_new(gar->job->arena, COLUMNS[plan->match->slot - QUERY_N1],
                                    tx->tenant, catalog_no(gar->job->catalog, plan->type));

    query_where(query, (enum query_column)plan->match->slot, QUERY_NOT_NULL, NONE);
    return layout_need_field(gar->job->catalog, plan->type, plan->match, err) &&
           layout_need_key(gar->job->catalog, plan->type, err) &&
           query_each(query, tx, on_known, &match, err);
}

static bool is_empty(struct gar *gar, struct tx *tx, int64_t no, bool *empty, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, gar->job->arena, &rows,
                     "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 LIMIT 1",
                     ARGS(INT(tx->tenant), INT(no)), err))
        return false;
    *empty = rows.count == 0;
    return true;
}

/* Records whose natural key is the object's number, though the number is not set in them. */
static bool find_by_key(struct gar *gar, struct tx *tx, int64_t no, const uint32_t *order,
                        size_t count, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);

    for (size_t i = 0; i < count; i++) {
        struct gar_object *object = gar_table_at(gar->reader.table, order[i]);
        struct buf key = {.arena = arena};
        int64_t id;

        if (object->record != 0)
            continue;
        arena_reset(arena);
        utf8_key(&key, str_printf(arena, "%lld", (long long)object->id));
        if (!record_find_key(tx, arena, no, buf_str(&key), &id, err))
            return false;
        object->record = id;
        object->is_there = id != 0;
    }
    return true;
}

/* Which objects have records, and new ids for the others. */
static bool settle_ids(struct gar *gar, int section, const uint32_t *order, size_t count,
                       bool *is_new, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t no = catalog_no(gar->job->catalog, gar->plan.sections[section].type);

    if (!tx_read(&tx, gar->job->tenant, err) || !is_empty(gar, &tx, no, is_new, err))
        return false;
    if (!*is_new &&
        (!find_known(gar, &tx, section, err) || !find_by_key(gar, &tx, no, order, count, err)))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct gar_object *object = gar_table_at(gar->reader.table, order[i]);

        if (object->record == 0)
            object->record = id_next(time_now());
    }
    return true;
}

/* Objects that could not be written are nobody's parents. */
static bool forget_failed(struct gar *gar, int section, const uint32_t *order, size_t count,
                          struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (gar->job->is_dry)
        return true;
    for (size_t i = 0; i < count; i++)
        gar_table_at(gar->reader.table, order[i])->is_there = false;
    if (!tx_read(&tx, gar->job->tenant, err) || !find_known(gar, &tx, section, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct gar_object *object = gar_table_at(gar->reader.table, order[i]);

        if (!object->is_there)
            object->record = 0;
    }
    return true;
}

static bool report(struct import_run *run, bool *is_stopping, struct err *err)
{
    struct gar *gar = run->context;
    int64_t done = gar->done + run->source->position;

    if (gar->job->report == NULL)
        return true;
    return gar->job->report(
        gar->job->context, MIN(done, gar->total - 1), gar->total,
        gar->job->is_dry ? STR("Checking the file") : STR("Writing the records"), is_stopping, err);
}

static bool run_section(struct gar *gar, int section, struct err *err)
{
    struct gar_job *job = gar->job;
    struct import_options options = job->import->options;
    struct gar_source rows = {
        job->catalog, &gar->plan, gar->reader.table, NULL, 0, &gar->plan.sections[section], 0,
        NULL};
    struct source source = {0};
    uint32_t *order;
    struct import_run run = {.tenant = job->tenant,
                             .arena = job->arena,
                             .catalog = job->catalog,
                             .type = rows.section->type,
                             .options = &options,
                             .source = &source,
                             .import = job->import->id,
                             .actor = job->actor,
                             .is_dry = job->is_dry,
                             .is_final = true,
                             .is_gar = true,
                             .mark = {.section = section},
                             .counts = job->import->counts,
                             .report = report,
                             .context = gar};

    rows.count = gar_source_sort(job->arena, gar->reader.table, rows.section, &order);
    rows.order = order;
    if (!settle_ids(gar, section, order, rows.count, &run.is_new, err))
        return false;
    if (section == job->mark.section)
        run.mark.row = job->mark.row;
    gar_source_options(job->arena, rows.section, &options);
    gar_source_open(job->arena, &rows, &source);
    if (!import_run_pass(&run, &gar->is_stopping, err))
        return err_while(err, "%.*s", STR_ARG(rows.section->type->id));
    job->import->counts = run.counts;
    gar->done += (int64_t)rows.count;
    return gar->is_stopping || forget_failed(gar, section, order, rows.count, err);
}

static void count_objects(struct gar *gar)
{
    for (size_t i = 0; i < gar_table_count(gar->reader.table); i++) {
        const struct gar_object *object = gar_table_at(gar->reader.table, i);

        gar->total += object->level > 0 && gar->plan.section_of[object->level] >= 0;
    }
}

static void clean(struct gar *gar)
{
    gar_read_close(&gar->file);
    gar_table_close(&gar->reader.table);
    gar_end_done(&gar->end);
    arena_close(&gar->file_arena);
}

bool gar_run(struct gar_job *job, bool *is_stopping, struct err *err)
{
    CLEANUP(clean) struct gar gar = {.job = job, .file_arena = arena_open(0)};

    job->import->counts.is_dry = job->is_dry;
    gar.end = (struct gar_end){.job = job, .plan = &gar.plan};
    if (!gar_plan_compile(job->arena, job->catalog, &gar.plan, err) ||
        !gar_end_start(&gar.end, err) || !read_zip(&gar, err))
        return false;
    count_objects(&gar);
    for (int section = 0; section < (int)gar.plan.section_count && !gar.is_stopping; section++) {
        if (section < job->mark.section) {
            uint32_t *order;
            size_t count =
                gar_source_sort(job->arena, gar.reader.table, &gar.plan.sections[section], &order);

            if (!forget_failed(&gar, section, order, count, err))
                return false;
            gar.done += (int64_t)count;
        } else if (!run_section(&gar, section, err)) {
            return false;
        }
    }
    if (!gar.is_stopping && !gar_end_run(&gar.end, &gar.is_stopping, err))
        return false;
    *is_stopping = gar.is_stopping;
    return true;
}
