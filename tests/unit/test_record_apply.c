#include "auth/journal.h"
#include "hamlet.h"

static int64_t make_street(struct hamlet *hamlet, const char *name)
{
    return hamlet_make(hamlet, "street", str_printf(check_arena(), "{\"name\":\"%s\"}", name));
}

static struct str ref_json(const char *field, int64_t id)
{
    return str_printf(check_arena(), "{\"%s\":\"%.*s\"}", field,
                      STR_ARG(id_text(check_arena(), id)));
}

static int64_t count_history(struct hamlet *hamlet)
{
    return town_count(&hamlet->town, "SELECT count(*) FROM history WHERE tenant = $1");
}

static int64_t total_of(struct hamlet *hamlet, const char *type)
{
    struct str sql = str_printf(check_arena(),
                                "SELECT total FROM register_no WHERE tenant = $1"
                                " AND name = 'hamlet.%s'",
                                type);

    return town_count(&hamlet->town, str_to_z(check_arena(), sql));
}

/* Kept counts of the map at its deepest and shallowest level. */
static void check_cells(struct hamlet *hamlet, int64_t count, int64_t x_sum)
{
    for (int level = 9; level <= 18; level += 9) {
        struct str where =
            str_printf(check_arena(), "FROM map_cell WHERE tenant = $1 AND level = %d", level);
        struct str counts = str_printf(
            check_arena(), "SELECT CAST(COALESCE(SUM(count), 0) AS bigint) %.*s", STR_ARG(where));
        struct str sums = str_printf(
            check_arena(), "SELECT CAST(COALESCE(SUM(x_sum), 0) AS bigint) %.*s", STR_ARG(where));

        CHECK_INT(town_count(&hamlet->town, str_to_z(check_arena(), counts)), count);
        CHECK_INT(town_count(&hamlet->town, str_to_z(check_arena(), sums)), x_sum);
    }
}

static void version_is_the_entry_that_wrote_it_and_history_ends_with_the_next(void)
{
    struct hamlet h;
    struct record *first;
    struct record *second;

    hamlet_open(&h);
    int64_t id = make_street(&h, "Мира");
    first = hamlet_get(&h, "street", id);
    CHECK_INT(first->version, town_count(&h.town, "SELECT seq FROM tenant_head"
                                                  " WHERE tenant = $1"));
    CHECK_INT(hamlet_change(&h, "street", first, STR("{\"name\":\"Труда\"}")), ERR_NONE);
    second = hamlet_get(&h, "street", id);
    CHECK(second->version > first->version);
    CHECK_STR(second->title, STR("Труда"));
    CHECK_INT(count_history(&h), 1);
    CHECK_INT(town_count(&h.town, "SELECT known_from FROM history WHERE tenant = $1"),
              first->version);
    CHECK_INT(town_count(&h.town, "SELECT known_to FROM history WHERE tenant = $1"),
              second->version);
    CHECK_INT(hamlet_delete(&h, "street", second), ERR_NONE);
    CHECK_INT(count_history(&h), 2);
    CHECK_INT(town_count(&h.town, "SELECT max(known_to) FROM history WHERE tenant = $1"),
              town_count(&h.town, "SELECT seq FROM tenant_head WHERE tenant = $1"));
    CHECK(hamlet_get(&h, "street", id) == NULL);
    hamlet_close(&h);
}

static void change_of_an_outdated_version_is_refused(void)
{
    struct hamlet h;
    struct record *first;

    hamlet_open(&h);
    int64_t id = make_street(&h, "Мира");
    first = hamlet_get(&h, "street", id);
    CHECK_INT(hamlet_change(&h, "street", first, STR("{\"name\":\"Труда\"}")), ERR_NONE);
    CHECK_INT(hamlet_change(&h, "street", first, STR("{\"name\":\"Света\"}")), ERR_CONFLICT);
    CHECK_INT(hamlet_delete(&h, "street", first), ERR_CONFLICT);
    CHECK_STR(hamlet_get(&h, "street", id)->title, STR("Труда"));
    CHECK_INT(count_history(&h), 1);
    CHECK_INT(total_of(&h, "street"), 1);
    hamlet_close(&h);
}

