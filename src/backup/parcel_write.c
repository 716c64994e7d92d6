#include <string.h>

#include "backup/parcel.h"
#include "core/base64.h"
#include "core/file.h"
#include "core/id.h"
#include "core/time.h"

enum {
    PIECE = 48 * 1024,  /* bytes of an attachment in a line */
    FLUSH = 256 * 1024, /* lines are handed on in */
    TELL_ROWS = 1000,   /* progress is told after so many */
    FILE_NAME = 64,     /* letters of a SHA-256 */
};

struct writing {
    const struct parcel_write *write;
    struct arena *arena;
    struct crate_writer crate;
    struct parcel_count count;
    struct buf lines;
};

static bool flush(struct writing *writing, struct err *err)
{
    bool ok = crate_add(&writing->crate, buf_str(&writing->lines), err);

    writing->lines.len = 0;
    return ok;
}

static bool end_line(struct writing *writing, struct err *err)
{
    buf_char(&writing->lines, '\n');
    return writing->lines.len < FLUSH || flush(writing, err);
}

static bool tell(const struct writing *writing, struct err *err)
{
    const struct parcel_write *write = writing->write;

    return write->progress == NULL ||
           write->progress(write->data, writing->count.rows, writing->count.files) ||
           err_set(err, ERR_UNAVAILABLE, "it was stopped");
}

static bool write_row(void *data, const struct rows *row, struct err *err)
{
    struct writing *writing = data;

    for (size_t i = 0; i < row->columns; i++) {
        buf_char(&writing->lines, i == 0 ? '[' : ',');
        if (row->values[i].kind == STORE_INT)
            buf_printf(&writing->lines, "%lld", (long long)row->values[i].number);
        else if (row->values[i].kind == STORE_TEXT)
            json_write_text(&writing->lines, row->values[i].text);
        else
            buf_add(&writing->lines, STR("null"));
    }
    buf_char(&writing->lines, ']');
    writing->count.rows++;
    return end_line(writing, err) && (writing->count.rows % TELL_ROWS != 0 || tell(writing, err));
}

static bool write_table(struct writing *writing, struct tx *tx, const struct carry_table *table,
                        int64_t since, struct err *err)
{
    struct str rest = str_from_z(table->columns);

    buf_printf(&writing->lines, "{\"table\":\"%s\",\"columns\":", table->name);
    for (char before = '['; rest.len > 0; before = ',') {
        struct str column = str_trim(str_cut(&rest, ','));

        buf_printf(&writing->lines, "%c\"%.*s\"", before, STR_ARG(column));
    }
    buf_add(&writing->lines, STR("]}"));
    return end_line(writing, err) && carry_each(tx, table, since, write_row, writing, err);
}

static bool write_sums(struct writing *writing, struct tx *tx, struct err *err)
{
    buf_add(&writing->lines, STR("{\"end\":"));
    for (size_t i = 0; i < carry_table_count; i++) {
        struct carry_sum sum;

        if (!carry_measure(tx, &carry_tables[i], &sum, err))
            return false;
        buf_printf(&writing->lines, "%c\"%s\":[%lld,%lld]", i == 0 ? '{' : ',',
                   carry_tables[i].name, (long long)sum.rows, (long long)sum.letters);
    }
    buf_add(&writing->lines, STR("}}"));
    return end_line(writing, err);
}

static bool write_pieces(struct writing *writing, int fd, char *room, struct err *err)
{
    int64_t at = 0;
    size_t got;

    for (;;) {
        if (!file_pull(fd, at, room, PIECE, &got, err))
            return false;
        if (got == 0)
            return true;
        buf_char(&writing->lines, '"');
        base64_print(&writing->lines, (struct str){room, got});
        buf_char(&writing->lines, '"');
        at += (int64_t)got;
        if (!end_line(writing, err))
            return false;
    }
}

static bool write_file(struct writing *writing, struct str name, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(file_close) int fd = -1;
    struct err absent = {0};

    if (!file_open(file_join(arena, tenant_folder(writing->write->tenant), name), &fd, &absent)) {
        if (absent.code == ERR_ABSENT)
            return true; /* nobody named it, and it was collected just now */
        *err = absent;
        return false;
    }
    buf_printf(&writing->lines, "{\"file\":\"%.*s\"}", STR_ARG(name));
    if (!end_line(writing, err) || !write_pieces(writing, fd, arena_alloc(arena, PIECE), err))
        return false;
    writing->count.files++;
    return tell(writing, err);
}

/* The name is the SHA-256 of the content; drafts have others. */
static bool write_new_file(void *data, struct str name, int64_t at, struct err *err)
{
    struct writing *writing = data;
    const struct parcel_label *to = writing->write->to;

    return name.len != FILE_NAME || (to != NULL && at < to->at - TIME_DAY_MS) ||
           write_file(writing, name, err);
}

static bool write_files(struct writing *writing, struct err *err)
{
    struct str folder = tenant_folder(writing->write->tenant);

    return !file_is_folder(folder) || file_each(folder, write_new_file, writing, err);
}

