#include "registry/record_reindex.h"

#include "hamlet.h"
#include "registry/record_cluster.h"
#include "registry/record_retitle.h"
#include "registry/record_verify.h"

#include <time.h>

/* More than one call of catalog_install rebuilds at once. */
enum {
    MANY = 1250,
};

/* street.json as packs renew it: fields before the old ones, so that every slot moves. */
#define STREET(title, search, more)                                                                \
    HAMLET_REGISTER                                                                                \
    "\"x-uprava\":{\"title\":\"" title "\",\"search\":[" search "]},\"properties\":{" more         \
    "\"name\":{" HAMLET_TEXT ",\"x-uprava\":{\"index\":true}},"                                    \
    "\"kind\":{" HAMLET_TEXT ",\"x-uprava\":{\"list\":\"hamlet.kind\",\"index\":true}},"           \
    "\"note\":{" HAMLET_TEXT "}},\"required\":[\"name\"]}"

#define BEFORE STREET("{{kind}} {{name}}", "\"name\"", "")
#define INDEXED                                                                                    \
    STREET("{{kind}} {{name}}", "\"name\"",                                                        \
           "\"zone\":{" HAMLET_TEXT ",\"x-uprava\":{\"index\":true}},")
#define SEARCHED STREET("{{kind}} {{name}}", "\"name\",\"note\"", "")
#define TITLED   STREET("{{name}} ({{kind}})", "\"name\"", "")

static void write_street(struct hamlet *h, const char *version, const char *bytes)
{
    struct pack_file file = {STR("registers/street.json"), str_from_z(bytes)};

    hamlet_write_pack(h, version, &file);
}

static void upgrade(struct hamlet *h, const char *version, const char *bytes)
{
    write_street(h, version, bytes);
    hamlet_install(h);
}

static void look_again(struct hamlet *h)
{
    struct err err;

    CHECK_OK(catalog_get(h->town.tenant, h->library, &h->catalog, &err), &err);
    h->town.catalog = h->catalog;
}

/* Many records in few transactions. */
struct making {
    struct hamlet *h;
    int from;
    int to;
};

static bool make_some(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;

    for (int i = making->from; i < making->to; i++) {
        struct flaws flaws = {0};
        struct record_draft draft = {
            .act = RECORD_CREATE,
            .type = hamlet_type(making->h, "street"),
            .value = hamlet_json(str_printf(
                check_arena(), "{\"name\":\"Мира %d\",\"kind\":\"street\",\"note\":\"липы %d\"%s}",
                i, i,
                i % 2 == 0 && register_type_field(hamlet_type(making->h, "street"), STR("zone"))
                    ? ",\"zone\":\"b\""
                    : "")),
            .now = HAMLET_NOW};

        if (!record_prepare(tx, check_arena(), making->h->catalog, &draft, &flaws, err) ||
            !record_apply(tx, &draft, HAMLET_ACTOR, HAMLET_NOW, err))
            return false;
    }
    return true;
}

static void make_many(struct hamlet *h, int from, int to)
{
    struct making making = {h, from, to};
    struct err err;

    CHECK_OK(tenant_write_wait(h->town.tenant, make_some, &making, &err), &err);
}

/* How many a filter finds; -1 when it is refused for now. */
static int64_t count_by(struct hamlet *h, const char *name, const char *text)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct register_type *type = hamlet_type(h, "street");
    struct record_ask ask = {.type = type, .filter_count = 1, .limit = 1000};
    struct record_filter filter;
    struct record_page page;
    struct err err;

    CHECK_OK(tx_read(&tx, h->town.tenant, &err), &err);
    CHECK_OK(
        record_filter_parse(check_arena(), type, str_from_z(name), str_from_z(text), &filter, &err),
        &err);
    ask.filters = &filter;
    if (record_list(hamlet_registry(h, &tx), &ask, &page, &err))
        return (int64_t)page.count;
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    return -1;
}

static int64_t count_found(struct hamlet *h, const char *words)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record_ask ask = {
        .type = hamlet_type(h, "street"), .words = str_from_z(words), .limit = 1000};
    struct record_page page;
    struct err err;

    CHECK_OK(tx_read(&tx, h->town.tenant, &err), &err);
    if (record_list(hamlet_registry(h, &tx), &ask, &page, &err))
        return (int64_t)page.count;
    CHECK_INT(err.code, ERR_UNAVAILABLE);
    return -1;
}

