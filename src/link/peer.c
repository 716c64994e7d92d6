#include "link/peer.h"

#include "auth/journal.h"
#include "core/base64.h"
#include "core/id.h"
#include "registry/publication.h"
#include "store/rows.h"

#define COLUMNS                                                                                    \
    "id, side, name, title, key, account, address, token, reader, tried_at, heard_at, reason"

static struct peer peer_of(struct arena *arena, const struct rows *rows, size_t row)
{
    struct peer peer = {
        .id = rows_int(rows, row, 0),
        .is_above = str_equal(rows_text(rows, row, 1), STR("above")),
        .name = rows_text(rows, row, 2),
        .title = rows_text(rows, row, 3),
        .account = rows_int(rows, row, 5),
        .address = rows_text(rows, row, 6),
        .token = rows_text(rows, row, 7),
        .reader = rows_int(rows, row, 8),
        .tried_at = rows_int(rows, row, 9),
        .heard_at = rows_int(rows, row, 10),
        .reason = rows_text(rows, row, 11),
    };
    struct buf key = {.arena = arena};

    peer.has_key = base64_parse(&key, rows_text(rows, row, 4)) && key.len == sizeof peer.key;
    if (peer.has_key)
        memcpy(peer.key, key.ptr, sizeof peer.key);
    else
        peer.expected = rows_text(rows, row, 4);
    return peer;
}

bool peer_list(struct tx *tx, struct arena *arena, struct peer **peers, size_t *count,
               struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT " COLUMNS " FROM peer WHERE tenant = $1 ORDER BY side, name",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *peers = ARENA_ARRAY(arena, struct peer, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*peers)[i] = peer_of(arena, &rows, i);
    return true;
}

bool peer_above(struct tx *tx, struct arena *arena, struct peer *peer, struct err *err)
{
    struct peer *peers;
    size_t count;

    if (!peer_list(tx, arena, &peers, &count, err))
        return false;
    if (count == 0 || !peers[0].is_above)
        return err_set(err, ERR_ABSENT, "this does not stand for a publisher of another node");
    *peer = peers[0];
    return true;
}

static bool find(struct tx *tx, struct arena *arena, struct str name, int64_t account,
                 struct peer *peer, struct err *err)
{
    struct peer *peers;
    size_t count;

    if (!peer_list(tx, arena, &peers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!peers[i].is_above && (name.len > 0 ? str_equal(peers[i].name, name)
                                                : account > 0 && peers[i].account == account)) {
            *peer = peers[i];
            return true;
        }
    return err_set(err, ERR_ABSENT, "there is no reader \"%.*s\" in another node",
                   STR_ARG(str_slice(name, 0, 80)));
}

bool peer_below(struct tx *tx, struct arena *arena, struct str name, struct peer *peer,
                struct err *err)
{
    return find(tx, arena, name.len > 0 ? name : STR("-"), 0, peer, err);
}

bool peer_of_account(struct tx *tx, struct arena *arena, int64_t account, struct peer *peer,
                     struct err *err)
{
    return find(tx, arena, (struct str){0}, account, peer, err);
}

bool peer_put(struct tx *tx, struct arena *arena, const struct peer *peer, struct err *err)
{
    struct buf key = {.arena = arena};

    if (peer->has_key)
        base64_print_url(&key, (struct str){(const char *)peer->key, sizeof peer->key});
    else
        buf_add(&key, peer->expected);
    return store_exec(tx,
                      "INSERT INTO peer (tenant, " COLUMNS ")"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
                      " ON CONFLICT (tenant, id) DO UPDATE SET side = $3, name = $4, title = $5,"
                      " key = $6, account = $7, address = $8, token = $9, reader = $10,"
                      " tried_at = $11, heard_at = $12, reason = $13",
                      ARGS(INT(tx->tenant), INT(peer->id),
                           TEXT(peer->is_above ? STR("above") : STR("below")), TEXT(peer->name),
                           TEXT(peer->title), TEXT(buf_str(&key)), INT(peer->account),
                           TEXT(peer->address), TEXT(peer->token), INT(peer->reader),
                           INT(peer->tried_at), INT(peer->heard_at), TEXT(peer->reason)),
                      err);
}

bool peer_check_key(const struct peer *peer, struct arena *arena,
                    const unsigned char key[SECRET_PUBLIC_SIZE], struct str typed, bool is_line,
                    struct err *err)
{
    struct str is = edition_fingerprint(arena, key);

