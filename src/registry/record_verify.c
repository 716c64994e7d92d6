#include "registry/record_verify.h"

#include "core/id.h"
#include "registry/geometry.h"
#include "registry/record_cluster.h"
#include "registry/record_title.h"
#include "registry/slot.h"
#include "store/cell.h"
#include "store/rows.h"

struct verifying {
    struct tx *tx;
    struct arena *arena;
    const struct catalog *catalog;
    struct record_report *report;
    bool are_titles_settled; /* no renaming is on its way */
};

enum row_column {
    ROW_REGISTER,
    ROW_ID,
    ROW_TITLE,
    ROW_BODY,
    ROW_CELL,
    ROW_BOX,
    ROW_SLOTS = ROW_BOX + 4,
    ROW_WAITS = ROW_SLOTS + RECORD_SLOTS, /* for its turn in a rebuild */
};

static void find(struct verifying *it, struct str where, int64_t id, const char *what)
{
    if (it->report->bad++ > 0)
        return;
    it->report->what = id == 0 ? str_printf(it->arena, "%.*s: %s", STR_ARG(where), what)
                               : str_printf(it->arena, "%.*s, record %.*s: %s", STR_ARG(where),
                                            STR_ARG(id_text(it->arena, id)), what);
}

static bool is_same(const struct rows *row, size_t column, struct store_arg want)
{
    if (want.kind == STORE_NULL || rows_is_null(row, 0, column))
        return want.kind == STORE_NULL && rows_is_null(row, 0, column);
    return want.kind == STORE_INT ? rows_int(row, 0, column) == want.number
                                  : str_equal(rows_text(row, 0, column), want.text);
}

static void check_slots(struct verifying *it, struct arena *arena, const struct register_type *type,
                        const struct rows *row, const struct json *value)
{
    struct store_arg slots[RECORD_SLOTS];

    slot_fill(arena, type, value, slots);
    for (size_t i = 0; i < RECORD_SLOTS; i++)
        if (!is_same(row, ROW_SLOTS + i, slots[i])) {
            find(it, type->id, rows_int(row, 0, ROW_ID),
                 "an index column is not what the record says");
            return;
        }
}

static void check_box(struct verifying *it, const struct register_type *type,
                      const struct rows *row, const struct json *value)
{
    const struct json *geometry =
        type->geometry < 0 ? NULL : json_find(value, type->fields[type->geometry].name);
    int64_t box[4];
    struct err none;
    bool has_box =
        geometry != NULL && geometry->kind == JSON_OBJECT && geometry_check(geometry, box, &none);
    bool is_good = is_same(row, ROW_CELL, has_box ? INT(cell_of_box(box)) : NONE);

    for (size_t side = 0; side < 4; side++)
        is_good &= is_same(row, ROW_BOX + side, has_box ? INT(box[side]) : NONE);
    if (!is_good)
        find(it, type->id, rows_int(row, 0, ROW_ID), "its place on the map is not what it says");
}

static bool check_row(void *data, const struct rows *row, struct err *err)
{
    struct verifying *it = data;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const struct register_type *type = catalog_type(it->catalog, rows_int(row, 0, ROW_REGISTER));
    struct json *value;
    struct str title;
    struct err unread;

    if (type == NULL)
        return true; /* its pack is no longer installed */
    it->report->records++;
    if (!json_parse(arena, rows_text(row, 0, ROW_BODY),
                    &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value, &unread)) {
        find(it, type->id, rows_int(row, 0, ROW_ID), "its body cannot be read");
        return true;
    }
    if (rows_int(row, 0, ROW_WAITS) != 0) {
        it->report->waiting++;
        return true;
    }
    check_slots(it, arena, type, row, value);
    check_box(it, type, row, value);
    /* Those of a mirror were made by its publisher, of what need not be here. */
    if ((type->has_title_refs && !it->are_titles_settled) || tenant_info(it->tx->owner)->is_mirror)
        return true;
    if (!record_title(&(struct registry){it->tx, arena, it->catalog, 0, NULL}, type, value, &title,
                      err))
        return false;
    if (!str_equal(title, rows_text(row, 0, ROW_TITLE)))
        find(it, type->id, rows_int(row, 0, ROW_ID), "its title is not what it says");
    return true;
}

static struct str register_name(const struct verifying *it, int64_t no)
{
    const struct register_type *type = catalog_type(it->catalog, no);

    return type != NULL ? type->id : str_printf(it->arena, "register %lld", (long long)no);
}

