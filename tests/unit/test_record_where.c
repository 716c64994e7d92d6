/*
 * Filters written in FEEL: what is refused, and that the database says of each record what FEEL
 * says of it.  UPRAVA_TEST_SEED chooses the random filters, UPRAVA_TEST_FILTERS how many.
 */
#include "registry/record_where.h"

#include "hamlet.h"
#include "registry/record_feel.h"
#include "registry/record_holds.h"
#include "registry/record_where_part.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    RECORDS = 120,
    FILTERS = 700,
    FILTERS_POSTGRES = 100, /* tests/plans looks at each statement */
};

#define CLOCK   ((struct feel_clock){HAMLET_NOW, 0})
#define CODE    HAMLET_TEXT ",\"x-uprava\":{\"list\":\"hamlet.kind\",\"index\":true}"
#define INDEX   "\"x-uprava\":{\"index\":true}"
#define MEASURE "\"x-uprava\":{\"measure\":true}"
#define DAY     "\"type\":\"string\",\"format\":\"date\",\"title\":\"t\"," INDEX
#define MOMENT  "\"type\":\"string\",\"format\":\"date-time\",\"title\":\"t\"," MEASURE
#define WHOLE   "\"type\":\"integer\",\"title\":\"t\"," INDEX
#define DECIMAL "\"type\":\"number\",\"title\":\"t\",\"multipleOf\":"

/* Stands in the place of a register that nothing refers to. */
static const struct pack_file THINGS = {
    STR_INIT("registers/parcel.json"),
    STR_INIT(HAMLET_REGISTER
             "\"x-uprava\":{\"title\":\"{{code}}\",\"key\":[\"code\"]},\"properties\":{"
             "\"code\":{" HAMLET_TEXT "},"
             "\"name\":{" HAMLET_TEXT "," INDEX "},"
             "\"other\":{" HAMLET_TEXT "," INDEX "},"
             "\"kind\":{" CODE "},"
             "\"kind2\":{" CODE "},"
             "\"n\":{" WHOLE "},"
             "\"m\":{" WHOLE "},"
             "\"area\":{" DECIMAL "0.01," INDEX "},"
             "\"rate\":{" DECIMAL "0.01," INDEX "},"
             "\"price\":{" DECIMAL "0.001," MEASURE "},"
             "\"day\":{" DAY "},"
             "\"day2\":{" DAY "},"
             "\"at\":{" MOMENT "},"
             "\"at2\":{" MOMENT "},"
             "\"is_old\":{\"type\":\"boolean\",\"title\":\"t\"," INDEX "},"
             "\"is_big\":{\"type\":\"boolean\",\"title\":\"t\"," MEASURE "},"
             "\"owner\":{" HAMLET_TEXT ",\"x-uprava\":{\"ref\":\"hamlet.person\"}},"
             "\"note\":{" HAMLET_TEXT ",\"x-uprava\":{\"access\":\"personal\"}}}}")};

static void open_things(struct hamlet *h)
{
    hamlet_open_with(h, &THINGS);
}

/* Random data. */

static uint64_t state;

static unsigned draw(unsigned below)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(state >> 33) % below;
}

#define PICK(list) ((list)[draw((unsigned)ARRAY_LEN(list))])

/* Many of them have one key. */
static const char *const TEXTS[] = {"Ёлка",  "ёлка", "елка",  "ЕЛКА",  "Елка ", "д. 5",
                                    "д. 05", "Д. 5", "д.  5", "",      " ",     "а",
                                    "б",     "Б",    "Нарын", "Ңарын", "z",     "№ 5",
                                    "#5",    "-",    "— ",    "Өзгөн", "a'b",   "%_"};
static const char *const CODES[] = {"street", "lane"};
static const char *const WHOLES[] = {"-3", "-1", "0", "1", "2", "3", "7", "1000000"};
static const char *const DECIMALS[] = {"-1.5", "0", "0.01", "0.1", "1", "1.5", "1.05", "99.99"};
static const char *const FINE[] = {"-0.001", "0", "0.125", "1.5", "2.005", "1.05"};
static const char *const DAYS[] = {"1950-05-01", "1969-12-31", "1970-01-01", "2026-03-02",
                                   "2026-03-09"};
static const char *const MOMENTS[] = {"1969-12-31T23:59:59.999Z", "2026-03-02T09:00:00Z",
                                      "2026-03-02T12:00:00+03:00", "2026-03-02T09:00:00.001Z"};
