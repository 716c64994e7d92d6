#include "registry/record_prepare.h"

#include "hamlet.h"

static bool prepare(struct hamlet *h, const char *type, const char *json,
                    struct record_draft *draft, struct flaws *flaws)
{
    draft->type = hamlet_type(h, type);
    draft->value = hamlet_json(str_from_z(json));
    *flaws = (struct flaws){0};
    return hamlet_prepare(h, draft, flaws);
}

/* The one flaw of a new record: "path id detail". */
static struct str flaw_of(struct hamlet *h, const char *type, const char *json)
{
    struct record_draft draft = {.valid_from = RECORD_ALWAYS, .valid_to = RECORD_FOREVER};
    struct flaws flaws;

    if (prepare(h, type, json, &draft, &flaws))
        return STR("none");
    CHECK_INT(h->err.code, ERR_INPUT);
    if (flaws.count != 1)
        return str_printf(check_arena(), "%zu flaws", flaws.count);
    return str_printf(check_arena(), "%.*s %s %.*s", STR_ARG(flaws.first->path), flaws.first->id,
                      STR_ARG(flaws.first->detail));
}

static void every_kind_of_wrong_value_is_named_at_its_field(void)
{
    struct hamlet h;

    hamlet_open(&h);
    CHECK_STR(flaw_of(&h, "street", "{\"name\":\"Мира\",\"kind\":\"street\"}"), STR("none"));
    CHECK_STR(flaw_of(&h, "street", "{\"name\":\"Мира\",\"kind\":\"quay\"}"),
              STR("/kind code hamlet.kind"));
    CHECK_STR(flaw_of(&h, "street", "{\"name\":\"Мира\",\"kind\":\"yard\"}"),
              STR("/kind code-date двор снова"));
    CHECK_STR(flaw_of(&h, "house", "{\"street\":\"not an id\"}"), STR("/street ref hamlet.street"));
    CHECK(str_starts(flaw_of(&h, "house", "{\"place\":{\"type\":\"Point\"}}"),
                     STR("/place geometry ")));
    CHECK(str_starts(flaw_of(&h, "street", "{}"), STR("/name required")));
    CHECK_STR(flaw_of(&h, "house", "{\"year\":\"x\",\"street\":\"?\"}"), STR("2 flaws"));
    CHECK_STR(flaw_of(&h, "house", "[]"), STR("0 flaws"));
    hamlet_close(&h);
}

static void dates_must_run_forward(void)
{
    struct record_draft draft = {.valid_from = HAMLET_DAY, .valid_to = HAMLET_DAY};
    struct hamlet h;
    struct flaws flaws;

    hamlet_open(&h);
    CHECK(!prepare(&h, "parcel", "{\"code\":\"1\"}", &draft, &flaws));
    CHECK_STR(flaws.first->path, STR("/valid_to"));
    draft.valid_to = HAMLET_DAY + 1;
    CHECK(prepare(&h, "parcel", "{\"code\":\"1\"}", &draft, &flaws));
    CHECK_INT(draft.valid_from, HAMLET_DAY);
    /* A register without dates has none, whatever was asked for. */
    CHECK(prepare(&h, "person", "{\"name\":\"Анна\"}", &draft, &flaws));
    CHECK_INT(draft.valid_from, RECORD_ALWAYS);
    CHECK_INT(draft.valid_to, RECORD_FOREVER);
    hamlet_close(&h);
}

static void draft_has_what_the_write_needs(void)
{
    struct record_draft draft = {.valid_from = RECORD_ALWAYS, .valid_to = RECORD_FOREVER};
    struct record_draft other = draft;
    struct hamlet h;
    struct flaws flaws;
    const char *json = "{\"number\":\"7\",\"code\":\"A\",\"pin\":\"tajna\",\"tags\":[\"school\"],"
                       "\"place\":{\"type\":\"Point\",\"coordinates\":[10.5,20.25]}}";

    hamlet_open(&h);
    CHECK(prepare(&h, "house", json, &draft, &flaws));
    CHECK(prepare(&h, "house", json, &other, &flaws));
    CHECK(draft.id != 0 && draft.id != other.id);
    CHECK_INT(draft.no, hamlet_no(&h, "house"));
    CHECK(str_starts(draft.body, STR("{\"code\":\"A\",\"number\":\"7\",")));
    CHECK(draft.has_box && !draft.had_box);
    CHECK_INT(draft.box[0], 105000000);
    CHECK_INT(draft.box[3], 202500000);
    /* Found by a tag; a secret is in no index; equal bodies do not show in their digests. */
    CHECK(str_find(draft.words.words, STR("school")) < draft.words.words.len);
    CHECK(str_find(draft.words.words, STR("tajna")) == draft.words.words.len);
    CHECK_STR(other.body, draft.body);
    CHECK(!str_equal(other.digest, draft.digest));
    hamlet_close(&h);
}

static void same_value_is_no_change(void)
{
    struct record_draft draft = {.act = RECORD_CHANGE};
    struct hamlet h;
    struct flaws flaws;
    int64_t id;

    hamlet_open(&h);
    id = hamlet_make(&h, "person", STR("{\"name\":\"Анна\"}"));
    draft.old = hamlet_get(&h, "person", id);
    CHECK(prepare(&h, "person", "{ \"name\" : \"Анна\" }", &draft, &flaws));
    CHECK(draft.is_same);
    CHECK_INT(draft.id, id);
    CHECK(prepare(&h, "person", "{\"name\":\"Анна Б\"}", &draft, &flaws));
    CHECK(!draft.is_same);
    CHECK_STR(draft.title, STR("Анна Б"));
    hamlet_close(&h);
}

/* What has gone out of use stays where it stood, and comes nowhere else. */
static void old_code_may_stay(void)
{
    static const struct str OLD = STR_INIT("{\"kind\":\"yard\",\"name\":\"А\"}");
    struct record old = {.id = 5, .body = OLD, .title = STR("двор А")};
    struct record_draft draft = {.act = RECORD_CHANGE, .old = &old};
    struct hamlet h;
    struct flaws flaws;

    hamlet_open(&h);
    CHECK(prepare(&h, "street", "{\"kind\":\"yard\",\"name\":\"Б\"}", &draft, &flaws));
    old.body = STR("{\"kind\":\"lane\",\"name\":\"А\"}");
    CHECK(!prepare(&h, "street", "{\"kind\":\"yard\",\"name\":\"Б\"}", &draft, &flaws));
    CHECK_STR(str_from_z(flaws.first->id), STR("code-date"));
    /* The system's own work passes it over. */
    draft.is_upkeep = true;
    CHECK(prepare(&h, "street", "{\"kind\":\"yard\",\"name\":\"Б\"}", &draft, &flaws));
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_kind_of_wrong_value_is_named_at_its_field),
    CHECK_TEST(dates_must_run_forward),
    CHECK_TEST(draft_has_what_the_write_needs),
    CHECK_TEST(same_value_is_no_change),
    CHECK_TEST(old_code_may_stay),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
