/* Applications that are being filled in: kept, changed by whoever saw them last, swept. */
#include "service/application.h"

#include "core/json.h"
#include "hamlet.h"
#include "registry/attachment_collect.h"

struct writing {
    struct application *application;
    int64_t now, count, person;
};

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return application_put(tx, check_arena(), writing->now, writing->application, err);
}

static bool run_drop(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return application_drop(tx, writing->application->account, writing->application->service, err);
}

static bool run_sweep(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;

    return application_sweep(tx, writing->now, &writing->count, err);
}

static bool run_erase(struct tx *tx, void *data, struct err *err)
{
    return application_erase(tx, ((struct writing *)data)->person, err);
}

static struct application get(struct hamlet *hamlet, int64_t account, const char *service)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct application application = {.account = account, .service = str_from_z(service)};
    struct err err;

    CHECK_OK(tx_read(&tx, hamlet->town.tenant, &err), &err);
    CHECK_OK(application_get(&tx, check_arena(), HAMLET_NOW, &application, &err), &err);
    return application;
}

static enum err_code put(struct hamlet *hamlet, struct application *application, int64_t now)
{
    struct writing writing = {.application = application, .now = now};
    struct err err = {0};

    return tenant_write_wait(hamlet->town.tenant, run_put, &writing, &err) ? ERR_NONE : err.code;
}

static int64_t count(struct hamlet *hamlet)
{
    return town_count(&hamlet->town, "SELECT count(*) FROM application WHERE tenant = $1");
}

static void what_was_entered_is_there_again(void)
{
    struct hamlet hamlet;

    hamlet_open(&hamlet);
    struct application one = get(&hamlet, 5, "p.order");
    CHECK_INT(one.changed_at, 0);
    CHECK_STR(one.way, STR("page"));
    json_set_text(check_arena(), one.value, STR("name"), STR("Анна"));
    one.person = INT64_MAX - 7;
    one.files[one.file_count++] = (struct attachment){
        .name = STR("a.png"), .type = STR("image/png"), .size = 3, .digest = STR("d")};
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_NONE);

    struct application two = get(&hamlet, 5, "p.order");
    CHECK_INT(two.id, one.id);
    CHECK_INT(two.person, INT64_MAX - 7);
    CHECK_STR(json_find_text(two.value, STR("name")), STR("Анна"));
    CHECK_INT((int64_t)two.file_count, 1);
    CHECK_STR(two.files[0].digest, STR("d"));
    CHECK_INT(get(&hamlet, 6, "p.order").changed_at, 0);
    CHECK_INT(get(&hamlet, 5, "p.other").changed_at, 0);
    hamlet_close(&hamlet);
}

static void second_window_does_not_write_over_the_first(void)
{
    struct hamlet hamlet;

    hamlet_open(&hamlet);
    struct application one = get(&hamlet, 5, "p.order"), two = get(&hamlet, 5, "p.order");
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_NONE);
    CHECK_INT(put(&hamlet, &two, HAMLET_NOW), ERR_CONFLICT);
    two = get(&hamlet, 5, "p.order");
    /* In the same millisecond, too. */
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_NONE);
    CHECK_INT(put(&hamlet, &two, HAMLET_NOW), ERR_CONFLICT);
    CHECK_INT(count(&hamlet), 1);
    hamlet_close(&hamlet);
}

/* Else one that was sent would come to life again, with the number of its case. */
static void one_that_was_sent_is_not_kept_again(void)
{
    struct hamlet hamlet;
    struct err err;

    hamlet_open(&hamlet);
    struct application one = get(&hamlet, 5, "p.order");
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_NONE);
    struct writing writing = {.application = &one};
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_drop, &writing, &err), &err);
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_CONFLICT);
    CHECK_INT(count(&hamlet), 0);
    hamlet_close(&hamlet);
}

static void application_has_an_end(void)
{
    struct hamlet hamlet;
    char *text = arena_alloc(check_arena(), APPLICATION_BYTES_MAX);

    hamlet_open(&hamlet);
    memset(text, 'a', APPLICATION_BYTES_MAX);
    struct application one = get(&hamlet, 5, "p.order");
    json_set_text(check_arena(), one.value, STR("name"), (struct str){text, APPLICATION_BYTES_MAX});
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_LIMIT);
    CHECK_INT(count(&hamlet), 0);
    hamlet_close(&hamlet);
}

