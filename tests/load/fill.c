/*
 * Fills the register housing.house of a tenant with made-up houses, through the engine: what
 * stands afterwards is what as many POSTs would have left, journal, search and totals too.
 * Prints the id of each record, one a line.  No server may run on the folder.  With UPRAVA_STORE
 * the tenant stands in that database.
 *
 *     build/tests/load/fill DATA TENANT COUNT [FIRST] >ids
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/node.h"
#include "core/id.h"
#include "core/time.h"
#include "house.h"
#include "registry/record.h"

enum {
    BATCH =
        500, /* records a transaction: on PostgreSQL each leaves dead rows of the totals behind */
};

struct filling {
    const struct catalog *catalog;
    const struct register_type *type;
    int64_t first;
    int64_t count;
    bool is_more;        /* others are there */
    struct arena *arena; /* forgotten after each record */
    int64_t *ids;
};

static bool add_one(struct tx *tx, struct filling *filling, int64_t i, struct err *err)
{
    struct buf text = {.arena = filling->arena};
    struct flaws flaws = {0};
    struct json *value;
    /* Without a clock ids are 1, 2, …; those that come later must not be the same. */
    struct record_draft draft = {
        .act = RECORD_CREATE, .type = filling->type, .now = filling->is_more ? time_now() : 0};

    house_print(&text, filling->first + i);
    if (!json_parse(filling->arena, buf_str(&text), &(struct json_limits){0}, &value, err))
        return false;
    draft.value = value;
    if (!record_prepare(tx, filling->arena, filling->catalog, &draft, &flaws, err))
        return flaws.count == 0 ||
               err_while(err, "house %lld, %.*s: %s %.*s", (long long)(filling->first + i),
                         STR_ARG(flaws.first->path), flaws.first->id, STR_ARG(flaws.first->detail));
    filling->ids[i] = draft.id;
    return record_apply(tx, &draft, 0, time_now(), err);
}

static bool add_batch(struct tx *tx, void *data, struct err *err)
{
    struct filling *filling = data;

    for (int64_t i = 0; i < filling->count; i++) {
        if (!add_one(tx, filling, i, err))
            return false;
        arena_reset(filling->arena);
    }
    return true;
}

static void print_ids(const struct filling *filling)
{
    char line[ID_TEXT_LEN + 1];

    for (int64_t i = 0; i < filling->count; i++) {
        struct buf buf = {.ptr = line, .cap = sizeof line};

        id_print(&buf, filling->ids[i]);
        buf_char(&buf, '\n');
        fwrite(buf.ptr, 1, buf.len, stdout);
    }
}

static bool fill(struct node *node, struct str name, struct filling *filling, int64_t count,
                 struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    int64_t end = filling->first + count;

    if (!store_hold(node->store, name, &tenant, err) ||
        !catalog_get(tenant, node->library, &filling->catalog, err))
        return false;
    filling->type = model_type(filling->catalog->model, STR("housing.house"));
    if (filling->type == NULL)
        return err_set(err, ERR_ABSENT, "the pack housing is not installed");
    for (; filling->first < end; filling->first += BATCH) {
        filling->count = MIN(BATCH, end - filling->first);
        if (!tenant_write_wait(tenant, add_batch, filling, err))
            return false;
        print_ids(filling);
        fprintf(stderr, "\r%lld of %lld houses", (long long)(filling->first + filling->count),
                (long long)end);
    }
    fputc('\n', stderr);
    return true;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    struct filling filling = {.arena = scratch};
    struct node_options options = {0};
    struct node node = {0};
    struct err err;

    if (argc < 4) {
        fputs("usage: fill DATA TENANT COUNT [FIRST]\n", stderr);
        return 2;
    }
    filling.ids = ARENA_ARRAY(arena, int64_t, BATCH);
    filling.first = argc > 4 ? atoll(argv[4]) : 0;
    filling.is_more = filling.first > 0;
    options.data = str_from_z(argv[1]);
    if (getenv("UPRAVA_STORE") != NULL)
        options.store = str_from_z(getenv("UPRAVA_STORE"));
    options.share = argc > 5 ? str_from_z(argv[5]) : STR(".");
    bool ok = node_open(arena, &options, &node, &err) &&
              fill(&node, str_from_z(argv[2]), &filling, atoll(argv[3]), &err);
    node_close(&node);
    if (!ok)
        fprintf(stderr, "fill: %s\n", err.text);
    return ok ? 0 : 1;
}
