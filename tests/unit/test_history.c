#include "registry/history.h"

#include "auth/journal.h"
#include "hamlet.h"

static struct history_version *versions;
static size_t count;

static void read_history(struct hamlet *h, const char *type, int64_t id, unsigned classes,
                         int64_t before, int limit)
{
    CLEANUP(tx_done) struct tx tx = {0};

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(
        history_list(hamlet_registry(h, &tx),
                     &(struct history_ask){hamlet_type(h, type), id, classes, before, limit, false},
                     &versions, &count, &h->err),
        &h->err);
}

/* "change year:1950>1960 note:>b" */
static struct str print(size_t at)
{
    struct buf buf = {.arena = check_arena()};
    const struct history_version *version = &versions[at];

    CHECK(at < count);
    buf_add(&buf, version->action);
    for (size_t i = 0; i < version->change_count; i++) {
        const struct history_change *change = &version->changes[i];

        buf_printf(&buf, " %.*s:", STR_ARG(change->field->name));
        if (change->was != NULL)
            buf_add(&buf, change->was->text);
        buf_char(&buf, '>');
        if (change->is != NULL)
            buf_add(&buf, change->is->text);
    }
    return buf_str(&buf);
}

static int64_t make_with_history(struct hamlet *h)
{
    int64_t id = hamlet_make(h, "house", STR("{\"number\":\"5\",\"year\":1950}"));

    CHECK_INT(hamlet_change(h, "house", hamlet_get(h, "house", id),
                            STR("{\"number\":\"5\",\"year\":1960,\"note\":\"b\"}")),
              ERR_NONE);
    CHECK_INT(hamlet_change(h, "house", hamlet_get(h, "house", id), STR("{\"number\":\"5\"}")),
              ERR_NONE);
    return id;
}

static void versions_tell_their_differences_newest_first(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = make_with_history(&h);
    read_history(&h, "house", id, HAMLET_ALL, 0, 10);
    CHECK_INT((int64_t)count, 3);
    CHECK_STR(print(0), STR("change year:1960> note:b>"));
    CHECK_STR(print(1), STR("change year:1950>1960 note:>b"));
    CHECK_STR(print(2), STR("create number:>5 year:>1950"));
    CHECK_INT(versions[0].version, hamlet_get(&h, "house", id)->version);
    CHECK_INT(versions[0].actor, HAMLET_ACTOR);
    CHECK_INT(versions[0].at, HAMLET_NOW);
    hamlet_close(&h);
}

static void fields_of_other_classes_are_left_out(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = make_with_history(&h);
    read_history(&h, "house", id, POLICY_INTERNAL, 0, 10);
    CHECK_STR(print(0), STR("change year:1960>"));
    hamlet_close(&h);
}

static void pages_tell_the_same_as_the_whole(void)
{
    struct hamlet h;
    int64_t before = 0;

    hamlet_open(&h);
    int64_t id = make_with_history(&h);
    for (size_t i = 0; i < 3; i++) {
        struct str one;

        read_history(&h, "house", id, HAMLET_ALL, before, 1);
        CHECK_INT((int64_t)count, 1);
        one = print(0);
        before = versions[0].version;
        read_history(&h, "house", id, HAMLET_ALL, 0, 10);
        CHECK_STR(one, print(i));
    }
    read_history(&h, "house", id, HAMLET_ALL, before, 1);
    CHECK_INT((int64_t)count, 0);
    hamlet_close(&h);
}

static int64_t deleted_at(struct hamlet *h, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct history_deletion deletion;

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(history_find_deletion(hamlet_registry(h, &tx), hamlet_type(h, "house"), id, &deletion,
                                   &h->err),
             &h->err);
    return deletion.at;
}

static void deleted_record_keeps_its_history(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = make_with_history(&h);
    CHECK_INT(deleted_at(&h, id), 0);
    CHECK_INT(hamlet_delete(&h, "house", hamlet_get(&h, "house", id)), ERR_NONE);
    CHECK_INT(deleted_at(&h, id), HAMLET_NOW);
    CHECK_INT(deleted_at(&h, id + 1), 0);
    read_history(&h, "house", id, HAMLET_ALL, 0, 10);
    CHECK_INT((int64_t)count, 4);
    CHECK_STR(print(0), STR("delete number:5>"));
    CHECK_STR(print(3), STR("create number:>5 year:>1950"));
    hamlet_close(&h);
}

struct erasing {
    struct hamlet *hamlet;
    int64_t no, id, erased;
    struct str reason;
};

static bool erase(struct tx *tx, void *data, struct err *err)
{
    struct erasing *erasing = data;

    return history_erase(hamlet_registry(erasing->hamlet, tx),
                         &(struct history_erasure){erasing->no, erasing->id, 1, erasing->reason},
                         &erasing->erased, err);
}

static void erased_record_leaves_no_values_and_the_chain_holds(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    unsigned char key[SECRET_PUBLIC_SIZE] = {0};
    struct journal_report report = {0};
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = make_with_history(&h);
    struct erasing erasing = {&h, hamlet_no(&h, "house"), id, 0, STR(" ")};
    CHECK(!tenant_write_wait(h.town.tenant, erase, &erasing, &h.err));
    CHECK_INT(h.err.code, ERR_INPUT);
    erasing.reason = STR("court order of \"2 March\"");
    CHECK(!tenant_write_wait(h.town.tenant, erase, &erasing, &h.err));
    CHECK_INT(h.err.code, ERR_CONFLICT);
    CHECK_INT(hamlet_delete(&h, "house", hamlet_get(&h, "house", id)), ERR_NONE);
    CHECK_OK(tenant_write_wait(h.town.tenant, erase, &erasing, &h.err), &h.err);
    CHECK_INT(erasing.erased, 3);
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM history WHERE tenant = $1 AND"
                                  " (body IS NOT NULL OR salt IS NOT NULL OR title IS NOT NULL)"),
              0);
    read_history(&h, "house", id, HAMLET_ALL, 0, 10);
    CHECK_INT((int64_t)count, 5);
    CHECK_STR(print(0), STR("erase"));
    CHECK_STR(print(1), STR("delete"));
    CHECK_STR(print(4), STR("create"));
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM journal WHERE tenant = $1 AND action ="
                                  " 'erase' AND detail LIKE '%court order of%'"),
              1);
    CHECK(!tenant_write_wait(h.town.tenant, erase, &erasing, &h.err));
    CHECK_INT(h.err.code, ERR_ABSENT);
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    CHECK_OK(journal_verify(&tx, check_arena(), key, &report, &h.err), &h.err);
    CHECK_OK(journal_verify_bodies(&tx, check_arena(), &report, &h.err), &h.err);
    CHECK_INT(report.bad, 0);
    tx_done(&tx);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(versions_tell_their_differences_newest_first),
    CHECK_TEST(fields_of_other_classes_are_left_out),
    CHECK_TEST(pages_tell_the_same_as_the_whole),
    CHECK_TEST(deleted_record_keeps_its_history),
    CHECK_TEST(erased_record_leaves_no_values_and_the_chain_holds),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
