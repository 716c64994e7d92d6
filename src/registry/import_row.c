#include "registry/import_row.h"

#include "core/id.h"
#include "core/time.h"
#include "registry/geometry.h"
#include "registry/import_claim.h"
#include "registry/slot.h"

/* A row while it is read. */
struct reading {
    struct import_rows *rows;
    struct arena *arena;
    struct import_item *item;
    struct import_reading value;
    int64_t id; /* of its column, 0 */
    bool has_from, has_to;
    int64_t from, to;
    int64_t degrees[2]; /* lon, lat */
    int degree_count;
    struct json *data; /* what the row says */
    struct json *old;  /* the slice it changes; NULL */
    const struct record *slice;
    bool is_waiting, is_deferred;
};

bool import_row_target(const struct register_type *type, struct str name,
                       struct import_target *target)
{
    static const struct {
        struct str name;
        enum import_target_kind kind;
    } SPECIAL[] = {
        {STR_INIT(""), IMPORT_TO_NOTHING},        {STR_INIT("id"), IMPORT_TO_ID},
        {STR_INIT("valid_from"), IMPORT_TO_FROM}, {STR_INIT("valid_to"), IMPORT_TO_TO},
        {STR_INIT("lat"), IMPORT_TO_LAT},         {STR_INIT("lon"), IMPORT_TO_LON},
    };

    target->field = register_type_field(type, name);
    target->kind = IMPORT_TO_FIELD;
    if (target->field != NULL)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(SPECIAL); i++)
        if (str_equal(SPECIAL[i].name, name)) {
            target->kind = SPECIAL[i].kind;
            return (target->kind != IMPORT_TO_FROM && target->kind != IMPORT_TO_TO) ||
                   type->is_temporal;
        }
    return false;
}

bool import_row_init(struct import_rows *rows, struct arena *arena, const struct catalog *catalog,
                     const struct register_type *type, const struct import_options *options,
                     struct err *err)
{
    *rows = (struct import_rows){.type = type, .options = options};
    rows->no = catalog_no(catalog, type);
    rows->today = catalog_day(catalog, time_now());
    rows->target_count = options->column_count;
    rows->targets = ARENA_ARRAY(arena, struct import_target, options->column_count + 1);
    rows->constants = ARENA_ARRAY(arena, struct import_target, options->constant_count + 1);
    for (size_t i = 0; i < options->column_count; i++)
        if (!import_row_target(type, options->columns[i].target, &rows->targets[i]))
            return err_set(err, ERR_INPUT, "%.*s: the register has no such field",
                           STR_ARG(options->columns[i].target));
    for (size_t i = 0; i < options->constant_count; i++)
        if (!import_row_target(type, options->constants[i].field, &rows->constants[i]))
            return err_set(err, ERR_INPUT, "%.*s: the register has no such field",
                           STR_ARG(options->constants[i].field));
    import_value_init(&rows->values, arena, catalog, options);
    rows->values.is_exact =
        options->column_count > 0 && str_equal(options->columns[0].target, STR("id"));
    return true;
}

void import_row_done(struct import_rows *rows)
{
    import_value_done(&rows->values);
}

static void find_flaw(struct reading *reading, struct str field, const char *id, struct str detail)
{
    flaws_add(&reading->item->flaws, reading->arena,
              str_printf(reading->arena, "/%.*s", STR_ARG(field)), id, detail);
}

static bool read_field(struct reading *reading, const struct register_field *field,
                       const struct source_cell *cell, struct err *err)
{
    struct import_reading *value = &reading->value;

    value->field = field;
    if (!import_value_read(value, cell, err))
        return false;
    switch (value->verdict) {
    case IMPORT_VALUE:
        json_set(reading->data, field->name,
                 value->value != NULL ? value->value : json_new(reading->arena, JSON_NULL));
        break;
    case IMPORT_WRONG:
        find_flaw(reading, field->name, value->flaw.id, value->flaw.detail);
        break;
    case IMPORT_ABSENT:
        if (reading->rows->defers &&
            (reading->rows->defers_any || field->ref_index == reading->rows->type->index))
            reading->is_deferred = true;
        else
            find_flaw(reading, field->name, "ref", field->ref);
        break;
    case IMPORT_WAIT:
        reading->is_waiting = true;
        break;
    }
    return true;
}

