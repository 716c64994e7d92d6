#include <string.h>
#include <unistd.h>

#include "backup/parcel.h"
#include "core/base64.h"
#include "core/file.h"
#include "core/num.h"
#include "core/vec.h"
#include "sign/digest.h"
#include "store/due.h"

enum {
    LINE_MAX_BYTES = 8 * 1024 * 1024, /* the longest row: a body is 1 MiB at most, escaped */
    ROOM = 128 * 1024,
    STEPS_MAX = 500,           /* of one transaction */
    STEPS_BYTES = 1024 * 1024, /* likewise */
    PACKS_MAX = 100,
    COLUMNS_MAX = 48,
    FILE_NAME = 64, /* letters of a SHA-256 */
};

/* How far a parcel was read stands in a setting, until all of it is there. */
#define BOOKMARK "parcel"
#define ARRIVED  "arrived" /* and its mark: all of it is there */

struct put_step {
    const struct carry_table *clear; /* NULL: a row */
    const char *sql;
    const struct store_arg *values;
    size_t count;
};

struct reading {
    const struct parcel_read *read;
    const struct parcel_label *label;
    struct crate_reader *crate;
    struct tenant *tenant;
    struct parcel_count count;
    int64_t line;    /* the last that was read */
    int64_t done_to; /* lines that an earlier try has put */
    bool has_end;

    char *room; /* bytes of the crate not yet cut into lines */
    size_t at, filled;
    struct buf text; /* of the line */

    struct arena *arena; /* of the table */
    const struct carry_table *table;
    const char *sql;
    size_t columns;

    struct arena *steps_arena; /* of the steps, emptied with them */
    VEC(struct put_step) steps;
    int64_t steps_bytes;

    bool is_file;
    struct str file; /* its name */
    struct file_draft draft;
    struct digest_stream *digest;
};

static bool read_store_head(const struct json *json, struct store_head *head)
{
    struct str chain = json_find_text(json, STR("chain"));

    *head = (struct store_head){.seq = json_find_int(json, STR("seq"), -1)};
    if (head->seq < 0 || chain.len >= sizeof head->chain)
        return false;
    memcpy(head->chain, chain.ptr, chain.len);
    return true;
}

static bool read_label(struct arena *arena, const struct json *json, struct parcel_label *label)
{
    const struct json *packs = json_find(json, STR("packs"));
    struct parcel_pack *list;

    *label = (struct parcel_label){
        .tenant = {.id = json_find_int(json, STR("id"), 0),
                   .name = json_find_text(json, STR("name")),
                   .title = json_find_text(json, STR("title")),
                   .created_at = json_find_int(json, STR("created_at"), 0),
                   .is_suspended = true},
        .parent = json_find_text(json, STR("parent")),
        .at = json_find_int(json, STR("at"), 0),
        .mark = json_find_text(json, STR("mark")),
    };
    if (packs == NULL || packs->kind != JSON_ARRAY || packs->count > PACKS_MAX)
        return false;
    list = ARENA_ARRAY(arena, struct parcel_pack, packs->count + 1);
    for (const struct json *pack = packs->first; pack != NULL; pack = pack->next)
        list[label->pack_count++] = (struct parcel_pack){json_find_text(pack, STR("id")),
                                                         json_find_text(pack, STR("version"))};
    label->packs = list;
    return label->tenant.id > 0 && label->mark.len > 0 &&
           read_store_head(json_find(json, STR("from")), &label->from) &&
           read_store_head(json_find(json, STR("head")), &label->head);
}

bool parcel_open(const struct parcel_read *read, struct arena *arena, struct crate_reader *reader,
                 struct parcel_label *label, struct err *err)
{
    CLEANUP(crate_close) struct crate_reader whole = {0};

