/* Who is offered a service because of what a register says: once for each cause, and no longer than
 * it is so. */
#include "workflow/offering.h"

#include "hamlet.h"
#include "notice/notice.h"
#include "service/service_case.h"
#include "workflow/offering_look.h"
#include "workflow/process.h"

static const struct str PACKS[] = {STR_INIT("base"), STR_INIT("plots")};

struct family {
    struct hamlet hamlet; /* its town only */
    struct arena *arena;
    struct process_library *processes;
    struct offering_tally tally;
    int64_t parent, account;
    int children;
    int64_t now;
    struct err err;
};

struct applying {
    struct record_draft *draft;
    int64_t now;
};

static bool run_apply(struct tx *tx, void *data, struct err *err)
{
    struct applying *applying = data;

    return record_apply(tx, applying->draft, HAMLET_ACTOR, applying->now, err);
}

static void apply(struct family *family, struct record_draft *draft)
{
    struct applying applying = {draft, family->now};
    struct flaws flaws = {0};

    CHECK(hamlet_prepare(&family->hamlet, draft, &flaws));
    CHECK_OK(tenant_write_wait(family->hamlet.town.tenant, run_apply, &applying, &family->err),
             &family->err);
}

static int64_t make(struct family *family, const char *type, struct str json)
{
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type =
                                     model_type(family->hamlet.catalog->model, str_from_z(type)),
                                 .value = hamlet_json(json),
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = RECORD_FOREVER};

    apply(family, &draft);
    return draft.id;
}

/* The entry about one more child. */
static int64_t bear(struct family *family, const char *born_on)
{
    int64_t child =
        make(family, "base.person",
             str_printf(check_arena(),
                        "{\"surname\":\"Ясная\",\"name\":\"Дитя\",\"born_on\":\"%s\"}", born_on));

    return make(family, "plots.kin",
                str_printf(check_arena(),
                           "{\"number\":\"%d\",\"parent\":\"%.*s\",\"child\":\"%.*s\"}",
                           ++family->children, STR_ARG(id_text(check_arena(), family->parent)),
                           STR_ARG(id_text(check_arena(), child))));
}

static void open_family(struct family *family, int children)
{
    *family = (struct family){.arena = arena_open(0), .tally.after = 1, .now = HAMLET_NOW};
    town_open(&family->hamlet.town, PACKS, ARRAY_LEN(PACKS));
    family->hamlet.catalog = family->hamlet.town.catalog;
    family->processes = process_library_new(family->arena, family->hamlet.town.library);
    family->parent = make(family, "base.person", STR("{\"surname\":\"Ясная\",\"name\":\"Анна\"}"));
    for (int i = 0; i < children; i++)
        (void)bear(family, "2020-01-01");
}

static void close_family(struct family *family)
{
    process_library_close(&family->processes);
    town_close(&family->hamlet.town);
    arena_close(&family->arena);
}

/* How many are made by all that changed since the last time. */
static int64_t look(struct family *family)
{
    const struct offering_place place = {
        .tenant = family->hamlet.town.tenant, .processes = family->processes, .now = HAMLET_NOW};

    family->tally.made = 0;
    CHECK_OK(offering_go(&place, &family->tally, &family->err), &family->err);
    return family->tally.made;
}

static struct service_offered open_one(struct family *family)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_offered *offered;
    size_t count;

    CHECK_OK(tx_read(&tx, family->hamlet.town.tenant, &family->err), &family->err);
    CHECK_OK(
        service_offered_list(&tx, check_arena(), family->parent, &offered, &count, &family->err),
        &family->err);
    CHECK_INT((int64_t)count, 1);
    return offered[0];
}

static bool run_end(struct tx *tx, void *data, struct err *err)
{
    return offering_end(tx, check_arena(), data, err);
}

static enum err_code answer(struct family *family, const struct service_offered *offered,
                            enum service_offered_answer said)
{
    struct offering_answer one = {*offered, said, 9, family->now};

    family->err = (struct err){0};
    return tenant_write_wait(family->hamlet.town.tenant, run_end, &one, &family->err)
               ? ERR_NONE
               : family->err.code;
}

