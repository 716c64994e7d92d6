/* Computed fields and rules of quality: what packs may say, and what becomes of records. */
#include "registry/register_rule.h"

#include "hamlet.h"
#include "registry/record_quality.h"

#define NUMBER "\"type\":\"number\",\"multipleOf\":0.01,\"title\":\"t\""

static struct str schema(const char *top, const char *field)
{
    return str_printf(check_arena(),
                      "{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,\n"
                      "\"x-uprava\":{\"title\":\"{{n}}\"%s},\"properties\":{\n"
                      "\"n\":{\"type\":\"integer\",\"title\":\"t\"},\n"
                      "\"pin\":{\"type\":\"string\",\"maxLength\":9,\"title\":\"t\",\"x-uprava\":{"
                      "\"access\":\"personal\"}},\n"
                      "\"c\":{" NUMBER "%s},\n\"z\":{" NUMBER "}}}",
                      top, field);
}

/* "registers/thing.json:4: …" of a register with that in it. */
static struct str findings_of(const char *top, const char *field)
{
    struct pack pack = {.id = STR("a")};
    struct pack_file file = {STR("registers/thing.json"), schema(top, field)};
    struct pack_findings findings = {.arena = check_arena()};
    struct buf lines = {.arena = check_arena()};

    (void)register_type_compile(check_arena(), &pack, &file, &findings);
    for (const struct pack_finding *one = findings.first; one != NULL; one = one->next)
        buf_printf(&lines, "%d: %.*s\n", one->line, STR_ARG(one->text));
    return buf_str(&lines);
}

static struct str computed(const char *feel)
{
    return findings_of(
        "", str_to_z(check_arena(),
                     str_printf(check_arena(), ",\"x-uprava\":{\"computed\":\"%s\"}", feel)));
}

static void what_packs_may_not_say_is_told_with_its_line(void)
{
    CHECK_STR(computed("n / 2"), STR(""));
    CHECK_STR(computed("n +"),
              STR("5: line 1, column 4: a value is missing at the end of the text\n"));
    CHECK_STR(computed("n + m"), STR("5: line 1, column 5: there is no field \"m\" in a.thing\n"));
    CHECK_STR(computed("n + c"), STR("5: it is computed from fields that stand before it\n"));
    CHECK_STR(computed("z"), STR("5: it is computed from fields that stand before it\n"));
    CHECK_STR(computed("today().year"),
              STR("5: today() and now() cannot stand in it: it would be of "
                  "the day of the last change\n"));
    CHECK_STR(computed("number(pin)"),
              STR("5: its access is more open than that of a field it is computed from\n"));
    CHECK_STR(findings_of(",\"quality\":[{\"id\":\"a\",\"rule\":\"n > 1\",\"title\":\"t\"}]", ""),
              STR(""));
    CHECK_STR(findings_of(",\"quality\":[{\"id\":\"a\",\"rule\":\"n > m\",\"title\":\"t\"}]", ""),
              STR("2: line 1, column 5: there is no field \"m\" in a.thing\n"));
    CHECK_STR(findings_of(",\"quality\":[{\"id\":\"a\",\"rule\":\"n > 1\"}]", ""),
              STR("2: a rule of quality has an id, a rule in FEEL, and a title that says what is "
                  "wrong when the rule is false\n"));
    CHECK_STR(findings_of(",\"quality\":[{\"id\":\"a\",\"rule\":\"n > 1\",\"title\":\"t\"},"
                          "{\"id\":\"a\",\"rule\":\"n > 1\",\"title\":\"t\"}]",
                          ""),
              STR("2: another rule has that id\n"));
    CHECK_STR(findings_of(",\"quality\":\"n > 1\"", ""),
              STR("2: quality is a list of at most 50 rules\n"));
}

/* In the place of a register that nothing refers to. */
static const struct pack_file THINGS = {
    STR_INIT("registers/parcel.json"),
    STR_INIT(HAMLET_REGISTER
             "\"x-uprava\":{\"title\":\"{{name}}\",\"quality\":["
             "{\"id\":\"small\",\"rule\":\"n <= 100\",\"title\":\"слишком много\"},"
             "{\"id\":\"day\",\"rule\":\"day <= today()\",\"title\":\"день ещё не наступил\"}]},"
             "\"properties\":{\"name\":{" HAMLET_TEXT "},"
             "\"n\":{\"type\":\"integer\",\"title\":\"t\"},"
             "\"day\":{\"type\":\"string\",\"format\":\"date\",\"title\":\"t\"},"
             "\"third\":{" NUMBER ",\"maximum\":1000,\"x-uprava\":{\"computed\":\"n / 3\","
             "\"index\":true}},"
             "\"twice\":{" NUMBER ",\"x-uprava\":{\"computed\":\"third * 2\"}},"
             "\"next\":{\"type\":\"string\",\"format\":\"date\",\"title\":\"t\",\"x-uprava\":{"
             "\"computed\":\"day + duration(\\\"P1M\\\")\"}},"
             "\"label\":{" HAMLET_TEXT ",\"x-uprava\":{\"computed\":\"name + \\\"!\\\"\"}},"
             "\"is_many\":{\"type\":\"boolean\",\"title\":\"t\",\"x-uprava\":{\"computed\":\"n > "
             "10\"}}}}")};

