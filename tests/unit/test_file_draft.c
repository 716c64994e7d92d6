#include "check.h"

#include "core/file.h"
#include "core/file_draft.h"

static int64_t count_files(struct str folder)
{
    struct str *names;
    struct err err;
    size_t count;

    CHECK_OK(file_list(check_arena(), folder, &names, &count, &err), &err);
    return (int64_t)count;
}

static void a_kept_draft_has_its_name_and_all_its_pieces(void)
{
    struct str folder = check_folder();
    struct file_draft draft = {0};
    struct str bytes;
    struct err err;

    CHECK_OK(file_draft_open(&draft, check_arena(), folder, &err), &err);
    CHECK_OK(file_draft_add(&draft, STR("one "), &err), &err);
    CHECK_OK(file_draft_add(&draft, STR("two"), &err), &err);
    CHECK(!file_exists(file_join(check_arena(), folder, STR("name"))));
    CHECK_OK(file_draft_keep(&draft, check_arena(), STR("name"), &err), &err);
    file_draft_drop(&draft);
    CHECK_OK(
        file_read(check_arena(), file_join(check_arena(), folder, STR("name")), 100, &bytes, &err),
        &err);
    CHECK_STR(bytes, STR("one two"));
    CHECK_INT(count_files(folder), 1);
}

static void a_dropped_draft_leaves_nothing(void)
{
    struct str folder = check_folder();
    struct file_draft draft = {0};
    struct err err;

    file_draft_drop(&draft);
    CHECK_OK(file_draft_open(&draft, check_arena(), folder, &err), &err);
    CHECK_OK(file_draft_add(&draft, STR("half"), &err), &err);
    CHECK_INT(count_files(folder), 1);
    file_draft_drop(&draft);
    file_draft_drop(&draft);
    CHECK_INT(count_files(folder), 0);
}

static void a_draft_needs_its_folder(void)
{
    struct file_draft draft = {0};
    struct err err;

    CHECK(!file_draft_open(&draft, check_arena(), STR("/nowhere/at/all"), &err));
    CHECK_INT(err.code, ERR_BROKEN);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_kept_draft_has_its_name_and_all_its_pieces),
    CHECK_TEST(a_dropped_draft_leaves_nothing),
    CHECK_TEST(a_draft_needs_its_folder),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
