#include "registry/workdays.h"

#include "year.h"

#include "registry/record.h"
#include "registry/subscription.h"
#include "town.h"

#define ACTOR 7

static const struct str PACKS[] = {STR_INIT("base")};
static struct town town;

static void open_town(void)
{
    town_open(&town, PACKS, ARRAY_LEN(PACKS));
}

static bool apply(struct tx *tx, void *data, struct err *err)
{
    return record_apply(tx, data, ACTOR, time_now(), err);
}

/* A day of the register: "2026-02-18". */
static void add_day(const char *calendar, const char *date, const char *kind)
{
    struct flaws flaws = {0};
    struct json *value = json_new(check_arena(), JSON_OBJECT);
    struct record_draft draft = {.act = RECORD_CREATE,
                                 .type = town.catalog->model->day,
                                 .value = value,
                                 .valid_from = RECORD_ALWAYS,
                                 .valid_to = RECORD_FOREVER,
                                 .now = time_now(),
                                 .arena = check_arena(),
                                 .catalog = town.catalog};
    struct err err;

    json_set_text(check_arena(), value, STR("calendar"), str_from_z(calendar));
    json_set_text(check_arena(), value, STR("date"), str_from_z(date));
    json_set_text(check_arena(), value, STR("kind"), str_from_z(kind));
    json_set_text(check_arena(), value, STR("title"), STR("own"));
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, town.tenant, &err), &err);
        CHECK_OK(record_prepare(&tx, check_arena(), town.catalog, &draft, &flaws, &err), &err);
    }
    CHECK_OK(tenant_write_wait(town.tenant, apply, &draft, &err), &err);
}

struct setting {
    const char *name, *value;
};

static bool put_setting(struct tx *tx, void *data, struct err *err)
{
    const struct setting *setting = data;

    return catalog_set(tx, str_from_z(setting->name), str_from_z(setting->value), ACTOR, 0, err);
}

static void set(const char *name, const char *value)
{
    struct setting setting = {name, value};
    struct err err;

    CHECK_OK(tenant_write_wait(town.tenant, put_setting, &setting, &err), &err);
    CHECK_OK(catalog_reload(town.tenant, town.library, &err), &err);
    CHECK_OK(catalog_get(town.tenant, town.library, &town.catalog, &err), &err);
}

static struct calendar load(const char *from, const char *to)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct workdays_ask ask = {year_day(from), year_day(to), MODEL_EN};
    struct calendar calendar = {0};
    struct err err;

    CHECK_OK(tx_read(&tx, town.tenant, &err), &err);
    CHECK_OK(workdays_load(town_registry(&town, &tx), &ask, &calendar, &err), &err);
    return calendar;
}

static struct calendar load_year(void)
{
    return load("2026-01-01", "2026-12-31");
}

static bool works(const char *day)
{
    struct calendar calendar = load_year();

    return calendar_is_working(&calendar, year_day(day));
}

static void a_new_municipality_has_the_calendar_of_russia(void)
{
    struct calendar calendar;

    open_town();
    CHECK_STR(workdays_name(town.catalog), STR("ru"));
    calendar = load_year();
    CHECK_INT(calendar_count(&calendar, year_day("2025-12-31"), year_day("2026-12-31")), 247);
    CHECK_STR(calendar_find(&calendar, year_day("2026-06-12"))->title, STR("Russia Day"));
    CHECK_INT(town_count(&town, "SELECT count(*) FROM record WHERE tenant = $1"), 0);
    town_close(&town);
}

static void its_setting_chooses_another(void)
{
    open_town();
    set("calendar", "kg");
    CHECK(works("2026-06-12") && !works("2026-08-31"));
    set("calendar", "xx"); /* nobody has it: a plain week */
    CHECK(works("2026-06-12") && works("2026-08-31") && !works("2026-03-07"));
    town_close(&town);
}

static void the_register_corrects_and_the_nearer_counts(void)
{
    open_town();
    add_day("ru", "2026-06-12", "working");
    add_day("ru-bu", "2026-02-18", "holiday");
    add_day("ru-bu", "2026-02-20", "holiday");
    add_day("ru-bu-kyakhta", "2026-02-20", "short");
    add_day("ru-al", "2026-02-19", "holiday");
    add_day("kg", "2026-02-17", "holiday");
    CHECK(works("2026-06-12")); /* the register over the pack */
    CHECK(works("2026-02-18"));
    set("calendar", "ru-bu");
    CHECK(!works("2026-02-18") && !works("2026-02-20"));
    CHECK(works("2026-02-19") && works("2026-02-17") && works("2026-06-12"));
    CHECK(!works("2026-11-04"));
    set("calendar", "ru-bu-kyakhta");
    CHECK(!works("2026-02-18") && works("2026-02-20"));
    town_close(&town);
}

