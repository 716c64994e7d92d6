#include "hamlet.h"

#include "core/file.h"
#include "queue/job.h"
#include "registry/quota.h"

#include <string.h>

static void limit(struct hamlet *h, enum limit_kind kind, int64_t value)
{
    struct limit_set own = tenant_info(h->town.tenant)->limits;
    struct err err;

    own.values[kind] = value;
    CHECK_OK(limit_change(h->town.store, STR("town"), &own, &err), &err);
}

static enum err_code make(struct hamlet *h, const char *name)
{
    struct record_draft draft = {
        .act = RECORD_CREATE,
        .type = hamlet_type(h, "street"),
        .value = hamlet_json(str_printf(check_arena(), "{\"name\":\"%s\"}", name)),
        .valid_from = RECORD_ALWAYS,
        .valid_to = RECORD_FOREVER};

    return hamlet_do(h, &draft);
}

static void no_record_is_made_beyond_the_limit_and_the_rest_goes_on(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t first = hamlet_make(&h, "street", STR("{\"name\":\"Мира\"}"));
    limit(&h, LIMIT_ROWS, 40);
    for (int i = 1; i < 40; i++)
        CHECK_INT(make(&h, "Труда"), ERR_NONE);
    CHECK_INT(make(&h, "Лишняя"), ERR_LIMIT);
    CHECK_STR(str_from_z(h.err.text), STR(QUOTA_ROWS));
    CHECK(quota_is_full(&h.err));
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM record WHERE tenant = $1"), 40);
    /* What is here can be changed and deleted, and what went makes room. */
    CHECK_INT(
        hamlet_change(&h, "street", hamlet_get(&h, "street", first), STR("{\"name\":\"Победы\"}")),
        ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "street", hamlet_get(&h, "street", first)), ERR_NONE);
    CHECK_INT(make(&h, "Новая"), ERR_NONE);
    CHECK_INT(make(&h, "Лишняя"), ERR_LIMIT);
    limit(&h, LIMIT_ROWS, 41);
    CHECK_INT(make(&h, "Новая"), ERR_NONE);
    CHECK_INT(make(&h, "Лишняя"), ERR_LIMIT);
    limit(&h, LIMIT_ROWS, 0);
    CHECK_INT(make(&h, "Ещё"), ERR_NONE);
    limit(&h, LIMIT_ROWS, LIMIT_USUAL);
    CHECK_INT(make(&h, "Ещё"), ERR_NONE);
    hamlet_close(&h);
}

static void slices_of_one_thing_are_one_record(void)
{
    struct hamlet h;

    hamlet_open(&h);
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(&h, "parcel"),
                                 .value = hamlet_json(STR("{\"code\":\"1\"}")),
                                 .valid_from = 0,
                                 .valid_to = 100};
    limit(&h, LIMIT_ROWS, 1);
    CHECK_INT(hamlet_do(&h, &draft), ERR_NONE);
    draft = (struct record_draft){.act = RECORD_CREATE,
                                  .type = draft.type,
                                  .id = draft.id,
                                  .value = draft.value,
                                  .valid_from = 100,
                                  .valid_to = 200};
    CHECK_INT(hamlet_do(&h, &draft), ERR_NONE);
    CHECK_INT(make(&h, "Лишняя"), ERR_LIMIT);
    hamlet_close(&h);
}

static void where_the_disk_is_full_nothing_is_kept_but_deleting_goes_on(void)
{
    struct hamlet h;
    struct err err;

    hamlet_open(&h);
    struct tenant *town = h.town.tenant;
    int64_t id = hamlet_make(&h, "street", STR("{\"name\":\"Мира\"}"));
    int64_t taken = quota_measure_disk(town, HAMLET_NOW);
    limit(&h, LIMIT_DISK, taken + 1000000);
    CHECK(!quota_is_short(town));
    CHECK_OK(quota_need_file(town, 1000000, HAMLET_NOW, &err), &err);
    CHECK(!quota_need_file(town, 1000001, HAMLET_NOW, &err));
    CHECK_STR(str_from_z(err.text), STR(QUOTA_DISK));
    CHECK(quota_is_full(&err));
    quota_kept(town, 999990);
    CHECK_INT(make(&h, "Лишняя"), ERR_LIMIT);
    CHECK_STR(str_from_z(h.err.text), STR(QUOTA_DISK));
    CHECK_INT(
        hamlet_change(&h, "street", hamlet_get(&h, "street", id), STR("{\"name\":\"Победы\"}")),
        ERR_LIMIT);
    CHECK_INT(hamlet_delete(&h, "street", hamlet_get(&h, "street", id)), ERR_NONE);
    /* Kept was only said: measured again, there is room. */
    CHECK_OK(quota_need_file(town, 500, HAMLET_NOW + 60000, &err), &err);
    quota_kept(town, 2);
    limit(&h, LIMIT_DISK, 1);
    CHECK(quota_is_short(town));
    limit(&h, LIMIT_DISK, LIMIT_USUAL);
    CHECK_OK(quota_need_disk(town, INT64_C(1) << 40, &err), &err);
    hamlet_close(&h);
}

