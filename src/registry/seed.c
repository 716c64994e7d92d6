#include "registry/seed.h"

#include "core/vec.h"
#include "registry/import_run.h"
#include "store/rows.h"

#include <assert.h>

enum {
    ROUNDS_MAX = 20, /* of rows that wait for rows that wait … */
};

struct seed_file {
    const struct pack_file *file;
    const struct register_type *type;
    struct import_run run;
    struct import_options options;
    bool is_ordered;
};

struct seeding {
    struct tenant *tenant;
    struct arena *arena;
    const struct catalog *catalog;
    struct seed_report *report;
    struct import_seen made;
    VEC(struct seed_file) files;
    struct seed_file **order;
};

static bool add_file(void *data, const struct pack_file *file)
{
    struct seeding *seeding = data;
    size_t before = sizeof "seed/" - 1;
    size_t around = before + sizeof ".csv" - 1;
    struct str id = str_slice(file->path, before, file->path.len - around);
    const struct register_type *type = model_type(seeding->catalog->model, id);

    if (type != NULL)
        VEC_PUSH(seeding->arena, &seeding->files, (struct seed_file){.file = file, .type = type});
    return true;
}

static bool is_asked_for(struct pack_ids packs, struct str id)
{
    for (size_t i = 0; i < packs.count; i++)
        if (str_equal(str_slice(packs.items[i], 0, str_find(packs.items[i], STR("@"))), id))
            return true;
    return packs.count == 0;
}

/* Does it refer to a register whose file has not had its turn? */
static bool must_wait(const struct seeding *seeding, const struct seed_file *file)
{
    for (size_t f = 0; f < file->type->field_count; f++)
        for (size_t i = 0; i < seeding->files.count; i++) {
            const struct seed_file *other = &seeding->files.items[i];

            if (!other->is_ordered && other->type != file->type &&
                file->type->fields[f].ref_index == other->type->index)
                return true;
        }
    return false;
}

/* What is referred to first; files in a circle as they come. */
static void order_files(struct seeding *seeding)
{
    size_t count = 0;

    seeding->order = ARENA_ARRAY(seeding->arena, struct seed_file *, seeding->files.count + 1);
    while (count < seeding->files.count) {
        struct seed_file *next = NULL;

        for (size_t i = 0; i < seeding->files.count; i++) {
            struct seed_file *file = &seeding->files.items[i];

            if (!file->is_ordered &&
                (next == NULL || (must_wait(seeding, next) && !must_wait(seeding, file))))
                next = file;
        }
        assert(next != NULL); /* fewer than all are ordered */
        next->is_ordered = true;
        seeding->order[count++] = next;
    }
}

/* What has no natural key cannot be found again: it is loaded into empty registers only. */
static bool has_records(struct tx *tx, struct seeding *seeding, const struct register_type *type,
                        bool *has, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, seeding->arena, &rows,
                     "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 LIMIT 1",
                     ARGS(INT(tx->tenant), INT(catalog_no(seeding->catalog, type))), err))
        return false;
    *has = rows.count > 0;
    return true;
}

static bool start_file(struct tx *tx, struct seeding *seeding, struct seed_file *file,
                       struct err *err)
{
    file->options.keeps_existing = true;
    file->options.valid_from = RECORD_ALWAYS;
    file->options.separator = ',';
    file->run = (struct import_run){
        .tenant = seeding->tenant,
        .arena = seeding->arena,
        .catalog = seeding->catalog,
        .type = file->type,
        .options = &file->options,
        .defers_any = true,
        .made = &seeding->made,
    };
    return has_records(tx, seeding, file->type, &file->run.skips_keyless, err);
}

static bool start_files(struct seeding *seeding, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, seeding->tenant, err))
        return false;
    for (size_t i = 0; i < seeding->files.count; i++)
        if (!start_file(&tx, seeding, &seeding->files.items[i], err))
            return false;
    return true;
}

/* A seed names its columns as the fields are named. */
static void map_columns(struct seeding *seeding, struct seed_file *file,
                        const struct source *source)
{
    file->options.column_count = source->column_count;
    file->options.columns = ARENA_ARRAY(seeding->arena, struct import_column, source->column_count);
    for (size_t i = 0; i < source->column_count; i++)
        file->options.columns[i] = (struct import_column){source->columns[i], source->columns[i]};
}

static bool run_file(struct seeding *seeding, struct seed_file *file, struct err *err)
{
    CLEANUP(source_close) struct source source = {0};
    struct import import = {.format = IMPORT_CSV, .options = file->options};
    bool is_stopping;

    if (!source_open_text(seeding->arena, &import, file->file->bytes, &source, err))
        return err_while(err, "%.*s", STR_ARG(file->file->path));
    map_columns(seeding, file, &source);
    file->run.source = &source;
    return import_run_pass(&file->run, &is_stopping, err) ||
           err_while(err, "%.*s", STR_ARG(file->file->path));
}

/* One turn of every file that has rows left; *left: how many wait still. */
static bool run_round(struct seeding *seeding, bool is_final, size_t *left, struct err *err)
{
    *left = 0;
    for (size_t i = 0; i < seeding->files.count; i++) {
        struct seed_file *file = seeding->order[i];

        file->run.is_final = is_final;
        if ((!file->run.mark.is_late || file->run.mark.line_count > 0) &&
            !run_file(seeding, file, err))
            return false;
        *left += file->run.mark.line_count;
    }
    return true;
}

static void add_counts(struct seeding *seeding, const struct seed_file *file)
{
    struct import_counts *sum = &seeding->report->counts;
    const struct import_counts *counts = &file->run.counts;

    sum->rows += counts->rows;
    sum->created += counts->created;
    sum->changed += counts->changed;
    sum->same += counts->same;
    sum->kept += counts->kept;
    sum->wrong += counts->wrong;
    sum->errors += counts->errors;
    if (seeding->report->first_fault.len == 0 && file->run.first_fault.len > 0)
        seeding->report->first_fault =
            str_printf(seeding->arena, "%.*s: %.*s", STR_ARG(file->file->path),
                       STR_ARG(file->run.first_fault));
}

static bool run_rounds(struct seeding *seeding, struct err *err)
{
    size_t before;
    size_t left = SIZE_MAX;

    for (int round = 0; round < ROUNDS_MAX && left > 0; round++) {
        before = left;
        if (!run_round(seeding, false, &left, err))
            return false;
        if (left == before)
            break;
    }
    return left == 0 || run_round(seeding, true, &left, err);
}

static void clean(struct seeding *seeding)
{
    import_seen_done(&seeding->made);
}

bool seed_load(struct tenant *tenant, struct arena *arena, struct model_library *library,
               struct pack_ids packs, struct seed_report *report, struct err *err)
{
    CLEANUP(clean) struct seeding seeding = {.tenant = tenant, .arena = arena, .report = report};

    *report = (struct seed_report){0};
    if (!catalog_get(tenant, library, &seeding.catalog, err))
        return false;
    const struct pack_set *set = &seeding.catalog->model->packs;
    for (size_t i = 0; i < set->count; i++)
        if (is_asked_for(packs, set->packs[i]->id))
            pack_each_file(set->packs[i], STR("seed"), STR(".csv"), add_file, &seeding);
    order_files(&seeding);
    if (!start_files(&seeding, err) || !run_rounds(&seeding, err))
        return false;
    for (size_t i = 0; i < seeding.files.count; i++)
        add_counts(&seeding, seeding.order[i]);
    return report->first_fault.len == 0 ||
           err_set(err, ERR_INPUT, "%.*s", STR_ARG(report->first_fault));
}