    if (!crate_check(&whole, arena, read->fd, err) ||
        !crate_open(reader, arena, read->fd, read->seal, err))
        return false;
    if (!str_equal(json_find_text(reader->head, STR("kind")), STR("tenant")))
        return err_set(err, ERR_INPUT, "this file does not hold a municipality");
    if (json_find_int(reader->head, STR("format"), 0) != 1)
        return err_set(err, ERR_INPUT, "a newer version of the program has made this file");
    return read_label(arena, reader->head, label) ||
           err_set(err, ERR_INPUT, "the head of this file is not as it should be");
}

/* The next line without its end, until the next call; *is_over: there is none. */
static bool next_line(struct reading *reading, struct str *line, bool *is_over, struct err *err)
{
    *is_over = false;
    reading->text.len = 0;
    for (;;) {
        const char *from = reading->room + reading->at;
        size_t rest = reading->filled - reading->at;
        const char *end = rest > 0 ? memchr(from, '\n', rest) : NULL;
        size_t len = end != NULL ? (size_t)(end - from) : rest;

        if (reading->text.len + len > LINE_MAX_BYTES)
            return err_set(err, ERR_INPUT, "a line of the file is too long");
        buf_add(&reading->text, (struct str){from, len});
        reading->at += len + (end != NULL);
        if (end != NULL)
            break;
        if (!crate_pull(reading->crate, reading->room, ROOM, &reading->filled, err))
            return false;
        reading->at = 0;
        *is_over = reading->filled == 0;
        if (*is_over)
            return reading->text.len == 0 ||
                   err_set(err, ERR_INPUT, "the last line of the file is cut off");
    }
    reading->line++;
    *line = buf_str(&reading->text);
    return true;
}

static bool put_bookmark(struct tx *tx, const struct reading *reading, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str value =
        str_printf(arena, "%.*s %lld", STR_ARG(reading->label->mark), (long long)reading->line);

    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, $3)"
                      " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
                      ARGS(INT(tx->tenant), TEXT(STR(BOOKMARK)), TEXT(value)), err);
}

static bool put_steps(struct tx *tx, void *data, struct err *err)
{
    const struct reading *reading = data;

    for (size_t i = 0; i < reading->steps.count; i++) {
        const struct put_step *step = &reading->steps.items[i];

        if (step->clear != NULL ? !carry_clear(tx, step->clear, reading->label->from.seq, err)
                                : !carry_put(tx, step->sql, step->values, step->count, err))
            return false;
    }
    return put_bookmark(tx, reading, err);
}

static bool flush(struct reading *reading, struct err *err)
{
    if (reading->steps.count == 0)
        return true;
    if (!tenant_write_wait(reading->tenant, put_steps, reading, err))
        return false;
    reading->steps.items = NULL;
    reading->steps.count = reading->steps.cap = 0;
    reading->steps_bytes = 0;
    arena_reset(reading->steps_arena);
    return reading->read->progress == NULL ||
           reading->read->progress(reading->read->data, reading->count.rows,
                                   reading->count.files) ||
           err_set(err, ERR_UNAVAILABLE, "it was stopped: the same command goes on with it");
}

/* What an earlier try has put is only read. */
static bool add_step(struct reading *reading, struct put_step step, struct err *err)
{
    if (reading->line <= reading->done_to)
        return true;
    VEC_PUSH(reading->steps_arena, &reading->steps, step);
    reading->steps_bytes += (int64_t)reading->text.len;
    return (reading->steps.count < STEPS_MAX && reading->steps_bytes < STEPS_BYTES) ||
           flush(reading, err);
}

static bool take_table(struct reading *reading, const struct json *json, struct err *err)
{
    struct str name = json_find_text(json, STR("table"));
    const struct json *columns = json_find(json, STR("columns"));
    struct str list[COLUMNS_MAX];

    if (!flush(reading, err))
        return false;
    reading->table = carry_table_find(name);
    reading->columns = 0;
    if (reading->table == NULL)
        return err_set(err, ERR_INPUT, "there is no table \"%.*s\" here", STR_ARG(name));
    if (columns == NULL || columns->kind != JSON_ARRAY || columns->count > COLUMNS_MAX)
        return err_set(err, ERR_INPUT, "the columns of a table are not named");
    for (const struct json *column = columns->first; column != NULL; column = column->next)
        list[reading->columns++] = json_text(column);
    arena_reset(reading->arena);
    return carry_plan(reading->arena, reading->table, list, reading->columns, &reading->sql, err) &&
           add_step(reading, (struct put_step){.clear = reading->table}, err);
}

