/*
 * What a load of the ГАР is measured beside: libxml2's SAX2 reading the same zip, every
 * element one row of one bare SQLite table (object, kind, value), nothing else.
 *
 *     gar_floor DATABASE ZIP
 */
#include <archive.h>
#include <archive_entry.h>
#include <libxml/parser.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BATCH = 10000,
};

struct floor {
    sqlite3 *db;
    sqlite3_stmt *insert;
    long long rows;
};

static void fail(const char *what)
{
    fprintf(stderr, "gar_floor: %s\n", what);
    exit(1);
}

static void run(struct floor *floor, const char *sql)
{
    if (sqlite3_exec(floor->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail(sqlite3_errmsg(floor->db));
}

/* The object's number and the first attributes as they come: the least a loader must keep. */
static void start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                  int namespace_count, const xmlChar **namespaces, int count, int defaulted,
                  const xmlChar **attributes)
{
    struct floor *floor = data;

    (void)prefix, (void)uri, (void)namespace_count, (void)namespaces, (void)defaulted;
    if (count == 0)
        return;
    sqlite3_bind_text(floor->insert, 1, (const char *)name, -1, SQLITE_STATIC);
    for (int i = 0; i < 5; i++) {
        const xmlChar **part = attributes + (long)i * 5;

        if (i < count)
            sqlite3_bind_text(floor->insert, i + 2, (const char *)part[3], (int)(part[4] - part[3]),
                              SQLITE_STATIC);
        else
            sqlite3_bind_null(floor->insert, i + 2);
    }
    if (sqlite3_step(floor->insert) != SQLITE_DONE)
        fail(sqlite3_errmsg(floor->db));
    sqlite3_reset(floor->insert);
    if (++floor->rows % BATCH == 0) {
        run(floor, "COMMIT");
        run(floor, "BEGIN");
    }
}

static void read_entry(struct floor *floor, struct archive *zip)
{
    xmlSAXHandler handler = {.initialized = XML_SAX2_MAGIC, .startElementNs = start};
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, floor, NULL, 0, NULL);
    const void *block;
    size_t len;
    la_int64_t offset;

    while (archive_read_data_block(zip, &block, &len, &offset) == ARCHIVE_OK)
        if (xmlParseChunk(parser, block, (int)len, 0) != 0)
            fail("the XML is wrong");
    xmlParseChunk(parser, "", 0, 1);
    xmlFreeParserCtxt(parser);
}

int main(int argc, char **argv)
{
    struct floor floor = {0};
    struct archive *zip = archive_read_new();
    struct archive_entry *entry;
    struct timespec from, to;

    if (argc < 3)
        fail("DATABASE ZIP");
    clock_gettime(CLOCK_MONOTONIC, &from);
    if (sqlite3_open(argv[1], &floor.db) != SQLITE_OK)
        fail(argv[1]);
    run(&floor, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                "CREATE TABLE row (name text, a text, b text, c text, d text, e text); BEGIN");
    sqlite3_prepare_v2(floor.db, "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?)", -1, &floor.insert,
                       NULL);
    archive_read_support_format_zip(zip);
    if (archive_read_open_filename(zip, argv[2], 256 * 1024) != ARCHIVE_OK)
        fail(archive_error_string(zip));
    while (archive_read_next_header(zip, &entry) == ARCHIVE_OK)
        read_entry(&floor, zip);
    run(&floor, "COMMIT");
    clock_gettime(CLOCK_MONOTONIC, &to);
    printf("{\"ms\":%lld,\"rows\":%lld}\n",
           (long long)(to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000,
           floor.rows);
    sqlite3_finalize(floor.insert);
    sqlite3_close(floor.db);
    archive_read_free(zip);
    return 0;
}
