/*
 * What a list and a durable POST would cost at least: the statements the server runs, and
 * little else.  One thread, one connection, statements prepared once, WAL, mmap.
 *
 *     build/tests/load/bare_server list FILE PORT
 *     build/tests/load/bare_server post FILE PORT [MS-ADDED-TO-EVERY-FLUSH]
 *
 * FILE is a tenant's data.db with houses of tests/load/fill in it.  "list" answers
 * ?area_total%5Bgte%5D=X&sort=area_total&limit=50 with the same bytes as the server.  "post"
 * adds a house by the statements of registry/record_apply.c, auth/journal.c, store/search.c
 * and store/batch.c, each in a transaction of its own with synchronous=FULL; what the server
 * computes (keys, digest, chain) is computed too, by the same functions, but nothing is
 * checked and nobody is asked who they are.
 */
#include <stdio.h>
#include <stdlib.h>

#include <sqlite3.h>

#include "auth/journal.h"
#include "auth/journal_chain.h"
#include "bare_http.h"
#include "core/base64.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "core/utf8.h"
#include "store/vfs_shim.h"

#define MMAP "PRAGMA mmap_size=2147418112;"

enum statement {
    BEGIN,
    FIND_KEY,
    ADD_JOURNAL,
    ADD_RECORD,
    ADD_WORDS,
    ADD_TOTAL,
    SET_HEAD,
    COMMIT,
    LIST,
    STATEMENTS,
};

static const char *const SQL[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [FIND_KEY] = "SELECT 1 FROM record WHERE tenant = ?1 AND register = ?2 AND t1 = ?3"
                 " AND id <> ?4 LIMIT 1",
    [ADD_JOURNAL] = "INSERT INTO journal (tenant, seq, at, actor, action, register, record,"
                    " cause, digest, detail, hash)"
                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [ADD_RECORD] =
        "INSERT INTO record (tenant, register, id, valid_from, valid_to, version, changed_at,"
        " import, salt, title, body, cell, x1, y1, x2, y2,"
        " t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8,"
        " m1, m2, m3, m4, m5, m6, m7, m8)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
        " ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32,"
        " ?33, ?34, ?35, ?36, ?37, ?38, ?39, ?40)"
        " ON CONFLICT DO NOTHING",
    [ADD_WORDS] = "INSERT INTO search (rowid, register, title, words) VALUES (?1, ?2, ?3, ?4)",
    [ADD_TOTAL] = "UPDATE register_no SET total = total + ?3 WHERE tenant = ?1 AND no = ?2",
    [SET_HEAD] = "INSERT INTO tenant_head (tenant, seq, chain) VALUES (?1, ?2, ?3)"
                 " ON CONFLICT (tenant) DO UPDATE SET seq = excluded.seq, chain = excluded.chain",
    [COMMIT] = "COMMIT",
    [LIST] = "SELECT id, version, valid_from, valid_to, changed_at, import, title, body, n4"
             " FROM record WHERE tenant = ?1 AND register = ?2 AND n4 >= ?3"
             " ORDER BY n4, id LIMIT ?4",
};

/* Places of ADD_RECORD that differ from house to house. */
enum place {
    PLACE_ID = 3,
    PLACE_VERSION = 6,
    PLACE_CHANGED_AT = 7,
    PLACE_SALT = 9,
    PLACE_TITLE = 10,
    PLACE_BODY = 11,
    PLACE_CODE = 17,
    PLACE_ADDRESS = 18,
    PLACE_CADASTRAL = 19,
    PLACE_YEAR = 26,
    PLACE_AREA = 28,
    PLACES = 40,
};

struct bare {
    sqlite3 *db;
    sqlite3_stmt *made[STATEMENTS];
    int64_t tenant;
    int64_t no;
    struct store_head head;
    struct arena *arena; /* one request's */
};

static void die(struct bare *bare, const char *what)
{
    fprintf(stderr, "bare_server: %s: %s\n", what, sqlite3_errmsg(bare->db));
    exit(1);
}

static void bind_text(sqlite3_stmt *stmt, int at, struct str text)
{
    sqlite3_bind_text64(stmt, at, text.ptr, text.len, SQLITE_STATIC, SQLITE_UTF8);
}

