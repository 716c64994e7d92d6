#include "link/letter.h"

#include "core/base64.h"

/* No other text of ours that is signed begins so. */
static struct str print_signed(struct arena *arena, const char *kind, struct str digest)
{
    return str_printf(arena, "uprava %s 1\n%.*s", kind, STR_ARG(digest));
}

static struct str print_digest(struct arena *arena, struct str body)
{
    struct digest digest = digest_of(body);
    struct buf buf = {.arena = arena};

    digest_print(&buf, &digest);
    return buf_str(&buf);
}

bool letter_parse_bytes(struct arena *arena, struct str text, void *bytes, size_t size)
{
    struct buf buf = {.arena = arena}, again = {.arena = arena};

    if (text.len > 200 || !base64_parse(&buf, text) || buf.len != size)
        return false;
    base64_print_url(&again, buf_str(&buf));
    if (!str_equal(buf_str(&again), text))
        return false;
    memcpy(bytes, buf.ptr, size);
    return true;
}

void letter_sign(struct letter *letter, struct arena *arena, const char *kind,
                 const struct secret_key *key)
{
    letter->digest = print_digest(arena, letter->body);
    memcpy(letter->key, key->public_bytes, sizeof letter->key);
    secret_sign(key, print_signed(arena, kind, letter->digest), letter->signature);
}

void letter_print(struct buf *out, const struct letter *letter)
{
    buf_add(out, letter->body);
    buf_add(out, STR("\n{\"key\":\""));
    base64_print_url(out, (struct str){(const char *)letter->key, sizeof letter->key});
    buf_add(out, STR("\",\"signature\":\""));
    base64_print_url(out, (struct str){(const char *)letter->signature, sizeof letter->signature});
    buf_add(out, STR("\"}\n"));
}

bool letter_next(struct arena *arena, struct str *rest, struct letter *letter, struct json **json,
                 struct err *err)
{
    struct json_limits limits = {.bytes = LETTER_BODY_MAX};
    struct json *seal;
    struct err none;

    *letter = (struct letter){.body = str_cut(rest, '\n')};
    if (!json_parse(arena, letter->body, &limits, json, &none) ||
        !json_parse(arena, str_trim(str_cut(rest, '\n')), &limits, &seal, &none) ||
        !letter_parse_bytes(arena, json_find_text(seal, STR("key")), letter->key,
                            sizeof letter->key) ||
        !letter_parse_bytes(arena, json_find_text(seal, STR("signature")), letter->signature,
                            sizeof letter->signature))
        return err_set(err, ERR_INPUT, "it holds nothing that a server has signed");
    letter->digest = print_digest(arena, letter->body);
    return true;
}

bool letter_check(struct arena *arena, const struct letter *letter, const char *kind,
                  struct err *err)
{
    return secret_verify(letter->key, print_signed(arena, kind, letter->digest),
                         letter->signature) ||
           err_set(err, ERR_INPUT, "it is not as it was signed");
}
