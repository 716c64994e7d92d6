#include "cli/node.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "auth/account.h"
#include "auth/journal.h"
#include "cli/kinds.h"
#include "cli/kinship.h"
#include "core/file.h"
#include "core/log.h"
#include "core/time.h"
#include "registry/attachment_collect.h"
#include "store/news.h"

/* The build tree and an installed program keep their files in different places. */
static bool find_share(struct arena *arena, struct node *node, struct err *err)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    struct str own = {path, len > 0 ? (size_t)len : 0};

    while (own.len > 0 && own.ptr[own.len - 1] != '/')
        own.len--;
    const struct str places[] = {
        node->share, str_printf(arena, "%.*s../share/uprava", STR_ARG(own)),
        str_printf(arena, "%.*s..", STR_ARG(own)),
        str_printf(arena, "%.*s.", STR_ARG(own)), /* an unpacked release */
    };
    for (size_t i = node->share.len > 0 ? 0 : 1; i < ARRAY_LEN(places); i++) {
        if (!file_exists(file_join(arena, places[i], STR("ui/tokens.css"))))
            continue;
        node->share = places[i];
        node->ui = file_join(arena, places[i], STR("ui"));
        node->assets = file_join(arena, places[i], STR("assets"));
        if (!file_is_folder(node->assets))
            node->assets = str_printf(arena, "%.*sassets", STR_ARG(own));
        return true;
    }
    return err_set(err, ERR_ABSENT,
                   "the folders ui and packs were not found beside the program; name the folder "
                   "they are in with --share");
}

bool node_prepare(struct arena *arena, const struct node_options *options, struct node *node,
                  struct err *err)
{
    *node = (struct node){.arena = arena,
                          .data = options->data,
                          .share = options->share,
                          .unconfirmed_days = options->unconfirmed_days,
                          .heir = -1};
    if (options->store.len > 0 && !str_starts(options->store, STR("postgresql://")) &&
        !str_starts(options->store, STR("postgres://")))
        return err_set(
            err, ERR_INPUT,
            "--store: an address as postgresql://USER@HOST/DATABASE, or none for SQLite");
    return find_share(arena, node, err) && secret_init(err);
}

bool node_open(struct arena *arena, const struct node_options *options, struct node *node,
               struct err *err)
{
    struct str *folders = ARENA_ARRAY(arena, struct str, 2);
    struct store_options store = {
        .folder = options->data,
        .database = options->store,
        .files = options->files,
        .writers = options->writers,
        .files_max = options->files_max,
        .memory_max = options->memory_max,
        .slow_flush_ms = options->slow_flush_ms,
        .is_unsafe = options->is_unsafe,
        .lock = options->lock,
    };

    struct str key = options->key;

    if (options->files.len > 0 && options->store.len == 0)
        return err_set(err, ERR_INPUT, "--files goes with --store: a database that servers share");
    if (key.len == 0)
        key = file_join(arena, options->data, STR("node.key"));
    if (!node_prepare(arena, options, node, err) || !store_open(arena, &store, &node->store, err))
        return false;
    folders[0] = file_join(arena, node->share, STR("packs"));
    folders[1] = file_join(arena, node->data, STR("packs"));
    node->library = model_library_new(arena, folders, 2);
    return secret_load_key(key, &node->key, err) &&
           kinship_check(node, key, options->files.len > 0 ? options->files : node->data, err);
}

void node_start_workers(struct node *node)
{
    size_t count;
    const struct worker_kind *kinds = kinds_list(node, &count);

    if (node->workers == NULL)
        node->workers = worker_start(node->arena, node->store, kinds, count, 0);
}

static void on_job(void *data, struct str name)
{
    struct node *node = data;

    if (name.len > 0)
        worker_wake(node->workers, name);
    else
        worker_wake_all(node->workers);
}

static void on_state(void *data, const struct err *err)
{
    (void)data;
    if (err->code != ERR_NONE)
        LOG(LOG_ERROR, "store.away", {"reason", str_from_z(err->text)});
    else
        LOG(LOG_INFO, "store.back", {"reason", STR("the database answers again")});
}

