#include "registry/model_library.h"

#include "check.h"
#include "core/file.h"

struct shelf {
    struct str folder;
    struct str *folders;
    struct model_library *library;
    struct err err;
};

static void shelf_open(struct shelf *shelf)
{
    *shelf = (struct shelf){.folder = check_folder()};
    shelf->folders = ARENA_ARRAY(check_arena(), struct str, 2);
    shelf->folders[0] = shelf->folder;
    shelf->folders[1] = file_join(check_arena(), shelf->folder, STR("absent"));
    shelf->library = model_library_new(check_arena(), shelf->folders, 2);
}

static void add(struct shelf *shelf, const char *id, const char *version, const char *requires)
{
    struct str folder =
        file_join(check_arena(), shelf->folder, str_printf(check_arena(), "%s-%s", id, version));
    struct err err;

    CHECK_OK(file_make_folder(folder, &err), &err);
    CHECK_OK(
        file_write(file_join(check_arena(), folder, STR("pack.json")),
                   str_printf(check_arena(), "{\"id\":\"%s\",\"version\":\"%s\",\"requires\":%s}",
                              id, version, requires),
                   &err),
        &err);
}

/* The versions of the model that is asked for: "a@1.0.0 b@1.0.0", or what is said against it. */
static struct str ask(struct shelf *shelf, const struct model_wish *wishes, size_t count,
                      const struct model **model)
{
    struct buf buf = {.arena = check_arena()};

    if (!model_library_get(shelf->library, wishes, count, model, &shelf->err))
        return str_copy(check_arena(), str_from_z(shelf->err.text));
    for (size_t i = 0; i < (*model)->packs.count; i++) {
        const struct pack *pack = (*model)->packs.packs[i];

        buf_printf(&buf, "%s%.*s@%.*s", i > 0 ? " " : "", STR_ARG(pack->id),
                   STR_ARG(pack->version));
    }
    return buf_str(&buf);
}

static void newest_is_taken_unless_a_version_is_named(void)
{
    static const struct model_wish NEWEST[] = {{STR_INIT("a"), STR_INIT("")}};
    static const struct model_wish OLD[] = {{STR_INIT("a"), STR_INIT("1.9.0")}};
    const struct model *model;
    struct shelf shelf;

    shelf_open(&shelf);
    add(&shelf, "a", "1.9.0", "{}");
    add(&shelf, "a", "1.10.0", "{}");
    CHECK_STR(ask(&shelf, NEWEST, 1, &model), STR("a@1.10.0"));
    CHECK_STR(ask(&shelf, OLD, 1, &model), STR("a@1.9.0"));
    model_library_close(&shelf.library);
    model_library_close(&shelf.library);
}

static void what_came_later_is_found_and_what_was_known_stays(void)
{
    static const struct model_wish NEWEST[] = {{STR_INIT("a"), STR_INIT("")}};
    static const struct model_wish FIRST[] = {{STR_INIT("a"), STR_INIT("1.0.0")}};
    static const struct model_wish SECOND[] = {{STR_INIT("a"), STR_INIT("2.0.0")}};
    const struct model *first, *again, *second;
    struct shelf shelf;

    shelf_open(&shelf);
    add(&shelf, "a", "1.0.0", "{}");
    CHECK_STR(ask(&shelf, NEWEST, 1, &first), STR("a@1.0.0"));
    CHECK_STR(ask(&shelf, SECOND, 1, &second), STR("the pack a 2.0.0 is not on this server"));
    CHECK_INT(shelf.err.code, ERR_ABSENT);
    add(&shelf, "a", "2.0.0", "{}");
    CHECK_STR(ask(&shelf, SECOND, 1, &second), STR("a@2.0.0"));
    CHECK_STR(ask(&shelf, NEWEST, 1, &again), STR("a@2.0.0"));
    CHECK(again == second);
    CHECK_STR(ask(&shelf, FIRST, 1, &again), STR("a@1.0.0"));
    CHECK(again == first);
    model_library_close(&shelf.library);
}

/* However they are asked for, the same packs are one model. */
static void order_of_wishes_makes_no_other_model(void)
{
    static const struct model_wish AB[] = {{STR_INIT("a"), STR_INIT("")},
                                           {STR_INIT("b"), STR_INIT("")}};
    static const struct model_wish BA[] = {{STR_INIT("b"), STR_INIT("1.0.0")},
                                           {STR_INIT("a"), STR_INIT("1.0.0")}};
    const struct model *model, *other;
    struct shelf shelf;

    shelf_open(&shelf);
    add(&shelf, "a", "1.0.0", "{\"b\":\"^1\"}");
    add(&shelf, "b", "1.0.0", "{}");
    CHECK_STR(ask(&shelf, AB, 2, &model), STR("b@1.0.0 a@1.0.0"));
    CHECK_STR(ask(&shelf, BA, 2, &other), STR("b@1.0.0 a@1.0.0"));
    CHECK(model == other);
    CHECK(!model_library_get(shelf.library, AB, 1, &other, &shelf.err)); /* a needs b */
    model_library_close(&shelf.library);
}

static void list_has_the_newest_of_each_and_passes_over_what_is_broken(void)
{
    struct pack_set packs;
    struct shelf shelf;

    shelf_open(&shelf);
    add(&shelf, "a", "1.0.0", "{}");
    add(&shelf, "a", "1.0.1", "{}");
    add(&shelf, "b", "3.0.0", "{}");
    add(&shelf, "c", "none", "{}");
    CHECK_OK(model_library_packs(shelf.library, check_arena(), &packs, &shelf.err), &shelf.err);
    CHECK_INT((int64_t)packs.count, 2);
    CHECK_STR(pack_set_find(&packs, STR("a"))->version, STR("1.0.1"));
    CHECK_STR(pack_set_find(&packs, STR("b"))->version, STR("3.0.0"));
    model_library_close(&shelf.library);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(newest_is_taken_unless_a_version_is_named),
    CHECK_TEST(what_came_later_is_found_and_what_was_known_stays),
    CHECK_TEST(order_of_wishes_makes_no_other_model),
    CHECK_TEST(list_has_the_newest_of_each_and_passes_over_what_is_broken),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