static struct record_report verify(struct hamlet *h)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record_report report;
    struct err err;

    CHECK_OK(tx_read(&tx, h->town.tenant, &err), &err);
    CHECK_OK(record_verify(&tx, check_arena(), h->catalog, &report, &err), &err);
    return report;
}

static void check_sound(struct hamlet *h)
{
    struct record_report report = verify(h);

    CHECK_STR(report.what, STR(""));
    CHECK_INT(report.bad, 0);
}

static void rebuild(struct hamlet *h, int batches)
{
    struct err err;
    bool is_over;

    CHECK_OK(record_reindex_some(h->town.tenant, h->library, batches, &is_over, &err), &err);
    look_again(h);
}

static bool is_pending(struct hamlet *h)
{
    return town_count(&h->town, "SELECT count(*) FROM register_no WHERE tenant = $1 AND"
                                " (slots_to IS NOT NULL OR words_to IS NOT NULL)") > 0;
}

static void hamlet_before(struct hamlet *h)
{
    hamlet_open(h);
    upgrade(h, "1.0.1", BEFORE);
}

static void new_filter_finds_records_from_before_the_upgrade(void)
{
    struct hamlet h;

    hamlet_before(&h);
    upgrade(&h, "1.1.0", STREET("{{kind}} {{name}}", "\"name\"", "\"zone\":{" HAMLET_TEXT "},"));
    make_many(&h, 0, 20);
    upgrade(&h, "1.2.0", INDEXED);
    CHECK(!is_pending(&h)); /* a town is done at once */
    CHECK_INT(count_by(&h, "zone", "b"), 10);
    CHECK_INT(count_by(&h, "name", "Мира 7"), 1);
    CHECK_INT(count_by(&h, "kind", "street"), 20);
    check_sound(&h);
    hamlet_close(&h);
}

static void no_filter_answers_wrongly_while_slots_move(void)
{
    struct hamlet h;

    hamlet_before(&h);
    make_many(&h, 0, MANY);
    upgrade(&h, "1.1.0", INDEXED);
    CHECK(is_pending(&h));
    CHECK_INT(count_by(&h, "name", "Мира 7"), -1);
    CHECK_INT(count_by(&h, "zone", "b"), -1);
    CHECK_INT(count_found(&h, "мира 7"), 1); /* the search has not changed */
    make_many(&h, MANY, MANY + 2);
    check_sound(&h); /* as far as it is */
    rebuild(&h, 100);
    CHECK(!is_pending(&h));
    CHECK_INT(count_by(&h, "name", "Мира 7"), 1);
    CHECK_INT(count_by(&h, "zone", "b"), 1);
    CHECK_INT(count_by(&h, "name", "Мира 1249"), 1);
    check_sound(&h);
    hamlet_close(&h);
}

/* Changes and deletions on both sides of the place that the rebuild has reached. */
static void records_change_while_they_are_rebuilt(void)
{
    struct hamlet h;
    int64_t first;
    int64_t last;
    int64_t gone;

    hamlet_before(&h);
    make_many(&h, 0, MANY);
    first = town_count(&h.town, "SELECT MIN(id) FROM record WHERE tenant = $1");
    last = town_count(&h.town, "SELECT MAX(id) FROM record WHERE tenant = $1");
    gone = town_count(&h.town, "SELECT id FROM record WHERE tenant = $1 ORDER BY id DESC"
                               " LIMIT 1 OFFSET 1");
    upgrade(&h, "1.1.0", STREET("{{name}} ({{kind}})", "\"name\",\"note\"", ""));
    CHECK(is_pending(&h));
    CHECK_INT(hamlet_change(&h, "street", hamlet_get(&h, "street", first),
                            STR("{\"name\":\"Первая\",\"note\":\"ясень\"}")),
              ERR_NONE);
    CHECK_INT(hamlet_change(&h, "street", hamlet_get(&h, "street", last),
                            STR("{\"name\":\"Последняя\",\"note\":\"ясень\"}")),
              ERR_NONE);
    CHECK_INT(hamlet_delete(&h, "street", hamlet_get(&h, "street", gone)), ERR_NONE);
    CHECK_INT(count_found(&h, "ясень"), -1);
    rebuild(&h, 100);
    CHECK_INT(count_found(&h, "ясень"), 2);
    CHECK_INT(count_found(&h, "липы"), 1000); /* a page of them */
    CHECK_INT(count_found(&h, "мира 1249"), 0);
    CHECK_STR(hamlet_get(&h, "street", first)->title, STR("Первая ()"));
    check_sound(&h);
    hamlet_close(&h);
}

