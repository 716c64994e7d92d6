#include "registry/record.h"

#include "auth/journal.h"
#include "core/utf8.h"
#include "hamlet.h"
#include "registry/history.h"
#include "registry/record_cluster.h"
#include "registry/record_verify.h"

#include <string.h>

static enum err_code known(struct hamlet *h, int64_t id, int64_t day, int64_t known_at,
                           struct str *title)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct record record;

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    if (!record_get_known(hamlet_registry(h, &tx), hamlet_no(h, "parcel"), id,
                          (struct record_when){day, known_at}, &record, &h->err))
        return h->err.code;
    *title = record.title;
    return ERR_NONE;
}

static int64_t put_parcel(struct hamlet *h, struct record_draft *draft, const char *json)
{
    draft->type = hamlet_type(h, "parcel");
    draft->value = hamlet_json(str_from_z(json));
    CHECK_INT(hamlet_do(h, draft), ERR_NONE);
    return draft->version;
}

/* A renaming from day 100, told late: two times, and an answer for each pair. */
static void what_was_believed_when_about_when_has_an_answer(void)
{
    struct hamlet h;
    struct str title;
    size_t count;

    hamlet_open(&h);
    struct record_draft draft = {
        .act = RECORD_CREATE, .valid_from = RECORD_ALWAYS, .valid_to = RECORD_FOREVER};
    int64_t first = put_parcel(&h, &draft, "{\"name\":\"Старое\"}");
    int64_t id = draft.id;
    struct record_draft cut = {.act = RECORD_CHANGE,
                               .valid_from = RECORD_ALWAYS,
                               .valid_to = 100,
                               .old = hamlet_slices(&h, "parcel", id, &count)};
    int64_t second = put_parcel(&h, &cut, "{\"name\":\"Старое\"}");
    struct record_draft next = {
        .act = RECORD_CREATE, .id = id, .valid_from = 100, .valid_to = RECORD_FOREVER};
    int64_t third = put_parcel(&h, &next, "{\"name\":\"Новое\"}");
    CHECK_INT(known(&h, id, 150, first - 1, &title), ERR_ABSENT);
    CHECK_INT(known(&h, id, 150, first, &title), ERR_NONE);
    CHECK_STR(title, STR("Старое"));
    CHECK_INT(known(&h, id, 150, second, &title), ERR_ABSENT);
    CHECK_INT(known(&h, id, 150, third, &title), ERR_NONE);
    CHECK_STR(title, STR("Новое"));
    CHECK_INT(known(&h, id, 99, third, &title), ERR_NONE);
    CHECK_STR(title, STR("Старое"));
    struct record *slices = hamlet_slices(&h, "parcel", id, &count);
    CHECK_INT((int64_t)count, 2);
    CHECK_INT(hamlet_delete(&h, "parcel", &slices[1]), ERR_NONE);
    CHECK_INT(known(&h, id, 150, third, &title), ERR_NONE);
    CHECK_INT(known(&h, id, 150, third + 1, &title), ERR_ABSENT);
    hamlet_close(&h);
}

static void redaction_takes_out_what_a_role_may_not_see(void)
{
    struct hamlet h;
    struct buf buf = {.arena = check_arena()};
    const struct register_type *type;

    hamlet_open(&h);
    type = hamlet_type(&h, "house");
    CHECK(record_is_open(type, HAMLET_ALL));
    CHECK(!record_is_open(type, POLICY_INTERNAL));
    CHECK(!record_is_searchable(type, POLICY_INTERNAL));
    CHECK(record_is_searchable(type, POLICY_INTERNAL | POLICY_PERSONAL));
    record_redact(&buf, check_arena(), type, POLICY_INTERNAL,
                  STR("{\"note\":\"n\",\"number\":\"5\",\"phone\":\"1\",\"pin\":\"7\"}"));
    CHECK_STR(buf_str(&buf), STR("{\"number\":\"5\"}"));
    buf.len = 0;
    record_redact(&buf, check_arena(), type, HAMLET_ALL, STR("not JSON"));
    CHECK_STR(buf_str(&buf), STR("{}"));
    hamlet_close(&h);
}

