#include "stand.h"

#include "store/rows.h"
#include "store/search.h"

#include <stdio.h>

/* STR is no constant in a static initializer. */
#define TEXT_OF(text)                                                                              \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

static struct err err;
static struct store *store;
static struct tenant *tenant;

static void start(void)
{
    struct store_options options = {
        .folder = check_folder(), .database = stand_database(), .writers = 1};

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
    CHECK_OK(store_create_tenant(store, STR("town"), STR(""), 0, 0, &err), &err);
    CHECK_OK(store_hold(store, STR("town"), &tenant, &err), &err);
}

static void finish(void)
{
    store_release(&tenant);
    store_close(&store);
}

static bool put_row(struct tx *tx, const struct search_entry *entry, struct err *why)
{
    return store_exec(tx,
                      "INSERT INTO record (tenant, register, id, valid_from, version, changed_at,"
                      " body) VALUES ($1, $2, $3, 0, 1, 0, '{}')",
                      ARGS(INT(tx->tenant), INT(entry->no), INT(entry->id)), why) &&
           search_change(tx, NULL, entry, why);
}

static bool put_all(struct tx *tx, void *data, struct err *why)
{
    static const struct search_entry ENTRIES[] = {
        {1, 10, TEXT_OF("дом садов"), TEXT_OF("кирпичн 12")},
        {1, 11, TEXT_OF("дом лесн"), TEXT_OF("садов участок")},
        {12, 12, TEXT_OF("улиц садов"), TEXT_OF("")},
        {1, 13, TEXT_OF("дом садов корпус"), TEXT_OF("12-1")},
    };

    (void)data;
    for (size_t i = 0; i < ARRAY_LEN(ENTRIES); i++)
        if (!put_row(tx, &ENTRIES[i], why))
            return false;
    return true;
}

/* "13 10 11": the ids in the order they are found, pages of limit. */
static struct str find(const int64_t *nos, size_t no_count, const char *words, bool is_prefix,
                       int limit)
{
    struct str rest = str_from_z(words), list[8];
    struct search_ask asked = {nos, no_count, list, 0, is_prefix, limit};
    struct search_cursor cursor = {0};
    struct search_hit hits[8];
    struct buf buf = {.arena = check_arena()};
    CLEANUP(tx_done) struct tx tx = {0};
    size_t count;
    bool is_more = true;

    while (rest.len > 0)
        list[asked.word_count++] = str_cut(&rest, ' ');
    CHECK_OK(tx_read(&tx, tenant, &err), &err);
    for (int rounds = 0; is_more; rounds++) {
        CHECK(rounds < 20);
        CHECK_OK(search_find(&tx, check_arena(), &asked, &cursor, hits, &count, &is_more, &err),
                 &err);
        for (size_t i = 0; i < count; i++) {
            buf_printf(&buf, "%s%lld", buf.len > 0 ? " " : "", (long long)hits[i].id);
            CHECK_INT(hits[i].no, hits[i].id == 12 ? 12 : 1);
        }
    }
    return buf_str(&buf);
}

static const int64_t BOTH[] = {1, 12};

static void title_comes_first_then_the_newest(void)
{
    start();
    CHECK_OK(tenant_write_wait(tenant, put_all, NULL, &err), &err);
    for (int limit = 1; limit < 6; limit++) {
        CHECK_STR(find(BOTH, 2, "садов", false, limit), STR("13 12 10 11"));
        CHECK_STR(find(BOTH, 1, "садов", false, limit), STR("13 10 11"));
        CHECK_STR(find(BOTH + 1, 1, "садов", false, limit), STR("12"));
        CHECK_STR(find(BOTH, 2, "дом садов", false, limit), STR("13 10 11"));
    }
    finish();
}

static void every_word_must_be_there_and_the_last_may_be_begun(void)
{
    start();
    CHECK_OK(tenant_write_wait(tenant, put_all, NULL, &err), &err);
    CHECK_STR(find(BOTH, 2, "садов кирпичн", false, 5), STR("10"));
    CHECK_STR(find(BOTH, 2, "садов кирп", false, 5), STR(""));
    CHECK_STR(find(BOTH, 2, "садов кирп", true, 5), STR("10"));
    CHECK_STR(find(BOTH, 2, "сад 12", false, 5), STR(""));
    CHECK_STR(find(BOTH, 2, "садов 12", false, 5), STR("13 10"));
    finish();
}

static void words_of_the_index_language_are_only_words(void)
{
    start();
    CHECK_OK(tenant_write_wait(tenant, put_all, NULL, &err), &err);
    CHECK_STR(find(BOTH, 2, "12-1", false, 5), STR("13"));
    CHECK_STR(find(BOTH, 2, "дом OR NOT", false, 5), STR(""));
    CHECK_STR(find(BOTH, 2, "\"дом *", true, 5), STR("13 11 10"));
    CHECK_STR(find(BOTH, 2, "\" ( ) :", true, 5), STR(""));
    CHECK_STR(find(BOTH, 2, "r12", false, 5), STR(""));
    CHECK_STR(find(BOTH, 0, "садов", false, 5), STR(""));
    CHECK_STR(find(BOTH, 2, "", false, 5), STR(""));
    finish();
}

static bool move(struct tx *tx, void *data, struct err *why)
{
    static const struct search_entry OLD = {1, 10, TEXT_OF("дом садов"), TEXT_OF("кирпичн 12")};
    static const struct search_entry NEXT = {1, 10, TEXT_OF("дом нов"), TEXT_OF("")};
    static const struct search_entry GONE = {1, 13, TEXT_OF("дом садов корпус"), TEXT_OF("12-1")};

    (void)data;
    return search_change(tx, &OLD, &NEXT, why) && search_change(tx, &GONE, NULL, why) &&
           search_merge(tx, why);
}

static void changed_words_are_found_and_old_ones_are_not(void)
{
    start();
    CHECK_OK(tenant_write_wait(tenant, put_all, NULL, &err), &err);
    CHECK_OK(tenant_write_wait(tenant, move, NULL, &err), &err);
    CHECK_STR(find(BOTH, 2, "садов", false, 5), STR("12 11"));
    CHECK_STR(find(BOTH, 2, "нов", false, 5), STR("10"));
    CHECK_STR(find(BOTH, 2, "корпус", false, 5), STR(""));
    finish();
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(title_comes_first_then_the_newest),
        CHECK_TEST(every_word_must_be_there_and_the_last_may_be_begun),
        CHECK_TEST(words_of_the_index_language_are_only_words),
        CHECK_TEST(changed_words_are_found_and_old_ones_are_not),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
