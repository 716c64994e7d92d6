#include "link/edition_apply.h"

#include "hamlet.h"
#include "link/edition_source.h"
#include "registry/record_verify.h"
#include "registry/subscription.h"

#include <stdio.h>
#include <stdlib.h>

#define CHECK_TEXT(got, want) CHECK_STR((got), str_from_z(want))
#define HAS(text, part)       (str_find((text), STR(part)) < (text).len)

/* A hamlet that publishes, and beside it what stands for it elsewhere, with a farm below that. */
struct region {
    struct hamlet h;
    struct tenant *mirror, *farm;
    struct secret_key key;
    struct edition_party reader;
    struct err err;
};

static void install(struct region *region, const char *name, int64_t parent, bool is_mirror,
                    struct tenant **tenant)
{
    static const struct str PACK[] = {STR_INIT("hamlet")};
    struct tenancy by = {region->h.town.store, region->h.library, 0, HAMLET_NOW};
    struct tenancy_wish wish = {.name = str_from_z(name),
                                .title = STR("Т"),
                                .parent = parent,
                                .packs = {PACK, 1},
                                .is_mirror = is_mirror};

    CHECK_OK(tenancy_found(&by, &wish, &region->err), &region->err);
    CHECK_OK(store_hold(region->h.town.store, wish.name, tenant, &region->err), &region->err);
}

static bool run_peer(struct tx *tx, void *data, struct err *err)
{
    return peer_put(tx, check_arena(), data, err);
}

static void region_open(struct region *region)
{
    struct peer peer = {.is_above = true, .has_key = true, .reader = 77};

    *region = (struct region){.reader = {77, STR("district"), STR("Район")}};
    hamlet_open(&region->h);
    CHECK_OK(secret_init(&region->err), &region->err);
    CHECK_OK(secret_load_key(file_join(check_arena(), check_folder(), STR("test.key")),
                             &region->key, &region->err),
             &region->err);
    install(region, "mirror", 0, true, &region->mirror);
    install(region, "farm", tenant_info(region->mirror)->id, false, &region->farm);
    peer.id = tenant_info(region->h.town.tenant)->id;
    memcpy(peer.key, region->key.public_bytes, sizeof peer.key);
    CHECK_OK(tenant_write_wait(region->mirror, run_peer, &peer, &region->err), &region->err);
}

static void region_close(struct region *region)
{
    store_release(&region->farm);
    store_release(&region->mirror);
    hamlet_close(&region->h);
}

static void order(struct region *region, const char *type, const char *fields, const char *filter)
{
    struct publication_order order = {.what = PUBLICATION_PUT,
                                      .library = region->h.library,
                                      .arena = check_arena(),
                                      .now = HAMLET_NOW,
                                      .wish = {.type = hamlet_type(&region->h, type),
                                               .fields = str_from_z(fields),
                                               .reader = {77, str_from_z(filter)}}};

    CHECK_OK(publication_do(region->h.town.tenant, &order, &region->err), &region->err);
}

static void issue(struct region *region, const char *type)
{
    struct publication_order order = {.what = PUBLICATION_PUBLISH,
                                      .library = region->h.library,
                                      .arena = check_arena(),
                                      .now = HAMLET_NOW,
                                      .wish = {.type = hamlet_type(&region->h, type)}};

    CHECK_OK(publication_do(region->h.town.tenant, &order, &region->err), &region->err);
}

static struct str export(struct region *region, const char *type, int64_t since)
{
    struct edition_by by = {region->h.town.tenant, region->h.library, &region->key, check_arena()};
    struct edition_wish wish = {.register_id = hamlet_type(&region->h, type)->id,
                                .reader = region->reader,
                                .since = since,
                                .is_strict = true};
    struct buf out = {.arena = check_arena()};
    struct edition_piece piece = {0};
    struct edition_source source;

    CHECK_OK(edition_source_open(&by, &wish, &source, &out, &region->err), &region->err);
    while (!piece.is_last)
        CHECK_OK(edition_source_next(&source, piece.last, &out, &piece, &region->err),
                 &region->err);
    return buf_str(&out);
}

