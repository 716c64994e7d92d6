/*
 * Fills a municipality with finished flows of the pack caseload, through the engine: what stands
 * afterwards is what as many people would have left, steps, changed records and journal too.
 * First come the trees that they are about, where there are none yet; their ids are printed, one
 * a line.  No server may run on the folder.  With UPRAVA_STORE the tenant stands in that database.
 *
 *     build/tests/load/flows_fill DATA TENANT TREES FLOWS >ids
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli/node.h"
#include "core/id.h"
#include "core/time.h"
#include "registry/record.h"
#include "store/rows.h"
#include "workflow/conduct.h"

enum {
    BATCH = 500, /* records or flows a transaction */
};

struct filling {
    struct process_library *processes;
    const struct catalog *catalog;
    const struct process *process;
    const struct register_type *type;
    int64_t *trees;
    int64_t tree_count;
    int64_t first, count;
    struct arena *arena; /* forgotten after each record or flow */
};

static bool parse(struct arena *arena, struct str text, struct json **value, struct err *err)
{
    return json_parse(arena, text, &(struct json_limits){0}, value, err);
}

static bool add_tree(struct tx *tx, struct filling *filling, int64_t i, struct err *err)
{
    struct str text =
        str_printf(filling->arena, "{\"code\":\"tree-%lld\",\"fee\":0}", (long long)i);
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = filling->type,
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = RECORD_FOREVER,
                                 .now = time_now()};
    struct flaws flaws = {0};
    struct json *value;

    if (!parse(filling->arena, text, &value, err))
        return false;
    draft.value = value;
    if (!record_prepare(tx, filling->arena, filling->catalog, &draft, &flaws, err))
        return flaws.count == 0 ||
               err_set(err, ERR_INPUT, "a tree is refused: %s", flaws.first->id);
    filling->trees[i] = draft.id;
    return record_apply(tx, &draft, 0, time_now(), err);
}

/* Its only task is done; 0: nobody waits any more. */
static int find_task(const struct flow *flow)
{
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && wait->kind == FLOW_WAIT_TASK)
            return wait->part.id;
    }
    return 0;
}

static bool step(struct tx *tx, struct conduct *conduct, struct err *err)
{
    return conduct_prepare(tx, conduct, err) && conduct_run(tx, conduct, err);
}

static bool add_flow(struct tx *tx, struct filling *filling, int64_t i, struct err *err)
{
    struct arena *arena = filling->arena;
    struct conduct start = {.processes = filling->processes,
                            .catalog = filling->catalog,
                            .arena = arena,
                            .now = time_now(),
                            .begins = true,
                            .process = filling->process};
    struct conduct conduct = start;
    struct buf text = {.arena = arena};
    struct json *begin, *data;
    int wait;

    buf_add(&text, STR("{\"tree\":\""));
    id_print(&text, filling->trees[i % filling->tree_count]);
    buf_add(&text, STR("\"}"));
    if (!parse(arena, buf_str(&text), &begin, err) ||
        !parse(arena,
               str_printf(arena, "{\"kind\":\"oak\",\"girth\":%lld}", (long long)(10 + i % 90)),
               &data, err))
        return false;
    conduct.step.data = begin;
    conduct.step.node = -1;
    while (step(tx, &conduct, err)) {
        wait = find_task(conduct.after);
        if (wait == 0)
            return conduct.after->state == FLOW_ENDED ||
                   err_set(err, ERR_BROKEN, "flow %lld does not end", (long long)i);
        start.begins = false;
        start.process = NULL;
        start.flow = conduct.flow;
        start.step = (struct flow_step){.kind = FLOW_STEP_DONE, .wait = wait, .data = data};
        conduct = start;
    }
    return false;
}

static bool add_trees(struct tx *tx, void *data, struct err *err)
{
    struct filling *filling = data;

    for (int64_t i = 0; i < filling->count; i++) {
        if (!add_tree(tx, filling, filling->first + i, err))
            return false;
        arena_reset(filling->arena);
    }
    return true;
}

static bool add_flows(struct tx *tx, void *data, struct err *err)
{
    struct filling *filling = data;

    for (int64_t i = 0; i < filling->count; i++) {
        if (!add_flow(tx, filling, filling->first + i, err))
            return false;
        arena_reset(filling->arena);
    }
    return true;
}

static bool add(struct tenant *tenant, struct filling *filling, store_run *run, const char *what,
                int64_t count, struct err *err)
{
    for (filling->first = 0; filling->first < count; filling->first += BATCH) {
        filling->count = MIN(BATCH, count - filling->first);
        if (!tenant_write_wait(tenant, run, filling, err))
            return false;
        fprintf(stderr, "\r%lld of %lld %s", (long long)(filling->first + filling->count),
                (long long)count, what);
    }
    fputc('\n', stderr);
    return true;
}

/* Those that are there already, oldest first. */
static bool find_trees(struct tenant *tenant, struct filling *filling, int64_t *found,
                       struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, filling->arena, &rows,
                     "SELECT id FROM record WHERE tenant = $1 AND register = $2 ORDER BY id"
                     " LIMIT $3",
                     ARGS(INT(tx.tenant), INT(catalog_no(filling->catalog, filling->type)),
                          INT(filling->tree_count)),
                     err))
        return false;
    for (size_t i = 0; i < rows.count; i++)
        filling->trees[i] = rows_int(&rows, i, 0);
    *found = (int64_t)rows.count;
    return true;
}

static bool fill(struct node *node, struct str name, struct filling *filling, int64_t flows,
                 struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    int64_t found;

    filling->processes = node->processes;
    if (!store_hold(node->store, name, &tenant, err) ||
        !catalog_get(tenant, node->library, &filling->catalog, err))
        return false;
    filling->type = model_type(filling->catalog->model, STR("caseload.tree"));
    if (filling->type == NULL)
        return err_set(err, ERR_ABSENT, "the pack caseload is not installed");
    if (!process_find(node->processes, filling->catalog->model, STR("caseload.felling"),
                      &filling->process, err) ||
        !find_trees(tenant, filling, &found, err) ||
        (found < filling->tree_count &&
         !add(tenant, filling, add_trees, "trees", filling->tree_count, err)))
        return false;
    return add(tenant, filling, add_flows, "flows", flows, err);
}

static void print_ids(const struct filling *filling)
{
    char line[ID_TEXT_LEN + 1];

    for (int64_t i = 0; i < filling->tree_count; i++) {
        struct buf buf = {.ptr = line, .cap = sizeof line};

        id_print(&buf, filling->trees[i]);
        buf_char(&buf, '\n');
        fwrite(buf.ptr, 1, buf.len, stdout);
    }
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    struct filling filling = {.arena = scratch};
    struct node_options options = {.share = STR(".")};
    struct node node = {0};
    struct err err;

    if (argc != 5) {
        fputs("usage: flows_fill DATA TENANT TREES FLOWS\n", stderr);
        return 2;
    }
    filling.tree_count = atoll(argv[3]);
    filling.trees = ARENA_ARRAY(arena, int64_t, (size_t)filling.tree_count);
    options.data = str_from_z(argv[1]);
    if (getenv("UPRAVA_STORE") != NULL)
        options.store = str_from_z(getenv("UPRAVA_STORE"));
    bool ok = node_open(arena, &options, &node, &err) &&
              fill(&node, str_from_z(argv[2]), &filling, atoll(argv[4]), &err);
    node_close(&node);
    if (!ok) {
        fprintf(stderr, "flows_fill: %s\n", err.text);
        return 1;
    }
    print_ids(&filling);
    return 0;
}
