#include "check.h"

#include "core/hash.h"

/* From the reference implementation: key 00..0f, input 00, 00 01, 00 01 02 ... */
static void published_vectors_hold(void)
{
    static const struct {
        size_t len;
        uint64_t hash;
    } VECTORS[] = {
        {0, 0x726fdb47dd0e0e31},  {1, 0x74f839c593dc67fd},  {2, 0x0d6c8009d9a94f5a},
        {7, 0xab0200f58b01d137},  {8, 0x93f5f5799a932462},  {15, 0xa129ca6149be45e5},
        {16, 0x3f2acc7f57c29bdb}, {63, 0x958a324ceb064572},
    };
    char input[64];

    for (size_t i = 0; i < sizeof input; i++)
        input[i] = (char)i;
    for (size_t i = 0; i < ARRAY_LEN(VECTORS); i++)
        CHECK(hash_keyed((struct str){input, VECTORS[i].len}, 0x0706050403020100,
                         0x0f0e0d0c0b0a0908) == VECTORS[i].hash);
}

static void process_hash_is_stable_and_spreads(void)
{
    size_t buckets[16] = {0};

    CHECK(hash_bytes(STR("дом")) == hash_bytes(str_copy(check_arena(), STR("дом"))));
    CHECK(hash_bytes(STR("дом")) != hash_bytes(STR("дома")));
    CHECK(hash_bytes((struct str){0}) == hash_bytes(STR("")));
    for (int i = 0; i < 16000; i++)
        buckets[hash_bytes(str_printf(check_arena(), "%d", i)) % 16]++;
    for (size_t i = 0; i < ARRAY_LEN(buckets); i++)
        CHECK(buckets[i] > 800 && buckets[i] < 1200);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(published_vectors_hold),
        CHECK_TEST(process_hash_is_stable_and_spreads),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
