#include "notice/message.h"

#include "check.h"

static struct message read_text(const char *text)
{
    struct message message;

    message_read(check_arena(), str_from_z(text), &message);
    return message;
}

/* "3: what is wrong" of the only fault. */
static struct str fault_of(const char *text)
{
    struct message message = read_text(text);

    CHECK_INT((int64_t)message.fault_count, 1);
    return str_printf(check_arena(), "%d: %.*s", message.faults[0].line,
                      STR_ARG(message.faults[0].text));
}

static const char GOOD[] = "Subject: Осмотр дома {{house.title}}\r\n"
                           "SMS: Осмотр {{day}}\r\n"
                           "Kind: news\r\n"
                           "\r\n"
                           "Здравствуйте!\r\n"
                           "{{#rooms}}\r\n"
                           "- {{number}}\r\n"
                           "{{/rooms}}\r\n"
                           "Приходите {{day}}.\r\n";

static void headers_and_text_are_told_apart(void)
{
    struct message message = read_text(GOOD);

    CHECK_INT((int64_t)message.fault_count, 0);
    CHECK_STR(message.subject, STR("Осмотр дома {{house.title}}"));
    CHECK_STR(message.sms, STR("Осмотр {{day}}"));
    CHECK_INT(message.kind, CONTACT_NEWS);
    CHECK(str_starts(message.body, STR("Здравствуйте!")));
    CHECK_INT(message.body_line, 5);
}

static void names_are_those_outside_of_lists(void)
{
    struct message message = read_text(GOOD);

    CHECK_INT((int64_t)message.name_count, 3);
    CHECK_STR(message.names[0], STR("house"));
    CHECK_STR(message.names[1], STR("day"));
    CHECK_STR(message.names[2], STR("rooms"));
}

static void what_is_wrong_is_told_with_its_line(void)
{
    CHECK(str_starts(fault_of("SMS: a\n\ntext"), STR("1: there is no subject: begin ")));
    CHECK(str_starts(fault_of("Subject: a\n\n"), STR("3: there is no text: it stands")));
    CHECK(str_starts(fault_of("Subject: a\nSubject: b\n\ntext"),
                     STR("2: this header stands here tw")));
    CHECK(str_starts(fault_of("Subject: a\nTo: x@example.ru\n\ntext"),
                     STR("2: a message begins with head")));
    CHECK(str_starts(fault_of("Subject: a\nKind: other\n\ntext"),
                     STR("2: Kind is case, work or news")));
    CHECK(str_starts(fault_of("Subject: {{a\n\ntext"), STR("1: }} is missing")));
    CHECK(str_starts(fault_of("Subject: a\n\none\ntwo {{{raw}}}"),
                     STR("4: unescaped values do not exi")));
    CHECK(str_starts(fault_of("Subject: a\n\none\n{{>other}}"),
                     STR("4: a message cannot take in ano")));
    CHECK(str_starts(fault_of("Subject: a\n\none {{_ Save}}"),
                     STR("3: a message is translated as a ")));
    CHECK(str_starts(fault_of("Subject: a\xff\n\ntext"), STR("0: this is no text in UTF-8: sa")));
}

static void sms_is_counted_in_letters_without_its_fields(void)
{
    struct buf text = {.arena = check_arena()};

    buf_add(&text, STR("Subject: a\nSMS: {{a_very_long_name_of_a_field}}"));
    for (int i = 0; i < MESSAGE_SMS_MAX; i++)
        buf_add(&text, STR("ж"));
    CHECK_INT((int64_t)read_text(str_to_z(check_arena(), str_printf(check_arena(), "%.*s\n\ntext",
                                                                    STR_ARG(buf_str(&text)))))
                  .fault_count,
              0);
    buf_add(&text, STR("ж\n\ntext"));
    CHECK(str_starts(fault_of(buf_z(&text)), STR("2: the SMS is longer than 201 let")));
}

static struct pack *make_pack(void)
{
    static const char MANIFEST[] = "{\"id\":\"town\",\"version\":\"1.0.0\",\"title\":\"Город\"}";
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, 4);
    struct pack *pack;
    struct err err;

    files[0] =
        (struct pack_file){STR("messages/visit.en.mustache"), STR("Subject: Visit\n\nOn {{day}}.")};
    files[1] = (struct pack_file){STR("messages/visit.mustache"),
                                  STR("Subject: Осмотр {{day}}\nSMS: Ждём {{day}}\n\nПридём "
                                      "{{day}} & <b>.\n\n")};
    files[2] = (struct pack_file){STR("pack.json"), str_from_z(MANIFEST)};
    CHECK_OK(pack_make(check_arena(), files, 3, &pack, &err), &err);
    return pack;
}

static struct notice fill(struct str language, struct str values)
{
    struct notice notice = {.language = language};
    struct json *json;
    struct err err;

    CHECK_OK(json_parse(check_arena(), values, NULL, &json, &err), &err);
    CHECK_OK(message_fill(check_arena(), make_pack(), STR("visit"), json, &notice, &err), &err);
    return notice;
}

static void fields_are_filled_in_without_escapes(void)
{
    struct notice notice = fill(STR("ru"), STR("{\"day\":\"<5> мая\"}"));

    CHECK_STR(notice.subject, STR("Осмотр <5> мая"));
    CHECK_STR(notice.sms, STR("Ждём <5> мая"));
    CHECK_STR(notice.body, STR("Придём <5> мая & <b>."));
    CHECK_STR(notice.template, STR("town.visit"));
}

static void value_cannot_break_a_subject(void)
{
    struct notice notice =
        fill(STR("ru"), STR("{\"day\":\"5\\r\\nBcc: x@example.ru\\r\\n\\r\\nтекст\"}"));

    CHECK_STR(notice.subject, STR("Осмотр 5  Bcc: x@example.ru    текст"));
    CHECK(str_find_char(notice.sms, '\n') == notice.sms.len);
}

static void language_that_is_not_there_is_russian(void)
{
    CHECK_STR(fill(STR("en"), STR("{\"day\":1}")).body, STR("On 1."));
    CHECK_STR(fill(STR("ky"), STR("{\"day\":1}")).subject, STR("Осмотр 1"));
}

static void message_that_is_not_there_is_named(void)
{
    struct notice notice = {0};
    struct err err;

    CHECK(!message_fill(check_arena(), make_pack(), STR("none"),
                        json_new(check_arena(), JSON_OBJECT), &notice, &err));
    CHECK_STR(str_from_z(err.text), STR("its pack has no messages/none.mustache"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(headers_and_text_are_told_apart),
    CHECK_TEST(names_are_those_outside_of_lists),
    CHECK_TEST(what_is_wrong_is_told_with_its_line),
    CHECK_TEST(sms_is_counted_in_letters_without_its_fields),
    CHECK_TEST(fields_are_filled_in_without_escapes),
    CHECK_TEST(value_cannot_break_a_subject),
    CHECK_TEST(language_that_is_not_there_is_russian),
    CHECK_TEST(message_that_is_not_there_is_named),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
