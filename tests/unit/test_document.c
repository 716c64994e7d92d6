#include "document/document.h"

#include "hamlet.h"

static struct hamlet hamlet;
static struct err err;
static int64_t street;

struct putting {
    struct document document;
    bool (*run)(struct tx *tx, struct arena *arena, struct document *document, struct err *err);
};

static bool run_put(struct tx *tx, void *data, struct err *why)
{
    struct putting *putting = data;

    return putting->run(tx, check_arena(), &putting->document, why);
}

static struct document registered(int64_t day, const char *series)
{
    struct putting putting = {{.no = hamlet_no(&hamlet, "street"),
                               .record = street,
                               .series = str_from_z(series),
                               .pattern = STR("{n}/{year}"),
                               .title = STR("Ответ"),
                               .registered_at = HAMLET_NOW,
                               .registered_on = day,
                               .actor = HAMLET_ACTOR,
                               .flow = 5,
                               .token = 3},
                              document_register};

    CHECK_OK(tenant_write_wait(hamlet.town.tenant, run_put, &putting, &err), &err);
    return putting.document;
}

static struct document get(int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct document document = {0};

    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
    CHECK_OK(document_get(&tx, check_arena(), id, &document, &err), &err);
    return document;
}

static void open_town(void)
{
    hamlet_open(&hamlet);
    street = hamlet_make(&hamlet, "street", STR("{\"name\":\"Садовая\"}"));
}

static void each_series_counts_for_itself_and_anew_each_year(void)
{
    open_town();
    CHECK_STR(registered(HAMLET_DAY, "a").number, STR("1/2026"));
    CHECK_STR(registered(HAMLET_DAY, "a").number, STR("2/2026"));
    CHECK_STR(registered(HAMLET_DAY, "b").number, STR("1/2026"));
    CHECK_STR(registered(HAMLET_DAY + 365, "a").number, STR("1/2027"));
    CHECK_STR(registered(HAMLET_DAY, "a").number, STR("3/2026"));
    hamlet_close(&hamlet);
}

static void what_is_kept_comes_back(void)
{
    open_town();
    struct document made = registered(HAMLET_DAY, "a");
    struct document read = get(made.id);
    CHECK_STR(read.number, made.number);
    CHECK_STR(read.title, STR("Ответ"));
    CHECK(read.record == street && read.flow == 5 && read.token == 3 && read.n == 1);
    CHECK(read.attachment == 0 && !read.is_revoked && read.secret == made.secret);
    CHECK_INT(town_count(&hamlet.town, "SELECT count(*) FROM journal WHERE tenant = $1"
                                       " AND action = 'document.register' AND cause = 5"),
              1);
    hamlet_close(&hamlet);
}

static bool attach(struct tx *tx, struct arena *arena, struct document *document, struct err *why)
{
    (void)arena;
    return document_attach(tx, document, true, why);
}

static bool take_back(struct tx *tx, struct arena *arena, struct document *document,
                      struct err *why)
{
    return document_revoke(tx, arena, document, why);
}

static enum err_code put(struct document document,
                         bool (*run)(struct tx *tx, struct arena *arena, struct document *document,
                                     struct err *err))
{
    struct putting putting = {document, run};

    err = (struct err){0};
    (void)!tenant_write_wait(hamlet.town.tenant, run_put, &putting, &err);
    return err.code;
}

static void document_is_made_once(void)
{
    open_town();
    struct document document = registered(HAMLET_DAY, "a");
    document.attachment = 17;
    document.digest = STR("abc");
    CHECK_INT(put(document, attach), ERR_NONE);
    CHECK_INT(put(document, attach), ERR_CONFLICT);
    CHECK_INT(get(document.id).attachment, 17);
    CHECK_STR(get(document.id).pdf, STR("wanted"));
    hamlet_close(&hamlet);
}

