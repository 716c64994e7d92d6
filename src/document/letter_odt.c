#include "document/letter_odt.h"

#include "core/arena.h"
#include "document/letter_picture.h"

#define TYPE    "application/vnd.oasis.opendocument.text"
#define CONTENT "content.xml"
#define STYLES  "styles.xml"

/* What a letter to people must not carry: programs. */
static bool has_macros(const struct odt_zip *zip)
{
    for (size_t i = 0; i < zip->count; i++)
        if (str_starts(zip->items[i].name, STR("Basic/")) ||
            str_starts(zip->items[i].name, STR("Scripts/")))
            return true;
    return false;
}

static bool check_kind(const struct odt_zip *zip, struct err *err)
{
    const struct odt_zip_entry *type = odt_zip_find(zip, STR("mimetype"));

    if (type == NULL || !str_equal(str_trim(type->bytes), STR(TYPE)) ||
        odt_zip_find(zip, STR(CONTENT)) == NULL)
        return err_set(err, ERR_INPUT,
                       "it is no text document: save it as \"ODF text document (.odt)\"");
    return !has_macros(zip) || err_set(err, ERR_INPUT, "it has macros: save it without them");
}

static bool read_part(struct arena *arena, const struct odt_zip *zip, const char *name,
                      struct letter_text *text, struct err *err)
{
    const struct odt_zip_entry *entry = odt_zip_find(zip, str_from_z(name));

    return entry == NULL || letter_text_read(arena, entry->bytes, text, err) ||
           err_while(err, "%s", name);
}

bool letter_odt_read(struct arena *arena, struct str bytes, struct letter_odt *letter,
                     struct err *err)
{
    struct letter_odt read = {0};

    if (!odt_zip_read(arena, bytes, &read.zip, err) || !check_kind(&read.zip, err) ||
        !read_part(arena, &read.zip, CONTENT, &read.content, err) ||
        !read_part(arena, &read.zip, STYLES, &read.styles, err) ||
        !letter_picture_find(&read.zip, &read.picture, err))
        return false;
    *letter = read;
    return true;
}

static bool fill_part(struct arena *arena, const struct odt_zip *zip, const char *name,
                      const struct letter_text *text, const struct json *values, struct err *err)
{
    struct odt_zip_entry *entry = odt_zip_find(zip, str_from_z(name));
    struct buf filled = {.arena = arena};

    if (entry == NULL || text->count == 0)
        return true;
    if (!letter_text_fill(text, values, &filled, err))
        return false;
    entry->bytes = buf_str(&filled);
    return true;
}

bool letter_odt_fill(struct arena *arena, const struct letter_odt *letter,
                     const struct json *values, struct str qr, struct str *bytes, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct odt_zip zip = {ARENA_ARRAY(scratch, struct odt_zip_entry, letter->zip.count),
                          letter->zip.count};
    struct buf out = {.arena = arena};

    for (size_t i = 0; i < zip.count; i++)
        zip.items[i] = letter->zip.items[i];
    if (!fill_part(scratch, &zip, CONTENT, &letter->content, values, err) ||
        !fill_part(scratch, &zip, STYLES, &letter->styles, values, err))
        return false;
    if (letter->picture.len > 0 && qr.len > 0)
        odt_zip_find(&zip, letter->picture)->bytes = qr;
    odt_zip_write(&zip, &out);
    if (out.len > ODT_ZIP_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "the letter grows to more than %d MB",
                       ODT_ZIP_BYTES_MAX / (1024 * 1024));
    *bytes = buf_str(&out);
    return true;
}
