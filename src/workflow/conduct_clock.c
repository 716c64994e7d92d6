/* What a flow is told of time in its municipality: whose clock, and which days are worked. */
#include "registry/workdays.h"
#include "workflow/conduct_part.h"

enum {
    AHEAD_DAYS = 10 * 366, /* no term of a process is longer; those of packs are told in any case */
};

bool conduct_set_clock(struct tx *read, struct conduct *conduct, struct err *err)
{
    struct registry registry = {read, conduct->arena, conduct->catalog, conduct->now, NULL};
    int64_t today = catalog_day(conduct->catalog, conduct->now);
    struct workdays_ask ask = {today, today + AHEAD_DAYS, MODEL_RU};

    conduct->after->offset_minutes = catalog_utc_offset(conduct->catalog);
    return !conduct->after->model->has_working_days ||
           workdays_load(&registry, &ask, &conduct->after->calendar, err);
}
