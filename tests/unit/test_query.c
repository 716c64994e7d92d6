#include "stand.h"

#include "store/cell.h"
#include "store/query.h"
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

enum {
    RECORDS = 600,
    MANY = QUERY_LIMIT_MAX + 200, /* more than one page */
    REGISTER = 3,
};

static struct err err;
static struct store *store;
static struct tenant *tenant;
static struct tx tx;

static int64_t box_of(int64_t id, int side)
{
    static const int64_t sizes[] = {0, 500, 90000, 2000000, 50000000};
    int64_t size = sizes[id % 5];
    int64_t at = side % 2 == 0 ? (id * 7919 % 1000) * 30000 : (id * 104729 % 1000) * 30000;

    return side < 2 ? at : at + size;
}

/* t1 is missing in every third, n1 has ten values; register 4 is there to be left out. */
static bool fill(struct tx *write, void *data, struct err *why)
{
    (void)data;
    for (int64_t id = 1; id <= RECORDS; id++) {
        struct str t1 = str_printf(check_arena(), "w%03d", (int)(id * 37 % 200));
        int64_t box[4] = {box_of(id, 0), box_of(id, 1), box_of(id, 2), box_of(id, 3)};

        if (!store_exec(
                write,
                "INSERT INTO record (tenant, register, id, valid_from, valid_to, version,"
                " changed_at, t1, n1, m1, cell, x1, y1, x2, y2, body)"
                " VALUES ($1, $2, $3, $4, $5, 1, 0, $6, $7, $8, $9, $10, $11, $12, $13, '{}')",
                ARGS(INT(write->tenant), INT(id % 10 == 9 ? 4 : REGISTER), INT(id), INT(id % 7),
                     id % 2 == 0 ? NONE : INT(id % 7 + 5), id % 3 == 0 ? NONE : TEXT(t1),
                     INT(id % 11), INT(id * 10), INT(cell_of_box(box)), INT(box[0]), INT(box[1]),
                     INT(box[2]), INT(box[3])),
                why))
            return false;
    }
    return true;
}

static void start(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, fill, NULL, &err), &err);
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
}

static void finish(void)
{
    tx_done(&tx);
    store_release(&tenant);
    store_close(&store);
}

static struct query *ask(void)
{
    return query_new(check_arena(), "id, t1", tx.tenant, REGISTER);
}

static struct rows run(struct query *query)
{
    struct rows rows = {0};

    CHECK_OK(query_run(query, &tx, check_arena(), &rows, &err), &err);
    return rows;
}

static bool is_ours(int64_t id)
{
    return id % 10 != 9;
}

static void conditions_select_what_they_say(void)
{
    start();
    struct query *query = ask();
    struct rows rows;
    int64_t count, expected = 0;

    for (int64_t id = 1; id <= RECORDS; id++)
        expected += is_ours(id) && id % 11 == 4 && id * 10 >= 1000;
    query_where(query, QUERY_N1, QUERY_EQ, INT(4));
    query_where(query, QUERY_M1, QUERY_GE, INT(1000));
    rows = run(query);
    CHECK_INT((int64_t)rows.count, expected);
    CHECK_OK(query_count(query, &tx, 1000, &count, &err), &err);
    CHECK_INT(count, expected);
    CHECK_OK(query_count(query, &tx, 5, &count, &err), &err);
    CHECK_INT(count, 5);

    query = ask();
    query_where(query, QUERY_T1, QUERY_IS_NULL, NONE);
    expected = 0;
    for (int64_t id = 1; id <= RECORDS; id++)
        expected += is_ours(id) && id % 3 == 0;
    query_order(query, QUERY_T1, false);
    CHECK_INT((int64_t)run(query).count, expected);

    query = ask();
    query_where_in(query, QUERY_ID, (const struct store_arg[]){INT(1), INT(5), INT(9)}, 3);
    rows = run(query);
    CHECK_INT((int64_t)rows.count, 2);
    CHECK_INT(rows_int(&rows, 1, 0), 5);
    query = ask();
    query_where_in(query, QUERY_ID, NULL, 0);
    CHECK_INT((int64_t)run(query).count, 0);
    finish();
}