static bool read_value(struct reading *reading, const struct json *json, struct store_arg *value)
{
    int64_t number;

    if (json->kind == JSON_STRING)
        *value = TEXT(str_copy(reading->steps_arena, json->text));
    else if (json->kind == JSON_NULL)
        *value = NONE;
    else if (json_int(json, &number))
        *value = INT(number);
    else
        return false;
    return true;
}

static bool take_row(struct reading *reading, const struct json *json, struct err *err)
{
    struct store_arg *values =
        ARENA_ARRAY(reading->steps_arena, struct store_arg, reading->columns + 1);
    size_t count = 0;

    if (reading->table == NULL || json->count != reading->columns)
        return err_set(err, ERR_INPUT, "a row has another number of columns than its table");
    for (const struct json *item = json->first; item != NULL; item = item->next)
        if (!read_value(reading, item, &values[count++]))
            return err_set(err, ERR_INPUT, "a row has a value that is no text and no number");
    reading->count.rows++;
    return add_step(reading, (struct put_step){NULL, reading->sql, values, count}, err);
}

static void drop_file(struct reading *reading)
{
    if (reading->digest != NULL)
        (void)digest_finish(&reading->digest);
    file_draft_drop(&reading->draft);
}

static bool is_file_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (strchr("0123456789abcdef", name.ptr[i]) == NULL || name.ptr[i] == '\0')
            return false;
    return name.len == FILE_NAME;
}

static bool end_file(struct reading *reading, struct err *err)
{
    struct buf hex = {.arena = reading->arena};

    if (!reading->is_file)
        return true;
    reading->is_file = false;
    struct digest digest = digest_finish(&reading->digest);
    digest_print_hex(&hex, &digest);
    if (!str_equal(buf_str(&hex), reading->file))
        return err_set(err, ERR_INPUT, "the file %.*s has other bytes than its name says",
                       STR_ARG(reading->file));
    reading->count.files++;
    return file_draft_keep(&reading->draft, reading->arena, reading->file, err);
}

static bool take_file(struct reading *reading, const struct json *json, struct err *err)
{
    struct str name = json_find_text(json, STR("file"));
    struct str folder = tenant_folder(reading->tenant);

    if (!flush(reading, err))
        return false;
    reading->table = NULL;
    arena_reset(reading->arena);
    if (!is_file_name(name))
        return err_set(err, ERR_INPUT, "the name of an attachment is not its SHA-256");
    reading->file = str_copy(reading->arena, name);
    reading->digest = digest_start();
    reading->is_file = true;
    return file_make_folder(folder, err) &&
           file_draft_open(&reading->draft, reading->arena, folder, err);
}

static bool take_piece(struct reading *reading, const struct json *json, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct buf bytes = {.arena = arena};

    if (!reading->is_file)
        return err_set(err, ERR_INPUT, "a piece of a file has no file");
    if (!base64_parse(&bytes, json->text))
        return err_set(err, ERR_INPUT, "a piece of a file is no base64");
    digest_add(reading->digest, buf_str(&bytes));
    return file_draft_add(&reading->draft, buf_str(&bytes), err);
}

static bool drop_bookmark(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "DELETE FROM setting WHERE tenant = $1 AND name = $2",
                      ARGS(INT(tx->tenant), TEXT(STR(BOOKMARK))), err);
}

static bool put_end(struct tx *tx, void *data, struct err *err)
{
    const struct reading *reading = data;

    *tx->head = reading->label->head;
    return drop_bookmark(tx, NULL, err);
}

/* All is there, but it does not work yet. */
static bool put_arrival(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    const struct reading *reading = data;
    struct str value = str_printf(arena, ARRIVED " %.*s", STR_ARG(reading->label->mark));

    due_put(tx, 0); /* jobs may have come along */
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, $3)",
                      ARGS(INT(tx->tenant), TEXT(STR(BOOKMARK)), TEXT(value)), err);
}