struct feed {
    struct str all, rest;
};

/* A few bytes at a time, as a modem would. */
static bool pull(void *data, char *room, size_t size, size_t *got, struct err *err)
{
    struct feed *feed = data;
    struct str part = str_slice(feed->rest, 0, size < 1000 ? size : 1000);

    (void)err;
    if (part.len > 0)
        memcpy(room, part.ptr, part.len);
    feed->rest = str_slice(feed->rest, part.len, feed->rest.len);
    *got = part.len;
    return true;
}

static bool rewind_feed(void *data, edition_pull **pulls, void **pull_data, struct err *err)
{
    struct feed *feed = data;

    (void)err;
    feed->rest = feed->all;
    *pulls = pull;
    *pull_data = feed;
    return true;
}

/* "created changed removed", "here", or what was refused. */
static struct str put(struct region *region, struct str text)
{
    struct feed feed = {text, text};
    struct edition_apply apply = {.mirror = region->mirror,
                                  .library = region->h.library,
                                  .now = HAMLET_NOW,
                                  .rewind = rewind_feed,
                                  .data = &feed};
    struct edition_result result;

    region->err = (struct err){0};
    if (!edition_apply(&apply, check_arena(), &result, &region->err))
        return str_copy(check_arena(), str_from_z(region->err.text));
    if (result.is_here)
        return STR("here");
    return str_printf(check_arena(), "%lld %lld %lld", (long long)result.created,
                      (long long)result.changed, (long long)result.removed);
}

/* What the farm reads: "edition: title|title". */
static struct str farm_reads(struct region *region, const char *type)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct subscription_by by = {region->farm, region->h.library, check_arena(), HAMLET_NOW};
    struct str id = hamlet_type(&region->h, type)->id;
    struct buf out = {.arena = check_arena()};
    struct record_page page;
    struct record_ask ask = {.is_oldest_first = true, .limit = 1000, .valid_on = HAMLET_DAY};

    CHECK_OK(subscription_take(&by, id, STR(""), 1, &region->err), &region->err);
    CHECK_OK(subscription_open(&by, id, &subscription, &region->err), &region->err);
    CHECK_OK(subscription_list(&subscription, POLICY_PUBLIC | POLICY_INTERNAL, &ask, &page,
                               &region->err),
             &region->err);
    buf_printf(&out, "%lld: ", (long long)subscription.publication.newest.no);
    for (size_t i = 0; i < page.count; i++) {
        if (i > 0)
            buf_char(&out, '|');
        buf_add(&out, page.records[i].title);
    }
    return buf_str(&out);
}

static int64_t street(struct region *region, const char *kind, const char *name)
{
    return hamlet_make(&region->h, "street",
                       str_printf(check_arena(), "{\"kind\":\"%s\",\"name\":\"%s\"}", kind, name));
}

static void rename_street(struct region *region, int64_t id, const char *kind, const char *name)
{
    CHECK(hamlet_change(&region->h, "street", hamlet_get(&region->h, "street", id),
                        str_printf(check_arena(), "{\"kind\":\"%s\",\"name\":\"%s\"}", kind,
                                   name)) == ERR_NONE);
}

static int64_t journal_end(struct region *region)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    CHECK_OK(tx_read(&tx, region->mirror, &region->err), &region->err);
    CHECK_OK(store_query(&tx, check_arena(), &rows, "SELECT seq FROM tenant_head WHERE tenant = $1",
                         ARGS(INT(tx.tenant)), &region->err),
             &region->err);
    return rows_int(&rows, 0, 0);
}

