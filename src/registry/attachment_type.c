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

/* Text that no browser takes for a page, whatever it is told. */
static bool is_plain_text(struct str bytes)
{
    struct str text = has(bytes, 0, STR("\xEF\xBB\xBF")) ? str_slice(bytes, 3, bytes.len) : bytes;

    text = str_trim(text);
    return utf8_is_valid(bytes) && !has_controls(bytes) && !has(text, 0, STR("<")) &&
           !has(text, 0, STR("#!"));
}

bool attachment_type_find(struct str bytes, struct str name, struct str *type, struct err *err)
{
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
    else if (is_plain_text(bytes))
        *type = STR("text/plain; charset=utf-8");
    else
        return err_set(err, ERR_INPUT,
                       "this kind of file is not kept: PDF, pictures, office documents, archives, "
                       "signatures and plain text are");
    return true;
}
