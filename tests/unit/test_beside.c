#include "registry/beside.h"

#include "auth/journal.h"
#include "farm.h"
#include "registry/history.h"
#include "registry/record_verify.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))

static const struct register_type *type_of(struct farm *farm, const char *name)
{
    return model_type(farm_catalog(farm)->model, str_printf(check_arena(), "hamlet.%s", name));
}

static const struct register_type *streets(struct farm *farm)
{
    return type_of(farm, "street");
}

struct saying {
    struct farm *farm;
    struct beside_change change;
};

static bool run_saying(struct tx *tx, void *data, struct err *err)
{
    struct saying *saying = data;

    return beside_run(farm_registry(saying->farm, tx), &saying->change, err);
}

/* Says it of that record, by the version that was seen. */
static enum err_code say_of(struct farm *farm, const struct register_type *type, int64_t id,
                            struct str value, int64_t expected, unsigned classes)
{
    struct saying saying = {
        .farm = farm,
        .change =
            {
                .type = type,
                .id = id,
                .value = hamlet_json(value),
                .classes = classes,
                .expected = expected,
                .actor = HAMLET_ACTOR,
                .published = {tenant_info(farm->h.town.tenant)->id, 1, STR("улица Б"), false},
            },
    };
    struct flaws flaws = {0};

    farm->err = (struct err){0};
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
        if (!beside_prepare(farm_registry(farm, &tx), &saying.change, &flaws, &farm->err))
            return farm->err.code;
    }
    return tenant_write_wait(farm->child, run_saying, &saying, &farm->err) ? ERR_NONE
                                                                           : farm->err.code;
}

static enum err_code say_as(struct farm *farm, int64_t id, const char *value, int64_t expected,
                            unsigned classes)
{
    return say_of(farm, streets(farm), id, str_from_z(value), expected, classes);
}

static enum err_code say(struct farm *farm, int64_t id, const char *value, int64_t expected)
{
    return say_as(farm, id, value, expected, HAMLET_ALL);
}

static struct record said(struct farm *farm, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record record = {0};

    farm->err = (struct err){0};
    CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
    if (!beside_get(farm_registry(farm, &tx), streets(farm), id, &record, &farm->err))
        CHECK_INT(farm->err.code, ERR_ABSENT);
    return record;
}

static int64_t open_with_street(struct farm *farm)
{
    farm_open(farm);
    int64_t b = street(farm, "Б");
    CHECK_INT(put(farm, "street", "", ""), ERR_NONE);
    publish(farm, "street");
    CHECK_INT(take(farm, "hamlet.street"), ERR_NONE);
    return b;
}

static void own_values_stand_beside_and_never_among_the_records(void)
{
    struct farm farm;
    struct record_page page;
    int64_t b = open_with_street(&farm);

    /* A part of a record: its name is required of whole ones only. */
    CHECK_INT(say(&farm, b, "{\"kind\":\"lane\"}", 0), ERR_NONE);
    CHECK_TEXT(said(&farm, b).body, "{\"kind\":\"lane\"}");
    {
        CLEANUP(tx_done) struct tx tx = {0};
        struct record_ask ask = {.type = streets(&farm), .valid_on = HAMLET_DAY, .limit = 10};
        struct record record;

        CHECK_OK(tx_read(&tx, farm.child, &farm.err), &farm.err);
        CHECK_OK(record_list(farm_registry(&farm, &tx), &ask, &page, &farm.err), &farm.err);
        CHECK_INT((int64_t)page.count, 0);
        ask.words = STR("переулок");
        CHECK_OK(record_list(farm_registry(&farm, &tx), &ask, &page, &farm.err), &farm.err);
        CHECK_INT((int64_t)page.count, 0);
        CHECK(!record_get(farm_registry(&farm, &tx),
                          catalog_no(farm_catalog(&farm), streets(&farm)), b, HAMLET_DAY, &record,
                          &farm.err));
    }
    CHECK_INT(
        farm_count(&farm, "SELECT count(*) FROM register_no WHERE tenant = $1 AND total <> 0"), 0);
    farm_close(&farm);
}

