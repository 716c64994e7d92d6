/* All charges of a municipality: by state, by days, a range of numbers at a time, added up. */
#include "service/charge_sheet.h"

#include "core/time.h"
#include "hamlet.h"

enum {
    FAR = CHARGE_SHEET_SPAN * 2 + 5
}; /* a number that one look does not reach from the first */

struct one {
    int64_t n, day, kop;
    const char *state, *document;
    int64_t service_case;
};

/* Cases 1 and 2 are of two services. */
static const struct one ONES[] = {
    {1, 0, 100, "paid", "п/п 1", 1},    {2, 0, 200, "unpaid", "", 2},
    {3, 10, 300, "withdrawn", "", 1},   {4, 20, 400, "withdrawn", "п/п 4", 1},
    {FAR, 30, 500, "paid", "п/п 5", 2},
};

static bool run_plant(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    for (int64_t id = 1; id <= 2; id++) {
        struct service_case of = {.id = id,
                                  .no = 3,
                                  .service = id == 1 ? STR("p.one") : STR("p.other"),
                                  .registered_at = HAMLET_NOW};

        if (!service_case_open(tx, check_arena(), 2026, &of, err))
            return false;
    }
    for (size_t i = 0; i < ARRAY_LEN(ONES); i++)
        if (!store_exec(tx,
                        "INSERT INTO charge (tenant, n, service_case, flow, wait, kop, purpose,"
                        " cbc, oktmo, uin, state, made_at, document, paid_on, ended_at, ended_by)"
                        " VALUES ($1, $2, $3, 1, 1, $4, 'x', '', '', '', $5, $6, $7, 0, 0, 0)",
                        ARGS(INT(tx->tenant), INT(ONES[i].n), INT(ONES[i].service_case),
                             INT(ONES[i].kop), TEXT(str_from_z(ONES[i].state)),
                             INT(HAMLET_NOW + ONES[i].day * (int64_t)TIME_DAY_MS),
                             TEXT(str_from_z(ONES[i].document))),
                        err))
            return false;
    return true;
}

static void plant(struct hamlet *hamlet)
{
    struct err err = {0};

    hamlet_open(hamlet);
    CHECK_OK(tenant_write_wait(hamlet->town.tenant, run_plant, NULL, &err), &err);
}

static struct charge_sheet_page list(struct hamlet *hamlet, const struct charge_sheet_ask *ask)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct charge_sheet_page page = {0};
    struct err err = {0};

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(charge_sheet_list(&tx, check_arena(), ask, &page, &err), &err);
    return page;
}

/* Numbers of all looks together: "4 3 ". */
static struct str numbers(struct hamlet *hamlet, struct charge_sheet_ask ask)
{
    struct buf text = {.arena = check_arena()};
    struct charge_sheet_page page;
    int looks = 0;

    do {
        page = list(hamlet, &ask);
        for (size_t i = 0; i < page.count; i++)
            buf_printf(&text, "%lld ", (long long)page.items[i].charge.n);
        ask.before = page.next;
    } while (page.next != 0 && ++looks < 10);
    CHECK_INT(page.next, 0);
    return buf_str(&text);
}

static void charges_are_listed_by_state_the_latest_first(void)
{
    struct hamlet hamlet;
    struct charge_sheet_page page;

    plant(&hamlet);
    page = list(&hamlet, &(struct charge_sheet_ask){.limit = 10});
    CHECK_INT((int64_t)page.count, 1);
    CHECK_INT(page.items[0].charge.kop, 500);
    CHECK_STR(page.items[0].service, STR("p.other"));
    CHECK_STR(page.items[0].number, STR("2026-2"));
    CHECK_STR(numbers(&hamlet, (struct charge_sheet_ask){.limit = 10}),
              str_printf(check_arena(), "%d 4 3 2 1 ", FAR));
    CHECK_STR(numbers(&hamlet, (struct charge_sheet_ask){.limit = 1}),
              str_printf(check_arena(), "%d 4 3 2 1 ", FAR));
    CHECK_STR(numbers(&hamlet, (struct charge_sheet_ask){.state = STR("unpaid"), .limit = 10}),
              STR("2 "));
    CHECK_STR(numbers(&hamlet, (struct charge_sheet_ask){.is_to_return = true, .limit = 10}),
              STR("4 "));
    hamlet_close(&hamlet);
}

static void days_are_a_range_of_numbers(void)
{
    const int64_t day = TIME_DAY_MS;
    struct hamlet hamlet;

    plant(&hamlet);
    CHECK_STR(numbers(&hamlet, (struct charge_sheet_ask){.from_at = HAMLET_NOW + 10 * day,
                                                         .until_at = HAMLET_NOW + 30 * day,
                                                         .limit = 10}),
              STR("4 3 "));
    CHECK_STR(numbers(&hamlet, (struct charge_sheet_ask){.until_at = HAMLET_NOW + 1, .limit = 10}),
              STR("2 1 "));
    CHECK_STR(
        numbers(&hamlet, (struct charge_sheet_ask){.from_at = HAMLET_NOW + 31 * day, .limit = 10}),
        STR(""));
    hamlet_close(&hamlet);
}

static struct charge_sheet_sums sums_of(struct hamlet *hamlet, const struct charge_sheet_ask *ask)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct charge_sheet_sums sums = {0};
    struct err err = {0};

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(charge_sheet_sum(&tx, check_arena(), ask, &sums, &err), &err);
    return sums;
}

static void charges_are_added_up_by_service(void)
{
    struct hamlet hamlet;
    struct charge_sheet_sums sums;

    plant(&hamlet);
    /* Said when not all of them were looked through. */
    sums = sums_of(&hamlet, &(struct charge_sheet_ask){.limit = 1});
    CHECK(sums.is_cut);
    CHECK_INT((int64_t)sums.count, 1);
    sums = sums_of(&hamlet, &(struct charge_sheet_ask){
                                .until_at = HAMLET_NOW + 25 * (int64_t)TIME_DAY_MS, .limit = 1});
    CHECK_INT((int64_t)sums.count, 2);
    CHECK_STR(sums.items[0].service, STR("p.one"));
    CHECK_INT(sums.items[0].count, 3);
    CHECK_INT(sums.items[0].kop, 800);
    CHECK_INT(sums.items[1].kop, 200);
    hamlet_close(&hamlet);
}

static void municipality_without_charges_has_none(void)
{
    struct hamlet hamlet;

    hamlet_open(&hamlet);
    CHECK_INT((int64_t)list(&hamlet, &(struct charge_sheet_ask){.limit = 10}).count, 0);
    CHECK_INT((int64_t)sums_of(&hamlet, &(struct charge_sheet_ask){.from_at = 1}).count, 0);
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(charges_are_listed_by_state_the_latest_first),
    CHECK_TEST(days_are_a_range_of_numbers),
    CHECK_TEST(charges_are_added_up_by_service),
    CHECK_TEST(municipality_without_charges_has_none),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
