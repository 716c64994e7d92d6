#include "registry/subscription.h"

#include "auth/journal.h"
#include "farm.h"
#include "registry/history.h"
#include "registry/record_verify.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))
#define HAS(text, part)       (str_find((text), STR(part)) < (text).len)
#define PUBLIC_ONLY           (POLICY_PUBLIC | POLICY_INTERNAL)

/* "body|body" of a list, or what was refused. */
static struct str read_list(struct farm *farm, const char *id, struct record_ask ask)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct subscription_by reader = by(farm);
    struct buf bodies = {.arena = check_arena()};
    struct record_page page;
    int pages = 0;

    farm->err = (struct err){0};
    ask.valid_on = HAMLET_DAY;
    if (!subscription_open(&reader, str_from_z(id), &subscription, &farm->err))
        return str_from_z(farm->err.text);
    do {
        struct record_ask one = ask;

        if (!subscription_list(&subscription, PUBLIC_ONLY, &one, &page, &farm->err))
            return str_from_z(farm->err.text);
        for (size_t i = 0; i < page.count; i++) {
            if (bodies.len > 0)
                buf_char(&bodies, '|');
            buf_add(&bodies, page.records[i].body);
        }
        ask.cursor = page.cursor;
    } while (page.cursor.len > 0 && pages++ < 20);
    return buf_str(&bodies);
}

static struct str streets(struct farm *farm, int limit)
{
    return read_list(farm, "hamlet.street",
                     (struct record_ask){
                         .sort = register_type_field(hamlet_type(&farm->h, "street"), STR("name")),
                         .limit = limit});
}

#define STREET(name) "{\"kind\":\"street\",\"name\":\"" name "\"}"

static void an_edition_stays_while_its_register_goes_on(void)
{
    struct farm farm;

    farm_open(&farm);
    int64_t b = street(&farm, "Б"), g = street(&farm, "Г");
    street(&farm, "Ж");
    CHECK_INT(put(&farm, "street", "", ""), ERR_NONE);
    CHECK_INT(publish(&farm, "street"), 1);
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    CHECK_TEXT(streets(&farm, 10), STREET("Б") "|" STREET("Г") "|" STREET("Ж"));

    rename_street(&farm, b, "Я");
    CHECK_INT(hamlet_delete(&farm.h, "street", hamlet_get(&farm.h, "street", g)), ERR_NONE);
    street(&farm, "А");
    /* Whatever the size of the pages: kept ones and those that stand are one order. */
    CHECK_TEXT(streets(&farm, 10), STREET("Б") "|" STREET("Г") "|" STREET("Ж"));
    CHECK_TEXT(streets(&farm, 1), STREET("Б") "|" STREET("Г") "|" STREET("Ж"));
    rename_street(&farm, b, "Ю");
    CHECK_TEXT(streets(&farm, 2), STREET("Б") "|" STREET("Г") "|" STREET("Ж"));

    CHECK_INT(publish(&farm, "street"), 2);
    CHECK_TEXT(streets(&farm, 1),
               STREET("А") "|" STREET("Ж") "|{\"kind\":\"lane\",\"name\":\"Ю\"}");
    farm_close(&farm);
}

static void what_is_not_published_is_not_read(void)
{
    struct farm farm;

    farm_open(&farm);
    street(&farm, "Б");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_ABSENT);
    CHECK_INT(put(&farm, "street", "", ""), ERR_NONE);
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    CHECK_TEXT(streets(&farm, 10), "the publisher has not issued an edition yet");
    publish(&farm, "street");
    CHECK_TEXT(streets(&farm, 10), STREET("Б"));
    CHECK_TEXT(
        read_list(&farm, "hamlet.street", (struct record_ask){.limit = 10, .words = STR("б")}),
        STREET("Б"));

    struct act act = {
        .h = &farm.h, .wish = {.type = hamlet_type(&farm.h, "street")}, .what = REMOVE};
    CHECK_OK(tenant_write_wait(farm.h.town.tenant, run_act, &act, &farm.err), &farm.err);
    CHECK_TEXT(streets(&farm, 10), "Город does not publish it to this municipality any more");
    CHECK_INT(farm.err.code, ERR_DENIED);
    CHECK_INT(take(&farm, "hamlet.flat"), ERR_ABSENT);
    CHECK_INT(take(&farm, "nobody.knows"), ERR_INPUT);
    farm_close(&farm);
}

static void a_stranger_beside_is_offered_nothing(void)
{
    struct farm farm;
    struct tenant *child;

    farm_open(&farm);
    street(&farm, "Б");
    CHECK_INT(put(&farm, "street", "", ""), ERR_NONE);
    publish(&farm, "street");
    child = farm.child;
    open_child(&farm, "stranger", 0, &farm.child);
    CHECK_INT(take(&farm, "hamlet.street"), ERR_ABSENT);
    store_release(&farm.child);
    /* But the farm's own below is. */
    open_child(&farm, "barn", tenant_info(child)->id, &farm.child);
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    CHECK_TEXT(streets(&farm, 10), STREET("Б"));
    store_release(&farm.child);
    farm.child = child;
    farm_close(&farm);
}

