#include "workflow/flow_erase.h"

#include "store/rows.h"

#define ABOUT_IT                                                                                   \
    "(SELECT id FROM flow WHERE tenant = $1 AND register = $2 AND record = $3 AND record <> 0)"

bool flow_erase(struct tx *tx, struct arena *arena, int64_t no, int64_t record, struct err *err)
{
    static const char *const STATEMENTS[] = {
        "DELETE FROM flow_value WHERE tenant = $1 AND flow IN " ABOUT_IT,
        "UPDATE flow_step SET trace = '' WHERE tenant = $1 AND flow IN " ABOUT_IT,
        "UPDATE flow_post SET body = '{}' WHERE tenant = $1 AND (flow IN " ABOUT_IT
        " OR sender IN " ABOUT_IT ")",
    };
    struct rows rows;

    if (!store_query(
            tx, arena, &rows,
            "SELECT 1 FROM flow WHERE tenant = $1 AND register = $2 AND record = $3 AND record <> 0"
            " AND state = 'running' LIMIT 1",
            ARGS(INT(tx->tenant), INT(no), INT(record)), err))
        return false;
    if (rows.count > 0)
        return err_set(err, ERR_CONFLICT, "a process about the record goes on: end it first");
    for (size_t i = 0; i < ARRAY_LEN(STATEMENTS); i++)
        if (!store_exec(tx, STATEMENTS[i], ARGS(INT(tx->tenant), INT(no), INT(record)), err))
            return false;
    return true;
}
