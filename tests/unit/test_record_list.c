#include "registry/record_list.h"

#include "core/base64.h"
#include "hamlet.h"

/* Numbers of the houses a list gives: "1 2 3". */
static struct str list_numbers(struct hamlet *h, struct record_ask *ask, struct str *cursor)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf buf = {.arena = check_arena()};
    struct record_page page = {0};
    bool ok;

    ask->type = hamlet_type(h, "house");
    if (ask->limit == 0)
        ask->limit = 100;
    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    h->err = (struct err){0};
    ok = record_list(hamlet_registry(h, &tx), ask, &page, &h->err);
    if (!ok)
        return STR("refused");
    for (size_t i = 0; i < page.count; i++) {
        struct str number = json_find_text(hamlet_json(page.records[i].body), STR("number"));

        if (i > 0)
            buf_char(&buf, ' ');
        buf_add(&buf, number);
    }
    if (cursor != NULL)
        *cursor = page.cursor;
    return buf_str(&buf);
}

/* What a filter of the query string gives, sorted by number. */
static struct str filtered(struct hamlet *h, const char *name, const char *value)
{
    struct record_filter filter;
    struct record_ask ask = {.filters = &filter, .filter_count = 1};

    ask.sort = register_type_field(hamlet_type(h, "house"), STR("number"));
    if (!record_filter_parse(check_arena(), hamlet_type(h, "house"), str_from_z(name),
                             str_from_z(value), &filter, &h->err))
        return STR("refused");
    return list_numbers(h, &ask, NULL);
}

static int64_t keeper_id;

static void fill(struct hamlet *h)
{
    hamlet_open(h);
    keeper_id = hamlet_make(h, "person", STR("{\"name\":\"Иван\"}"));
    hamlet_make(h, "house",
                str_printf(check_arena(),
                           "{\"code\":\"A\",\"number\":\"1\",\"year\":1950,\"area\":10.5,"
                           "\"built_on\":\"1950-05-01\",\"is_old\":true,\"keeper\":\"%.*s\"}",
                           STR_ARG(id_text(check_arena(), keeper_id))));
    hamlet_make(h, "house",
                STR("{\"code\":\"B\",\"number\":\"2\",\"year\":1960,\"area\":20,"
                    "\"built_on\":\"1960-05-01\",\"is_old\":false}"));
    hamlet_make(h, "house", STR("{\"code\":\"C\",\"number\":\"10\",\"year\":1960}"));
    hamlet_make(h, "house", STR("{\"code\":\"D\",\"number\":\"2а\"}"));
}

static void every_kind_of_field_is_filtered(void)
{
    struct hamlet h;
    struct str keeper;

    fill(&h);
    keeper = id_text(check_arena(), keeper_id);
    CHECK_STR(filtered(&h, "number", "10"), STR("10"));
    CHECK_STR(filtered(&h, "number", " 2А "), STR("2а"));
    CHECK_STR(filtered(&h, "code", "b"), STR("2"));
    CHECK_STR(filtered(&h, "year", "1960"), STR("2 10"));
    CHECK_STR(filtered(&h, "area", "10,5"), STR("1"));
    CHECK_STR(filtered(&h, "built_on", "01.05.1960"), STR("2"));
    CHECK_STR(filtered(&h, "is_old", "true"), STR("1"));
    CHECK_STR(filtered(&h, "is_old", "false"), STR("2"));
    CHECK_STR(filtered(&h, "keeper", str_to_z(check_arena(), keeper)), STR("1"));
    hamlet_close(&h);
}

static void every_op_filters(void)
{
    struct hamlet h;

    fill(&h);
    CHECK_STR(filtered(&h, "year[ne]", "1960"), STR("1"));
    CHECK_STR(filtered(&h, "year[lt]", "1960"), STR("1"));
    CHECK_STR(filtered(&h, "year[lte]", "1960"), STR("1 2 10"));
    CHECK_STR(filtered(&h, "year[gt]", "1950"), STR("2 10"));
    CHECK_STR(filtered(&h, "year[gte]", "1950"), STR("1 2 10"));
    CHECK_STR(filtered(&h, "year[in]", "1950,1999"), STR("1"));
    CHECK_STR(filtered(&h, "number[in]", "1,10,2а"), STR("1 2а 10"));
    CHECK_STR(filtered(&h, "number[starts]", "2"), STR("2 2а"));
    CHECK_STR(filtered(&h, "number[lt]", "10"), STR("1 2 2а"));
    CHECK_STR(filtered(&h, "year[null]", ""), STR("2а"));
    CHECK_STR(filtered(&h, "year[null]", "true"), STR("2а"));
    CHECK_STR(filtered(&h, "year[null]", "false"), STR("1 2 10"));
    CHECK_STR(filtered(&h, "number[null]", "true"), STR(""));
    hamlet_close(&h);
}