static void editions_follow_one_another(void)
{
    struct region region;
    int64_t first, second;
    struct str one, two, three, whole;

    region_open(&region);
    first = street(&region, "street", "Садовая");
    second = street(&region, "lane", "Тихий");
    order(&region, "street", "", "");
    issue(&region, "street");
    rename_street(&region, first, "street", "Новая"); /* not of the edition any more */
    one = export(&region, "street", 0);
    CHECK(HAS(one, "Садовая") && !HAS(one, "Новая"));
    CHECK_TEXT(put(&region, one), "2 0 0");
    CHECK_TEXT(farm_reads(&region, "street"), "1: улица Садовая|переулок Тихий");
    CHECK_TEXT(put(&region, one), "here");

    CHECK(hamlet_delete(&region.h, "street", hamlet_get(&region.h, "street", second)) == ERR_NONE);
    street(&region, "lane", "Лесной");
    issue(&region, "street");
    two = export(&region, "street", 1);
    issue(&region, "street");
    three = export(&region, "street", 2);
    CHECK(HAS(two, "Новая") && HAS(two, "\"gone\":true") && !HAS(three, "\"body\""));
    CHECK(HAS(put(&region, three), "ask for the changes since that one"));
    CHECK_TEXT(put(&region, two), "1 1 1");
    CHECK_TEXT(farm_reads(&region, "street"), "2: улица Новая|переулок Лесной");
    CHECK(HAS(put(&region, one), "older than what is here"));
    CHECK_TEXT(put(&region, three), "0 0 0");
    CHECK(HAS(put(&region, two), "older than what is here"));
    whole = export(&region, "street", 0);
    CHECK_TEXT(put(&region, whole), "here");
    CHECK_TEXT(farm_reads(&region, "street"), "3: улица Новая|переулок Лесной");
    region_close(&region);
}

static void reader_gets_what_lets_through(const char *filter)
{
    struct region region;
    int64_t first;
    struct str two;

    region_open(&region);
    first = street(&region, "street", "Садовая");
    street(&region, "lane", "Тихий");
    order(&region, "street", "", filter);
    issue(&region, "street");
    CHECK_TEXT(put(&region, export(&region, "street", 0)), "1 0 0");
    rename_street(&region, first, "lane", "Садовый"); /* goes out of sight */
    street(&region, "lane", "Лесной");                /* was never in it */
    street(&region, "street", "Южная");
    issue(&region, "street");
    two = export(&region, "street", 1);
    CHECK(!HAS(two, "Садов") && !HAS(two, "Лесной"));
    CHECK_TEXT(put(&region, two), "1 0 1");
    CHECK_TEXT(farm_reads(&region, "street"), "2: улица Южная");
    region_close(&region);
}

static void reader_gets_what_its_filter_lets_through(void)
{
    reader_gets_what_lets_through("kind=street");
}

static void reader_gets_what_a_filter_in_feel_lets_through(void)
{
    reader_gets_what_lets_through("=not(kind in [\"lane\", \"yard\"])");
}

static void personal_fields_do_not_leave(void)
{
    struct region region;
    int64_t lane;
    struct str one;

    region_open(&region);
    lane = street(&region, "lane", "Тихий");
    hamlet_make(&region.h, "house",
                str_printf(check_arena(),
                           "{\"code\":\"1\",\"street\":\"%.*s\",\"number\":\"7\",\"note\":"
                           "\"тайна\",\"pin\":\"тайна\",\"year\":1970}",
                           STR_ARG(id_text(check_arena(), lane))));
    order(&region, "house", "", "year[gte]=1960");
    issue(&region, "house");
    one = export(&region, "house", 0);
    CHECK(HAS(one, "1970") && !HAS(one, "тайна"));
    /* The street it names is not here; its title is. */
    CHECK_TEXT(put(&region, one), "1 0 0");
    CHECK_TEXT(farm_reads(&region, "house"), "1: переулок Тихий, 7");
    region_close(&region);
}

