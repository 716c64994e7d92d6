#include "registry/record_rebuild.h"

#include "registry/geometry.h"
#include "registry/record_cluster.h"
#include "registry/record_prepare.h"
#include "registry/record_title.h"
#include "registry/slot.h"
#include "store/cell.h"
#include "store/rows.h"

#include <string.h>

struct rebuild {
    const struct registry *registry;
    struct tx *tx; /* its own, as is arena */
    struct arena *arena;
    const struct register_type *type;
    bool is_renamed;
};

/* What is stored of a slice beside its body. */
struct beside {
    struct str title;
    bool has_box;
    int64_t box[4];
    struct store_arg slots[RECORD_SLOTS];
};

enum {
    BOX, /* the columns of read_beside */
    SLOTS = BOX + 4,
};

static bool read_beside(struct rebuild *it, const struct record *slice, struct beside *beside,
                        struct err *err)
{
    struct rows rows;

    if (!store_query(
            it->tx, it->arena, &rows,
            "SELECT x1, y1, x2, y2, t1, t2, t3, t4, t5, t6, t7, t8,"
            " n1, n2, n3, n4, n5, n6, n7, n8, m1, m2, m3, m4, m5, m6, m7, m8"
            " FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
            " AND valid_from = $4",
            ARGS(INT(it->tx->tenant), INT(slice->no), INT(slice->id), INT(slice->valid_from)), err))
        return false;
    beside->title = slice->title;
    beside->has_box = !rows_is_null(&rows, 0, BOX);
    for (size_t side = 0; side < 4; side++)
        beside->box[side] = beside->has_box ? rows_int(&rows, 0, BOX + side) : 0;
    for (size_t i = 0; i < RECORD_SLOTS; i++)
        beside->slots[i] = rows_is_null(&rows, 0, SLOTS + i) ? NONE
                           : i < QUERY_N1                    ? TEXT(rows_text(&rows, 0, SLOTS + i))
                                                             : INT(rows_int(&rows, 0, SLOTS + i));
    return true;
}

static bool is_same_slot(const struct store_arg *one, const struct store_arg *other)
{
    return one->kind == other->kind && (one->kind != STORE_INT || one->number == other->number) &&
           (one->kind != STORE_TEXT || str_equal(one->text, other->text));
}

static bool has_same_box(const struct beside *one, const struct beside *other)
{
    return one->has_box == other->has_box &&
           (!one->has_box || memcmp(one->box, other->box, sizeof one->box) == 0);
}

static bool is_same(const struct beside *one, const struct beside *other)
{
    bool is_same = str_equal(one->title, other->title) && has_same_box(one, other);

    for (int i = 0; i < RECORD_SLOTS && is_same; i++)
        is_same = is_same_slot(&one->slots[i], &other->slots[i]);
    return is_same;
}

/* A mirror has what its publisher titled: what a title names need not be here. */
static bool make_title(struct rebuild *it, const struct record *slice, const struct json *value,
                       struct str *title, struct err *err)
{
    *title = slice->title;
    return tenant_info(it->tx->owner)->is_mirror ||
           record_title(it->registry, it->type, value, title, err);
}

static bool make(struct rebuild *it, const struct record *slice, struct beside *beside,
                 struct err *err)
{
    const struct register_type *type = it->type;
    const struct json *geometry;
    struct json *value;
    struct err none;

    if (!json_parse(it->arena, slice->body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value,
                    err) ||
        !make_title(it, slice, value, &beside->title, err))
        return err_while(err, "record %lld", (long long)slice->id);
    slot_fill(it->arena, type, value, beside->slots);
    geometry = type->geometry < 0 ? NULL : json_find(value, type->fields[type->geometry].name);
    beside->has_box = geometry != NULL && geometry->kind == JSON_OBJECT &&
                      geometry_check(geometry, beside->box, &none);
    return true;
}

static bool count_boxes(struct rebuild *it, int64_t no, const struct beside *was,
                        const struct beside *is, struct err *err)
{
    return has_same_box(was, is) ||
           ((!was->has_box || record_cluster_count(it->tx, no, was->box, -1, err)) &&
            (!is->has_box || record_cluster_count(it->tx, no, is->box, 1, err)));
}

static bool write_row(struct rebuild *it, const struct record *slice, const struct beside *is,
                      struct err *err)
{
    enum {
        FIXED = 10
    };
    struct store_arg row[FIXED + RECORD_SLOTS] = {
        INT(it->tx->tenant),    INT(slice->no),  INT(slice->id),
        INT(slice->valid_from), TEXT(is->title), is->has_box ? INT(cell_of_box(is->box)) : NONE,
    };

    for (int side = 0; side < 4; side++)
        row[6 + side] = is->has_box ? INT(is->box[side]) : NONE;
    for (int i = 0; i < RECORD_SLOTS; i++)
        row[FIXED + i] = is->slots[i];
    return store_exec(
        it->tx,
        "UPDATE record SET title = $5, cell = $6, x1 = $7, y1 = $8, x2 = $9, y2 = $10,"
        " t1 = $11, t2 = $12, t3 = $13, t4 = $14, t5 = $15, t6 = $16, t7 = $17, t8 = $18,"
        " n1 = $19, n2 = $20, n3 = $21, n4 = $22, n5 = $23, n6 = $24, n7 = $25, n8 = $26,"
        " m1 = $27, m2 = $28, m3 = $29, m4 = $30, m5 = $31, m6 = $32, m7 = $33, m8 = $34"
        " WHERE tenant = $1 AND register = $2 AND id = $3 AND valid_from = $4",
        (struct store_args){row, FIXED + RECORD_SLOTS}, err);
}

static bool rebuild_slice(struct rebuild *it, struct record *slice, struct err *err)
{
    struct beside was;
    struct beside is;

    if (!read_beside(it, slice, &was, err) || !make(it, slice, &is, err))
        return false;
    if (is_same(&was, &is))
        return true; /* done before a restart: it costs no write */
    if (!count_boxes(it, slice->no, &was, &is, err) || !write_row(it, slice, &is, err))
        return false;
    it->is_renamed |= !str_equal(is.title, slice->title);
    slice->title = is.title;
    return true;
}

bool record_rebuild(const struct registry *registry, const struct register_type *type, int64_t id,
                    bool *is_renamed, struct err *err)
{
    struct rebuild it = {registry, registry->tx, registry->arena, type, false};
    int64_t no = catalog_no(registry->catalog, type);
    struct search_entry old;
    struct search_entry next;
    struct layout_row layout;
    struct record *slices;
    size_t count;

    if (!record_slices(registry, no, id, &slices, &count, err) ||
        !layout_row(it.tx, it.arena, no, &layout, err) ||
        !record_prepare_entry(registry, type, slices, count, &old, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!rebuild_slice(&it, &slices[i], err))
            return false;
    *is_renamed = it.is_renamed;
    /* Words that are not in the index yet come when their turn comes. */
    if (!it.is_renamed || id > layout.words_to)
        return true;
    return record_prepare_entry(registry, type, slices, count, &next, err) &&
           search_change(it.tx, &old, &next, err);
}