static void beginnings_are_found_by_range(void)
{
    start();
    struct query *query = ask();
    int64_t expected = 0;

    for (int64_t id = 1; id <= RECORDS; id++)
        expected += is_ours(id) && id % 3 != 0 && id * 37 % 200 / 10 == 12;
    query_where(query, QUERY_T1, QUERY_STARTS, TEXT(STR("w12")));
    CHECK(expected > 0);
    CHECK_INT((int64_t)run(query).count, expected);
    finish();
}

static void slices_of_a_day_are_those_that_hold_on_it(void)
{
    start();
    struct query *query = ask();
    int64_t expected = 0;

    for (int64_t id = 1; id <= RECORDS; id++)
        expected += is_ours(id) && id % 7 <= 5 && (id % 2 == 0 || id % 7 + 5 > 5);
    query_valid_on(query, 5);
    CHECK_INT((int64_t)run(query).count, expected);
    finish();
}

/* Reads everything page by page and holds it against the order. */
static void check_pages(bool is_descending, int limit)
{
    struct store_arg value = NONE;
    int64_t id = 0, seen = 0, expected = 0;
    struct str last = {0};
    bool is_empty = false;

    for (int64_t at = 1; at <= RECORDS; at++)
        expected += is_ours(at);
    for (bool is_first = true;; is_first = false) {
        struct query *query = ask();

        query_order(query, QUERY_T1, is_descending);
        query_limit(query, limit);
        if (!is_first)
            query_after(query, value, id);
        struct rows rows = run(query);
        for (size_t i = 0; i < rows.count; i++) {
            int64_t own = rows_int(&rows, i, 0);
            bool has_none = rows_is_null(&rows, i, 1);
            struct str text = rows_text(&rows, i, 1);
            int order = has_none ? 0 : str_compare(text, last) * (is_descending ? -1 : 1);

            CHECK(!is_empty || has_none);
            CHECK(seen == 0 || has_none != is_empty || order > 0 ||
                  (order == 0 && (is_descending ? own < id : own > id)));
            is_empty = has_none;
            last = text;
            id = own;
            value = has_none ? NONE : TEXT(text);
            seen++;
        }
        if (rows.count < (size_t)limit)
            break;
    }
    CHECK_INT(seen, expected);
}

static void pages_follow_one_another_without_gap(void)
{
    start();
    check_pages(false, 7);
    check_pages(true, 7);
    check_pages(false, 359);
    check_pages(true, 1000);
    finish();
}

static bool fill_many(struct tx *write, void *data, struct err *why)
{
    (void)data;
    for (int64_t id = 1; id <= MANY; id++)
        if (!store_exec(write,
                        "INSERT INTO record (tenant, register, id, valid_from, valid_to, version,"
                        " changed_at, body) VALUES ($1, 5, $2, 0, 10, 1, 0, '{}')",
                        ARGS(INT(write->tenant), INT(10000 + id)), why))
            return false;
    return true;
}

static bool count_one(void *data, const struct rows *row, struct err *why)
{
    (void)row, (void)why;
    ++*(int *)data;
    return true;
}

static void stream_without_a_limit_gives_all(void)
{
    struct query *query;
    int count = 0;

    start();
    tx_done(&tx);
    CHECK_OK(tenant_write_wait(tenant, fill_many, NULL, &err), &err);
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    query = query_new(check_arena(), "id", tx.tenant, 5);
    CHECK_OK(query_each(query, &tx, count_one, &count, &err), &err);
    CHECK_INT(count, MANY);
    finish();
}

