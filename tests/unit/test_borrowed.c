#include "registry/borrowed.h"

#include "farm.h"
#include "registry/record_retitle.h"
#include "registry/record_verify.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))
#define CLASSES               (POLICY_PUBLIC | POLICY_INTERNAL)

static struct str house_on(int64_t street, const char *number)
{
    return str_printf(check_arena(), "{\"street\":\"%.*s\",\"number\":\"%s\"}",
                      STR_ARG(id_text(check_arena(), street)), number);
}

static struct str title_of(struct farm *farm, const char *type, int64_t id)
{
    return farm_get(farm, catalog_no(farm_catalog(farm), hamlet_type(&farm->h, type)), id).title;
}

static void work(struct farm *farm)
{
    const struct worker_kind kinds[] = {publication_kind, borrowed_kind, record_retitle_kind};

    farm_work(farm, kinds, ARRAY_LEN(kinds));
}

static void open_published(struct farm *farm, const char *filter)
{
    farm_open(farm);
    CHECK_INT(put(farm, "street", "", filter), ERR_NONE);
}

static void a_record_refers_to_a_published_one_and_is_named_after_it(void)
{
    struct farm farm;

    open_published(&farm, "");
    int64_t b = street(&farm, "Б");
    CHECK_INT(farm_make(&farm, "house", house_on(b, "1")), 0);
    CHECK_INT(farm.err.code, ERR_CONFLICT); /* no subscription: as ever */
    publish(&farm, "street");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);

    int64_t house = farm_make(&farm, "house", house_on(b, "1"));
    int64_t flat = farm_make(&farm, "flat",
                             str_printf(check_arena(), "{\"house\":\"%.*s\",\"number\":\"2\"}",
                                        STR_ARG(id_text(check_arena(), house))));
    CHECK_TEXT(title_of(&farm, "house", house), "улица Б, 1");
    CHECK_TEXT(title_of(&farm, "flat", flat), "улица Б, 1, кв. 2");
    CHECK_INT(farm_count(&farm, "SELECT count(*) FROM borrowed WHERE tenant = $1"), 1);

    rename_street(&farm, b, "Я");
    work(&farm);
    CHECK_TEXT(title_of(&farm, "house", house), "улица Б, 1"); /* the edition still says so */
    publish(&farm, "street");
    work(&farm);
    CHECK_TEXT(title_of(&farm, "house", house), "переулок Я, 1");
    CHECK_TEXT(title_of(&farm, "flat", flat), "переулок Я, 1, кв. 2");
    farm_close(&farm);
}

static void what_the_edition_or_the_filter_holds_back_is_refused(void)
{
    struct farm farm;

    open_published(&farm, "name[starts]=Б");
    int64_t b = street(&farm, "Б"), g = street(&farm, "Г");
    publish(&farm, "street");
    int64_t later = street(&farm, "Бб");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    CHECK(farm_make(&farm, "house", house_on(b, "1")) != 0);
    CHECK_INT(farm_make(&farm, "house", house_on(g, "1")), 0);
    CHECK_INT(farm.err.code, ERR_INPUT);
    CHECK_INT(farm_make(&farm, "house", house_on(later, "1")), 0);
    CHECK_INT(farm.err.code, ERR_INPUT);
    /* An own record is referred to as before. */
    int64_t own = farm_make(&farm, "street", STR("{\"name\":\"Своя\"}"));
    CHECK(farm_make(&farm, "house", house_on(own, "1")) != 0);
    CHECK_INT(farm_count(&farm, "SELECT count(*) FROM borrowed WHERE tenant = $1"), 1);
    farm_close(&farm);
}

