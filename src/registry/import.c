#include "registry/import.h"

#include "auth/journal.h"
#include "registry/import_guess.h"
#include "registry/import_run.h"
#include "registry/import_text.h"
#include "sign/digest.h"
#include "store/rows.h"

#define COLUMNS                                                                                    \
    "id, job, register, format, name, status, created_at, actor, undone_at, options, counts"

static const struct str FORMATS[] = {
    [IMPORT_CSV] = STR_INIT("csv"),           [IMPORT_NDJSON] = STR_INIT("ndjson"),
    [IMPORT_GEOJSON] = STR_INIT("geojson"),   [IMPORT_GAR] = STR_INIT("gar"),
    [IMPORT_CALENDAR] = STR_INIT("calendar"),
};
static const struct str STATUSES[] = {
    STR_INIT("new"),     STR_INIT("checking"), STR_INIT("checked"),
    STR_INIT("running"), STR_INIT("done"),     STR_INIT("stopped"),
    STR_INIT("failed"),  STR_INIT("undoing"),  STR_INIT("undone"),
};
static const struct str EMPTIES[] = {
    STR_INIT("Не заполнено"), STR_INIT("Незаполнено"), STR_INIT("нет данных"), STR_INIT("н/д"),
    STR_INIT("б/н"),          STR_INIT("-"),           STR_INIT("—"),          STR_INIT("null"),
    STR_INIT("n/a"),
};

struct str import_status_word(enum import_status status)
{
    return STATUSES[status];
}

struct str import_format_word(enum import_format format)
{
    return FORMATS[format];
}

static int word_at(const struct str *words, size_t count, struct str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(words[i], word))
            return (int)i;
    return 0;
}

static bool next_id(struct tx *tx, struct arena *arena, int64_t *id, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT COALESCE(MAX(id), 0) + 1 FROM import WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *id = rows_int(&rows, 0, 0);
    return true;
}

bool import_put(struct tx *tx, struct import *import, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct buf options = {.arena = arena};
    struct journal_entry entry = {.at = import->created_at,
                                  .actor = import->actor,
                                  .action = STR("import.upload"),
                                  .no = import->no};

    if (!next_id(tx, arena, &import->id, err))
        return false;
    import->status = IMPORT_NEW;
    import_text_print(&options, import);
    entry.cause = import->id;
    return store_exec(tx,
                      "INSERT INTO import (tenant, id, register, format, name, status, created_at,"
                      " actor, options, counts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '')",
                      ARGS(INT(tx->tenant), INT(import->id), INT(import->no),
                           TEXT(FORMATS[import->format]), TEXT(import->name),
                           TEXT(STATUSES[IMPORT_NEW]), INT(import->created_at), INT(import->actor),
                           TEXT(buf_str(&options))),
                      err) &&
           journal_add(tx, &entry, err);
}

static void read_row(struct arena *arena, const struct rows *rows, size_t row,
                     struct import *import)
{
    struct import_mark mark;

    *import = (struct import){
        .id = rows_int(rows, row, 0),
        .job = rows_int(rows, row, 1),
        .no = rows_int(rows, row, 2),
        .format = (enum import_format)word_at(FORMATS, ARRAY_LEN(FORMATS), rows_text(rows, row, 3)),
        .name = rows_text(rows, row, 4),
        .status =
            (enum import_status)word_at(STATUSES, ARRAY_LEN(STATUSES), rows_text(rows, row, 5)),
        .created_at = rows_int(rows, row, 6),
        .actor = rows_int(rows, row, 7),
        .undone_at = rows_int(rows, row, 8),
    };
    import->options.valid_from = RECORD_ALWAYS;
    import_text_parse(arena, rows_text(rows, row, 9), import);
    import_run_parse(arena, rows_text(rows, row, 10), &import->counts, &mark);
}

