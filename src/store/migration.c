#include "store/migration.h"

#include "store/rows.h"

int64_t migration_count(const struct migration *steps)
{
    int64_t count = 0;

    while (steps[count].name != NULL)
        count++;
    return count;
}

static bool take_int(void *data, const struct rows *row, struct err *err)
{
    (void)err;
    *(int64_t *)data = rows_int(row, 0, 0);
    return true;
}

bool migration_version(struct store_session *session, const struct migration *steps,
                       int64_t *version, struct err *err)
{
    int64_t found = 0;

    if (!session->backend->run(session, "SELECT max(version) FROM migration",
                               (struct store_args){0},
                               &(struct backend_sink){.row = take_int, .data = &found}, err))
        return false;
    if (found > migration_count(steps))
        return err_set(err, ERR_BROKEN,
                       "the data were written by a newer uprava (tables of version %lld, this "
                       "program knows %lld): install the newer one",
                       (long long)found, (long long)migration_count(steps));
    *version = found;
    return true;
}

bool migration_apply(struct store_session *session, const struct migration *steps, int64_t version,
                     struct err *err)
{
    for (int64_t i = version; i < migration_count(steps); i++) {
        if (!session->backend->script(session, steps[i].sql, err) ||
            !session->backend->run(session, "INSERT INTO migration (version, name) VALUES ($1, $2)",
                                   ARGS(INT(i + 1), TEXT(str_from_z(steps[i].name))),
                                   &(struct backend_sink){0}, err))
            return err_while(err, "step %s of the tables", steps[i].name);
    }
    return true;
}