static void a_record_that_left_the_edition_keeps_its_name_where_it_stands(void)
{
    struct farm farm;
    struct borrowed borrowed;

    open_published(&farm, "");
    int64_t b = street(&farm, "Б");
    publish(&farm, "street");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    int64_t house = farm_make(&farm, "house", house_on(b, "1"));
    CHECK_INT(hamlet_delete(&farm.h, "street", hamlet_get(&farm.h, "street", b)), ERR_NONE);
    publish(&farm, "street");
    work(&farm);
    int64_t no = catalog_no(farm_catalog(&farm), hamlet_type(&farm.h, "street"));
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, farm.child, &farm.err), &farm.err);
        CHECK_OK(borrowed_find(&tx, check_arena(), no, b, &borrowed, &farm.err), &farm.err);
        CHECK(borrowed.is_gone);
        CHECK_TEXT(borrowed.title, "улица Б");
    }
    /* What was valid once may be saved again; a new reference to it may not. */
    const struct register_type *type = hamlet_type(&farm.h, "house");
    struct record old = farm_get(&farm, catalog_no(farm_catalog(&farm), type), house);
    struct record_draft draft = {
        .act = RECORD_CHANGE, .type = type, .value = hamlet_json(house_on(b, "1а")), .old = &old};
    CHECK_INT(farm_change(&farm, &draft), ERR_NONE);
    CHECK_TEXT(title_of(&farm, "house", house), "улица Б, 1а");
    CHECK_INT(farm_make(&farm, "house", house_on(b, "2")), 0);
    CHECK_INT(farm.err.code, ERR_INPUT);
    farm_close(&farm);
}

static void the_check_of_stored_records_knows_borrowed_names(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record_report report;
    struct farm farm;

    open_published(&farm, "");
    int64_t b = street(&farm, "Б");
    publish(&farm, "street");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    CHECK(farm_make(&farm, "house", house_on(b, "1")) != 0);
    CHECK_OK(tx_read(&tx, farm.child, &farm.err), &farm.err);
    CHECK_OK(record_verify(&tx, check_arena(), farm_catalog(&farm), &report, &farm.err), &farm.err);
    CHECK_INT(report.bad, 0);
    tx_done(&tx);
    farm_close(&farm);
}

/* A loop must not wait for another municipality: it is asked anew elsewhere. */
static void a_quick_read_leaves_the_question_to_others(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flaws flaws = {0};
    struct farm farm;

    open_published(&farm, "");
    int64_t b = street(&farm, "Б");
    publish(&farm, "street");
    CHECK_INT(take(&farm, "hamlet.street"), ERR_NONE);
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(&farm.h, "house"),
                                 .value = hamlet_json(house_on(b, "1")),
                                 .now = HAMLET_NOW};
    farm_count(&farm, "SELECT count(*) FROM borrowed WHERE tenant = $1");
    CHECK_OK(tx_read_quick(&tx, farm.child, 1000000, &farm.err), &farm.err);
    CHECK(!record_prepare(&tx, check_arena(), farm_catalog(&farm), &draft, &flaws, &farm.err));
    CHECK(tx_was_interrupted(&tx));
    tx_done(&tx);
    farm_close(&farm);
}

static void what_records_refer_to_is_read_beside_them(void)
{
    CLEANUP(subscription_close) struct subscription houses = {0};
    struct subscription streets;
    struct record record;
    struct farm farm;

    open_published(&farm, "name[starts]=Б");
    int64_t b = street(&farm, "Б"), g = street(&farm, "Г");
    CHECK_INT(put(&farm, "house", "street,number", ""), ERR_NONE);
    hamlet_make(&farm.h, "house", house_on(b, "1"));
    publish(&farm, "street");
    publish(&farm, "house");
    CHECK_INT(take(&farm, "hamlet.house"), ERR_NONE);
    struct subscription_by reader = by(&farm);
    CHECK_OK(subscription_open(&reader, STR("hamlet.house"), &houses, &farm.err), &farm.err);
    CHECK_OK(subscription_beside(&houses, STR("hamlet.street"), &streets, &farm.err), &farm.err);
    CHECK_OK(subscription_get(&streets, CLASSES, b, HAMLET_DAY, &record, &farm.err), &farm.err);
    CHECK_TEXT(record.title, "улица Б");
    CHECK(!subscription_get(&streets, CLASSES, g, HAMLET_DAY, &record, &farm.err));
    CHECK(!subscription_beside(&houses, STR("hamlet.flat"), &streets, &farm.err));
    CHECK_INT(farm.err.code, ERR_DENIED);
    subscription_close(&houses);
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_record_refers_to_a_published_one_and_is_named_after_it),
    CHECK_TEST(what_the_edition_or_the_filter_holds_back_is_refused),
    CHECK_TEST(a_record_that_left_the_edition_keeps_its_name_where_it_stands),
    CHECK_TEST(the_check_of_stored_records_knows_borrowed_names),
    CHECK_TEST(a_quick_read_leaves_the_question_to_others),
    CHECK_TEST(what_records_refer_to_is_read_beside_them),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
