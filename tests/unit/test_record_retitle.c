#include "registry/record_retitle.h"

#include "core/utf8.h"
#include "hamlet.h"

#include <time.h>

struct village {
    struct hamlet h;
    struct worker_kind kind;
    struct worker_pool *pool;
    int64_t street, house, flat;
};

static int64_t make_in(struct hamlet *h, const char *type, const char *field, int64_t id,
                       const char *number)
{
    return hamlet_make(h, type,
                       str_printf(check_arena(), "{\"%s\":\"%.*s\",\"number\":\"%s\"}", field,
                                  STR_ARG(id_text(check_arena(), id)), number));
}

static void village_open(struct village *village)
{
    struct hamlet *h = &village->h;

    hamlet_open(h);
    village->street = hamlet_make(h, "street", STR("{\"name\":\"Мира\",\"kind\":\"street\"}"));
    village->house = make_in(h, "house", "street", village->street, "5");
    village->flat = make_in(h, "flat", "house", village->house, "7");
}

static int64_t count_jobs(struct village *village)
{
    return town_count(&village->h.town, "SELECT count(*) FROM job WHERE tenant = $1"
                                        " AND status IN ('waiting', 'running')");
}

static void run_jobs(struct village *village)
{
    village->kind = record_retitle_kind;
    village->kind.context = village->h.library;
    village->pool =
        worker_start(village->h.town.arena, village->h.town.store, &village->kind, 1, 1);
    worker_wake(village->pool, STR("town"));
    /* A chain of some 25 jobs, each flushed to the disk: a busy machine takes its time. */
    for (int i = 0; i < 9000 && count_jobs(village) > 0; i++)
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    CHECK_INT(count_jobs(village), 0);
    worker_stop(village->pool);
}

static void rename_street(struct village *village, const char *name)
{
    CHECK_INT(
        hamlet_change(&village->h, "street", hamlet_get(&village->h, "street", village->street),
                      str_printf(check_arena(), "{\"name\":\"%s\",\"kind\":\"street\"}", name)),
        ERR_NONE);
}

static void new_name_reaches_all_that_are_named_after_it(void)
{
    struct village v;
    int64_t version;

    village_open(&v);
    version = hamlet_get(&v.h, "house", v.house)->version;
    CHECK_STR(hamlet_get(&v.h, "flat", v.flat)->title, STR("улица Мира, 5, кв. 7"));
    CHECK_STR(hamlet_find(&v.h, "flat", "мира"), STR("улица Мира, 5, кв. 7"));
    rename_street(&v, "Садовая");
    CHECK_INT(count_jobs(&v), 1);
    run_jobs(&v);
    CHECK_STR(hamlet_get(&v.h, "house", v.house)->title, STR("улица Садовая, 5"));
    CHECK_STR(hamlet_get(&v.h, "flat", v.flat)->title, STR("улица Садовая, 5, кв. 7"));
    CHECK_STR(hamlet_find(&v.h, "flat", "мира"), STR(""));
    CHECK_STR(hamlet_find(&v.h, "house", "садовую 5"), STR("улица Садовая, 5"));
    CHECK_STR(hamlet_find(&v.h, "flat", "садовая"), STR("улица Садовая, 5, кв. 7"));
    CHECK_INT(hamlet_get(&v.h, "house", v.house)->version, version);
    CHECK_INT(town_count(&v.h.town, "SELECT count(*) FROM history WHERE tenant = $1"), 1);
    hamlet_close(&v.h);
}

static void change_that_keeps_the_name_puts_no_job(void)
{
    struct village v;

    village_open(&v);
    CHECK_INT(hamlet_change(&v.h, "flat", hamlet_get(&v.h, "flat", v.flat),
                            str_printf(check_arena(), "{\"house\":\"%.*s\",\"number\":\"8\"}",
                                       STR_ARG(id_text(check_arena(), v.house)))),
              ERR_NONE); /* nothing is named after flats */
    CHECK_INT(hamlet_change(&v.h, "house", hamlet_get(&v.h, "house", v.house),
                            str_printf(check_arena(),
                                       "{\"street\":\"%.*s\",\"number\":\"5\",\"year\":1999}",
                                       STR_ARG(id_text(check_arena(), v.street)))),
              ERR_NONE);
    CHECK_INT(count_jobs(&v), 0);
    hamlet_close(&v.h);
}

