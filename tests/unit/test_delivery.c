#include "notice/delivery.h"

#include "check.h"

static const char WHOLE[] = "# how it leaves\n"
                            "[mail]\n"
                            "server = smtps://smtp.example.ru\n"
                            "login = a\n"
                            "password = b = c\n"
                            "from = uprava@example.ru\n"
                            "[sms town]\n"
                            "url = https://sms.example.ru/?to={{phone}}\n"
                            "body = {{text}} {{id}}\n"
                            "[mail town]\n"
                            "server = smtp://[::1]:25\n"
                            "from = town@example.ru\n"
                            "tls = no\n";

static struct delivery parse(const char *text)
{
    struct delivery delivery;
    struct err err;

    CHECK_OK(delivery_parse(check_arena(), str_from_z(text), &delivery, &err), &err);
    return delivery;
}

static void own_part_stands_before_the_common_one(void)
{
    struct delivery delivery = parse(WHOLE);

    CHECK_STR(delivery_mail_of(&delivery, STR("town"))->from, STR("town@example.ru"));
    CHECK(delivery_mail_of(&delivery, STR("town"))->is_plain);
    CHECK_STR(delivery_mail_of(&delivery, STR("other"))->from, STR("uprava@example.ru"));
    CHECK(delivery_sms_of(&delivery, STR("town"))->has_id);
    CHECK(delivery_sms_of(&delivery, STR("other")) == NULL);
}

static void password_may_hold_what_parts_a_line(void)
{
    struct delivery delivery = parse(WHOLE);

    CHECK_STR(delivery_mail_of(&delivery, STR("x"))->password, STR("b = c"));
}

static void no_file_means_that_nothing_leaves(void)
{
    struct delivery delivery;
    struct err err;

    CHECK_OK(delivery_read(check_arena(), STR(""), &delivery, &err), &err);
    CHECK(delivery_mail_of(&delivery, STR("town")) == NULL);
    CHECK(!delivery_read(check_arena(), STR("/nowhere/at/all"), &delivery, &err));
}

/* What would send a password, or a text, over a network as it is. */
static void nothing_leaves_the_machine_without_tls(void)
{
    static const char *const TEXTS[] = {
        "[mail]\nserver = smtp://mail.example.ru\nfrom = a@example.ru\ntls = no\n",
        "[mail]\nserver = smtp://127.0.0.1.example.ru\nfrom = a@example.ru\ntls = no\n",
        "[mail]\nserver = smtp://localhost@example.ru\nfrom = a@example.ru\ntls = no\n",
        "[mail]\nserver = smtp://localhost\nlogin = a\npassword = b\nfrom = a@example.ru\n"
        "tls = no\n",
        "[sms]\nurl = http://localhost.example.ru/\nbody = {{phone}}{{text}}\n",
        "[mail]\nserver = smtp://127.0.0.1:25@example.ru\nfrom = a@example.ru\ntls = no\n",
        "[mail]\nserver = smtp://[::1]@example.ru\nfrom = a@example.ru\ntls = no\n",
        "[sms]\nurl = http://127.0.0.1:80@example.ru/\nbody = {{phone}}{{text}}\n",
    };

    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++) {
        struct delivery delivery;
        struct err err;

        CHECK(!delivery_parse(check_arena(), str_from_z(TEXTS[i]), &delivery, &err));
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(own_part_stands_before_the_common_one),
    CHECK_TEST(password_may_hold_what_parts_a_line),
    CHECK_TEST(no_file_means_that_nothing_leaves),
    CHECK_TEST(nothing_leaves_the_machine_without_tls),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