static const char *const BOOLS[] = {"true", "false"};

static int64_t owners[3];

enum kind {
    KIND_TEXT,
    KIND_CODE,
    KIND_WHOLE,
    KIND_DECIMAL,
    KIND_FINE,
    KIND_DAY,
    KIND_MOMENT,
    KIND_BOOL,
    KIND_REF,
};

static const struct thing_field {
    const char *name;
    enum kind kind;
} FIELDS[] = {
    {"code", KIND_TEXT},    {"name", KIND_TEXT},  {"other", KIND_TEXT},  {"kind", KIND_CODE},
    {"kind2", KIND_CODE},   {"n", KIND_WHOLE},    {"m", KIND_WHOLE},     {"area", KIND_DECIMAL},
    {"rate", KIND_DECIMAL}, {"price", KIND_FINE}, {"day", KIND_DAY},     {"day2", KIND_DAY},
    {"at", KIND_MOMENT},    {"at2", KIND_MOMENT}, {"is_old", KIND_BOOL}, {"is_big", KIND_BOOL},
    {"owner", KIND_REF},
};

/* Behind them stand those that no slot can hold. */
static const char *draw_plain(enum kind kind)
{
    switch (kind) {
    case KIND_TEXT:
        return PICK(TEXTS);
    case KIND_CODE:
        return PICK(CODES);
    case KIND_WHOLE:
        return PICK(WHOLES);
    case KIND_DECIMAL:
        return PICK(DECIMALS);
    case KIND_FINE:
        return PICK(FINE);
    case KIND_DAY:
        return PICK(DAYS);
    case KIND_MOMENT:
        return PICK(MOMENTS);
    case KIND_BOOL:
        return PICK(BOOLS);
    case KIND_REF:
        break;
    }
    return str_to_z(check_arena(), id_text(check_arena(), owners[draw(ARRAY_LEN(owners))]));
}

static bool is_quoted(enum kind kind)
{
    return kind == KIND_TEXT || kind == KIND_CODE || kind == KIND_DAY || kind == KIND_MOMENT ||
           kind == KIND_REF;
}

static struct str draw_record(int i)
{
    struct buf json = {.arena = check_arena()};

    /* A few keys that differ by nothing but their letters' case cannot be: it is the key. */
    buf_printf(&json, "{\"code\":\"Дом %d\"", i);
    for (size_t f = 1; f < ARRAY_LEN(FIELDS); f++) {
        const char *quote = is_quoted(FIELDS[f].kind) ? "\"" : "";

        if (draw(4) > 0)
            buf_printf(&json, ",\"%s\":%s%s%s", FIELDS[f].name, quote, draw_plain(FIELDS[f].kind),
                       quote);
    }
    buf_char(&json, '}');
    return buf_str(&json);
}

static void fill(struct hamlet *h)
{
    for (size_t i = 0; i < ARRAY_LEN(owners); i++)
        owners[i] = hamlet_make(h, "person", STR("{\"name\":\"Иван\"}"));
    /* Natural keys that are empty, absent, of blanks. */
    hamlet_make(h, "parcel", STR("{\"name\":\"a\"}"));
    hamlet_make(h, "parcel", STR("{\"code\":\"\",\"n\":1}"));
    hamlet_make(h, "parcel", STR("{\"code\":\" \",\"n\":2}"));
    for (int i = 0; i < RECORDS; i++)
        hamlet_make(h, "parcel", draw_record(i));
}

/* Random filters. */

static void add_value(struct buf *out, enum kind kind)
{
    static const char *const BETWEEN[] = {"1.005",
                                          "-1.4999",
                                          "0.0000001",
                                          "1e30",
                                          "-1e30",
                                          "99999999999999999999",
                                          "92233720368547758.07",
                                          "1.50"};
    const char *value = draw_plain(kind);

    if (draw(12) == 0) {
        buf_add(out, STR("null"));
        return;
    }
    switch (kind) {
    case KIND_TEXT:
    case KIND_CODE:
    case KIND_REF:
        buf_printf(out, kind == KIND_TEXT && draw(5) == 0 ? "\"Дом \" + \"%s\"" : "\"%s\"",
                   kind == KIND_TEXT && draw(4) == 0 ? "дом 7" : value);
        break;
    case KIND_WHOLE:
    case KIND_DECIMAL:
    case KIND_FINE:
        buf_add(out, str_from_z(draw(4) == 0 ? PICK(BETWEEN) : value));
        break;
    case KIND_DAY:
        buf_printf(out, draw(3) == 0 ? "date(\"%s\") + duration(\"P1D\")" : "@\"%s\"", value);
        break;
    case KIND_MOMENT:
        buf_printf(out, "date and time(\"%s\")",
                   draw(5) == 0 ? "2026-03-02T09:00:00.0005Z" : value);
        break;
    case KIND_BOOL:
        buf_add(out, str_from_z(value));
        break;
    }
}

