/* An application is sent: record, files, case and flow are there together, or none is. */
#include "counter.h"

static int64_t count(struct counter *counter, const char *sql)
{
    return town_count(&counter->hamlet.town, sql);
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    return application_put(tx, check_arena(), HAMLET_NOW, data, err);
}

/* A draft with a file, of that account. */
static struct application draft(struct counter *counter, int64_t account)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct tenant *tenant = counter->hamlet.town.tenant;
    struct application application = {.account = account, .service = STR("hamlet.order")};
    struct attachment_source source = {
        .fd = -1, .bytes = STR("a tree"), .size = 6, .name = STR("a.txt")};

    CHECK_OK(tx_read(&tx, tenant, &counter->err), &counter->err);
    CHECK_OK(application_get(&tx, check_arena(), HAMLET_NOW, &application, &counter->err),
             &counter->err);
    tx_done(&tx);
    CHECK_OK(attachment_keep(tenant, check_arena(), &source, &application.files[0], &counter->err),
             &counter->err);
    application.file_count = 1;
    CHECK_OK(tenant_write_wait(tenant, run_put, &application, &counter->err), &counter->err);
    return application;
}

static void what_is_sent_is_a_record_a_case_and_a_flow(void)
{
    struct counter counter;

    counter_open(&counter);
    struct application sent = draft(&counter, HAMLET_ACTOR);
    CHECK_INT(counter_apply(&counter, "{\"name\":\"Мира\"}",
                            (struct conduct_application){.id = sent.id,
                                                         .applicant = HAMLET_ACTOR,
                                                         .person = 12,
                                                         .draft_of = HAMLET_ACTOR,
                                                         .files = sent.files,
                                                         .file_count = 1}),
              ERR_NONE);
    struct service_case one = counter_case(&counter, sent.id);
    CHECK_STR(one.number, STR("2026-1"));
    CHECK_INT(one.flow, counter.flow);
    CHECK_INT(one.applicant, HAMLET_ACTOR);
    CHECK_INT(one.person, 12);
    CHECK_INT(one.due_on, HAMLET_DAY + 10);
    CHECK_STR(counter_events(&counter, sent.id), STR("registered |stage Проверяем.|"));
    CHECK(hamlet_get(&counter.hamlet, "street", sent.id) != NULL);
    CHECK_INT(count(&counter, "SELECT count(*) FROM attachment WHERE tenant = $1"), 1);
    CHECK_INT(count(&counter, "SELECT count(*) FROM application WHERE tenant = $1"), 0);
    counter_close(&counter);
}

static void application_sent_twice_is_one_case(void)
{
    struct counter counter;
    struct conduct_application application = {.id = 4711, .applicant = HAMLET_ACTOR};

    counter_open(&counter);
    CHECK_INT(counter_apply(&counter, "{\"name\":\"Мира\"}", application), ERR_NONE);
    CHECK(counter_apply(&counter, "{\"name\":\"Мира\"}", application) != ERR_NONE);
    CHECK_INT(count(&counter, "SELECT count(*) FROM service_case WHERE tenant = $1"), 1);
    CHECK_INT(count(&counter, "SELECT count(*) FROM flow WHERE tenant = $1"), 1);
    /* Nor did it take a number. */
    application.id = 4712;
    CHECK_INT(counter_apply(&counter, "{\"name\":\"Мира\"}", application), ERR_NONE);
    CHECK_STR(counter_case(&counter, 4712).number, STR("2026-2"));
    counter_close(&counter);
}

static void what_the_register_refuses_leaves_nothing(void)
{
    struct counter counter;
    struct conduct_application application = {.id = 4711, .applicant = HAMLET_ACTOR};

    counter_open(&counter);
    struct application kept = draft(&counter, HAMLET_ACTOR);
    application.draft_of = kept.account;
    CHECK_INT(counter_apply(&counter, "{}", application), ERR_INPUT);
    CHECK(counter.flaws.first != NULL);
    CHECK_STR(counter.flaws.first->path, STR("/data/name"));
    CHECK_INT(count(&counter, "SELECT count(*) FROM service_case WHERE tenant = $1"), 0);
    CHECK_INT(count(&counter, "SELECT count(*) FROM application WHERE tenant = $1"), 1);
    CHECK_INT(count(&counter, "SELECT count(*) FROM document_series WHERE tenant = $1"), 0);
    counter_close(&counter);
}

/* As when they were collected: the whole write is gone, its number too. */
static void files_that_are_gone_stop_the_whole_write(void)
{
    struct counter counter;
    struct attachment lost = {
        .name = STR("a.txt"),
        .type = STR("text/plain"),
        .size = 3,
        .digest = STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    };

    counter_open(&counter);
    CHECK(counter_apply(&counter, "{\"name\":\"Мира\"}",
                        (struct conduct_application){
                            .id = 4711, .files = &lost, .file_count = 1}) != ERR_NONE);
    CHECK_INT(count(&counter, "SELECT count(*) FROM service_case WHERE tenant = $1"), 0);
    CHECK_INT(count(&counter, "SELECT count(*) FROM record WHERE tenant = $1"), 0);
    CHECK_INT(
        counter_apply(&counter, "{\"name\":\"Мира\"}", (struct conduct_application){.id = 4712}),
        ERR_NONE);
    CHECK_STR(counter_case(&counter, 4712).number, STR("2026-1"));
    counter_close(&counter);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_is_sent_is_a_record_a_case_and_a_flow),
    CHECK_TEST(application_sent_twice_is_one_case),
    CHECK_TEST(what_the_register_refuses_leaves_nothing),
    CHECK_TEST(files_that_are_gone_stop_the_whole_write),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
