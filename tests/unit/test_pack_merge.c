#include "check.h"
#include "pack/pack.h"

static struct pack *base(void)
{
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"p\",\"version\":\"1.2.0\"}")},
        {STR("forms/a.json"), STR("{}")},
        {STR("forms/b.json"), STR("[]")},
    };
    struct pack_file *copy = ARENA_ARRAY(check_arena(), struct pack_file, ARRAY_LEN(files));
    struct pack *pack;
    struct err err;

    for (size_t i = 0; i < ARRAY_LEN(files); i++)
        copy[i] = files[i];
    CHECK_OK(pack_make(check_arena(), copy, ARRAY_LEN(files), &pack, &err), &err);
    return pack;
}

static struct pack *merge(const struct pack_file *changes, size_t count)
{
    struct pack *pack;
    struct err err;

    CHECK_OK(pack_merge(check_arena(), base(), changes, count, &pack, &err), &err);
    return pack;
}

static void files_are_replaced_added_and_taken_out(void)
{
    struct pack_file changes[] = {
        {STR("forms/b.json"), {0}},
        {STR("forms/a.json"), STR("{\"a\":1}")},
        {STR("forms/c.json"), STR("")},
    };
    struct pack *pack = merge(changes, ARRAY_LEN(changes));

    CHECK_STR(pack->version, STR("1.2.0"));
    CHECK_INT((int64_t)pack->file_count, 3);
    CHECK_STR(pack_file_find(pack, STR("forms/a.json"))->bytes, STR("{\"a\":1}"));
    CHECK(pack_file_find(pack, STR("forms/b.json")) == NULL);
    CHECK(pack_file_find(pack, STR("forms/c.json")) != NULL);
    CHECK(!str_equal(str_from_z(pack->digest), str_from_z(base()->digest)));
}

static void nothing_changed_is_the_same_pack(void)
{
    struct pack_file same = {STR("forms/a.json"), STR("{}")};

    CHECK_STR(str_from_z(merge(&same, 1)->digest), str_from_z(base()->digest));
    CHECK_STR(str_from_z(merge(NULL, 0)->digest), str_from_z(base()->digest));
}

static void a_name_tells_the_contents(void)
{
    struct pack_file one[] = {{STR("forms/a.json"), STR("1")}, {STR("forms/b.json"), {0}}};
    struct pack_file turned[] = {{STR("forms/b.json"), {0}}, {STR("forms/a.json"), STR("1")}};
    struct pack_file empty[] = {{STR("forms/a.json"), STR("1")}, {STR("forms/b.json"), STR("")}};
    struct str version = pack_own_version(check_arena(), STR("1.2.0"), 7, one, 2);

    CHECK_STR(pack_own_version(check_arena(), STR("1.2.0"), 7, turned, 2), version);
    CHECK(!str_equal(pack_own_version(check_arena(), STR("1.2.0"), 7, empty, 2), version));
    CHECK(pack_version_is_valid(version));
    CHECK(pack_version_fits(version, STR("^1")));
    CHECK_INT(pack_compare_versions(version, STR("1.2.0")), 0);
    CHECK_STR(pack_shipped_version(version), STR("1.2.0"));
    CHECK_INT(pack_own_no(version), 7);
    CHECK_INT(pack_own_no(STR("1.2.0")), 0);
    CHECK_STR(pack_shipped_version(STR("1.2.0+5")), STR("1.2.0+5"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(files_are_replaced_added_and_taken_out),
    CHECK_TEST(nothing_changed_is_the_same_pack),
    CHECK_TEST(a_name_tells_the_contents),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
