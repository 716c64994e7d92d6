#include "registry/renewal.h"

#include "check.h"

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))

static struct pack *make(const char *version, const struct pack_file *files, size_t count)
{
    struct pack_file *all = ARENA_ARRAY(check_arena(), struct pack_file, count + 1);
    struct pack *pack;
    struct err err;

    memcpy(all, files, count * sizeof *files);
    all[count] = (struct pack_file){
        STR("pack.json"),
        str_printf(check_arena(), "{\"id\":\"yard\",\"version\":\"%s\",\"title\":\"Двор\"}",
                   version)};
    CHECK_OK(pack_make(check_arena(), all, count + 1, &pack, &err), &err);
    return pack;
}

/* "act kind place/id title<was" a line. */
static struct str compare(const struct pack *was, const struct pack *is)
{
    static const char *const ACTS[] = {"+", "~", "-"};
    static const char *const KINDS[] = {"register", "field", "list", "code", "role", "file"};
    struct buf text = {.arena = check_arena()};
    struct renewal renewal;
    struct err err;

    CHECK_OK(renewal_compare(check_arena(), was, is, &renewal, &err), &err);
    for (size_t i = 0; i < renewal.count; i++) {
        const struct renewal_change *one = &renewal.changes[i];

        buf_printf(&text, "%s%s %s %.*s%s%.*s %.*s<%.*s", i > 0 ? "|" : "", ACTS[one->act],
                   KINDS[one->kind], STR_ARG(one->place), one->place.len > 0 ? "/" : "",
                   STR_ARG(one->id), STR_ARG(one->title), STR_ARG(one->was));
    }
    return buf_str(&text);
}

#define REGISTER(title, properties)                                                                \
    STR_INIT("{\"title\":\"" title "\",\"type\":\"object\",\"properties\":{" properties "}}")

static void equal_packs_change_nothing(void)
{
    static const struct pack_file FILES[] = {
        {STR_INIT("lists/kind.csv"), STR_INIT("code,title\na,А\n")},
        {STR_INIT("registers/tree.json"), REGISTER("Деревья", "\"a\":{\"title\":\"А\"}")},
    };

    CHECK_TEXT(compare(make("1.0.0", FILES, 2), make("1.1.0", FILES, 2)), "");
}

static void registers_are_compared_by_their_fields(void)
{
    static const struct pack_file OLD[] = {
        {STR_INIT("registers/bench.json"), REGISTER("Скамейки", "\"a\":{\"title\":\"А\"}")},
        {STR_INIT("registers/tree.json"),
         REGISTER("Деревья", "\"age\":{\"title\":\"Возраст\",\"type\":\"integer\"},"
                             "\"kind\":{\"title\":\"Вид\"},\"old\":{\"title\":\"Старое\"}")},
    };
    static const struct pack_file NEW[] = {
        {STR_INIT("registers/lamp.json"), REGISTER("Фонари", "\"a\":{\"title\":\"А\"}")},
        {STR_INIT("registers/tree.json"),
         REGISTER("Зелень", "\"age\":{\"title\":\"Возраст\",\"type\":\"number\"},"
                            "\"kind\":{\"title\":\"Порода\"},\"wall\":{\"title\":\"Стена\"}")},
    };

    CHECK_TEXT(compare(make("1.0.0", OLD, 2), make("2.0.0", NEW, 2)),
               "+ register yard.lamp Фонари<|~ field yard.tree/age Возраст<|"
               "~ field yard.tree/kind Порода<Вид|+ field yard.tree/wall Стена<|"
               "- field yard.tree/old Старое<|~ register yard.tree Зелень<Деревья|"
               "- register yard.bench Скамейки<");
}

static void lists_are_compared_by_their_codes(void)
{
    static const struct pack_file OLD[] = {
        {STR_INIT("lists/gone.csv"), STR_INIT("code,title\na,А\n")},
        {STR_INIT("lists/kind.csv"),
         STR_INIT("code,title,valid_to\na,А,\nb,Б,\nc,В,\nd,Г,\nd,Г,2020-01-01\n")},
    };
    static const struct pack_file NEW[] = {
        {STR_INIT("lists/kind.csv"),
         STR_INIT("code,title,valid_to\na,А,\nb,Бэ,\nd,Г,\nd,Г,2021-01-01\ne,Д,\n")},
    };

    CHECK_TEXT(compare(make("1.0.0", OLD, 2), make("2.0.0", NEW, 1)),
               "~ code yard.kind/b Бэ<Б|~ code yard.kind/d Г<|+ code yard.kind/e Д<|"
               "- code yard.kind/c В<|- list yard.gone <");
}

static void roles_and_other_files_are_named(void)
{
    static const struct pack_file OLD[] = {
        {STR_INIT("README.md"), STR_INIT("a")},
        {STR_INIT("i18n/ky.po"), STR_INIT("a")},
        {STR_INIT("letters/a.odt"), STR_INIT("a")},
        {STR_INIT("roles.json"), STR_INIT("[{\"id\":\"clerk\",\"title\":\"Специалист\"},"
                                          "{\"id\":\"head\",\"title\":\"Глава\"}]")},
    };
    static const struct pack_file NEW[] = {
        {STR_INIT("README.md"), STR_INIT("b")},
        {STR_INIT("i18n/ky.po"), STR_INIT("b")},
        {STR_INIT("letters/a.odt"), STR_INIT("b")},
        {STR_INIT("roles.json"),
         STR_INIT("[{\"id\":\"clerk\",\"title\":\"Специалист\",\"admin\":[\"users\"]},"
                  "{\"id\":\"guard\",\"title\":\"Сторож\"}]")},
    };

    CHECK_TEXT(compare(make("1.0.0", OLD, 4), make("2.0.0", NEW, 4)),
               "~ file letters/a.odt <|~ role clerk Специалист<|+ role guard Сторож<|"
               "- role head Глава<");
}

static void what_cannot_be_read_is_said(void)
{
    static const struct pack_file OLD[] = {{STR_INIT("registers/tree.json"), STR_INIT("{")}};
    static const struct pack_file NEW[] = {{STR_INIT("registers/tree.json"), STR_INIT("{}")}};
    struct renewal renewal;
    struct err err = {0};

    CHECK(!renewal_compare(check_arena(), make("1.0.0", OLD, 1), make("2.0.0", NEW, 1), &renewal,
                           &err));
    CHECK(strstr(err.text, "registers/tree.json") != NULL);
}

static void very_many_changes_are_told_to_be_more(void)
{
    static const struct pack_file OLD[] = {{STR_INIT("lists/kind.csv"), STR_INIT("code,title\n")}};
    struct buf text = {.arena = check_arena()};
    struct renewal renewal;
    struct err err;

    buf_add(&text, STR("code,title\n"));
    for (int i = 0; i <= RENEWAL_MAX; i++)
        buf_printf(&text, "c%d,Код\n", i);
    struct pack_file new = {STR("lists/kind.csv"), buf_str(&text)};
    CHECK_OK(renewal_compare(check_arena(), make("1.0.0", OLD, 1), make("2.0.0", &new, 1), &renewal,
                             &err),
             &err);
    CHECK_INT((int64_t)renewal.count, RENEWAL_MAX);
    CHECK(renewal.has_more);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(equal_packs_change_nothing),
    CHECK_TEST(registers_are_compared_by_their_fields),
    CHECK_TEST(lists_are_compared_by_their_codes),
    CHECK_TEST(roles_and_other_files_are_named),
    CHECK_TEST(what_cannot_be_read_is_said),
    CHECK_TEST(very_many_changes_are_told_to_be_more),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