    if (peer->has_key)
        return memcmp(peer->key, key, sizeof peer->key) == 0 ||
               err_set(err, ERR_DENIED, "it is signed with another key than before");
    if (peer->expected.len > 0 ? str_equal(peer->expected, is)
                               : is_line || str_equal(edition_read_fingerprint(arena, typed), is))
        return true;
    return err_set(err, ERR_DENIED,
                   "it is signed with the key %.*s. Ask %.*s by phone whether that is theirs, and "
                   "enter it",
                   STR_ARG(is), STR_ARG(str_slice(peer->title, 0, 150)));
}

static bool note(struct tx *tx, struct arena *arena, const struct peer_wish *wish,
                 const char *action, struct err *err)
{
    struct journal_entry entry = {
        .at = wish->now,
        .actor = wish->actor,
        .action = str_from_z(action),
        .detail = str_printf(arena, "{\"reader\":\"%.*s\"}", STR_ARG(wish->name)),
    };

    return journal_add(tx, &entry, err);
}

static bool set_key(struct peer *peer, struct arena *arena, struct str typed, struct err *err)
{
    struct str wanted = edition_read_fingerprint(arena, typed);

    if (str_trim(typed).len == 0)
        return true;
    if (wanted.len == 0)
        return err_set(err, ERR_INPUT, "a key has eight groups of four letters and digits");
    if (peer->has_key && str_equal(edition_fingerprint(arena, peer->key), wanted))
        return true;
    peer->has_key = false;
    peer->expected = wanted;
    return true;
}

bool peer_enter(struct tx *tx, struct arena *arena, const struct peer_wish *wish, struct err *err)
{
    struct err absent = {0};
    struct peer peer;

    if (!store_is_name(wish->name))
        return err_set(err, ERR_INPUT,
                       "a reader's name has small Latin letters, digits and hyphens");
    if (wish->title.len == 0 || wish->title.len > PEER_TITLE_MAX)
        return err_set(err, ERR_INPUT, "the title must have 1 to 200 letters");
    if (!peer_below(tx, arena, wish->name, &peer, &absent)) {
        if (absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        peer = (struct peer){.id = id_next(wish->now), .name = wish->name};
    }
    peer.title = wish->title;
    if (!wish->keeps_account)
        peer.account = wish->account;
    return set_key(&peer, arena, wish->fingerprint, err) &&
           note(tx, arena, wish, "peer.put", err) && peer_put(tx, arena, &peer, err);
}

bool peer_end(struct tx *tx, struct arena *arena, const struct peer_wish *wish, struct err *err)
{
    struct peer peer;

    return peer_below(tx, arena, wish->name, &peer, err) &&
           note(tx, arena, wish, "peer.remove", err) && peer_remove(tx, peer.id, err);
}

bool peer_remove(struct tx *tx, int64_t id, struct err *err)
{
    int64_t changed;

    if (!store_exec(tx, "DELETE FROM publication_reader WHERE tenant = $1 AND child = $2",
                    ARGS(INT(tx->tenant), INT(id)), err) ||
        !store_change(tx, "DELETE FROM peer WHERE tenant = $1 AND id = $2",
                      ARGS(INT(tx->tenant), INT(id)), &changed, err))
        return false;
    return changed > 0 || err_set(err, ERR_ABSENT, "there is no such reader");
}

bool peer_note(struct tx *tx, int64_t now, struct str reason, struct err *err)
{
    return store_exec(tx,
                      "UPDATE peer SET tried_at = $2, reason = $3,"
                      " heard_at = CASE WHEN $3 = '' THEN $2 ELSE heard_at END"
                      " WHERE tenant = $1 AND side = 'above'",
                      ARGS(INT(tx->tenant), INT(now), TEXT(reason)), err);
}

bool peer_reader(struct tenant *tenant, struct arena *arena, struct str name,
                 struct edition_party *reader, struct err *err)
{
    struct store_tenant info;
    struct err absent = {0};
    struct peer peer;

    *reader = (struct edition_party){.id = PUBLICATION_ALL};
    if (name.len == 0)
        return true;
    {
        CLEANUP(tx_done) struct tx tx = {0};

        if (!tx_read(&tx, tenant, err))
            return false;
        if (peer_below(&tx, arena, name, &peer, &absent)) {
            *reader = (struct edition_party){peer.id, peer.name, peer.title};
            return true;
        }
    }
    if (absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    if (!publication_child(tenant, arena, name, &reader->id, err) ||
        !store_get_tenant_by_id(tenant_store(tenant), arena, reader->id, &info, err))
        return false;
    reader->name = info.name;
    reader->title = info.title;
    return true;
}

bool peer_party(struct tx *tx, struct store *store, struct arena *arena, int64_t id,
                struct edition_party *reader, struct err *err)
{
    struct store_tenant info;
    struct err absent = {0};
    struct peer *peers;
    size_t count;

    *reader = (struct edition_party){.id = id};
    if (id == PUBLICATION_ALL)
        return true;
    if (!peer_list(tx, arena, &peers, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (peers[i].id == id && !peers[i].is_above) {
            *reader = (struct edition_party){id, peers[i].name, peers[i].title};
            return true;
        }
    if (store_get_tenant_by_id(store, arena, id, &info, &absent))
        *reader = (struct edition_party){id, info.name, info.title};
    else if (absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    return true;
}