static bool read_head(struct tx *tx, struct arena *arena, struct store_head *head, struct err *err)
{
    struct rows rows;

    *head = (struct store_head){0};
    if (!store_query(tx, arena, &rows, "SELECT seq, chain FROM tenant_head WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    if (rows.count == 0)
        return true;
    struct str chain = rows_text(&rows, 0, 1);
    if (chain.len >= sizeof head->chain)
        return err_set(err, ERR_BROKEN, "the head of the journal is damaged");
    head->seq = rows_int(&rows, 0, 0);
    memcpy(head->chain, chain.ptr, chain.len);
    return true;
}

static bool read_packs(struct tx *tx, struct arena *arena, struct parcel_label *label,
                       struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT id, version FROM pack WHERE tenant = $1 ORDER BY id",
                     ARGS(INT(tx->tenant)), err))
        return false;
    struct parcel_pack *packs = ARENA_ARRAY(arena, struct parcel_pack, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        packs[i] = (struct parcel_pack){rows_text(&rows, i, 0), rows_text(&rows, i, 1)};
    label->packs = packs;
    label->pack_count = rows.count;
    return true;
}

static bool read_parent(const struct parcel_write *write, struct arena *arena,
                        struct parcel_label *label, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read_node(&tx, tenant_store(write->tenant), err) ||
        !store_query(&tx, arena, &rows, "SELECT name FROM tenant WHERE id = $1",
                     ARGS(INT(label->tenant.parent)), err))
        return false;
    if (rows.count > 0)
        label->parent = rows_text(&rows, 0, 0);
    return true;
}

static bool read_label(const struct parcel_write *write, struct tx *tx, struct arena *arena,
                       struct parcel_label *label, struct err *err)
{
    *label = (struct parcel_label){.tenant = *tenant_info(write->tenant), .at = write->now};
    label->mark = id_text(arena, id_next(write->now));
    if (write->to != NULL)
        label->from = write->to->head;
    return read_head(tx, arena, &label->head, err) && read_packs(tx, arena, label, err) &&
           read_parent(write, arena, label, err);
}

static void print_head(struct arena *arena, struct json *json, const char *name,
                       const struct store_head *head)
{
    struct json *inner = json_set(json, str_from_z(name), json_new(arena, JSON_OBJECT));

    json_set_int(arena, inner, STR("seq"), head->seq);
    json_set_text(arena, inner, STR("chain"), str_from_z(head->chain));
}

static struct str print_label(struct arena *arena, const struct parcel_label *label)
{
    struct json *json = json_new(arena, JSON_OBJECT);
    struct buf text = {.arena = arena};

    json_set_text(arena, json, STR("kind"), STR("tenant"));
    json_set_int(arena, json, STR("format"), 1);
    json_set_text(arena, json, STR("mark"), label->mark);
    json_set_text(arena, json, STR("name"), label->tenant.name);
    json_set_text(arena, json, STR("title"), label->tenant.title);
    json_set_int(arena, json, STR("id"), label->tenant.id);
    json_set_int(arena, json, STR("created_at"), label->tenant.created_at);
    json_set_text(arena, json, STR("parent"), label->parent);
    json_set_int(arena, json, STR("at"), label->at);
    print_head(arena, json, "from", &label->from);
    print_head(arena, json, "head", &label->head);
    struct json *packs = json_set(json, STR("packs"), json_new(arena, JSON_ARRAY));
    for (size_t i = 0; i < label->pack_count; i++) {
        struct json *pack = json_push(packs, json_new(arena, JSON_OBJECT));

        json_set_text(arena, pack, STR("id"), label->packs[i].id);
        json_set_text(arena, pack, STR("version"), label->packs[i].version);
    }
    json_write(&text, json);
    return buf_str(&text);
}

static bool write_all(struct writing *writing, struct tx *tx, struct err *err)
{
    const struct parcel_label *to = writing->write->to;

    for (size_t i = 0; i < carry_table_count; i++)
        if (!write_table(writing, tx, &carry_tables[i], to != NULL ? to->head.seq : 0, err))
            return false;
    return write_files(writing, err) && write_sums(writing, tx, err) && flush(writing, err);
}

bool parcel_write(const struct parcel_write *write, struct arena *arena, struct parcel_label *label,
                  struct parcel_count *count, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct writing writing = {.write = write, .arena = arena, .lines = {.arena = arena}};
    bool ok = tx_read(&tx, write->tenant, err) && read_label(write, &tx, arena, label, err);

    if (ok && write->to != NULL && write->to->tenant.id != label->tenant.id)
        ok = err_set(err, ERR_INPUT, "the earlier file is of another municipality");
    if (!ok)
        return false;
    struct crate_label head = {.head = print_label(arena, label)};
    ok = crate_start(&writing.crate, arena, write->draft, &head, write->seal, err) &&
         write_all(&writing, &tx, err) && crate_end(&writing.crate, err);
    crate_drop(&writing.crate);
    *count = writing.count;
    return ok;
}