static void wrong_values_and_lost_updates_are_refused(void)
{
    struct farm farm;
    int64_t b = open_with_street(&farm);

    CHECK_INT(say(&farm, b, "{\"kind\":\"nothing\"}", 0), ERR_INPUT);
    CHECK_INT(say(&farm, b, "{\"unknown\":\"x\"}", 0), ERR_INPUT);
    CHECK_INT(say(&farm, b, "{\"name\":5}", 0), ERR_INPUT);
    CHECK_INT(say_as(&farm, b, "{\"name\":\"x\"}", 0, POLICY_PERSONAL), ERR_DENIED);
    CHECK_INT(say(&farm, b, "{\"name\":\"x\"}", 77), ERR_CONFLICT);
    CHECK_INT(say(&farm, b, "{\"name\":\"x\"}", 0), ERR_NONE);
    int64_t first = said(&farm, b).version;
    CHECK_INT(say(&farm, b, "{\"name\":\"y\"}", 0), ERR_CONFLICT);
    CHECK_INT(say(&farm, b, "{\"name\":\"y\"}", first), ERR_NONE);
    CHECK_INT(say(&farm, b, "{\"name\":\"z\"}", first), ERR_CONFLICT);
    CHECK_TEXT(said(&farm, b).body, "{\"name\":\"y\"}");
    farm_close(&farm);
}

static void they_have_a_history_and_a_place_in_the_journal(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct history_version *versions;
    struct journal_report journal = {0};
    struct record_report report;
    struct farm farm;
    size_t count;
    int64_t b = open_with_street(&farm);

    CHECK_INT(say(&farm, b, "{\"kind\":\"lane\"}", -1), ERR_NONE);
    CHECK_INT(say(&farm, b, "{\"kind\":\"street\"}", -1), ERR_NONE);
    CHECK_INT(say(&farm, b, "{}", -1), ERR_NONE);
    CHECK_INT(said(&farm, b).version, 0);
    CHECK_OK(tx_read(&tx, farm.child, &farm.err), &farm.err);
    CHECK_OK(history_list(farm_registry(&farm, &tx),
                          &(struct history_ask){streets(&farm), b, HAMLET_ALL, 0, 10, true},
                          &versions, &count, &farm.err),
             &farm.err);
    CHECK_INT((int64_t)count, 3);
    CHECK_TEXT(versions[0].action, "delete");
    CHECK_TEXT(versions[1].action, "change");
    CHECK_TEXT(versions[1].changes[0].was->text, "lane");
    CHECK_OK(record_verify(&tx, check_arena(), farm_catalog(&farm), &report, &farm.err), &farm.err);
    CHECK_INT(report.bad, 0);
    CHECK_OK(journal_verify_bodies(&tx, check_arena(), &journal, &farm.err), &farm.err);
    CHECK_INT(journal.bad, 0);
    CHECK(journal.bodies > 0);
    tx_done(&tx);
    farm_close(&farm);
}

static void they_outlive_the_record_in_the_edition(void)
{
    const struct worker_kind kinds[] = {publication_kind, borrowed_kind};
    CLEANUP(tx_done) struct tx tx = {0};
    struct beside_page found;
    struct farm farm;
    int64_t b = open_with_street(&farm);
    int64_t g = street(&farm, "Г");

    publish(&farm, "street");
    CHECK_INT(say(&farm, b, "{\"kind\":\"lane\"}", 0), ERR_NONE);
    CHECK_INT(say(&farm, g, "{\"kind\":\"lane\"}", 0), ERR_NONE);
    CHECK_INT(hamlet_delete(&farm.h, "street", hamlet_get(&farm.h, "street", b)), ERR_NONE);
    rename_street(&farm, g, "Ж");
    publish(&farm, "street");
    farm_work(&farm, kinds, ARRAY_LEN(kinds));
    CHECK_OK(tx_read(&tx, farm.child, &farm.err), &farm.err);
    CHECK_OK(beside_list(farm_registry(&farm, &tx), streets(&farm), 0, 10, &found, &farm.err),
             &farm.err);
    CHECK_INT((int64_t)found.count, 2);
    CHECK_INT(found.items[0].record.id, b);
    CHECK(found.items[0].is_gone);
    CHECK_TEXT(found.items[0].record.title, "улица Б");
    CHECK_TEXT(found.items[0].record.body, "{\"kind\":\"lane\"}");
    CHECK(!found.items[1].is_gone);
    CHECK_TEXT(found.items[1].record.title, "переулок Ж");

    struct record records[2] = {{.id = g}, {.id = g + 1}};
    struct record_page page = {.records = records, .count = 2};
    bool has[2];
    CHECK_OK(beside_mark(farm_registry(&farm, &tx), streets(&farm), &page, has, &farm.err),
             &farm.err);
    CHECK(has[0]);
    CHECK(!has[1]);
    tx_done(&tx);
    farm_close(&farm);
}

