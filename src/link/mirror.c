#include "link/mirror.h"

#include "auth/journal.h"
#include "core/vec.h"
#include "store/rows.h"

#include <fcntl.h>
#include <sys/file.h>

enum {
    DEPTH_MAX = 8,
    ADDRESS_MAX = 500,
    TOKEN_MAX = 200,
    UNUSED_MAX = 20, /* mirrors that were left, of a whole server */
};

static bool check_key(struct arena *arena, const struct edition_head *head, struct str fingerprint,
                      struct err *err)
{
    struct str is = edition_fingerprint(arena, head->key);

    return str_equal(edition_read_fingerprint(arena, fingerprint), is) ||
           err_set(err, ERR_DENIED,
                   "it is signed with the key %.*s. Ask %.*s by phone whether that is theirs, and "
                   "give it with --fingerprint",
                   STR_ARG(is), STR_ARG(str_slice(head->publisher.title, 0, 200)));
}

static bool is_among(const struct str *ids, size_t count, struct str id)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(ids[i], id))
            return true;
    return false;
}

/* The pack and those it requires, and so on. */
static bool list_packs(const struct tenancy *by, struct arena *arena, struct str id,
                       struct pack_ids *packs, struct err *err)
{
    VEC(struct str) ids = {0};
    struct pack_set set;

    if (!model_library_packs(by->library, arena, &set, err))
        return false;
    VEC_PUSH(arena, &ids, id);
    for (size_t at = 0; at < ids.count; at++) {
        const struct pack *pack = pack_set_find(&set, ids.items[at]);
        const struct json *needs = pack ? json_find(pack->manifest, STR("requires")) : NULL;

        if (pack == NULL)
            return err_set(err, ERR_INPUT,
                           "this server has no pack %.*s, to which the register belongs",
                           STR_ARG(str_slice(ids.items[at], 0, 80)));
        for (const struct json *one = needs ? needs->first : NULL; one != NULL; one = one->next)
            if (!is_among(ids.items, ids.count, one->name))
                VEC_PUSH(arena, &ids, one->name);
    }
    *packs = (struct pack_ids){ids.items, ids.count};
    return true;
}

struct changing {
    const struct peer *peer;
    const char *action;
    int64_t now;
};

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct changing *changing = data;
    struct journal_entry entry = {
        .at = changing->now, .actor = TENANCY_OPERATOR, .action = str_from_z(changing->action)};

    return journal_add(tx, &entry, err) && peer_put(tx, scratch, changing->peer, err);
}

static bool change(struct tenant *mirror, const struct peer *peer, const char *action, int64_t now,
                   struct err *err)
{
    struct changing changing = {peer, action, now};

    return tenant_write_wait(mirror, run_change, &changing, err);
}

static bool read_peer(struct tenant *mirror, struct arena *arena, struct peer *peer,
                      struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, mirror, err) && peer_above(&tx, arena, peer, err);
}

/* Between the children and who was above them: the tree stays one. */
static bool adopt(const struct tenancy *by, const struct mirror_wish *wish, int64_t id,
                  struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);

    for (size_t i = 0; i < wish->child_count; i++) {
        struct store_tenant info;

        if (!store_get_tenant(by->store, arena, wish->children[i], &info, err))
            return false;
        info.parent = id;
        if (!store_change_tenant(by->store, &info, err))
            return false;
    }
    return true;
}

static bool check_children(const struct tenancy *by, struct arena *arena,
                           const struct mirror_wish *wish, int64_t *parent, struct err *err)
{
    *parent = 0;
    for (size_t i = 0; i < wish->child_count; i++) {
        struct store_tenant info;

        if (!store_get_tenant(by->store, arena, wish->children[i], &info, err))
            return false;
        if (i > 0 && info.parent != *parent)
            return err_set(err, ERR_INPUT,
                           "%.*s has another one above it than %.*s: one mirror cannot stand "
                           "between",
                           STR_ARG(info.name), STR_ARG(wish->children[0]));
        *parent = info.parent;
    }
    return true;
}

bool mirror_create(const struct tenancy *by, struct arena *arena, const struct mirror_wish *wish,
                   struct err *err)
{
    CLEANUP(store_release) struct tenant *mirror = NULL;
    const struct edition_head *head = wish->head;
    struct tenancy_wish founding = {
        .name = wish->name, .title = head->publisher.title, .is_mirror = true};
    struct peer peer = {.id = head->publisher.id,
                        .is_above = true,
                        .name = head->publisher.name,
                        .title = head->publisher.title,
                        .has_key = true,
                        .reader = head->reader.id};
    struct store_tenant here;
    struct err absent = {0};

