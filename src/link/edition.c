#include "link/edition.h"

#include "core/base64.h"
#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"
#include "core/utf8.h"
#include "link/letter.h"
#include "registry/record.h"

#define NOT_ONE "this is no edition of a register"

static void print_base64(struct buf *out, const void *bytes, size_t size)
{
    base64_print_url(out, (struct str){bytes, size});
}

static void print_party(struct buf *out, const char *name, const struct edition_party *party)
{
    json_put_name(out, name);
    buf_char(out, '{');
    json_put_id(out, "id", party->id);
    json_put_text(out, "name", party->name);
    json_put_text(out, "title", party->title);
    buf_char(out, '}');
}

static void print_mark(struct buf *out, const struct edition_mark *mark)
{
    buf_printf(out, "{\"no\":%lld,\"seq\":%lld", (long long)mark->no, (long long)mark->seq);
    json_put_text(out, "chain", mark->chain);
    buf_char(out, '}');
}

void edition_print_head(struct buf *out, struct edition_head *head)
{
    size_t start = out->len;

    buf_add(out, STR("{\"uprava_edition\":1"));
    json_put_text(out, "register", head->register_id);
    print_party(out, "publisher", &head->publisher);
    buf_add(out, STR(",\"key\":\""));
    print_base64(out, head->key, SECRET_PUBLIC_SIZE);
    buf_char(out, '"');
    print_party(out, "reader", &head->reader);
    json_put_text(out, "pack", head->pack_id);
    json_put_text(out, "pack_version", head->pack_version);
    json_put_text(out, "fields", head->fields);
    json_put_text(out, "schema", head->schema);
    json_put_text(out, "filter", head->filter);
    buf_add(out, STR(",\"edition\":"));
    print_mark(out, &head->mark);
    buf_add(out, STR(",\"base\":"));
    if (head->base.no > 0)
        print_mark(out, &head->base);
    else
        buf_add(out, STR("null"));
    json_put_moment(out, "issued_at", head->at);
    json_put_int(out, "total", head->total);
    json_put_text(out, "note", head->note);
    buf_char(out, '}');
    head->digest = digest_of(str_slice(buf_str(out), start, out->len - start));
    buf_char(out, '\n');
}

static void print_day(struct buf *out, struct str name, int64_t day)
{
    if (day == RECORD_ALWAYS || day == RECORD_FOREVER)
        return;
    buf_add(out, name);
    time_print_day(out, day);
    buf_char(out, '"');
}

void edition_print_slice(struct buf *out, const struct edition_slice *slice)
{
    buf_char(out, '{');
    json_put_id(out, "id", slice->id);
    print_day(out, STR(",\"from\":\""), slice->valid_from);
    if (slice->is_gone) {
        buf_add(out, STR(",\"gone\":true}\n"));
        return;
    }
    print_day(out, STR(",\"to\":\""), slice->valid_to);
    json_put_text(out, "title", slice->title);
    buf_add(out, STR(",\"body\":"));
    json_write(out, slice->value);
    if (slice->codes != NULL) {
        buf_add(out, STR(",\"codes\":"));
        json_write(out, slice->codes);
    }
    buf_add(out, STR("}\n"));
}

/* What is signed: no other text of ours begins so. */
static struct str print_signed(struct buf *out, const struct edition_head *head,
                               const struct edition_piece *piece, const struct digest *lines)
{
    buf_add(out, STR("uprava edition 1\n"));
    digest_print(out, &head->digest);
    buf_printf(out, "\n%lld %lld %zu %d\n", (long long)piece->after, (long long)piece->last,
               piece->count, piece->is_last);
    digest_print(out, lines);
    return buf_str(out);
}

