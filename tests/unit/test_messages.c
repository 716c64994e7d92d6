#include "check.h"

#include <stdio.h>

#include "lang/messages.h"

static const char RU[] = "# Управа\n"
                         "msgid \"\"\n"
                         "msgstr \"\"\n"
                         "\"Content-Type: text/plain; charset=UTF-8\\n\"\n"
                         "\n"
                         "#: ui/pages/home.html\n"
                         "msgid \"Sign in\"\n"
                         "msgstr \"Войти\"\n"
                         "\n"
                         "msgid \"Two \"\n"
                         "\"parts\"\n"
                         "msgstr \"\"\n"
                         "\"Две \\\"части\\\"\"\n"
                         "\"\\n\\tи \\\\\"\n"
                         "#, c-format, fuzzy\n"
                         "msgid \"Guessed\"\n"
                         "msgstr \"Угадано\"\n"
                         "\n"
                         "msgid \"Empty\"\n"
                         "msgstr \"\"\n"
                         "#~ msgid \"Obsolete\"\n"
                         "#~ msgstr \"Старое\"\n"
                         "msgid \"%d record\"\r\n"
                         "msgid_plural \"%d records\"\r\n"
                         "msgstr[0] \"%d запись\"\r\n"
                         "msgstr[1] \"%d записи\"\r\n"
                         "msgstr[2] \"%d записей\"\r\n"
                         "msgstr[3] \"%d записи (дробь)\"\r\n"
                         "msgid \"half\"\n"
                         "msgid_plural \"halves\"\n"
                         "msgstr[0] \"половина\"\n"
                         "msgstr[1] \"\"\n"
                         "msgstr[2] \"половин\"\n"
                         "msgid \"Last\"\n"
                         "msgstr \"Последнее\"";

static struct messages *russian(void)
{
    struct messages *messages = messages_new(check_arena(), STR("ru"));
    struct err err;

    CHECK_OK(messages_add_po(messages, str_from_z(RU), &err), &err);
    return messages;
}

static void entry_is_translated(void)
{
    struct messages *messages = russian();

    CHECK_STR(messages_get(messages, STR("Sign in")), STR("Войти"));
    CHECK_STR(messages_get(messages, STR("Last")), STR("Последнее"));
    CHECK(messages_has(messages, STR("Sign in")));
    CHECK_STR(messages_language(messages), STR("ru"));
}

static void parts_of_a_text_are_joined_and_unescaped(void)
{
    CHECK_STR(messages_get(russian(), STR("Two parts")), STR("Две \"части\"\n\tи \\"));
}

static void what_is_not_translated_stays_as_it_is(void)
{
    struct messages *messages = russian();

    CHECK_STR(messages_get(messages, STR("Unknown")), STR("Unknown"));
    CHECK_STR(messages_get(NULL, STR("Unknown")), STR("Unknown"));
    CHECK(!messages_has(messages, STR("Unknown")));
}

static void fuzzy_empty_obsolete_and_header_entries_are_skipped(void)
{
    struct messages *messages = russian();

    CHECK(!messages_has(messages, STR("Guessed")));
    CHECK(!messages_has(messages, STR("Empty")));
    CHECK(!messages_has(messages, STR("Obsolete")));
    CHECK(!messages_has(messages, STR("")));
    CHECK(!messages_has(messages, STR("half")));
}

static void plural_forms_follow_the_language(void)
{
    static const struct {
        int64_t count;
        int form;
    } FORMS[] = {{0, 2},   {1, 0},  {2, 1},  {4, 1},    {5, 2},        {11, 2},
                 {12, 2},  {14, 2}, {21, 0}, {22, 1},   {25, 2},       {111, 2},
                 {101, 0}, {-1, 0}, {-3, 1}, {1000, 2}, {INT64_MIN, 2}};

    for (size_t i = 0; i < ARRAY_LEN(FORMS); i++)
        CHECK_INT(messages_plural_form(STR("ru"), FORMS[i].count), FORMS[i].form);
    CHECK_INT(messages_plural_form(STR("en"), 1), 0);
    CHECK_INT(messages_plural_form(STR("en"), 0), 1);
    CHECK_INT(messages_plural_form(STR("ky"), 1), 0);
    CHECK_INT(messages_plural_form(STR("ky"), 21), 1);
}

static struct str print(const struct messages *messages, int64_t count)
{
    struct buf buf = {.arena = check_arena()};

    messages_print_plural(&buf, messages, STR("%d record"), STR("%d records"), count);
    return buf_str(&buf);
}

