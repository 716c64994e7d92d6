/* Charges: numbers and УИН, how they are found, paid once, withdrawn. */
#include "service/charge.h"

#include "core/uin.h"
#include "hamlet.h"

struct writing {
    struct charge charge;
    struct service_case one;
    struct str head;
    bool was_taken;
};

static bool run_open(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return service_case_open(tx, check_arena(), 2026, &writing->one, err);
}

static bool run_make(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;
    struct service_case_event event = {.at = HAMLET_NOW, .kind = SERVICE_CASE_CHARGED};

    if (!charge_make(tx, check_arena(), writing->head, &writing->charge, err))
        return false;
    event.body = charge_event_print(check_arena(), &writing->charge);
    return service_case_add_event(tx, &writing->one, &event, err);
}

static bool run_pay(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return charge_pay(tx, &writing->charge, &writing->was_taken, err);
}

static bool run_withdraw(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return charge_withdraw(tx, check_arena(), &writing->one, 5, HAMLET_NOW + 1, err);
}

static bool run_erase(struct tx *tx, void *data, struct err *err)
{
    return charge_erase(tx, check_arena(), ((struct writing *)data)->one.id, err);
}

static enum err_code write_it(struct hamlet *hamlet, store_run *run, struct writing *writing)
{
    struct err err = {0};

    return tenant_write_wait(hamlet->town.tenant, run, writing, &err) ? ERR_NONE : err.code;
}

static struct writing new_charge(struct hamlet *hamlet, int64_t id, const char *head)
{
    struct writing writing = {
        .one = {.id = id, .no = 3, .service = STR("p.order"), .registered_at = HAMLET_NOW},
        .charge = {.service_case = id,
                   .flow = 9,
                   .wait = 4,
                   .kop = 5400050,
                   .purpose = STR("Плата"),
                   .cbc = STR("00011705040040000180"),
                   .made_at = HAMLET_NOW},
        .head = str_from_z(head)};

    CHECK_INT(write_it(hamlet, run_open, &writing), ERR_NONE);
    return writing;
}

static enum err_code find(struct hamlet *hamlet, struct str text, struct charge *charge)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct err err = {0};

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    return charge_find(&tx, check_arena(), text, charge, &err) ? ERR_NONE : err.code;
}

static size_t count_of(struct hamlet *hamlet, int64_t id, struct charge **charges)
{
    CLEANUP(tx_done) struct tx tx = {0};
    size_t count;
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(charge_list(&tx, check_arena(), id, charges, &count, &err), &err);
    return count;
}

static void charge_is_found_by_its_number_and_its_uin(void)
{
    struct hamlet hamlet;
    struct charge found;

    hamlet_open(&hamlet);
    struct writing one = new_charge(&hamlet, 1, "188"), two = new_charge(&hamlet, 2, "03554310");
    CHECK_INT(write_it(&hamlet, run_make, &one), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_make, &two), ERR_NONE);
    CHECK_INT((int64_t)one.charge.uin.len, UIN_SHORT);
    CHECK_INT((int64_t)two.charge.uin.len, UIN_LONG);
    CHECK(uin_is_valid(one.charge.uin) && uin_is_valid(two.charge.uin));
    CHECK_INT(find(&hamlet, STR("2"), &found), ERR_NONE);
    CHECK_STR(found.uin, two.charge.uin);
    /* The head is another one by now: each УИН is found as it was made. */
    CHECK_INT(find(&hamlet, one.charge.uin, &found), ERR_NONE);
    CHECK_INT(found.n, 1);
    CHECK_INT(found.kop, 5400050);
    CHECK_INT(found.wait, 4);
    CHECK_STR(found.cbc, STR("00011705040040000180"));
    CHECK_INT(find(&hamlet, two.charge.uin, &found), ERR_NONE);
    CHECK_INT(found.n, 2);
    CHECK_INT(find(&hamlet, STR("3"), &found), ERR_ABSENT);
    CHECK_INT(find(&hamlet, STR("0"), &found), ERR_ABSENT);
    CHECK_INT(find(&hamlet, STR("x"), &found), ERR_ABSENT);
    /* A right УИН of somebody else. */
    CHECK_INT(find(&hamlet, STR("03554310000000000000000152"), &found), ERR_ABSENT);
    hamlet_close(&hamlet);
}

