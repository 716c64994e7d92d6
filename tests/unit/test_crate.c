#include "check.h"

#include "backup/crate.h"
#include "core/file.h"
#include "sign/secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct err err;

/* Letters that do not compress to nothing. */
static struct str letters(size_t size)
{
    char *text = arena_alloc(check_arena(), size + 1);
    uint32_t number = 7;

    for (size_t i = 0; i < size; i++) {
        number = number * 1664525 + 1013904223;
        text[i] = (char)('a' + (number >> 24) % 26);
    }
    return (struct str){text, size};
}

static struct str write_crate(const char *name, struct str content, struct seal *seal)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    CLEANUP(crate_drop) struct crate_writer writer = {0};
    struct crate_label label = {STR("{\"kind\":\"x\"}"), STR("01234567890123456789012345678901")};

    err = (struct err){0};
    CHECK_OK(file_draft_open(&draft, check_arena(), check_folder(), &err), &err);
    CHECK_OK(crate_start(&writer, check_arena(), &draft, &label, seal, &err), &err);
    for (size_t at = 0; at < content.len; at += 70001)
        CHECK_OK(crate_add(&writer, str_slice(content, at, 70001), &err), &err);
    CHECK_OK(crate_end(&writer, &err), &err);
    CHECK_OK(file_draft_keep(&draft, check_arena(), str_from_z(name), &err), &err);
    return file_join(check_arena(), check_folder(), str_from_z(name));
}

static bool read_crate(struct str path, struct seal *seal, struct buf *content)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = -1;
    size_t got = 1;

    err = (struct err){0};
    CHECK_OK(file_open(path, &fd, &err), &err);
    if (!crate_open(&reader, check_arena(), fd, seal, &err))
        return false;
    while (got > 0) {
        if (!crate_pull(&reader, buf_room(content, 5000), 5000, &got, &err))
            return false;
        content->len += got;
    }
    return str_equal(json_find_text(reader.head, STR("kind")), STR("x")) &&
           reader.label.list.len == 32;
}

static struct seal seal_of(const char *text)
{
    struct str path = file_join(check_arena(), check_folder(), STR("secret"));
    struct seal seal;

    CHECK_OK(secret_init(&err) && file_write(path, str_from_z(text), &err) &&
                 seal_load(&seal, path, &err),
             &err);
    return seal;
}

static void content_comes_back(void)
{
    static const size_t SIZES[] = {0, 1, 131072, 1000000};
    struct seal seal = seal_of("сезам, откройся\n");

    for (size_t i = 0; i < ARRAY_LEN(SIZES); i++)
        for (int is_sealed = 0; is_sealed < 2; is_sealed++) {
            struct buf content = {.arena = check_arena()};
            struct str text = letters(SIZES[i]);
            struct str path = write_crate("crate", text, is_sealed ? &seal : NULL);

            CHECK(read_crate(path, is_sealed ? &seal : NULL, &content));
            CHECK(str_equal(buf_str(&content), text));
        }
}

static void keys_of_a_pair_and_only_they_open_it(void)
{
    struct buf secret = {.arena = check_arena()};
    struct buf public = {.arena = check_arena()};
    struct buf content = {.arena = check_arena()};

    seal_make(&secret, &public);
    struct seal writer = seal_of(buf_z(&public));
    struct seal owner = seal_of(buf_z(&secret));
    struct str path = write_crate("crate", STR("text"), &writer);
    CHECK(read_crate(path, &owner, &content) && content.len == 4);
    CHECK(!read_crate(path, &writer, &content));
    CHECK_INT(err.code, ERR_DENIED);
    CHECK(!read_crate(path, NULL, &content));
    CHECK_INT(err.code, ERR_DENIED);
    struct seal other = seal_of("другой пароль");
    CHECK(!read_crate(path, &other, &content));
    CHECK_INT(err.code, ERR_DENIED);
    path = write_crate("crate", STR("text"), &other);
    struct seal wrong = seal_of("ещё один пароль");
    CHECK(!read_crate(path, &wrong, &content));
    CHECK_STR(str_from_z(err.text), STR("this is not the passphrase it is encrypted with"));
    other = seal_of("другой пароль");
    content.len = 0;
    CHECK(read_crate(path, &other, &content) && content.len == 4);
}

/* Every byte turned, every length cut: never the whole content without an error. */
static void damage_is_always_noticed(void)
{
    struct seal seal = seal_of("сезам, откройся");

    for (int is_sealed = 0; is_sealed < 2; is_sealed++) {
        struct str path = write_crate("crate", letters(300), is_sealed ? &seal : NULL);
        struct str whole;

        CHECK_OK(file_read(check_arena(), path, 100000, &whole, &err), &err);
        for (size_t i = 0; i < 2 * whole.len; i++) {
            CLEANUP(crate_close) struct crate_reader reader = {0};
            CLEANUP(file_close) int fd = -1;
            struct buf content = {.arena = check_arena()};
            struct str broken = str_copy(check_arena(), whole);

            if (i < whole.len)
                ((char *)broken.ptr)[i] ^= 0x10;
            else
                broken.len = i - whole.len;
            int out = open(path.ptr, O_WRONLY | O_TRUNC); /* without a flush: there are many */
            CHECK(out >= 0 && write(out, broken.ptr, broken.len) == (ssize_t)broken.len);
            close(out);
            CHECK(!read_crate(path, is_sealed ? &seal : NULL, &content));
            CHECK_OK(file_open(path, &fd, &err), &err);
            CHECK(!crate_check(&reader, check_arena(), fd, &err));
        }
    }
}

static const struct check_test TESTS[] = {
    CHECK_TEST(content_comes_back),
    CHECK_TEST(keys_of_a_pair_and_only_they_open_it),
    CHECK_TEST(damage_is_always_noticed),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