static void box_finds_things_of_every_size_that_meet_it(void)
{
    start();
    for (int64_t at = 0; at < 40; at++) {
        int64_t x = at * 700000, size = INT64_C(1) << (10 + at % 15);
        const int64_t box[4] = {x, x / 2, x + size, x / 2 + size};
        struct query *query = ask();
        int64_t expected = 0, count;

        for (int64_t id = 1; id <= RECORDS; id++)
            expected += is_ours(id) && box_of(id, 0) <= box[2] && box_of(id, 2) >= box[0] &&
                        box_of(id, 1) <= box[3] && box_of(id, 3) >= box[1];
        query_in_box(query, box);
        CHECK_INT((int64_t)run(query).count, expected);
        CHECK_OK(query_count(query, &tx, 1000, &count, &err), &err);
        CHECK_INT(count, expected);
    }
    finish();
}

static struct str plan_of(struct query *query)
{
    struct str sql = query_sql(query);
    struct store_arg none[100] = {0};
    size_t count = 0;
    struct rows rows;
    struct buf buf = {.arena = check_arena()};

    for (size_t i = 0; i < sql.len; i++)
        if (sql.ptr[i] == '$')
            count = MAX(count, (size_t)strtoul(sql.ptr + i + 1, NULL, 10));
    struct str explain = str_printf(check_arena(), "EXPLAIN QUERY PLAN %.*s", STR_ARG(sql));
    CHECK_OK(
        store_query(&tx, check_arena(), &rows, explain.ptr, (struct store_args){none, count}, &err),
        &err);
    for (size_t i = 0; i < rows.count; i++) {
        buf_add(&buf, rows_text(&rows, i, 3));
        buf_char(&buf, '\n');
    }
    return buf_str(&buf);
}

static bool has(struct str text, struct str part)
{
    return str_find(text, part) < text.len;
}

static void every_list_goes_by_an_index_without_sorting(void)
{
    static const enum query_column ORDERS[] = {QUERY_ID, QUERY_T1, QUERY_T1 + 7, QUERY_N1 + 2};
    static const char *const INDEXES[] = {"sqlite_autoindex_record_1", "record_t1", "record_t8",
                                          "record_n3"};

    start();
    for (size_t i = 0; i < ARRAY_LEN(ORDERS); i++)
        for (int is_descending = 0; is_descending < 2; is_descending++) {
            struct query *query = ask();

            query_order(query, ORDERS[i], is_descending == 1);
            query_after(query, INT(5), 7);
            struct str plan = plan_of(query);
            CHECK(has(plan, str_from_z(INDEXES[i])));
            CHECK(!has(plan, STR("TEMP B-TREE")));
            CHECK(!has(plan, STR("SCAN record")));
        }
    struct query *query = ask();
    query_where(query, QUERY_N1, QUERY_EQ, INT(4));
    query_order(query, QUERY_ID, false);
    CHECK(has(plan_of(query), STR("record_n1 (tenant=? AND register=? AND n1=?)")));
    CHECK(!has(plan_of(query), STR("TEMP B-TREE")));
    query = ask(); /* the one of two conditions that leaves fewer rows */
    query_where(query, QUERY_T1, QUERY_EQ, TEXT(STR("w001")));
    query_where_beside(query, QUERY_N1, QUERY_GE, INT(4));
    query_order(query, QUERY_ID, false);
    CHECK(has(plan_of(query), STR("record_t1 (tenant=? AND register=? AND t1=?)")));
    query = ask();
    query_in_box(query, (const int64_t[4]){0, 0, 9, 9});
    CHECK(has(plan_of(query), STR("record_cell (tenant=? AND register=? AND cell>? AND cell<?)")));
    finish();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(conditions_select_what_they_say),
        CHECK_TEST(beginnings_are_found_by_range),
        CHECK_TEST(slices_of_a_day_are_those_that_hold_on_it),
        CHECK_TEST(pages_follow_one_another_without_gap),
        CHECK_TEST(stream_without_a_limit_gives_all),
        CHECK_TEST(box_finds_things_of_every_size_that_meet_it),
        CHECK_TEST(every_list_goes_by_an_index_without_sorting),
    };

    /* PostgreSQL's plans are looked at by tests/plans. */
    return check_run(TESTS, ARRAY_LEN(TESTS) - stand_is_postgres());
}
