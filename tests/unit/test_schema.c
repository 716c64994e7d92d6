/* The cases stand in tests/golden/schema, a file for a chapter of the specification. */
#include "check.h"

#include <stdio.h>

#include "core/file.h"
#include "lang/schema.h"

static struct json *parse(struct str text)
{
    struct json *json = NULL;
    struct err err;

    CHECK_OK(json_parse(check_arena(), text, NULL, &json, &err), &err);
    return json;
}

static struct json *golden(const char *name)
{
    struct str path = str_printf(check_arena(), "tests/golden/schema/%s.json", name);
    struct str text;
    struct err err;

    CHECK_OK(file_read(check_arena(), path, 1024 * 1024, &text, &err), &err);
    return parse(text);
}

static struct schema *compile(const struct json *document)
{
    struct schema *schema = NULL;
    struct err err;

    CHECK_OK(schema_compile(check_arena(), document, &schema, &err), &err);
    return schema;
}

/* "path id detail;" for each */
static struct str print_flaws(const struct flaws *flaws)
{
    struct buf buf = {.arena = check_arena()};

    for (const struct flaw *flaw = flaws->first; flaw != NULL; flaw = flaw->next)
        buf_printf(&buf, "%.*s %s %.*s;", STR_ARG(flaw->path), flaw->id, STR_ARG(flaw->detail));
    return buf_str(&buf);
}

static struct str check(const struct schema *schema, const struct json *value)
{
    struct flaws flaws = {0};
    bool fits = schema_check(schema, value, check_arena(), &flaws);

    CHECK(fits == (flaws.count == 0));
    return print_flaws(&flaws);
}

/* The items behind the first are the flaws. */
static struct str wanted_flaws(const struct json *fail)
{
    struct buf buf = {.arena = check_arena()};

    for (const struct json *flaw = fail->first->next; flaw != NULL; flaw = flaw->next)
        buf_printf(&buf, "%.*s;", STR_ARG(flaw->text));
    return buf_str(&buf);
}

static void run_case(const struct json *test)
{
    struct schema *schema = compile(json_find(test, STR("schema")));
    const struct json *fits = json_find(test, STR("fits"));
    const struct json *fails = json_find(test, STR("fails"));

    printf("# %.*s\n", STR_ARG(json_find_text(test, STR("title"))));
    CHECK(fits->count + fails->count > 0);
    for (const struct json *value = fits->first; value != NULL; value = value->next)
        CHECK_STR(check(schema, value), STR(""));
    for (const struct json *fail = fails->first; fail != NULL; fail = fail->next) {
        CHECK(fail->count > 1);
        CHECK_STR(check(schema, fail->first), wanted_flaws(fail));
    }
}

static void values_are_checked_as_the_specification_says(void)
{
    static const char *const CHAPTERS[] = {"types",   "numbers",  "texts",      "arrays",
                                           "objects", "applying", "references", "unevaluated"};

    for (size_t i = 0; i < ARRAY_LEN(CHAPTERS); i++)
        for (const struct json *test = golden(CHAPTERS[i])->first; test != NULL; test = test->next)
            run_case(test);
}

static void wrong_schemas_are_refused_at_their_place(void)
{
    for (const struct json *pair = golden("refused")->first; pair != NULL; pair = pair->next) {
        struct schema *schema = NULL;
        struct err err = {0};

        if (schema_compile(check_arena(), pair->first, &schema, &err))
            printf("# taken, but should be: %.*s\n", STR_ARG(pair->last->text));
        CHECK_INT(err.code, ERR_INPUT);
        CHECK_STR(str_from_z(err.text), pair->last->text);
    }
}

static void flaws_are_bounded(void)
{
    struct buf text = {.arena = check_arena()};
    struct flaws flaws = {0};

    buf_add(&text, STR("[0"));
    for (int i = 0; i < 500; i++)
        buf_add(&text, STR(",0"));
    buf_add(&text, STR("]"));
    CHECK(!schema_check(compile(parse(STR("{\"items\": {\"type\": \"string\"}}"))),
                        parse(buf_str(&text)), check_arena(), &flaws));
    CHECK_INT((int64_t)flaws.count, FLAWS_MAX);
}

/* Each schema tries the next one twice: 2^60 in all, through one value. */
static void schemas_that_multiply_are_stopped(void)
{
    struct buf text = {.arena = check_arena()};

    buf_add(&text, STR("{\"$defs\": {"));
    for (int i = 0; i < 60; i++)
        buf_printf(
            &text,
            "\"d%d\": {\"allOf\": [{\"$ref\": \"#/$defs/d%d\"}, {\"$ref\": \"#/$defs/d%d\"}]},", i,
            i + 1, i + 1);
    buf_add(&text, STR("\"d60\": {}}, \"not\": {\"$ref\": \"#/$defs/d0\"}}"));
    CHECK_STR(check(compile(parse(buf_str(&text))), parse(STR("1"))), STR(" not ; limit ;"));
}

static void long_chain_of_references_is_refused(void)
{
    struct buf text = {.arena = check_arena()};
    struct schema *schema;
    struct err err = {0};

    buf_add(&text, STR("{\"$defs\": {"));
    for (int i = 0; i < 5000; i++)
        buf_printf(&text, "\"d%d\": {\"$ref\": \"#/$defs/d%d\"},", i, i + 1);
    buf_add(&text, STR("\"d5000\": {}}}"));
    CHECK(!schema_compile(check_arena(), parse(buf_str(&text)), &schema, &err));
    CHECK_INT(err.code, ERR_INPUT);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(values_are_checked_as_the_specification_says),
        CHECK_TEST(wrong_schemas_are_refused_at_their_place),
        CHECK_TEST(flaws_are_bounded),
        CHECK_TEST(schemas_that_multiply_are_stopped),
        CHECK_TEST(long_chain_of_references_is_refused),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