static void natural_key_finds_its_record(void)
{
    struct hamlet h;
    int64_t found = -1;
    struct buf key = {.arena = check_arena()};
    CLEANUP(tx_done) struct tx tx = {0};

    hamlet_open(&h);
    int64_t id = hamlet_make(&h, "house", STR("{\"code\":\"Дом 5\"}"));
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    utf8_key(&key, STR("ДОМ 5"));
    CHECK_OK(
        record_find_key(&tx, check_arena(), hamlet_no(&h, "house"), buf_str(&key), &found, &h.err),
        &h.err);
    CHECK_INT(found, id);
    CHECK_OK(record_find_key(&tx, check_arena(), hamlet_no(&h, "house"), STR("x"), &found, &h.err),
             &h.err);
    CHECK_INT(found, 0);
    tx_done(&tx);
    hamlet_close(&h);
}

/*
 * The model: what a town's registers should hold after a long row of random changes, kept
 * in plain arrays and compared with the store at the end.
 */
enum {
    HOUSES = 40,
    PARCELS = 30,
    SLICES = 6,
    OPERATIONS = 2000,
};

struct model_house {
    int64_t id; /* 0: there is none */
    int number; /* also its code; unique */
    int year;
    bool has_place;
    int x;
    int versions;
};

struct model_parcel {
    int64_t id;
    bool is_there[SLICES]; /* slice i holds from day 100 i to 100 (i + 1) */
    int name[SLICES];
};

struct model_town {
    struct hamlet h;
    struct model_house houses[HOUSES];
    struct model_parcel parcels[PARCELS];
    uint32_t seed;
    int conflicts;
};

/* A word for a number: the Kyrgyz letter keeps it from being stemmed. */
static const char *word_of(char kind, int number)
{
    return str_to_z(check_arena(), str_printf(check_arena(), "ң%c%c%c", kind,
                                              'b' + number / 10 % 10, 'b' + number % 10));
}

static int draw(struct model_town *model, int below)
{
    model->seed = model->seed * 1664525u + 1013904223u;
    return (int)((model->seed >> 8) % (uint32_t)below);
}

static struct str house_json(const struct model_house *house)
{
    struct buf buf = {.arena = check_arena()};

    buf_printf(&buf, "{\"code\":\"K%d\",\"number\":\"%s\",\"tags\":[\"%s\"],\"year\":%d",
               house->number, word_of('h', house->number), word_of('t', house->year % 7),
               house->year);
    if (house->has_place)
        buf_printf(&buf, ",\"place\":{\"type\":\"Point\",\"coordinates\":[%d.5,%d]}", house->x,
                   house->x / 3);
    buf_char(&buf, '}');
    return buf_str(&buf);
}

static bool is_number_taken(const struct model_town *model, int number, const void *but)
{
    for (int i = 0; i < HOUSES; i++)
        if (model->houses[i].id != 0 && model->houses[i].number == number &&
            &model->houses[i] != but)
            return true;
    return false;
}

static void step_house(struct model_town *model)
{
    struct model_house *house = &model->houses[draw(model, HOUSES)];
    struct model_house next = {.id = house->id,
                               .number = draw(model, 2 * HOUSES),
                               .year = 1900 + draw(model, 100),
                               .has_place = draw(model, 3) > 0,
                               .x = draw(model, 170),
                               .versions = house->versions + 1};
    struct record_draft draft = {.type = hamlet_type(&model->h, "house"),
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = RECORD_FOREVER};
    bool is_taken = is_number_taken(model, next.number, house);
    enum err_code code;

    if (house->id != 0 && draw(model, 4) == 0) {
        CHECK_INT(hamlet_delete(&model->h, "house", hamlet_get(&model->h, "house", house->id)),
                  ERR_NONE);
        *house = (struct model_house){0};
        return;
    }
    draft.act = house->id == 0 ? RECORD_CREATE : RECORD_CHANGE;
    draft.old = house->id == 0 ? NULL : hamlet_get(&model->h, "house", house->id);
    draft.value = hamlet_json(house_json(&next));
    code = hamlet_do(&model->h, &draft);
    CHECK_INT(code, is_taken ? ERR_CONFLICT : ERR_NONE);
    model->conflicts += is_taken;
    if (is_taken)
        return;
    next.id = draft.id;
    next.versions -= draft.is_same;
    *house = next;
}

