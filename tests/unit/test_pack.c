#include "pack/pack.h"

#include "check.h"
#include "core/file.h"

#include <string.h>
#include <unistd.h>

#define MANIFEST "{\"id\":\"greenery\",\"version\":\"1.2.0\",\"title\":\"Зелёное хозяйство\"}"

static void put(struct str path, struct str bytes)
{
    struct err err;

    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/') {
            CHECK_OK(file_make_folder(str_slice(path, 0, i - 1), &err), &err);
            break;
        }
    CHECK_OK(file_write(path, bytes, &err), &err);
}

static void put_in(const char *name, struct str bytes)
{
    put(file_join(check_arena(), check_folder(), str_from_z(name)), bytes);
}

static struct pack *read_folder(void)
{
    struct pack *pack = NULL;
    struct err err;

    CHECK_OK(pack_read(check_arena(), check_folder(), &pack, &err), &err);
    return pack;
}

static enum err_code refusal(void)
{
    struct pack *pack = NULL;
    struct err err = {0};

    CHECK(!pack_read(check_arena(), check_folder(), &pack, &err));
    CHECK(pack == NULL);
    return err.code;
}

static void folder_is_read_with_its_files_sorted_by_path(void)
{
    put_in("registers/tree.json", STR("{}"));
    put_in("registers-old/tree.json", STR("{}"));
    put_in("registers/deep/er.json", STR("{}"));
    put_in("README.md", STR("# Trees\n"));
    put_in("pack.json", STR(MANIFEST));

    struct pack *pack = read_folder();
    CHECK_INT((int64_t)pack->file_count, 5);
    CHECK_STR(pack->id, STR("greenery"));
    CHECK_STR(pack->version, STR("1.2.0"));
    CHECK_STR(pack->title, STR("Зелёное хозяйство"));
    for (size_t i = 1; i < pack->file_count; i++)
        CHECK(str_compare(pack->files[i - 1].path, pack->files[i].path) < 0);
    CHECK_STR(pack_file_find(pack, STR("README.md"))->bytes, STR("# Trees\n"));
    CHECK(pack_file_find(pack, STR("readme.md")) == NULL);
    CHECK_INT((int64_t)strlen(pack->digest), 43);
}

static bool take(void *data, const struct pack_file *file)
{
    buf_printf(data, "%.*s;", STR_ARG(file->path));
    return !str_ends(file->path, STR("stop.json"));
}

static void each_file_goes_through_one_folder_only(void)
{
    struct buf seen = {.arena = check_arena()};

    put_in("registers/tree.json", STR("{}"));
    put_in("registers/note.txt", STR("x"));
    put_in("registers/deep/er.json", STR("{}"));
    put_in("registers-old/tree.json", STR("{}"));
    put_in("registers/stop.json", STR("{}"));
    put_in("pack.json", STR(MANIFEST));

    pack_each_file(read_folder(), STR("registers"), STR(".json"), take, &seen);
    CHECK_STR(buf_str(&seen), STR("registers/stop.json;"));
    seen.len = 0;
    pack_each_file(read_folder(), STR("registers"), STR("ee.json"), take, &seen);
    CHECK_STR(buf_str(&seen), STR("registers/tree.json;"));
}

static void digest_changes_with_any_byte_or_name(void)
{
    struct str first;

    put_in("pack.json", STR(MANIFEST));
    put_in("a.md", STR("bc"));
    first = str_from_z(read_folder()->digest);
    CHECK_STR(str_from_z(read_folder()->digest), first);
    put_in("a.md", STR("bd"));
    CHECK(!str_equal(str_from_z(read_folder()->digest), first));
    put_in("a.md", STR("bc"));
    put_in("b.md", STR(""));
    CHECK(!str_equal(str_from_z(read_folder()->digest), first));
}