bool import_get(const struct registry *registry, int64_t id, struct import *import, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT " COLUMNS " FROM import WHERE tenant = $1 AND id = $2",
                     ARGS(INT(registry->tx->tenant), INT(id)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such import");
    read_row(registry->arena, &rows, 0, import);
    return true;
}

bool import_list(const struct registry *registry, int64_t before, int limit,
                 struct import **imports, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT " COLUMNS " FROM import WHERE tenant = $1"
                     " AND ($2 = 0 OR id < $2) ORDER BY id DESC LIMIT $3",
                     ARGS(INT(registry->tx->tenant), INT(before), INT(limit)), err))
        return false;
    *imports = ARENA_ARRAY(registry->arena, struct import, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        read_row(registry->arena, &rows, i, &(*imports)[i]);
    return true;
}

bool import_errors(const struct registry *registry, int64_t id, int limit,
                   struct import_error **errors, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT line, field, message, value FROM import_error WHERE tenant = $1"
                     " AND import = $2 ORDER BY no LIMIT $3",
                     ARGS(INT(registry->tx->tenant), INT(id), INT(limit)), err))
        return false;
    *errors = ARENA_ARRAY(registry->arena, struct import_error, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        struct str message = rows_text(&rows, i, 2);
        struct str kind = str_cut(&message, ' ');

        (*errors)[i] = (struct import_error){rows_int(&rows, i, 0), rows_text(&rows, i, 1), kind,
                                             message, rows_text(&rows, i, 3)};
    }
    return true;
}

/* The set of a file's columns: what a mapping is remembered by. */
static struct str columns_key(struct arena *arena, const struct import_column *columns,
                              size_t count)
{
    struct buf all = {.arena = arena};
    struct buf key = {.arena = arena};
    struct digest digest;

    for (size_t i = 0; i < count; i++) {
        buf_add(&all, columns[i].title);
        buf_char(&all, '\n');
    }
    digest = digest_of(buf_str(&all));
    digest_print(&key, &digest);
    return buf_str(&key);
}

static bool recall(struct tx *tx, struct arena *arena, const struct import *import,
                   struct import_preview *preview, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT mapping FROM import_mapping WHERE tenant = $1 AND register = $2"
                     " AND columns = $3",
                     ARGS(INT(tx->tenant), INT(import->no),
                          TEXT(columns_key(arena, preview->columns, preview->column_count))),
                     err))
        return false;
    if (rows.count == 0)
        return true;
    import_text_parse_mapping(arena, rows_text(&rows, 0, 0), &preview->options);
    preview->is_remembered = preview->options.column_count == preview->column_count;
    if (preview->is_remembered)
        preview->columns = preview->options.columns;
    return true;
}

static bool has_target(const struct import_preview *preview, struct str name)
{
    for (size_t i = 0; i < preview->column_count; i++)
        if (str_equal(preview->columns[i].target, name))
            return true;
    for (size_t i = 0; i < preview->options.constant_count; i++)
        if (str_equal(preview->options.constants[i].field, name))
            return true;
    return false;
}

static void find_missing(struct arena *arena, const struct register_type *type,
                         struct import_preview *preview)
{
    preview->missing = ARENA_ARRAY(arena, const struct register_field *, type->field_count + 1);
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].is_required && !has_target(preview, type->fields[i].name))
            preview->missing[preview->missing_count++] = &type->fields[i];
}

static struct str cell_text(struct arena *arena, const struct source_cell *cell)
{
    struct buf text = {.arena = arena};

    if (cell->json == NULL)
        return cell->text;
    if (cell->json->kind == JSON_STRING)
        return cell->json->text;
    json_write(&text, cell->json);
    return buf_str(&text);
}

static bool read_samples(struct source *source, struct arena *arena, struct import_preview *preview,
                         struct err *err)
{
    preview->cells = ARENA_ARRAY(arena, struct str, IMPORT_SAMPLES * source->column_count);
    while (preview->row_count < IMPORT_SAMPLES) {
        struct source_row row;

        if (!source->next(source, arena, &row, err))
            return false;
        if (row.cells == NULL && row.fault.len == 0)
            return true;
        for (size_t i = 0; row.cells != NULL && i < source->column_count; i++)
            preview->cells[preview->row_count * source->column_count + i] =
                cell_text(arena, &row.cells[i]);
        preview->row_count += row.cells != NULL;
    }
    return true;
}