static void filters_that_make_no_sense_are_refused(void)
{
    struct hamlet h;
    struct buf many = {.arena = check_arena()};

    fill(&h);
    CHECK_STR(filtered(&h, "year[near]", "1960"), STR("refused"));
    CHECK_STR(filtered(&h, "year[gte", "1960"), STR("refused"));
    CHECK_STR(filtered(&h, "colour", "red"), STR("refused"));
    CHECK_STR(filtered(&h, "note", "x"), STR("refused")); /* not indexed */
    CHECK_STR(filtered(&h, "year", "old"), STR("refused"));
    CHECK_STR(filtered(&h, "year[starts]", "19"), STR("refused"));
    CHECK_STR(filtered(&h, "year[in]", ""), STR("refused"));
    for (int i = 0; i < RECORD_LIST_VALUES_MAX; i++)
        buf_printf(&many, "%s%d", i > 0 ? "," : "", 1800 + i);
    CHECK_STR(filtered(&h, "year[in]", buf_z(&many)), STR("1 2 10"));
    buf_add(&many, STR(",1"));
    CHECK_STR(filtered(&h, "year[in]", buf_z(&many)), STR("refused"));
    CHECK_INT(h.err.code, ERR_INPUT);
    hamlet_close(&h);
}

static void empty_values_come_last_in_both_directions(void)
{
    struct hamlet h;
    struct record_ask ask = {0};

    fill(&h);
    ask.sort = register_type_field(hamlet_type(&h, "house"), STR("year"));
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("1 2 10 2а"));
    ask.is_descending = true;
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("10 2 1 2а"));
    ask.sort = NULL;
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("2а 10 2 1"));
    ask.is_oldest_first = true;
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("1 2 10 2а"));
    hamlet_close(&h);
}

enum {
    MANY = 47,
};

/* Many houses, many of them of one year, every fifth of none. */
static void fill_many(struct hamlet *h)
{
    hamlet_open(h);
    for (int i = 0; i < MANY; i++) {
        struct buf json = {.arena = check_arena()};

        buf_printf(&json, "{\"number\":\"%d\",\"tags\":[\"дом%s\"]", i, i % 3 == 0 ? " угол" : "");
        if (i % 5 != 0)
            buf_printf(&json, ",\"year\":%d", 1900 + i % 3);
        if (i % 7 == 0)
            buf_printf(&json, ",\"note\":\"крыша\"");
        buf_printf(&json, ",\"place\":{\"type\":\"Point\",\"coordinates\":[%d,50]}}", i);
        hamlet_make(h, "house", buf_str(&json));
    }
}

/* Both name the same houses, each once. */
static void check_same_set(struct str a, struct str b)
{
    struct str spaced = str_printf(check_arena(), " %.*s ", STR_ARG(b));

    CHECK_INT((int64_t)a.len, (int64_t)b.len);
    while (a.len > 0) {
        struct str number = str_cut(&a, ' ');
        struct str one = str_printf(check_arena(), " %.*s ", STR_ARG(number));

        if (str_find(spaced, one) == spaced.len)
            CHECK_STR(spaced, one);
    }
}

/*
 * All pages together; each record must come once, in the same order as in one page (where
 * a search puts the shortest title first).
 */
static void walk(struct hamlet *h, struct record_ask ask, int expected)
{
    struct record_ask whole = ask;
    struct buf all = {.arena = check_arena()};
    int pages = 0;

    whole.limit = 1000;
    do {
        struct str cursor;
        struct str page = list_numbers(h, &ask, &cursor);

        CHECK(page.len > 0 || expected == 0);
        if (all.len > 0)
            buf_char(&all, ' ');
        buf_add(&all, page);
        ask.cursor = cursor;
    } while (ask.cursor.len > 0 && ++pages < 100);
    if (ask.words.len > 0)
        check_same_set(list_numbers(h, &whole, NULL), buf_str(&all));
    else
        CHECK_STR(buf_str(&all), list_numbers(h, &whole, NULL));
    int count = all.len > 0;
    for (size_t i = 0; i < all.len; i++)
        count += all.ptr[i] == ' ';
    CHECK_INT(count, expected);
}

