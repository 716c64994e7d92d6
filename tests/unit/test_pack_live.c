#include "registry/pack_live.h"

#include "hamlet.h"

#define FORM  STR("forms/visit.json")
#define OTHER STR("forms/other.json")

static const struct pack_file SHIPPED = {STR_INIT("forms/visit.json"), STR_INIT("{\"a\":1}")};

static struct hamlet h;

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    return pack_draft_put(tx, data, err);
}

static bool run_drop(struct tx *tx, void *data, struct err *err)
{
    return pack_draft_drop(tx, data, err);
}

/* As people's drafts are: begun from what is live. */
static struct pack_draft draft_of(struct str path, const char *body, int64_t revision)
{
    const struct pack *live;

    CHECK_OK(catalog_get(h.town.tenant, h.library, &h.catalog, &h.err), &h.err);
    live = pack_set_find(&h.catalog->model->packs, STR("hamlet"));
    return (struct pack_draft){
        .pack = STR("hamlet"),
        .path = path,
        .revision = revision,
        .at = HAMLET_NOW,
        .actor = HAMLET_ACTOR,
        .base = pack_draft_digest(check_arena(), pack_file_find(live, path)),
        .body = str_from_z(body == NULL ? "" : body),
        .is_gone = body == NULL,
    };
}

static enum err_code put(struct pack_draft *draft)
{
    h.err = (struct err){0};
    return tenant_write_wait(h.town.tenant, run_put, draft, &h.err) ? ERR_NONE : h.err.code;
}

static void keep(struct str path, const char *body)
{
    struct pack_draft draft = draft_of(path, body, 0);

    CHECK_INT(put(&draft), ERR_NONE);
    CHECK(draft.revision > 0);
}

static struct pack_draft_sum gather(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct pack_draft_sum sum;

    CHECK_OK(catalog_get(h.town.tenant, h.library, &h.catalog, &h.err), &h.err);
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    CHECK_OK(pack_draft_gather(&tx, check_arena(), h.catalog, STR("hamlet"), &sum, &h.err), &h.err);
    return sum;
}

static struct pack_live live_of(void)
{
    return (struct pack_live){.tenant = h.town.tenant,
                              .library = h.library,
                              .pack = STR("hamlet"),
                              .note = STR("почему"),
                              .actor = HAMLET_ACTOR,
                              .now = HAMLET_NOW};
}

static enum err_code go_live(struct pack_live *live)
{
    struct str tried = str_from_z(gather().pack->digest);

    *live = live_of();
    h.err = (struct err){0};
    return pack_live_put(live, check_arena(), tried, &h.err) ? ERR_NONE : h.err.code;
}

/* A file of what is installed; "" when it is not there. */
static struct str live_file(struct str path)
{
    const struct pack_file *file = pack_file_find(gather().live, path);

    return file == NULL ? STR("") : file->bytes;
}

static void begin(void)
{
    hamlet_open_with(&h, &SHIPPED);
}

static void two_people_do_not_write_over_each_other(void)
{
    struct pack_draft mine, theirs;

    begin();
    mine = draft_of(FORM, "{\"a\":2}", 0);
    theirs = draft_of(FORM, "{\"a\":3}", 0);
    CHECK_INT(put(&mine), ERR_NONE);
    CHECK_INT(put(&theirs), ERR_CONFLICT);
    theirs.revision = mine.revision;
    CHECK_INT(put(&theirs), ERR_NONE);
    CHECK_INT(put(&mine), ERR_CONFLICT);
    h.err = (struct err){0};
    CHECK(!tenant_write_wait(h.town.tenant, run_drop, &mine, &h.err));
    CHECK_INT(h.err.code, ERR_CONFLICT);
    CHECK_OK(tenant_write_wait(h.town.tenant, run_drop, &theirs, &h.err), &h.err);
    CHECK_INT((int64_t)gather().count, 0);
    /* A revision never comes again, so a page left open does not hit a later draft. */
    mine = draft_of(FORM, "{}", 0);
    CHECK_INT(put(&mine), ERR_NONE);
    CHECK(mine.revision > theirs.revision);
    hamlet_close(&h);
}