static void links_are_refused(void)
{
    char target[256];

    put_in("pack.json", STR(MANIFEST));
    strcpy(target, str_to_z(check_arena(), file_join(check_arena(), check_folder(), STR("a.md"))));
    CHECK(symlink("/etc/hostname", target) == 0);
    CHECK_INT(refusal(), ERR_INPUT);
}

static void a_folder_without_a_manifest_is_no_pack(void)
{
    put_in("README.md", STR("x"));
    CHECK_INT(refusal(), ERR_INPUT);
}

static void manifest_alone_tells_which_pack_it_is(void)
{
    struct pack head;
    struct err err;

    put_in("pack.json", STR(MANIFEST));
    const struct pack *whole = read_folder();
    CHECK_OK(pack_read_manifest(check_arena(), check_folder(), &head, &err), &err);
    CHECK_STR(head.id, whole->id);
    CHECK_STR(head.version, whole->version);
    CHECK(head.file_count == 0);
    put_in("pack.json", STR("{\"id\":\"tree\",\"version\":\"newest\"}"));
    CHECK(!pack_read_manifest(check_arena(), check_folder(), &head, &err));
    CHECK_INT(err.code, ERR_INPUT);
}

static void odd_names_and_ids_are_refused(void)
{
    put_in("pack.json", STR("{\"id\":\"../evil\",\"version\":\"1.0.0\"}"));
    CHECK_INT(refusal(), ERR_INPUT);
    put_in("pack.json", STR("{\"id\":\"evil\",\"version\":\"1.0\"}"));
    CHECK_INT(refusal(), ERR_INPUT);
    put_in("pack.json", STR(MANIFEST));
    read_folder();
    put_in("Шаблон.md", STR("x"));
    CHECK_INT(refusal(), ERR_INPUT);
}

static void paths_go_by_the_rules(void)
{
    static const char *const GOOD[] = {
        "pack.json",      "README.md", "LICENSE", "i18n/ru.po", "channels/egrn-request.xslt",
        "a/b/c/d/e/f_1.x"};
    static const char *const BAD[] = {
        "",   "/etc/passwd", "a//b", "a/",     "../x", "a/../b",      "a/./b",        ".hidden",
        "-x", "a b",         "a\\b", "A.json", "a\n",  "x/README.md", "a/b/c/d/e/f/g"};

    for (size_t i = 0; i < ARRAY_LEN(GOOD); i++)
        CHECK(pack_path_is_valid(str_from_z(GOOD[i])));
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
        CHECK(!pack_path_is_valid(str_from_z(BAD[i])));
    CHECK(!pack_path_is_valid((struct str){"a\0b", 3}));
}

static void files_in_memory_make_the_same_pack(void)
{
    struct pack_file files[] = {{STR("pack.json"), STR(MANIFEST)}, {STR("a.md"), STR("bc")}};
    struct pack_file twice[] = {
        {STR("a.md"), STR("1")}, {STR("pack.json"), STR(MANIFEST)}, {STR("a.md"), STR("2")}};
    struct pack *pack;
    struct err err = {0};

    put_in("pack.json", STR(MANIFEST));
    put_in("a.md", STR("bc"));
    CHECK_OK(pack_make(check_arena(), files, 2, &pack, &err), &err);
    CHECK_STR(str_from_z(pack->digest), str_from_z(read_folder()->digest));
    CHECK(!pack_make(check_arena(), twice, 3, &pack, &err));
    CHECK(!pack_make(check_arena(), NULL, 0, &pack, &err));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(folder_is_read_with_its_files_sorted_by_path),
        CHECK_TEST(each_file_goes_through_one_folder_only),
        CHECK_TEST(digest_changes_with_any_byte_or_name),
        CHECK_TEST(links_are_refused),
        CHECK_TEST(a_folder_without_a_manifest_is_no_pack),
        CHECK_TEST(manifest_alone_tells_which_pack_it_is),
        CHECK_TEST(odd_names_and_ids_are_refused),
        CHECK_TEST(paths_go_by_the_rules),
        CHECK_TEST(files_in_memory_make_the_same_pack),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
