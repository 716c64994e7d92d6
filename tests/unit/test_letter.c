#include "link/letter.h"

#include "check.h"
#include "link/reply.h"

static struct secret_key make_key(void)
{
    struct secret_key key;
    struct err err = {0};
    struct str path = str_printf(check_arena(), "%.*s/key", STR_ARG(check_folder()));

    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(secret_load_key(path, &key, &err), &err);
    return key;
}

static struct str print(const struct secret_key *key, const char *kind, const char *body)
{
    struct letter letter = {.body = str_from_z(body)};
    struct buf out = {.arena = check_arena()};

    letter_sign(&letter, check_arena(), kind, key);
    letter_print(&out, &letter);
    return buf_str(&out);
}

static enum err_code read_letter(struct str text, const char *kind)
{
    struct letter letter;
    struct json *json;
    struct err err = {0};

    if (!letter_next(check_arena(), &text, &letter, &json, &err) ||
        !letter_check(check_arena(), &letter, kind, &err))
        return err.code;
    return ERR_NONE;
}

static void letter_is_believed_as_it_was_signed_and_as_what(void)
{
    struct secret_key key = make_key();
    struct str text = print(&key, "proposal", "{\"a\":1}");
    struct buf other = {.arena = check_arena()};

    CHECK_INT(read_letter(text, "proposal"), ERR_NONE);
    CHECK_INT(read_letter(text, "report"), ERR_INPUT);
    for (size_t i = 0; i < text.len; i++) {
        other.len = 0;
        buf_add(&other, text);
        other.ptr[i] ^= 1;
        if (i < 8 || text.ptr[i] != '\n')
            CHECK_INT(read_letter(buf_str(&other), "proposal"), ERR_INPUT);
    }
    for (size_t i = 0; i + 1 < text.len; i++)
        CHECK_INT(read_letter(str_slice(text, 0, i), "proposal"), ERR_INPUT);
}

static void letters_stand_behind_one_another(void)
{
    struct secret_key key = make_key();
    struct buf both = {.arena = check_arena()};
    struct letter letter;
    struct json *json;
    struct err err = {0};

    buf_add(&both, print(&key, "proposal", "{\"a\":1}"));
    buf_add(&both, print(&key, "proposal", "{\"a\":2}"));
    struct str rest = buf_str(&both);
    for (int64_t i = 1; i <= 2; i++) {
        CHECK_OK(letter_next(check_arena(), &rest, &letter, &json, &err), &err);
        CHECK_OK(letter_check(check_arena(), &letter, "proposal", &err), &err);
        CHECK_INT(json_find_int(json, STR("a"), 0), i);
    }
    CHECK(rest.len == 0);
}

/* As many answers as need several letters; each of them alone is a reply. */
static void reply_of_many_answers_is_read_again(void)
{
    enum {
        MANY = 300
    };
    struct secret_key key = make_key();
    struct reply reply = {.publisher = 7, .reader = 9, .made_at = 1000}, read;
    struct buf out = {.arena = check_arena()}, word = {.arena = check_arena()};
    struct proposal proposals[MANY] = {0};
    struct err err = {0};
    unsigned char by[SECRET_PUBLIC_SIZE];
    size_t count = 0, letters = 0;

    for (int i = 0; i < 1000; i++)
        buf_add(&word, STR("ы"));
    for (int i = 0; i < MANY; i++)
        proposals[i] =
            (struct proposal){.uuid = str_printf(check_arena(), "2aad22ef-15d1-4e79-bb88-%012d", i),
                              .state = STR("declined"),
                              .answer = buf_str(&word),
                              .decided_at = 5000 + i,
                              .there = i + 1};
    reply.proposals = proposals;
    reply.proposal_count = MANY;
    reply_print(&out, &reply, &key);
    for (struct str rest = buf_str(&out); rest.len > 0; letters++) {
        CHECK_OK(reply_parse(check_arena(), &rest, &read, by, &err), &err);
        CHECK_INT(read.publisher, 7);
        CHECK_INT(read.reader, 9);
        CHECK(memcmp(by, key.public_bytes, sizeof by) == 0);
        for (size_t i = 0; i < read.proposal_count; i++, count++) {
            CHECK_STR(read.proposals[i].uuid, proposals[count].uuid);
            CHECK_STR(read.proposals[i].answer, buf_str(&word));
            CHECK_INT(read.proposals[i].there, (int64_t)count + 1);
            CHECK_INT(read.proposals[i].decided_at, 5000 + (int64_t)count);
        }
    }
    CHECK(count == MANY);
    CHECK(letters > 1);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(letter_is_believed_as_it_was_signed_and_as_what),
    CHECK_TEST(letters_stand_behind_one_another),
    CHECK_TEST(reply_of_many_answers_is_read_again),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