static void document_is_revoked_once_and_says_why(void)
{
    open_town();
    struct document document = registered(HAMLET_DAY, "a");
    document.reason = STR("Ошибка в адресе");
    document.revoked_at = HAMLET_NOW;
    document.revoked_by = HAMLET_ACTOR;
    CHECK_INT(put(document, take_back), ERR_NONE);
    CHECK_INT(put(document, take_back), ERR_CONFLICT);
    CHECK(get(document.id).is_revoked);
    CHECK_STR(get(document.id).reason, STR("Ошибка в адресе"));
    CHECK_INT(put(document, attach), ERR_CONFLICT);
    hamlet_close(&hamlet);
}

static size_t list(struct document_ask ask, struct document **documents)
{
    CLEANUP(tx_done) struct tx tx = {0};
    size_t count = 0;

    CHECK_OK(tx_read(&tx, hamlet.town.tenant, &err), &err);
    CHECK_OK(document_list(&tx, check_arena(), &ask, documents, &count, &err), &err);
    return count;
}

static void documents_are_found_by_number_and_record(void)
{
    struct document *found;

    open_town();
    for (int i = 0; i < 12; i++)
        registered(HAMLET_DAY, "a");
    CHECK_INT((int64_t)list((struct document_ask){.limit = 5}, &found), 5);
    CHECK_STR(found[0].number, STR("12/2026"));
    CHECK_INT((int64_t)list((struct document_ask){.limit = 50, .before = found[4].id}, &found), 7);
    CHECK_INT((int64_t)list((struct document_ask){.limit = 50, .number = STR("1")}, &found), 4);
    CHECK_STR(found[0].number, STR("1/2026"));
    CHECK_INT((int64_t)list((struct document_ask){.limit = 50, .number = STR("12/2026")}, &found),
              1);
    CHECK_INT((int64_t)list((struct document_ask){.limit = 50,
                                                  .no = hamlet_no(&hamlet, "street"),
                                                  .record = street},
                            &found),
              12);
    CHECK_INT((int64_t)list((struct document_ask){.limit = 50,
                                                  .no = hamlet_no(&hamlet, "street"),
                                                  .record = street + 1},
                            &found),
              0);
    hamlet_close(&hamlet);
}

static void token_names_the_document_and_its_secret(void)
{
    struct document document = {.id = 0x0123456789abcdef, .secret = 0x7edcba9876543210};
    struct str token = document_token(check_arena(), &document);
    int64_t id, secret;

    CHECK_INT((int64_t)token.len, DOCUMENT_TOKEN_LEN);
    CHECK(document_read_token(token, &id, &secret));
    CHECK(id == document.id && secret == document.secret);
    CHECK(!document_read_token(str_slice(token, 0, 25), &id, &secret));
    CHECK(!document_read_token(STR("uuuuuuuuuuuuuuuuuuuuuuuuuu"), &id, &secret));
}

static bool set_address(struct tx *tx, void *data, struct err *why)
{
    (void)data;
    return catalog_set(tx, STR("address"), STR("https://a.example/demo/"), 0, HAMLET_NOW, why);
}

static void address_is_that_of_the_settings(void)
{
    open_town();
    struct document document = {.id = 1, .secret = 2};
    CHECK_INT(
        (int64_t)document_address(check_arena(), hamlet.catalog, hamlet.town.tenant, &document).len,
        0);
    CHECK_OK(tenant_write_wait(hamlet.town.tenant, set_address, NULL, &err), &err);
    CHECK_OK(catalog_reload(hamlet.town.tenant, hamlet.library, &err), &err);
    CHECK_OK(catalog_get(hamlet.town.tenant, hamlet.library, &hamlet.catalog, &err), &err);
    CHECK_STR(document_address(check_arena(), hamlet.catalog, hamlet.town.tenant, &document),
              STR("https://a.example/demo/documents/00000000000010000000000002"));
    hamlet_close(&hamlet);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(each_series_counts_for_itself_and_anew_each_year),
    CHECK_TEST(what_is_kept_comes_back),
    CHECK_TEST(document_is_made_once),
    CHECK_TEST(document_is_revoked_once_and_says_why),
    CHECK_TEST(documents_are_found_by_number_and_record),
    CHECK_TEST(token_names_the_document_and_its_secret),
    CHECK_TEST(address_is_that_of_the_settings),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
