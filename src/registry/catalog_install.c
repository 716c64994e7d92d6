/* Packs into a tenant: their registers and code lists; what that changes is rebuilt. */
#include "auth/journal.h"
#include "core/time.h"
#include "core/vec.h"
#include "queue/job.h"
#include "registry/code_lists.h"
#include "registry/gauge.h"
#include "registry/record_reindex.h"
#include "store/news.h"
#include "store/rows.h"

struct install {
    struct arena *arena;
    const struct model *model;
    int64_t actor;
    int64_t now;
    bool is_first;           /* of a tenant that has no pack */
    bool replaces_own;       /* an own version, too */
    VEC(struct str) renamed; /* code lists with a code that has another title now */
};

enum {
    AT_ONCE = 10, /* batches of records rebuilt before it returns: a town needs no more */
};

/* Their codes stand in the packs: tenants have rows only of what upgrades leave out. */
static bool put_codes(struct tx *tx, struct install *install, const struct pack *pack,
                      struct str was, struct err *err)
{
    struct code_lists_upgrade upgrade = {.pack = pack, .was = was, .arena = install->arena};

    if (!code_lists_upgrade(tx, &upgrade, err))
        return false;
    for (size_t i = 0; i < upgrade.renamed_count; i++)
        VEC_PUSH(install->arena, &install->renamed, upgrade.renamed[i]);
    return true;
}

/* Where a tag ends that the text is in; a > may stand in the value of an attribute. */
static size_t tag_end(struct str text)
{
    char quote = 0;
    size_t i = 0;

    for (; i < text.len && (quote != 0 || text.ptr[i] != '>'); i++)
        if (text.ptr[i] == quote)
            quote = 0;
        else if (quote == 0 && (text.ptr[i] == '"' || text.ptr[i] == '\''))
            quote = text.ptr[i];
    return i;
}

/* Start events of sub-processes and comments, too: they cost the job a look. */
static bool has_timed_start(void *data, const struct pack_file *file)
{
    static const struct str START = STR_INIT("startEvent");
    static const struct str TIMER = STR_INIT("timerEventDefinition");
    struct str rest = file->bytes;
    bool *is_timed = data;

    while (!*is_timed && rest.len > 0) {
        rest = str_slice(rest, str_find(rest, START) + START.len, rest.len);
        size_t end = tag_end(rest);
        bool is_empty = end > 0 && rest.ptr[end - 1] == '/';

        rest = str_slice(rest, end, rest.len);
        if (is_empty)
            continue;
        struct str inside = str_slice(rest, 0, str_find(rest, START));
        *is_timed = str_find(inside, TIMER) < inside.len;
        rest = str_slice(rest, inside.len + START.len, rest.len);
    }
    return !*is_timed;
}

/*
 * Processes that begin by the clock: when, is told by the job of flows (workflow/conduct_start.h),
 * which is above us and known by its name alone.
 */
static bool need_flows(struct tx *tx, int64_t now, struct err *err)
{
    struct job job = {.kind = STR("workflow.flows"), .payload = STR("{}"), .put_at = now};
    bool has_moved;

    return job_need(tx, &job, now, &has_moved, err);
}

static bool put_timers(struct tx *tx, const struct install *install, const struct pack *pack,
                       struct err *err)
{
    bool is_timed = false;

    pack_each_file(pack, STR("processes"), STR(".bpmn"), has_timed_start, &is_timed);
    return !is_timed || need_flows(tx, install->now, err);
}

static bool put_pack(struct tx *tx, struct install *install, const struct pack *pack,
                     struct err *err)
{
    struct journal_entry entry = {
        .at = install->now,
        .actor = install->actor,
        .action = STR("pack.install"),
        .detail = str_printf(install->arena, "{\"pack\":\"%.*s\",\"version\":\"%.*s\"}",
                             STR_ARG(pack->id), STR_ARG(pack->version)),
    };
    struct rows was;
    int64_t changed;