static void pages_have_neither_gaps_nor_repeats(void)
{
    static const int LIMITS[] = {1, 2, 5, 46, 47, 48};
    struct hamlet h;

    fill_many(&h);
    for (size_t i = 0; i < ARRAY_LEN(LIMITS); i++)
        for (int direction = 0; direction < 2; direction++) {
            struct record_ask ask = {.limit = LIMITS[i], .is_descending = direction == 1};

            walk(&h, ask, MANY);
            ask.sort = register_type_field(hamlet_type(&h, "house"), STR("year"));
            walk(&h, ask, MANY);
            ask.sort = register_type_field(hamlet_type(&h, "house"), STR("number"));
            walk(&h, ask, MANY);
        }
    hamlet_close(&h);
}

/* Hits in titles come first, then the others; a page may end in the middle of either. */
static void pages_of_a_search_have_neither_gaps_nor_repeats(void)
{
    struct hamlet h;
    struct record_filter filter;

    fill_many(&h);
    hamlet_make(&h, "house", STR("{\"number\":\"угол\"}"));
    hamlet_make(&h, "house", STR("{\"number\":\"угол-2\"}"));
    CHECK(record_filter_parse(check_arena(), hamlet_type(&h, "house"), STR("year"), STR("1900"),
                              &filter, &h.err));
    for (int limit = 1; limit < 20; limit++) {
        struct record_ask ask = {.limit = limit, .words = STR("угол")};

        if (limit != 1 && limit != 2 && limit != 3 && limit != 16 && limit != 18)
            continue;
        walk(&h, ask, 16 + 2);
        ask.words = STR("дом");
        walk(&h, ask, MANY);
        ask.words = STR("угол");
        ask.filters = &filter;
        ask.filter_count = 1;
        walk(&h, ask, 12);
        ask.words = STR("ничего");
        walk(&h, ask, 0);
    }
    hamlet_close(&h);
}

static void questions_boxes_and_filters_narrow_together(void)
{
    struct hamlet h;
    struct record_filter filter;
    struct record_ask ask = {
        .words = STR("крыша"), .has_box = true, .box = {0, 490000000, 200000000, 510000000}};

    fill_many(&h);
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("7 0 14"));
    CHECK(record_filter_parse(check_arena(), hamlet_type(&h, "house"), STR("year[null]"),
                              STR("false"), &filter, &h.err));
    ask.filters = &filter;
    ask.filter_count = 1;
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("7 14"));
    ask.words = (struct str){0};
    ask.box[0] = 130000000;
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("19 18 17 16 14 13"));
    hamlet_close(&h);
}

static struct str coded(const char *plain)
{
    struct buf buf = {.arena = check_arena()};

    base64_print_url(&buf, str_from_z(plain));
    return buf_str(&buf);
}

static void foreign_cursors_are_refused(void)
{
    static const char *const BAD[] = {"",     "x1:1", "i:1", "i1:x",
                                      "t1:a", "s1:1", "n1:", "i99999999999999999999:1"};
    static const char *const BAD_SEARCH[] = {"i1:1", "s1:0", "s1:-5", "s1:9", "s1:4294967297"};
    struct hamlet h;
    struct record_ask ask = {.limit = 5};

    fill(&h);
    for (size_t i = 1; i < ARRAY_LEN(BAD); i++) {
        ask.cursor = coded(BAD[i]);
        CHECK_STR(list_numbers(&h, &ask, NULL), STR("refused"));
        CHECK_INT(h.err.code, ERR_INPUT);
    }
    ask.cursor = STR("***");
    CHECK_STR(list_numbers(&h, &ask, NULL), STR("refused"));
    ask.words = STR("1");
    for (size_t i = 0; i < ARRAY_LEN(BAD_SEARCH); i++) {
        ask.cursor = coded(BAD_SEARCH[i]);
        CHECK_STR(list_numbers(&h, &ask, NULL), STR("refused"));
    }
    hamlet_close(&h);
}