static struct str parcel_json(int name)
{
    return str_printf(check_arena(), "{\"name\":\"%s общее\"}", word_of('n', name));
}

static int count_slices(const struct model_parcel *parcel)
{
    int count = 0;

    for (int i = 0; i < SLICES; i++)
        count += parcel->is_there[i];
    return count;
}

static struct record *find_slice(struct model_town *model, const struct model_parcel *parcel,
                                 int slice)
{
    size_t count;
    struct record *slices = hamlet_slices(&model->h, "parcel", parcel->id, &count);

    for (size_t i = 0; i < count; i++)
        if (slices[i].valid_from == slice * 100)
            return &slices[i];
    CHECK(!"the slice is there");
    return NULL;
}

static void step_parcel(struct model_town *model)
{
    struct model_parcel *parcel = &model->parcels[draw(model, PARCELS)];
    int slice = draw(model, SLICES);
    int name = draw(model, 9);
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = hamlet_type(&model->h, "parcel"),
                                 .value = hamlet_json(parcel_json(name)),
                                 .id = parcel->id,
                                 .valid_from = slice * 100,
                                 .valid_to = slice * 100 + 100};

    if (!parcel->is_there[slice] || draw(model, 5) == 0) {
        enum err_code code = hamlet_do(&model->h, &draft);

        CHECK_INT(code, parcel->is_there[slice] ? ERR_CONFLICT : ERR_NONE);
        if (code != ERR_NONE) {
            model->conflicts++;
            return;
        }
        parcel->id = draft.id;
    } else if (draw(model, 2) == 0) {
        CHECK_INT(hamlet_delete(&model->h, "parcel", find_slice(model, parcel, slice)), ERR_NONE);
        parcel->is_there[slice] = false;
        if (count_slices(parcel) == 0)
            parcel->id = 0;
        return;
    } else {
        CHECK_INT(
            hamlet_change(&model->h, "parcel", find_slice(model, parcel, slice), parcel_json(name)),
            ERR_NONE);
    }
    parcel->is_there[slice] = true;
    parcel->name[slice] = name;
}

static int count_titles(struct str titles)
{
    int count = titles.len > 0;

    for (size_t i = 0; i < titles.len; i++)
        count += titles.ptr[i] == '|';
    return count;
}

static void compare_houses(struct model_town *model)
{
    struct hamlet *h = &model->h;
    struct buf body = {.arena = check_arena()};
    int count = 0;

    for (int i = 0; i < HOUSES; i++) {
        const struct model_house *house = &model->houses[i];
        const char *word = word_of('h', house->number);
        struct str title = str_printf(check_arena(), ", %s", word);

        if (house->id == 0)
            continue;
        count++;
        body.len = 0;
        json_canonical(&body, hamlet_json(house_json(house)));
        CHECK_STR(hamlet_get(h, "house", house->id)->body, buf_str(&body));
        CHECK_STR(hamlet_find(h, "house", word), title);
        CHECK_INT(town_count(&h->town,
                             str_to_z(check_arena(),
                                      str_printf(check_arena(),
                                                 "SELECT count(*) FROM history WHERE tenant = $1"
                                                 " AND id = %lld",
                                                 (long long)house->id))),
                  house->versions - 1);
    }
    CHECK_INT(town_count(&h->town, "SELECT total FROM register_no WHERE tenant = $1"
                                   " AND name = 'hamlet.house'"),
              count);
    for (int tag = 0; tag < 7; tag++) {
        int tagged = 0;

        for (int i = 0; i < HOUSES; i++)
            tagged += model->houses[i].id != 0 && model->houses[i].year % 7 == tag;
        CHECK_INT(count_titles(hamlet_find(h, "house", word_of('t', tag))), tagged);
    }
}

