#include "registry/record.h"

#include "registry/record_reach.h"
#include "store/rows.h"

#define COLUMNS " version, valid_from, valid_to, changed_at, import, title, body"

static void read_row(const struct rows *rows, size_t row, int64_t no, int64_t id,
                     struct record *record)
{
    *record = (struct record){
        .no = no,
        .id = id,
        .version = rows_int(rows, row, 0),
        .valid_from = rows_int(rows, row, 1),
        .valid_to = rows_int(rows, row, 2),
        .changed_at = rows_int(rows, row, 3),
        .import = rows_int(rows, row, 4),
        .title = rows_text(rows, row, 5),
        .body = rows_text(rows, row, 6),
    };
}

/* What the reader reaches of the register of that number. */
static struct record_reach reach_of(const struct registry *registry, int64_t no)
{
    const struct register_type *type =
        registry->reader == NULL ? NULL : catalog_type(registry->catalog, no);

    return type == NULL ? (struct record_reach){0} : record_reach_of(registry, type, POLICY_READ);
}

bool record_get(const struct registry *registry, int64_t no, int64_t id, int64_t valid_on,
                struct record *record, struct err *err)
{
    struct record_reach reach = reach_of(registry, no);
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT" COLUMNS " FROM record"
                     " WHERE tenant = $1 AND register = $2 AND id = $3 AND valid_from <= $4"
                     " ORDER BY valid_from DESC LIMIT 1",
                     ARGS(INT(registry->tx->tenant), INT(no), INT(id), INT(valid_on)), err))
        return false;
    if (rows.count == 0 || rows_int(&rows, 0, 2) <= valid_on ||
        !record_reach_has(&reach, registry->arena, rows_text(&rows, 0, 6)))
        return err_set(err, ERR_ABSENT, "there is no such record");
    read_row(&rows, 0, no, id, record);
    return true;
}

bool record_slices(const struct registry *registry, int64_t no, int64_t id, struct record **records,
                   size_t *count, struct err *err)
{
    struct record_reach reach = reach_of(registry, no);
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT" COLUMNS " FROM record"
                     " WHERE tenant = $1 AND register = $2 AND id = $3 ORDER BY valid_from",
                     ARGS(INT(registry->tx->tenant), INT(no), INT(id)), err))
        return false;
    *records = ARENA_ARRAY(registry->arena, struct record, rows.count);
    *count = 0;
    for (size_t i = 0; i < rows.count; i++)
        if (record_reach_has(&reach, registry->arena, rows_text(&rows, i, 6)))
            read_row(&rows, i, no, id, &(*records)[(*count)++]);
    return true;
}

/* What was in reach once is not for those who do not reach the record as it is now. */
static bool reaches_now(const struct registry *registry, int64_t no, int64_t id, bool *reaches,
                        struct err *err)
{
    struct record *slices;
    size_t count;

    if (!record_slices(registry, no, id, &slices, &count, err))
        return false;
    *reaches = count > 0;
    return true;
}

bool record_get_known(const struct registry *registry, int64_t no, int64_t id,
                      struct record_when when, struct record *record, struct err *err)
{
    struct record_reach reach = reach_of(registry, no);
    struct rows rows;
    bool reaches;

    /* What is believed now was so then, if it was written by then; else history tells. */
    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT" COLUMNS " FROM record WHERE tenant = $1 AND register = $2"
                     " AND id = $3 AND valid_from <= $4 AND valid_to > $4 AND version <= $5"
                     " UNION ALL "
                     "SELECT known_from, valid_from, valid_to, 0, 0, title, body FROM history"
                     " WHERE tenant = $1 AND register = $2 AND id = $3 AND valid_from <= $4"
                     " AND valid_to > $4 AND known_from <= $5 AND known_to > $5"
                     " AND body IS NOT NULL ORDER BY 1 DESC LIMIT 1",
                     ARGS(INT(registry->tx->tenant), INT(no), INT(id), INT(when.valid_on),
                          INT(when.known_at)),
                     err))
        return false;
    reaches = rows.count > 0 && record_reach_has(&reach, registry->arena, rows_text(&rows, 0, 6));
    if (reaches && reach.count > 0 && !reaches_now(registry, no, id, &reaches, err))
        return false;
    if (!reaches)
        return err_set(err, ERR_ABSENT, "nothing was known of this record then");
    read_row(&rows, 0, no, id, record);
    return true;
}

bool record_find_key(struct tx *tx, struct arena *arena, int64_t no, struct str key, int64_t *id,
                     struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT id FROM record WHERE tenant = $1 AND register = $2 AND t1 = $3"
                     " ORDER BY id LIMIT 1",
                     ARGS(INT(tx->tenant), INT(no), TEXT(key)), err))
        return false;
    *id = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    return true;
}

bool record_is_open(const struct register_type *type, unsigned classes)
{
    return (type->classes & ~classes) == 0;
}

void record_redact(struct buf *buf, struct arena *arena, const struct register_type *type,
                   unsigned classes, struct str body)
{
    struct json *value;
    struct err err;

    /* A body that cannot be read shows nothing rather than everything. */
    if (!json_parse(arena, body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value, &err)) {
        buf_add(buf, STR("{}"));
        return;
    }
    for (size_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].access & ~classes) != 0)
            json_drop(value, type->fields[i].name);
    json_write(buf, value);
}

bool record_is_searchable(const struct register_type *type, unsigned classes)
{
    unsigned searched = type->title_classes;

    for (size_t i = 0; i < type->search_count; i++)
        searched |= type->fields[type->search[i]].access;
    /* Secret fields never enter the index. */
    return (searched & ~(classes | POLICY_SECRET)) == 0;
}