static bool has_order(enum kind kind)
{
    return kind != KIND_BOOL && kind != KIND_REF;
}

static const struct thing_field *draw_field(void)
{
    return &PICK(FIELDS);
}

static const struct thing_field *draw_alike(enum kind kind)
{
    const struct thing_field *field;

    do
        field = draw_field();
    while (field->kind != kind && !(kind == KIND_TEXT && field->kind == KIND_CODE) &&
           !(kind == KIND_CODE && field->kind == KIND_TEXT));
    return field;
}

static const char *draw_operator(enum kind kind)
{
    static const char *const OPERATORS[] = {"=", "!=", "<", "<=", ">", ">="};

    return OPERATORS[draw(has_order(kind) ? 6 : 2)];
}

static void add_range(struct buf *out, enum kind kind)
{
    buf_char(out, "[("[draw(2)]);
    add_value(out, kind);
    buf_add(out, STR(".."));
    add_value(out, kind);
    buf_char(out, "])"[draw(2)]);
}

static void add_tests(struct buf *out, enum kind kind)
{
    bool is_list = draw(2) == 0;

    buf_char(out, is_list ? '[' : '(');
    for (unsigned i = 0, count = 1 + draw(3); i < count; i++) {
        if (i > 0)
            buf_add(out, STR(", "));
        if (has_order(kind) && draw(4) == 0) {
            add_range(out, kind);
        } else if (has_order(kind) && !is_list && draw(4) == 0) {
            buf_printf(out, "%s ", draw_operator(kind));
            add_value(out, kind);
        } else {
            add_value(out, kind);
        }
    }
    buf_char(out, is_list ? ']' : ')');
}

static void add_plain(struct buf *out)
{
    const struct thing_field *field = draw_field();

    switch (draw(field->kind == KIND_BOOL ? 6 : 5)) {
    case 0:
        buf_printf(out, "%s %s ", field->name, draw_operator(field->kind));
        add_value(out, field->kind);
        break;
    case 1:
        add_value(out, field->kind);
        buf_printf(out, " %s %s", draw_operator(field->kind), field->name);
        break;
    case 2:
        buf_printf(out, "%s %s %s", field->name, draw_operator(field->kind),
                   draw_alike(field->kind)->name);
        break;
    case 3:
        if (has_order(field->kind)) {
            buf_printf(out, "%s between ", field->name);
            add_value(out, field->kind);
            buf_add(out, STR(" and "));
            if (draw(4) == 0)
                buf_add(out, str_from_z(draw_alike(field->kind)->name));
            else
                add_value(out, field->kind);
            break;
        }
        /* fallthrough */
    case 4:
        buf_printf(out, "%s in ", field->name);
        add_tests(out, field->kind);
        break;
    default:
        buf_add(out, str_from_z(field->name));
    }
}

static void add_filter(struct buf *out, int depth)
{
    static const char *const CONSTANTS[] = {"true", "false", "null", "1 < 2", "1 < null"};
    unsigned what = depth == 0 ? 9 : draw(10);

    if (what >= 6) {
        add_plain(out);
        return;
    }
    if (what == 5) {
        buf_add(out, str_from_z(PICK(CONSTANTS)));
        return;
    }
    buf_add(out, what < 2 ? STR("not(") : STR("("));
    add_filter(out, depth - 1);
    if (what >= 2) {
        buf_add(out, what < 4 ? STR(" and ") : STR(" or "));
        add_filter(out, depth - 1);
    }
    buf_char(out, ')');
}

/* The comparison. */

struct things {
    const struct registry *registry;
    const struct register_type *type;
    struct record *records;
    struct json **values;
    size_t count;
};

static struct things read_all(struct hamlet *h, struct tx *tx)
{
    struct things all = {.registry = hamlet_registry(h, tx), .type = hamlet_type(h, "parcel")};
    struct record_ask ask = {.type = all.type, .limit = RECORD_LIST_LIMIT_MAX};
    struct record_page page;