static void only_days_of_the_range_are_read(void)
{
    struct calendar calendar;

    open_town();
    add_day("ru", "2026-02-17", "holiday");
    add_day("ru", "2026-02-18", "holiday");
    add_day("ru", "2026-02-19", "holiday");
    calendar = load("2026-02-18", "2026-02-18");
    CHECK(calendar_is_working(&calendar, year_day("2026-02-17")));
    CHECK(!calendar_is_working(&calendar, year_day("2026-02-18")));
    CHECK(calendar_is_working(&calendar, year_day("2026-02-19")));
    CHECK(!calendar_is_working(&calendar, year_day("2026-06-12"))); /* of packs there are all */
    town_close(&town);
}

static void hours_are_those_of_the_setting(void)
{
    struct calendar calendar;

    open_town();
    calendar = load_year();
    CHECK_INT(calendar_minutes_on(&calendar, year_day("2026-03-02")), 480);
    set("working_hours", "08:00-12:00");
    calendar = load_year();
    CHECK_INT(calendar_minutes_on(&calendar, year_day("2026-03-02")), 240);
    set("working_hours", "from eight to noon"); /* from the command line: not understood */
    calendar = load_year();
    CHECK_INT(calendar_minutes_on(&calendar, year_day("2026-03-02")), 480);
    town_close(&town);
}

/* The term reads far enough, whatever its own days push it to. */
static void a_term_sees_all_days_it_needs(void)
{
    static const struct term_pause PAUSES[] = {{20520, 20720, {0}}};
    struct term term = {.start = year_day("2026-03-02"), .count = 5, .unit = TERM_WORKING_DAYS};
    struct term_result result;
    struct calendar calendar;
    struct err err;

    open_town();
    for (int day = 3; day < 31; day++)
        add_day("ru", str_to_z(check_arena(), str_printf(check_arena(), "2026-03-%02d", day)),
                "decree");
    add_day("ru", "2026-10-05", "holiday");
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read(&tx, town.tenant, &err), &err);
        CHECK_OK(workdays_load_for(town_registry(&town, &tx), &term, term.start, MODEL_RU,
                                   &calendar, &err),
                 &err);
        CHECK_OK(term_compute(&term, &calendar, check_arena(), &result, &err), &err);
        CHECK_STR(year_text(result.due), STR("2026-04-06"));
        term.pauses = PAUSES; /* from 8 March to 24 September */
        term.pause_count = 1;
        CHECK_OK(workdays_load_for(town_registry(&town, &tx), &term, term.start, MODEL_RU,
                                   &calendar, &err),
                 &err);
        CHECK(!calendar_is_working(&calendar, year_day("2026-10-05")));
    }
    town_close(&town);
}

/* The rows of a list have one calendar. */
static void several_terms_are_asked_for_at_once(void)
{
    static const struct term_pause PAUSES[] = {{20520, 20720, {0}}};
    struct term early = {.start = year_day("2026-03-02"), .count = 5, .unit = TERM_WORKING_DAYS};
    struct term late = {.start = year_day("2026-06-01"), .count = 30, .unit = TERM_DAYS};
    struct workdays_ask each = {0}, all = {0};
    int64_t today = year_day("2026-04-01");

    late.pauses = PAUSES;
    late.pause_count = 1;
    workdays_ask_add(&each, &early, today);
    CHECK_STR(year_text(each.from_on), STR("2026-03-01"));
    all = each;
    workdays_ask_add(&all, &late, today);
    CHECK_INT(all.from_on, each.from_on);
    each = (struct workdays_ask){0};
    workdays_ask_add(&each, &late, today);
    CHECK_STR(year_text(each.from_on), STR("2026-03-31"));
    CHECK_INT(all.to_on, each.to_on);
}

static void order(struct publication_order *order)
{
    struct err err;

    order->library = town.library;
    order->arena = check_arena();
    order->now = time_now();
    order->wish.type = town.catalog->model->day;
    CHECK_OK(publication_do(town.tenant, order, &err), &err);
}

static struct str names_of(void)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf text = {.arena = check_arena()};
    struct str *names;
    size_t count;
    struct err err;

    CHECK_OK(tx_read(&tx, town.tenant, &err), &err);
    CHECK_OK(workdays_names(town_registry(&town, &tx), &names, &count, &err), &err);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%.*s ", STR_ARG(names[i]));
    return buf_str(&text);
}