bool import_look(const struct registry *registry, const struct import *import,
                 struct import_preview *preview, struct err *err)
{
    struct arena *arena = registry->arena;
    CLEANUP(source_close) struct source source = {0};
    const struct register_type *type = catalog_type(registry->catalog, import->no);

    *preview = (struct import_preview){.options = import->options};
    if (type == NULL)
        return err_set(err, ERR_ABSENT, "the register of this import is not installed any more");
    if (!source_open(arena, registry->tx->owner, import, &source, err))
        return false;
    preview->column_count = source.column_count;
    preview->columns = ARENA_ARRAY(arena, struct import_column, source.column_count);
    for (size_t i = 0; i < source.column_count; i++)
        preview->columns[i].title = source.columns[i];
    import_guess(arena, registry->catalog, type, preview->columns, preview->column_count);
    /* In an export of ours what is empty is empty, and a "-" is a "-". */
    if (source.column_count == 0 || !str_equal(preview->columns[0].title, STR("id"))) {
        preview->options.empties = (struct str *)EMPTIES;
        preview->options.empty_count = ARRAY_LEN(EMPTIES);
    }
    if (!recall(registry->tx, arena, import, preview, err) ||
        !read_samples(&source, arena, preview, err))
        return false;
    /* What was chosen for this very file stands before what was guessed. */
    if (import->options.column_count == source.column_count) {
        preview->options = import->options;
        preview->columns = import->options.columns;
    }
    preview->options.columns = preview->columns;
    preview->options.column_count = preview->column_count;
    find_missing(arena, type, preview);
    return true;
}

static bool check_target(const struct register_type *type, const struct import_options *options,
                         struct str name, struct err *err)
{
    const struct register_field *field = register_type_field(type, name);
    struct import_target target;

    if (!import_row_target(type, name, &target))
        return err_set(err, ERR_INPUT, "%.*s: the register has no such field", STR_ARG(name));
    if ((target.kind == IMPORT_TO_LAT || target.kind == IMPORT_TO_LON) && type->geometry >= 0)
        field = &type->fields[type->geometry];
    if (field != NULL && (field->access & ~options->classes) != 0)
        return err_set(err, ERR_DENIED, "your role does not allow the field %.*s", STR_ARG(name));
    return true;
}

static bool check_options(const struct register_type *type, const struct import_options *options,
                          struct err *err)
{
    for (size_t i = 0; i < options->column_count; i++) {
        struct str target = options->columns[i].target;

        if (!check_target(type, options, target, err))
            return false;
        for (size_t other = 0; other < i && target.len > 0; other++)
            if (str_equal(options->columns[other].target, target))
                return err_set(err, ERR_INPUT, "%.*s: two columns are to go there",
                               STR_ARG(target));
    }
    for (size_t i = 0; i < options->constant_count; i++)
        if (!check_target(type, options, options->constants[i].field, err))
            return false;
    return true;
}

bool import_set(const struct registry *registry, struct import *import, struct err *err)
{
    struct tx *tx = registry->tx;
    struct arena *arena = registry->arena;
    const struct register_type *type = catalog_type(registry->catalog, import->no);
    const struct import_options *options = &import->options;
    struct buf text = {.arena = arena};
    struct buf mapping = {.arena = arena};

    if (type == NULL)
        return err_set(err, ERR_ABSENT, "the register of this import is not installed any more");
    if (!check_options(type, options, err))
        return false;
    import_text_print(&text, import);
    import_text_print_mapping(&mapping, arena, options);
    return store_exec(tx, "UPDATE import SET options = $3 WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(import->id), TEXT(buf_str(&text))), err) &&
           (import->format == IMPORT_GAR ||
            store_exec(tx,
                       "INSERT INTO import_mapping (tenant, register, columns, mapping)"
                       " VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, register, columns)"
                       " DO UPDATE SET mapping = excluded.mapping",
                       ARGS(INT(tx->tenant), INT(import->no),
                            TEXT(columns_key(arena, options->columns, options->column_count)),
                            TEXT(buf_str(&mapping))),
                       err));
}