/* Nothing would be written, yet what the caller saw is gone. */
static void same_value_on_an_outdated_version_is_refused_too(void)
{
    struct hamlet h;
    struct record *first;

    hamlet_open(&h);
    int64_t id = make_street(&h, "Мира");
    first = hamlet_get(&h, "street", id);
    CHECK_INT(hamlet_change(&h, "street", first, STR("{\"name\":\"Мира\"}")), ERR_NONE);
    CHECK_INT(hamlet_get(&h, "street", id)->version, first->version);
    CHECK_INT(count_history(&h), 0);
    CHECK_INT(hamlet_change(&h, "street", first, STR("{\"name\":\"Труда\"}")), ERR_NONE);
    CHECK_INT(hamlet_change(&h, "street", first, STR("{\"name\":\"Мира\"}")), ERR_CONFLICT);
    hamlet_close(&h);
}

static void natural_key_belongs_to_one_record(void)
{
    struct hamlet h;
    struct record_draft draft = {.act = RECORD_CREATE};

    hamlet_open(&h);
    int64_t id = hamlet_make(&h, "house", STR("{\"code\":\"H 1\"}"));
    int64_t other = hamlet_make(&h, "house", STR("{\"code\":\"H2\"}"));
    hamlet_make(&h, "house", STR("{\"number\":\"1\"}"));
    hamlet_make(&h, "house", STR("{\"number\":\"2\"}")); /* no key, no conflict */
    draft.type = hamlet_type(&h, "house");
    draft.value = hamlet_json(STR("{\"code\":\"h  1\"}"));
    CHECK_INT(hamlet_do(&h, &draft), ERR_CONFLICT);
    CHECK_INT(total_of(&h, "house"), 4);
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", other), STR("{\"code\":\"H 1\"}")),
              ERR_CONFLICT);
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", id),
                            STR("{\"code\":\"h 1\",\"year\":1999}")),
              ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "house", hamlet_get(&h, "house", id)), ERR_NONE);
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", other), STR("{\"code\":\"H 1\"}")),
              ERR_NONE);
    hamlet_close(&h);
}

static void reference_needs_a_record(void)
{
    struct hamlet h;
    struct record_draft draft = {.act = RECORD_CREATE};

    hamlet_open(&h);
    draft.type = hamlet_type(&h, "house");
    draft.value = hamlet_json(ref_json("street", 12345));
    CHECK_INT(hamlet_do(&h, &draft), ERR_CONFLICT);
    int64_t person = hamlet_make(&h, "person", STR("{\"name\":\"Иван\"}"));
    draft.id = 0;
    draft.value = hamlet_json(ref_json("street", person)); /* of another register */
    CHECK_INT(hamlet_do(&h, &draft), ERR_CONFLICT);
    CHECK_INT(total_of(&h, "house"), 0);
    hamlet_close(&h);
}

static void record_that_is_referred_to_stays(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t street = make_street(&h, "Мира");
    int64_t house = hamlet_make(&h, "house", ref_json("street", street));
    CHECK_INT(hamlet_delete(&h, "street", hamlet_get(&h, "street", street)), ERR_CONFLICT);
    CHECK(hamlet_get(&h, "street", street) != NULL);
    CHECK_INT(hamlet_delete(&h, "house", hamlet_get(&h, "house", house)), ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "street", hamlet_get(&h, "street", street)), ERR_NONE);
    hamlet_close(&h);
}

static void record_that_refers_to_itself_can_be_deleted(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t person = hamlet_make(&h, "person", STR("{\"name\":\"Иван\"}"));
    CHECK_INT(
        hamlet_change(&h, "person", hamlet_get(&h, "person", person), ref_json("parent", person)),
        ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "person", hamlet_get(&h, "person", person)), ERR_NONE);
    hamlet_close(&h);
}

static void references_that_may_go_are_cleared_with_history(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t person = hamlet_make(&h, "person", STR("{\"name\":\"Иван\"}"));
    struct str id = id_text(check_arena(), person);
    int64_t house = hamlet_make(
        &h, "house",
        str_printf(check_arena(), "{\"number\":\"5\",\"keeper\":\"%.*s\"}", STR_ARG(id)));
    CHECK_INT(hamlet_delete(&h, "person", hamlet_get(&h, "person", person)), ERR_NONE);
    CHECK_STR(hamlet_get(&h, "house", house)->body, STR("{\"number\":\"5\"}"));
    CHECK_INT(count_history(&h), 2);
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM record WHERE tenant = $1"
                                  " AND n5 IS NOT NULL"),
              0);
    hamlet_close(&h);
}

