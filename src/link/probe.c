#include "link/probe.h"

#include "core/base64.h"
#include "core/json.h"
#include "net/client.h"

enum {
    TOTAL_MS = 20 * 1000,
    CONNECT_MS = 8 * 1000,
};

static enum probe_finding finding_of_status(int status)
{
    switch (status) {
    case 401:
        return PROBE_NO_TOKEN;
    case 403:
        return PROBE_NO_READER;
    case 404:
    case 308:
        return PROBE_NO_TENANT;
    default:
        return PROBE_FAULT;
    }
}

static enum probe_finding finding_of_err(const struct err *err)
{
    if (err->code == ERR_DENIED)
        return PROBE_UNTRUSTED;
    return err->code == ERR_INPUT ? PROBE_BAD_ADDRESS : PROBE_SILENT;
}

static enum probe_finding read_offer(const struct peer *peer, struct arena *arena, struct str body,
                                     int64_t *registers)
{
    struct buf key = {.arena = arena};
    const struct json *editions;
    struct json *json;
    struct err none;

    if (!json_parse(arena, body, NULL, &json, &none) ||
        !base64_parse(&key, json_find_text(json, STR("key"))) || key.len != sizeof peer->key)
        return PROBE_OTHER;
    if (!peer->has_key || memcmp(peer->key, key.ptr, key.len) != 0)
        return PROBE_OTHER_KEY;
    editions = json_find(json, STR("editions"));
    *registers = editions != NULL ? (int64_t)editions->count : 0;
    return *registers > 0 ? PROBE_GOOD : PROBE_NOTHING;
}

void probe_publisher(const struct peer *peer, struct arena *arena, struct str ca_file,
                     struct probe_result *result)
{
    CLEANUP(client_close) struct client client = {0};
    struct client_field fields[] = {
        {STR("Authorization"), str_printf(arena, "Bearer %.*s", STR_ARG(peer->token))},
        {STR("Accept"), STR("application/json")},
    };
    struct client_request request = {
        .url = str_printf(arena, "%.*s/api/v1/editions", STR_ARG(peer->address)),
        .fields = fields,
        .field_count = ARRAY_LEN(fields),
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
    };
    struct client_answer answer;
    struct err err = {0};

    *result = (struct probe_result){.finding = PROBE_NO_ADDRESS};
    if (peer->address.len == 0)
        return;
    if (!client_open(&client, arena, ca_file, &err) ||
        !client_send(&client, arena, &request, &answer, &err)) {
        result->finding = finding_of_err(&err);
        result->reason = str_copy(arena, str_from_z(err.text));
        return;
    }
    result->status = answer.status;
    result->finding = answer.status / 100 == 2
                          ? read_offer(peer, arena, answer.body, &result->registers)
                          : finding_of_status(answer.status);
}
