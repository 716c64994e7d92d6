#include "registry/record_cluster.h"

#include "hamlet.h"

enum {
    FEW = 30,
    MANY = 1500, /* more than are looked at one by one */
};

static struct record_cluster *clusters;
static size_t cluster_count;

static int64_t look(struct hamlet *h, const int64_t box[4])
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t sum = 0;

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(record_clusters(hamlet_registry(h, &tx), hamlet_type(h, "house"), box, &clusters,
                             &cluster_count, &h->err),
             &h->err);
    for (size_t i = 0; i < cluster_count; i++) {
        sum += clusters[i].count;
        CHECK(clusters[i].x >= box[0] && clusters[i].x <= box[2]);
        CHECK(clusters[i].y >= box[1] && clusters[i].y <= box[3]);
        CHECK(clusters[i].count == 1 || clusters[i].id == 0);
    }
    CHECK(cluster_count <= (RECORD_CLUSTER_GRID + 1) * (RECORD_CLUSTER_GRID + 1));
    return sum;
}

struct filling {
    struct hamlet *h;
    struct record_draft *drafts;
    int count;
};

static bool apply_all(struct tx *tx, void *data, struct err *err)
{
    struct filling *filling = data;

    for (int i = 0; i < filling->count; i++)
        if (!record_apply(tx, &filling->drafts[i], 1, HAMLET_NOW, err))
            return false;
    return true;
}

/* Houses in a square of 0.01 degrees, by one transaction. */
static void fill(struct hamlet *h, int count)
{
    struct filling filling = {h, ARENA_ARRAY(check_arena(), struct record_draft, (size_t)count),
                              count};
    struct flaws flaws = {0};

    for (int i = 0; i < count; i++) {
        filling.drafts[i] = (struct record_draft){
            .act = RECORD_CREATE,
            .type = hamlet_type(h, "house"),
            .value =
                hamlet_json(str_printf(check_arena(),
                                       "{\"number\":\"%d\",\"place\":{\"type\":\"Point\","
                                       "\"coordinates\":[37.%06d,55.%06d]}}",
                                       i, 600000 + i * 7919 % 10000, 700000 + i * 104729 % 10000))};
        CHECK(hamlet_prepare(h, &filling.drafts[i], &flaws));
    }
    CHECK_OK(tenant_write_wait(h->town.tenant, apply_all, &filling, &h->err), &h->err);
}

/* Views from the town to the world, all of which hold every house. */
static void check_zooms(struct hamlet *h, int count)
{
    for (int64_t margin = 20000; margin < 900000000; margin *= 3) {
        int64_t box[4] = {MAX(376000000 - margin, INT64_C(-1800000000)),
                          MAX(557000000 - margin, INT64_C(-900000000)),
                          MIN(376100000 + margin, INT64_C(1800000000)),
                          MIN(557100000 + margin, INT64_C(900000000))};

        CHECK_INT(look(h, box), count);
    }
}

static void few_records_are_all_shown_at_every_zoom(void)
{
    struct hamlet h;

    hamlet_open(&h);
    CHECK_INT(look(&h, (int64_t[4]){-1800000000, -900000000, 1800000000, 900000000}), 0);
    fill(&h, FEW);
    check_zooms(&h, FEW);
    hamlet_close(&h);
}

static void many_records_are_all_counted_at_every_zoom(void)
{
    struct hamlet h;

    hamlet_open(&h);
    fill(&h, MANY);
    check_zooms(&h, MANY);
    CHECK(cluster_count < MANY);
    hamlet_close(&h);
}

static void single_record_is_named(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = hamlet_make(&h, "house",
                             STR("{\"number\":\"5\",\"place\":{\"type\":\"LineString\","
                                 "\"coordinates\":[[37,55],[38,56]]}}"));
    CHECK_INT(look(&h, (int64_t[4]){370000000, 550000000, 380000000, 560000000}), 1);
    CHECK_INT(clusters[0].id, id);
    CHECK_STR(clusters[0].title, STR(", 5"));
    CHECK_INT(clusters[0].x, 375000000);
    CHECK_INT(look(&h, (int64_t[4]){375000000, 555000000, 375000000, 555000000}), 1);
    CHECK_INT(look(&h, (int64_t[4]){100000000, 100000000, 110000000, 110000000}), 0);
    hamlet_close(&h);
}

static void name_cluster(struct hamlet *h, struct record_cluster *cluster)
{
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(
        record_cluster_name(hamlet_registry(h, &tx), hamlet_type(h, "house"), cluster, &h->err),
        &h->err);
}

static int64_t make_at(struct hamlet *h, int number, const char *lon, const char *lat)
{
    return hamlet_make(h, "house",
                       str_printf(check_arena(),
                                  "{\"number\":\"%d\",\"place\":{\"type\":\"Point\","
                                  "\"coordinates\":[%s,%s]}}",
                                  number, lon, lat));
}

static void cluster_is_named_by_the_record_nearest_to_its_centre(void)
{
    struct hamlet h;
    struct record_cluster cluster = {.x = 370000000, .y = 550000000, .count = 3};

    hamlet_open(&h);
    name_cluster(&h, &cluster);
    CHECK_INT(cluster.id, 0);
    make_at(&h, 1, "37.003", "55");
    int64_t id = make_at(&h, 2, "37.001", "54.9985");
    make_at(&h, 3, "37", "55.004");
    name_cluster(&h, &cluster);
    CHECK_INT(cluster.id, id);
    CHECK_STR(cluster.title, STR(", 2"));
    /* However empty its surroundings are. */
    cluster.y = 580000000;
    name_cluster(&h, &cluster);
    CHECK_STR(cluster.title, STR(", 3"));
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(few_records_are_all_shown_at_every_zoom),
    CHECK_TEST(many_records_are_all_counted_at_every_zoom),
    CHECK_TEST(single_record_is_named),
    CHECK_TEST(cluster_is_named_by_the_record_nearest_to_its_centre),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
