#include "web/route.h"

#include "check.h"
#include "core/buf.h"

static struct str parts[REQUEST_PARTS_MAX];
static bool is_other;

static const struct route *find(enum http_method method, const char *path)
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
static struct str fill(const char *pattern, size_t *count)
{
    struct buf path = {.arena = check_arena()};

    *count = 0;
    for (; *pattern != '\0'; pattern++)
        if (*pattern == '*')
            buf_printf(&path, "part%zu", (*count)++);
        else
            buf_char(&path, *pattern);
    return buf_str(&path);
}

/* What stands above in the table takes nothing from what stands below. */
static void every_row_is_found_by_its_own_pattern(void)
{
    static const unsigned SCOPE = ROUTE_NODE | ROUTE_OPERATOR;
    const struct route *route;
    size_t rows = 0;

    for (; (route = route_at(rows)) != NULL; rows++) {
        size_t count;
        struct str path = fill(route->pattern, &count);

        CHECK(route_find(route->method, path, route->flags & SCOPE, parts, &is_other) == route);
        for (size_t i = 0; i < count; i++)
            CHECK_STR(parts[i], str_printf(check_arena(), "part%zu", i));
    }
    CHECK(rows > 100);
}

static void star_takes_one_part_and_never_none(void)
{
    CHECK(find(HTTP_GET, "/registers/base.street") != NULL);
    CHECK_STR(parts[0], STR("base.street"));
    CHECK(find(HTTP_GET, "/registers/base.street/1/history") != NULL);
    CHECK_STR(parts[1], STR("1"));
    CHECK(find(HTTP_GET, "/registers//1") == NULL);
    CHECK(find(HTTP_GET, "/registers/a/1/history/") == NULL);
    CHECK(find(HTTP_GET, "/imports/1/columns/2") == NULL);
    CHECK(find(HTTP_GET, "") == NULL);
    CHECK(find(HTTP_GET, "/nothing") == NULL);
    CHECK(!is_other);
}

static void word_in_full_goes_before_a_star(void)
{
    CHECK_STR(str_from_z(find(HTTP_GET, "/admin/users/new")->pattern), STR("/admin/users/new"));
    CHECK_STR(str_from_z(find(HTTP_GET, "/admin/users/newt")->pattern), STR("/admin/users/*"));
    CHECK_STR(str_from_z(find(HTTP_GET, "/registers/a/map")->pattern), STR("/registers/*/map"));
    CHECK_STR(str_from_z(find(HTTP_GET, "/registers/a/maps")->pattern), STR("/registers/*/*"));
}

static void known_path_with_another_method_is_told_apart(void)
{
    CHECK(find(HTTP_DELETE, "/sign-out") == NULL);
    CHECK(is_other);
    CHECK(find(HTTP_DELETE, "/sign-nowhere") == NULL);
    CHECK(!is_other);
    CHECK(find(HTTP_POST, "/sign-out") != NULL);
    CHECK_STR(methods("/sign-in", 0), STR("GET, HEAD, POST"));
    CHECK_STR(methods("/sign-out", 0), STR("POST"));
    CHECK_STR(methods("/api/v1/registers/a/records/1", 0), STR("GET, HEAD, PUT, PATCH, DELETE"));
    CHECK_STR(methods("/nothing", 0), STR(""));
}

/* The node's addresses, its operators' and a municipality's do not mix. */
static void scopes_have_addresses_of_their_own(void)
{
    CHECK(find(HTTP_GET, "/healthz") == NULL);
    CHECK(route_find(HTTP_GET, STR("/healthz"), ROUTE_NODE, parts, &is_other) != NULL);
    CHECK(route_find(HTTP_GET, STR("/registers/"), ROUTE_NODE, parts, &is_other) == NULL);
    CHECK(!is_other);
    CHECK(route_find(HTTP_GET, STR("/tenants/new"), ROUTE_OPERATOR, parts, &is_other) != NULL);
    CHECK_STR(methods("/tenants/new", ROUTE_NODE), STR(""));
    CHECK_STR(methods("/", 0), STR("GET, HEAD"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_row_is_found_by_its_own_pattern),
    CHECK_TEST(star_takes_one_part_and_never_none),
    CHECK_TEST(word_in_full_goes_before_a_star),
    CHECK_TEST(known_path_with_another_method_is_told_apart),
    CHECK_TEST(scopes_have_addresses_of_their_own),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