/* Dates move: what was one slice becomes two others. */
static void slices_are_exchanged(void)
{
    struct region region;
    struct record *slices;
    size_t count;
    int64_t id;
    struct record_draft later = {.act = RECORD_CREATE,
                                 .value = hamlet_json(STR("{\"code\":\"1\",\"name\":\"После\"}")),
                                 .valid_from = HAMLET_DAY + 10,
                                 .valid_to = RECORD_FOREVER};

    region_open(&region);
    id = hamlet_make(&region.h, "parcel", STR("{\"code\":\"1\",\"name\":\"Луг\"}"));
    order(&region, "parcel", "", "");
    issue(&region, "parcel");
    CHECK_TEXT(put(&region, export(&region, "parcel", 0)), "1 0 0");

    slices = hamlet_slices(&region.h, "parcel", id, &count);
    struct record_draft shorter = {.act = RECORD_CHANGE,
                                   .type = hamlet_type(&region.h, "parcel"),
                                   .value = hamlet_json(STR("{\"code\":\"1\",\"name\":\"Луг\"}")),
                                   .valid_from = HAMLET_DAY - 5,
                                   .valid_to = HAMLET_DAY + 10,
                                   .old = &slices[0]};
    CHECK(hamlet_do(&region.h, &shorter) == ERR_NONE);
    later.type = shorter.type;
    later.id = id;
    CHECK(hamlet_do(&region.h, &later) == ERR_NONE);
    issue(&region, "parcel");
    CHECK_TEXT(put(&region, export(&region, "parcel", 1)), "2 0 1");
    CHECK_TEXT(farm_reads(&region, "parcel"), "2: 1 Луг");
    region_close(&region);
}

/* More than a piece, and a mirror that holds what is not in the edition. */
static void large_editions_come_in_pieces(void)
{
    struct region region;
    struct str one, two;
    int64_t ids[450];

    region_open(&region);
    for (int i = 0; i < 450; i++)
        ids[i] = street(&region, "street", str_printf(check_arena(), "Улица %d", i).ptr);
    order(&region, "street", "", "");
    issue(&region, "street");
    one = export(&region, "street", 0);
    CHECK_TEXT(put(&region, one), "450 0 0");
    for (int i = 0; i < 450; i += 2)
        CHECK(hamlet_delete(&region.h, "street", hamlet_get(&region.h, "street", ids[i])) ==
              ERR_NONE);
    rename_street(&region, ids[1], "lane", "Первый");
    issue(&region, "street");
    two = export(&region, "street", 0);
    CHECK_TEXT(put(&region, two), "0 1 225");
    /* Of the edition before there is still all. */
    struct edition_by by = {region.h.town.tenant, region.h.library, &region.key, check_arena()};
    struct edition_wish wish = {
        .register_id = STR("hamlet.street"), .reader = region.reader, .no = 1};
    struct buf again = {.arena = check_arena()};
    struct edition_piece piece = {0};
    struct edition_source source;

    CHECK_OK(edition_source_open(&by, &wish, &source, &again, &region.err), &region.err);
    while (!piece.is_last)
        CHECK_OK(edition_source_next(&source, piece.last, &again, &piece, &region.err),
                 &region.err);
    struct edition_reader reader;
    struct feed feed = {buf_str(&again), buf_str(&again)};
    int64_t lines = 0;
    CHECK_OK(edition_reader_open(&reader, pull, &feed, &region.err), &region.err);
    while (!reader.is_over) {
        CHECK_OK(edition_reader_next(&reader, check_arena(), &piece, &region.err), &region.err);
        lines += reader.is_over ? 0 : (int64_t)piece.count;
    }
    edition_reader_close(&reader);
    CHECK(lines == 450);
    region_close(&region);
}

static struct str replace(struct str text, const char *from, const char *to)
{
    struct buf out = {.arena = check_arena()};
    size_t at = str_find(text, str_from_z(from));

    CHECK(at < text.len);
    buf_add(&out, str_slice(text, 0, at));
    buf_add(&out, str_from_z(to));
    buf_add(&out, str_slice(text, at + strlen(from), text.len));
    return buf_str(&out);
}

