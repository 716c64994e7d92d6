#include "registry/record_quality.h"

#include "core/arena.h"
#include "store/rows.h"

enum {
    PAGE = 500,
};

static void keep(const struct registry *registry, struct record_quality_rule *rule, int64_t no,
                 const struct rows *rows, size_t row)
{
    if (rule->broken++ >= RECORD_QUALITY_SHOWN)
        return;
    rule->shown[rule->shown_count++] =
        (struct record){.no = no,
                        .id = rows_int(rows, row, 0),
                        .title = str_copy(registry->arena, rows_text(rows, row, 1))};
}

static bool look(const struct registry *registry, const struct register_type *type,
                 const struct rows *rows, struct arena *scratch, struct record_quality *quality,
                 struct err *err)
{
    struct json_limits limits = {.bytes = RECORD_BODY_MAX};
    int64_t no = catalog_no(registry->catalog, type);

    for (size_t row = 0; row < rows->count; row++) {
        struct feel_run *run =
            feel_run_new_at(scratch, catalog_clock(registry->catalog, registry->now));
        struct json *value;

        if (!json_parse(scratch, rows_text(rows, row, 2), &limits, &value, err))
            return err_while(err, "the stored record");
        quality->total++;
        for (size_t i = 0; i < type->rule_count; i++)
            if (register_rule_is_broken(run, type, &type->rules[i], value))
                keep(registry, &quality->rules[i], no, rows, row);
    }
    return true;
}

bool record_quality_count(const struct registry *registry, const struct register_type *type,
                          int64_t most, struct record_quality *quality, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(1024 * 1024);
    int64_t last = 0;
    struct rows rows;

    *quality = (struct record_quality){
        .rules = ARENA_ARRAY(registry->arena, struct record_quality_rule, type->rule_count)};
    do {
        struct query *query;

        arena_reset(scratch);
        query = query_new(scratch, "id, title, body", registry->tx->tenant,
                          catalog_no(registry->catalog, type));
        if (type->is_temporal)
            query_valid_on(query, catalog_day(registry->catalog, registry->now));
        query_order(query, QUERY_ID, false);
        query_after(query, NONE, last);
        query_limit(query, PAGE);
        if (!query_run(query, registry->tx, scratch, &rows, err) ||
            !look(registry, type, &rows, scratch, quality, err))
            return false;
        last = rows.count > 0 ? rows_int(&rows, rows.count - 1, 0) : 0;
        quality->is_more = rows.count == PAGE;
    } while (quality->is_more && (most == 0 || quality->total < most));
    return true;
}