static void third_child_is_the_cause_once(void)
{
    struct family family;
    int64_t third;

    open_family(&family, 2);
    CHECK_INT(look(&family), 0);
    third = bear(&family, "2026-02-20");
    CHECK_INT(look(&family), 1);
    CHECK_INT(open_one(&family).cause, third);
    CHECK_STR(open_one(&family).service, STR("plots.plot"));
    CHECK_INT(look(&family), 0);
    family.tally.after = 1; /* as after a crash */
    CHECK_INT(look(&family), 0);
    CHECK_INT(town_count(&family.hamlet.town, "SELECT count(*) FROM journal WHERE tenant = $1"
                                              " AND action = 'service.offer'"),
              1);
    close_family(&family);
}

static void three_at_once_are_one_cause(void)
{
    struct family family;

    open_family(&family, 3);
    CHECK_INT(look(&family), 1);
    (void)bear(&family, "2026-02-20");
    CHECK_INT(look(&family), 0);
    close_family(&family);
}

static void grown_children_count_not(void)
{
    struct family family;

    open_family(&family, 2);
    (void)bear(&family, "2008-03-01");
    CHECK_INT(look(&family), 0);
    close_family(&family);
}

static void who_declined_is_asked_again_for_a_new_record_only(void)
{
    struct family family;
    struct service_offered offered;
    struct record *old;

    open_family(&family, 3);
    CHECK_INT(look(&family), 1);
    offered = open_one(&family);
    CHECK_INT(answer(&family, &offered, SERVICE_OFFERED_DECLINED), ERR_NONE);
    CHECK_INT(answer(&family, &offered, SERVICE_OFFERED_AGREED), ERR_ABSENT);
    family.tally.after = 1;
    struct record_draft draft = {
        .act = RECORD_CHANGE,
        .type = model_type(family.hamlet.catalog->model, STR("plots.kin")),
        .valid_from = RECORD_ALWAYS,
        .valid_to = RECORD_FOREVER,
    };
    CLEANUP(tx_done) struct tx tx = {0};
    size_t count;

    CHECK_OK(tx_read(&tx, family.hamlet.town.tenant, &family.err), &family.err);
    CHECK_OK(record_slices(hamlet_registry(&family.hamlet, &tx), offered.no, offered.cause, &old,
                           &count, &family.err),
             &family.err);
    tx_done(&tx);
    struct json *value = hamlet_json(old->body);
    json_set_text(check_arena(), value, STR("number"), STR("changed"));
    draft.value = value;
    draft.old = old;
    draft.id = offered.cause;
    family.now++;
    apply(&family, &draft);
    CHECK_INT(look(&family), 0);
    (void)bear(&family, "2026-02-20");
    CHECK_INT(look(&family), 1);
    close_family(&family);
}

static void what_is_no_more_so_is_not_offered(void)
{
    struct family family;
    struct service_offered offered;
    struct offering_look one;
    struct offering_look_found found;
    const struct service *service;

    open_family(&family, 3);
    CHECK_INT(look(&family), 1);
    offered = open_one(&family);
    CLEANUP(tx_done) struct tx tx = {0};
    CHECK_OK(tx_read(&tx, family.hamlet.town.tenant, &family.err), &family.err);
    struct registry registry = *town_registry(&family.hamlet.town, &tx);
    registry.now = HAMLET_NOW;
    CHECK_OK(process_service(family.processes, registry.catalog->model, STR("plots.plot"), &service,
                             &family.err),
             &family.err);
    CHECK_OK(offering_look_open(registry.catalog, check_arena(), service, &one, &family.err),
             &family.err);
    CHECK_OK(offering_look_at(&registry, &one, offered.cause, &found, &family.err), &family.err);
    CHECK(found.holds);
    CHECK_INT(found.person, family.parent);
    CHECK_STR(json_find(found.fill, STR("children"))->text, STR("3"));
    CHECK(json_find(found.fill, STR("address")) == NULL);
    registry.now += INT64_C(19) * 365 * TIME_DAY_MS;
    CHECK_OK(offering_look_at(&registry, &one, offered.cause, &found, &family.err), &family.err);
    CHECK(!found.holds);
    CHECK_OK(offering_look_at(&registry, &one, 12345, &found, &family.err), &family.err);
    CHECK_INT(found.person, 0);
    tx_done(&tx);
    close_family(&family);
}