    memcpy(peer.key, head->key, sizeof peer.key);
    if (!check_key(arena, head, wish->fingerprint, err))
        return false;
    if (store_get_tenant_by_id(by->store, arena, peer.id, &here, &absent))
        return err_set(err, ERR_CONFLICT,
                       "%.*s is in this node itself: its subscribers need no mirror",
                       STR_ARG(here.name));
    return check_children(by, arena, wish, &founding.parent, err) &&
           list_packs(by, arena, head->pack_id, &founding.packs, err) &&
           tenancy_found(by, &founding, err) && store_hold(by->store, wish->name, &mirror, err) &&
           change(mirror, &peer, "mirror.create", by->now, err) &&
           adopt(by, wish, tenant_info(mirror)->id, err);
}

bool mirror_trust(struct tenant *mirror, const struct edition_head *head, struct str fingerprint,
                  int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct peer peer;

    if (!read_peer(mirror, arena, &peer, err) || !check_key(arena, head, fingerprint, err))
        return false;
    if (peer.id != head->publisher.id)
        return err_set(err, ERR_INPUT, "it comes from %.*s, not from %.*s",
                       STR_ARG(head->publisher.title), STR_ARG(peer.title));
    memcpy(peer.key, head->key, sizeof peer.key);
    return change(mirror, &peer, "mirror.trust", now, err);
}

/* Letters that a request line would mind, or that would lead elsewhere, are refused. */
static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] >= 127 || strchr("?#@\"<>\\", text.ptr[i]) != NULL)
            return false;
    return true;
}

static bool count_children(const struct tenancy *by, struct arena *arena, int64_t id, size_t *below,
                           struct err *err)
{
    struct store_tenant *tenants;
    size_t count;