static void new_field_of_the_search_is_found(void)
{
    struct hamlet h;

    hamlet_before(&h);
    make_many(&h, 0, 20);
    CHECK_INT(count_found(&h, "липы"), 0);
    upgrade(&h, "1.1.0", SEARCHED);
    CHECK_INT(count_found(&h, "липы"), 20);
    CHECK_INT(count_found(&h, "мира 3"), 1);
    upgrade(&h, "1.2.0", BEFORE);
    CHECK_INT(count_found(&h, "липы"), 0);
    CHECK_INT(count_found(&h, "мира 3"), 1);
    check_sound(&h);
    hamlet_close(&h);
}

static void run_jobs(struct hamlet *h)
{
    struct worker_kind kinds[] = {record_retitle_kind, record_reindex_kind};
    struct worker_pool *pool;

    kinds[0].context = kinds[1].context = h->library;
    pool = worker_start(h->town.arena, h->town.store, kinds, 2, 2);
    for (int i = 0; i < 6000; i++) {
        if (town_count(&h->town, "SELECT count(*) FROM job WHERE tenant = $1"
                                 " AND status IN ('waiting', 'running')") == 0)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    worker_stop(pool);
    CHECK_INT(town_count(&h->town, "SELECT count(*) FROM job WHERE tenant = $1"
                                   " AND status NOT IN ('done')"),
              0);
    look_again(h);
}

static void new_title_reaches_those_named_after_it(void)
{
    struct hamlet h;
    int64_t street;
    int64_t house;

    hamlet_before(&h);
    street = hamlet_make(&h, "street", STR("{\"name\":\"Садовая\",\"kind\":\"street\"}"));
    house = hamlet_make(&h, "house",
                        str_printf(check_arena(), "{\"street\":\"%.*s\",\"number\":\"5\"}",
                                   STR_ARG(id_text(check_arena(), street))));
    upgrade(&h, "1.1.0", TITLED);
    CHECK_STR(hamlet_get(&h, "street", street)->title, STR("Садовая (улица)"));
    run_jobs(&h);
    CHECK_STR(hamlet_get(&h, "house", house)->title, STR("Садовая (улица), 5"));
    CHECK_STR(hamlet_find(&h, "house", "садовая 5"), STR("Садовая (улица), 5"));
    check_sound(&h);
    hamlet_close(&h);
}

static void new_title_of_a_code_reaches_titles_and_search(void)
{
    struct hamlet h;
    struct pack_file list = {STR("lists/kind.csv"), STR("code,title\nstreet,проспект\n")};

    hamlet_open(&h);
    hamlet_make(&h, "street", STR("{\"name\":\"Мира\",\"kind\":\"street\"}"));
    hamlet_write_pack(&h, "1.1.0", &list);
    hamlet_install(&h);
    CHECK_STR(hamlet_find(&h, "street", "проспект"), STR("проспект Мира"));
    CHECK_STR(hamlet_find(&h, "street", "улица"), STR(""));
    check_sound(&h);
    hamlet_close(&h);
}

static void job_goes_on_where_the_killed_one_was(void)
{
    struct hamlet h;
    int64_t before;

    if (stand_is_postgres())
        return; /* other servers may be at it: there the lease, five minutes, tells of a death */
    hamlet_before(&h);
    make_many(&h, 0, MANY);
    upgrade(&h, "1.1.0", INDEXED);
    before = town_count(&h.town, "SELECT slots_to FROM register_no WHERE tenant = $1"
                                 " AND name = 'hamlet.street'");
    CHECK(before > 0);
    /* As after a kill: the folder is opened anew, jobs are taken up. */
    struct store_options options = {.folder = str_copy(check_arena(), store_folder(h.town.store))};
    store_release(&h.town.tenant);
    store_close(&h.town.store);
    struct err err;
    CHECK_OK(store_open(h.town.arena, &options, &h.town.store, &err), &err);
    CHECK_OK(store_hold(h.town.store, STR("town"), &h.town.tenant, &err), &err);
    look_again(&h);
    CHECK_INT(town_count(&h.town, "SELECT slots_to FROM register_no WHERE tenant = $1"
                                  " AND name = 'hamlet.street'"),
              before);
    CHECK_INT(count_by(&h, "name", "Мира 7"), -1);
    run_jobs(&h);
    CHECK_INT(count_by(&h, "name", "Мира 7"), 1);
    CHECK_INT(count_by(&h, "name", "Мира 1249"), 1);
    check_sound(&h);
    hamlet_close(&h);
}

static void second_upgrade_in_the_middle_of_the_first(void)
{
    struct hamlet h;

    hamlet_before(&h);
    make_many(&h, 0, 2 * MANY);
    upgrade(&h, "1.1.0", INDEXED);
    CHECK(is_pending(&h));
    upgrade(&h, "1.2.0", BEFORE);
    CHECK(is_pending(&h));
    CHECK_INT(count_by(&h, "name", "Мира 7"), -1);
    rebuild(&h, 100);
    CHECK_INT(count_by(&h, "name", "Мира 7"), 1);
    CHECK_INT(count_by(&h, "name", "Мира 2499"), 1);
    check_sound(&h);
    hamlet_close(&h);
}

static void draft_of_the_old_pack_is_not_written(void)
{
    struct hamlet h;
    struct flaws flaws = {0};

    hamlet_before(&h);
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(&h, "street"),
                                 .value = hamlet_json(STR("{\"name\":\"Мира\"}"))};
    CHECK(hamlet_prepare(&h, &draft, &flaws));
    upgrade(&h, "1.1.0", INDEXED);
    CHECK(!hamlet_apply(&h, &draft));
    CHECK_INT(h.err.code, ERR_UNAVAILABLE);
    hamlet_close(&h);
}

