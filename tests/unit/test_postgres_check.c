#define STAND_BARE
#include "stand.h"

#include "store/postgres_check.h"

static struct err err;

/* "word:state" of each finding. */
struct found {
    struct buf words;
};

static void note(void *data, enum postgres_check_state state, const char *check, struct str text)
{
    struct found *found = data;

    CHECK(text.len > 5);
    buf_printf(&found->words, " %s:%d ", check, state);
}

static bool look(struct found *found, const char *user)
{
    const char *cluster = getenv("UPRAVA_TEST_CLUSTER");
    const char *host = strstr(cluster, "host=") + 5;
    const struct postgres_check_sink sink = {note, found};

    *found = (struct found){.words.arena = check_arena()};
    return postgres_check(check_arena(),
                          str_printf(check_arena(), "host=%.*s dbname=%s user=%s",
                                     (int)strcspn(host, " "), host, stand_name(false), user),
                          &sink, &err);
}

static bool says(const struct found *found, const char *check, enum postgres_check_state state)
{
    struct str words = buf_str(&found->words);

    return str_find(words, str_printf(check_arena(), " %s:%d ", check, state)) < words.len;
}

static int broken(const struct found *found)
{
    int count = 0;

    for (size_t i = 0; i + 2 < found->words.len; i++)
        count += found->words.ptr[i] == ':' && found->words.ptr[i + 1] == '2';
    return count;
}

/* The cluster of the tests does not flush: that is found, and nothing else. */
static void an_empty_database_is_good_enough_to_begin_with(void)
{
    struct found found;

    stand_name(true);
    CHECK_OK(look(&found, "uprava"), &err);
    CHECK(says(&found, "fsync", POSTGRES_CHECK_BROKEN));
    CHECK(says(&found, "full_page_writes", POSTGRES_CHECK_BROKEN));
    CHECK(says(&found, "synchronous_commit", POSTGRES_CHECK_BROKEN));
    CHECK_INT(broken(&found), 3);
    CHECK(says(&found, "version", POSTGRES_CHECK_FINE));
    CHECK(says(&found, "connections", POSTGRES_CHECK_FINE));
}

static void a_role_that_may_too_much_or_too_little_is_found(void)
{
    struct found found;

    stand_name(true);
    CHECK_OK(look(&found, "postgres"), &err);
    CHECK(says(&found, "role", POSTGRES_CHECK_BROKEN));
    PGconn *conn = stand_connect("postgres");
    stand_do(
        conn,
        str_printf(check_arena(), "ALTER DATABASE %s OWNER TO postgres", stand_name(false)).ptr);
    libpq.finish(conn);
    CHECK_OK(look(&found, "uprava"), &err);
    CHECK(says(&found, "rights", POSTGRES_CHECK_BROKEN));
}

static void what_somebody_changed_by_hand_is_found(void)
{
    static const struct {
        const char *sql;
        const char *check;
        enum postgres_check_state state;
    } HANDS[] = {
        {"ALTER TABLE uprava.record NO FORCE ROW LEVEL SECURITY", "fence", POSTGRES_CHECK_BROKEN},
        {"CREATE UNIQUE INDEX mine ON uprava.account (login)", "keys", POSTGRES_CHECK_BROKEN},
        {"UPDATE pg_index SET indisvalid = false WHERE indexrelid ="
         " 'uprava.record_t1'::regclass",
         "indexes", POSTGRES_CHECK_ADVICE},
        {"UPDATE uprava.migration SET version = version + 100", "tables", POSTGRES_CHECK_BROKEN},
        {"DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = 30000',"
         " current_database()); END$$",
         "patience", POSTGRES_CHECK_ADVICE},
    };

    for (size_t i = 0; i < ARRAY_LEN(HANDS); i++) {
        struct store *store;
        struct found found;

        stand_name(true);
        struct store_options options = stand_options();
        CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
        store_close(&store);
        CHECK_OK(look(&found, "uprava"), &err);
        CHECK_INT(broken(&found), 3);
        CHECK(!says(&found, HANDS[i].check, HANDS[i].state));
        PGconn *conn = stand_connect(stand_name(false));
        stand_do(conn, HANDS[i].sql);
        libpq.finish(conn);
        CHECK_OK(look(&found, "uprava"), &err);
        CHECK(says(&found, HANDS[i].check, HANDS[i].state));
    }
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(an_empty_database_is_good_enough_to_begin_with),
        CHECK_TEST(a_role_that_may_too_much_or_too_little_is_found),
        CHECK_TEST(what_somebody_changed_by_hand_is_found),
    };

    return check_run(TESTS, stand_is_postgres() ? ARRAY_LEN(TESTS) : 0);
}
