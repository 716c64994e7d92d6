#include "link/report_send.h"

#include "core/base64.h"
#include "net/client.h"
#include "store/rows.h"

struct receiving {
    struct arena *arena;
    const struct peer *peer; /* NULL: it is from this node */
    struct report *report;
    int64_t now;
};

/* A server vouches for its own municipalities only. */
static bool check_origin(struct tx *tx, const struct receiving *receiving, struct err *err)
{
    const struct report *report = receiving->report;
    struct buf key = {.arena = receiving->arena};
    struct rows rows;

    base64_print_url(&key, (struct str){(const char *)report->key, sizeof report->key});
    if (!store_query(tx, receiving->arena, &rows,
                     "SELECT 1 FROM report WHERE tenant = $1 AND child = $2 AND key <> $3 LIMIT 1",
                     ARGS(INT(tx->tenant), INT(report->child.id), TEXT(buf_str(&key))), err))
        return false;
    return rows.count == 0 ||
           err_set(err, ERR_DENIED, "%.*s has reported from another server before",
                   STR_ARG(str_slice(report->child.title, 0, 150)));
}

static bool run_receive(struct tx *tx, void *data, struct err *err)
{
    struct receiving *receiving = data;

    if (receiving->peer != NULL && !check_origin(tx, receiving, err))
        return false;
    if (receiving->peer != NULL && !receiving->peer->has_key) {
        struct peer known = *receiving->peer;

        known.has_key = true;
        memcpy(known.key, receiving->report->key, sizeof known.key);
        if (!peer_put(tx, receiving->arena, &known, err))
            return false;
    }
    return report_receive(tx, receiving->arena, receiving->report, receiving->now, err);
}

bool report_send_accept(struct tenant *above, struct arena *arena, const struct peer *peer,
                        struct report *report, int64_t now, struct err *err)
{
    struct receiving receiving = {arena, peer, report, now};
    struct store_tenant here;
    struct err absent = {0};

    if (!peer_check_key(peer, arena, report->key, (struct str){0}, true, err))
        return false;
    if (store_get_tenant_by_id(tenant_store(above), arena, report->child.id, &here, &absent))
        return err_set(err, ERR_DENIED, "%.*s is in this node itself", STR_ARG(here.name));
    return tenant_write_wait(above, run_receive, &receiving, err);
}

static bool post(const struct report_by *by, struct str ca_file, const struct peer *peer,
                 struct report *report, struct err *err)
{
    CLEANUP(client_close) struct client client = {0};
    struct buf text = {.arena = by->arena};
    struct client_field fields[] = {
        {STR("Authorization"), str_printf(by->arena, "Bearer %.*s", STR_ARG(peer->token))},
        {STR("Content-Type"), STR("application/x-ndjson")},
    };
    struct client_request request = {
        .method = STR("POST"),
        .url = str_printf(by->arena, "%.*s/api/v1/reports", STR_ARG(peer->address)),
        .fields = fields,
        .field_count = ARRAY_LEN(fields),
        .total_ms = 5 * 60 * 1000,
    };
    struct client_answer answer;
    struct json *json;

    report_print(&text, report);
    request.body = buf_str(&text);
    if (!client_open(&client, by->arena, ca_file, err) ||
        !client_send(&client, by->arena, &request, &answer, err) ||
        !client_expect(&answer, by->arena, err) ||
        !json_parse(by->arena, answer.body, NULL, &json, err))
        return false;
    report->number = json_find_int(json, STR("number"), 0);
    report->received_at = by->now;
    return (report->number > 0 && str_equal(json_find_text(json, STR("sha256")), report->digest)) ||
           err_set(err, ERR_UNAVAILABLE, "the server above does not say what it has received");
}

static bool read_above(struct tenant *mirror, struct arena *arena, struct peer *peer,
                       struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, mirror, err) || !peer_above(&tx, arena, peer, err))
        return false;
    return peer->address.len > 0 ||
           err_set(err, ERR_ABSENT,
                   "no way to the one above is known (uprava mirror follow): take the report "
                   "there as a file");
}

static bool deliver(const struct report_by *by, struct str ca_file, struct report *report,
                    struct err *err)
{
    CLEANUP(store_release) struct tenant *above = NULL;
    struct store *store = tenant_store(by->tenant);
    struct receiving receiving = {.arena = by->arena, .report = report, .now = by->now};
    struct store_tenant info;
    struct peer peer;

    if (tenant_info(by->tenant)->parent == 0)
        return err_set(err, ERR_ABSENT, "nobody is above this municipality");
    if (!store_get_tenant_by_id(store, by->arena, tenant_info(by->tenant)->parent, &info, err))
        return false;
    if (info.is_suspended)
        return err_set(err, ERR_UNAVAILABLE, "the one above is suspended");
    if (!store_hold(store, info.name, &above, err))
        return false;
    if (info.is_mirror)
        return read_above(above, by->arena, &peer, err) && post(by, ca_file, &peer, report, err);
    return tenant_write_wait(above, run_receive, &receiving, err);
}

static bool run_note(struct tx *tx, void *data, struct err *err)
{
    return report_note(tx, data, err);
}

bool report_send(const struct report_by *by, struct str ca_file, struct report *report,
                 struct err *err)
{
    struct err failed = {0};
    bool ok = deliver(by, ca_file, report, &failed);

    report->tried_at = by->now;
    report->reason = ok ? (struct str){0} : str_from_z(failed.text);
    if (!tenant_write_wait(by->tenant, run_note, report, err))
        return false;
    if (!ok)
        *err = failed;
    return ok;
}