static struct str cell_text(const struct source_cell *cell)
{
    return str_trim(cell->json != NULL ? cell->json->text : cell->text);
}

static void read_day(struct reading *reading, const char *name, struct str text, bool *has,
                     int64_t *day)
{
    *has = true;
    if (!import_value_is_empty(&reading->rows->values, reading->arena, text) &&
        !time_parse_day_typed(text, day))
        find_flaw(reading, str_from_z(name), "format", STR("date"));
}

static void read_degree(struct reading *reading, int axis, struct str text)
{
    struct str name = axis == 0 ? STR("lon") : STR("lat");

    if (import_value_is_empty(&reading->rows->values, reading->arena, text))
        return;
    if (geometry_parse_degree(text, &reading->degrees[axis]))
        reading->degree_count++;
    else
        find_flaw(reading, name, "type", STR("number"));
}

static bool read_cell(struct reading *reading, const struct import_target *target,
                      const struct source_cell *cell, struct err *err)
{
    if (cell->is_absent)
        return true;
    switch (target->kind) {
    case IMPORT_TO_NOTHING:
        return true;
    case IMPORT_TO_FIELD:
        return read_field(reading, target->field, cell, err);
    case IMPORT_TO_ID:
        if (cell_text(cell).len > 0 && !id_parse(cell_text(cell), &reading->id))
            find_flaw(reading, STR("id"), "format", STR("id"));
        return true;
    case IMPORT_TO_FROM:
        read_day(reading, "valid_from", cell_text(cell), &reading->has_from, &reading->from);
        return true;
    case IMPORT_TO_TO:
        read_day(reading, "valid_to", cell_text(cell), &reading->has_to, &reading->to);
        return true;
    case IMPORT_TO_LAT:
        read_degree(reading, 1, cell_text(cell));
        return true;
    case IMPORT_TO_LON:
        read_degree(reading, 0, cell_text(cell));
        return true;
    }
    return true;
}

static void push_degree(struct arena *arena, struct json *point, int64_t units)
{
    struct json *number = json_new(arena, JSON_NUMBER);
    struct buf text = {.arena = arena};

    geometry_print_degree(&text, units);
    number->text = buf_str(&text);
    json_push(point, number);
}

static void make_point(struct reading *reading)
{
    const struct register_type *type = reading->rows->type;
    struct json *geometry;
    struct json *point;

    if (reading->degree_count != 2 || type->geometry < 0)
        return;
    geometry = json_new(reading->arena, JSON_OBJECT);
    point = json_new(reading->arena, JSON_ARRAY);
    json_set_text(reading->arena, geometry, STR("type"), STR("Point"));
    push_degree(reading->arena, point, reading->degrees[0]);
    push_degree(reading->arena, point, reading->degrees[1]);
    json_set(geometry, STR("coordinates"), point);
    json_set(reading->data, type->fields[type->geometry].name, geometry);
}

static bool read_cells(struct reading *reading, struct err *err)
{
    const struct import_rows *rows = reading->rows;
    const struct source_row *row = &reading->item->row;
    const struct import_options *options = rows->options;

    for (size_t i = 0; i < rows->target_count; i++)
        if (!read_cell(reading, &rows->targets[i], &row->cells[i], err))
            return false;
    for (size_t i = 0; i < options->constant_count; i++) {
        struct source_cell cell = {.text = options->constants[i].text};

        if (!read_cell(reading, &rows->constants[i], &cell, err))
            return false;
    }
    make_point(reading);
    return true;
}

static bool slices_of(struct reading *reading, struct record **slices, size_t *count,
                      struct err *err)
{
    *count = 0;
    return reading->id == 0 ||
           record_slices(&(struct registry){reading->rows->values.tx, reading->arena,
                                            reading->rows->values.catalog, 0, NULL},
                         reading->rows->no, reading->id, slices, count, err);
}