/* Slices of a parcel, each with its dates and owner. */
static enum err_code put_slice(struct hamlet *h, int64_t *id, int64_t from, int64_t to,
                               struct str json)
{
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(h, "parcel"),
                                 .value = hamlet_json(json),
                                 .id = *id,
                                 .valid_from = from,
                                 .valid_to = to};
    enum err_code code = hamlet_do(h, &draft);

    *id = draft.id;
    return code;
}

static void only_slices_that_refer_are_cleared(void)
{
    struct hamlet h;
    struct record *slices;
    int64_t parcel = 0;
    size_t count;

    hamlet_open(&h);
    int64_t ivan = hamlet_make(&h, "person", STR("{\"name\":\"Иван\"}"));
    int64_t anna = hamlet_make(&h, "person", STR("{\"name\":\"Анна\"}"));
    CHECK_INT(put_slice(&h, &parcel, 0, 100, ref_json("owner", ivan)), ERR_NONE);
    CHECK_INT(put_slice(&h, &parcel, 100, RECORD_FOREVER, ref_json("owner", anna)), ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "person", hamlet_get(&h, "person", ivan)), ERR_NONE);
    slices = hamlet_slices(&h, "parcel", parcel, &count);
    CHECK_INT((int64_t)count, 2);
    CHECK_STR(slices[0].body, STR("{}"));
    CHECK_STR(slices[1].body, ref_json("owner", anna));
    hamlet_close(&h);
}

/* The pack has grown stricter since the record was written. */
static void clearing_does_not_judge_what_else_stands_in_the_record(void)
{
    static const struct pack_file STRICTER = {STR_INIT("registers/house.json"),
                                              STR_INIT(HAMLET_HOUSE(",\"required\":[\"year\"]"))};
    struct hamlet h;

    hamlet_open(&h);
    int64_t person = hamlet_make(&h, "person", STR("{\"name\":\"Иван\"}"));
    int64_t house = hamlet_make(&h, "house", ref_json("keeper", person));
    hamlet_write_pack(&h, "1.1.0", &STRICTER);
    hamlet_install(&h);
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", house), STR("{}")), ERR_INPUT);
    CHECK_INT(hamlet_delete(&h, "person", hamlet_get(&h, "person", person)), ERR_NONE);
    CHECK_STR(hamlet_get(&h, "house", house)->body, STR("{}"));
    hamlet_close(&h);
}

static void slices_do_not_overlap(void)
{
    struct hamlet h;
    int64_t id = 0;
    struct record *slices;
    size_t count;

    hamlet_open(&h);
    CHECK_INT(put_slice(&h, &id, 100, 200, STR("{\"code\":\"P\"}")), ERR_NONE);
    CHECK_INT(put_slice(&h, &id, 200, RECORD_FOREVER, STR("{\"code\":\"P\"}")), ERR_NONE);
    CHECK_INT(put_slice(&h, &id, 0, 101, STR("{\"code\":\"P\"}")), ERR_CONFLICT);
    CHECK_INT(put_slice(&h, &id, 150, 160, STR("{\"code\":\"P\"}")), ERR_CONFLICT);
    CHECK_INT(put_slice(&h, &id, 199, 300, STR("{\"code\":\"P\"}")), ERR_CONFLICT);
    CHECK_INT(put_slice(&h, &id, 100, 100, STR("{\"code\":\"P\"}")), ERR_INPUT);
    CHECK_INT(put_slice(&h, &id, 0, 100, STR("{\"code\":\"P\"}")), ERR_NONE);
    CHECK_INT(total_of(&h, "parcel"), 1);
    slices = hamlet_slices(&h, "parcel", id, &count);
    CHECK_INT((int64_t)count, 3);
    struct record_draft wider = {.act = RECORD_CHANGE,
                                 .type = hamlet_type(&h, "parcel"),
                                 .value = hamlet_json(STR("{\"code\":\"P\"}")),
                                 .valid_from = 100,
                                 .valid_to = 201,
                                 .old = &slices[1]};
    CHECK_INT(hamlet_do(&h, &wider), ERR_CONFLICT);
    wider.valid_from = 150;
    wider.valid_to = 190;
    CHECK_INT(hamlet_do(&h, &wider), ERR_NONE);
    slices = hamlet_slices(&h, "parcel", id, &count);
    CHECK_INT(slices[1].valid_from, 150);
    CHECK_INT(slices[1].valid_to, 190);
    for (size_t i = 0; i < 3; i++)
        CHECK_INT(hamlet_delete(&h, "parcel", &slices[i]), ERR_NONE);
    CHECK_INT(total_of(&h, "parcel"), 0);
    hamlet_close(&h);
}

