#include "web/asset.h"

#include "web/answer.h"
#include "web/look.h"

static bool accepts(const struct http_exchange *exchange, struct str coding)
{
    struct str accepted = http_header(exchange, STR("accept-encoding"));

    return str_find(accepted, coding) < accepted.len;
}

bool asset_answer(struct request *request)
{
    struct http_exchange *exchange = request->exchange;
    const struct look_asset *asset;
    struct str bytes;

    if (!str_starts(exchange->path, STR("/assets/")))
        return false;
    asset = map_find(&request->web->look->assets, exchange->path);
    if (asset == NULL || (exchange->method != HTTP_GET && exchange->method != HTTP_HEAD)) {
        exchange->status = 404;
        return true;
    }
    bytes = asset->bytes;
    if (asset->brotli.len > 0 && accepts(exchange, STR("br"))) {
        bytes = asset->brotli;
        http_add(exchange, STR("Content-Encoding"), STR("br"));
    } else if (asset->gzip.len > 0 && accepts(exchange, STR("gzip"))) {
        bytes = asset->gzip;
        http_add(exchange, STR("Content-Encoding"), STR("gzip"));
    }
    exchange->status = 200;
    http_add(exchange, STR("Content-Type"), asset->type);
    http_add(exchange, STR("Cache-Control"), STR("public, max-age=31536000, immutable"));
    http_add(exchange, STR("Vary"), STR("Accept-Encoding"));
    http_add(exchange, STR("X-Content-Type-Options"), STR("nosniff"));
    buf_add(&exchange->out, bytes);
    return true;
}
