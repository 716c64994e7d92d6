#include "registry/change.h"

#include "hamlet.h"

static struct flaws flaws;

static bool run(struct tx *tx, void *data, struct err *err)
{
    return change_run(tx, data, err);
}

static enum err_code submit(struct hamlet *h, struct change *change, enum record_act act,
                            const char *type, const char *input)
{
    CLEANUP(tx_done) struct tx tx = {0};

    flaws = (struct flaws){0};
    h->err = (struct err){0};
    change->draft = (struct record_draft){.act = act,
                                          .type = hamlet_type(h, type),
                                          .valid_from = RECORD_ALWAYS,
                                          .valid_to = RECORD_FOREVER};
    change->catalog = h->catalog;
    change->arena = check_arena();
    change->actor = HAMLET_ACTOR;
    change->now = HAMLET_NOW;
    if (change->classes == 0)
        change->classes = HAMLET_ALL;
    change->input = input == NULL ? NULL : hamlet_json(str_from_z(input));
    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    if (!change_prepare(&tx, change, &flaws, &h->err))
        return h->err.code;
    tx_done(&tx);
    return tenant_write_wait(h->town.tenant, run, change, &h->err) ? ERR_NONE : h->err.code;
}

static struct str body_of(struct hamlet *h, const char *type, int64_t id)
{
    return hamlet_get(h, type, id)->body;
}

static void record_is_made_replaced_patched_and_deleted(void)
{
    struct hamlet h;
    struct change change = {0};

    hamlet_open(&h);
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house",
                     "{\"data\":{\"number\":\"5\",\"year\":1950,\"note\":null}}"),
              ERR_NONE);
    int64_t id = change.draft.id;
    CHECK_STR(body_of(&h, "house", id), STR("{\"number\":\"5\",\"year\":1950}"));
    change = (struct change){.id = id};
    CHECK_INT(submit(&h, &change, RECORD_CHANGE, "house", "{\"data\":{\"number\":\"6\"}}"),
              ERR_NONE);
    CHECK_STR(body_of(&h, "house", id), STR("{\"number\":\"6\"}"));
    change = (struct change){.id = id, .is_patch = true};
    CHECK_INT(submit(&h, &change, RECORD_CHANGE, "house", "{\"data\":{\"year\":1999}}"), ERR_NONE);
    CHECK_STR(body_of(&h, "house", id), STR("{\"number\":\"6\",\"year\":1999}"));
    change = (struct change){.id = id, .is_patch = true};
    CHECK_INT(submit(&h, &change, RECORD_CHANGE, "house", "{\"data\":{\"number\":null}}"),
              ERR_NONE);
    CHECK_STR(body_of(&h, "house", id), STR("{\"year\":1999}"));
    change = (struct change){.id = id};
    CHECK_INT(submit(&h, &change, RECORD_DELETE, "house", NULL), ERR_NONE);
    CHECK(hamlet_get(&h, "house", id) == NULL);
    CHECK_INT(submit(&h, &change, RECORD_DELETE, "house", NULL), ERR_ABSENT);
    hamlet_close(&h);
}

static void other_wire_forms_are_refused_with_their_place(void)
{
    struct hamlet h;
    struct change change = {0};

    hamlet_open(&h);
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house", "[]"), ERR_INPUT);
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house", "{}"), ERR_INPUT);
    CHECK_STR(flaws.first->path, STR("/data"));
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house", "{\"data\":[]}"), ERR_INPUT);
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house", "{\"data\":{},\"date\":1}"), ERR_INPUT);
    CHECK_STR(flaws.first->path, STR("/date"));
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house", "{\"data\":{\"year\":\"x\"}}"),
              ERR_INPUT);
    CHECK_STR(flaws.first->path, STR("/data/year"));
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house", "{\"data\":{\"colour\":1}}"), ERR_INPUT);
    CHECK_INT(
        submit(&h, &change, RECORD_CREATE, "parcel", "{\"data\":{},\"valid_from\":\"2026-13-01\"}"),
        ERR_INPUT);
    CHECK_STR(flaws.first->path, STR("/valid_from"));
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "parcel",
                     "{\"data\":{},\"valid_from\":\"2026-02-01\",\"valid_to\":\"2026-01-01\"}"),
              ERR_INPUT);
    CHECK_STR(flaws.first->path, STR("/valid_to"));
    hamlet_close(&h);
}

#define HIDING "{\"note\":\"n\",\"number\":\"5\",\"phone\":\"7\",\"pin\":\"p\"}"