bool parcel_is_arrived(struct tenant *tenant, struct arena *arena, bool *is_arrived,
                       struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    *is_arrived = false;
    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, arena, &rows, "SELECT value FROM setting WHERE tenant = $1 AND name = $2",
                     ARGS(INT(tx.tenant), TEXT(STR(BOOKMARK))), err))
        return false;
    *is_arrived = rows.count > 0 && str_starts(rows_text(&rows, 0, 0), STR(ARRIVED " "));
    return rows.count == 0 || *is_arrived ||
           err_set(err, ERR_CONFLICT, "not all of it has arrived: import its file once more");
}

bool parcel_settle(struct tenant *tenant, struct err *err)
{
    return tenant_write_wait(tenant, drop_bookmark, NULL, err);
}

static bool check_sum(struct tx *tx, const struct carry_table *table, const struct json *end,
                      struct err *err)
{
    const struct json *said = json_find(end, str_from_z(table->name));
    struct carry_sum sum;
    int64_t rows, letters;

    if (said == NULL) /* a newer table, empty in those days */
        return true;
    if (said->count != 2 || !json_int(said->first, &rows) || !json_int(said->last, &letters))
        return err_set(err, ERR_INPUT, "the end of the file is not as it should be");
    if (!carry_measure(tx, table, &sum, err))
        return false;
    return (sum.rows == rows && sum.letters == letters) ||
           err_set(err, ERR_BROKEN,
                   "the table %s has %lld rows now, where there were %lld: bring over the whole "
                   "municipality",
                   table->name, (long long)sum.rows, (long long)rows);
}

static bool check_sums(struct reading *reading, const struct json *end, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, reading->tenant, err))
        return false;
    for (size_t i = 0; i < carry_table_count; i++)
        if (!check_sum(&tx, &carry_tables[i], end, err))
            return false;
    return true;
}

static bool take_end(struct reading *reading, const struct json *end, struct err *err)
{
    reading->has_end = true;
    return flush(reading, err) && tenant_write_wait(reading->tenant, put_end, reading, err) &&
           check_sums(reading, end, err) &&
           tenant_write_wait(reading->tenant, put_arrival, reading, err);
}

static bool take_line(struct reading *reading, struct str line, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct json_limits limits = {.bytes = LINE_MAX_BYTES};
    struct json *json;

    if (reading->has_end)
        return err_set(err, ERR_INPUT, "something stands behind the end of the file");
    if (!json_parse(arena, line, &limits, &json, err))
        return false;
    if (json->kind == JSON_STRING)
        return take_piece(reading, json, err);
    if (!end_file(reading, err))
        return false;
    if (json->kind == JSON_ARRAY)
        return take_row(reading, json, err);
    if (json_find(json, STR("table")) != NULL)
        return take_table(reading, json, err);
    if (json_find(json, STR("file")) != NULL)
        return take_file(reading, json, err);
    const struct json *end = json_find(json, STR("end"));
    return end != NULL ? take_end(reading, end, err)
                       : err_set(err, ERR_INPUT, "this line is of no kind that is known");
}

static bool read_lines(struct reading *reading, struct err *err)
{
    struct str line;
    bool is_over;

    for (;;) {
        if (!next_line(reading, &line, &is_over, err) ||
            (!is_over && !take_line(reading, line, err)))
            return err_while(err, "line %lld of the file", (long long)reading->line);
        if (is_over)
            return reading->has_end || err_set(err, ERR_INPUT, "the end of the file is missing");
    }
}

static bool find_parent(const struct parcel_read *read, struct arena *arena, struct str name,
                        int64_t *id, struct err *err)
{
    struct store_tenant parent;
    struct err absent = {0};

    *id = 0;
    if (name.len == 0)
        return true;
    if (store_get_tenant(read->store, arena, name, &parent, &absent))
        *id = parent.id;
    else if (absent.code != ERR_ABSENT)
        return err_set(err, absent.code, "%s", absent.text);
    return true;
}