    CHECK_OK(record_list(all.registry, &ask, &page, &h->err), &h->err);
    all.records = page.records;
    all.count = page.count;
    all.values = ARENA_ARRAY(check_arena(), struct json *, page.count);
    for (size_t i = 0; i < page.count; i++)
        all.values[i] = hamlet_json(page.records[i].body);
    return all;
}

static bool is_listed(const struct record_page *page, int64_t id)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->records[i].id == id)
            return true;
    return false;
}

/* How many records the two disagree about; found: those that pass. */
static size_t differences(const struct things *all, const struct record_where *where, size_t *found)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct registry registry = *all->registry;
    struct record_filter filter = {.where = where};
    struct record_ask ask = {
        .type = all->type, .filters = &filter, .filter_count = 1, .limit = RECORD_LIST_LIMIT_MAX};
    struct record_page page;
    size_t count = 0;
    struct err err = {0};
    int64_t total;
    bool is_more;

    registry.arena = arena;
    CHECK_OK(record_list(&registry, &ask, &page, &err), &err);
    CHECK_OK(record_count(&registry, &ask, &total, &is_more, &err), &err);
    CHECK_INT(total, (int64_t)page.count);
    for (size_t i = 0; i < all->count; i++)
        count +=
            record_holds(arena, all->values[i], &filter, 1) != is_listed(&page, all->records[i].id)
                ? 1
                : 0;
    *found = page.count;
    return count;
}

/* Planted faults: a bound that is moved, a guard that is missing, a condition turned round. */
static bool spoil(struct record_where_part *part, int how)
{
    if (how == 0 && part->kind == RECORD_WHERE_PART_VALUE && part->op == QUERY_LT) {
        part->op = QUERY_LE;
        return true;
    }
    if (how == 1 && part->kind == RECORD_WHERE_PART_ANY)
        for (size_t i = 0; i < part->count; i++)
            if (part->items[i]->op == QUERY_IS_NULL && part->count > 1) {
                part->items[i] = part->items[--part->count];
                return true;
            }
    if (how == 2 && part->kind == RECORD_WHERE_PART_FIELD && part->op == QUERY_EQ) {
        part->op = QUERY_LE;
        return true;
    }
    if (part->kind == RECORD_WHERE_PART_ALL || part->kind == RECORD_WHERE_PART_ANY)
        for (size_t i = 0; i < part->count; i++)
            if (spoil(part->items[i], how))
                return true;
    return false;
}

static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

static const struct record_where *draw_where(const struct things *all, struct str *text,
                                             size_t *refused)
{
    const struct record_where *where;
    struct err err;

    for (;;) {
        struct buf buf = {.arena = check_arena()};

        add_filter(&buf, 3);
        *text = buf_str(&buf);
        err = (struct err){0};
        if (record_where_parse(check_arena(), all->type, *text, CLOCK, &where, &err))
            return where;
        CHECK(str_starts(str_from_z(err.text), STR("line 1, column ")));
        ++*refused;
    }
}

static void the_database_says_what_feel_says(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    size_t filters = setting("UPRAVA_TEST_FILTERS",
                             getenv("UPRAVA_TEST_STORE") != NULL ? FILTERS_POSTGRES : FILTERS),
           refused = 0, some = 0;
    size_t spoilt[3] = {0}, noticed[3] = {0}, found;
    struct things all;
    struct hamlet h;

    state = setting("UPRAVA_TEST_SEED", 20260302);
    printf("# UPRAVA_TEST_SEED=%llu\n", (unsigned long long)state);
    open_things(&h);
    fill(&h);
    CHECK_OK(tx_read(&tx, h.town.tenant, &h.err), &h.err);
    all = read_all(&h, &tx);
    CHECK_INT((int64_t)all.count, RECORDS + 3);
    for (size_t i = 0; i < filters; i++) {
        struct str text;
        const struct record_where *where = draw_where(&all, &text, &refused);

        if (differences(&all, where, &found) > 0)
            CHECK_STR(STR("FEEL and the database disagree"), text);
        some += found > 0 && found < all.count ? 1 : 0;
        for (int how = 0; how < 3; how++) {
            CHECK_OK(record_where_parse(check_arena(), all.type, text, CLOCK, &where, &h.err),
                     &h.err);
            if (!spoil((struct record_where_part *)(uintptr_t)where->part, how))
                continue;
            spoilt[how]++;
            noticed[how] += differences(&all, where, &found) > 0 ? 1 : 0;
        }
    }
    printf("# %zu filters, %zu tell records apart, %zu were refused; planted faults noticed: "
           "%zu/%zu %zu/%zu %zu/%zu\n",
           filters, some, refused, noticed[0], spoilt[0], noticed[1], spoilt[1], noticed[2],
           spoilt[2]);
    CHECK(some > filters / 3 && refused < filters / 2);
    CHECK(filters < FILTERS || (noticed[0] > 0 && noticed[1] > 0 && noticed[2] > 0));
    tx_done(&tx);
    hamlet_close(&h);
}