static void fields_one_may_not_see_stay(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = hamlet_make(&h, "house", STR(HIDING));
    struct change change = {.id = id, .classes = POLICY_PUBLIC | POLICY_INTERNAL};
    CHECK_INT(submit(&h, &change, RECORD_CHANGE, "house", "{\"data\":{\"number\":\"6\"}}"),
              ERR_NONE);
    CHECK_STR(body_of(&h, "house", id),
              STR("{\"note\":\"n\",\"number\":\"6\",\"phone\":\"7\",\"pin\":\"p\"}"));
    change =
        (struct change){.id = id, .classes = POLICY_PUBLIC | POLICY_INTERNAL, .is_patch = true};
    CHECK_INT(submit(&h, &change, RECORD_CHANGE, "house", "{\"data\":{\"number\":\"7\"}}"),
              ERR_NONE);
    CHECK_STR(body_of(&h, "house", id),
              STR("{\"note\":\"n\",\"number\":\"7\",\"phone\":\"7\",\"pin\":\"p\"}"));
    hamlet_close(&h);
}

static void naming_a_field_one_may_not_see_is_refused(void)
{
    static const char *const INPUTS[] = {"{\"data\":{\"note\":\"other\"}}",
                                         "{\"data\":{\"phone\":\"\"}}",
                                         "{\"data\":{\"pin\":\"q\"}}"};
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = hamlet_make(&h, "house", STR(HIDING));
    for (size_t i = 0; i < ARRAY_LEN(INPUTS); i++)
        for (int is_patch = 0; is_patch < 2; is_patch++) {
            struct change change = {
                .id = id, .classes = POLICY_PUBLIC | POLICY_INTERNAL, .is_patch = is_patch == 1};

            CHECK_INT(submit(&h, &change, RECORD_CHANGE, "house", INPUTS[i]), ERR_DENIED);
        }
    struct change taking_out = {
        .id = id, .classes = POLICY_PUBLIC | POLICY_INTERNAL, .is_patch = true};
    CHECK_INT(submit(&h, &taking_out, RECORD_CHANGE, "house", "{\"data\":{\"note\":null}}"),
              ERR_DENIED);
    struct change made = {.classes = POLICY_PUBLIC | POLICY_INTERNAL};
    CHECK_INT(submit(&h, &made, RECORD_CREATE, "house", "{\"data\":{\"note\":\"n\"}}"), ERR_DENIED);
    CHECK_STR(body_of(&h, "house", id), STR(HIDING));
    hamlet_close(&h);
}

static void lost_updates_are_refused(void)
{
    struct hamlet h;

    hamlet_open(&h);
    int64_t id = hamlet_make(&h, "house", STR("{\"number\":\"5\"}"));
    int64_t version = hamlet_get(&h, "house", id)->version;
    struct change first = {.id = id, .expected = version};
    CHECK_INT(submit(&h, &first, RECORD_CHANGE, "house", "{\"data\":{\"number\":\"6\"}}"),
              ERR_NONE);
    CHECK(first.draft.version > version);
    struct change second = {.id = id, .expected = version};
    CHECK_INT(submit(&h, &second, RECORD_CHANGE, "house", "{\"data\":{\"number\":\"7\"}}"),
              ERR_CONFLICT);
    CHECK_INT(submit(&h, &second, RECORD_DELETE, "house", NULL), ERR_CONFLICT);
    second.expected = first.draft.version;
    CHECK_INT(submit(&h, &second, RECORD_DELETE, "house", NULL), ERR_NONE);
    hamlet_close(&h);
}

static void repeated_request_answers_and_writes_once(void)
{
    static const char *const INPUT = "{\"data\":{\"number\":\"5\"}}";
    struct hamlet h;
    struct change first = {0};
    struct change again = {0};
    struct change other = {0};

    hamlet_open(&h);
    CHECK_OK(change_idempotency(&first, STR("key-1"), str_from_z(INPUT), &h.err), &h.err);
    again = first;
    CHECK_INT(submit(&h, &first, RECORD_CREATE, "house", INPUT), ERR_NONE);
    CHECK(!first.is_replay);
    CHECK_INT(submit(&h, &again, RECORD_CREATE, "house", INPUT), ERR_NONE);
    CHECK(again.is_replay);
    CHECK_INT(again.draft.id, first.draft.id);
    CHECK_INT(again.draft.version, first.draft.version);
    CHECK_INT(town_count(&h.town, "SELECT count(*) FROM record WHERE tenant = $1"), 1);
    CHECK_OK(change_idempotency(&other, STR("key-1"), STR("another"), &h.err), &h.err);
    CHECK_INT(submit(&h, &other, RECORD_CREATE, "house", "{\"data\":{\"number\":\"6\"}}"),
              ERR_INPUT);
    struct str longer = str_printf(check_arena(), "%0101d", 1);
    CHECK(!change_idempotency(&other, longer, STR("x"), &h.err));
    hamlet_close(&h);
}