static void only_some_files_can_be_drafts(void)
{
    static const char *const NO[] = {"pack.json",         "roles.json",       "registers/x.json",
                                     "forms/a/b.json",    "forms/../x.json",  "forms/.json",
                                     "processes/x.xml",   "forms/A.json",     "letters/a.odt",
                                     "processes//x.bpmn", "forms/x.json/../y"};
    static const char *const YES[] = {"processes/a.bpmn", "decisions/a.dmn", "forms/a-b.json",
                                      "tests/a.case",     "i18n/ky.po",      "services/a.json"};
    struct pack_draft draft;

    begin();
    for (size_t i = 0; i < ARRAY_LEN(NO); i++) {
        CHECK(!pack_draft_takes(str_from_z(NO[i])));
        draft = draft_of(str_from_z(NO[i]), "{}", 0);
        CHECK_INT(put(&draft), ERR_INPUT);
    }
    for (size_t i = 0; i < ARRAY_LEN(YES); i++)
        CHECK(pack_draft_takes(str_from_z(YES[i])));
    draft = draft_of(FORM, "\xff", 0);
    CHECK_INT(put(&draft), ERR_INPUT);
    draft.body = (struct str){arena_alloc(check_arena(), PACK_DRAFT_BYTES_MAX + 1),
                              PACK_DRAFT_BYTES_MAX + 1};
    CHECK_INT(put(&draft), ERR_LIMIT);
    hamlet_close(&h);
}

static void drafts_go_live_as_a_version_of_this_municipality(void)
{
    struct pack_live live;

    begin();
    CHECK_INT(go_live(&live), ERR_INPUT); /* nothing to put */
    keep(FORM, "{\"a\":2}");
    CHECK_STR(live_file(FORM), STR("{\"a\":1}"));
    CHECK_INT(go_live(&live), ERR_NONE);
    CHECK_STR(live_file(FORM), STR("{\"a\":2}"));
    CHECK_INT((int64_t)gather().count, 0);
    CHECK_STR(pack_shipped_version(live.version), STR("1.0.0"));
    CHECK_INT(pack_own_no(live.version), 1);
    CHECK_STR(gather().live->version, live.version);
    /* The next one has what the first one changed, too. */
    keep(OTHER, "[]");
    CHECK_INT(go_live(&live), ERR_NONE);
    CHECK_INT(pack_own_no(live.version), 2);
    CHECK_STR(live_file(FORM), STR("{\"a\":2}"));
    CHECK_STR(live_file(OTHER), STR("[]"));
    /* As shipped again: no version is made for that. */
    keep(FORM, "{\"a\":1}");
    keep(OTHER, NULL);
    CHECK_INT(go_live(&live), ERR_NONE);
    CHECK_STR(live.version, STR("1.0.0"));
    CHECK_STR(live_file(OTHER), STR(""));
    hamlet_close(&h);
}

static void what_was_not_tried_does_not_go_live(void)
{
    struct pack_live live;
    struct str tried;

    begin();
    live = live_of();
    keep(FORM, "{\"a\":2}");
    tried = str_from_z(gather().pack->digest);
    keep(OTHER, "[]");
    CHECK(!pack_live_put(&live, check_arena(), tried, &h.err));
    CHECK_INT(h.err.code, ERR_CONFLICT);
    CHECK_STR(live_file(FORM), STR("{\"a\":1}"));
    CHECK_INT((int64_t)gather().count, 2);
    hamlet_close(&h);
}

static void one_goes_back_to_a_former_version(void)
{
    struct pack_live first, second;

    begin();
    keep(FORM, "{\"a\":2}");
    CHECK_INT(go_live(&first), ERR_NONE);
    keep(FORM, "{\"a\":3}");
    CHECK_INT(go_live(&second), ERR_NONE);
    second = live_of();
    CHECK_OK(pack_live_back(&second, check_arena(), first.version, &h.err), &h.err);
    CHECK_STR(live_file(FORM), STR("{\"a\":2}"));
    CHECK(!pack_live_back(&second, check_arena(), first.version, &h.err));
    CHECK_INT(h.err.code, ERR_CONFLICT);
    CHECK(!pack_live_back(&second, check_arena(), STR("1.0.0+own.9.x00"), &h.err));
    CHECK_INT(h.err.code, ERR_ABSENT);
    CHECK(!pack_live_back(&second, check_arena(), STR("0.9.0"), &h.err));
    CHECK_INT(h.err.code, ERR_ABSENT);
    CHECK_OK(pack_live_back(&second, check_arena(), STR("1.0.0"), &h.err), &h.err);
    CHECK_STR(live_file(FORM), STR("{\"a\":1}"));
    /* Numbers go on: what was is still there to be chosen. */
    keep(FORM, "{\"a\":4}");
    CHECK_INT(go_live(&second), ERR_NONE);
    CHECK_INT(pack_own_no(second.version), 3);
    hamlet_close(&h);
}

