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
#include "registry/gauge.h"
#include "registry/quota.h"
#include "store/due.h"
#include "store/news.h"

enum {
    /* What was no orphan when a municipality was changed last is one a day later at most. */
    COLLECT_BACK_DAYS = 3,
    COLLECT_SOME = 60, /* opened at a time: some 0.1 s of work */
};

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

/* As a municipality's file is closed, long before the next minute perhaps. */
static bool anchor_last(struct tx *tx, void *data, struct err *err)
{
    const struct node *node = data;

    return journal_anchor(tx, &node->key, time_now(), err);
}

bool node_prepare(struct arena *arena, const struct node_options *options, struct node *node,
                  struct err *err)
{
    *node = (struct node){.arena = arena,
                          .data = options->data,
                          .share = options->share,
                          .unconfirmed_days = options->unconfirmed_days,
                          .heir = -1,
                          .backup = PTHREAD_MUTEX_INITIALIZER};
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
        .wait_ms = options->wait_ms,
        .files_max = options->files_max,
        .memory_max = options->memory_max,
        .slow_flush_ms = options->slow_flush_ms,
        .is_unsafe = options->is_unsafe,
        .limits = options->limits,
        .lock = options->lock,
    };

    struct str key = options->key;

    if (options->files.len > 0 && options->store.len == 0)
        return err_set(err, ERR_INPUT, "--files goes with --store: a database that servers share");
    if (key.len == 0)
        key = file_join(arena, options->data, STR("node.key"));
    if (!node_prepare(arena, options, node, err) || !store_open(arena, &store, &node->store, err))
        return false;
    node->store_wait_ms = options->wait_ms;
    node->drain_ms = options->drain_ms;
    folders[0] = file_join(arena, node->share, STR("packs"));
    folders[1] = file_join(arena, node->data, STR("packs"));
    node->library = model_library_new(arena, folders, 2);
    store_on_close(node->store, anchor_last, node);
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

/*
 * An anchor that fails now is made the next time: nothing is lost by waiting.  True when the
 * journal had grown.
 */
static bool anchor_one(struct node *node, struct tenant *tenant, int64_t now)
{
    struct anchoring anchoring = {&node->key, now};
    struct err err;

    if (!tenant_take_moved(tenant))
        return false;
    if (tenant_write_wait(tenant, anchor, &anchoring, &err))
        return true;
    tenant_put_moved(tenant);
    LOG(LOG_WARN, "journal.not_anchored", {"tenant", tenant_info(tenant)->name},
        {"reason", str_from_z(err.text)});
    return true;
}

static void note_gauges(struct node *node, struct tenant *const *tenants, size_t count, int64_t now)
{
    struct err err;

    if (!gauge_note(node->store, tenants, count, now, &err))
        LOG(LOG_WARN, "node.not_measured", {"reason", str_from_z(err.text)});
}

void node_tend(struct node *node, int64_t now)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct err err;
    size_t count;

    struct tenant *own = store_hold_node(node->store);
    anchor_one(node, own, now);
    store_release(&own);
    struct tenant **tenants = store_hold_opened(node->store, arena, &count);
    struct tenant **changed = ARENA_ARRAY(arena, struct tenant *, count + 1);
    size_t changed_count = 0;
    for (size_t i = 0; i < count; i++)
        if (anchor_one(node, tenants[i], now) || quota_is_short(tenants[i]))
            changed[changed_count++] = tenants[i];
    note_gauges(node, changed, changed_count, now);
    for (size_t i = 0; i < count; i++)
        store_release(&tenants[i]);
    if (!due_flush(node->store, &err))
        LOG(LOG_WARN, "queue.unwritten", {"reason", str_from_z(err.text)});
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

static bool collect_one(struct node *node, struct str name, int64_t now, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    int64_t collected;

    if (!store_hold(node->store, name, &tenant, err) ||
        !attachment_collect(tenant, now, &collected, err))
        return false;
    tell_collected(name, "files.collected", collected);
    note_gauges(node, &tenant, 1, now);
    return node->unconfirmed_days == 0 || collect_accounts(node, tenant, now, err);
}

/* Databases that nobody touched for so long have nothing to collect: they stay closed. */
static bool may_have_some(const struct node *node, struct str name, int64_t now)
{
    int64_t since = now - (node->unconfirmed_days + COLLECT_BACK_DAYS) * TIME_DAY_MS;

    return store_is_written_since(node->store, name, since);
}

/* Some of those whose name is behind; false: they were the last. */
static bool collect_behind(struct node *node, int64_t now, size_t most)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct store_tenant *tenants;
    size_t count;
    struct err err;

    if (!store_list_tenants(node->store, arena, &tenants, &count, &err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str name = tenants[i].name;

        if (str_compare(name, str_from_z(node->collected)) <= 0)
            continue;
        if (most == 0)
            return true;
        snprintf(node->collected, sizeof node->collected, "%.*s", STR_ARG(name));
        if (!may_have_some(node, name, now))
            continue;
        most--;
        /* What cannot be looked at today is looked at tomorrow. */
        if (!collect_one(node, name, now, &err))
            LOG(LOG_WARN, "node.not_collected", {"tenant", name}, {"reason", str_from_z(err.text)});
    }
    return false;
}

void node_collect(struct node *node, int64_t now)
{
    node->collected[0] = '\0';
    (void)!collect_behind(node, now, SIZE_MAX);
}

void node_collect_some(struct node *node, int64_t now)
{
    if (node->collect_at > now)
        return;
    if (collect_behind(node, now, COLLECT_SOME))
        return;
    node->collected[0] = '\0';
    node->collect_at = now + TIME_DAY_MS;
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
