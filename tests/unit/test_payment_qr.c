#include "document/payment_qr.h"

#include "check.h"
#include "document/qr.h"

static struct payment_qr usual(void)
{
    return (struct payment_qr){
        .payee = STR("УФК по Новосибирской области (Администрация города Заречья)"),
        .account = STR("03100643000000015100"),
        .bank = STR("СИБИРСКОЕ ГУ БАНКА РОССИИ"),
        .bik = STR("015004950"),
        .bank_account = STR("40102810445370000043"),
    };
}

static struct str print(const struct payment_qr *payment, struct err *err)
{
    struct buf buf = {.arena = check_arena()};

    *err = (struct err){0};
    return payment_qr_print(&buf, payment, err) ? buf_str(&buf) : (struct str){0};
}

static void five_come_first_in_their_order(void)
{
    struct payment_qr payment = usual();
    struct err err;

    CHECK_STR(print(&payment, &err),
              STR("ST00012|Name=УФК по Новосибирской области (Администрация города Заречья)"
                  "|PersonalAcc=03100643000000015100|BankName=СИБИРСКОЕ ГУ БАНКА РОССИИ"
                  "|BIC=015004950|CorrespAcc=40102810445370000043"));
    payment.bank_account = (struct str){0};
    CHECK(str_ends(print(&payment, &err), STR("|CorrespAcc=0")));
}

static void sum_is_in_kopecks(void)
{
    struct payment_qr payment = usual();
    struct err err;
    struct str text;

    payment.sum_kop = 150050;
    payment.purpose = STR("Восстановительная стоимость, дело 7");
    payment.inn = STR("7707083893");
    payment.kpp = STR("540601001");
    payment.cbc = STR("32111502020020000140");
    payment.oktmo = STR("50701000");
    text = print(&payment, &err);
    CHECK(str_ends(text, STR("|Sum=150050|Purpose=Восстановительная стоимость, дело 7"
                             "|PayeeINN=7707083893|KPP=540601001|CBC=32111502020020000140"
                             "|OKTMO=50701000")));
}

/* 5.2.2: where the separator stands in a value, another one is taken. */
static void separator_is_one_that_no_value_has(void)
{
    struct payment_qr payment = usual();
    struct err err;

    payment.purpose = STR("Плата | штраф");
    CHECK(str_starts(print(&payment, &err), STR("ST00012~Name=")));
    payment.purpose = STR("|~");
    CHECK(str_starts(print(&payment, &err), STR("ST00012^Name=")));
    payment.purpose = STR("|~^_#$*;");
    CHECK(print(&payment, &err).len == 0);
    CHECK_INT(err.code, ERR_INPUT);
}

static void refused(struct payment_qr payment, const char *word)
{
    struct err err;

    CHECK(print(&payment, &err).len == 0);
    CHECK_INT(err.code, ERR_INPUT);
    if (str_find(str_from_z(err.text), str_from_z(word)) == str_from_z(err.text).len)
        CHECK_STR(str_from_z(err.text), str_from_z(word));
}

static void what_banks_would_refuse_is_refused(void)
{
    struct payment_qr payment = usual();
    struct buf longest = {.arena = check_arena()};

    payment.payee = (struct str){0};
    refused(payment, "Name");
    payment = usual();
    payment.account = STR("0310064300000001510");
    refused(payment, "PersonalAcc");
    payment = usual();
    payment.bik = STR("01500495A");
    refused(payment, "BIC");
    payment = usual();
    payment.purpose = STR("две\nстроки");
    refused(payment, "Purpose");
    payment = usual();
    payment.sum_kop = -1;
    refused(payment, "nothing");
    payment = usual();
    payment.uin = STR("32100000000000000010");
    refused(payment, "УИН");
    payment = usual();
    for (int i = 0; i < 211; i++)
        buf_add(&longest, STR("я"));
    payment.purpose = buf_str(&longest);
    refused(payment, "Purpose");
    payment.purpose = str_slice(payment.purpose, 0, 210 * 2);
    payment.payee = str_slice(buf_str(&longest), 0, 160 * 2);
    CHECK(print(&payment, &(struct err){0}).len > 0);
}

static void payment_can_be_drawn(void)
{
    struct payment_qr payment = usual();
    struct err err = {0};
    struct qr qr;

    payment.purpose = STR("Восстановительная стоимость зелёных насаждений");
    payment.sum_kop = 1;
    CHECK_OK(qr_make(check_arena(), print(&payment, &err), &qr, &err), &err);
    CHECK(qr.width >= 57 && qr.width <= 97);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(five_come_first_in_their_order),
    CHECK_TEST(sum_is_in_kopecks),
    CHECK_TEST(separator_is_one_that_no_value_has),
    CHECK_TEST(what_banks_would_refuse_is_refused),
    CHECK_TEST(payment_can_be_drawn),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
