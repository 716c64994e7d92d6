#include "auth/contact.h"

#include "auth/journal.h"
#include "town.h"

#define NOW INT64_C(1772438400000)

struct desk {
    struct town town;
    int64_t account;
    int64_t now;
    enum contact_way way;
    struct str address, code;
    struct contact_answer answer;
    struct contact contact;
    struct err err;
};

static bool run_create(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;
    struct account account = {
        .login = STR("ivanova"), .name = STR("Иванова"), .state = STR("active")};

    return account_create(tx, &account, STR("x"), (struct account_by){0, NOW}, &desk->account, err);
}

static bool run_set(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return contact_set(tx, desk->account, desk->way, desk->address,
                       (struct account_by){desk->account, desk->now}, err);
}

static bool run_ask(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    struct contact_asked asked = {desk->account, desk->way, {0}};
    bool ok = contact_ask(tx, check_arena(), &asked, desk->now, err);

    desk->code = asked.code;
    return ok;
}

static bool run_confirm(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return contact_confirm(tx, &desk->answer, (struct account_by){desk->account, desk->now}, err);
}

static bool run_wish(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return contact_wish(tx, &desk->contact, (struct account_by){desk->account, desk->now}, err);
}

static bool run_remove(struct tx *tx, void *data, struct err *err)
{
    struct desk *desk = data;

    return account_remove(tx, desk->account, (struct account_by){0, desk->now}, err);
}

static bool put(struct desk *desk, store_run *run)
{
    desk->err = (struct err){0};
    return tenant_write_wait(desk->town.tenant, run, desk, &desk->err);
}

static void open_desk(struct desk *desk)
{
    *desk = (struct desk){.now = NOW, .way = CONTACT_EMAIL, .address = STR("ivanova@example.ru")};
    town_open(&desk->town, NULL, 0);
    CHECK_OK(put(desk, run_create), &desk->err);
}

static struct contact get(struct desk *desk)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct contact contact;

    CHECK_OK(tx_read(&tx, desk->town.tenant, &desk->err), &desk->err);
    CHECK_OK(contact_get(&tx, check_arena(), desk->account, desk->now, &contact, &desk->err),
             &desk->err);
    return contact;
}

static bool confirm(struct desk *desk, struct str code)
{
    desk->answer =
        (struct contact_answer){.account = desk->account, .way = desk->way, .code = code};
    CHECK_OK(put(desk, run_confirm), &desk->err);
    return desk->answer.is_right;
}

/* Another one than that, of as many digits. */
static struct str wrong(struct str code)
{
    struct str other = str_copy(check_arena(), code);

    ((char *)other.ptr)[0] = code.ptr[0] == '0' ? '1' : '0';
    return other;
}

static void who_said_nothing_has_the_default(void)
{
    struct desk desk;

    open_desk(&desk);
    struct contact contact = get(&desk);
    CHECK_STR(contact.language, STR("ru"));
    CHECK_INT(contact.ways[CONTACT_PAGE].kinds, CONTACT_ALL);
    CHECK_INT(contact.ways[CONTACT_EMAIL].kinds, CONTACT_ALL);
    CHECK_INT(contact.ways[CONTACT_SMS].kinds, 0);
    CHECK(contact.ways[CONTACT_EMAIL].address.len == 0);
    town_close(&desk.town);
}

static void right_code_confirms_the_address_and_the_account(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    CHECK_INT((int64_t)desk.code.len, CONTACT_CODE_DIGITS);
    CHECK(get(&desk).ways[CONTACT_EMAIL].is_awaited);
    CHECK(confirm(&desk, str_printf(check_arena(), " %.*s ", STR_ARG(desk.code))));
    CHECK_INT(get(&desk).ways[CONTACT_EMAIL].confirmed_at, NOW);
    CHECK_INT(town_count(&desk.town, "SELECT level FROM account WHERE tenant = $1"),
              ACCOUNT_CONFIRMED);
    CHECK(!confirm(&desk, desk.code)); /* it was for once */
    town_close(&desk.town);
}

static void code_is_void_after_five_wrong_tries(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    for (int i = 1; i <= CONTACT_CODE_TRIES; i++) {
        CHECK(!confirm(&desk, wrong(desk.code)));
        CHECK(desk.answer.is_over == (i == CONTACT_CODE_TRIES));
    }
    CHECK(!confirm(&desk, desk.code));
    CHECK(desk.answer.is_over);
    town_close(&desk.town);
}

static void code_is_void_after_half_an_hour(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    desk.now += CONTACT_CODE_MS;
    CHECK(!confirm(&desk, desk.code));
    CHECK(desk.answer.is_over && !get(&desk).ways[CONTACT_EMAIL].is_awaited);
    town_close(&desk.town);
}

static void code_of_one_way_is_none_of_the_other(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    struct str code = desk.code;
    desk.way = CONTACT_SMS;
    desk.address = STR("+79131234567");
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    if (!str_equal(code, desk.code))
        CHECK(!confirm(&desk, code));
    CHECK(confirm(&desk, desk.code));
    CHECK_INT(get(&desk).ways[CONTACT_EMAIL].confirmed_at, 0);
    town_close(&desk.town);
}

static void codes_go_out_a_minute_apart(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK(!put(&desk, run_ask) && desk.err.code == ERR_ABSENT);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    CHECK(!put(&desk, run_ask) && desk.err.code == ERR_LIMIT);
    desk.now += CONTACT_CODE_REST_MS;
    CHECK_OK(put(&desk, run_ask), &desk.err);
    town_close(&desk.town);
}

