#include "pack/pack.h"

#include "check.h"

#include <string.h>

static const struct pack *make(const char *id, const char *version, const char *requires)
{
    struct arena *arena = check_arena();
    struct pack_file *file = ARENA_NEW(arena, struct pack_file);
    struct pack *pack;
    struct err err;

    file->path = STR("pack.json");
    file->bytes = str_printf(arena, "{\"id\":\"%s\",\"version\":\"%s\",\"requires\":%s}", id,
                             version, requires);
    CHECK_OK(pack_make(arena, file, 1, &pack, &err), &err);
    return pack;
}

static void what_is_required_comes_first(void)
{
    const struct pack *packs[] = {make("a_town", "1.0.0", "{\"housing\":\"^1\",\"base\":\"^1\"}"),
                                  make("housing", "1.1.0", "{\"base\":\"^1\"}"),
                                  make("base", "1.0.0", "{}"), make("art", "1.0.0", "{}")};
    struct pack_set set;
    struct err err;

    CHECK_OK(pack_order(check_arena(), packs, 4, &set, &err), &err);
    CHECK_INT((int64_t)set.count, 4);
    CHECK_STR(set.packs[0]->id, STR("base"));
    CHECK_STR(set.packs[1]->id, STR("housing"));
    CHECK_STR(set.packs[2]->id, STR("a_town"));
    CHECK_STR(set.packs[3]->id, STR("art"));
    CHECK(pack_set_find(&set, STR("housing")) == packs[1]);
    CHECK(pack_set_find(&set, STR("hous")) == NULL);
}

static void refused(const struct pack *a, const struct pack *b, const char *word)
{
    const struct pack *packs[] = {a, b};
    struct pack_set set = {0};
    struct err err = {0};

    CHECK(!pack_order(check_arena(), packs, 2, &set, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(strstr(err.text, word) != NULL);
    CHECK_INT((int64_t)set.count, 0);
}

static void missing_old_doubled_and_circular_packs_are_named(void)
{
    refused(make("a", "1.0.0", "{\"nothing\":\"^1\"}"), make("b", "1.0.0", "{}"), "nothing ^1");
    refused(make("a", "1.0.0", "{\"b\":\"^2\"}"), make("b", "1.9.0", "{}"), "there is 1.9.0");
    refused(make("a", "1.0.0", "{}"), make("a", "1.1.0", "{}"), "twice");
    refused(make("a", "1.0.0", "{\"b\":\"*\"}"), make("b", "1.0.0", "{\"a\":\"*\"}"), "circle");
    refused(make("a", "1.0.0", "{\"a\":\"*\"}"), make("b", "1.0.0", "{}"), "circle");
    refused(make("a", "1.0.0", "{\"b\":1}"), make("b", "1.0.0", "{}"), "requires b");
}

static void no_packs_are_an_empty_set(void)
{
    struct pack_set set;
    struct err err;

    CHECK_OK(pack_order(check_arena(), NULL, 0, &set, &err), &err);
    CHECK_INT((int64_t)set.count, 0);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(what_is_required_comes_first),
        CHECK_TEST(missing_old_doubled_and_circular_packs_are_named),
        CHECK_TEST(no_packs_are_an_empty_set),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