/* Runs a statement that gives no row we want. */
static void run(struct bare *bare, enum statement statement)
{
    int code = sqlite3_step(bare->made[statement]);

    if (code != SQLITE_DONE && code != SQLITE_ROW)
        die(bare, SQL[statement]);
    sqlite3_reset(bare->made[statement]);
}

static struct str column(sqlite3_stmt *stmt, int at)
{
    const char *text = (const char *)sqlite3_column_text(stmt, at);

    return (struct str){text, (size_t)sqlite3_column_bytes(stmt, at)};
}

static void print_record(struct buf *body, int64_t id, int64_t version, int64_t changed_at,
                         struct str title, struct str data)
{
    buf_add(body, STR("{\"id\":\""));
    id_print(body, id);
    buf_add(body, STR("\",\"version\":"));
    buf_int(body, version);
    buf_add(body, STR(",\"changed_at\":\""));
    time_print_moment(body, changed_at);
    buf_add(body, STR("\",\"title\":"));
    json_write_text(body, title);
    buf_add(body, STR(",\"data\":"));
    buf_add(body, data);
    buf_char(body, '}');
}

enum {
    LIST_ROWS = 50,
};

static void list(void *data, struct str request, struct buf *out)
{
    struct bare *bare = data;
    struct str least = bare_http_between(request, STR("gte%5D="), STR("&"));
    sqlite3_stmt *stmt = bare->made[LIST];
    struct buf body = {.arena = bare->arena};
    struct buf plain = {.arena = bare->arena};
    struct buf cursor = {.arena = bare->arena};
    struct buf link = {.arena = bare->arena};
    int64_t scaled = 0;
    int rows = 0;

    if (!num_parse_scaled(least, 2, &scaled))
        die(bare, "no such request is known");
    sqlite3_bind_int64(stmt, 3, scaled);
    buf_add(&body, STR("{\"records\":["));
    while (sqlite3_step(stmt) == SQLITE_ROW && rows++ < LIST_ROWS) {
        if (rows > 1)
            buf_char(&body, ',');
        print_record(&body, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1),
                     sqlite3_column_int64(stmt, 4), column(stmt, 6), column(stmt, 7));
        if (rows == LIST_ROWS)
            buf_printf(&plain, "i%lld:%lld", (long long)sqlite3_column_int64(stmt, 0),
                       (long long)sqlite3_column_int64(stmt, 8));
    }
    sqlite3_reset(stmt);
    buf_char(&body, ']');
    if (rows > LIST_ROWS) {
        base64_print_url(&cursor, buf_str(&plain));
        buf_printf(&body, ",\"cursor\":\"%.*s\"", STR_ARG(buf_str(&cursor)));
        buf_printf(&link,
                   "Link: <?area_total%%5Bgte%%5D=%.*s&sort=area_total&limit=50&cursor=%.*s>;"
                   " rel=\"next\"\r\n",
                   STR_ARG(least), STR_ARG(buf_str(&cursor)));
    }
    buf_char(&body, '}');
    bare_http_head(out, STR("200 OK"), buf_str(&link), body.len);
    buf_add(out, buf_str(&body));
    arena_reset(bare->arena);
}

static void bind_scaled(sqlite3_stmt *stmt, int at, struct str house, struct str name, int scale)
{
    int64_t value = 0;

    if (num_parse_scaled(bare_http_between(house, name, STR(",")), scale, &value))
        sqlite3_bind_int64(stmt, at, value);
}

static void bind_key(struct bare *bare, int at, struct str text)
{
    struct buf key = {.arena = bare->arena};

    utf8_key(&key, text);
    bind_text(bare->made[ADD_RECORD], at, buf_str(&key));
}

static void add_journal(struct bare *bare, int64_t id, int64_t now, struct str digest,
                        char hash[44])
{
    struct journal_entry entry = {.seq = bare->head.seq + 1,
                                  .at = now,
                                  .actor = 1,
                                  .action = STR("create"),
                                  .no = bare->no,
                                  .record = id,
                                  .digest = digest};
    sqlite3_stmt *stmt = bare->made[ADD_JOURNAL];

    journal_chain(hash, bare->tenant, str_from_z(bare->head.chain), &entry);
    sqlite3_bind_int64(stmt, 2, entry.seq);
    sqlite3_bind_int64(stmt, 3, now);
    sqlite3_bind_int64(stmt, 4, entry.actor);
    bind_text(stmt, 5, entry.action);
    sqlite3_bind_int64(stmt, 6, bare->no);
    sqlite3_bind_int64(stmt, 7, id);
    bind_text(stmt, 9, digest);
    bind_text(stmt, 11, str_from_z(hash));
    run(bare, ADD_JOURNAL);
    bare->head.seq = entry.seq;
    memcpy(bare->head.chain, hash, sizeof bare->head.chain);
}