/* What single filters mean. */

static struct str refusal(const struct hamlet *h, const char *text)
{
    const struct record_where *where;
    struct err err = {0};

    if (record_where_parse(check_arena(), hamlet_type(h, "parcel"), str_from_z(text), CLOCK, &where,
                           &err))
        return STR("");
    CHECK(err.code == ERR_INPUT);
    return str_copy(check_arena(), str_from_z(err.text));
}

static void what_cannot_be_compiled_is_refused_with_its_place(void)
{
    static const struct {
        const char *text, *why;
    } BAD[] = {
        {"n +", "line 1, column 4: a value is missing at the end of the text"},
        {"n = 1 and\nhight > 2", "line 2, column 1: there is no field \"hight\" in hamlet.parcel"},
        {"n", "line 1, column 1: n is no yes or no: compare it with something"},
        {"5", "line 1, column 1: this is a number, and no condition"},
        {"n + 1 > 5", "line 1, column 3: a field stands in it: fields are compared as they are, "
                      "with other fields or with values"},
        {"upper case(name) = \"A\"",
         "line 1, column 11: a field stands in it: fields are compared as they are, with other "
         "fields or with values"},
        {"note = \"x\"", "line 1, column 1: note is not indexed: one cannot filter by it"},
        {"day = \"2026-03-09\"",
         "line 1, column 7: day is compared with a date, as date(\"2026-03-09\"), not with this "
         "string"},
        {"name = 5",
         "line 1, column 8: name is compared with a text in quotes, not with this number"},
        {"is_old < true", "line 1, column 1: is_old has no order: compare it with = or !="},
        {"owner = \"06D1Q4X2M8K0S\"",
         "line 1, column 9: owner is compared with the id of a record in quotes, not with this "
         "string"},
        {"at = @\"2026-03-09T09:00:00\"",
         "line 1, column 6: at is compared with a moment, as date and "
         "time(\"2026-03-09T09:00:00+03:00\"), not with this date and time"},
        {"price = area",
         "line 1, column 1: price and area are not of one kind, or have not as many "
         "digits behind the point"},
        {"if is_old then true else false",
         "line 1, column 1: a filter is made of = != < <= > >= between in and or not()"},
        {"n in (? > 5)", "line 1, column 9: \"?\" cannot stand in a filter"},
        {"count(for i in 1..100000 return i) = n",
         "line 1, column 6: it takes too long to compute"},
    };
    struct buf bomb = {.arena = check_arena()};
    struct hamlet h;

    open_things(&h);
    for (size_t i = 0; i < ARRAY_LEN(BAD); i++)
        CHECK_STR(refusal(&h, BAD[i].text), str_from_z(BAD[i].why));
    buf_add(&bomb, STR("n=1"));
    for (int i = 0; i < 400; i++)
        buf_add(&bomb, STR(" or n=1"));
    CHECK_STR(refusal(&h, buf_z(&bomb)), STR("line 1, column 2101: at most 300 comparisons"));
    bomb.len = 0;
    for (int i = 0; i < 45; i++)
        buf_add(&bomb, i % 2 == 0 ? STR("(n=1 or ") : STR("(m=1 and "));
    buf_add(&bomb, STR("n=2"));
    for (int i = 0; i < 45; i++)
        buf_char(&bomb, ')');
    CHECK(str_find(refusal(&h, buf_z(&bomb)), STR("less nesting is possible")) < 100);
    hamlet_close(&h);
}

/* Names of what a filter finds, "a b". */
static struct str find(struct hamlet *h, const char *text)
{
    CLEANUP(tx_done) struct tx tx = {0};
    const struct record_where *where;
    struct record_filter filter = {0};
    struct record_ask ask = {.type = hamlet_type(h, "parcel"),
                             .filters = &filter,
                             .filter_count = 1,
                             .limit = 100,
                             .is_oldest_first = true};
    struct record_page page;
    struct buf names = {.arena = check_arena()};

