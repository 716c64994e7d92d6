#include "registry/pack_live.h"

#include "core/vec.h"

/* A version on its way. */
struct making {
    struct pack_live *live;
    struct arena *arena;
    const struct pack *shipped;
    struct own_pack own;
    VEC(struct pack_file) changes; /* against what is shipped */
    struct pack_draft *drafts;     /* that go when it is installed, or are put instead of it */
    size_t draft_count;
    struct str old; /* a version that nobody needs */
};

static const struct pack *find_installed(const struct catalog *catalog, struct str pack,
                                         struct err *err)
{
    const struct pack *found = pack_set_find(&catalog->model->packs, pack);

    if (found == NULL)
        (void)err_set(err, ERR_ABSENT, "there is no such pack");
    return found;
}

static bool is_same(const struct pack *shipped, const struct pack_file *change)
{
    const struct pack_file *file = pack_file_find(shipped, change->path);

    if (file == NULL || change->bytes.ptr == NULL)
        return file == NULL && change->bytes.ptr == NULL;
    return str_equal(file->bytes, change->bytes);
}

/* Over one of that path; what is as it is shipped is no change. */
static void add_change(struct making *making, const struct pack_file *change)
{
    size_t at = 0;

    while (at < making->changes.count && !str_equal(making->changes.items[at].path, change->path))
        at++;
    if (at == making->changes.count)
        VEC_PUSH(making->arena, &making->changes, *change);
    making->changes.items[at] = *change;
    if (is_same(making->shipped, change))
        making->changes.items[at] = making->changes.items[--making->changes.count];
}

static bool add_present(struct making *making, struct tx *tx, struct str version, struct err *err)
{
    struct pack_file *changes;
    size_t count;

    if (!own_pack_changes(tx, making->arena, (struct model_wish){making->live->pack, version},
                          &changes, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_change(making, &changes[i]);
    return true;
}

static bool install(struct making *making, struct err *err)
{
    struct pack_live *live = making->live;
    struct str id =
        str_printf(making->arena, "%.*s@%.*s", STR_ARG(live->pack), STR_ARG(making->own.version));

    if (!catalog_replace(live->tenant, live->library, (struct pack_ids){&id, 1}, live->actor,
                         live->now, err))
        return false;
    live->version = making->own.version;
    return true;
}

static bool run_keep(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;

    return own_pack_put(tx, &making->own, making->changes.items, making->changes.count, err) &&
           (making->old.len == 0 || own_pack_drop(tx, making->live->pack, making->old, err));
}

/* Gives it a name, keeps it, makes it known, installs it. */
static bool make(struct making *making, int64_t no, struct err *err)
{
    struct pack_live *live = making->live;
    struct model_own known = {.count = making->changes.count};

    making->own = (struct own_pack){.pack = making->shipped->id,
                                    .version = making->shipped->version,
                                    .at = live->now,
                                    .actor = live->actor,
                                    .note = live->note};
    if (making->changes.count == 0)
        return install(making, err);
    making->own.version = pack_own_version(making->arena, making->shipped->version, no,
                                           making->changes.items, making->changes.count);
    known.version = making->own.version;
    known.changes = making->changes.items;
    return model_library_add(live->library, making->shipped, &known, err) &&
           tenant_write_wait(live->tenant, run_keep, making, err) && install(making, err);
}

/* One that was changed meanwhile stays. */
static bool run_clear(struct tx *tx, void *data, struct err *err)
{
    const struct making *making = data;

    for (size_t i = 0; i < making->draft_count; i++)
        if (!store_exec(tx,
                        "DELETE FROM pack_file WHERE tenant = $1 AND pack = $2 AND version = ''"
                        " AND path = $3 AND revision = $4",
                        ARGS(INT(tx->tenant), TEXT(making->live->pack),
                             TEXT(making->drafts[i].path), INT(making->drafts[i].revision)),
                        err))
            return false;
    return true;
}

static bool gather_drafts(struct making *making, struct tx *tx, const struct catalog *catalog,
                          struct str tried, struct err *err)
{
    struct pack_draft_sum sum;

    if (!pack_draft_gather(tx, making->arena, catalog, making->live->pack, &sum, err))
        return false;
    if (sum.count == 0)
        return err_set(err, ERR_INPUT, "there are no drafts");
    if (sum.stale.len > 0)
        return err_set(err, ERR_CONFLICT,
                       "%.*s was changed after its draft was begun: look at both, and save the "
                       "draft again",
                       STR_ARG(sum.stale));
    if (!str_equal(tried, str_from_z(sum.pack->digest)))
        return err_set(err, ERR_CONFLICT, "something was changed since it was tried: try it again");
    making->drafts = sum.drafts;
    making->draft_count = sum.count;
    for (size_t i = 0; i < sum.count; i++) {
        struct pack_file change = {sum.drafts[i].path, {0}};

        if (!sum.drafts[i].is_gone)
            change.bytes = sum.drafts[i].body;
        add_change(making, &change);
    }
    return true;
}

/* What is shipped under the installed version, and what stands over it. */
static bool begin(struct making *making, struct tx *tx, const struct pack *installed, int64_t *no,
                  struct err *err)
{
    struct pack_live *live = making->live;

    return model_library_pack(live->library, installed->id,
                              pack_shipped_version(installed->version), &making->shipped, err) &&
           own_pack_next(tx, installed->id, no, err) &&
           own_pack_old(tx, making->arena, installed->id, installed->version, &making->old, err) &&
           add_present(making, tx, installed->version, err);
}

static bool gather_all(struct making *making, struct str tried, int64_t *no, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct pack_live *live = making->live;
    const struct catalog *catalog;
    const struct pack *installed;

    if (!catalog_get(live->tenant, live->library, &catalog, err) ||
        !tx_read(&tx, live->tenant, err))
        return false;
    installed = find_installed(catalog, live->pack, err);
    return installed != NULL && begin(making, &tx, installed, no, err) &&
           gather_drafts(making, &tx, catalog, tried, err);
}

bool pack_live_put(struct pack_live *live, struct arena *arena, struct str tried, struct err *err)
{
    struct making making = {.live = live, .arena = arena};
    int64_t no;

    return gather_all(&making, tried, &no, err) && make(&making, no, err) &&
           tenant_write_wait(live->tenant, run_clear, &making, err);
}

static bool find_former(struct making *making, struct str version, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct pack_live *live = making->live;
    const struct catalog *catalog;
    const struct pack *installed;
    struct own_pack *list;
    size_t count;

    if (!catalog_get(live->tenant, live->library, &catalog, err) ||
        !tx_read(&tx, live->tenant, err) ||
        !own_pack_list(&tx, making->arena, live->pack, &list, &count, err))
        return false;
    installed = find_installed(catalog, live->pack, err);
    if (installed == NULL)
        return false;
    if (str_equal(version, installed->version))
        return err_set(err, ERR_CONFLICT, "this version is live already");
    if (str_equal(version, pack_shipped_version(installed->version)))
        return true;
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i].version, version))
            return true;
    return err_set(err, ERR_ABSENT, "there is no such version");
}