/* Words common to two slices stay when one of them goes. */
static void words_of_all_slices_find_the_record(void)
{
    struct hamlet h;
    int64_t id = 0;
    struct record *slices;
    size_t count;

    hamlet_open(&h);
    CHECK_INT(put_slice(&h, &id, 0, 100, STR("{\"name\":\"Заречье\",\"use\":\"пашня\"}")),
              ERR_NONE);
    CHECK_INT(put_slice(&h, &id, 100, RECORD_FOREVER,
                        STR("{\"name\":\"Заречье Новое\",\"use\":\"пашня\"}")),
              ERR_NONE);
    CHECK_STR(hamlet_find(&h, "parcel", "заречье пашня"), STR("Заречье Новое"));
    CHECK_STR(hamlet_find(&h, "parcel", "новое"), STR("Заречье Новое"));
    slices = hamlet_slices(&h, "parcel", id, &count);
    CHECK_INT(hamlet_delete(&h, "parcel", &slices[0]), ERR_NONE);
    CHECK_STR(hamlet_find(&h, "parcel", "заречье пашня"), STR("Заречье Новое"));
    CHECK_INT(hamlet_change(&h, "parcel", &slices[1], STR("{\"name\":\"Выгон\"}")), ERR_NONE);
    CHECK_STR(hamlet_find(&h, "parcel", "заречье"), STR(""));
    CHECK_STR(hamlet_find(&h, "parcel", "пашня"), STR(""));
    CHECK_STR(hamlet_find(&h, "parcel", "выгон"), STR("Выгон"));
    hamlet_close(&h);
}

static void search_follows_changes_and_deletions(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = hamlet_make(
        &h, "house",
        STR("{\"number\":\"12а\",\"note\":\"зелёная крыша\",\"tags\":[\"школа\",\"угол\"],"
            "\"pin\":\"тайна\"}"));
    CHECK_STR(hamlet_find(&h, "house", "12а"), STR(", 12а"));
    CHECK_STR(hamlet_find(&h, "house", "крыши"), STR(", 12а"));
    CHECK_STR(hamlet_find(&h, "house", "угол"), STR(", 12а"));
    CHECK_STR(hamlet_find(&h, "house", "тайна"), STR("")); /* secret: never in the index */
    CHECK_STR(hamlet_find(&h, "street", "крыши"), STR(""));
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", id),
                            STR("{\"number\":\"14\",\"tags\":[\"угол\"]}")),
              ERR_NONE);
    CHECK_STR(hamlet_find(&h, "house", "крыши"), STR(""));
    CHECK_STR(hamlet_find(&h, "house", "школа"), STR(""));
    CHECK_STR(hamlet_find(&h, "house", "угол"), STR(", 14"));
    CHECK_INT(hamlet_delete(&h, "house", hamlet_get(&h, "house", id)), ERR_NONE);
    CHECK_STR(hamlet_find(&h, "house", "угол"), STR(""));
    hamlet_close(&h);
}

#define POINT(x, y) "{\"place\":{\"type\":\"Point\",\"coordinates\":[" x "," y "]}}"

static void map_counts_follow_creations_moves_and_deletions(void)
{
    struct hamlet h;

    hamlet_open(&h);
    check_cells(&h, 0, 0);
    int64_t id = hamlet_make(&h, "house", STR(POINT("37", "55")));
    int64_t other = hamlet_make(&h, "house", STR(POINT("38.5", "55")));
    check_cells(&h, 2, 755000000);
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", id), STR(POINT("39", "56"))),
              ERR_NONE);
    check_cells(&h, 2, 775000000);
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", id), STR("{\"year\":1}")),
              ERR_NONE);
    check_cells(&h, 1, 385000000);
    CHECK_INT(hamlet_change(&h, "house", hamlet_get(&h, "house", id), STR(POINT("1", "2"))),
              ERR_NONE);
    check_cells(&h, 2, 395000000);
    CHECK_INT(hamlet_delete(&h, "house", hamlet_get(&h, "house", id)), ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "house", hamlet_get(&h, "house", other)), ERR_NONE);
    check_cells(&h, 0, 0);
    hamlet_close(&h);
}