static bool run_account(struct tx *tx, void *data, struct err *err)
{
    struct family *family = data;
    struct account account = {.login = STR("anna"), .name = STR("Анна"), .state = STR("active")};
    const struct account_by by = {0, HAMLET_NOW};

    if (!account_create(tx, &account, STR("x"), by, &family->account, err))
        return false;
    account.id = family->account;
    account.person = family->parent;
    account.level = ACCOUNT_IDENTIFIED;
    return account_change(tx, &account, by, err);
}

static void whose_card_it_is_is_told(void)
{
    struct family family;

    open_family(&family, 2);
    CHECK_OK(tenant_write_wait(family.hamlet.town.tenant, run_account, &family, &family.err),
             &family.err);
    (void)bear(&family, "2026-02-20");
    CHECK_INT(look(&family), 1);
    CHECK_INT(town_count(&family.hamlet.town,
                         "SELECT count(*) FROM notice WHERE tenant = $1"
                         " AND channel = 'page' AND template = 'plots.plot_offer'"),
              1);
    close_family(&family);
}

static bool run_case(struct tx *tx, void *data, struct err *err)
{
    struct family *family = data;
    struct service_case one = {.id = 77,
                               .no = 3,
                               .service = STR("plots.plot"),
                               .flow = 9,
                               .way = SERVICE_PAGE,
                               .applicant = family->account,
                               .registered_at = HAMLET_NOW,
                               .due_on = SERVICE_CASE_NO_TERM};

    return service_case_open(tx, check_arena(), 2026, &one, err);
}

static void who_has_ordered_it_is_not_asked(void)
{
    struct family family;

    open_family(&family, 3);
    CHECK_OK(tenant_write_wait(family.hamlet.town.tenant, run_account, &family, &family.err),
             &family.err);
    CHECK_OK(tenant_write_wait(family.hamlet.town.tenant, run_case, &family, &family.err),
             &family.err);
    CHECK_INT(look(&family), 0);
    close_family(&family);
}

static void records_that_give_cause_have_one_job(void)
{
    struct family family;

    open_family(&family, 3);
    CHECK_INT(town_count(&family.hamlet.town, "SELECT count(*) FROM job WHERE tenant = $1"
                                              " AND kind = 'service.offer'"),
              1);
    CHECK_INT(town_count(&family.hamlet.town,
                         "SELECT count(*) FROM job WHERE tenant = $1 AND kind = 'service.offer'"
                         " AND payload = (SELECT '{\"after\":' || (min(seq) - 1) || '}'"
                         " FROM journal WHERE tenant = $1 AND action = 'create' AND register ="
                         " (SELECT no FROM register_no WHERE tenant = $1 AND name = 'plots.kin'))"),
              1);
    close_family(&family);
}

static bool run_erase(struct tx *tx, void *data, struct err *err)
{
    return service_offered_erase(tx, ((struct family *)data)->parent, err);
}

static void answers_are_counted_and_erased(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct service_offered_counts counts;
    struct service_offered offered;
    struct family family;

    open_family(&family, 3);
    CHECK_INT(look(&family), 1);
    offered = open_one(&family);
    CHECK_INT(answer(&family, &offered, SERVICE_OFFERED_AGREED), ERR_NONE);
    family.now++;
    (void)bear(&family, "2026-02-20");
    CHECK_INT(look(&family), 1);
    CHECK_OK(tx_read(&tx, family.hamlet.town.tenant, &family.err), &family.err);
    CHECK_OK(service_offered_count(&tx, STR("plots.plot"), &counts, &family.err), &family.err);
    tx_done(&tx);
    CHECK_INT(counts.all, 2);
    CHECK_INT(counts.agreed, 1);
    CHECK_INT(counts.declined, 0);
    CHECK_OK(tenant_write_wait(family.hamlet.town.tenant, run_erase, &family, &family.err),
             &family.err);
    CHECK_INT(town_count(&family.hamlet.town, "SELECT count(*) FROM service_offer"
                                              " WHERE tenant = $1"),
              0);
    close_family(&family);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(third_child_is_the_cause_once),
    CHECK_TEST(three_at_once_are_one_cause),
    CHECK_TEST(grown_children_count_not),
    CHECK_TEST(who_declined_is_asked_again_for_a_new_record_only),
    CHECK_TEST(what_is_no_more_so_is_not_offered),
    CHECK_TEST(whose_card_it_is_is_told),
    CHECK_TEST(who_has_ordered_it_is_not_asked),
    CHECK_TEST(records_that_give_cause_have_one_job),
    CHECK_TEST(answers_are_counted_and_erased),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
