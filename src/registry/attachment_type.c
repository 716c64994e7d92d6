#include "registry/attachment_type.h"

#include "core/utf8.h"

#include <string.h>
#include <strings.h>

#define OFFICE "application/vnd.openxmlformats-officedocument."

static const struct {
    size_t at;
    struct str magic;
    const char *type;
} MAGICS[] = {
    {0, STR_INIT("%PDF-"), "application/pdf"},
    {0, STR_INIT("\xFF\xD8\xFF"), "image/jpeg"},
    {0, STR_INIT("\x89PNG\r\n\x1A\n"), "image/png"},
    {0, STR_INIT("GIF8"), "image/gif"},
    {8, STR_INIT("WEBP"), "image/webp"},
    {0, STR_INIT("II*\0"), "image/tiff"},
    {0, STR_INIT("MM\0*"), "image/tiff"},
    {4, STR_INIT("ftypheic"), "image/heic"},
    {4, STR_INIT("ftypmif1"), "image/heif"},
    {0, STR_INIT("{\\rtf"), "application/rtf"},
    {0, STR_INIT("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), "application/x-ole-storage"},
};

static const struct {
    const char *ending;
    const char *type;
} ZIPS[] = {
    {".docx", OFFICE "wordprocessingml.document"},
    {".xlsx", OFFICE "spreadsheetml.sheet"},
    {".pptx", OFFICE "presentationml.presentation"},
    {".odt", "application/vnd.oasis.opendocument.text"},
    {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {".odp", "application/vnd.oasis.opendocument.presentation"},
};

static bool ends(struct str name, const char *ending)
{
    size_t len = strlen(ending);

    return name.len > len && strncasecmp(name.ptr + name.len - len, ending, len) == 0;
}

static bool has(struct str bytes, size_t at, struct str magic)
{
    return str_starts(str_slice(bytes, at, bytes.len), magic);
}

/* DER of a detached signature: a SEQUENCE that begins with PKCS #7's object identifier. */
static bool is_signature(struct str bytes, struct str name)
{
    static const struct str PKCS7 = STR_INIT("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02");
    struct str head = str_slice(bytes, 0, 32);

    return bytes.ptr[0] == '0' && str_find(head, PKCS7) < head.len &&
           (ends(name, ".sig") || ends(name, ".p7s"));
}

/* Letters and line ends only: programs begin with other bytes. */
static bool has_controls(struct str bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        unsigned char c = (unsigned char)bytes.ptr[i];

        if ((c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f') || c == 0x7f)
            return true;
    }
    return false;
}

/* How many bytes at the start say nothing: white space, the mark of UTF-8. */
static size_t count_blank(struct str text)
{
    static const struct str MARK = STR_INIT("\xEF\xBB\xBF");
    size_t at = 0;

    while (at < text.len) {
        if (has(text, at, MARK))
            at += MARK.len;
        else if (text.ptr[at] == ' ' || (text.ptr[at] >= '\t' && text.ptr[at] <= '\r'))
            at++;
        else
            break;
    }
    return at;
}

/* The first bytes that say something, wherever they begin. */
static void take_first(struct attachment_type *seen, struct str text)
{
    if (seen->first_len == 0)
        text = str_slice(text, count_blank(text), text.len);
    for (size_t i = 0; i < text.len && seen->first_len < sizeof seen->first; i++)
        seen->first[seen->first_len++] = text.ptr[i];
}

/* What the last piece was cut within, made whole by the bytes that follow; the rest of these. */
static struct str join_cut(struct attachment_type *seen, struct str bytes)
{
    while (seen->cut_len > 0 && bytes.len > 0) {
        struct str whole = {seen->cut, seen->cut_len + 1};

        if (whole.len > sizeof seen->cut) {
            seen->is_no_text = true;
            return (struct str){0};
        }
        seen->cut[seen->cut_len++] = bytes.ptr[0];
        bytes = str_slice(bytes, 1, bytes.len);
        if (utf8_is_valid(whole)) {
            take_first(seen, whole);
            seen->cut_len = 0;
        }
    }
    return bytes;
}

static void read_text(struct attachment_type *seen, struct str bytes)
{
    struct str rest = join_cut(seen, bytes);
    struct str valid = str_slice(rest, 0, utf8_valid_head(rest));
    struct str cut = str_slice(rest, valid.len, rest.len);

    if (seen->is_no_text || has_controls(valid) || cut.len >= sizeof seen->cut) {
        seen->is_no_text = true;
        return;
    }
    take_first(seen, valid);
    if (cut.len > 0)
        memcpy(seen->cut, cut.ptr, cut.len);
    seen->cut_len = MAX(seen->cut_len, cut.len);
}

void attachment_type_add(struct attachment_type *seen, struct str bytes)
{
    size_t part = MIN(bytes.len, sizeof seen->head - seen->head_len);

    if (bytes.len == 0)
        return;
    memcpy(seen->head + seen->head_len, bytes.ptr, part);
    seen->head_len += part;
    if (!seen->is_no_text)
        read_text(seen, bytes);
}

/* Text that no browser takes for a page, whatever it is told. */
static bool is_plain_text(const struct attachment_type *seen)
{
    struct str first = {seen->first, seen->first_len};

    return !seen->is_no_text && seen->cut_len == 0 && !has(first, 0, STR("<")) &&
           !has(first, 0, STR("#!"));
}

bool attachment_type_find(const struct attachment_type *seen, struct str name, struct str *type,
                          struct err *err)
{
    struct str bytes = {seen->head, seen->head_len};

    for (size_t i = 0; i < ARRAY_LEN(MAGICS); i++)
        if (has(bytes, MAGICS[i].at, MAGICS[i].magic)) {
            *type = str_from_z(MAGICS[i].type);
            return true;
        }
    if (has(bytes, 0, STR("PK\x03\x04"))) {
        *type = STR("application/zip");
        for (size_t i = 0; i < ARRAY_LEN(ZIPS); i++)
            if (ends(name, ZIPS[i].ending))
                *type = str_from_z(ZIPS[i].type);
        return true;
    }
    if (is_signature(bytes, name))
        *type = STR("application/pkcs7-signature");
    else if (is_plain_text(seen))
        *type = STR("text/plain; charset=utf-8");
    else
        return err_set(err, ERR_INPUT,
                       "this kind of file is not kept: PDF, pictures, office documents, archives, "
                       "signatures and plain text are");
    return true;
}
