/* Who reaches a part of a register sees, finds, counts and changes that part and nothing else. */
#include "registry/record_reach.h"

#include "auth/session.h"
#include "hamlet.h"
#include "registry/export.h"
#include "registry/history.h"
#include "registry/record_cluster.h"

#define CLASSES "\"classes\":[\"public\",\"internal\"]"

static const struct pack_file ROLES = {
    STR_INIT("roles.json"),
    STR_INIT(
        "[{\"id\":\"old\",\"title\":\"О\",\"grants\":[{\"register\":\"hamlet.house\",\"actions\":"
        "[\"read\",\"create\",\"change\",\"delete\",\"export\",\"history\"]," CLASSES
        ",\"where\":\"year < "
        "1960\"},{\"register\":\"hamlet.street\",\"actions\":[\"read\"]," CLASSES
        ",\"where\":\"name = \\\"Ёлочная\\\"\"}]},"
        "{\"id\":\"tall\",\"title\":\"В\",\"grants\":[{\"register\":\"hamlet.house\",\"actions\":"
        "[\"read\"],\"classes\":[\"public\",\"personal\"],\"where\":\"number = \\\"9\\\"\"}]},"
        "{\"id\":\"all\",\"title\":\"В\",\"grants\":[{\"register\":\"hamlet.*\",\"actions\":"
        "[\"read\"]," CLASSES "}]},"
        "{\"id\":\"keeper\",\"title\":\"Х\",\"grants\":[{\"register\":\"hamlet.house\",\"actions\":"
        "[\"read\",\"change\"]," CLASSES ",\"where\":\"keeper = user.person\"}]},"
        "{\"id\":\"north\",\"title\":\"С\",\"grants\":[{\"register\":\"hamlet.parcel\",\"actions\":"
        "[\"read\",\"create\",\"change\",\"history\"]," CLASSES
        ",\"where\":\"name = \\\"N\\\"\"}]},"
        "{\"id\":\"wrong\",\"title\":\"Н\",\"grants\":[{\"register\":\"hamlet.house\",\"actions\":"
        "[\"read\"]," CLASSES ",\"where\":\"colour = \\\"red\\\"\"}]},"
        "{\"id\":\"careful\",\"title\":\"О\",\"grants\":[{\"register\":\"hamlet.house\","
        "\"actions\":"
        "[\"read\"]," CLASSES "},{\"register\":\"hamlet.house\",\"actions\":[\"change\",\"export\","
        "\"history\"]," CLASSES ",\"where\":\"year < 1960\"}]}]")};

struct place {
    struct hamlet hamlet;
    struct actor actor;
    int64_t old, new, nine; /* houses of 1950, 2000, and 2001 with the number 9 */
};

static void play(struct place *place, const char *role, const char *other)
{
    struct str ids[] = {str_from_z(role), str_from_z(other)};

    place->actor = (struct actor){.account = HAMLET_ACTOR, .login = STR("ann")};
    place->actor.rights = policy_rights_of(place->hamlet.catalog->model->policy, ids, 2);
}

static void open_place(struct place *place)
{
    *place = (struct place){0};
    hamlet_open_with(&place->hamlet, &ROLES);
    place->old = hamlet_make(&place->hamlet, "house",
                             STR("{\"code\":\"a\",\"number\":\"1\",\"year\":1950}"));
    place->new = hamlet_make(&place->hamlet, "house",
                             STR("{\"code\":\"b\",\"number\":\"1\",\"year\":2000}"));
    place->nine = hamlet_make(&place->hamlet, "house",
                              STR("{\"code\":\"c\",\"number\":\"9\",\"year\":2001}"));
    play(place, "old", "");
}

static struct registry registry_of(const struct place *place, struct tx *tx)
{
    return (struct registry){tx, check_arena(), place->hamlet.catalog, HAMLET_NOW, &place->actor};
}

