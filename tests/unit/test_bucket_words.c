#include "check.h"

#include <stdio.h>

#include "backup/bucket_words.h"
#include "net/client.h"

static struct bucket_words_page parse(struct str text)
{
    struct bucket_words_page page;
    struct err err;

    CHECK_OK(bucket_words_parse(&page, check_arena(), text, &err), &err);
    return page;
}

static void lists_are_read_with_their_next_page(void)
{
    struct bucket_words_page page = parse(
        STR("<?xml version=\"1.0\"?><ListBucketResult "
            "xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            "<Name>b</Name><Prefix>a/</Prefix><IsTruncated>true</IsTruncated>"
            "<Contents><Key>a/&lt;1&gt;</Key><ETag>&quot;x&quot;</ETag><Size>17</Size>"
            "<Owner><ID>me</ID></Owner></Contents><Contents><Key>a/2</Key><Size>0</Size></Contents>"
            "<NextContinuationToken>t+/=</NextContinuationToken></ListBucketResult>"));

    CHECK_STR(page.kind, STR("ListBucketResult"));
    CHECK_INT((int64_t)page.count, 2);
    CHECK_STR(page.items[0].name, STR("a/<1>"));
    CHECK_INT(page.items[0].size, 17);
    CHECK_STR(page.items[1].name, STR("a/2"));
    CHECK_STR(page.next, STR("t+/="));
    page = parse(STR("<R><IsTruncated>false</IsTruncated>"
                     "<NextContinuationToken>t</NextContinuationToken></R>"));
    CHECK_STR(page.next, STR(""));
}

static void a_list_that_does_not_say_how_it_goes_on_is_refused(void)
{
    struct bucket_words_page page;
    struct err err = {0};

    CHECK(!bucket_words_parse(&page, check_arena(), STR("<R><IsTruncated>true</IsTruncated></R>"),
                              &err));
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    CHECK(!bucket_words_parse(&page, check_arena(), STR("<R><IsTruncated>tru"), &err));
    CHECK(!bucket_words_parse(&page, check_arena(), STR("<html>"), &err));
}

static void errors_become_sentences(void)
{
    static const struct {
        int status;
        struct str body;
        enum err_code code;
        struct str text;
    } CASES[] = {
        {404, STR_INIT("<Error><Code>NoSuchKey</Code></Error>"), ERR_ABSENT,
         STR_INIT("the bucket town has no such file")},
        {404, STR_INIT("<Error><Code>NoSuchBucket</Code></Error>"), ERR_UNAVAILABLE,
         STR_INIT("the store has no bucket town")},
        {403, STR_INIT("<Error><Code>SignatureDoesNotMatch</Code></Error>"), ERR_DENIED,
         STR_INIT("the store refuses the key for the bucket town (SignatureDoesNotMatch)")},
        {403, STR_INIT("<Error><Code>RequestTimeTooSkewed</Code></Error>"), ERR_DENIED,
         STR_INIT("the store's clock and this machine's differ too much: set the clock")},
        {503, STR_INIT("no XML"), ERR_UNAVAILABLE, STR_INIT("the store answers 503:  ")},
        {301, STR_INIT(""), ERR_INPUT,
         STR_INIT("the store sends us elsewhere: its endpoint or region is another than the one "
                  "that was said")},
    };

    for (size_t i = 0; i < ARRAY_LEN(CASES); i++) {
        struct client_answer answer = {.status = CASES[i].status, .body = CASES[i].body};
        struct err err = {0};

        CHECK(!bucket_words_expect(&answer, check_arena(), STR("town"), &err));
        CHECK_INT(err.code, CASES[i].code);
        CHECK_STR(str_from_z(err.text), CASES[i].text);
    }
}

static void names_are_plain(void)
{
    CHECK(bucket_words_name(STR("town-1.copies")));
    CHECK(!bucket_words_name(STR("ab")));
    CHECK(!bucket_words_name(STR("a/b")));
    CHECK(!bucket_words_name(STR(".abc")));
    CHECK(bucket_words_prefix(STR("")));
    CHECK(bucket_words_prefix(STR("a/b_c")));
    CHECK(!bucket_words_prefix(STR("a//b")));
    CHECK(!bucket_words_prefix(STR("a/../b")));
    CHECK(!bucket_words_prefix(STR("a?b")));
    CHECK_STR(bucket_words_escape(check_arena(), STR("\"a&b\"")), STR("&quot;a&amp;b&quot;"));
}

static const struct check_test TESTS[] = {
    CHECK_TEST(lists_are_read_with_their_next_page),
    CHECK_TEST(a_list_that_does_not_say_how_it_goes_on_is_refused),
    CHECK_TEST(errors_become_sentences),
    CHECK_TEST(names_are_plain),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