static void charge_without_a_head_has_no_uin(void)
{
    struct hamlet hamlet;
    struct charge found;

    hamlet_open(&hamlet);
    struct writing one = new_charge(&hamlet, 1, "");
    CHECK_INT(write_it(&hamlet, run_make, &one), ERR_NONE);
    CHECK_INT(find(&hamlet, STR("1"), &found), ERR_NONE);
    CHECK_STR(found.uin, STR(""));
    /* A head that leaves no room: nothing is charged, and no number is gone. */
    struct writing two = new_charge(&hamlet, 2, "12");
    CHECK_INT(write_it(&hamlet, run_make, &two), ERR_INPUT);
    two.head = STR("188");
    CHECK_INT(write_it(&hamlet, run_make, &two), ERR_NONE);
    CHECK_INT(two.charge.n, 2);
    hamlet_close(&hamlet);
}

static void charge_is_paid_once(void)
{
    struct hamlet hamlet;
    struct charge found;

    hamlet_open(&hamlet);
    struct writing one = new_charge(&hamlet, 1, "188");
    CHECK_INT(write_it(&hamlet, run_make, &one), ERR_NONE);
    one.charge.document = STR("п/п 17");
    one.charge.paid_on = HAMLET_DAY;
    one.charge.ended_at = HAMLET_NOW;
    one.charge.ended_by = 5;
    CHECK_INT(write_it(&hamlet, run_pay, &one), ERR_NONE);
    CHECK(one.was_taken);
    one.charge.document = STR("п/п 18");
    CHECK_INT(write_it(&hamlet, run_pay, &one), ERR_NONE);
    CHECK(!one.was_taken);
    CHECK_INT(write_it(&hamlet, run_withdraw, &one), ERR_NONE);
    CHECK_INT(find(&hamlet, STR("1"), &found), ERR_NONE);
    CHECK_INT(found.state, CHARGE_PAID);
    CHECK_STR(found.document, STR("п/п 17"));
    CHECK_INT(found.paid_on, HAMLET_DAY);
    CHECK_INT(found.ended_by, 5);
    hamlet_close(&hamlet);
}

static void what_comes_for_a_withdrawn_charge_is_kept_with_it(void)
{
    struct hamlet hamlet;
    struct charge *charges;

    hamlet_open(&hamlet);
    struct writing one = new_charge(&hamlet, 1, "188");
    CHECK_INT(write_it(&hamlet, run_make, &one), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_withdraw, &one), ERR_NONE);
    CHECK_INT((int64_t)count_of(&hamlet, 1, &charges), 1);
    CHECK_INT(charges[0].state, CHARGE_WITHDRAWN);
    CHECK_INT(charges[0].ended_at, HAMLET_NOW + 1);
    one.charge.document = STR("п/п 17");
    CHECK_INT(write_it(&hamlet, run_pay, &one), ERR_NONE);
    CHECK(one.was_taken);
    (void)count_of(&hamlet, 1, &charges);
    CHECK_INT(charges[0].state, CHARGE_WITHDRAWN);
    CHECK_STR(charges[0].document, STR("п/п 17"));
    hamlet_close(&hamlet);
}

static void erasing_leaves_the_sum(void)
{
    struct hamlet hamlet;
    struct charge *charges;

    hamlet_open(&hamlet);
    struct writing one = new_charge(&hamlet, 1, "188"), other = new_charge(&hamlet, 2, "188");
    CHECK_INT(write_it(&hamlet, run_make, &one), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_make, &other), ERR_NONE);
    CHECK_INT(write_it(&hamlet, run_erase, &one), ERR_NONE);
    CHECK_INT((int64_t)count_of(&hamlet, 1, &charges), 1);
    CHECK_STR(charges[0].purpose, STR(""));
    CHECK_INT(charges[0].kop, 5400050);
    (void)count_of(&hamlet, 2, &charges);
    CHECK_STR(charges[0].purpose, STR("Плата"));
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(charge_is_found_by_its_number_and_its_uin),
    CHECK_TEST(charge_without_a_head_has_no_uin),
    CHECK_TEST(charge_is_paid_once),
    CHECK_TEST(what_comes_for_a_withdrawn_charge_is_kept_with_it),
    CHECK_TEST(erasing_leaves_the_sum),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