static void own_versions_are_read_again_from_the_municipality(void)
{
    struct pack_live live;
    struct model_library *library;
    const struct catalog *catalog;
    struct str *folder;

    begin();
    keep(FORM, "{\"a\":2}");
    CHECK_INT(go_live(&live), ERR_NONE);
    /* As another server, or this one after a restart. */
    folder = ARENA_NEW(check_arena(), struct str);
    *folder = file_join(check_arena(), h.folder, STR("packs"));
    library = model_library_new(check_arena(), folder, 1);
    CHECK_OK(catalog_reload(h.town.tenant, library, &h.err), &h.err);
    CHECK_OK(catalog_get(h.town.tenant, library, &catalog, &h.err), &h.err);
    CHECK_STR(pack_set_find(&catalog->model->packs, STR("hamlet"))->version, live.version);
    CHECK_OK(catalog_reload(h.town.tenant, h.library, &h.err), &h.err);
    hamlet_close(&h);
    model_library_close(&library);
}

static void nobody_else_can_install_it(void)
{
    CLEANUP(store_release) struct tenant *other = NULL;
    struct pack_live live;
    struct str id;

    begin();
    keep(FORM, "{\"a\":2}");
    CHECK_INT(go_live(&live), ERR_NONE);
    CHECK_OK(store_create_tenant(h.town.store, STR("other"), STR("Другой"), 0, HAMLET_NOW, &h.err),
             &h.err);
    CHECK_OK(store_hold(h.town.store, STR("other"), &other, &h.err), &h.err);
    id = str_printf(check_arena(), "hamlet@%.*s", STR_ARG(live.version));
    CHECK(!catalog_replace(other, h.library, (struct pack_ids){&id, 1}, 0, HAMLET_NOW, &h.err));
    CHECK_INT(h.err.code, ERR_ABSENT);
    store_release(&other);
    hamlet_close(&h);
}

static void an_upgrade_asks_what_becomes_of_changes(void)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    struct pack_live live;

    begin();
    keep(OTHER, "[]");
    CHECK_INT(go_live(&live), ERR_NONE);
    hamlet_write_pack(&h, "1.1.0", &(struct pack_file){FORM, STR("{\"a\":11}")});
    CHECK(!catalog_install(h.town.tenant, h.library, (struct pack_ids){PACK, 1}, 0, HAMLET_NOW,
                           &h.err));
    CHECK_INT(h.err.code, ERR_CONFLICT);
    live = live_of();
    CHECK_OK(pack_live_renew(&live, check_arena(), STR(""), true, &h.err), &h.err);
    CHECK_STR(pack_shipped_version(live.version), STR("1.1.0"));
    CHECK_STR(live_file(FORM), STR("{\"a\":11}"));
    CHECK_STR(live_file(OTHER), STR("[]"));
    hamlet_close(&h);
}

static void changes_of_both_are_for_people_to_look_at(void)
{
    struct pack_live live;

    begin();
    keep(FORM, "{\"a\":2}");
    keep(OTHER, "[]");
    CHECK_INT(go_live(&live), ERR_NONE);
    hamlet_write_pack(&h, "1.1.0", &(struct pack_file){FORM, STR("{\"a\":11}")});
    live = live_of();
    CHECK(!pack_live_renew(&live, check_arena(), STR(""), true, &h.err));
    CHECK_INT(h.err.code, ERR_CONFLICT);
    CHECK_STR(live_file(FORM), STR("{\"a\":2}"));
    CHECK_OK(pack_live_renew(&live, check_arena(), STR(""), false, &h.err), &h.err);
    CHECK_STR(live.version, STR("1.1.0"));
    CHECK_STR(live_file(FORM), STR("{\"a\":11}"));
    /* Nothing is lost: both are drafts, and the one that met a change says so. */
    CHECK_INT((int64_t)gather().count, 2);
    CHECK_STR(gather().stale, FORM);
    CHECK_INT(go_live(&live), ERR_CONFLICT);
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(two_people_do_not_write_over_each_other),
    CHECK_TEST(only_some_files_can_be_drafts),
    CHECK_TEST(drafts_go_live_as_a_version_of_this_municipality),
    CHECK_TEST(what_was_not_tried_does_not_go_live),
    CHECK_TEST(one_goes_back_to_a_former_version),
    CHECK_TEST(own_versions_are_read_again_from_the_municipality),
    CHECK_TEST(nobody_else_can_install_it),
    CHECK_TEST(an_upgrade_asks_what_becomes_of_changes),
    CHECK_TEST(changes_of_both_are_for_people_to_look_at),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