static void filter_and_fields_are_the_publishers(void)
{
    struct farm farm;
    struct record_filter filter = {.op = QUERY_EQ, .values = &STR("1950"), .count = 1};

    farm_open(&farm);
    int64_t old =
        hamlet_make(&farm.h, "house", STR("{\"number\":\"5\",\"year\":1950,\"note\":\"тайна\"}"));
    int64_t newer = hamlet_make(&farm.h, "house", STR("{\"number\":\"7\",\"year\":1990}"));
    /* The title shows a field that would not be published. */
    CHECK_INT(put(&farm, "house", "number", ""), ERR_INPUT);
    CHECK_INT(put(&farm, "house", "street,number,note", ""), ERR_INPUT);
    CHECK_INT(put(&farm, "house", "street,number", "note=x"), ERR_INPUT);
    CHECK_INT(put(&farm, "house", "street,number", "year[gte]=старый"), ERR_INPUT);
    CHECK_INT(put(&farm, "house", "street,number", "year[lt]=1980; number[starts]=5"), ERR_NONE);
    publish(&farm, "house");
    CHECK_INT(take(&farm, "hamlet.house"), ERR_NONE);
    CHECK_TEXT(read_list(&farm, "hamlet.house", (struct record_ask){.limit = 10}),
               "{\"number\":\"5\"}");
    filter.field = register_type_field(hamlet_type(&farm.h, "house"), STR("year"));
    CHECK_TEXT(read_list(&farm, "hamlet.house",
                         (struct record_ask){.limit = 10, .filters = &filter, .filter_count = 1}),
               "the field year is not published");
    CHECK_TEXT(
        read_list(&farm, "hamlet.house", (struct record_ask){.limit = 10, .words = STR("тайна")}),
        "what is published of this register cannot be searched");

    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct subscription_by reader = by(&farm);
    struct record record;
    CHECK_OK(subscription_open(&reader, STR("hamlet.house"), &subscription, &farm.err), &farm.err);
    CHECK_OK(subscription_get(&subscription, HAMLET_ALL, old, HAMLET_DAY, &record, &farm.err),
             &farm.err);
    CHECK_TEXT(record.body, "{\"number\":\"5\"}");
    CHECK(!subscription_get(&subscription, HAMLET_ALL, newer, HAMLET_DAY, &record, &farm.err));
    CHECK_INT(farm.err.code, ERR_ABSENT);
    subscription_close(&subscription);
    farm_close(&farm);
}

static void filter_may_be_written_in_feel(void)
{
    struct record_filter filter;
    struct farm farm;

    farm_open(&farm);
    hamlet_make(&farm.h, "house", STR("{\"number\":\"5\",\"year\":1950}"));
    hamlet_make(&farm.h, "house", STR("{\"number\":\"5А\",\"year\":1950}"));
    hamlet_make(&farm.h, "house", STR("{\"number\":\"7\"}"));
    CHECK_INT(put(&farm, "house", "street,number", "=note = \"x\""), ERR_INPUT);
    CHECK_INT(put(&farm, "house", "street,number", "=year"), ERR_INPUT);
    CHECK_INT(put(&farm, "house", "street,number", "=built_on < today()"), ERR_INPUT);
    CHECK_INT(put(&farm, "house", "street,number", "=year = null or number != \"5а\""), ERR_NONE);
    publish(&farm, "house");
    CHECK_INT(take(&farm, "hamlet.house"), ERR_NONE);
    CHECK_TEXT(
        read_list(&farm, "hamlet.house", (struct record_ask){.limit = 10, .is_oldest_first = true}),
        "{\"number\":\"5\"}|{\"number\":\"5А\"}|{\"number\":\"7\"}");
    CHECK_INT(put(&farm, "house", "street,number", "=not(year != null)"), ERR_NONE);
    CHECK_TEXT(read_list(&farm, "hamlet.house", (struct record_ask){.limit = 10}),
               "{\"number\":\"7\"}");
    CHECK_OK(record_filter_where(check_arena(), hamlet_type(&farm.h, "house"),
                                 STR("number = \"7\" and year = null"), (struct feel_clock){0},
                                 &filter, &farm.err),
             &farm.err);
    CHECK_TEXT(read_list(&farm, "hamlet.house",
                         (struct record_ask){.limit = 10, .filters = &filter, .filter_count = 1}),
               "the field year is not published");
    farm_close(&farm);
}

