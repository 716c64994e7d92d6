#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/file.h"
#include "lang/format.h"

/* "name good" fits, "name !bad" does not. */
static const char *const CASES[] = {
    "date 2026-03-09",
    "date !2026-02-29",
    "date !09.03.2026",
    "date !",
    "date-time 2026-03-09T06:00:00Z",
    "date-time 2026-03-09T06:00:00+07:00",
    "date-time !2026-03-09 06",
    "date-time !2026-03-09T06:00:00",
    "time 06:00:00Z",
    "time 06:00:00.5+03:00",
    "time !25:00:00Z",
    "time !06:00",
    "time !0000000000000000000000000000000000000000000000000",
    "email glava@sadovoe.example",
    "email анна@почта.рф",
    "email first.last+tag@a-b.example",
    "email !glava",
    "email !glava@localhost",
    "email !@a.example",
    "email !a..b@a.example",
    "email !a.@a.example",
    "email !a@-a.example",
    "email !a@a.example.",
    "email !a b@a.example",
    "uri https://sadovoe.example/a?b=%20#c",
    "uri tel:+73903121455",
    "uri !sadovoe.example",
    "uri !https:",
    "uri !1http://a",
    "uri !http://a/%2",
    "uri !http://a b",
    "uri !https://почта.рф/",
    "uuid 0193a4f2-0c1e-7d2a-9f00-5b6c7d8e9f01",
    "uuid !0193a4f20c1e7d2a9f005b6c7d8e9f01",
    "uuid !0193a4f2-0c1e-7d2a-9f00-5b6c7d8e9fzz",
    "inn 7707083893",
    "inn 500100732259",
    "inn 1901001234",
    "inn !7707083894",
    "inn !500100732258",
    "inn !500100732269",
    "inn !770708389",
    "inn !77070838931",
    "inn-organization 7707083893",
    "inn-organization !500100732259",
    "inn-person 500100732259",
    "inn-person !7707083893",
    "kpp 770701001",
    "kpp 7707AB001",
    "kpp !7707ab001",
    "kpp !77070100",
    "ogrn 1027700132195",
    "ogrn !1027700132196",
    "ogrn !102770013219",
    "ogrnip 304190112300014",
    "ogrnip !304190112300015",
    "snils 11223344595",
    "snils 00100199800",
    "snils 10001899900", /* the sum is 100 */
    "snils 10001989900", /* the sum is 101 */
    "snils !11223344596",
    "snils !112-233-445 95",
    "snils !1122334459",
    "uin 18800000000000000016",
    "uin 3554310000000000000000013",
    "uin 188AB000000000000001",
    "uin !18800000000000000017",
    "uin !355431000000000000000001A",
    "uin !188000000000000000",
    "oktmo 95701000",
    "oktmo 95701000001",
    "oktmo !9570100",
    "oktmo !957010000",
    "oktmo !9570100A",
    "okato 95",
    "okato 95401000000",
    "okato !954",
    "bik 044525225",
    "bik !44525225",
    "bik !144525225",
    "account 40702810900000000123",
    "account !4070281090000000012",
    "account !4070281090000000012A",
    "cadastral-number 19:01:010101:15",
    "cadastral-number 77:01:0001001:1",
    "cadastral-number !19:01:010101",
    "cadastral-number !19:01:010101:",
    "cadastral-number !19:1:010101:15",
    "cadastral-number !19:01:01010:15",
    "cadastral-number !19:01:010101:15:2",
    "phone +7 (390) 312-14-55",
    "phone 2-14-55",
    "phone !12",
    "phone !2-14-55 доб. 3",
    "phone !7+3903121455",
    "phone !1234567890123456",
    "soate 41702000000000",
    "soate !31702000000000",
    "soate !4170200000000",
    "pin 10903197000123",
    "pin 22902200000123",
    "pin !32902200000123",
    "pin !12902200100123",
    "pin !1090319700012",
    "postcode 655150",
    "postcode !65515",
    "postcode !65515A",
};

static void every_format_tells_good_from_bad(void)
{
    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        struct str text = str_from_z(CASES[i]);
        struct str name = str_cut(&text, ' ');
        bool is_good = !str_starts(text, STR("!"));
        format_check *check = format_find(name);

        CHECK(check != NULL);
        if (check(is_good ? text : str_slice(text, 1, text.len)) != is_good)
            fprintf(stderr, "# wrong: %s\n", CASES[i]);
        CHECK(check(is_good ? text : str_slice(text, 1, text.len)) == is_good);
    }
}

static void unknown_format_is_not_found(void)
{
    CHECK(format_find(STR("colour")) == NULL);
    CHECK(format_find(STR("")) == NULL);
    CHECK(format_find(STR("inn-")) == NULL);
}

static void control_digit_takes_the_second_weights_and_then_nought(void)
{
    CHECK_INT(format_control_digit(STR("01600000")), 9);
    CHECK_INT(format_control_digit(STR("1000006")), 2);
    CHECK_INT(format_control_digit(STR("1000064")), 0);
    CHECK_INT(format_control_digit(STR("1000A64")), -1);
    CHECK_INT(format_control_digit(STR("")), -1);
}

static void account_is_keyed_by_its_bank(void)
{
    struct str bik = STR("044525225");

    CHECK(format_account_fits(STR("40702810900000000123"), bik));
    CHECK(!format_account_fits(STR("40702810800000000123"), bik));
    CHECK(!format_account_fits(STR("40702810900000000123"), STR("044525226")));
    CHECK(format_account_fits(STR("30101810400000000225"), bik));
    CHECK(!format_account_fits(STR("30101810500000000225"), bik));
    CHECK(format_account_fits(STR("03100643000000018000"), STR("019514901")));
    CHECK(!format_account_fits(STR("407028109"), bik));
}

static struct str real_data(void)
{
    const char *folder = getenv("UPRAVA_REAL_DATA");

    return str_from_z(folder != NULL ? folder : "../shared");
}

/* The official edition has sixteen codes whose digit breaks the rule (new districts). */
static void official_codes_of_territories_keep_the_rule(void)
{
    struct str path = file_join(check_arena(), real_data(),
                                STR("data/ru-municipalities/oktmo_municipal_2019.csv"));
    struct str rest;
    struct err err;
    int64_t count = 0;
    int64_t wrong = 0;

    if (!file_exists(path))
        CHECK_SKIP("the classifier's file is not among the real data");
    CHECK_OK(file_read(check_arena(), path, 16 * 1024 * 1024, &rest, &err), &err);
    str_cut(&rest, '\n');
    for (; rest.len > 0; count++) {
        struct str line = str_cut(&rest, '\n');
        struct str code = str_cut(&line, ',');

        CHECK(format_find(STR("oktmo"))(code));
        if (format_control_digit(code) != line.ptr[0] - '0')
            wrong++;
    }
    CHECK_INT(count, 25088);
    CHECK_INT(wrong, 16);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(every_format_tells_good_from_bad),
        CHECK_TEST(unknown_format_is_not_found),
        CHECK_TEST(control_digit_takes_the_second_weights_and_then_nought),
        CHECK_TEST(account_is_keyed_by_its_bank),
        CHECK_TEST(official_codes_of_territories_keep_the_rule),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
