#include "web/route.c" /* its table is not shown to anyone else */

#include "check.h"

static struct str parts[REQUEST_PARTS_MAX];
static bool is_other;

static const struct route *look(enum http_method method, const char *path)
{
    return route_find(method, str_from_z(path), 0, parts, &is_other);
}

static struct str methods(const char *path, unsigned scope)
{
    struct buf buf = {.arena = check_arena()};

    route_methods(&buf, str_from_z(path), scope);
    return buf_str(&buf);
}

/* A pattern with a word for each *; the words are told apart by their number. */
static struct str fill(struct str pattern, size_t *count)
{
    struct buf path = {.arena = check_arena()};

    *count = 0;
    for (size_t i = 0; i < pattern.len; i++)
        if (pattern.ptr[i] == '*')
            buf_printf(&path, "part%zu", (*count)++);
        else
            buf_char(&path, pattern.ptr[i]);
    return buf_str(&path);
}

/* What stands above in the table takes nothing from what stands below. */
static void every_row_is_found_by_its_own_pattern(void)
{
    for (size_t i = 0; i < ARRAY_LEN(TABLES); i++)
        for (size_t row = 0; row < TABLES[i].count; row++) {
            const struct route *route = &TABLES[i].rows[row];
            size_t count;
            struct str path = fill(route->pattern, &count);

            CHECK(route_find(route->method, path, TABLES[i].scope, parts, &is_other) == route);
            CHECK((route->flags & (ROUTE_NODE | ROUTE_OPERATOR)) == TABLES[i].scope);
            for (size_t k = 0; k < count; k++)
                CHECK_STR(parts[k], str_printf(check_arena(), "part%zu", k));
        }
}

static void star_takes_one_part_and_never_none(void)
{
    CHECK(look(HTTP_GET, "/registers/base.street") != NULL);
    CHECK_STR(parts[0], STR("base.street"));
    CHECK(look(HTTP_GET, "/registers/base.street/1/history") != NULL);
    CHECK_STR(parts[1], STR("1"));
    CHECK(look(HTTP_GET, "/registers//1") == NULL);
    CHECK(look(HTTP_GET, "/registers/a/1/history/") == NULL);
    CHECK(look(HTTP_GET, "/imports/1/columns/2") == NULL);
    CHECK(look(HTTP_GET, "") == NULL);
    CHECK(look(HTTP_GET, "/nothing") == NULL);
    CHECK(!is_other);
}

static void word_in_full_goes_before_a_star(void)
{
    CHECK_STR(look(HTTP_GET, "/admin/users/new")->pattern, STR("/admin/users/new"));
    CHECK_STR(look(HTTP_GET, "/admin/users/newt")->pattern, STR("/admin/users/*"));
    CHECK_STR(look(HTTP_GET, "/registers/a/map")->pattern, STR("/registers/*/map"));
    CHECK_STR(look(HTTP_GET, "/registers/a/maps")->pattern, STR("/registers/*/*"));
}

static void known_path_with_another_method_is_told_apart(void)
{
    CHECK(look(HTTP_DELETE, "/sign-out") == NULL);
    CHECK(is_other);
    CHECK(look(HTTP_DELETE, "/sign-nowhere") == NULL);
    CHECK(!is_other);
    CHECK(look(HTTP_POST, "/sign-out") != NULL);
    CHECK_STR(methods("/sign-in", 0), STR("GET, HEAD, POST"));
    CHECK_STR(methods("/sign-out", 0), STR("POST"));
    CHECK_STR(methods("/api/v1/registers/a/records/1", 0), STR("GET, HEAD, PUT, PATCH, DELETE"));
    CHECK_STR(methods("/nothing", 0), STR(""));
}

/* The node's addresses, its operators' and a municipality's do not mix. */
static void scopes_have_addresses_of_their_own(void)
{
    CHECK(look(HTTP_GET, "/healthz") == NULL);
    CHECK(route_find(HTTP_GET, STR("/healthz"), ROUTE_NODE, parts, &is_other) != NULL);
    CHECK(route_find(HTTP_GET, STR("/registers/"), ROUTE_NODE, parts, &is_other) == NULL);
    CHECK(!is_other);
    CHECK(route_find(HTTP_GET, STR("/tenants/new"), ROUTE_OPERATOR, parts, &is_other) != NULL);
    CHECK_STR(methods("/tenants/new", ROUTE_NODE), STR(""));
    CHECK_STR(methods("/", 0), STR("GET, HEAD"));
}

/* Tests ask every route that is listed. */
static void every_row_is_listed(void)
{
    struct buf list = {.arena = check_arena()};
    struct err err = {0};
    const struct json *one;
    struct json *json;

    route_list(&list);
    CHECK_OK(json_parse(check_arena(), buf_str(&list), NULL, &json, &err), &err);
    one = json->first;
    for (size_t i = 0; i < ARRAY_LEN(TABLES); i++)
        for (size_t row = 0; row < TABLES[i].count; row++, one = one->next) {
            CHECK_STR(json_find_text(one, STR("pattern")), TABLES[i].rows[row].pattern);
            CHECK(json_find_text(one, STR("method")).len > 0);
            CHECK(json_find_text(one, STR("scope")).len > 0);
        }
    CHECK(one == NULL);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_row_is_found_by_its_own_pattern),
    CHECK_TEST(star_takes_one_part_and_never_none),
    CHECK_TEST(word_in_full_goes_before_a_star),
    CHECK_TEST(known_path_with_another_method_is_told_apart),
    CHECK_TEST(scopes_have_addresses_of_their_own),
    CHECK_TEST(every_row_is_listed),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
