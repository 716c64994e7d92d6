#include "web/api_edition.h"

#include "core/base64.h"
#include "core/id.h"
#include "core/num.h"
#include "core/time.h"
#include "link/edition_source.h"
#include "link/peer.h"
#include "store/rows.h"
#include "web/answer.h"

enum {
    ANSWER_BYTES = 512 * 1024, /* more than that is asked for anew, behind the last piece */
};

/* Whoever comes with this account's token reads as that peer, and needs no role. */
static bool find_reader(struct request *request, struct edition_party *reader, struct err *err)
{
    struct err absent = {0};
    struct peer peer;
    struct tx *tx;

    if (!request_read(request, &tx, err))
        return false;
    if (!peer_of_account(tx, request->arena, request->actor.account, &peer, &absent)) {
        if (absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        return err_set(err, ERR_DENIED, "this account reads no editions for another node");
    }
    *reader = (struct edition_party){peer.id, peer.name, peer.title};
    return true;
}

static bool print_chain(struct request *request, const struct publication *one, struct err *err)
{
    struct rows rows;

    if (!store_query(request->registry.tx, request->arena, &rows,
                     "SELECT hash FROM journal WHERE tenant = $1 AND seq = $2",
                     ARGS(INT(request->registry.tx->tenant), INT(one->newest.seq)), err))
        return false;
    json_write_text(&request->exchange->out, rows_text(&rows, 0, 0));
    return true;
}

static bool print_one(struct request *request, const struct publication *one, bool is_first,
                      struct err *err)
{
    struct buf *out = &request->exchange->out;

    buf_add(out, is_first ? STR("{\"register\":") : STR(",{\"register\":"));
    json_write_text(out, one->type->id);
    buf_printf(out, ",\"edition\":%lld,\"chain\":", (long long)one->newest.no);
    if (!print_chain(request, one, err))
        return false;
    buf_add(out, STR(",\"issued_at\":\""));
    time_print_moment(out, one->newest.at);
    buf_printf(out, "\",\"total\":%lld}", (long long)one->newest.total);
    return true;
}

bool api_edition_list(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct publication *publications;
    struct edition_party reader;
    bool is_first = true;
    size_t count;

    if (!find_reader(request, &reader, err) ||
        !publication_list(&request->registry, &publications, &count, err))
        return false;
    buf_add(out, STR("{\"reader\":"));
    json_write_text(out, reader.name);
    buf_add(out, STR(",\"key\":\""));
    base64_print_url(
        out, (struct str){(const char *)request->web->key->public_bytes, SECRET_PUBLIC_SIZE});
    buf_add(out, STR("\",\"editions\":["));
    for (size_t i = 0; i < count; i++) {
        const struct publication *one = &publications[i];

        if (one->newest.no == 0 || publication_reader_of(one, reader.id) == NULL)
            continue;
        if (!print_one(request, one, is_first, err))
            return false;
        is_first = false;
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

static bool read_number(const struct request *request, struct str name, int64_t *number,
                        struct err *err)
{
    struct str text = request_query(request, name);

    *number = 0;
    return text.len == 0 || (num_parse_scaled(text, 0, number) && *number >= 0) ||
           err_set(err, ERR_INPUT, "%.*s: the number of an edition", STR_ARG(name));
}

/* A head and some pieces: behind those one asks again, with after. */
bool api_edition_get(struct request *request, struct err *err)
{
    struct edition_by by = {request->tenant, request->web->library, request->web->key,
                            request->arena};
    struct edition_wish wish = {.register_id = request->parts[0],
                                .chain = request_query(request, STR("chain"))};
    struct str after = request_query(request, STR("after"));
    struct buf *out = &request->exchange->out;
    struct edition_piece piece = {0};
    struct edition_source source;

    if (after.len > 0 && !id_parse(after, &piece.last))
        return err_set(err, ERR_INPUT, "after: the id that the last seal has");
    if (!find_reader(request, &wish.reader, err) ||
        !read_number(request, STR("since"), &wish.since, err) ||
        !read_number(request, STR("edition"), &wish.no, err))
        return false;
    tx_done(&request->tx); /* each piece is read in a transaction of its own */
    if (!edition_source_open(&by, &wish, &source, out, err))
        return false;
    while (!piece.is_last && piece.last != INT64_MAX && out->len < ANSWER_BYTES)
        if (!edition_source_next(&source, piece.last, out, &piece, err))
            return false;
    return answer_text(request, 200, STR("application/x-ndjson"));
}
