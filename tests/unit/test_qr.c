#include "document/qr.h"

#include <string.h>

#include <zlib.h>

#include "check.h"

#define ADDRESS "https://zarechye.example/documents/06d1q4x2m8k0s3f7qk2m0a9z1c"

static struct qr make(void)
{
    struct qr qr = {0};
    struct err err = {0};

    CHECK_OK(qr_make(check_arena(), STR(ADDRESS), &qr, &err), &err);
    return qr;
}

static bool dot(const struct qr *qr, int x, int y)
{
    return qr->dots[y * qr->width + x] != 0;
}

/* The three eyes, and the dotted lines between them (ISO/IEC 18004, 6.3). */
static void code_has_its_eyes(void)
{
    struct qr qr = make();
    int last = qr.width - 1;

    CHECK_INT((qr.width - 17) % 4, 0);
    for (int i = 0; i < 7; i++)
        CHECK(dot(&qr, i, 0) && dot(&qr, 0, i) && dot(&qr, last - i, 0) && dot(&qr, 0, last - i));
    CHECK(!dot(&qr, 1, 1) && dot(&qr, 3, 3) && !dot(&qr, 7, 7) && !dot(&qr, last - 1, 1));
    for (int i = 8; i < qr.width - 8; i++)
        CHECK(dot(&qr, i, 6) == (i % 2 == 0) && dot(&qr, 6, i) == (i % 2 == 0));
}

static size_t word(struct str bytes, size_t at)
{
    const unsigned char *p = (const unsigned char *)bytes.ptr + at;

    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

/* Every chunk has its checksum, and the rows unpack to just the dots of the code. */
static void png_holds_the_dots(void)
{
    struct qr qr = make();
    struct buf png = {.arena = check_arena()};
    size_t side = (size_t)(qr.width + 2 * QR_MARGIN) * 3;
    size_t len = (side + 7) / 8 + 1;
    unsigned char *rows = arena_alloc(check_arena(), len * side);
    uLongf unpacked = len * side;

    qr_print_png(&png, &qr, 3);
    struct str bytes = buf_str(&png);
    CHECK(str_starts(bytes, STR("\x89PNG\r\n\x1a\n")));
    for (size_t at = 8; at < bytes.len;) {
        size_t size = word(bytes, at);
        const Bytef *named = (const Bytef *)bytes.ptr + at + 4;

        CHECK_INT((int64_t)crc32(0, named, (uInt)size + 4), (int64_t)word(bytes, at + 8 + size));
        if (memcmp(named, "IHDR", 4) == 0)
            CHECK(word(bytes, at + 8) == side && word(bytes, at + 12) == side);
        if (memcmp(named, "IDAT", 4) == 0)
            CHECK_INT(uncompress(rows, &unpacked, named + 4, (uLong)size), Z_OK);
        at += size + 12;
    }
    CHECK_INT((int64_t)unpacked, (int64_t)(len * side));
    for (int y = 0; y < qr.width; y++)
        for (int x = 0; x < qr.width; x++) {
            size_t pixel = (size_t)(x + QR_MARGIN) * 3 + 1;
            size_t row = ((size_t)(y + QR_MARGIN) * 3 + 1) * len;
            bool is_white = (rows[row + 1 + pixel / 8] >> (7 - pixel % 8) & 1) != 0;

            CHECK(rows[row] == 0 && is_white != dot(&qr, x, y));
        }
}

static void nothing_is_a_white_picture(void)
{
    struct buf png = {.arena = check_arena()};

    qr_print_png(&png, &(struct qr){0}, 8);
    CHECK_INT((int64_t)word(buf_str(&png), 16), 8 * 2 * QR_MARGIN);
}

static void svg_is_one_element_with_its_words(void)
{
    struct qr qr = make();
    struct buf svg = {.arena = check_arena()};

    qr_print_svg(&svg, &qr, STR("a <b> \"c\" & d"));
    CHECK(str_starts(buf_str(&svg), STR("<svg ")) && str_ends(buf_str(&svg), STR("</svg>")));
    CHECK(str_find(buf_str(&svg), STR("<title>a &#60;b&#62; &#34;c&#34; &#38; d</title>")) <
          svg.len);
    /* The first row of the first eye, behind the margin. */
    CHECK(str_find(buf_str(&svg), STR("M4 4h7v1h-7z")) < svg.len);
}

static void what_cannot_be_one_is_refused(void)
{
    struct err err = {0};
    struct qr qr;
    char text[QR_TEXT_MAX + 1];

    memset(text, 'x', sizeof text);
    CHECK(!qr_make(check_arena(), STR(""), &qr, &err) && err.code == ERR_INPUT);
    CHECK(!qr_make(check_arena(), STR("a\0b"), &qr, &err) && err.code == ERR_INPUT);
    CHECK(!qr_make(check_arena(), (struct str){text, sizeof text}, &qr, &err) &&
          err.code == ERR_LIMIT);
    CHECK_OK(qr_make(check_arena(), (struct str){text, QR_TEXT_MAX}, &qr, &err), &err);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(code_has_its_eyes),
    CHECK_TEST(png_holds_the_dots),
    CHECK_TEST(nothing_is_a_white_picture),
    CHECK_TEST(svg_is_one_element_with_its_words),
    CHECK_TEST(what_cannot_be_one_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