/* A parcel is found by the words of each of its slices and by no others. */
static void compare_parcels(struct model_town *model)
{
    struct hamlet *h = &model->h;
    const struct register_type *type = hamlet_type(h, "parcel");
    CLEANUP(tx_done) struct tx tx = {0};
    int parcels = 0;

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    for (int i = 0; i < PARCELS; i++)
        parcels += model->parcels[i].id != 0;
    CHECK_INT(town_count(&h->town, "SELECT total FROM register_no WHERE tenant = $1"
                                   " AND name = 'hamlet.parcel'"),
              parcels);
    for (int name = 0; name < 9; name++)
        for (int day = 0; day < SLICES; day++) {
            struct record_ask ask = {.type = type, .limit = 100, .valid_on = day * 100 + 50};
            struct record_page page;
            int expected = 0;

            for (int i = 0; i < PARCELS; i++) {
                bool is_named = false;

                for (int slice = 0; slice < SLICES; slice++)
                    is_named |=
                        model->parcels[i].is_there[slice] && model->parcels[i].name[slice] == name;
                expected += is_named && model->parcels[i].is_there[day];
            }
            ask.words = str_printf(check_arena(), "%s общее", word_of('n', name));
            CHECK_OK(record_list(hamlet_registry(h, &tx), &ask, &page, &h->err), &h->err);
            CHECK_INT((int64_t)page.count, expected);
        }
}

static void compare_map(struct model_town *model)
{
    CLEANUP(tx_done) struct tx tx = {0};
    static const int64_t WORLD[4] = {-1800000000, -900000000, 1800000000, 900000000};
    struct record_cluster *clusters;
    int64_t shown = 0;
    int expected = 0;
    size_t count;

    CHECK_OK(tx_read(&tx, model->h.town.tenant, &model->h.err), &model->h.err);
    CHECK_OK(record_clusters(hamlet_registry(&model->h, &tx), hamlet_type(&model->h, "house"),
                             WORLD, &clusters, &count, &model->h.err),
             &model->h.err);
    for (size_t i = 0; i < count; i++)
        shown += clusters[i].count;
    for (int i = 0; i < HOUSES; i++)
        expected += model->houses[i].id != 0 && model->houses[i].has_place;
    CHECK_INT(shown, expected);
}

static void check_whole(struct hamlet *h)
{
    CLEANUP(tx_done) struct tx tx = {0};
    unsigned char key[SECRET_PUBLIC_SIZE] = {0};
    struct journal_report journal = {0};
    struct record_report report;

    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(journal_verify(&tx, check_arena(), key, &journal, &h->err), &h->err);
    CHECK_OK(journal_verify_bodies(&tx, check_arena(), &journal, &h->err), &h->err);
    CHECK_STR(journal.what, STR(""));
    CHECK_INT(journal.bad, 0);
    CHECK_OK(record_verify(&tx, check_arena(), h->catalog, &report, &h->err), &h->err);
    CHECK_STR(report.what, STR(""));
    CHECK_INT(report.bad, 0);
}

static void store_holds_what_a_plain_model_holds_after_two_thousand_changes(void)
{
    static struct model_town model;

    memset(&model, 0, sizeof model);
    model.seed = 20260302;
    hamlet_open(&model.h);
    for (int i = 0; i < OPERATIONS; i++)
        if (draw(&model, 2) == 0)
            step_house(&model);
        else
            step_parcel(&model);
    CHECK(model.conflicts > 50);
    compare_houses(&model);
    compare_parcels(&model);
    compare_map(&model);
    check_whole(&model.h);
    hamlet_close(&model.h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_was_believed_when_about_when_has_an_answer),
    CHECK_TEST(redaction_takes_out_what_a_role_may_not_see),
    CHECK_TEST(natural_key_finds_its_record),
    CHECK_TEST(store_holds_what_a_plain_model_holds_after_two_thousand_changes),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
