#include "registry/gar_end.h"

#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/vec.h"
#include "store/rows.h"

#include <string.h>

enum {
    KNOWN = 1, /* what is known of an object: nothing in the file yet … */
    ALIVE = 2, /* … it is actual … */
    ENDED = 3, /* … it is not; ENDED + the day */
    BATCH = 100,
    PARAM_OKTMO = 7,
};

/* A record that is to end. */
struct ending {
    int64_t id;
    int64_t valid_from;
    int64_t object;
    int64_t day;
};

struct section {
    struct gar_end *end;
    const struct gar_section *plan;
    struct arena *row; /* of the body being read */
    const struct register_field *paths[2];
    const struct register_field *oktmo;
    VEC(struct ending) gone;
    VEC(struct ending) absent;
    size_t alive; /* in the chosen places */
    struct arena *arena;
    const struct ending *batch;
    size_t batch_count;
    struct import_counts next;
};

static uint64_t hash_of(int64_t object)
{
    return import_seen_hash_id(0, object);
}

static bool add_known(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    import_seen_put(data, hash_of(rows_int(row, 0, 0)), KNOWN);
    return true;
}

/* Slices without an end, with the object's number in front. */
static struct query *open_slices(struct arena *arena, struct tx *tx, const struct gar_end *end,
                                 const struct gar_section *section)
{
    static const char *const COLUMNS[] = {
        "n1, id, valid_from, changed_at, body", "n2, id, valid_from, changed_at, body",
        "n3, id, valid_from, changed_at, body", "n4, id, valid_from, changed_at, body",
        "n5, id, valid_from, changed_at, body", "n6, id, valid_from, changed_at, body",
        "n7, id, valid_from, changed_at, body", "n8, id, valid_from, changed_at, body"};
    struct query *query = query_new(arena, COLUMNS[section->match->slot - QUERY_N1], tx->tenant,
                                    catalog_no(end->job->catalog, section->type));

    query_where(query, (enum query_column)section->match->slot, QUERY_NOT_NULL, NONE);
    query_where(query, QUERY_VALID_TO, QUERY_EQ, INT(RECORD_FOREVER));
    return query;
}

static bool may_end(const struct gar_end *end, const struct gar_section *section)
{
    return section->type->is_temporal &&
           layout_has_field(end->job->catalog, section->type, section->match);
}

bool gar_end_start(struct gar_end *end, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, end->job->tenant, err))
        return false;
    for (size_t i = 0; i < end->plan->section_count; i++) {
        const struct gar_section *section = &end->plan->sections[i];

        if (may_end(end, section) && !query_each(open_slices(end->job->arena, &tx, end, section),
                                                 &tx, add_known, &end->known, err))
            return false;
    }
    return true;
}

void gar_end_done(struct gar_end *end)
{
    import_seen_done(&end->known);
}

void gar_end_name(struct gar_end *end, struct str name)
{
    for (size_t i = 0; i + 8 <= name.len; i++) {
        struct str part = str_slice(name, i, 8);
        char text[11];
        int64_t day;

        memcpy(text, part.ptr, 4);
        memcpy(text + 5, part.ptr + 4, 2);
        memcpy(text + 8, part.ptr + 6, 2);
        text[4] = text[7] = '-';
        if (time_parse_day((struct str){text, 10}, &day))
            end->file_day = MAX(end->file_day, day);
    }
}

void gar_end_note(struct import_seen *known, int64_t object, bool is_actual, struct str ended_on)
{
    int64_t state = import_seen_find(known, hash_of(object));
    int64_t day = 0;

    if (state == 0 || state == ALIVE)
        return;
    if (!is_actual && !time_parse_day(ended_on, &day))
        day = 0;
    import_seen_put(known, hash_of(object), is_actual ? ALIVE : MAX(state, ENDED + MAX(day, 0)));
}

static bool is_on_path(struct str path, struct str place)
{
    while (path.len > 0)
        if (str_equal(str_cut(&path, '.'), place))
            return true;
    return false;
}

static bool is_chosen(const struct section *it, const struct json *value)
{
    const struct import_options *options = &it->end->job->import->options;

    for (size_t i = 0; i < options->place_count; i++) {
        if (it->oktmo != NULL &&
            str_starts(json_find_text(value, it->oktmo->name), options->places[i]))
            return true;
        for (size_t path = 0; path < ARRAY_LEN(it->paths); path++)
            if (it->paths[path] != NULL &&
                is_on_path(json_find_text(value, it->paths[path]->name), options->places[i]))
                return true;
    }
    return false;
}

static bool look_at(void *data, const struct rows *row, struct err *err)
{
    struct section *it = data;
    int64_t object = rows_int(row, 0, 0);
    int64_t state = import_seen_find(&it->end->known, hash_of(object));
    int64_t upload_day = catalog_day(it->end->job->catalog, it->end->job->import->created_at);
    struct ending ending = {rows_int(row, 0, 1), rows_int(row, 0, 2), object, upload_day};
    struct json *value;

    if (state >= ENDED) {
        if (state > ENDED && state - ENDED < upload_day)
            ending.day = state - ENDED;
        VEC_PUSH(it->arena, &it->gone, ending);
        return true;
    }
    if (state == 0 || it->end->job->import->options.place_count == 0)
        return true;
    arena_reset(it->row);
    if (!json_parse(it->row, rows_text(row, 0, 4), &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &value, err))
        return false;
    if (!is_chosen(it, value))
        return true;
    if (state == ALIVE)
        it->alive++;
    else if (catalog_day(it->end->job->catalog, rows_int(row, 0, 3)) < it->end->file_day)
        VEC_PUSH(it->arena, &it->absent, ending);
    return true;
}

