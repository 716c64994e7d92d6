#include "check.h"

#include <zlib.h>

#include "core/buf.h"
#include "net/gzip.h"

static void bytes_come_back_and_streams_are_used_again(void)
{
    for (int round = 0; round < 3; round++) {
        struct buf packed = {.arena = check_arena()};
        char plain[64] = {0};
        z_stream stream = {0};

        gzip_add(&packed, STR("ул. Ленина, д. 5"));
        CHECK(inflateInit2(&stream, 15 + 16) == Z_OK);
        stream.next_in = (Bytef *)packed.ptr;
        stream.avail_in = (uInt)packed.len;
        stream.next_out = (Bytef *)plain;
        stream.avail_out = sizeof plain;
        CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
        inflateEnd(&stream);
        CHECK_STR(str_from_z(plain), STR("ул. Ленина, д. 5"));
    }
}

static void gzip_is_for_those_who_ask(void)
{
    CHECK(gzip_is_accepted(STR("gzip, deflate, br")));
    CHECK(gzip_is_accepted(STR("br;q=1.0, gzip;q=0.8")));
    CHECK(!gzip_is_accepted(STR("br")));
    CHECK(!gzip_is_accepted(STR("gzip;q=0")));
    CHECK(!gzip_is_accepted(STR("")));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(bytes_come_back_and_streams_are_used_again),
        CHECK_TEST(gzip_is_for_those_who_ask),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