/* Where an earlier try with the same parcel ended; 0: at the beginning. */
static bool read_bookmark(struct reading *reading, struct arena *arena, struct store_head *head,
                          bool *is_ours, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows marks, heads;

    if (!tx_read(&tx, reading->tenant, err) ||
        !store_query(&tx, arena, &marks,
                     "SELECT value FROM setting WHERE tenant = $1 AND name = $2",
                     ARGS(INT(tx.tenant), TEXT(STR(BOOKMARK))), err) ||
        !store_query(&tx, arena, &heads, "SELECT seq FROM tenant_head WHERE tenant = $1",
                     ARGS(INT(tx.tenant)), err))
        return false;
    *head = (struct store_head){.seq = heads.count > 0 ? rows_int(&heads, 0, 0) : 0};
    *is_ours = false;
    if (marks.count == 0)
        return true;
    struct str line = rows_text(&marks, 0, 0);
    struct str mark = str_cut(&line, ' ');
    if (str_equal(mark, STR(ARRIVED))) {
        *is_ours = str_equal(line, reading->label->mark);
        reading->done_to = INT64_MAX;
    } else {
        *is_ours = str_equal(mark, reading->label->mark) && num_parse_int(line, &reading->done_to);
    }
    if (!*is_ours)
        reading->done_to = 0;
    return true;
}

static bool check_place(struct reading *reading, struct arena *arena, struct err *err)
{
    const struct parcel_label *label = reading->label;
    const struct store_tenant *info = tenant_info(reading->tenant);
    struct store_head head;
    bool is_ours = false;

    if (info->id != label->tenant.id)
        return err_set(err, ERR_CONFLICT, "there is another municipality \"%.*s\"",
                       STR_ARG(info->name));
    if (!read_bookmark(reading, arena, &head, &is_ours, err) || is_ours)
        return is_ours;
    if (label->from.seq == 0)
        return err_set(err, ERR_CONFLICT, "this municipality is here already, as %.*s",
                       STR_ARG(info->name));
    if (!info->is_suspended)
        return err_set(err, ERR_CONFLICT, "%.*s works here already: nothing is brought to it",
                       STR_ARG(info->name));
    return head.seq == label->from.seq ||
           err_set(err, ERR_CONFLICT,
                   "the file goes on from entry %lld of the journal, here it ends at %lld",
                   (long long)label->from.seq, (long long)head.seq);
}

static bool hold(struct reading *reading, struct arena *arena, struct err *err)
{
    const struct parcel_read *read = reading->read;
    struct store_tenant info = reading->label->tenant;
    struct err absent = {0};

    if (read->name.len > 0)
        info.name = read->name;
    if (store_hold(read->store, info.name, &reading->tenant, &absent))
        return check_place(reading, arena, err);
    if (absent.code != ERR_ABSENT)
        return err_set(err, absent.code, "%s", absent.text);
    if (reading->label->from.seq > 0)
        return err_set(err, ERR_ABSENT,
                       "this file holds only what changed: bring the earlier one over first");
    return find_parent(read, arena, reading->label->parent, &info.parent, err) &&
           store_admit_tenant(read->store, &info, err) &&
           store_hold(read->store, info.name, &reading->tenant, err);
}

bool parcel_read(const struct parcel_read *read, struct arena *arena, struct crate_reader *reader,
                 const struct parcel_label *label, struct parcel_count *count, struct err *err)
{
    struct reading reading = {.read = read,
                              .label = label,
                              .crate = reader,
                              .room = arena_alloc(arena, ROOM),
                              .text = {.arena = arena},
                              .arena = arena_open(0),
                              .steps_arena = arena_open(0)};
    bool ok = hold(&reading, arena, err) && read_lines(&reading, err);

    drop_file(&reading);
    store_release(&reading.tenant);
    arena_close(&reading.steps_arena);
    arena_close(&reading.arena);
    *count = reading.count;
    return ok;
}