static int64_t count_of(struct hamlet *h, struct record_ask *ask, bool *is_more)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t count;

    ask->type = hamlet_type(h, "house");
    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(record_count(hamlet_registry(h, &tx), ask, &count, is_more, &h->err), &h->err);
    return count;
}

static void counts_agree_with_lists(void)
{
    struct hamlet h;
    struct record_ask ask = {0};
    bool is_more = true;

    fill_many(&h);
    CHECK_INT(count_of(&h, &ask, &is_more), MANY);
    CHECK(!is_more);
    ask.words = STR("угол");
    CHECK_INT(count_of(&h, &ask, &is_more), 16);
    CHECK(!is_more);
    ask.words = (struct str){0};
    ask.has_box = true;
    ask.box[0] = ask.box[2] = 30000000;
    ask.box[1] = ask.box[3] = 500000000;
    CHECK_INT(count_of(&h, &ask, &is_more), 1);
    hamlet_close(&h);
}

static bool fill_rows(struct tx *tx, void *data, struct err *err)
{
    const struct hamlet *h = data;

    return store_exec(tx,
                      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                      " WHERE i < 10002) INSERT INTO record (tenant, register, id, valid_from,"
                      " valid_to, version, changed_at, body, n1)"
                      " SELECT $1, $2, i, 0, 0, 0, 0, '{}', 7 FROM n",
                      ARGS(INT(tx->tenant), INT(hamlet_no(h, "house"))), err);
}

static void filtered_counts_stop_at_a_bound_and_say_so(void)
{
    struct hamlet h;
    struct record_filter filter;
    struct record_ask ask = {.filters = &filter, .filter_count = 1};
    bool is_more = false;

    hamlet_open(&h);
    const struct register_field *street =
        register_type_field(hamlet_type(&h, "house"), STR("street"));
    CHECK_INT(street->slot, QUERY_N1);
    CHECK_OK(tenant_write_wait(h.town.tenant, fill_rows, &h, &h.err), &h.err);
    CHECK(record_filter_parse(check_arena(), hamlet_type(&h, "house"), STR("street"),
                              STR("0000000000007"), &filter, &h.err));
    CHECK_INT(count_of(&h, &ask, &is_more), RECORD_LIST_COUNT_MAX);
    CHECK(is_more);
    hamlet_close(&h);
}

static void slices_of_the_day_are_listed(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct hamlet h;
    struct record_page page;

    hamlet_open(&h);
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(&h, "parcel"),
                                 .value = hamlet_json(STR("{\"name\":\"Старое\"}")),
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = 100};
    CHECK_INT(hamlet_do(&h, &draft), ERR_NONE);
    draft.valid_from = 100;
    draft.valid_to = RECORD_FOREVER;
    draft.value = hamlet_json(STR("{\"name\":\"Новое\"}"));
    CHECK_INT(hamlet_do(&h, &draft), ERR_NONE);
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    struct record_ask ask = {.type = hamlet_type(&h, "parcel"), .limit = 5, .valid_on = 99};
    CHECK_OK(record_list(hamlet_registry(&h, &tx), &ask, &page, &h.err), &h.err);
    CHECK_INT((int64_t)page.count, 1);
    CHECK_STR(page.records[0].title, STR("Старое"));
    ask.valid_on = 100;
    ask.words = STR("старое"); /* found by an older name, shown as it is now */
    CHECK_OK(record_list(hamlet_registry(&h, &tx), &ask, &page, &h.err), &h.err);
    CHECK_INT((int64_t)page.count, 1);
    CHECK_STR(page.records[0].title, STR("Новое"));
    tx_done(&tx);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(every_kind_of_field_is_filtered),
    CHECK_TEST(every_op_filters),
    CHECK_TEST(filters_that_make_no_sense_are_refused),
    CHECK_TEST(empty_values_come_last_in_both_directions),
    CHECK_TEST(pages_have_neither_gaps_nor_repeats),
    CHECK_TEST(pages_of_a_search_have_neither_gaps_nor_repeats),
    CHECK_TEST(questions_boxes_and_filters_narrow_together),
    CHECK_TEST(foreign_cursors_are_refused),
    CHECK_TEST(counts_agree_with_lists),
    CHECK_TEST(filtered_counts_stop_at_a_bound_and_say_so),
    CHECK_TEST(slices_of_the_day_are_listed),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