static void totals_follow_creations_and_deletions(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t first = make_street(&h, "Мира");
    make_street(&h, "Труда");
    CHECK_INT(total_of(&h, "street"), 2);
    CHECK_INT(
        hamlet_change(&h, "street", hamlet_get(&h, "street", first), STR("{\"name\":\"Света\"}")),
        ERR_NONE);
    CHECK_INT(total_of(&h, "street"), 2);
    CHECK_INT(hamlet_delete(&h, "street", hamlet_get(&h, "street", first)), ERR_NONE);
    CHECK_INT(total_of(&h, "street"), 1);
    hamlet_close(&h);
}

static void id_that_is_taken_is_refused(void)
{
    struct hamlet h;
    struct record_draft draft = {.act = RECORD_CREATE};

    hamlet_open(&h);
    draft.id = make_street(&h, "Мира");
    draft.type = hamlet_type(&h, "street");
    draft.value = hamlet_json(STR("{\"name\":\"Труда\"}"));
    CHECK_INT(hamlet_do(&h, &draft), ERR_CONFLICT);
    CHECK_INT(total_of(&h, "street"), 1);
    CHECK_STR(hamlet_find(&h, "street", "труда"), STR(""));
    hamlet_close(&h);
}

static bool put_file(struct tx *tx, void *data, struct err *err)
{
    const struct record *record = data;

    return store_exec(tx,
                      "INSERT INTO attachment (tenant, id, register, record, field, name, type,"
                      " size, digest, access, at, actor)"
                      " VALUES ($1, 1, $2, $3, '', 'a.pdf', 'application/pdf', 1, 'd',"
                      " 'internal', 0, 0)",
                      ARGS(INT(tx->tenant), INT(record->no), INT(record->id)), err);
}

static void files_leave_the_lists_with_their_record(void)
{
    struct hamlet h;
    struct record *record;
    struct err err;

    hamlet_open(&h);
    record = hamlet_get(&h, "street", make_street(&h, "Мира"));
    CHECK_OK(tenant_write_wait(h.town.tenant, put_file, record, &err), &err);
    CHECK_INT(hamlet_delete(&h, "street", record), ERR_NONE);
    CHECK_INT(town_count(&h.town, "SELECT removed_at FROM attachment WHERE tenant = $1"),
              HAMLET_NOW);
    hamlet_close(&h);
}

static void journal_and_bodies_hold(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    unsigned char key[SECRET_PUBLIC_SIZE] = {0};
    struct journal_report report = {0};
    struct hamlet h;
    struct err err;

    hamlet_open(&h);
    int64_t id = make_street(&h, "Мира");
    CHECK_INT(
        hamlet_change(&h, "street", hamlet_get(&h, "street", id), STR("{\"name\":\"Света\"}")),
        ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "street", hamlet_get(&h, "street", id)), ERR_NONE);
    CHECK_OK(tx_read(&tx, h.town.tenant, &err), &err);
    CHECK_OK(journal_verify(&tx, check_arena(), key, &report, &err), &err);
    CHECK_OK(journal_verify_bodies(&tx, check_arena(), &report, &err), &err);
    CHECK_INT(report.bad, 0);
    CHECK_INT(report.bodies, 2);
    tx_done(&tx);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(version_is_the_entry_that_wrote_it_and_history_ends_with_the_next),
    CHECK_TEST(change_of_an_outdated_version_is_refused),
    CHECK_TEST(same_value_on_an_outdated_version_is_refused_too),
    CHECK_TEST(natural_key_belongs_to_one_record),
    CHECK_TEST(reference_needs_a_record),
    CHECK_TEST(record_that_is_referred_to_stays),
    CHECK_TEST(record_that_refers_to_itself_can_be_deleted),
    CHECK_TEST(references_that_may_go_are_cleared_with_history),
    CHECK_TEST(only_slices_that_refer_are_cleared),
    CHECK_TEST(clearing_does_not_judge_what_else_stands_in_the_record),
    CHECK_TEST(slices_do_not_overlap),
    CHECK_TEST(words_of_all_slices_find_the_record),
    CHECK_TEST(search_follows_changes_and_deletions),
    CHECK_TEST(map_counts_follow_creations_moves_and_deletions),
    CHECK_TEST(totals_follow_creations_and_deletions),
    CHECK_TEST(id_that_is_taken_is_refused),
    CHECK_TEST(files_leave_the_lists_with_their_record),
    CHECK_TEST(journal_and_bodies_hold),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
