#include "check.h"

#include "sign/digest.h"

static struct str text_of(struct digest digest)
{
    struct buf buf = {.arena = check_arena()};

    digest_print(&buf, &digest);
    return buf_str(&buf);
}

/* FIPS 180-4 examples. */
static void published_vectors_come_out(void)
{
    struct buf buf = {.arena = check_arena()};
    struct digest digest = digest_of(STR("abc"));

    digest_print_hex(&buf, &digest);
    CHECK_STR(buf_str(&buf),
              STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    CHECK_STR(text_of(digest_of(STR(""))), STR("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"));
}

static void parts_give_the_digest_of_the_whole(void)
{
    struct str parts[] = {STR("a"), STR(""), STR("bc")};
    struct digest_stream *stream = digest_start();

    digest_add(stream, STR("ab"));
    digest_add(stream, STR("c"));
    struct digest streamed = digest_finish(&stream);
    struct digest whole = digest_of(STR("abc"));
    struct digest parted = digest_of_parts(parts, 3);
    CHECK(stream == NULL);
    CHECK(digest_equal(&whole, &parted));
    CHECK(digest_equal(&whole, &streamed));
}

static void printed_text_parses_back_and_anything_else_does_not(void)
{
    struct digest whole = digest_of(STR("abc")), back;

    CHECK(digest_parse(text_of(whole), &back));
    CHECK(digest_equal(&whole, &back));
    CHECK(!digest_parse(STR("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuF"), &back));
    CHECK(!digest_parse(STR("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"), &back));
    /* The last letter carries two bits that must be nought. */
    CHECK(!digest_parse(STR("47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFV"), &back));
    CHECK(digest_equal(&whole, &back));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(published_vectors_come_out),
        CHECK_TEST(parts_give_the_digest_of_the_whole),
        CHECK_TEST(printed_text_parses_back_and_anything_else_does_not),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
