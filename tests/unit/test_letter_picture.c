#include "document/letter_odt.h"
#include "document/letter_picture.h"

#include "check.h"

#define TYPE  "application/vnd.oasis.opendocument.text"
#define HEAD  "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define OPEN  HEAD "<a xmlns:text=\"t\" xmlns:draw=\"d\" xmlns:svg=\"s\" xmlns:xlink=\"x\"><text:p>"
#define CLOSE "</text:p></a>"
#define FRAME(name, file, more)                                                                    \
    "<draw:frame draw:name=\"" name "\"><draw:image xlink:href=\"" file "\"/>" more "</"           \
    "draw:frame>"
#define PNG "\x89PNG\r\n\x1a\nold"

static struct str make(const char *content, struct str picture)
{
    struct odt_zip_entry entries[] = {
        {STR("mimetype"), STR(TYPE)},
        {STR("content.xml"), str_from_z(content)},
        {STR("Pictures/1.png"), picture},
        {STR("Pictures/2.png"), STR(PNG)},
    };
    struct buf out = {.arena = check_arena()};

    odt_zip_write(&(struct odt_zip){entries, ARRAY_LEN(entries)}, &out);
    return buf_str(&out);
}

static struct letter_odt read(const char *content)
{
    struct letter_odt letter = {0};
    struct err err = {0};

    CHECK_OK(letter_odt_read(check_arena(), make(content, STR(PNG)), &letter, &err), &err);
    return letter;
}

static struct str fault(const char *content, struct str picture)
{
    struct err *err = ARENA_NEW(check_arena(), struct err);
    struct letter_odt letter;

    CHECK(!letter_odt_read(check_arena(), make(content, picture), &letter, err));
    CHECK_INT(err->code, ERR_INPUT);
    return str_from_z(err->text);
}

static void picture_is_known_by_name_title_or_description(void)
{
    CHECK_STR(read(OPEN FRAME("{{qr}}", "Pictures/1.png", "") CLOSE).picture,
              STR("Pictures/1.png"));
    CHECK_STR(
        read(OPEN FRAME("a", "./Pictures/1.png", "<svg:title>{{qr}}</svg:title>") CLOSE).picture,
        STR("Pictures/1.png"));
    CHECK_STR(
        read(OPEN FRAME("a", "Pictures/1.png", "<svg:desc> {{qr}} </svg:desc>") CLOSE).picture,
        STR("Pictures/1.png"));
    CHECK_INT((int64_t)read(OPEN FRAME("a", "Pictures/1.png", "") CLOSE).picture.len, 0);
    CHECK_INT((int64_t)read(OPEN "{{qr}}" CLOSE).picture.len, 0);
}

/* Its bytes only; what it is called by those who do not see it becomes the address. */
static void picture_gives_way_and_its_text_is_the_address(void)
{
    struct letter_odt letter =
        read(OPEN FRAME("a", "Pictures/1.png", "<svg:title>{{qr}}</svg:title>") CLOSE);
    struct letter_odt again;
    struct json *values = json_new(check_arena(), JSON_OBJECT);
    struct str filled;
    struct err err = {0};

    json_set_text(check_arena(), values, STR("qr"), STR("https://a.example/?b&c"));
    CHECK_OK(letter_odt_fill(check_arena(), &letter, values, STR(PNG "new"), &filled, &err), &err);
    CHECK_OK(letter_odt_read(check_arena(), filled, &again, &err), &err);
    CHECK_STR(odt_zip_find(&again.zip, STR("Pictures/1.png"))->bytes, STR(PNG "new"));
    CHECK_STR(odt_zip_find(&again.zip, STR("Pictures/2.png"))->bytes, STR(PNG));
    CHECK_STR(again.content.xml,
              STR(OPEN FRAME("a", "Pictures/1.png",
                             "<svg:title>https://a.example/?b&amp;c</svg:title>") CLOSE));
    CHECK_OK(letter_odt_fill(check_arena(), &letter, values, (struct str){0}, &filled, &err), &err);
    CHECK_OK(letter_odt_read(check_arena(), filled, &again, &err), &err);
    CHECK_STR(odt_zip_find(&again.zip, STR("Pictures/1.png"))->bytes, STR(PNG));
}

/* A field beside a picture is not broken by what the picture is called. */
static void title_is_no_part_of_the_text_around(void)
{
    struct letter_odt letter = read(OPEN "{{na" FRAME("a", "Pictures/1.png", "") "me}} " FRAME(
        "b", "Pictures/2.png", "<svg:title>logo</svg:title>") "{{day}}" CLOSE);

    CHECK_INT((int64_t)letter.content.count, 3);
}

static void what_cannot_give_way_is_refused(void)
{
    CHECK(str_find(fault(OPEN FRAME("{{qr}}", "Pictures/1.png", "") CLOSE, STR("GIF89a")),
                   STR("PNG")) > 0);
    CHECK_STR(fault(OPEN FRAME("{{qr}}", "http://a.example/1.png", "") CLOSE, STR(PNG)),
              STR("the picture called {{qr}} is no PNG inside the letter: insert any PNG file, not "
                  "as a link"));
    CHECK_STR(fault(OPEN FRAME("{{qr}}", "Pictures/1.png", "") FRAME("{{qr}}", "Pictures/2.png", "")
                        CLOSE,
                    STR(PNG)),
              STR("more than one picture is called {{qr}}"));
    CHECK_STR(
        fault(OPEN FRAME("{{qr}}", "Pictures/1.png", "") FRAME("b", "Pictures/1.png", "") CLOSE,
              STR(PNG)),
        STR("the picture called {{qr}} is shown elsewhere in the letter, too: insert one of its "
            "own"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(picture_is_known_by_name_title_or_description),
    CHECK_TEST(picture_gives_way_and_its_text_is_the_address),
    CHECK_TEST(title_is_no_part_of_the_text_around),
    CHECK_TEST(what_cannot_give_way_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