void edition_print_seal(struct buf *out, size_t start, const struct edition_head *head,
                        const struct edition_piece *piece, const struct secret_key *key)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf message = {.arena = scratch};
    struct digest lines = digest_of(str_slice(buf_str(out), start, out->len - start));
    unsigned char signature[SECRET_SIGNATURE_SIZE];

    secret_sign(key, print_signed(&message, head, piece, &lines), signature);
    buf_add(out, STR("{\"piece\":{\"after\":\""));
    id_print(out, piece->after);
    buf_add(out, STR("\",\"last\":\""));
    id_print(out, piece->last);
    buf_printf(out, "\",\"lines\":%zu,\"is_last\":%s,\"sha256\":\"", piece->count,
               piece->is_last ? "true" : "false");
    digest_print(out, &lines);
    buf_add(out, STR("\"},\"signature\":\""));
    print_base64(out, signature, sizeof signature);
    buf_add(out, STR("\"}\n"));
}

static bool parse_party(const struct json *json, struct edition_party *party)
{
    party->name = json_find_text(json, STR("name"));
    party->title = json_find_text(json, STR("title"));
    return id_parse(json_find_text(json, STR("id")), &party->id);
}

static bool parse_mark(const struct json *json, struct edition_mark *mark)
{
    mark->no = json_find_int(json, STR("no"), 0);
    mark->seq = json_find_int(json, STR("seq"), 0);
    mark->chain = json_find_text(json, STR("chain"));
    return mark->no > 0 && mark->seq > 0;
}

bool edition_parse_head(struct arena *arena, struct str line, struct edition_head *head,
                        struct err *err)
{
    const struct json *base;
    struct json *json;
    struct err none;

    *head = (struct edition_head){0};
    if (!json_parse(arena, line, &(struct json_limits){.bytes = EDITION_HEAD_MAX}, &json, &none) ||
        json_find(json, STR("uprava_edition")) == NULL)
        return err_set(err, ERR_INPUT, NOT_ONE);
    if (json_find_int(json, STR("uprava_edition"), 0) != 1)
        return err_set(err, ERR_INPUT,
                       "the edition was written by a newer program: upgrade this one first");
    base = json_find(json, STR("base"));
    head->register_id = json_find_text(json, STR("register"));
    head->pack_id = json_find_text(json, STR("pack"));
    head->pack_version = json_find_text(json, STR("pack_version"));
    head->fields = json_find_text(json, STR("fields"));
    head->schema = json_find_text(json, STR("schema"));
    head->filter = json_find_text(json, STR("filter"));
    head->note = json_find_text(json, STR("note"));
    head->total = json_find_int(json, STR("total"), 0);
    head->digest = digest_of(line);
    if (!parse_party(json_find(json, STR("publisher")), &head->publisher) ||
        !parse_party(json_find(json, STR("reader")), &head->reader) ||
        !letter_parse_bytes(arena, json_find_text(json, STR("key")), head->key,
                            SECRET_PUBLIC_SIZE) ||
        !parse_mark(json_find(json, STR("edition")), &head->mark) ||
        (base != NULL && base->kind != JSON_NULL && !parse_mark(base, &head->base)) ||
        !time_parse_moment(json_find_text(json, STR("issued_at")), &head->at) ||
        head->register_id.len == 0 || head->total < 0 || head->base.no >= head->mark.no)
        return err_set(err, ERR_INPUT, NOT_ONE ": its head cannot be read");
    return true;
}

static bool parse_day(const struct json *json, struct str name, int64_t otherwise, int64_t *day)
{
    const struct json *value = json_find(json, name);

    *day = otherwise;
    return value == NULL || time_parse_day(json_text(value), day);
}

bool edition_parse_slice(struct arena *arena, struct str line, struct edition_slice *slice,
                         struct err *err)
{
    struct json *json;