static void plural_is_printed_with_its_number(void)
{
    struct messages *messages = russian();

    CHECK_STR(print(messages, 1), STR("1 запись"));
    CHECK_STR(print(messages, 22), STR("22 записи"));
    CHECK_STR(print(messages, 12345), STR("12\u202f345 записей"));
    CHECK_STR(print(NULL, 1), STR("1 record"));
    CHECK_STR(print(NULL, 12345), STR("12,345 records"));
    CHECK_STR(messages_plural(messages, STR("%d record"), STR("%d records"), 3), STR("%d записи"));
}

static void one_form_serves_a_language_of_two(void)
{
    struct messages *messages = messages_new(check_arena(), STR("ky"));
    struct err err;

    CHECK_OK(messages_add_po(messages,
                             STR("msgid \"%d record\"\nmsgid_plural \"%d records\"\n"
                                 "msgstr[0] \"%d жазуу\"\n"),
                             &err),
             &err);
    CHECK_STR(print(messages, 1), STR("1 жазуу"));
    CHECK_STR(print(messages, 7), STR("7 жазуу"));
}

static void later_file_does_not_replace(void)
{
    struct messages *messages = russian();
    struct err err;

    CHECK_OK(messages_add_po(messages,
                             STR("\xef\xbb\xbfmsgid \"Sign in\"\nmsgstr \"Вход\"\n"
                                 "msgid \"Sign out\"\nmsgstr \"Выйти\"\n"),
                             &err),
             &err);
    CHECK_STR(messages_get(messages, STR("Sign in")), STR("Войти"));
    CHECK_STR(messages_get(messages, STR("Sign out")), STR("Выйти"));
}

static void count_one(void *data, struct str id, struct str text)
{
    CHECK(id.len > 0 && text.len > 0);
    ++*(int *)data;
}

static void each_calls_back_for_every_entry(void)
{
    int count = 0;

    messages_each(russian(), count_one, &count);
    CHECK_INT(count, 4);
    messages_each(NULL, count_one, &count);
    CHECK_INT(count, 4);
}

static void broken_file_is_refused_with_its_line(void)
{
    static const char *const WRONG[] = {
        "\nmsgid \"a\"\nmsgstr \"b\n",
        "\nmsgid \"a\"\nmsgstr b\n",
        "\nmsgid \"a\"\nmsgstr \"\\q\"\n",
        "\nmsgid \"a\"\nmsgstr \"b\" c\n",
        "\nmsgid \"a\"\nmsgstr[0] \"b\"\n",
        "\nmsgid \"a\"\nmsgid \"b\"\n",
        "\n\nmsgstr \"b\"\n",
        "\n\n\"b\"\n",
        "\n\nhello\n",
        "\n\nmsgctxt \"menu\"\nmsgid \"a\"\nmsgstr \"b\"\n",
        "\n\nmsgid_plural \"a\"\n",
        "\nmsgid \"a\"\nmsgstr \"\\",
    };

    for (size_t i = 0; i < ARRAY_LEN(WRONG); i++) {
        struct messages *messages = messages_new(check_arena(), STR("ru"));
        struct err err = {0};

        if (messages_add_po(messages, str_from_z(WRONG[i]), &err))
            printf("# taken: %s\n", WRONG[i]);
        CHECK_INT(err.code, ERR_INPUT);
        CHECK(str_starts(str_from_z(err.text), STR("line 3: ")));
    }
}

static void wrong_charset_is_refused(void)
{
    struct messages *messages = messages_new(check_arena(), STR("ru"));
    struct err err = {0};

    CHECK(!messages_add_po(messages, STR("msgid \"a\"\nmsgstr \"\xc2\"\n"), &err));
    CHECK_INT(err.code, ERR_INPUT);
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(entry_is_translated),
        CHECK_TEST(parts_of_a_text_are_joined_and_unescaped),
        CHECK_TEST(what_is_not_translated_stays_as_it_is),
        CHECK_TEST(fuzzy_empty_obsolete_and_header_entries_are_skipped),
        CHECK_TEST(plural_forms_follow_the_language),
        CHECK_TEST(plural_is_printed_with_its_number),
        CHECK_TEST(one_form_serves_a_language_of_two),
        CHECK_TEST(later_file_does_not_replace),
        CHECK_TEST(each_calls_back_for_every_entry),
        CHECK_TEST(broken_file_is_refused_with_its_line),
        CHECK_TEST(wrong_charset_is_refused),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