/* Whether an earlier line of the file speaks of the same. */
static bool is_repeated(struct reading *reading, struct str key)
{
    int64_t from = reading->has_from ? reading->from : reading->rows->options->valid_from;
    int64_t line = import_claim_find(reading->rows, reading->item, key, reading->id, from);

    if (line == 0)
        return false;
    find_flaw(reading, STR(""), "repeat", str_printf(reading->arena, "%lld", (long long)line));
    return true;
}

/* The record by its id, else by its natural key. */
static bool find_record(struct reading *reading, struct record **slices, size_t *count,
                        struct err *err)
{
    struct import_rows *rows = reading->rows;
    struct buf buf = {.arena = reading->arena};
    struct str key = slot_key(&buf, rows->type, reading->data);
    int64_t given = reading->id;

    *count = 0;
    if (is_repeated(reading, key)) {
        reading->item->outcome = IMPORT_IS_WRONG;
        return true;
    }
    if (key.len > 0) {
        reading->item->hash = import_seen_hash(rows->no, key);
        if (import_seen_find(rows->seen, reading->item->hash) != 0)
            reading->is_waiting = true;
    }
    if (given != 0 && import_seen_find(rows->seen, import_seen_hash_id(rows->no, given)) != 0)
        reading->is_waiting = true;
    if (reading->is_waiting || rows->is_new)
        return true;
    if (!slices_of(reading, slices, count, err))
        return false;
    if (*count > 0 || key.len == 0)
        return true;
    if (!layout_need_key(rows->values.catalog, rows->type, err) ||
        !record_find_key(rows->values.tx, reading->arena, rows->no, key, &reading->id, err) ||
        !slices_of(reading, slices, count, err))
        return false;
    if (*count == 0)
        reading->id = given;
    return true;
}

/* The slice that holds on a day; else the last one. */
static struct record *slice_on(struct record *slices, size_t count, int64_t day)
{
    for (size_t i = 0; i < count; i++)
        if (slices[i].valid_from <= day && day < slices[i].valid_to)
            return &slices[i];
    return count > 0 ? &slices[count - 1] : NULL;
}

static struct record *slice_from(struct record *slices, size_t count, int64_t from)
{
    for (size_t i = 0; i < count; i++)
        if (slices[i].valid_from == from)
            return &slices[i];
    return NULL;
}

static bool parse_old(struct reading *reading, struct err *err)
{
    return json_parse(reading->arena, reading->slice->body,
                      &(struct json_limits){.bytes = RECORD_BODY_MAX}, &reading->old, err);
}

/* What stands there, with what the row says; nulls take out. */
static struct json *merge(struct reading *reading)
{
    struct json *whole = reading->old != NULL ? json_copy(reading->arena, reading->old)
                                              : json_new(reading->arena, JSON_OBJECT);

    for (const struct json *member = reading->data->first; member != NULL; member = member->next) {
        struct json *value = ARENA_NEW(reading->arena, struct json);

        *value = *member;
        value->next = NULL;
        if (member->kind == JSON_NULL)
            json_drop(whole, member->name);
        else
            json_set(whole, member->name, value);
    }
    return whole;
}

static struct record_draft *add_draft(struct reading *reading, enum record_act act,
                                      const struct json *value)
{
    struct record_draft *draft = &reading->item->drafts[reading->item->draft_count++];

    *draft = (struct record_draft){
        .act = act,
        .type = reading->rows->type,
        .value = value,
        .id = reading->id,
        .valid_from = RECORD_ALWAYS,
        .valid_to = RECORD_FOREVER,
        .import = reading->rows->import,
        .now = time_now(),
    };
    return draft;
}

static void add_change(struct reading *reading, const struct json *value, int64_t to)
{
    struct record_draft *draft = add_draft(reading, RECORD_CHANGE, value);

    draft->old = reading->slice;
    draft->valid_from = reading->slice->valid_from;
    draft->valid_to = to;
}

static void add_create(struct reading *reading, int64_t from, int64_t to)
{
    struct record_draft *draft = add_draft(reading, RECORD_CREATE, merge(reading));

    draft->valid_from = from;
    draft->valid_to = to;
}

/* Whether the row says anything that does not stand in the slice already. */
static bool is_news(struct reading *reading)
{
    struct buf now = {.arena = reading->arena};

    json_canonical(&now, merge(reading));
    return !str_equal(buf_str(&now), reading->slice->body);
}