/* "1950 2000": the years of what a list finds, and that counts say the same. */
static struct str years(struct place *place, struct record_ask ask)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf found = {.arena = check_arena()};
    struct record_page page;
    struct registry registry;
    int64_t count;
    bool is_more;
    struct err err = {0};

    CHECK_OK(tx_read(&tx, place->hamlet.town.tenant, &err), &err);
    registry = registry_of(place, &tx);
    ask.type = hamlet_type(&place->hamlet, "house");
    ask.limit = 100;
    ask.is_oldest_first = true;
    CHECK_OK(record_list(&registry, &ask, &page, &err), &err);
    CHECK_OK(record_count(&registry, &ask, &count, &is_more, &err), &err);
    CHECK_INT(count, (int64_t)page.count);
    CHECK(!is_more);
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&found, "%s%.*s", i > 0 ? " " : "",
                   STR_ARG(json_find_text(hamlet_json(page.records[i].body), STR("code"))));
    return buf_str(&found);
}

static bool sees(struct place *place, int64_t id)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t no = hamlet_no(&place->hamlet, "house");
    struct registry registry;
    struct history_version *versions;
    struct record record, *slices;
    size_t count, version_count;
    struct err err = {0}, none = {0}, past = {0};
    bool is_there, is_known, has_past;

    CHECK_OK(tx_read(&tx, place->hamlet.town.tenant, &err), &err);
    registry = registry_of(place, &tx);
    is_there = record_get(&registry, no, id, HAMLET_DAY, &record, &err);
    is_known = record_get_known(&registry, no, id, (struct record_when){HAMLET_DAY, INT64_MAX},
                                &record, &none);
    has_past = history_list(
        &registry,
        &(struct history_ask){hamlet_type(&place->hamlet, "house"), id, HAMLET_ALL, 0, 10, false},
        &versions, &version_count, &past);
    CHECK_OK(record_slices(&registry, no, id, &slices, &count, &none), &none);
    CHECK(is_there == (count > 0) && is_there == is_known);
    CHECK(is_there || err.code == ERR_ABSENT);
    CHECK(is_there || (!has_past && past.code == ERR_ABSENT));
    return is_there;
}

static void in_only_what_the_filter_names_is_there(struct place *place)
{
    CHECK_STR(years(place, (struct record_ask){0}), STR("a"));
    CHECK_STR(years(place, (struct record_ask){.words = STR("1")}), STR("a"));
    CHECK_STR(years(place, (struct record_ask){.id = place->new}), STR(""));
    CHECK(sees(place, place->old) && !sees(place, place->new) && !sees(place, place->nine));
    play(place, "wrong", "");
    CHECK_STR(years(place, (struct record_ask){0}), STR(""));
    CHECK(!sees(place, place->old));
    play(place, "keeper", "");
    CHECK_STR(years(place, (struct record_ask){0}), STR(""));
}

static void in_two_roles_reach_what_either_does(struct place *place)
{
    const struct register_type *type = hamlet_type(&place->hamlet, "house");
    unsigned classes;

    play(place, "old", "tall");
    CHECK_STR(years(place, (struct record_ask){0}), STR("a c"));
    CHECK(sees(place, place->old) && !sees(place, place->new));
    CHECK(!policy_may(&place->actor.rights, type->index, POLICY_READ, &classes));
    CHECK_INT(classes, 0);
    CHECK(policy_may_some(&place->actor.rights, type->index, POLICY_READ, &classes));
    CHECK_INT(classes, POLICY_PUBLIC);
    play(place, "old", "all");
    CHECK_STR(years(place, (struct record_ask){0}), STR("a b c"));
    CHECK(policy_may(&place->actor.rights, type->index, POLICY_READ, &classes));
    /* But what the whole register was not given for stays with the part. */
    CHECK(!policy_may(&place->actor.rights, type->index, POLICY_CHANGE, &classes));
    CHECK(policy_may_some(&place->actor.rights, type->index, POLICY_CHANGE, &classes));
}

