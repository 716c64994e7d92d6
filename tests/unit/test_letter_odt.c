#include "check.h"
#include "document/letter_odt.h"

#include <string.h>

#define TYPE "application/vnd.oasis.opendocument.text"
#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"

static struct str make(const struct odt_zip_entry *entries, size_t count)
{
    struct odt_zip_entry copy[8];
    struct odt_zip zip = {copy, count};
    struct buf out = {.arena = check_arena()};

    for (size_t i = 0; i < count; i++)
        copy[i] = entries[i];
    odt_zip_write(&zip, &out);
    return buf_str(&out);
}

static struct str make_letter(void)
{
    const struct odt_zip_entry entries[] = {
        {STR("Pictures/"), {0}},
        {STR("content.xml"),
         STR(HEAD "<a><text:p xmlns:text=\"t\">Ответ: {{answer}}</text:p></a>")},
        {STR("styles.xml"), STR(HEAD "<a><text:p xmlns:text=\"t\">{{town}}</text:p></a>")},
        {STR("mimetype"), STR(TYPE)},
        {STR("META-INF/manifest.xml"), STR(HEAD "<m/>")},
    };

    return make(entries, ARRAY_LEN(entries));
}

static struct str fault(struct str bytes)
{
    struct err *err = ARENA_NEW(check_arena(), struct err);
    struct letter_odt letter;

    CHECK(!letter_odt_read(check_arena(), bytes, &letter, err));
    return str_from_z(err->text);
}

static void filled_letter_is_a_text_document_again(void)
{
    struct letter_odt letter;
    struct letter_odt again;
    struct json *values;
    struct str filled;
    struct str twice;
    struct err err = {0};

    CHECK_OK(json_parse(check_arena(), STR("{\"answer\":\"крыша починена\",\"town\":\"Заречье\"}"),
                        NULL, &values, &err),
             &err);
    CHECK_OK(letter_odt_read(check_arena(), make_letter(), &letter, &err), &err);
    CHECK_OK(letter_odt_fill(check_arena(), &letter, values, (struct str){0}, &filled, &err), &err);
    CHECK_OK(letter_odt_read(check_arena(), filled, &again, &err), &err);
    CHECK_STR(again.content.xml,
              STR(HEAD "<a><text:p xmlns:text=\"t\">Ответ: крыша починена</text:p></a>"));
    CHECK_STR(again.styles.xml, STR(HEAD "<a><text:p xmlns:text=\"t\">Заречье</text:p></a>"));
    CHECK_INT((int64_t)again.zip.count, 5);
    CHECK_STR(again.zip.items[0].name, STR("mimetype"));
    CHECK_OK(letter_odt_fill(check_arena(), &letter, values, (struct str){0}, &twice, &err), &err);
    CHECK(str_equal(filled, twice));
}

/* What `file` and office suites look at: the type at byte 38, neither packed nor behind extras. */
static void type_stands_at_the_head(void)
{
    struct str bytes = make_letter();

    CHECK_STR(str_slice(bytes, 30, 8 + sizeof TYPE - 1), STR("mimetype" TYPE));
    CHECK(bytes.ptr[8] == 0 && bytes.ptr[28] == 0);
}

static void what_is_no_letter_is_refused(void)
{
    const struct odt_zip_entry sheet[] = {
        {STR("mimetype"), STR("application/vnd.oasis.opendocument.spreadsheet")},
        {STR("content.xml"), STR("<a/>")}};
    const struct odt_zip_entry empty[] = {{STR("mimetype"), STR(TYPE)}};
    const struct odt_zip_entry macros[] = {{STR("mimetype"), STR(TYPE)},
                                           {STR("content.xml"), STR("<a/>")},
                                           {STR("Basic/Standard/Module1.xml"), STR("<a/>")}};
    const struct odt_zip_entry outside[] = {
        {STR("mimetype"), STR(TYPE)}, {STR("content.xml"), STR("<a/>")}, {STR("../up"), STR("x")}};
    const struct odt_zip_entry bad[] = {{STR("mimetype"), STR(TYPE)},
                                        {STR("content.xml"), STR("<a><p>{{x</p></a>")}};

    CHECK(str_starts(fault(STR("no zip at all")), STR("it is no zip that can be read")));
    CHECK(str_starts(fault(make(sheet, 2)), STR("it is no text document")));
    CHECK(str_starts(fault(make(empty, 1)), STR("it is no text document")));
    CHECK_STR(fault(make(macros, 3)), STR("it has macros: save it without them"));
    CHECK(str_starts(fault(make(outside, 3)), STR("a file in it has a name")));
    CHECK(str_starts(fault(make(bad, 2)), STR("content.xml: \"{{x\" is not closed")));
}

static void damaged_zip_is_refused(void)
{
    struct str whole = make_letter();
    char *bytes = ARENA_ARRAY(check_arena(), char, whole.len);
    size_t at = str_find(whole, STR("<m/>"));

    memcpy(bytes, whole.ptr, whole.len);
    CHECK(at < whole.len); /* so short that it is stored */
    bytes[at + 1] = 'n';
    CHECK(str_starts(fault((struct str){bytes, whole.len}), STR("it is no zip that can be read")));
    for (size_t len = 0; len < whole.len; len += 7)
        (void)fault(str_slice(whole, 0, len));
}

static void bomb_is_refused(void)
{
    size_t size = (size_t)ODT_ZIP_UNPACKED_MAX + 1;
    struct odt_zip_entry entries[] = {
        {STR("mimetype"), STR(TYPE)},
        {STR("content.xml"), STR("<a/>")},
        {STR("Pictures/1.png"), {arena_alloc(check_arena(), size), size}}};
    struct str bytes = make(entries, 3);

    CHECK(bytes.len < 100 * 1000);
    CHECK_STR(fault(bytes), STR("it unpacks to more than 32 MB: make it smaller"));
    for (int i = 0; i < 3; i++)
        entries[i].bytes.len = MIN(entries[i].bytes.len, 1000);
    CHECK(make(entries, 3).len < 1000);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(filled_letter_is_a_text_document_again),
    CHECK_TEST(type_stands_at_the_head),
    CHECK_TEST(what_is_no_letter_is_refused),
    CHECK_TEST(damaged_zip_is_refused),
    CHECK_TEST(bomb_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