static void many_are_renamed_in_batches(void)
{
    struct village v;

    village_open(&v);
    for (int i = 0; i < 450; i++)
        make_in(&v.h, "flat", "house", v.house, "9");
    rename_street(&v, "Садовая");
    run_jobs(&v);
    CHECK_INT(town_count(&v.h.town, "SELECT count(*) FROM record WHERE tenant = $1"
                                    " AND title LIKE 'улица Садовая, 5, кв. %'"),
              451);
    hamlet_close(&v.h);
}

/* Prepared under the old name, written after everything had its new one. */
static void draft_from_before_the_renaming_gets_the_new_name(void)
{
    struct village v;
    struct flaws flaws = {0};

    village_open(&v);
    struct record_draft draft = {
        .act = RECORD_CREATE,
        .type = hamlet_type(&v.h, "house"),
        .value = hamlet_json(str_printf(check_arena(), "{\"street\":\"%.*s\",\"number\":\"6\"}",
                                        STR_ARG(id_text(check_arena(), v.street))))};
    struct record_draft change = draft;
    change.act = RECORD_CHANGE;
    change.old = hamlet_get(&v.h, "house", v.house);
    CHECK(hamlet_prepare(&v.h, &draft, &flaws));
    CHECK(hamlet_prepare(&v.h, &change, &flaws));
    rename_street(&v, "Садовая");
    run_jobs(&v);
    CHECK(hamlet_apply(&v.h, &draft));
    CHECK(hamlet_apply(&v.h, &change));
    CHECK_STR(hamlet_get(&v.h, "house", draft.id)->title, STR("улица Садовая, 6"));
    CHECK_STR(hamlet_find(&v.h, "house", "садовая"), STR("улица Садовая, 6|улица Садовая, 6"));
    CHECK_STR(hamlet_find(&v.h, "house", "мира"), STR(""));
    CHECK_STR(hamlet_find(&v.h, "house", "5"), STR(""));
    hamlet_close(&v.h);
}

static void record_named_after_itself_comes_to_rest(void)
{
    static const struct pack_file PERSON = {
        STR_INIT("registers/person.json"),
        STR_INIT(HAMLET_REGISTER "\"x-uprava\":{\"title\":\"{{name}} {{parent}}\"},\"properties\":{"
                                 "\"name\":{" HAMLET_TEXT "},\"parent\":{" HAMLET_TEXT
                                 ",\"x-uprava\":{\"ref\":\"hamlet.person\"}}}}")};
    struct village v;

    village_open(&v);
    hamlet_write_pack(&v.h, "1.1.0", &PERSON);
    hamlet_install(&v.h);
    int64_t self = hamlet_make(&v.h, "person", STR("{\"name\":\"Константинопольский\"}"));
    CHECK_INT(hamlet_change(&v.h, "person", hamlet_get(&v.h, "person", self),
                            str_printf(check_arena(),
                                       "{\"name\":\"Константинопольский\",\"parent\":\"%.*s\"}",
                                       STR_ARG(id_text(check_arena(), self)))),
              ERR_NONE);
    run_jobs(&v);
    CHECK_INT((int64_t)utf8_length(hamlet_get(&v.h, "person", self)->title), 500);
    hamlet_close(&v.h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(new_name_reaches_all_that_are_named_after_it),
    CHECK_TEST(change_that_keeps_the_name_puts_no_job),
    CHECK_TEST(many_are_renamed_in_batches),
    CHECK_TEST(draft_from_before_the_renaming_gets_the_new_name),
    CHECK_TEST(record_named_after_itself_comes_to_rest),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
