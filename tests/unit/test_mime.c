#include "notice/mime.h"

#include "check.h"

static struct mime usual(void)
{
    return (struct mime){.from = STR("uprava@example.ru"),
                         .from_name = STR("Зареченск"),
                         .to = STR("ivanova@example.ru"),
                         .id = STR("1.2@example.ru"),
                         .language = STR("ru"),
                         .at = INT64_C(1772438400000),
                         .subject = STR("Осмотр дома"),
                         .body = STR("Придём завтра.\n")};
}

static struct str print(const struct mime *mime)
{
    struct buf buf = {.arena = check_arena()};

    mime_print(&buf, mime);
    return buf_str(&buf);
}

static bool holds(struct str text, const char *part)
{
    return str_find(text, str_from_z(part)) < text.len;
}

static void letter_has_what_mail_servers_ask_for(void)
{
    struct mime mime = usual();

    CHECK_STR(print(&mime), STR("From: =?UTF-8?B?0JfQsNGA0LXRh9C10L3RgdC6?=\r\n"
                                " <uprava@example.ru>\r\n"
                                "To: <ivanova@example.ru>\r\n"
                                "Subject: =?UTF-8?B?0J7RgdC80L7RgtGAINC00L7QvNCw?=\r\n"
                                "Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n"
                                "Message-ID: <1.2@example.ru>\r\n"
                                "MIME-Version: 1.0\r\n"
                                "Auto-Submitted: auto-generated\r\n"
                                "Content-Language: ru\r\n"
                                "Content-Type: text/plain; charset=utf-8\r\n"
                                "Content-Transfer-Encoding: base64\r\n"
                                "\r\n"
                                "0J/RgNC40LTRkdC8INC30LDQstGC0YDQsC4NCg0K\r\n"));
}

/* RFC 2047, 2: an encoded word has at most 75 characters, and holds whole letters. */
static void long_subject_is_folded_between_letters(void)
{
    struct mime mime = usual();
    struct buf subject = {.arena = check_arena()};

    for (int i = 0; i < 100; i++)
        buf_add(&subject, STR("яж "));
    mime.subject = buf_str(&subject);
    struct str text = print(&mime);
    while (text.len > 0) {
        struct str line = str_cut(&text, '\n');

        CHECK(line.len <= 78);
        CHECK(str_ends(line, STR("\r")));
    }
}

static void nothing_begins_a_header_of_its_own(void)
{
    struct mime mime = usual();

    mime.subject = STR("a\r\nBcc: x@example.ru\r\n\r\ntext");
    mime.from_name = STR("a\r\nBcc: y@example.ru");
    mime.body = STR("\r\n.\r\nBcc: z@example.ru\r\n");
    struct str text = print(&mime);
    CHECK(!holds(text, "\nBcc"));
    CHECK(!holds(text, "\r\n.\r\n"));
    CHECK(holds(text, "Subject: a  Bcc: x@example.ru    text\r\n"));
}

static void plain_subject_stays_readable(void)
{
    struct mime mime = usual();

    mime.subject = STR("Visit on 5 May");
    CHECK(holds(print(&mime), "\r\nSubject: Visit on 5 May\r\n"));
    mime.subject = STR("=?UTF-8?B?eA==?=");
    CHECK(!holds(print(&mime), "Subject: =?UTF-8?B?eA==?=\r\n"));
}

static void answers_go_where_they_are_wanted(void)
{
    struct mime mime = usual();

    CHECK(!holds(print(&mime), "Reply-To"));
    mime.reply_to = STR("town@example.ru");
    CHECK(holds(print(&mime), "\r\nReply-To: <town@example.ru>\r\n"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(letter_has_what_mail_servers_ask_for),
    CHECK_TEST(long_subject_is_folded_between_letters),
    CHECK_TEST(nothing_begins_a_header_of_its_own),
    CHECK_TEST(plain_subject_stays_readable),
    CHECK_TEST(answers_go_where_they_are_wanted),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