    if (!store_query(tx, install->arena, &was,
                     "SELECT digest FROM pack WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), TEXT(pack->id)), err))
        return false;
    struct str digest = was.count > 0 ? rows_text(&was, 0, 0) : (struct str){0};
    /* Packs that were there before and stay as they are have nothing to tell. */
    return store_change(tx,
                        "INSERT INTO pack (tenant, id, version, digest, installed_at)"
                        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, id) DO UPDATE SET"
                        " version = excluded.version, digest = excluded.digest,"
                        " installed_at = excluded.installed_at"
                        " WHERE pack.version <> excluded.version"
                        " OR pack.digest <> excluded.digest",
                        ARGS(INT(tx->tenant), TEXT(pack->id), TEXT(pack->version),
                             TEXT(str_from_z(pack->digest)), INT(install->now)),
                        &changed, err) &&
           (changed == 0 || (put_codes(tx, install, pack, digest, err) &&
                             put_timers(tx, install, pack, err) && journal_add(tx, &entry, err)));
}

static bool run_install(struct tx *tx, void *data, struct err *err)
{
    struct install *install = data;
    struct record_reindex_plan plan = {
        .model = install->model, .actor = install->actor, .now = install->now};

    install->renamed.count = 0;
    if (!install->is_first && !code_lists_thin(tx, err))
        return false;
    for (size_t i = 0; i < install->model->packs.count; i++)
        if (!put_pack(tx, install, install->model->packs.packs[i], err))
            return false;
    plan.lists = install->renamed.items;
    plan.list_count = install->renamed.count;
    return record_reindex_plan(tx, install->arena, &plan, err) && news_tell(tx, NEWS_CATALOG, err);
}

bool catalog_begin(struct tx *tx, const struct model *model, int64_t actor, int64_t now,
                   struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct install install = {
        .arena = arena, .model = model, .actor = actor, .now = now, .is_first = true};

    return run_install(tx, &install, err);
}

/* What was changed here does not go because a newer version came. */
static bool check_own(const struct install *install, const struct model_wish *wish,
                      struct str installed, struct err *err)
{
    return install->replaces_own || pack_own_no(installed) == 0 || pack_own_no(wish->version) > 0 ||
           err_set(err, ERR_CONFLICT,
                   "the municipality has changed the pack %.*s: somebody must say whether its "
                   "changes are kept or become drafts",
                   STR_ARG(wish->id));
}

/* Another municipality's own version is nobody else's, though this server knows it. */
static bool check_whose(struct tx *tx, struct arena *arena, struct pack_ids packs, struct err *err)
{
    for (size_t i = 0; i < packs.count; i++) {
        struct model_wish wish = model_library_wish(packs.items[i]);
        struct rows rows;

        if (pack_own_no(wish.version) == 0)
            continue;
        if (!store_query(tx, arena, &rows,
                         "SELECT path FROM pack_file WHERE tenant = $1 AND pack = $2"
                         " AND version = $3 AND path = ''",
                         ARGS(INT(tx->tenant), TEXT(wish.id), TEXT(wish.version)), err))
            return false;
        if (rows.count == 0)
            return err_set(err, ERR_ABSENT, "the pack %.*s %.*s is not on this server",
                           STR_ARG(wish.id), STR_ARG(wish.version));
    }
    return true;
}

/* Those installed already stay as they are unless they are named. */
static bool gather(struct tenant *tenant, const struct install *install, struct pack_ids packs,
                   struct model_wish **wishes, size_t *wish_count, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct arena *arena = install->arena;
    struct rows rows;

    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, arena, &rows, "SELECT id, version FROM pack WHERE tenant = $1",
                     ARGS(INT(tx.tenant)), err) ||
        !check_whose(&tx, arena, packs, err))
        return false;
    *wishes = ARENA_ARRAY(arena, struct model_wish, packs.count + rows.count);
    *wish_count = 0;
    for (size_t i = 0; i < packs.count; i++)
        (*wishes)[(*wish_count)++] = model_library_wish(packs.items[i]);
    for (size_t i = 0; i < rows.count; i++) {
        bool is_named = false;

        for (size_t n = 0; n < packs.count; n++) {
            if (!str_equal((*wishes)[n].id, rows_text(&rows, i, 0)))
                continue;
            is_named = true;
            if (!check_own(install, &(*wishes)[n], rows_text(&rows, i, 1), err))
                return false;
        }
        if (!is_named)
            (*wishes)[(*wish_count)++] =
                (struct model_wish){rows_text(&rows, i, 0), rows_text(&rows, i, 1)};
    }
    return true;
}

/* What the versions before say is kept by reading them, while their folders are there. */
static void keep_before(struct tenant *tenant, struct model_library *library)
{
    const struct catalog *catalog;
    struct err ignored;
    bool is_known = catalog_get(tenant, library, &catalog, &ignored);

    (void)is_known;
}

static bool install_packs(struct tenant *tenant, struct model_library *library,
                          struct pack_ids packs, struct install *install, struct err *err)
{
    struct model_wish *wishes;
    size_t wish_count;
    bool is_over;

    keep_before(tenant, library);
    return gather(tenant, install, packs, &wishes, &wish_count, err) &&
           model_library_get(library, wishes, wish_count, &install->model, err) &&
           tenant_write_wait(tenant, run_install, install, err) &&
           catalog_reload(tenant, library, err) &&
           gauge_note(tenant_store(tenant), &tenant, 1, install->now, err) &&
           record_reindex_some(tenant, library, AT_ONCE, &is_over, err);
}

bool catalog_install(struct tenant *tenant, struct model_library *library, struct pack_ids packs,
                     int64_t actor, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct install install = {.arena = arena, .actor = actor, .now = now};

    return install_packs(tenant, library, packs, &install, err);
}

bool catalog_replace(struct tenant *tenant, struct model_library *library, struct pack_ids packs,
                     int64_t actor, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct install install = {.arena = arena, .actor = actor, .now = now, .replaces_own = true};

    return install_packs(tenant, library, packs, &install, err);
}

static bool run_thin(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return code_lists_thin(tx, err);
}

bool catalog_thin(struct tenant *tenant, struct model_library *library, struct err *err)
{
    const struct catalog *catalog;

    return catalog_get(tenant, library, &catalog, err) &&
           (catalog_setting(catalog, STR(CODE_LISTS_STAMP)).len == 0 ||
            (tenant_write_wait(tenant, run_thin, NULL, err) &&
             catalog_reload(tenant, library, err)));
}

bool catalog_set(struct tx *tx, struct str name, struct str value, int64_t actor, int64_t now,
                 struct err *err)
{
    struct journal_entry entry = {.at = now, .actor = actor, .action = STR("setting.change")};

    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, $3)"
                      " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
                      ARGS(INT(tx->tenant), TEXT(name), TEXT(value)), err) &&
           (!str_equal(name, STR("utc_offset")) || need_flows(tx, now, err)) &&
           journal_add(tx, &entry, err) && news_tell(tx, NEWS_CATALOG, err);
}
