#include "registry/layout.h"

#include "core/hash.h"
#include "registry/registry.h"
#include "store/rows.h"

/* A line begins with the letter of its part; the lines of a part stand together. */
static const char LETTERS[] = {[LAYOUT_SLOTS] = 'S', [LAYOUT_TITLES] = 'T', [LAYOUT_WORDS] = 'W'};

enum {
    FORM = 1, /* raised when values are written to slots, or words made, in another way */
};

static void print_slot(struct buf *buf, const struct register_field *field)
{
    buf_printf(buf, "S %d %.*s %d %d\n", field->slot, STR_ARG(field->name), (int)field->type,
               field->scale);
}

static void print_key(struct buf *buf, const struct register_type *type)
{
    buf_printf(buf, "S %d key", FORM);
    for (size_t i = 0; i < type->key_count; i++)
        buf_printf(buf, " %.*s", STR_ARG(type->fields[type->key[i]].name));
    buf_char(buf, '\n');
}

static void print_map(struct buf *buf, const struct register_type *type)
{
    struct str name = type->geometry >= 0 ? type->fields[type->geometry].name : (struct str){0};

    buf_printf(buf, "S map %.*s\n", STR_ARG(name));
}

static void print_title(struct buf *buf, const struct register_type *type)
{
    const struct json *line = json_find(json_find(type->document, STR("x-uprava")), STR("title"));

    buf_add(buf, STR("T "));
    if (line != NULL)
        json_write(buf, line); /* quoted: it stays one line */
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].is_in_title)
            buf_printf(buf, " %.*s:%d:%.*s", STR_ARG(type->fields[i].name),
                       (int)type->fields[i].type, STR_ARG(type->fields[i].list));
    buf_char(buf, '\n');
}

static bool add_hash(void *data, const struct pack_file *file)
{
    uint64_t *hash = data;

    /* A key of its own: the number is stored, and compared by other processes. */
    *hash = *hash * 31 + hash_keyed(file->bytes, 1, 2);
    return true;
}

static void print_words(struct buf *buf, const struct model *model,
                        const struct register_type *type)
{
    uint64_t synonyms = 0;

    for (size_t i = 0; i < model->packs.count; i++)
        pack_each_file(model->packs.packs[i], STR("words"), STR(".txt"), add_hash, &synonyms);
    buf_printf(buf, "W %d synonyms %llx\n", FORM, (unsigned long long)synonyms);
    for (size_t i = 0; i < type->search_count; i++) {
        const struct register_field *field = &type->fields[type->search[i]];

        buf_printf(buf, "W %.*s %d %.*s %d\n", STR_ARG(field->name), (int)field->type,
                   STR_ARG(field->list), field->access == POLICY_SECRET);
    }
}

struct str layout_print(struct arena *arena, const struct model *model,
                        const struct register_type *type)
{
    struct buf buf = {.arena = arena};

    print_key(&buf, type);
    print_map(&buf, type);
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].slot >= 0)
            print_slot(&buf, &type->fields[i]);
    print_title(&buf, type);
    print_words(&buf, model, type);
    return buf_str(&buf);
}

/* The lines of one part. */
static struct str part_of(struct str layout, enum layout_part part)
{
    struct str rest = layout;
    struct str found = {0};

    while (rest.len > 0) {
        const char *start = rest.ptr;
        struct str line = str_cut(&rest, '\n');

        if (line.len == 0 || line.ptr[0] != LETTERS[part])
            continue;
        if (found.len == 0)
            found.ptr = start;
        found.len = (size_t)(line.ptr + line.len - found.ptr);
    }
    return found;
}

bool layout_same(struct str one, struct str other, enum layout_part part)
{
    return str_equal(part_of(one, part), part_of(other, part));
}

static bool has_line(struct str layout, struct str wanted)
{
    wanted = str_trim(wanted);
    while (layout.len > 0)
        if (str_equal(str_cut(&layout, '\n'), wanted))
            return true;
    return false;
}

void layout_read(struct arena *arena, const struct register_type *type, bool has_was,
                 struct str was, struct layout_state *state)
{
    struct buf line = {.arena = arena};
    bool *moved;

    state->is_rebuilding = has_was;
    state->has_key = state->has_map = true;
    if (!has_was)
        return;
    print_key(&line, type);
    state->has_key = has_line(was, str_trim(buf_str(&line)));
    line.len = 0;
    print_map(&line, type);
    state->has_map = has_line(was, str_trim(buf_str(&line)));
    moved = ARENA_ARRAY(arena, bool, type->field_count + 1);
    for (size_t i = 0; i < type->field_count; i++) {
        line.len = 0;
        print_slot(&line, &type->fields[i]);
        moved[i] = type->fields[i].slot >= 0 && !has_line(was, buf_str(&line));
        /* A key of one text field is in the slot of keys. */
        moved[i] |= type->key_count > 0 && type->fields[i].slot == QUERY_T1 && !state->has_key;
    }
    state->moved = moved;
}

bool layout_has_field(const struct catalog *catalog, const struct register_type *type,
                      const struct register_field *field)
{
    const struct layout_state *state = &catalog->layouts[type->index];

    return state->moved == NULL || !state->moved[field - type->fields];
}

static bool refuse(const struct register_type *type, const char *what, struct err *err)
{
    return err_set(err, ERR_UNAVAILABLE,
                   "%.*s: a new version of the pack is being put to work, and %s is not ready yet: "
                   "try again in a moment",
                   STR_ARG(type->title), what);
}

bool layout_need_field(const struct catalog *catalog, const struct register_type *type,
                       const struct register_field *field, struct err *err)
{
    return layout_has_field(catalog, type, field) || refuse(type, "this filter or order", err);
}

bool layout_need_key(const struct catalog *catalog, const struct register_type *type,
                     struct err *err)
{
    return catalog->layouts[type->index].has_key || refuse(type, "its key", err);
}

bool layout_need_map(const struct catalog *catalog, const struct register_type *type,
                     struct err *err)
{
    return catalog->layouts[type->index].has_map || refuse(type, "its map", err);
}

bool layout_need_words(const struct catalog *catalog, const struct register_type *type,
                       struct err *err)
{
    return catalog->layouts[type->index].has_words || refuse(type, "its search", err);
}

static int64_t place(const struct rows *rows, size_t column)
{
    return rows_is_null(rows, 0, column) ? INT64_MAX : rows_int(rows, 0, column);
}

bool layout_row(struct tx *tx, struct arena *arena, int64_t no, struct layout_row *row,
                struct err *err)
{
    struct rows rows;

    if (!store_query(
            tx, arena, &rows,
            "SELECT edition, slots_to, words_to, published_seq, published_no FROM register_no"
            " WHERE tenant = $1 AND no = $2",
            ARGS(INT(tx->tenant), INT(no)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no register %lld", (long long)no);
    *row = (struct layout_row){rows_int(&rows, 0, 0), place(&rows, 1), place(&rows, 2),
                               rows_int(&rows, 0, 3), rows_int(&rows, 0, 4)};
    return true;
}

bool layout_check(const struct registry *registry, const struct register_type *type,
                  struct layout_row *row, struct err *err)
{
    return layout_row(registry->tx, registry->arena, catalog_no(registry->catalog, type), row,
                      err) &&
           (row->edition == registry->catalog->layouts[type->index].edition ||
            err_set(err, ERR_UNAVAILABLE,
                    "a new version of the pack was installed in this moment: try again"));
}