static void those_nobody_touched_are_swept(void)
{
    struct hamlet hamlet;
    struct err err;

    hamlet_open(&hamlet);
    struct application old = get(&hamlet, 5, "p.order"), young = get(&hamlet, 6, "p.order");
    CHECK_INT(put(&hamlet, &old, 1000), ERR_NONE);
    CHECK_INT(put(&hamlet, &young, 3000), ERR_NONE);
    struct writing writing = {.now = 2000};
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_sweep, &writing, &err), &err);
    CHECK_INT(writing.count, 1);
    CHECK_INT(get(&hamlet, 5, "p.order").changed_at, 0);
    CHECK_INT(get(&hamlet, 6, "p.order").changed_at, 3000);
    hamlet_close(&hamlet);
}

static void those_of_a_person_are_erased(void)
{
    struct hamlet hamlet;
    struct err err;

    hamlet_open(&hamlet);
    struct application one = get(&hamlet, 5, "p.order"), other = get(&hamlet, 6, "p.order");
    one.person = 77;
    other.person = 770;
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_NONE);
    CHECK_INT(put(&hamlet, &other, HAMLET_NOW), ERR_NONE);
    struct writing writing = {.person = 77};
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_erase, &writing, &err), &err);
    CHECK_INT(get(&hamlet, 5, "p.order").changed_at, 0);
    CHECK_INT(get(&hamlet, 6, "p.order").person, 770);
    hamlet_close(&hamlet);
}

static struct attachment keep(struct hamlet *hamlet, const char *bytes)
{
    struct attachment_source source = {
        .fd = -1, .bytes = str_from_z(bytes), .size = (int64_t)strlen(bytes), .name = STR("a.txt")};
    struct attachment file = {0};
    struct err err;

    CHECK_OK(attachment_keep(hamlet->town.tenant, check_arena(), &source, &file, &err), &err);
    return file;
}

static void files_of_drafts_stay_and_go_with_them(void)
{
    int64_t later = time_now() + 30 * (int64_t)TIME_DAY_MS;
    struct hamlet hamlet;
    int64_t collected;
    struct err err;

    hamlet_open(&hamlet);
    struct application one = get(&hamlet, 5, "p.order");
    one.files[one.file_count++] = keep(&hamlet, "of the draft");
    (void)keep(&hamlet, "of nobody");
    CHECK_INT(put(&hamlet, &one, HAMLET_NOW), ERR_NONE);
    CHECK_OK(attachment_collect(hamlet.town.tenant, later, &collected, &err), &err);
    CHECK_INT(collected, 1);
    struct writing writing = {.application = &one};
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_drop, &writing, &err), &err);
    CHECK_OK(attachment_collect(hamlet.town.tenant, later, &collected, &err), &err);
    CHECK_INT(collected, 1);
    hamlet_close(&hamlet);
}

static void begun_ones_are_listed_the_latest_first(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct application_begun *begun;
    struct hamlet hamlet;
    size_t found;
    struct err err;

    hamlet_open(&hamlet);
    struct application one = get(&hamlet, 5, "p.a"), two = get(&hamlet, 5, "p.b");
    struct application other = get(&hamlet, 6, "p.c");
    CHECK_INT(put(&hamlet, &one, 1000), ERR_NONE);
    CHECK_INT(put(&hamlet, &two, 2000), ERR_NONE);
    CHECK_INT(put(&hamlet, &other, 3000), ERR_NONE);
    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
    CHECK_OK(application_list(&tx, check_arena(), 5, &begun, &found, &err), &err);
    CHECK_INT((int64_t)found, 2);
    CHECK_STR(begun[0].service, STR("p.b"));
    tx_done(&tx);
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_was_entered_is_there_again),
    CHECK_TEST(second_window_does_not_write_over_the_first),
    CHECK_TEST(one_that_was_sent_is_not_kept_again),
    CHECK_TEST(application_has_an_end),
    CHECK_TEST(those_nobody_touched_are_swept),
    CHECK_TEST(those_of_a_person_are_erased),
    CHECK_TEST(files_of_drafts_stay_and_go_with_them),
    CHECK_TEST(begun_ones_are_listed_the_latest_first),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