static void what_is_not_the_publishers_is_refused(void)
{
    struct region region;
    struct str one;
    int64_t before;

    region_open(&region);
    street(&region, "street", "Садовая");
    street(&region, "lane", "Тихий");
    order(&region, "street", "", "");
    issue(&region, "street");
    one = export(&region, "street", 0);
    before = journal_end(&region);
    for (size_t i = 0; i < one.len; i += 5) {
        char *turned = str_to_z(check_arena(), one);

        turned[i] = (char)(turned[i] ^ 1);
        put(&region, (struct str){turned, one.len});
        CHECK(region.err.code == ERR_INPUT || region.err.code == ERR_DENIED ||
              region.err.code == ERR_CONFLICT);
    }
    for (size_t i = 0; i < one.len; i += 7) {
        put(&region, str_slice(one, 0, i));
        CHECK(region.err.code == ERR_INPUT);
    }
    CHECK(HAS(put(&region, str_slice(one, 0, str_find(one, STR("{\"piece")))), "cut"));
    put(&region, str_printf(check_arena(), "%.*s{}\n", STR_ARG(one)));
    CHECK(HAS(str_from_z(region.err.text), "behind the last seal"));
    region.reader.id = 78;
    CHECK(HAS(put(&region, replace(one, "\"name\":\"district\"", "\"name\":\"other\"")),
              "signature"));
    region.reader.id = 77;
    CHECK(journal_end(&region) == before);
    CHECK_TEXT(put(&region, one), "2 0 0");
    region_close(&region);
}

static void others_editions_are_refused(void)
{
    struct region region;
    struct str one;

    region_open(&region);
    street(&region, "street", "Садовая");
    order(&region, "street", "", "");
    region.reader.id = 0; /* everybody */
    struct publication_order all = {.what = PUBLICATION_PUT,
                                    .library = region.h.library,
                                    .arena = check_arena(),
                                    .now = HAMLET_NOW,
                                    .wish = {.type = hamlet_type(&region.h, "street")}};
    CHECK_OK(publication_do(region.h.town.tenant, &all, &region.err), &region.err);
    issue(&region, "street");
    region.reader = (struct edition_party){78, STR("other"), STR("Чужие")};
    CHECK(HAS(put(&region, export(&region, "street", 0)), "another reader: Чужие"));
    region.reader.id = 77;
    one = export(&region, "street", 0);
    CHECK_OK(secret_load_key(file_join(check_arena(), check_folder(), STR("other.key")),
                             &region.key, &region.err),
             &region.err);
    CHECK(HAS(put(&region, export(&region, "street", 0)), "not known here"));
    CHECK_TEXT(put(&region, one), "1 0 0");
    region_close(&region);
}

/* The filter of a reader is another now: what was left out before is not in a difference. */
static void difference_over_a_changed_publication_is_refused(void)
{
    struct region region;
    struct edition_wish wish;
    struct edition_source source;
    struct buf out = {.arena = check_arena()};

    region_open(&region);
    street(&region, "street", "Садовая");
    street(&region, "lane", "Тихий");
    order(&region, "street", "", "kind=street");
    issue(&region, "street");
    CHECK_TEXT(put(&region, export(&region, "street", 0)), "1 0 0");
    order(&region, "street", "", "");
    issue(&region, "street");
    struct edition_by by = {region.h.town.tenant, region.h.library, &region.key, check_arena()};
    wish = (struct edition_wish){.register_id = STR("hamlet.street"),
                                 .reader = region.reader,
                                 .since = 1,
                                 .is_strict = true};
    CHECK(!edition_source_open(&by, &wish, &source, &out, &region.err));
    CHECK(region.err.code == ERR_CONFLICT);
    wish.is_strict = false;
    CHECK_OK(edition_source_open(&by, &wish, &source, &out, &region.err), &region.err);
    CHECK(source.head.base.no == 0);
    CHECK_TEXT(put(&region, export(&region, "street", 0)), "1 0 0");
    CHECK_TEXT(farm_reads(&region, "street"), "2: улица Садовая|переулок Тихий");
    region_close(&region);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(editions_follow_one_another),
    CHECK_TEST(reader_gets_what_its_filter_lets_through),
    CHECK_TEST(reader_gets_what_a_filter_in_feel_lets_through),
    CHECK_TEST(personal_fields_do_not_leave),
    CHECK_TEST(slices_are_exchanged),
    CHECK_TEST(large_editions_come_in_pieces),
    CHECK_TEST(what_is_not_the_publishers_is_refused),
    CHECK_TEST(others_editions_are_refused),
    CHECK_TEST(difference_over_a_changed_publication_is_refused),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
