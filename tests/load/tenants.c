/*
 * Founds municipalities t1, t2, … through the engine, each with an account of a clerk, a token
 * of it and some streets.  Prints a line for each, "name token id id …", and at the end to
 * stderr how long the founding alone took.  No server may run on the folder.  With UPRAVA_STORE
 * they stand in that database.
 *
 *     build/tests/load/tenants DATA COUNT PACKS STREETS >lines
 */
#include <stdio.h>
#include <stdlib.h>

#include "auth/session.h"
#include "cli/node.h"
#include "core/id.h"
#include "core/time.h"
#include "registry/record.h"
#include "registry/tenancy.h"

enum {
    PACKS_MAX = 32,
};

struct making {
    struct node node;
    struct pack_ids packs;
    int64_t streets;
    struct arena *arena; /* forgotten after each municipality */
    const struct catalog *catalog;
    struct buf line;
    int64_t founding_us;
};

static bool add_street(struct tx *tx, struct making *making, int64_t i, struct err *err)
{
    struct record_draft draft = {
        .act = RECORD_CREATE, .valid_from = RECORD_ALWAYS, .valid_to = RECORD_FOREVER};
    struct flaws flaws = {0};
    struct json *value;

    draft.type = model_type(making->catalog->model, STR("base.street"));
    if (!json_parse(making->arena,
                    str_printf(making->arena,
                               "{\"code\":\"%lld\",\"name\":\"Садовая %lld-я\",\"type\":\"ул\"}",
                               (long long)i, (long long)i),
                    &(struct json_limits){0}, &value, err))
        return false;
    draft.value = value;
    if (!record_prepare(tx, making->arena, making->catalog, &draft, &flaws, err))
        return flaws.count == 0 ||
               err_set(err, ERR_INPUT, "%.*s: %s", STR_ARG(flaws.first->path), flaws.first->id);
    buf_char(&making->line, ' ');
    id_print(&making->line, draft.id);
    return record_apply(tx, &draft, 0, time_now(), err);
}

static bool fill(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;
    struct account_by by = {0, time_now()};
    struct str role = STR("clerk");
    struct account account = {.login = STR("clerk"),
                              .name = STR("Клерк"),
                              .state = STR("active"),
                              .roles = &role,
                              .role_count = 1};
    struct session_wish wish = {.account = &account, .is_token = true, .now = by.now};
    struct str secret;

    if (!account_create(tx, &account, (struct str){0}, by, &account.id, err) ||
        !session_start(tx, making->arena, &wish, &secret, err))
        return false;
    making->line = (struct buf){.arena = making->arena};
    buf_printf(&making->line, "%.*s %.*s", STR_ARG(tenant_info(tx->owner)->name), STR_ARG(secret));
    for (int64_t i = 1; i <= making->streets; i++)
        if (!add_street(tx, making, i, err))
            return false;
    return true;
}

static bool make_one(struct making *making, int64_t i, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct tenancy by = {making->node.store, making->node.library, 0, time_now()};
    struct tenancy_wish wish = {
        .name = str_printf(making->arena, "t%lld", (long long)i),
        .title = str_printf(making->arena, "Город %lld", (long long)i),
        .packs = making->packs,
    };
    int64_t started = time_monotonic_us();

    if (!tenancy_found(&by, &wish, err))
        return false;
    making->founding_us += time_monotonic_us() - started;
    if (!store_hold(making->node.store, wish.name, &tenant, err) ||
        !catalog_get(tenant, making->node.library, &making->catalog, err) ||
        !tenant_write_wait(tenant, fill, making, err))
        return false;
    printf("%.*s\n", STR_ARG(buf_str(&making->line)));
    return true;
}

static bool make_all(struct making *making, int64_t count, struct err *err)
{
    for (int64_t i = 1; i <= count; i++) {
        if (!make_one(making, i, err))
            return err_while(err, "t%lld", (long long)i);
        arena_reset(making->arena);
    }
    fprintf(stderr, "%lld municipalities in %lld ms\n", (long long)count,
            (long long)making->founding_us / 1000);
    return true;
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    struct str packs[PACKS_MAX];
    struct making making = {.packs = {packs, 0}, .arena = scratch};
    struct node_options options = {.share = STR(".")};
    struct err err;

    if (argc != 5) {
        fputs("usage: tenants DATA COUNT PACKS STREETS\n", stderr);
        return 2;
    }
    for (struct str list = str_from_z(argv[3]); list.len > 0 && making.packs.count < PACKS_MAX;)
        packs[making.packs.count++] = str_trim(str_cut(&list, ','));
    making.streets = atoll(argv[4]);
    options.data = str_from_z(argv[1]);
    if (getenv("UPRAVA_STORE") != NULL)
        options.store = str_from_z(getenv("UPRAVA_STORE"));
    bool ok =
        node_open(arena, &options, &making.node, &err) && make_all(&making, atoll(argv[2]), &err);
    node_close(&making.node);
    if (!ok)
        fprintf(stderr, "tenants: %s\n", err.text);
    return ok ? 0 : 1;
}