    *slice = (struct edition_slice){0};
    if (!json_parse(arena, line, &(struct json_limits){.bytes = EDITION_LINE_MAX}, &json, err))
        return false;
    slice->is_gone = json_is_true(json_find(json, STR("gone")));
    slice->title = json_find_text(json, STR("title"));
    slice->value = json_find(json, STR("body"));
    slice->codes = json_find(json, STR("codes"));
    if (!id_parse(json_find_text(json, STR("id")), &slice->id) || slice->id <= 0 ||
        !parse_day(json, STR("from"), RECORD_ALWAYS, &slice->valid_from) ||
        !parse_day(json, STR("to"), RECORD_FOREVER, &slice->valid_to) ||
        (!slice->is_gone && (slice->value == NULL || slice->value->kind != JSON_OBJECT)))
        return err_set(err, ERR_INPUT, "a line is no record");
    return true;
}

bool edition_is_seal(struct str line)
{
    return str_starts(line, STR("{\"piece\":"));
}

bool edition_check_seal(struct arena *arena, struct str line, struct str lines,
                        const struct edition_head *head, struct edition_piece *piece,
                        struct err *err)
{
    struct buf message = {.arena = arena};
    struct digest digest = digest_of(lines), said;
    unsigned char signature[SECRET_SIGNATURE_SIZE];
    const struct json *seal;
    struct json *json;
    struct err none;

    if (!json_parse(arena, line, &(struct json_limits){.bytes = EDITION_HEAD_MAX}, &json, &none))
        return err_set(err, ERR_INPUT, "a seal cannot be read");
    seal = json_find(json, STR("piece"));
    piece->is_last = json_is_true(json_find(seal, STR("is_last")));
    piece->count = (size_t)json_find_int(seal, STR("lines"), 0);
    if (!digest_parse(json_find_text(seal, STR("sha256")), &said) ||
        !digest_equal(&said, &digest) ||
        !id_parse(json_find_text(seal, STR("after")), &piece->after) ||
        !id_parse(json_find_text(seal, STR("last")), &piece->last) ||
        !letter_parse_bytes(arena, json_find_text(json, STR("signature")), signature,
                            sizeof signature) ||
        !secret_verify(head->key, print_signed(&message, head, piece, &digest), signature))
        return err_set(err, ERR_INPUT,
                       "it is not as its publisher wrote it: a signature does not fit");
    return true;
}

struct str edition_fingerprint(struct arena *arena, const unsigned char key[SECRET_PUBLIC_SIZE])
{
    struct digest digest = digest_of((struct str){(const char *)key, SECRET_PUBLIC_SIZE});
    struct buf hex = {.arena = arena};
    struct buf out = {.arena = arena};

    digest_print_hex(&hex, &digest);
    for (size_t at = 0; at < 32; at += 4) {
        if (at > 0)
            buf_char(&out, '-');
        buf_add(&out, str_slice(buf_str(&hex), at, 4));
    }
    return buf_str(&out);
}

/* Of a letter that was read out: Russian ones look or sound like the Latin ones. '\0': none. */
static char hex_of(uint32_t code)
{
    static const struct {
        uint32_t code;
        char hex;
    } HEARD[] = {
        {0x430, 'a'}, {0x431, 'b'}, {0x432, 'b'}, {0x441, 'c'},
        {0x446, 'c'}, {0x434, 'd'}, {0x435, 'e'}, {0x444, 'f'},
    };

    if ((code >= '0' && code <= '9') || (code >= 'a' && code <= 'f'))
        return (char)code;
    for (size_t i = 0; i < ARRAY_LEN(HEARD); i++)
        if (HEARD[i].code == code)
            return HEARD[i].hex;
    return '\0';
}

struct str edition_read_fingerprint(struct arena *arena, struct str typed)
{
    struct str head = str_slice(typed, 0, 400);
    struct str rest = str_slice(head, 0, utf8_valid_head(head));
    struct buf out = {.arena = arena};
    size_t digits = 0;

    while (rest.len > 0) {
        char hex = hex_of(utf8_lower(utf8_next(&rest)));

        if (hex == '\0')
            continue;
        if (digits > 0 && digits % 4 == 0)
            buf_char(&out, '-');
        buf_char(&out, hex);
        digits++;
    }
    return out.len == EDITION_PRINT_LEN ? buf_str(&out) : (struct str){0};
}
