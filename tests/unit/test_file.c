#include "check.h"

#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"

static struct str in_folder(const char *name)
{
    return file_join(check_arena(), check_folder(), str_from_z(name));
}

static void what_was_written_is_read(void)
{
    struct str path = in_folder("a");
    struct str bytes;
    struct stat found;
    struct err err;

    CHECK_OK(file_write(path, STR("one\0two"), &err), &err);
    CHECK_OK(file_read(check_arena(), path, 7, &bytes, &err), &err);
    CHECK_STR(bytes, STR("one\0two"));
    CHECK_OK(file_write(path, STR(""), &err), &err);
    CHECK_OK(file_read(check_arena(), path, 0, &bytes, &err), &err);
    CHECK_INT((int64_t)bytes.len, 0);
    CHECK(stat(str_to_z(check_arena(), path), &found) == 0);
    CHECK_INT(found.st_mode & 0777, 0600);
}

static void writing_leaves_nothing_beside(void)
{
    struct str *names;
    struct err err;
    size_t count;

    for (int i = 0; i < 3; i++)
        CHECK_OK(file_write(in_folder("a"), STR("x"), &err), &err);
    CHECK(!file_write(in_folder("no/such/folder"), STR("x"), &err));
    CHECK(err.code == ERR_ABSENT);
    CHECK_OK(file_make_folder(in_folder("folder"), &err), &err);
    CHECK(!file_write(in_folder("folder"), STR("x"), &err)); /* rename fails */
    CHECK_OK(file_list(check_arena(), check_folder(), &names, &count, &err), &err);
    CHECK_INT((int64_t)count, 2);
}

static void reading_is_bounded_and_says_why_not(void)
{
    struct str bytes = STR("untouched");
    struct err err;

    CHECK_OK(file_write(in_folder("a"), STR("12345"), &err), &err);
    CHECK(!file_read(check_arena(), in_folder("a"), 4, &bytes, &err));
    CHECK(err.code == ERR_LIMIT);
    CHECK(!file_read(check_arena(), in_folder("b"), 4, &bytes, &err));
    CHECK(err.code == ERR_ABSENT);
    CHECK(!file_read(check_arena(), check_folder(), 4, &bytes, &err));
    CHECK(err.code == ERR_INPUT);
    CHECK(!file_read(check_arena(), STR(""), 4, &bytes, &err));
    CHECK(err.code == ERR_INPUT);
    CHECK(!file_read(check_arena(), STR("/etc\0/passwd"), 4000, &bytes, &err));
    CHECK(err.code == ERR_INPUT);
    CHECK_STR(bytes, STR("untouched"));
    /* Says its size is 0. */
    CHECK_OK(file_read(check_arena(), STR("/proc/self/status"), 100000, &bytes, &err), &err);
    CHECK(str_starts(bytes, STR("Name:")));
    CHECK(!file_read(check_arena(), STR("/proc/self/status"), 10, &bytes, &err));
    CHECK(err.code == ERR_LIMIT);
}

static void large_file_comes_whole(void)
{
    size_t size = 1000003;
    char *bytes = arena_alloc(check_arena(), size);
    struct str back;
    struct err err;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 >> 3);
    CHECK_OK(file_write(in_folder("a"), (struct str){bytes, size}, &err), &err);
    CHECK_OK(file_read(check_arena(), in_folder("a"), size, &back, &err), &err);
    CHECK(str_equal(back, (struct str){bytes, size}));
}

static void folders_are_made_with_parents_and_removed_with_content(void)
{
    struct str deep = in_folder("x/y/z");
    struct err err;

    CHECK(!file_is_folder(deep));
    CHECK_OK(file_make_folder(deep, &err), &err);
    CHECK_OK(file_make_folder(deep, &err), &err);
    CHECK(file_is_folder(deep) && file_exists(deep));
    CHECK_OK(file_write(in_folder("x/y/file"), STR("1"), &err), &err);
    CHECK(file_exists(in_folder("x/y/file")) && !file_is_folder(in_folder("x/y/file")));
    CHECK(!file_make_folder(in_folder("x/y/file"), &err));
    CHECK(err.code == ERR_CONFLICT);
    CHECK(!file_make_folder(in_folder("x/y/file/more"), &err));

    /* What a link points to stays. */
    CHECK_OK(file_write(in_folder("kept"), STR("1"), &err), &err);
    CHECK(symlink(str_to_z(check_arena(), check_folder()),
                  str_to_z(check_arena(), in_folder("x/link"))) == 0);
    CHECK_OK(file_remove_tree(in_folder("x"), &err), &err);
    CHECK(!file_exists(in_folder("x")) && file_exists(in_folder("kept")));
    CHECK(!file_remove_tree(in_folder("x"), &err));
    CHECK(err.code == ERR_ABSENT);
}

static void names_are_listed_in_order(void)
{
    static const char *const NAMES[] = {"б", "b", "B", ".hidden", "a", "10", "9"};
    struct str *names;
    struct err err;
    size_t count;

    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
        CHECK_OK(file_write(in_folder(NAMES[i]), STR(""), &err), &err);
    CHECK_OK(file_list(check_arena(), check_folder(), &names, &count, &err), &err);
    CHECK_INT((int64_t)count, 7);
    for (size_t i = 1; i < count; i++)
        CHECK(str_compare(names[i - 1], names[i]) < 0);
    CHECK_STR(names[0], STR(".hidden"));
    CHECK_STR(names[6], STR("б"));

    CHECK_OK(file_remove(in_folder("a"), &err), &err);
    CHECK(!file_remove(in_folder("a"), &err));
    CHECK(err.code == ERR_ABSENT);
    CHECK(!file_list(check_arena(), in_folder("none"), &names, &count, &err));
    CHECK(err.code == ERR_ABSENT);
}

static void paths_are_joined_by_one_slash(void)
{
    CHECK_STR(file_join(check_arena(), STR("a"), STR("b")), STR("a/b"));
    CHECK_STR(file_join(check_arena(), STR("a/"), STR("b")), STR("a/b"));
    CHECK_STR(file_join(check_arena(), STR("/"), STR("b")), STR("/b"));
    CHECK_STR(file_join(check_arena(), STR(""), STR("b")), STR("b"));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(what_was_written_is_read),
        CHECK_TEST(writing_leaves_nothing_beside),
        CHECK_TEST(reading_is_bounded_and_says_why_not),
        CHECK_TEST(large_file_comes_whole),
        CHECK_TEST(folders_are_made_with_parents_and_removed_with_content),
        CHECK_TEST(names_are_listed_in_order),
        CHECK_TEST(paths_are_joined_by_one_slash),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