static bool plan_temporal(struct reading *reading, struct record *slices, size_t count,
                          struct err *err)
{
    const struct import_options *options = reading->rows->options;
    bool is_said = reading->has_from || options->valid_from != RECORD_ALWAYS;
    int64_t from = reading->has_from ? reading->from : options->valid_from;
    struct record *covers;

    if (count == 0) {
        add_create(reading, from, reading->to);
        return true;
    }
    reading->slice =
        is_said ? slice_from(slices, count, from) : slice_on(slices, count, reading->rows->today);
    if (reading->slice != NULL) {
        if (!parse_old(reading, err))
            return false;
        if (reading->rows->is_gar && reading->slice->valid_to <= reading->rows->today) {
            add_create(reading, reading->rows->today, RECORD_FOREVER); /* it is there again */
            return true;
        }
        add_change(reading, merge(reading),
                   reading->has_to ? reading->to : reading->slice->valid_to);
        return true;
    }
    covers = slice_on(slices, count, from);
    if (covers == NULL || from < covers->valid_from || from >= covers->valid_to) {
        add_create(reading, from, reading->to);
        return true;
    }
    reading->slice = covers;
    if (!parse_old(reading, err))
        return false;
    if (!reading->has_from && !is_news(reading)) {
        add_change(reading, reading->old, covers->valid_to);
        return true;
    }
    add_change(reading, reading->old, from);
    add_create(reading, from,
               reading->has_to && reading->to != RECORD_FOREVER ? reading->to : covers->valid_to);
    return true;
}

static bool plan(struct reading *reading, struct record *slices, size_t count, struct err *err)
{
    struct import_rows *rows = reading->rows;

    if (count == 0 && rows->skips_keyless && reading->item->hash == 0) {
        reading->item->outcome = IMPORT_KEEPS;
        return true;
    }
    if (count > 0 && rows->options->keeps_existing &&
        (rows->made == NULL || import_seen_find(rows->made, (uint64_t)reading->id) == 0)) {
        reading->item->outcome = IMPORT_KEEPS;
        return true;
    }
    if (rows->type->is_temporal)
        return plan_temporal(reading, slices, count, err);
    if (count == 0) {
        add_create(reading, RECORD_ALWAYS, RECORD_FOREVER);
        return true;
    }
    reading->slice = &slices[0];
    if (!parse_old(reading, err))
        return false;
    add_change(reading, merge(reading), RECORD_FOREVER);
    return true;
}

/* Flaws found while cells were read explain those the schema then finds in the same field. */
static void drop_echoes(struct flaws *flaws, size_t own)
{
    struct flaw *last_own = flaws->first;
    struct flaw **link;

    if (own == 0)
        return;
    for (size_t i = 1; i < own; i++)
        last_own = last_own->next;
    link = &last_own->next;
    while (*link != NULL) {
        bool is_echo = false;
        size_t i = 0;

        for (const struct flaw *flaw = flaws->first; i < own; i++, flaw = flaw->next)
            is_echo |= str_equal(flaw->path, (*link)->path);
        if (is_echo) {
            *link = (*link)->next;
            flaws->count--;
        } else {
            link = &(*link)->next;
        }
    }
    flaws->last = last_own;
    while (flaws->last->next != NULL)
        flaws->last = flaws->last->next;
}

static bool prepare_drafts(struct reading *reading, struct err *err)
{
    struct import_rows *rows = reading->rows;
    struct import_item *item = reading->item;
    size_t own = item->flaws.count;
    bool is_same = item->draft_count > 0;

    for (int i = 0; i < item->draft_count; i++) {
        struct record_draft *draft = &item->drafts[i];
        struct err wrong;

        if (!record_prepare(rows->values.tx, reading->arena, rows->values.catalog, draft,
                            &item->flaws, &wrong)) {
            if (wrong.code != ERR_INPUT && wrong.code != ERR_LIMIT) {
                *err = wrong;
                return false;
            }
            if (item->flaws.count == 0)
                find_flaw(reading, STR(""), "conflict",
                          str_copy(reading->arena, str_from_z(wrong.text)));
        }
        is_same &= draft->is_same;
    }
    drop_echoes(&item->flaws, own);
    if (item->flaws.count > 0)
        item->outcome = IMPORT_IS_WRONG;
    else if (is_same)
        item->outcome = IMPORT_SAME;
    else
        item->outcome = reading->slice != NULL ? IMPORT_CHANGES : IMPORT_CREATES;
    return true;
}