/* On PostgreSQL a transaction for a reader sees no other rows even when it is asked for them. */
static void the_database_shows_a_reader_no_other_rows(void)
{
    struct farm farm;
    struct rows rows;

    farm_open(&farm);
    street(&farm, "Б");
    hamlet_make(&farm.h, "house", STR("{\"number\":\"5\"}"));
    CHECK_INT(put(&farm, "street", "", ""), ERR_NONE);
    publish(&farm, "street");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    {
        CLEANUP(subscription_close) struct subscription subscription = {0};
        struct subscription_by reader = by(&farm);

        CHECK_OK(subscription_open(&reader, STR("hamlet.street"), &subscription, &farm.err),
                 &farm.err);
        CHECK_OK(store_query(&subscription.tx, check_arena(), &rows,
                             "SELECT register FROM record WHERE tenant = $1 ORDER BY register",
                             ARGS(INT(subscription.tx.tenant)), &farm.err),
                 &farm.err);
        CHECK_INT((int64_t)rows.count, stand_is_postgres() ? 1 : 2);
        CHECK_OK(store_query(&subscription.tx, check_arena(), &rows,
                             "SELECT seq FROM journal WHERE tenant = $1",
                             ARGS(INT(subscription.tx.tenant)), &farm.err),
                 &farm.err);
        CHECK(stand_is_postgres() ? rows.count == 0 : rows.count > 0);
    }
    /* The next reader of that connection is not one of them. */
    CHECK(town_count(&farm.h.town, "SELECT count(*) FROM journal WHERE tenant = $1") > 0);
    farm_close(&farm);
}

static void kept_rows_disturb_no_check_and_go_with_an_erasure(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record_report report;
    struct journal_report journal = {0};
    struct farm farm;

    farm_open(&farm);
    int64_t b = street(&farm, "Б");
    CHECK_INT(put(&farm, "street", "", ""), ERR_NONE);
    publish(&farm, "street");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    CHECK_INT(hamlet_delete(&farm.h, "street", hamlet_get(&farm.h, "street", b)), ERR_NONE);
    CHECK_TEXT(streets(&farm, 10), STREET("Б"));
    CHECK_OK(tx_read(&tx, farm.h.town.tenant, &farm.err), &farm.err);
    CHECK_OK(record_verify(&tx, check_arena(), farm.h.catalog, &report, &farm.err), &farm.err);
    CHECK_INT(report.bad, 0);
    CHECK_OK(journal_verify_bodies(&tx, check_arena(), &journal, &farm.err), &farm.err);
    CHECK_INT(journal.bad, 0);
    tx_done(&tx);

    CHECK_INT(
        town_count(&farm.h.town, "SELECT count(*) FROM record WHERE tenant = $1 AND register < 0"),
        1);
    farm_close(&farm);
}

/* "lane переулок|…" of a field that the hamlet publishes. */
static struct str codes(struct farm *farm, const char *field)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct subscription_by reader = by(farm);
    struct buf text = {.arena = check_arena()};
    const struct catalog_list *list;

    CHECK_OK(subscription_open(&reader, STR("hamlet.street"), &subscription, &farm->err),
             &farm->err);
    list = subscription_codes(&subscription, str_from_z(field));
    for (size_t i = 0; list != NULL && i < list->count; i++)
        buf_printf(&text, "%s%.*s %.*s", i > 0 ? "|" : "", STR_ARG(list->codes[i].code),
                   STR_ARG(list->codes[i].title[MODEL_RU]));
    return buf_str(&text);
}

static void codes_are_called_as_the_publisher_calls_them(void)
{
    static const struct pack_file LIST = {
        STR_INIT("lists/kind.csv"),
        STR_INIT("code,title\nstreet,улица\nlane,проулок\nsquare,площадь\n")};
    struct farm farm;

    farm_open(&farm);
    street(&farm, "Б");
    CHECK_INT(put(&farm, "street", "", ""), ERR_NONE);
    hamlet_write_pack(&farm.h, "1.1.0", &LIST);
    hamlet_install(&farm.h);
    CHECK_INT(put(&farm, "street", "", ""), ERR_NONE);
    publish(&farm, "street");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    /* The farm itself has the older pack. */
    CHECK_TEXT(catalog_code_title(farm_catalog(&farm), STR("hamlet.kind"), STR("lane"), MODEL_RU),
               "переулок");
    CHECK(HAS(codes(&farm, "kind"), "lane проулок"));
    CHECK(HAS(codes(&farm, "kind"), "square площадь"));
    CHECK_TEXT(codes(&farm, "name"), "");
    CHECK_TEXT(codes(&farm, "nosuch"), "");
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(an_edition_stays_while_its_register_goes_on),
    CHECK_TEST(what_is_not_published_is_not_read),
    CHECK_TEST(a_stranger_beside_is_offered_nothing),
    CHECK_TEST(filter_and_fields_are_the_publishers),
    CHECK_TEST(filter_may_be_written_in_feel),
    CHECK_TEST(the_database_shows_a_reader_no_other_rows),
    CHECK_TEST(codes_are_called_as_the_publisher_calls_them),
    CHECK_TEST(kept_rows_disturb_no_check_and_go_with_an_erasure),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
