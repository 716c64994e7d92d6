#include "check.h"

#include "sign/secret.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct err err;

static void password_is_checked_against_its_hash(void)
{
    struct str hash, again;

    CHECK_OK(secret_init(&err), &err);
    CHECK_OK(secret_hash_password(check_arena(), STR("сорока"), &hash, &err), &err);
    CHECK_OK(secret_hash_password(check_arena(), STR("сорока"), &again, &err), &err);
    CHECK(str_starts(hash, STR("$argon2id$v=19$m=19456,t=2,p=1$")));
    CHECK(!str_equal(hash, again));
    CHECK(secret_check_password(hash, STR("сорока")));
    CHECK(!secret_check_password(hash, STR("ворона")));
    CHECK(!secret_check_password(hash, (struct str){0}));
    CHECK(!secret_check_password(STR(""), STR("")));
    CHECK(!secret_check_password(STR("no hash at all"), STR("сорока")));
}

static void tokens_have_their_length_and_differ(void)
{
    struct buf a = {.arena = check_arena()}, b = {.arena = check_arena()};

    secret_print_token(&a, 32);
    secret_print_token(&b, 32);
    CHECK_INT((int64_t)a.len, 43);
    CHECK(!str_equal(buf_str(&a), buf_str(&b)));
    a.len = 0;
    secret_print_token(&a, 100);
    CHECK_INT((int64_t)a.len, 134);
}

static void key_is_made_once_for_its_owner_only(void)
{
    struct str path = str_printf(check_arena(), "%.*s/key", STR_ARG(check_folder()));
    struct secret_key key, again;
    struct stat stat_of;

    CHECK_OK(secret_load_key(path, &key, &err), &err);
    CHECK_OK(secret_load_key(path, &again, &err), &err);
    CHECK(memcmp(&key, &again, sizeof key) == 0);
    CHECK(stat(path.ptr, &stat_of) == 0);
    CHECK_INT(stat_of.st_mode & 0777, 0600);
}

static void damaged_key_is_refused_not_replaced(void)
{
    struct str path = str_printf(check_arena(), "%.*s/key", STR_ARG(check_folder()));
    struct secret_key key;
    int file = open(path.ptr, O_WRONLY | O_CREAT, 0600);

    CHECK(write(file, "half", 4) == 4);
    close(file);
    CHECK(!secret_load_key(path, &key, &err));
    CHECK_INT(err.code, ERR_BROKEN);
}

static void signature_holds_for_the_message_and_nothing_else(void)
{
    struct str path = str_printf(check_arena(), "%.*s/key", STR_ARG(check_folder()));
    unsigned char signature[SECRET_SIGNATURE_SIZE];
    struct secret_key key;

    CHECK_OK(secret_load_key(path, &key, &err), &err);
    secret_sign(&key, STR("head 17"), signature);
    CHECK(secret_verify(key.public_bytes, STR("head 17"), signature));
    CHECK(!secret_verify(key.public_bytes, STR("head 18"), signature));
    signature[5] ^= 1;
    CHECK(!secret_verify(key.public_bytes, STR("head 17"), signature));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(password_is_checked_against_its_hash),
        CHECK_TEST(tokens_have_their_length_and_differ),
        CHECK_TEST(key_is_made_once_for_its_owner_only),
        CHECK_TEST(damaged_key_is_refused_not_replaced),
        CHECK_TEST(signature_holds_for_the_message_and_nothing_else),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
