#include "registry/export.h"

#include "registry/import_guess.h"
#include "registry/import_run.h"
#include "registry/seed.h"
#include "town.h"

static const struct str DEMO[] = {STR_INIT("base"), STR_INIT("housing"), STR_INIT("demo")};
static const unsigned ALL = POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET;

static void open_demo(struct town *town)
{
    struct seed_report report;
    struct err err;

    town_open(town, DEMO, ARRAY_LEN(DEMO));
    CHECK_OK(seed_load(town->tenant, check_arena(), town->library,
                       (struct pack_ids){DEMO, ARRAY_LEN(DEMO)}, &report, &err),
             &err);
}

static bool gather(void *data, struct str bytes, struct err *err)
{
    (void)err;
    buf_add(data, bytes);
    return true;
}

static struct str export_text(struct town *town, const struct record_ask *ask,
                              const struct export_options *options, int64_t *count)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct buf text = {.arena = check_arena()};
    struct err err;

    CHECK_OK(tx_read(&tx, town->tenant, &err), &err);
    CHECK_OK(export_run(town_registry(town, &tx), ask, options,
                        &(struct export_sink){gather, &text}, count, &err),
             &err);
    return buf_str(&text);
}

static struct import_counts import_text(struct town *town, const struct register_type *type,
                                        enum import_format format, char separator, struct str text)
{
    CLEANUP(source_close) struct source source = {0};
    struct import import = {.format = format};
    struct import_run run = {.tenant = town->tenant,
                             .arena = check_arena(),
                             .catalog = town->catalog,
                             .type = type,
                             .options = &import.options,
                             .source = &source};
    struct err err;
    bool is_stopping;

    import.options.separator = separator;
    import.options.valid_from = RECORD_ALWAYS;
    CHECK_OK(source_open_text(check_arena(), &import, text, &source, &err), &err);
    import.options.column_count = source.column_count;
    import.options.columns = ARENA_ARRAY(check_arena(), struct import_column, source.column_count);
    for (size_t i = 0; i < source.column_count; i++)
        import.options.columns[i].title = source.columns[i];
    import_guess(check_arena(), town->catalog, type, import.options.columns, source.column_count);
    CHECK_OK(import_run_pass(&run, &is_stopping, &err), &err);
    CHECK_STR(run.first_fault, STR(""));
    return run.counts;
}

static void check_all_same(struct town *town, enum export_format format, char separator,
                           bool is_split)
{
    static const enum import_format FORMATS[] = {IMPORT_CSV, IMPORT_NDJSON, IMPORT_GEOJSON};
    const struct model *model = town->catalog->model;
    size_t filled = 0;

    for (size_t i = 0; i < model->type_count; i++) {
        struct record_ask ask = {.type = model->types[i], .valid_on = RECORD_ALWAYS};
        struct export_options options = {.format = format,
                                         .separator = separator,
                                         .classes = ALL,
                                         .has_bom = separator == ';',
                                         .has_ref_ids = separator == '\t',
                                         .has_lat_lon = is_split};
        int64_t count;
        struct str text = export_text(town, &ask, &options, &count);
        struct import_counts counts;

        if (count == 0) /* what only cases fill */
            continue;
        filled++;
        counts = import_text(town, model->types[i], FORMATS[format], separator, text);
        CHECK_INT(counts.rows, count);
        CHECK_INT(counts.same, count);
    }
    CHECK(filled >= 8);
}

static void what_is_exported_changes_nothing_when_imported(void)
{
    struct town town;
    int64_t before;

    open_demo(&town);
    before = town_count(&town, "SELECT COUNT(*) FROM journal WHERE tenant = $1");
    check_all_same(&town, EXPORT_CSV, ',', false);
    check_all_same(&town, EXPORT_CSV, ';', true);
    check_all_same(&town, EXPORT_CSV, '\t', false);
    check_all_same(&town, EXPORT_NDJSON, '\0', false);
    check_all_same(&town, EXPORT_GEOJSON, '\0', false);
    CHECK_INT(town_count(&town, "SELECT COUNT(*) FROM journal WHERE tenant = $1"), before);
    town_close(&town);
}

static void filters_and_classes_hold(void)
{
    struct town town;
    struct record_filter filter = {.op = QUERY_EQ, .count = 1};
    struct str value = STR("cinder");
    struct export_options options = {.format = EXPORT_CSV, .classes = POLICY_PUBLIC};
    struct record_ask ask = {.valid_on = RECORD_ALWAYS};
    struct str text;
    int64_t count;

    open_demo(&town);
    ask.type = model_type(town.catalog->model, STR("housing.house"));
    filter.field = register_type_field(ask.type, STR("wall_material"));
    filter.values = &value;
    ask.filters = &filter;
    ask.filter_count = 1;
    text = export_text(&town, &ask, &options, &count);
    CHECK_INT(count, town_count(&town, "SELECT COUNT(*) FROM record WHERE tenant = $1 AND body"
                                       " LIKE '%\"wall_material\":\"cinder\"%'"));
    CHECK(count > 0);
    CHECK(str_starts(text, STR("id,code,address_text,")));
    ask.type = model_type(town.catalog->model, STR("base.person"));
    ask.filter_count = 0;
    text = export_text(&town, &ask, &options, &count);
    CHECK(str_starts(text, STR("id\r\n")));
    town_close(&town);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(what_is_exported_changes_nothing_when_imported),
    CHECK_TEST(filters_and_classes_hold),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