static void field_that_becomes_the_map_is_on_the_map(void)
{
    static const int64_t WORLD[] = {-1800000000, -900000000, 1800000000, 900000000};
    static const char PLAIN[] = HAMLET_REGISTER
        "\"x-uprava\":{\"title\":\"{{name}}\"},\"properties\":{\"name\":{" HAMLET_TEXT "},"
        "\"place\":{\"type\":\"object\",\"title\":\"t\"}}}";
    static const char MAPPED[] = HAMLET_REGISTER
        "\"x-uprava\":{\"title\":\"{{name}}\"},\"properties\":{\"name\":{" HAMLET_TEXT "},"
        "\"place\":{\"type\":\"object\",\"title\":\"t\",\"x-uprava\":{\"geometry\":true}}}}";
    CLEANUP(tx_done) struct tx tx = {0};
    struct hamlet h;
    struct record_cluster *clusters;
    struct err err;
    size_t count;

    hamlet_open(&h);
    upgrade(&h, "1.1.0", PLAIN);
    hamlet_make(&h, "street",
                STR("{\"name\":\"А\",\"place\":{\"type\":\"Point\","
                    "\"coordinates\":[92.5,56.1]}}"));
    upgrade(&h, "1.2.0", MAPPED);
    CHECK_OK(tx_read(&tx, h.town.tenant, &err), &err);
    CHECK_OK(record_clusters(hamlet_registry(&h, &tx), hamlet_type(&h, "street"), WORLD, &clusters,
                             &count, &err),
             &err);
    tx_done(&tx);
    CHECK_INT((int64_t)count, 1);
    check_sound(&h);
    hamlet_close(&h);
}

static bool spoil(struct tx *tx, void *data, struct err *err)
{
    (void)data;
    return store_exec(tx, "UPDATE record SET t2 = t1 WHERE tenant = $1 AND title = 'улица Мира 1'",
                      ARGS(INT(tx->tenant)), err);
}

static void verify_notices_a_layout_that_is_not_the_pack_s(void)
{
    struct hamlet h;

    hamlet_before(&h);
    make_many(&h, 0, 3);
    check_sound(&h);
    struct err err;
    CHECK_OK(tenant_write_wait(h.town.tenant, spoil, NULL, &err), &err);
    CHECK(verify(&h).bad > 0);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(new_filter_finds_records_from_before_the_upgrade),
    CHECK_TEST(no_filter_answers_wrongly_while_slots_move),
    CHECK_TEST(records_change_while_they_are_rebuilt),
    CHECK_TEST(new_field_of_the_search_is_found),
    CHECK_TEST(new_title_reaches_those_named_after_it),
    CHECK_TEST(new_title_of_a_code_reaches_titles_and_search),
    CHECK_TEST(job_goes_on_where_the_killed_one_was),
    CHECK_TEST(second_upgrade_in_the_middle_of_the_first),
    CHECK_TEST(draft_of_the_old_pack_is_not_written),
    CHECK_TEST(field_that_becomes_the_map_is_on_the_map),
    CHECK_TEST(verify_notices_a_layout_that_is_not_the_pack_s),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