static bool is_key(const struct register_type *type, const struct register_field *field)
{
    for (size_t i = 0; i < type->key_count; i++)
        if (&type->fields[type->key[i]] == field)
            return true;
    return false;
}

/* Takes the values at fault out of the row; false when it cannot be without one of them. */
static bool drop_wrong(struct reading *reading)
{
    const struct register_type *type = reading->rows->type;

    for (int turn = 0; turn < 2; turn++)
        for (const struct flaw *flaw = reading->item->flaws.first; flaw != NULL;
             flaw = flaw->next) {
            struct str path = str_slice(flaw->path, 1, flaw->path.len);
            const struct register_field *field = register_type_field(type, str_cut(&path, '/'));

            if (field == NULL || field->is_required || is_key(type, field))
                return false;
            if (turn == 1)
                json_drop(reading->data, field->name);
        }
    return true;
}

static bool plan_drafts(struct reading *reading, struct record *slices, size_t count,
                        struct err *err)
{
    return plan(reading, slices, count, err) &&
           (reading->item->outcome == IMPORT_KEEPS || prepare_drafts(reading, err));
}

/*
 * An object of the state register with a fault in a value that is not required is better
 * than none: it goes in without the value, and the report names it.
 */
static bool plan_kindly(struct reading *reading, struct record *slices, size_t count,
                        struct err *err)
{
    struct import_item *item = reading->item;
    struct flaws found;

    if (!plan_drafts(reading, slices, count, err))
        return false;
    if (item->outcome != IMPORT_IS_WRONG || !reading->rows->is_gar || !drop_wrong(reading))
        return true;
    found = item->flaws;
    item->flaws = (struct flaws){0};
    item->outcome = IMPORT_CREATES;
    item->draft_count = 0;
    reading->slice = NULL;
    reading->old = NULL;
    if (!plan_drafts(reading, slices, count, err))
        return false;
    item->flaws = found;
    return true;
}

bool import_row_prepare(struct import_rows *rows, struct arena *arena, const struct source_row *row,
                        struct import_item *item, struct err *err)
{
    struct reading reading = {.rows = rows, .arena = arena, .item = item, .to = RECORD_FOREVER};
    struct record *slices = NULL;
    size_t count;

    reading.from = RECORD_ALWAYS;
    reading.value.values = &rows->values;
    reading.value.arena = arena;
    reading.data = json_new(arena, JSON_OBJECT);
    *item = (struct import_item){.row = *row};
    if (row->fault.len > 0) {
        find_flaw(&reading, STR(""), "row", row->fault);
        item->outcome = IMPORT_IS_WRONG;
        return true;
    }
    if (!read_cells(&reading, err) || !find_record(&reading, &slices, &count, err))
        return false;
    if (item->outcome == IMPORT_IS_WRONG)
        return true;
    if (reading.is_waiting || reading.is_deferred)
        item->outcome = reading.is_waiting ? IMPORT_WAITS : IMPORT_DEFERS;
    else if (!plan_kindly(&reading, slices, count, err))
        return false;
    import_claim_put(rows, item);
    return true;
}

struct str import_row_text(const struct import_rows *rows, struct arena *arena,
                           const struct source_row *row, struct str field)
{
    for (size_t i = 0; i < rows->target_count && row->cells != NULL; i++) {
        const struct import_target *target = &rows->targets[i];
        struct str name = target->kind == IMPORT_TO_FIELD ? target->field->name
                                                          : rows->options->columns[i].target;
        const struct source_cell *cell = &row->cells[i];
        struct buf text = {.arena = arena};

        if (!str_equal(name, field))
            continue;
        if (cell->json == NULL || cell->json->kind == JSON_STRING)
            return cell_text(cell);
        json_write(&text, cell->json);
        return buf_str(&text);
    }
    return (struct str){0};
}