static void calendars_to_choose_from_are_listed(void)
{
    open_town();
    add_day("ru-bu", "2026-02-18", "holiday");
    add_day("ru-bu", "2026-02-19", "holiday");
    add_day("ru", "2026-02-18", "holiday");
    add_day("ru-al-gorno", "2026-02-18", "holiday");
    CHECK_STR(names_of(), STR("kg ru ru-al-gorno ru-bu "));
    town_close(&town);
}

/* The region is town; its village subscribes, and then is what the other functions ask. */
static struct tenant *enter_village(void)
{
    struct tenant *region = town.tenant;
    struct subscription_by by = {
        .library = town.library, .arena = check_arena(), .now = time_now()};
    struct err err;

    CHECK_OK(store_create_tenant(town.store, STR("village"), STR("Село"), tenant_info(region)->id,
                                 time_now(), &err),
             &err);
    CHECK_OK(store_hold(town.store, STR("village"), &town.tenant, &err), &err);
    CHECK_OK(catalog_install(town.tenant, town.library, (struct pack_ids){PACKS, 1}, 0, time_now(),
                             &err),
             &err);
    by.child = town.tenant;
    CHECK_OK(subscription_take(&by, STR("base.calendar_day"), STR(""), 0, &err), &err);
    set("calendar", "ru-bu");
    return region;
}

static void leave_village(struct tenant *region)
{
    store_release(&town.tenant);
    town.tenant = region;
    town_close(&town);
}

static void days_of_those_above_count_less_than_own_ones(void)
{
    struct publication_order put = {.what = PUBLICATION_PUT},
                             publish = {.what = PUBLICATION_PUBLISH};
    struct tenant *region;

    open_town();
    add_day("ru-bu", "2026-02-18", "holiday");
    add_day("ru-bu", "2026-02-19", "holiday");
    add_day("ru", "2026-06-12", "working");
    order(&put);
    order(&publish);
    add_day("ru-bu", "2026-02-20", "holiday"); /* not of that edition */
    region = enter_village();
    add_day("ru-bu", "2026-02-19", "short");
    CHECK(!works("2026-02-18"));
    CHECK(works("2026-02-19")); /* the village's own word of the same calendar */
    CHECK(works("2026-02-20"));
    CHECK(works("2026-06-12")); /* the region corrects the pack */
    CHECK_STR(names_of(), STR("kg ru ru-bu "));
    leave_village(region);
}

static void who_above_publishes_nothing_yet_says_nothing(void)
{
    struct publication_order put = {.what = PUBLICATION_PUT};
    struct tenant *region;

    open_town();
    add_day("ru-bu", "2026-02-18", "holiday");
    order(&put);
    region = enter_village();
    CHECK(works("2026-02-18") && !works("2026-06-12"));
    CHECK_STR(names_of(), STR("kg ru "));
    leave_village(region);
}

/* On a loop another municipality is not asked: the handler is run again elsewhere. */
static void a_quick_read_does_not_ask_those_above(void)
{
    struct publication_order put = {.what = PUBLICATION_PUT},
                             publish = {.what = PUBLICATION_PUBLISH};
    struct workdays_ask ask = {0, 30000, MODEL_RU};
    struct calendar calendar;
    struct tenant *region;
    struct err err;

    open_town();
    order(&put);
    order(&publish);
    region = enter_village();
    {
        CLEANUP(tx_done) struct tx tx = {0};

        CHECK_OK(tx_read_quick(&tx, town.tenant, 1000000, &err), &err);
        CHECK(!workdays_load(town_registry(&town, &tx), &ask, &calendar, &err));
        CHECK(tx_was_interrupted(&tx));
    }
    leave_village(region);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_new_municipality_has_the_calendar_of_russia),
    CHECK_TEST(its_setting_chooses_another),
    CHECK_TEST(the_register_corrects_and_the_nearer_counts),
    CHECK_TEST(only_days_of_the_range_are_read),
    CHECK_TEST(hours_are_those_of_the_setting),
    CHECK_TEST(a_term_sees_all_days_it_needs),
    CHECK_TEST(several_terms_are_asked_for_at_once),
    CHECK_TEST(calendars_to_choose_from_are_listed),
    CHECK_TEST(days_of_those_above_count_less_than_own_ones),
    CHECK_TEST(who_above_publishes_nothing_yet_says_nothing),
    CHECK_TEST(a_quick_read_does_not_ask_those_above),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