struct asking {
    int64_t actor;
    int64_t id;
};

static bool ask_job(struct tx *tx, void *data, struct err *err)
{
    struct asking *asking = data;
    struct job job = {
        .kind = STR("test"), .payload = STR("{}"), .actor = asking->actor, .put_at = HAMLET_NOW};

    return job_put(tx, &job, HAMLET_NOW, &asking->id, err);
}

static bool end_job(struct tx *tx, void *data, struct err *err)
{
    return job_stop(tx, ((struct asking *)data)->id, HAMLET_NOW, err);
}

static void nobody_asks_for_more_work_than_may_be_in_progress(void)
{
    struct asking own = {.actor = 7}, system = {.actor = 0};
    struct hamlet h;
    struct err err;

    hamlet_open(&h);
    struct tenant *town = h.town.tenant;
    limit(&h, LIMIT_JOBS, 2);
    CHECK_OK(tenant_write_wait(town, ask_job, &own, &err), &err);
    CHECK_OK(tenant_write_wait(town, ask_job, &own, &err), &err);
    CHECK(!tenant_write_wait(town, ask_job, &(struct asking){.actor = 7}, &err));
    CHECK_INT(err.code, ERR_LIMIT);
    CHECK_STR(str_from_z(err.text), STR(JOB_FULL));
    CHECK(!quota_is_full(&err));
    /* What follows from other work is not refused. */
    CHECK_OK(tenant_write_wait(town, ask_job, &system, &err), &err);
    CHECK_OK(tenant_write_wait(town, end_job, &own, &err), &err);
    CHECK(!tenant_write_wait(town, ask_job, &own, &err));
    CHECK_OK(tenant_write_wait(town, end_job, &system, &err), &err);
    CHECK_OK(tenant_write_wait(town, ask_job, &own, &err), &err);
    hamlet_close(&h);
}

static void limits_are_there_for_who_opens_the_municipality_later(void)
{
    struct hamlet h;
    struct err err;

    hamlet_open(&h);
    struct store *store = h.town.store;
    limit(&h, LIMIT_ROWS, 5);
    limit(&h, LIMIT_DISK, 0);
    CHECK_INT(limit_get(h.town.tenant, LIMIT_ROWS), 5);
    struct store_tenant info;
    CHECK_OK(store_get_tenant(store, check_arena(), STR("town"), &info, &err), &err);
    CHECK_INT(info.limits.values[LIMIT_ROWS], 5);
    CHECK_INT(info.limits.values[LIMIT_DISK], 0);
    CHECK_INT(info.limits.values[LIMIT_JOBS], LIMIT_USUAL);
    /* Another change of the municipality leaves them. */
    info.limits = (struct limit_set){{1, 1, 1, 1}};
    info.title = STR("Посёлок");
    CHECK_OK(store_change_tenant(store, &info, &err), &err);
    CHECK_INT(limit_get(h.town.tenant, LIMIT_ROWS), 5);
    struct limit_set wrong = {{-2, 0, 0, 0}};
    CHECK(!limit_change(store, STR("town"), &wrong, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(!limit_change(store, STR("nowhere"), &(struct limit_set){0}, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(no_record_is_made_beyond_the_limit_and_the_rest_goes_on),
    CHECK_TEST(slices_of_one_thing_are_one_record),
    CHECK_TEST(where_the_disk_is_full_nothing_is_kept_but_deleting_goes_on),
    CHECK_TEST(nobody_asks_for_more_work_than_may_be_in_progress),
    CHECK_TEST(limits_are_there_for_who_opens_the_municipality_later),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