bool node_follow_others(struct node *node, struct err *err)
{
    return news_watch(node->store, &(struct news_watcher){on_job, on_state, node}, err);
}

struct anchoring {
    const struct secret_key *key;
    int64_t now;
};

static bool anchor(struct tx *tx, void *data, struct err *err)
{
    const struct anchoring *anchoring = data;

    return journal_anchor(tx, anchoring->key, anchoring->now, err);
}

/* An anchor that fails now is made the next time: nothing is lost by waiting. */
static void anchor_one(struct node *node, struct tenant *tenant, struct str name, int64_t now)
{
    struct anchoring anchoring = {&node->key, now};
    struct err err;

    if (!tenant_write_wait(tenant, anchor, &anchoring, &err))
        LOG(LOG_WARN, "journal.not_anchored", {"tenant", name}, {"reason", str_from_z(err.text)});
}

void node_tend(struct node *node, int64_t now)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store_tenant *tenants;
    size_t count;
    struct err err;

    struct tenant *own = store_hold_node(node->store);
    anchor_one(node, own, STR(""), now);
    store_release(&own);
    if (!store_list_tenants(node->store, arena, &tenants, &count, &err)) {
        LOG(LOG_WARN, "journal.not_anchored", {"reason", str_from_z(err.text)});
        return;
    }
    for (size_t i = 0; i < count; i++) {
        CLEANUP(store_release)
        struct tenant *tenant = store_hold_open(node->store, tenants[i].name);

        if (tenant != NULL)
            anchor_one(node, tenant, tenants[i].name, now);
    }
}

static void tell_collected(struct str tenant, const char *event, int64_t count)
{
    char text[24];

    snprintf(text, sizeof text, "%lld", (long long)count);
    if (count > 0)
        log_event(LOG_INFO, event,
                  (const struct log_field[]){{"tenant", tenant}, {"count", str_from_z(text)}}, 2);
}

static bool sweep(struct tx *tx, void *data, struct err *err)
{
    return account_sweep(tx, data, err);
}

/* Accounts that a resident made and never used: a piece at a time, others write between. */
static bool collect_accounts(const struct node *node, struct tenant *tenant, int64_t now,
                             struct err *err)
{
    struct account_sweep sweeping = {
        .role = STR("resident"), .before = now - node->unconfirmed_days * TIME_DAY_MS, .now = now};
    int64_t count = 0;

    do {
        if (!tenant_write_wait(tenant, sweep, &sweeping, err))
            return false;
        count += sweeping.removed;
    } while (sweeping.removed == ACCOUNT_SWEEP_MAX);
    tell_collected(tenant_info(tenant)->name, "accounts.collected", count);
    return true;
}

static bool collect_one(const struct node *node, struct str name, int64_t now, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    int64_t collected;

    if (!store_hold(node->store, name, &tenant, err) ||
        !attachment_collect(tenant, now, &collected, err))
        return false;
    tell_collected(name, "files.collected", collected);
    return node->unconfirmed_days == 0 || collect_accounts(node, tenant, now, err);
}

void node_collect(struct node *node, int64_t now)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store_tenant *tenants;
    size_t count;
    struct err err;

    if (!store_list_tenants(node->store, arena, &tenants, &count, &err))
        return;
    /* What cannot be looked at today is looked at tomorrow. */
    for (size_t i = 0; i < count; i++)
        if (!collect_one(node, tenants[i].name, now, &err))
            LOG(LOG_WARN, "node.not_collected", {"tenant", tenants[i].name},
                {"reason", str_from_z(err.text)});
}

void node_close(struct node *node)
{
    if (node->store == NULL)
        return;
    news_unwatch(node->store);
    if (node->workers != NULL)
        worker_stop(node->workers);
    node->workers = NULL;
    node_tend(node, time_now());
    if (store_holds(node->store) > 0)
        LOG(LOG_ERROR, "node.holds_left",
            {"count", str_printf(node->arena, "%d", store_holds(node->store))});
    store_close(&node->store);
    model_library_close(&node->library);
}