static void add_record(struct bare *bare, int64_t id, int64_t now, struct str salt,
                       struct str house)
{
    sqlite3_stmt *stmt = bare->made[ADD_RECORD];
    struct str address = bare_http_between(house, STR("address_text\":\""), STR("\""));

    sqlite3_bind_int64(stmt, PLACE_ID, id);
    sqlite3_bind_int64(stmt, PLACE_VERSION, bare->head.seq);
    sqlite3_bind_int64(stmt, PLACE_CHANGED_AT, now);
    bind_text(stmt, PLACE_SALT, salt);
    bind_text(stmt, PLACE_TITLE, address);
    bind_text(stmt, PLACE_BODY, house);
    bind_key(bare, PLACE_ADDRESS, address);
    bind_key(bare, PLACE_CADASTRAL,
             bare_http_between(house, STR("cadastral_number\":\""), STR("\"")));
    bind_scaled(stmt, PLACE_YEAR, house, STR("year_built\":"), 0);
    bind_scaled(stmt, PLACE_AREA, house, STR("area_total\":"), 2);
    run(bare, ADD_RECORD);
}

static void add_words(struct bare *bare, int64_t id, struct str house)
{
    sqlite3_stmt *stmt = bare->made[ADD_WORDS];
    struct buf words = {.arena = bare->arena};

    buf_add(&words, bare_http_between(house, STR("cadastral_number\":\""), STR("\"")));
    buf_char(&words, ' ');
    buf_add(&words, bare_http_between(house, STR("\"code\":\""), STR("\"")));
    buf_char(&words, ' ');
    buf_add(&words, bare_http_between(house, STR("management_text\":\""), STR("\"")));
    sqlite3_bind_int64(stmt, 1, id);
    bind_text(stmt, 3, bare_http_between(house, STR("address_text\":\""), STR("\"")));
    bind_text(stmt, 4, buf_str(&words));
    run(bare, ADD_WORDS);
}

static void post(void *data, struct str request, struct buf *out)
{
    struct bare *bare = data;
    struct str whole = str_slice(request, str_find(request, STR("{\"data\":")), request.len);
    struct str house = str_slice(whole, 8, whole.len - 9);
    struct buf code = {.arena = bare->arena};
    struct buf body = {.arena = bare->arena};
    struct buf more = {.arena = bare->arena};
    int64_t now = time_now();
    int64_t id = id_next(now);
    char digest[44];
    char hash[44];
    struct str salt;

    journal_salt(bare->arena, &salt);
    journal_digest_into(digest, salt, house);
    utf8_key(&code, bare_http_between(house, STR("\"code\":\""), STR("\"")));
    run(bare, BEGIN);
    bind_text(bare->made[FIND_KEY], 3, buf_str(&code));
    bind_text(bare->made[ADD_RECORD], PLACE_CODE, buf_str(&code));
    sqlite3_bind_int64(bare->made[FIND_KEY], 4, id);
    run(bare, FIND_KEY);
    add_journal(bare, id, now, str_from_z(digest), hash);
    add_record(bare, id, now, salt, house);
    add_words(bare, id, house);
    run(bare, ADD_TOTAL);
    sqlite3_bind_int64(bare->made[SET_HEAD], 2, bare->head.seq);
    bind_text(bare->made[SET_HEAD], 3, str_from_z(bare->head.chain));
    run(bare, SET_HEAD);
    run(bare, COMMIT);

    print_record(&body, id, bare->head.seq, now,
                 bare_http_between(house, STR("address_text\":\""), STR("\"")), house);
    buf_printf(&more, "ETag: \"%lld\"\r\nLocation: /demo/api/v1/registers/housing.house/records/",
               (long long)bare->head.seq);
    id_print(&more, id);
    buf_add(&more, STR("\r\n"));
    bare_http_head(out, STR("201 Created"), buf_str(&more), body.len);
    buf_add(out, buf_str(&body));
    arena_reset(bare->arena);
}