static enum err_code change(struct place *place, enum record_act act, int64_t id, const char *data)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct str wire = str_printf(check_arena(), "{\"data\":%s}", data);
    struct change change = {
        .draft = {.act = act,
                  .type = hamlet_type(&place->hamlet, "house"),
                  .valid_from = RECORD_ALWAYS,
                  .valid_to = RECORD_FOREVER},
        .catalog = place->hamlet.catalog,
        .arena = check_arena(),
        .classes = HAMLET_ALL,
        .actor = HAMLET_ACTOR,
        .reader = &place->actor,
        .now = HAMLET_NOW,
        .input = act == RECORD_DELETE ? NULL : hamlet_json(wire),
        .id = id,
        .day = HAMLET_DAY,
    };
    struct flaws flaws = {0};
    struct err err = {0};

    CHECK_OK(tx_read(&tx, place->hamlet.town.tenant, &err), &err);
    return change_prepare(&tx, &change, &flaws, &err) ? ERR_NONE : err.code;
}

static void in_nothing_is_changed_or_moved_out_of_reach(struct place *place)
{
    play(place, "old", "");
    CHECK_INT(change(place, RECORD_CHANGE, place->new, "{\"year\":1955}"), ERR_ABSENT);
    CHECK_INT(change(place, RECORD_DELETE, place->new, ""), ERR_ABSENT);
    CHECK_INT(change(place, RECORD_CHANGE, place->old, "{\"year\":1955}"), ERR_NONE);
    CHECK_INT(change(place, RECORD_CHANGE, place->old, "{\"year\":1960}"), ERR_DENIED);
    CHECK_INT(change(place, RECORD_CHANGE, place->old, "{\"number\":\"3\"}"), ERR_DENIED);
    CHECK_INT(change(place, RECORD_DELETE, place->old, ""), ERR_NONE);
    CHECK_INT(change(place, RECORD_CREATE, 0, "{\"year\":1955}"), ERR_NONE);
    CHECK_INT(change(place, RECORD_CREATE, 0, "{\"year\":1965}"), ERR_DENIED);
    play(place, "careful", "");
    CHECK_INT(change(place, RECORD_CHANGE, place->new, "{\"year\":1955}"), ERR_DENIED);
    CHECK_INT(change(place, RECORD_CHANGE, place->old, "{\"year\":1955}"), ERR_NONE);
}

static void in_ones_own_values_stand_in_a_filter(struct place *place)
{
    int64_t ann = hamlet_make(&place->hamlet, "person", STR("{\"name\":\"Анна\"}"));
    struct str json = str_printf(check_arena(), "{\"code\":\"d\",\"keeper\":\"%.*s\"}",
                                 STR_ARG(id_text(check_arena(), ann)));

    hamlet_make(&place->hamlet, "house", json);
    play(place, "keeper", "");
    place->actor.person = ann;
    CHECK_STR(years(place, (struct record_ask){0}), STR(""));
    place->actor.level = ACCOUNT_IDENTIFIED;
    CHECK_STR(years(place, (struct record_ask){0}), STR("d"));
}

static bool gather(void *data, struct str bytes, struct err *err)
{
    (void)err;
    buf_add(data, bytes);
    return true;
}

static void in_a_file_holds_no_more(struct place *place)
{
    static const char *const ROLES_OF[] = {"old", "careful"};

    for (size_t i = 0; i < ARRAY_LEN(ROLES_OF); i++) {
        CLEANUP(tx_done) struct tx tx = {0};
        struct buf file = {.arena = check_arena()};
        struct export_sink sink = {gather, &file};
        struct export_options options = {.format = EXPORT_NDJSON, .classes = HAMLET_ALL};
        struct record_ask ask = {.type = hamlet_type(&place->hamlet, "house"),
                                 .action = POLICY_EXPORT};
        struct registry registry;
        int64_t count;
        struct err err = {0};

        play(place, ROLES_OF[i], "");
        CHECK_OK(tx_read(&tx, place->hamlet.town.tenant, &err), &err);
        registry = registry_of(place, &tx);
        CHECK_OK(export_run(&registry, &ask, &options, &sink, &count, &err), &err);
        CHECK_INT(count, 1);
        CHECK(str_find(buf_str(&file), STR("2000")) == file.len);
        ask.sort = register_type_field(ask.type, STR("year"));
        CHECK_OK(export_run(&registry, &ask, &options, &sink, &count, &err), &err);
        CHECK_INT(count, 1);
    }
}