static struct record said_of(struct farm *farm, const char *type, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record record = {0};

    farm->err = (struct err){0};
    CHECK_OK(tx_read(&tx, farm->child, &farm->err), &farm->err);
    if (!beside_get(farm_registry(farm, &tx), type_of(farm, type), id, &record, &farm->err))
        CHECK_INT(farm->err.code, ERR_ABSENT);
    return record;
}

static enum err_code delete_own(struct farm *farm, const char *type, int64_t id)
{
    const struct register_type *own = type_of(farm, type);
    struct record old = farm_get(farm, catalog_no(farm_catalog(farm), own), id);
    struct record_draft draft = {.act = RECORD_DELETE, .type = own, .old = &old};

    return farm_change(farm, &draft);
}

#define ID(id) id_text(check_arena(), id).ptr

/* What own values refer to is kept, or taken out of them, as of any other record. */
static void references_in_own_values_are_references(void)
{
    struct farm farm;
    const struct register_type *houses;

    farm_open(&farm);
    int64_t house = hamlet_make(&farm.h, "house", STR("{\"code\":\"1\",\"number\":\"5\"}"));
    int64_t other = hamlet_make(&farm.h, "house", STR("{\"code\":\"2\",\"number\":\"7\"}"));
    CHECK_INT(put(&farm, "house", "code,street,number,keeper", ""), ERR_NONE);
    publish(&farm, "house");
    CHECK_INT(take(&farm, "hamlet.house"), ERR_NONE);
    houses = type_of(&farm, "house");
    int64_t lane = farm_make(&farm, "street", STR("{\"name\":\"Своя\"}"));
    int64_t spare = farm_make(&farm, "street", STR("{\"name\":\"Лишняя\"}"));
    int64_t keeper = farm_make(&farm, "person", STR("{\"name\":\"Иван\"}"));
    CHECK(lane != 0 && spare != 0 && keeper != 0);
    CHECK_INT(say_of(&farm, houses, house,
                     str_printf(check_arena(), "{\"street\":\"%s\",\"keeper\":\"%s\"}", ID(lane),
                                ID(keeper)),
                     0, HAMLET_ALL),
              ERR_NONE);
    CHECK_INT(say_of(&farm, houses, other,
                     str_printf(check_arena(), "{\"keeper\":\"%s\"}", ID(keeper)), 0, HAMLET_ALL),
              ERR_NONE);

    CHECK_INT(delete_own(&farm, "street", lane), ERR_CONFLICT);
    CHECK(str_find(str_from_z(farm.err.text), STR("own values")) < ERR_TEXT_MAX);
    CHECK_INT(delete_own(&farm, "street", spare), ERR_NONE);
    /* Keepers are cleared: of one value something is left, of the other nothing. */
    CHECK_INT(delete_own(&farm, "person", keeper), ERR_NONE);
    CHECK_STR(said_of(&farm, "house", house).body,
              str_printf(check_arena(), "{\"street\":\"%s\"}", ID(lane)));
    CHECK_INT(said_of(&farm, "house", other).version, 0);
    CHECK_INT(say_of(&farm, houses, house, STR("{\"number\":\"6\"}"), -1, HAMLET_ALL), ERR_NONE);
    CHECK_INT(delete_own(&farm, "street", lane), ERR_NONE);
    farm_close(&farm);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(references_in_own_values_are_references),
    CHECK_TEST(own_values_stand_beside_and_never_among_the_records),
    CHECK_TEST(wrong_values_and_lost_updates_are_refused),
    CHECK_TEST(they_have_a_history_and_a_place_in_the_journal),
    CHECK_TEST(they_outlive_the_record_in_the_edition),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
