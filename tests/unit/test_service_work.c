/* How the work on cases is shared out, as cards say it. */
#include "service/service_work.h"

#include "check.h"

struct reading {
    struct pack_findings findings;
    struct service_work work;
    bool has_failed;
};

static void read_card(struct reading *it, const char *card)
{
    const struct pack_file file = {STR("services/a.json"), str_from_z(card)};
    struct json *json;
    struct err err;

    *it = (struct reading){.findings.arena = check_arena()};
    CHECK_OK(json_parse(check_arena(), file.bytes, NULL, &json, &err), &err);
    it->work = service_work_read(check_arena(), json, &file, &it->findings, &it->has_failed);
}

static void refuses(const char *card, const char *why)
{
    struct reading it;

    read_card(&it, card);
    CHECK(it.has_failed);
    CHECK(it.findings.first != NULL);
    CHECK_STR(it.findings.first->text, str_from_z(why));
}

static void card_that_says_nothing_is_a_pool(void)
{
    struct reading it;

    read_card(&it, "{}");
    CHECK(!it.has_failed);
    CHECK_INT(it.work.share, SERVICE_WORK_POOL);
    CHECK_INT(it.work.remind_days, 0);
    CHECK(!service_work_assigns(&it.work, STR("check")));
}

static void word_is_for_all_tasks(void)
{
    struct reading it;

    read_card(&it, "{\"assign\":\"random\"}");
    CHECK(!it.has_failed);
    CHECK_INT(it.work.share, SERVICE_WORK_RANDOM);
    CHECK(service_work_assigns(&it.work, STR("check")));
    read_card(&it, "{\"assign\":\"pool\"}");
    CHECK(!it.has_failed);
    CHECK(!service_work_assigns(&it.work, STR("check")));
}

static void object_names_tasks(void)
{
    struct reading it;

    read_card(&it, "{\"assign\":{\"way\":\"load\",\"tasks\":[\"check\"]},"
                   "\"term\":{},\"escalate\":{\"days\":3,\"role\":\"head\"}}");
    CHECK(!it.has_failed);
    CHECK_INT(it.work.share, SERVICE_WORK_LOAD);
    CHECK(service_work_assigns(&it.work, STR("check")));
    CHECK(!service_work_assigns(&it.work, STR("decide")));
    CHECK_INT(it.work.remind_days, 3);
    CHECK_STR(it.work.remind_role, STR("head"));
}

static void what_is_wrong_is_said(void)
{
    static const char SHARE[] = "how cases are assigned is said by pool, load or random";
    static const char ASSIGN[] = "assign is pool, load or random, or has way and tasks";
    static const char TASKS[] = "tasks is a list of ids of user tasks, at most 50";
    static const char DAYS[] = "days is a whole number of working days from 1 to 60";

    refuses("{\"assign\":\"lottery\"}", SHARE);
    refuses("{\"assign\":{\"tasks\":[\"a\"]}}", SHARE);
    refuses("{\"assign\":7}", ASSIGN);
    refuses("{\"assign\":{\"way\":\"load\",\"who\":\"a\"}}", ASSIGN);
    refuses("{\"assign\":{\"way\":\"load\",\"tasks\":[]}}", TASKS);
    refuses("{\"assign\":{\"way\":\"load\",\"tasks\":[7]}}", TASKS);
    refuses("{\"term\":{},\"escalate\":{\"days\":0}}", DAYS);
    refuses("{\"term\":{},\"escalate\":{\"days\":61}}", DAYS);
    refuses("{\"term\":{},\"escalate\":3}", "escalate has days and role");
    refuses("{\"escalate\":{\"days\":3}}", "a service without a term has no end to remind of");
}

static const struct check_test TESTS[] = {
    CHECK_TEST(card_that_says_nothing_is_a_pool),
    CHECK_TEST(word_is_for_all_tasks),
    CHECK_TEST(object_names_tasks),
    CHECK_TEST(what_is_wrong_is_said),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