static void in_the_past_elsewhere_is_not_told(struct place *place)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct history_version *versions;
    struct history_deletion deletion;
    struct registry registry;
    struct record record;
    size_t count;
    struct err err = {0};

    CHECK_INT(hamlet_change(&place->hamlet, "house",
                            hamlet_get(&place->hamlet, "house", place->new),
                            STR("{\"code\":\"b\",\"number\":\"2\",\"year\":1940}")),
              ERR_NONE);
    CHECK_INT(hamlet_change(&place->hamlet, "house",
                            hamlet_get(&place->hamlet, "house", place->new),
                            STR("{\"code\":\"b\",\"number\":\"4\",\"year\":1940}")),
              ERR_NONE);
    CHECK_INT(
        hamlet_delete(&place->hamlet, "house", hamlet_get(&place->hamlet, "house", place->nine)),
        ERR_NONE);
    play(place, "old", "");
    CHECK_OK(tx_read(&tx, place->hamlet.town.tenant, &err), &err);
    registry = registry_of(place, &tx);
    CHECK_OK(history_list(&registry,
                          &(struct history_ask){hamlet_type(&place->hamlet, "house"), place->new,
                                                HAMLET_ALL, 0, 10, false},
                          &versions, &count, &err),
             &err);
    CHECK_INT((int64_t)count, 3);
    CHECK_INT((int64_t)versions[0].change_count, 1);
    CHECK_INT((int64_t)versions[1].change_count, 0);
    CHECK_INT((int64_t)versions[2].change_count, 0);
    CHECK(!record_get_known(&registry, hamlet_no(&place->hamlet, "house"), place->new,
                            (struct record_when){HAMLET_DAY, versions[2].version}, &record, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK_OK(history_find_deletion(&registry, hamlet_type(&place->hamlet, "house"), place->nine,
                                   &deletion, &err),
             &err);
    CHECK_INT(deletion.at, 0);
}

#define PLACE(x, y) "\"place\":{\"type\":\"Point\",\"coordinates\":[" #x "," #y "]}"

static void in_a_map_counts_what_is_in_reach(struct place *place)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t world[4] = {-1800000000, -900000000, 1800000000, 900000000};
    int64_t bounds[4];
    const struct register_type *type = hamlet_type(&place->hamlet, "house");
    struct record_cluster *clusters, one = {.x = 610000000, .y = 560000000, .count = 1};
    struct registry registry;
    bool is_empty;
    size_t count;
    struct err err = {0};

    hamlet_make(&place->hamlet, "house",
                STR("{\"code\":\"p\",\"number\":\"7\",\"year\":1900," PLACE(60, 55) "}"));
    hamlet_make(&place->hamlet, "house",
                STR("{\"code\":\"q\",\"number\":\"8\",\"year\":1900," PLACE(60.5, 55.5) "}"));
    hamlet_make(&place->hamlet, "house",
                STR("{\"code\":\"r\",\"number\":\"9\",\"year\":2020," PLACE(61, 56) "}"));
    CHECK_OK(tx_read(&tx, place->hamlet.town.tenant, &err), &err);
    registry = registry_of(place, &tx);
    CHECK_OK(record_clusters(&registry, type, world, &clusters, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(clusters[0].count, 2);
    CHECK_INT(clusters[0].id, 0);
    CHECK_OK(record_cluster_bounds(&registry, type, bounds, &is_empty, &err), &err);
    CHECK(!is_empty && bounds[0] == 600000000 && bounds[1] == 550000000 && bounds[2] == 605000000 &&
          bounds[3] == 555000000);
    CHECK_OK(record_clusters(&registry, type, bounds, &clusters, &count, &err), &err);
    CHECK_INT((int64_t)count, 2);
    CHECK_STR(clusters[0].title, STR(", 7"));
    CHECK_OK(record_cluster_name(&registry, type, &one, &err), &err);
    CHECK_STR(one.title, STR(", 8"));
    play(place, "wrong", "");
    CHECK_OK(record_cluster_bounds(&registry, type, bounds, &is_empty, &err), &err);
    CHECK(is_empty);
    CHECK_OK(record_clusters(&registry, type, world, &clusters, &count, &err), &err);
    CHECK_INT((int64_t)count, 0);
}

static void in_each_slice_is_in_reach_by_itself(struct place *place)
{
    CLEANUP(tx_done) struct tx tx = {0};
    int64_t no = hamlet_no(&place->hamlet, "parcel");
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(&place->hamlet, "parcel"),
                                 .value = hamlet_json(STR("{\"code\":\"s\",\"name\":\"S\"}")),
                                 .valid_from = HAMLET_DAY - 100,
                                 .valid_to = HAMLET_DAY - 50};
    struct record_draft next = draft;
    struct registry registry;
    struct record record, *slices;
    size_t count;
    struct err err = {0};

    CHECK_INT(hamlet_do(&place->hamlet, &draft), ERR_NONE);
    next.id = draft.id;
    next.value = hamlet_json(STR("{\"code\":\"s\",\"name\":\"N\"}"));
    next.valid_from = HAMLET_DAY - 50;
    next.valid_to = RECORD_FOREVER;
    CHECK_INT(hamlet_do(&place->hamlet, &next), ERR_NONE);
    play(place, "north", "");
    CHECK_OK(tx_read(&tx, place->hamlet.town.tenant, &err), &err);
    registry = registry_of(place, &tx);
    CHECK_OK(record_get(&registry, no, draft.id, HAMLET_DAY, &record, &err), &err);
    CHECK(!record_get(&registry, no, draft.id, HAMLET_DAY - 60, &record, &err));
    CHECK_INT(err.code, ERR_ABSENT);
    CHECK(!record_get_known(&registry, no, draft.id,
                            (struct record_when){HAMLET_DAY - 60, INT64_MAX}, &record, &err));
    CHECK_OK(record_slices(&registry, no, draft.id, &slices, &count, &err), &err);
    CHECK_INT((int64_t)count, 1);
    CHECK_INT(slices[0].valid_from, HAMLET_DAY - 50);
}

static void within(void (*run)(struct place *place))
{
    struct place place;

    open_place(&place);
    run(&place);
    hamlet_close(&place.hamlet);
}

static void only_what_the_filter_names_is_there(void)
{
    within(in_only_what_the_filter_names_is_there);
}

static void two_roles_reach_what_either_does(void)
{
    within(in_two_roles_reach_what_either_does);
}

static void nothing_is_changed_or_moved_out_of_reach(void)
{
    within(in_nothing_is_changed_or_moved_out_of_reach);
}

static void ones_own_values_stand_in_a_filter(void)
{
    within(in_ones_own_values_stand_in_a_filter);
}

static void a_file_holds_no_more(void)
{
    within(in_a_file_holds_no_more);
}

static void the_past_elsewhere_is_not_told(void)
{
    within(in_the_past_elsewhere_is_not_told);
}

static void a_map_counts_what_is_in_reach(void)
{
    within(in_a_map_counts_what_is_in_reach);
}

static void each_slice_is_in_reach_by_itself(void)
{
    within(in_each_slice_is_in_reach_by_itself);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(only_what_the_filter_names_is_there),
    CHECK_TEST(two_roles_reach_what_either_does),
    CHECK_TEST(nothing_is_changed_or_moved_out_of_reach),
    CHECK_TEST(ones_own_values_stand_in_a_filter),
    CHECK_TEST(a_file_holds_no_more),
    CHECK_TEST(the_past_elsewhere_is_not_told),
    CHECK_TEST(a_map_counts_what_is_in_reach),
    CHECK_TEST(each_slice_is_in_reach_by_itself),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
