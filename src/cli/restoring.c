#include "cli/restoring.h"

#include "core/num.h"
#include "core/time.h"

bool restoring_read_moment(struct str text, struct bring *bring, struct err *err)
{
    if (text.len == 0 || (num_parse_int(text, &bring->until) && bring->until > 0) ||
        time_parse_moment(text, &bring->until_at))
        return true;
    return err_set(err, ERR_INPUT,
                   "a number of the journal is needed, or a moment as 2026-03-02T09:00:00+03:00");
}
