#include "registry/record_quality.h"

#include "core/arena.h"
#include "store/rows.h"

struct counting {
    const struct registry *registry;
    const struct register_type *type;
    struct record_quality *quality;
    struct arena *row;
};

static bool count_row(void *data, const struct rows *row, struct err *err)
{
    struct counting *counting = data;
    struct json_limits limits = {.bytes = RECORD_BODY_MAX};
    struct feel_run *run;
    struct json *value;

    arena_reset(counting->row);
    if (!json_parse(counting->row, rows_text(row, 0, 1), &limits, &value, err))
        return err_while(err, "the stored record");
    run = feel_run_new(counting->row, counting->registry->now);
    counting->quality->total++;
    for (size_t i = 0; i < counting->type->rule_count; i++) {
        if (!register_rule_is_broken(run, counting->type, &counting->type->rules[i], value))
            continue;
        if (counting->quality->rules[i].broken++ == 0)
            counting->quality->rules[i].first = rows_int(row, 0, 0);
    }
    return true;
}

bool record_quality_count(const struct registry *registry, const struct register_type *type,
                          struct record_quality *quality, struct err *err)
{
    CLEANUP(arena_close) struct arena *row = arena_open(64 * 1024);
    struct counting counting = {registry, type, quality, row};
    struct query *query = query_new(registry->arena, "id, body", registry->tx->tenant,
                                    catalog_no(registry->catalog, type));

    *quality = (struct record_quality){0};
    if (type->is_temporal)
        query_valid_on(query, catalog_day(registry->catalog, registry->now));
    query_order(query, QUERY_ID, false);
    return query_each(query, registry->tx, count_row, &counting, err);
}