static void open_db(struct bare *bare, const char *path, const char *vfs)
{
    if (sqlite3_open_v2(path, &bare->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs) !=
            SQLITE_OK ||
        sqlite3_exec(bare->db,
                     MMAP "PRAGMA cache_size=-8192; PRAGMA synchronous=FULL;"
                          "PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2048",
                     NULL, NULL, NULL) != SQLITE_OK)
        die(bare, path);
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(bare->db, SQL[i], -1, SQLITE_PREPARE_PERSISTENT, &bare->made[i],
                               NULL) != SQLITE_OK)
            die(bare, SQL[i]);
}

/* Runs SQL that gives one row and leaves it there to be read. */
static sqlite3_stmt *get(struct bare *bare, const char *sql)
{
    sqlite3_stmt *stmt;

    if (sqlite3_prepare_v2(bare->db, sql, -1, &stmt, NULL) != SQLITE_OK ||
        sqlite3_step(stmt) != SQLITE_ROW)
        die(bare, sql);
    return stmt;
}

/* What stays the same from request to request is bound once; houses are alike in the rest. */
static void bind_constants(struct bare *bare)
{
    sqlite3_stmt *stmt = get(bare, "SELECT tenant, no FROM register_no"
                                   " WHERE name = 'housing.house'");
    char token[24];

    bare->tenant = sqlite3_column_int64(stmt, 0);
    bare->no = sqlite3_column_int64(stmt, 1);
    sqlite3_finalize(stmt);
    for (int i = FIND_KEY; i < STATEMENTS; i++)
        if (i != COMMIT && i != ADD_WORDS)
            sqlite3_bind_int64(bare->made[i], 1, bare->tenant);
    sqlite3_bind_int64(bare->made[FIND_KEY], 2, bare->no);
    sqlite3_bind_int64(bare->made[LIST], 2, bare->no);
    sqlite3_bind_int64(bare->made[LIST], 4, LIST_ROWS + 1);
    sqlite3_bind_int64(bare->made[ADD_TOTAL], 2, bare->no);
    sqlite3_bind_int64(bare->made[ADD_TOTAL], 3, 1);
    snprintf(token, sizeof token, "r%lld", (long long)bare->no);
    sqlite3_bind_text(bare->made[ADD_WORDS], 2, token, -1, SQLITE_TRANSIENT);

    stmt = get(bare, "SELECT tenant, register, id, valid_from, valid_to, version, changed_at,"
                     " import, salt, title, body, cell, x1, y1, x2, y2,"
                     " t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8,"
                     " m1, m2, m3, m4, m5, m6, m7, m8 FROM record WHERE (tenant, register) ="
                     " (SELECT tenant, no FROM register_no WHERE name = 'housing.house')"
                     " ORDER BY id DESC LIMIT 1");
    for (int i = 1; i <= PLACES; i++)
        sqlite3_bind_value(bare->made[ADD_RECORD], i, sqlite3_column_value(stmt, i - 1));
    sqlite3_finalize(stmt);

    stmt = get(bare, "SELECT seq, chain FROM tenant_head");
    bare->head.seq = sqlite3_column_int64(stmt, 0);
    memcpy(bare->head.chain, sqlite3_column_text(stmt, 1), sizeof bare->head.chain);
    sqlite3_finalize(stmt);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(256 * 1024);
    CLEANUP(arena_close) struct arena *process = arena_open(0);
    struct bare bare = {.arena = arena};
    struct vfs_shim *shim = NULL;
    struct err err = {0};

    if (argc < 4) {
        fputs("usage: bare_server list|post FILE PORT [MS]\n", stderr);
        return 2;
    }
    if (!secret_init(&err) ||
        (argc > 4 && !vfs_shim_open(process, VFS_SHIM_PLAIN, atoi(argv[4]), &shim, &err))) {
        fprintf(stderr, "bare_server: %s\n", err.text);
        return 1;
    }
    open_db(&bare, argv[2], shim != NULL ? vfs_shim_name(shim) : NULL);
    bind_constants(&bare);
    if (!bare_http_serve(atoi(argv[3]), argv[1][0] == 'l' ? list : post, &bare))
        fputs("bare_server: the port is taken\n", stderr);
    return 1;
}