static void another_address_is_not_confirmed(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    CHECK(confirm(&desk, desk.code));
    CHECK_OK(put(&desk, run_set), &desk.err); /* the same one stays so */
    CHECK_INT(get(&desk).ways[CONTACT_EMAIL].confirmed_at, NOW);
    desk.address = STR("other@example.ru");
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_INT(get(&desk).ways[CONTACT_EMAIL].confirmed_at, 0);
    town_close(&desk.town);
}

static void wishes_are_kept_beside_the_address(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    desk.contact = get(&desk);
    desk.contact.language = STR("ky");
    desk.contact.ways[CONTACT_SMS].kinds = CONTACT_CASE;
    desk.contact.ways[CONTACT_EMAIL].kinds = 0;
    CHECK_OK(put(&desk, run_wish), &desk.err);
    struct contact contact = get(&desk);
    CHECK_STR(contact.language, STR("ky"));
    CHECK_INT(contact.ways[CONTACT_SMS].kinds, CONTACT_CASE);
    CHECK_INT(contact.ways[CONTACT_EMAIL].kinds, 0);
    CHECK_STR(contact.ways[CONTACT_EMAIL].address, STR("ivanova@example.ru"));
    town_close(&desk.town);
}

/* The journal is for ever: no address, no code. */
static void journal_holds_no_address(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_ask), &desk.err);
    CHECK(confirm(&desk, desk.code));
    CHECK_INT(town_count(&desk.town, "SELECT count(*) FROM journal WHERE tenant = $1"
                                     " AND action = 'account.contact'"),
              2);
    CHECK_INT(town_count(&desk.town, "SELECT count(*) FROM journal WHERE tenant = $1"
                                     " AND detail LIKE '%example%'"),
              0);
    town_close(&desk.town);
}

static void contacts_go_with_the_account(void)
{
    struct desk desk;

    open_desk(&desk);
    CHECK_OK(put(&desk, run_set), &desk.err);
    CHECK_OK(put(&desk, run_remove), &desk.err);
    CHECK_INT(town_count(&desk.town, "SELECT count(*) FROM contact WHERE tenant = $1"), 0);
    town_close(&desk.town);
}

static bool is_email(const char *text)
{
    struct err err;

    return contact_check_email(str_from_z(text), &err);
}

static void addresses_are_what_can_be_written_to(void)
{
    CHECK(is_email("ivanova@example.ru"));
    CHECK(is_email("i.van+town@mail.xn--80a.xn--p1ai"));
    CHECK(!is_email(""));
    CHECK(!is_email("ivanova"));
    CHECK(!is_email("@example.ru"));
    CHECK(!is_email("ivanova@"));
    CHECK(!is_email("ivanova@example"));
    CHECK(!is_email("ivanova@example."));
    CHECK(!is_email("ivanova@.ru"));
    CHECK(!is_email("ivanova@a..ru"));
    CHECK(!is_email("ivanova@-a.ru"));
    CHECK(!is_email("iva nova@example.ru"));
    CHECK(!is_email("a@b@example.ru"));
    CHECK(!is_email("иванова@example.ru"));
    CHECK(!is_email("ivanova@example.ru\r\nRCPT TO:<x@example.ru>"));
    CHECK(!is_email("\"a\"@example.ru"));
    CHECK(!is_email("a>,<b@example.ru"));
    CHECK(!is_email(".a@example.ru"));
    CHECK(!is_email("a..b@example.ru"));
}

static struct str phone_of(const char *text)
{
    struct str phone = {0};
    struct err err;

    return contact_parse_phone(check_arena(), str_from_z(text), &phone, &err) ? phone : STR("no");
}

static void telephones_are_read_as_people_write_them(void)
{
    CHECK_STR(phone_of("+7 913 123-45-67"), STR("+79131234567"));
    CHECK_STR(phone_of("8 (913) 123-45-67"), STR("+79131234567"));
    CHECK_STR(phone_of("9131234567"), STR("+79131234567"));
    CHECK_STR(phone_of("0555 123 456"), STR("+996555123456"));
    CHECK_STR(phone_of("+996 555 123456"), STR("+996555123456"));
    CHECK_STR(phone_of("112"), STR("no"));
    CHECK_STR(phone_of("+7 913 123-45-67 доб. 5"), STR("no"));
    CHECK_STR(phone_of("+12345678901234567"), STR("no"));
    CHECK_STR(phone_of("+0131234567"), STR("no"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(who_said_nothing_has_the_default),
    CHECK_TEST(right_code_confirms_the_address_and_the_account),
    CHECK_TEST(code_is_void_after_five_wrong_tries),
    CHECK_TEST(code_is_void_after_half_an_hour),
    CHECK_TEST(code_of_one_way_is_none_of_the_other),
    CHECK_TEST(codes_go_out_a_minute_apart),
    CHECK_TEST(another_address_is_not_confirmed),
    CHECK_TEST(wishes_are_kept_beside_the_address),
    CHECK_TEST(journal_holds_no_address),
    CHECK_TEST(contacts_go_with_the_account),
    CHECK_TEST(addresses_are_what_can_be_written_to),
    CHECK_TEST(telephones_are_read_as_people_write_them),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