static bool say_total(void *data, const struct rows *row, struct err *err)
{
    struct verifying *it = data;

    (void)err;
    find(it, register_name(it, rows_int(row, 0, 0)), 0, "its total is not the number of records");
    return true;
}

static bool say_map(void *data, const struct rows *row, struct err *err)
{
    struct verifying *it = data;

    (void)err;
    find(it, register_name(it, rows_int(row, 0, 0)), 0, "the counts of its map are wrong");
    return true;
}

/* Of tables from before layouts were written down nothing is known. */
static bool check_layout(void *data, const struct rows *row, struct err *err)
{
    struct verifying *it = data;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const struct register_type *type = catalog_type(it->catalog, rows_int(row, 0, 0));
    struct str layout = rows_text(row, 0, 1);

    (void)err;
    if (type != NULL && layout.len > 0 &&
        !str_equal(layout, layout_print(arena, it->catalog->model, type)))
        find(it, type->id, 0, "it is indexed as another version of its pack says");
    return true;
}

static bool check_layouts(struct verifying *it, struct err *err)
{
    return store_each(it->tx, "SELECT no, layout FROM register_no WHERE tenant = $1",
                      ARGS(INT(it->tx->tenant)), check_layout, it, err);
}

static bool check_totals(struct verifying *it, struct err *err)
{
    return store_each(it->tx,
                      "SELECT n.no FROM register_no n WHERE n.tenant = $1 AND n.total <>"
                      " (SELECT count(DISTINCT r.id) FROM record r WHERE r.tenant = $1"
                      "  AND r.register = n.no)",
                      ARGS(INT(it->tx->tenant)), say_total, it, err);
}

/* The sums of each level: a count in a wrong cell of the right level stays unseen. */
static bool check_map(struct verifying *it, struct err *err)
{
    for (size_t i = 0; i < ARRAY_LEN(record_cluster_levels); i++)
        if (!store_each(
                it->tx,
                "SELECT n.no FROM register_no n LEFT JOIN"
                " (SELECT register, sum(count) AS count, sum(x_sum) AS x, sum(y_sum) AS y,"
                "  min(count) AS least FROM map_cell WHERE tenant = $1 AND level = $2"
                "  GROUP BY register) m ON m.register = n.no LEFT JOIN"
                " (SELECT register, count(*) AS count, sum(x1 + (x2 - x1) / 2) AS x,"
                "  sum(y1 + (y2 - y1) / 2) AS y FROM record WHERE tenant = $1"
                "  AND register > 0 AND cell IS NOT NULL GROUP BY register) r ON r.register = n.no"
                " WHERE n.tenant = $1 AND (COALESCE(m.count, 0) <> COALESCE(r.count, 0)"
                " OR COALESCE(m.x, 0) <> COALESCE(r.x, 0)"
                " OR COALESCE(m.y, 0) <> COALESCE(r.y, 0) OR COALESCE(m.least, 0) < 0)",
                ARGS(INT(it->tx->tenant), INT(record_cluster_levels[i])), say_map, it, err))
            return false;
    return true;
}

static bool read_settled(struct verifying *it, struct err *err)
{
    struct rows rows;

    if (!store_query(it->tx, it->arena, &rows,
                     "SELECT count(*) FROM job WHERE tenant = $1 AND kind = 'registry.retitle'"
                     " AND status IN ('waiting', 'running')",
                     ARGS(INT(it->tx->tenant)), err))
        return false;
    it->are_titles_settled = rows_int(&rows, 0, 0) == 0;
    return true;
}

bool record_verify(struct tx *tx, struct arena *arena, const struct catalog *catalog,
                   struct record_report *report, struct err *err)
{
    struct verifying it = {tx, arena, catalog, report, false};

    *report = (struct record_report){0};
    return read_settled(&it, err) &&
           store_each(tx,
                      "SELECT register, id, title, body, cell, x1, y1, x2, y2,"
                      " t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8,"
                      " m1, m2, m3, m4, m5, m6, m7, m8,"
                      " CASE WHEN id > COALESCE((SELECT slots_to FROM register_no n"
                      "  WHERE n.tenant = $1 AND n.no = register), $2) THEN 1 ELSE 0 END"
                      " FROM record WHERE tenant = $1 AND register > 0",
                      ARGS(INT(tx->tenant), INT(INT64_MAX)), check_row, &it, err) &&
           check_layouts(&it, err) && check_totals(&it, err) && check_map(&it, err);
}