bool pack_live_back(struct pack_live *live, struct arena *arena, struct str version,
                    struct err *err)
{
    struct making making = {.live = live, .arena = arena, .own = {.version = version}};

    return find_former(&making, version, err) && install(&making, err);
}

/* A file that both have changed is for people to look at. */
static bool check_both(const struct making *making, const struct pack *was, struct err *err)
{
    for (size_t i = 0; i < making->changes.count; i++) {
        const struct pack_file *before = pack_file_find(was, making->changes.items[i].path);
        const struct pack_file *after =
            pack_file_find(making->shipped, making->changes.items[i].path);
        bool is_equal = before != NULL && after != NULL ? str_equal(before->bytes, after->bytes)
                                                        : before == after;

        if (!is_equal)
            return err_set(err, ERR_CONFLICT,
                           "%.*s was changed here, and in the new version, too: take what was "
                           "changed here as drafts",
                           STR_ARG(making->changes.items[i].path));
    }
    return true;
}

static bool run_to_drafts(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;

    for (size_t i = 0; i < making->draft_count; i++) {
        struct pack_draft draft = making->drafts[i], present = draft;
        CLEANUP(arena_close) struct arena *scratch = arena_open(0);
        bool is_there;

        if (!pack_draft_get(tx, scratch, &present, &is_there, err))
            return false;
        if (!is_there && !pack_draft_put(tx, &draft, err))
            return false;
    }
    return true;
}

/* What was changed here, begun from the file that it was changed from. */
static void plan_drafts(struct making *making, const struct pack *was)
{
    making->drafts = ARENA_ARRAY(making->arena, struct pack_draft, making->changes.count + 1);
    for (size_t i = 0; i < making->changes.count; i++) {
        const struct pack_file *change = &making->changes.items[i];

        making->drafts[making->draft_count++] = (struct pack_draft){
            .pack = making->live->pack,
            .path = change->path,
            .at = making->live->now,
            .actor = making->live->actor,
            .base = pack_draft_digest(making->arena, pack_file_find(was, change->path)),
            .is_gone = change->bytes.ptr == NULL,
            .body = change->bytes.ptr == NULL ? STR("") : change->bytes,
        };
    }
    making->changes.count = 0;
}

static bool plan_renewal(struct making *making, struct str version, bool keeps, int64_t *no,
                         struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct pack_live *live = making->live;
    const struct catalog *catalog;
    const struct pack *installed, *was;

    if (!catalog_get(live->tenant, live->library, &catalog, err) ||
        !tx_read(&tx, live->tenant, err))
        return false;
    installed = find_installed(catalog, live->pack, err);
    if (installed == NULL || !begin(making, &tx, installed, no, err) ||
        !model_library_pack(live->library, live->pack, version, &making->shipped, err))
        return false;
    if (!model_library_pack(live->library, live->pack, pack_shipped_version(installed->version),
                            &was, err))
        return false;
    if (!keeps)
        plan_drafts(making, was);
    return check_both(making, was, err);
}

bool pack_live_renew(struct pack_live *live, struct arena *arena, struct str version, bool keeps,
                     struct err *err)
{
    struct making making = {.live = live, .arena = arena};
    int64_t no;

    return plan_renewal(&making, version, keeps, &no, err) &&
           (making.draft_count == 0 ||
            tenant_write_wait(live->tenant, run_to_drafts, &making, err)) &&
           make(&making, no, err);
}
