#include "cli/upkeep.h"

#include <stdio.h>
#include <string.h>

#include "auth/account.h"
#include "auth/journal.h"
#include "core/log.h"
#include "core/time.h"
#include "registry/attachment_collect.h"
#include "registry/gauge.h"
#include "registry/quota.h"
#include "registry/sweep.h"
#include "service/application.h"
#include "store/due.h"

enum {
    /* What was no orphan when a municipality was changed last is one a day later at most. */
    COLLECT_BACK_DAYS = 3,
    COLLECT_SOME = 60, /* opened at a time: some 0.1 s of work */
};

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

/* In one write; where one of them cannot be measured, the others are by themselves. */
static void note_gauges(struct node *node, struct tenant *const *tenants, size_t count, int64_t now)
{
    struct err err;

    if (gauge_note(node->store, tenants, count, now, &err))
        return;
    for (size_t i = 0; i < count; i++)
        if (!gauge_note(node->store, &tenants[i], 1, now, &err))
            LOG(LOG_WARN, "node.not_measured", {"reason", str_from_z(err.text)});
}

void upkeep_tend(struct node *node, int64_t now)
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

static bool sweep_applications(struct tx *tx, void *data, struct err *err)
{
    const int64_t *now = data;
    int64_t count;

    return application_sweep(tx, *now - (int64_t)APPLICATION_DAYS * TIME_DAY_MS, &count, err);
}

static bool collect_one(struct node *node, struct str name, int64_t now, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    int64_t collected;

    if (!store_hold(node->store, name, &tenant, err) ||
        !tenant_write_wait(tenant, sweep_applications, &now, err) ||
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

void upkeep_collect(struct node *node, int64_t now)
{
    node->collected[0] = '\0';
    (void)!collect_behind(node, now, SIZE_MAX);
}

void upkeep_collect_some(struct node *node, int64_t now)
{
    if (node->collect_at > now)
        return;
    if (collect_behind(node, now, COLLECT_SOME))
        return;
    node->collected[0] = '\0';
    node->collect_at = now + TIME_DAY_MS;
}

void upkeep_begin(struct node *node, int64_t now)
{
    struct tenancy by = {.store = node->store, .library = node->library, .now = now};
    struct sweep_wish wish = {.kind = SWEEP_TABLES};
    struct err err;
    int64_t id;

    if (!sweep_start(&by, &wish, &id, &err)) {
        /* One that was begun before goes on, or was paused by an operator. */
        if (err.code != ERR_CONFLICT)
            LOG(LOG_WARN, "node.not_swept", {"reason", str_from_z(err.text)});
        return;
    }
    if (id != 0)
        worker_wake(node->workers, STR(JOB_NODE));
}
