#include "web/csrf.h"

#include "core/base64.h"
#include "sign/secret.h"

struct str csrf_mask(const struct request *request)
{
    struct str token = str_from_z(request->actor.csrf);
    struct buf mixed = {.arena = request->arena};
    struct buf text = {.arena = request->arena};

    if (token.len == 0)
        return token;
    char *bytes = buf_room(&mixed, 2 * token.len);
    secret_random(bytes, token.len);
    for (size_t i = 0; i < token.len; i++)
        bytes[token.len + i] = (char)(bytes[i] ^ token.ptr[i]);
    mixed.len = 2 * token.len;
    base64_print_url(&text, buf_str(&mixed));
    return buf_str(&text);
}

/* In constant time, so that nothing is told by how long it took. */
static bool is_equal(const char *a, const char *b, size_t len)
{
    unsigned char differs = 0;

    for (size_t i = 0; i < len; i++)
        differs |= (unsigned char)(a[i] ^ b[i]);
    return differs == 0;
}

bool csrf_check(const struct request *request, struct str sent)
{
    struct str token = str_from_z(request->actor.csrf);
    struct buf mixed = {.arena = request->arena};

    if (token.len == 0 || sent.len > 4 * token.len || !base64_parse(&mixed, sent) ||
        mixed.len != 2 * token.len)
        return false;
    for (size_t i = 0; i < token.len; i++)
        mixed.ptr[token.len + i] = (char)(mixed.ptr[i] ^ mixed.ptr[token.len + i]);
    return is_equal(mixed.ptr + token.len, token.ptr, token.len);
}