    *below = 0;
    if (!store_list_tenants(by->store, arena, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        *below += tenants[i].parent == id;
    return true;
}

/* One by itself that nobody reads and no number of tenants grows by: it is taken into use again. */
static bool find_unused(const struct tenancy *by, struct arena *arena, int64_t publisher,
                        struct tenant **mirror, struct err *err)
{
    struct store_tenant *tenants;
    size_t count, below, unused = 0;

    *mirror = NULL;
    if (!store_list_tenants(by->store, arena, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(store_release) struct tenant *held = NULL;
        struct peer peer;

        if (!tenants[i].is_mirror)
            continue;
        if (!store_hold(by->store, tenants[i].name, &held, err) ||
            !read_peer(held, arena, &peer, err))
            return false;
        unused += tenants[i].is_suspended;
        if (peer.id != publisher)
            continue;
        if (!count_children(by, arena, tenants[i].id, &below, err))
            return false;
        if (!tenants[i].is_suspended || below > 0)
            return err_set(err, ERR_CONFLICT,
                           "others on this server read from this publisher: ask the operator of "
                           "the server to put it above you, too");
        *mirror = held;
        held = NULL;
        return true;
    }
    return unused < UNUSED_MAX ||
           err_set(err, ERR_LIMIT,
                   "too many publishers were entered and removed on this server: ask its operator");
}

static bool find_name(const struct tenancy *by, struct arena *arena, struct mirror_wish *wish,
                      struct err *err)
{
    struct str name = wish->head->publisher.name;

    for (int i = 2; i < 100; i++) {
        struct store_tenant info;
        struct err absent = {0};

        wish->name = name;
        if (store_is_name(name) && !store_get_tenant(by->store, arena, name, &info, &absent)) {
            *err = absent;
            return absent.code == ERR_ABSENT;
        }
        name =
            str_printf(arena, "%.*s-%d", STR_ARG(str_slice(wish->head->publisher.name, 0, 30)), i);
    }
    return err_set(err, ERR_CONFLICT, "there is no name left for that publisher");
}

bool mirror_enter(const struct tenancy *by, struct arena *arena, struct mirror_wish *wish,
                  struct err *err)
{
    CLEANUP(store_release) struct tenant *unused = NULL;
    struct store_tenant child, info;

    if (!check_key(arena, wish->head, wish->fingerprint, err) ||
        !find_unused(by, arena, wish->head->publisher.id, &unused, err) ||
        !store_get_tenant(by->store, arena, wish->children[0], &child, err))
        return false;
    if (unused == NULL)
        return find_name(by, arena, wish, err) && mirror_create(by, arena, wish, err);
    wish->name = str_copy(arena, tenant_info(unused)->name);
    if (!mirror_trust(unused, wish->head, wish->fingerprint, by->now, err) ||
        !tenancy_suspend(by, wish->name, false, err) ||
        !store_get_tenant(by->store, arena, wish->name, &info, err))
        return false;
    info.parent = child.parent;
    return store_change_tenant(by->store, &info, err) && adopt(by, wish, info.id, err);
}

bool mirror_is_shared(const struct tenancy *by, struct arena *arena, const struct tenant *mirror,
                      bool *is_shared, struct err *err)
{
    size_t below;

    if (!count_children(by, arena, tenant_info(mirror)->id, &below, err))
        return false;
    *is_shared = below > 1;
    return true;
}

bool mirror_leave(const struct tenancy *by, struct arena *arena, struct str child,
                  struct tenant *mirror, struct err *err)
{
    struct store_tenant info;
    struct peer peer;
    size_t below;

    if (!store_get_tenant(by->store, arena, child, &info, err) ||
        !count_children(by, arena, tenant_info(mirror)->id, &below, err))
        return false;
    if (info.parent != tenant_info(mirror)->id)
        return err_set(err, ERR_CONFLICT,
                       "it stands higher up in the tree: the operator of the server removes it");
    info.parent = tenant_info(mirror)->parent;
    if (!store_change_tenant(by->store, &info, err))
        return false;
    if (below > 1)
        return true;
    if (!read_peer(mirror, arena, &peer, err))
        return false;
    peer.address = peer.token = peer.reason = (struct str){0};
    return change(mirror, &peer, "mirror.follow", by->now, err) &&
           tenancy_suspend(by, tenant_info(mirror)->name, true, err);
}

bool mirror_is_address(struct str address)
{
    return address.len <= ADDRESS_MAX && is_plain(address) &&
           (str_starts(address, STR("https://")) || str_starts(address, STR("http://")));
}

bool mirror_follow(struct tenant *mirror, struct str address, struct str token, int64_t now,
                   struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct peer peer;

    address = str_trim(address);
    token = str_trim(token);
    while (str_ends(address, STR("/")))
        address.len--;
    if (!mirror_is_address(address))
        return err_set(err, ERR_INPUT,
                       "the address is that of the publisher's pages: https://region.example/name");
    if (!read_peer(mirror, arena, &peer, err))
        return false;
    if (token.len == 0)
        token = peer.token;
    if (token.len == 0 || token.len > TOKEN_MAX || !is_plain(token))
        return err_set(err, ERR_INPUT, "this is no token");
    peer.address = address;
    peer.token = token;
    peer.reason = (struct str){0};
    return change(mirror, &peer, "mirror.follow", now, err);
}

bool mirror_find(struct store *store, struct arena *arena, struct str name, int64_t publisher,
                 struct tenant **mirror, struct err *err)
{
    struct store_tenant info;

    if (!store_get_tenant(store, arena, name, &info, err))
        return false;
    for (int depth = 0; depth <= DEPTH_MAX; depth++) {
        if (info.is_mirror) {
            CLEANUP(store_release) struct tenant *held = NULL;
            struct peer peer;

            if (!store_hold(store, info.name, &held, err) || !read_peer(held, arena, &peer, err))
                return false;
            if (publisher == 0 || peer.id == publisher) {
                *mirror = held;
                held = NULL;
                return true;
            }
        }
        if (info.parent == 0)
            break;
        if (!store_get_tenant_by_id(store, arena, info.parent, &info, err))
            return false;
    }
    return err_set(err, ERR_ABSENT,
                   "nobody above %.*s stands for this publisher: make its mirror first "
                   "(uprava mirror create)",
                   STR_ARG(name));
}

bool mirror_lock(struct tenant *mirror, const char *name, int *fd, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str path = str_printf(arena, "%.*s/%s.lock", STR_ARG(tenant_folder(mirror)), name);

    *fd = open(path.ptr, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    return (*fd >= 0 && flock(*fd, LOCK_EX) == 0) ||
           err_set(err, ERR_UNAVAILABLE, "the lock %.*s cannot be taken", STR_ARG(path));
}

static struct mirror_arrival arrival_of(const struct rows *rows, size_t row)
{
    return (struct mirror_arrival){
        .no = rows_int(rows, row, 0),
        .mark = {rows_int(rows, row, 1), rows_int(rows, row, 2), rows_text(rows, row, 3)},
        .digest = rows_text(rows, row, 4),
        .arrived_at = rows_int(rows, row, 5),
        .bytes = rows_int(rows, row, 6),
        .applying = rows_text(rows, row, 7),
    };
}

bool mirror_arrivals(struct tx *tx, struct arena *arena, struct mirror_arrival **found,
                     size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT register, edition, seq, chain, digest, arrived_at, bytes, applying"
                     " FROM arrival WHERE tenant = $1 ORDER BY register",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *found = ARENA_ARRAY(arena, struct mirror_arrival, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*found)[i] = arrival_of(&rows, i);
    return true;
}

bool mirror_arrival(struct tx *tx, struct arena *arena, int64_t no, struct mirror_arrival *arrival,
                    struct err *err)
{
    struct mirror_arrival *found;
    size_t count;

    *arrival = (struct mirror_arrival){.no = no};
    if (!mirror_arrivals(tx, arena, &found, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (found[i].no == no)
            *arrival = found[i];
    return true;
}