static void open_things(struct hamlet *h)
{
    hamlet_open_with(h, &THINGS);
}

static struct str body(struct hamlet *h, int64_t id)
{
    return hamlet_get(h, "parcel", id)->body;
}

static void fields_are_computed_whatever_is_sent(void)
{
    struct hamlet h;
    int64_t id;

    open_things(&h);
    id = hamlet_make(&h, "parcel",
                     STR("{\"name\":\"Ёлка\",\"n\":10,\"day\":\"2026-01-31\","
                         "\"third\":99,\"is_many\":true}"));
    CHECK_STR(body(&h, id),
              STR("{\"day\":\"2026-01-31\",\"is_many\":false,\"label\":\"Ёлка!\",\"n\":10,"
                  "\"name\":\"Ёлка\",\"next\":\"2026-02-28\",\"third\":3.33,\"twice\":6.66}"));
    CHECK_INT(hamlet_change(&h, "parcel", hamlet_get(&h, "parcel", id), STR("{\"n\":200}")),
              ERR_NONE);
    CHECK_STR(body(&h, id), STR("{\"is_many\":true,\"n\":200,\"third\":66.67,\"twice\":133.34}"));
    /* What comes back as it was told is no change. */
    CHECK_INT(hamlet_change(&h, "parcel", hamlet_get(&h, "parcel", id), STR("{\"n\":null}")),
              ERR_INPUT);
    CHECK_INT(hamlet_change(&h, "parcel", hamlet_get(&h, "parcel", id), STR("{\"third\":1}")),
              ERR_NONE);
    CHECK_STR(body(&h, id), STR("{}"));
    hamlet_close(&h);
}

static void what_is_computed_is_checked_and_found_like_the_rest(void)
{
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .value = hamlet_json(STR("{\"n\":6000}")),
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = RECORD_FOREVER};
    struct record_ask ask = {.limit = 10, .filter_count = 1};
    CLEANUP(tx_done) struct tx tx = {0};
    struct flaws flaws = {0};
    struct record_filter filter;
    struct record_page page;
    struct hamlet h;

    open_things(&h);
    draft.type = hamlet_type(&h, "parcel");
    CHECK(!hamlet_prepare(&h, &draft, &flaws));
    CHECK_INT((int64_t)flaws.count, 1);
    CHECK_STR(flaws.first->path, STR("/third"));
    hamlet_make(&h, "parcel", STR("{\"n\":30}"));
    hamlet_make(&h, "parcel", STR("{\"n\":3}"));
    ask.type = draft.type;
    CHECK_OK(record_filter_where(check_arena(), ask.type, STR("third > 5"), (struct feel_clock){0},
                                 &filter, &h.err),
             &h.err);
    ask.filters = &filter;
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    CHECK_OK(record_list(hamlet_registry(&h, &tx), &ask, &page, &h.err), &h.err);
    CHECK_INT((int64_t)page.count, 1);
    tx_done(&tx);
    hamlet_close(&h);
}

static void broken_rules_are_counted_and_refuse_nothing(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record_quality quality;
    struct hamlet h;
    int64_t id;

    open_things(&h);
    hamlet_make(&h, "parcel", STR("{\"name\":\"a\"}")); /* null breaks nothing */
    hamlet_make(&h, "parcel", STR("{\"n\":100,\"day\":\"2026-03-02\"}"));
    id = hamlet_make(&h, "parcel", STR("{\"n\":101,\"day\":\"2026-03-03\"}"));
    hamlet_make(&h, "parcel", STR("{\"n\":102}"));
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    CHECK_OK(record_quality_count(hamlet_registry(&h, &tx), hamlet_type(&h, "parcel"), 0, &quality,
                                  &h.err),
             &h.err);
    CHECK_INT(quality.total, 4);
    CHECK_INT(quality.rules[0].broken, 2);
    CHECK_INT((int64_t)quality.rules[0].shown_count, 2);
    CHECK_INT(quality.rules[0].shown[0].id, id);
    CHECK(!quality.is_more);
    CHECK_INT(quality.rules[1].broken, 1);
    tx_done(&tx);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_packs_may_not_say_is_told_with_its_line),
    CHECK_TEST(fields_are_computed_whatever_is_sent),
    CHECK_TEST(what_is_computed_is_checked_and_found_like_the_rest),
    CHECK_TEST(broken_rules_are_counted_and_refuse_nothing),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