static void another_slice_is_made_by_naming_its_record(void)
{
    struct hamlet h;
    struct change change = {0};
    size_t count;

    hamlet_open(&h);
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "parcel",
                     "{\"data\":{\"name\":\"a\"},\"valid_to\":\"2026-01-01\"}"),
              ERR_NONE);
    int64_t id = change.draft.id;
    struct str next = str_printf(check_arena(),
                                 "{\"id\":\"%.*s\",\"data\":{\"name\":\"b\"},"
                                 "\"valid_from\":\"2026-01-01\",\"valid_to\":null}",
                                 STR_ARG(id_text(check_arena(), id)));
    change = (struct change){0};
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "parcel", str_to_z(check_arena(), next)),
              ERR_NONE);
    CHECK_INT(change.draft.id, id);
    hamlet_slices(&h, "parcel", id, &count);
    CHECK_INT((int64_t)count, 2);
    change = (struct change){0};
    CHECK_INT(
        submit(&h, &change, RECORD_CREATE, "parcel", "{\"id\":\"0000000000007\",\"data\":{}}"),
        ERR_ABSENT);
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "house", "{\"id\":\"0000000000007\",\"data\":{}}"),
              ERR_INPUT);
    hamlet_close(&h);
}

static void codes_out_of_use_are_refused_only_when_they_are_new(void)
{
    struct hamlet h;
    struct change change = {0};

    hamlet_open(&h);
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "street",
                     "{\"data\":{\"name\":\"a\",\"kind\":\"yard\"}}"),
              ERR_INPUT);
    CHECK_STR(flaws.first->path, STR("/data/kind"));
    CHECK_INT(submit(&h, &change, RECORD_CREATE, "street",
                     "{\"data\":{\"name\":\"a\",\"kind\":\"field\"}}"),
              ERR_INPUT);
    struct record_draft old = {.act = RECORD_CREATE,
                               .type = hamlet_type(&h, "street"),
                               .is_upkeep = true,
                               .value = hamlet_json(STR("{\"name\":\"a\",\"kind\":\"yard\"}"))};
    CHECK_INT(hamlet_do(&h, &old), ERR_NONE);
    change = (struct change){.id = old.id};
    CHECK_INT(submit(&h, &change, RECORD_CHANGE, "street",
                     "{\"data\":{\"name\":\"b\",\"kind\":\"yard\"}}"),
              ERR_NONE);
    hamlet_close(&h);
}

static int64_t known_at(struct hamlet *h, const char *text)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t seq = -1;

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    return change_known_at(hamlet_registry(h, &tx), str_from_z(text), &seq, &h->err) ? seq : -1;
}

static void moments_become_journal_numbers(void)
{
    struct hamlet h;
    int64_t version;

    hamlet_open(&h);
    version = hamlet_get(&h, "street", hamlet_make(&h, "street", STR("{\"name\":\"a\"}")))->version;
    CHECK_INT(known_at(&h, "7"), 7);
    CHECK_INT(known_at(&h, "2026-03-02"), version);
    CHECK_INT(known_at(&h, "2026-03-02T08:59:59Z"), 0);
    CHECK_INT(known_at(&h, "2026-03-02T09:00:00Z"), version);
    CHECK_INT(known_at(&h, "1990-01-01"), 0);
    CHECK_INT(known_at(&h, "yesterday"), -1);
    CHECK_INT(known_at(&h, "-1"), -1);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(record_is_made_replaced_patched_and_deleted),
    CHECK_TEST(other_wire_forms_are_refused_with_their_place),
    CHECK_TEST(fields_one_may_not_see_stay),
    CHECK_TEST(naming_a_field_one_may_not_see_is_refused),
    CHECK_TEST(lost_updates_are_refused),
    CHECK_TEST(repeated_request_answers_and_writes_once),
    CHECK_TEST(another_slice_is_made_by_naming_its_record),
    CHECK_TEST(codes_out_of_use_are_refused_only_when_they_are_new),
    CHECK_TEST(moments_become_journal_numbers),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