    CHECK_OK(record_where_parse(check_arena(), ask.type, str_from_z(text), CLOCK, &where, &h->err),
             &h->err);
    filter.where = where;
    CHECK_OK(tx_read(&tx, h->town.tenant, &h->err), &h->err);
    CHECK_OK(record_list(hamlet_registry(h, &tx), &ask, &page, &h->err), &h->err);
    for (size_t i = 0; i < page.count; i++)
        buf_printf(&names, "%s%.*s", i > 0 ? " " : "",
                   STR_ARG(json_find_text(hamlet_json(page.records[i].body), STR("code"))));
    return buf_str(&names);
}

static void single_filters_mean_what_feel_says(void)
{
    struct hamlet h;

    open_things(&h);
    hamlet_make(&h, "parcel",
                STR("{\"code\":\"A\",\"name\":\"Ёлка\",\"n\":1,\"area\":1.5,"
                    "\"is_old\":true,\"day\":\"2026-03-02\"}"));
    hamlet_make(&h, "parcel",
                STR("{\"code\":\"B\",\"name\":\"елка\",\"n\":2,\"is_old\":false,"
                    "\"day\":\"2026-03-01\"}"));
    hamlet_make(&h, "parcel", STR("{\"code\":\"C\",\"area\":1.51}"));
    CHECK_STR(find(&h, "name = \"Ёлка\""), STR("A")); /* the list's own filters find both */
    CHECK_STR(find(&h, "name != \"Ёлка\""), STR("B C"));
    CHECK_STR(find(&h, "code = \"a\""), STR(""));
    CHECK_STR(find(&h, "not(n < 2)"), STR("B"));
    CHECK_STR(find(&h, "not(n = 2)"), STR("A C"));
    CHECK_STR(find(&h, "n = null"), STR("C"));
    CHECK_STR(find(&h, "is_old"), STR("A"));
    CHECK_STR(find(&h, "not(is_old)"), STR("B"));
    CHECK_STR(find(&h, "area < 1.505"), STR("A"));
    CHECK_STR(find(&h, "area = 1.505 or area >= 1.505"), STR("C"));
    CHECK_STR(find(&h, "area > -1e40 and area < 1e40"), STR("A C"));
    CHECK_STR(find(&h, "n in [1, 3] or n in (> 1)"), STR("A B"));
    CHECK_STR(find(&h, "n between 0 and 1"), STR("A"));
    CHECK_STR(find(&h, "day = today()"), STR("A"));
    CHECK_STR(find(&h, "day > today() - duration(\"P2D\")"), STR("A B"));
    CHECK_STR(find(&h, "name < \"а\""), STR("A"));
    CHECK_STR(find(&h, "true"), STR("A B C"));
    CHECK_STR(find(&h, "null"), STR(""));
    hamlet_close(&h);
}

static void today_is_that_of_the_place(void)
{
    const struct record_where *where;
    struct json *value = hamlet_json(STR("{\"day\":\"2026-03-03\"}"));
    struct feel_clock late = {HAMLET_NOW + 14 * 3600 * 1000, 0}; /* 23:00 in Greenwich */
    struct hamlet h;

    open_things(&h);
    for (int east = 0; east < 2; east++) {
        late.utc_offset = east * 180;
        CHECK_OK(record_where_parse(check_arena(), hamlet_type(&h, "parcel"),
                                    STR("day = today() and is_old = null"), late, &where, &h.err),
                 &h.err);
        CHECK(record_where_holds(check_arena(), where, value) == (east == 1));
    }
    hamlet_close(&h);
}

static void hidden_fields_are_named(void)
{
    const struct record_where *where;
    struct hamlet h;

    open_things(&h);
    CHECK_OK(record_where_parse(check_arena(), hamlet_type(&h, "parcel"),
                                STR("n = 1 and (n = 2 or owner = null)"), CLOCK, &where, &h.err),
             &h.err);
    CHECK_INT((int64_t)where->field_count, 2);
    CHECK(record_where_hidden(where, POLICY_INTERNAL) == NULL);
    CHECK_STR(record_where_hidden(where, POLICY_PUBLIC)->name, STR("n"));
    hamlet_close(&h);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_cannot_be_compiled_is_refused_with_its_place),
    CHECK_TEST(single_filters_mean_what_feel_says),
    CHECK_TEST(hidden_fields_are_named),
    CHECK_TEST(today_is_that_of_the_place),
    CHECK_TEST(the_database_says_what_feel_says),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