static void find_fields(struct section *it)
{
    for (size_t i = 0; i < it->plan->field_count; i++) {
        const struct gar_plan_field *field = &it->plan->fields[i];

        if (field->from == GAR_FROM_MUN_PATH)
            it->paths[0] = field->field;
        else if (field->from == GAR_FROM_ADM_PATH)
            it->paths[1] = field->field;
        else if (field->from >= GAR_FROM_PARAM &&
                 it->end->plan->params[field->from - GAR_FROM_PARAM] == PARAM_OKTMO)
            it->oktmo = field->field;
    }
}

static bool report_one(struct tx *tx, struct section *it, const struct ending *ending,
                       const struct record *slice, struct err *err)
{
    struct buf message = {.arena = it->row};
    int64_t no = ++it->next.errors;

    it->next.rows++;
    it->next.changed++;
    if (no > IMPORT_ERRORS_MAX)
        return true;
    buf_add(&message, STR("ended "));
    time_print_day(&message, ending->day);
    return store_exec(tx,
                      "INSERT INTO import_error (tenant, import, no, line, field, message, value)"
                      " VALUES ($1, $2, $3, $4, '', $5, $6) ON CONFLICT DO NOTHING",
                      ARGS(INT(tx->tenant), INT(it->end->job->import->id), INT(no),
                           INT(ending->object), TEXT(buf_str(&message)), TEXT(slice->title)),
                      err);
}

static bool end_one(struct tx *tx, struct section *it, const struct ending *ending, struct err *err)
{
    const struct gar_job *job = it->end->job;
    struct registry registry = {tx, it->row, job->catalog, time_now(), NULL};
    struct flaws flaws = {0};
    struct record slice;
    struct json *value;

    if (!record_get(&registry, catalog_no(job->catalog, it->plan->type), ending->id,
                    RECORD_FOREVER - 1, &slice, err) ||
        !json_parse(it->row, slice.body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value,
                    err) ||
        !report_one(tx, it, ending, &slice, err))
        return false;
    struct record_draft draft = {.act = RECORD_CHANGE,
                                 .type = it->plan->type,
                                 .value = value,
                                 .valid_from = slice.valid_from,
                                 .valid_to = ending->day,
                                 .old = &slice,
                                 .import = job->import->id,
                                 .now = registry.now,
                                 .is_upkeep = true};
    return job->is_dry || (record_prepare(tx, it->row, job->catalog, &draft, &flaws, err) &&
                           record_apply(tx, &draft, job->actor, registry.now, err));
}

static bool end_batch(struct tx *tx, void *data, struct err *err)
{
    struct section *it = data;
    struct buf counts = {.arena = it->row};
    /* Those that ended have an end: when it is interrupted now, they are not found again. */
    struct import_mark mark = {.section = (int64_t)it->end->plan->section_count};

    arena_reset(it->row);
    it->next = it->end->job->import->counts;
    for (size_t i = 0; i < it->batch_count; i++)
        if (!end_one(tx, it, &it->batch[i], err))
            return false;
    import_run_print(&counts, &it->next, &mark);
    return store_exec(tx, "UPDATE import SET counts = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(it->end->job->import->id), TEXT(buf_str(&counts))),
                      err);
}

/* A slice that begins later than its object ended is left to people. */
static size_t drop_later(struct ending *list, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        if (list[i].valid_from < list[i].day)
            list[kept++] = list[i];
    return kept;
}

static bool end_all(struct section *it, struct ending *list, size_t count, bool *is_stopping,
                    struct err *err)
{
    struct gar_job *job = it->end->job;

    count = drop_later(list, count);
    for (size_t at = 0; at < count && !*is_stopping; at += BATCH) {
        it->batch = &list[at];
        it->batch_count = MIN(BATCH, count - at);
        if (!tenant_write_wait(job->tenant, end_batch, it, err))
            return false;
        job->import->counts = it->next;
        if (job->report != NULL &&
            !job->report(job->context, (int64_t)at, (int64_t)count,
                         job->is_dry ? STR("Checking the file") : STR("Writing the records"),
                         is_stopping, err))
            return false;
    }
    return true;
}

static bool end_section(struct section *it, bool *is_stopping, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    find_fields(it);
    if (!tx_read(&tx, it->end->job->tenant, err) ||
        !query_each(open_slices(it->arena, &tx, it->end, it->plan), &tx, look_at, it, err))
        return false;
    tx_done(&tx);
    if (it->absent.count > it->alive)
        it->absent.count = 0;
    return end_all(it, it->gone.items, it->gone.count, is_stopping, err) &&
           end_all(it, it->absent.items, it->absent.count, is_stopping, err);
}

static void clean(struct section *it)
{
    arena_close(&it->row);
    arena_close(&it->arena);
}

bool gar_end_run(struct gar_end *end, bool *is_stopping, struct err *err)
{
    for (size_t i = end->plan->section_count; i > 0 && end->known.count > 0 && !*is_stopping; i--) {
        CLEANUP(clean)
        struct section it = {.end = end,
                             .plan = &end->plan->sections[i - 1],
                             .arena = arena_open(0),
                             .row = arena_open(0)};

        if (may_end(end, it.plan) && !end_section(&it, is_stopping, err))
            return err_while(err, "%.*s", STR_ARG(it.plan->type->id));
    }
    return true;
}
