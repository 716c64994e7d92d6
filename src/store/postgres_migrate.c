#include "store/postgres_migrate.h"

#include "core/time.h"
#include "store/migration.h"
#include "store/postgres.h"

#include <time.h>

enum {
    PAUSE_MS = 300, /* between two tries: those who waited behind the first go first */
    PATIENCE_MS = 5 * 60 * 1000,
};

/* How long others may wait behind a step that waits for its lock. */
#define SHORT_WAIT "SET lock_timeout = '200ms'"
#define LONG_WAIT  "SET lock_timeout = 0"
#define USUAL_WAIT "SET lock_timeout = '10s'"

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/*
 * Asked again and again: a session that waits in a statement would be waited for by whoever
 * makes an index, and that is who holds the lock.
 */
static bool take_turn(struct store_session *session, struct arena *scratch, struct err *err)
{
    for (;;) {
        struct str answer;

        if (!postgres_ask(session, scratch, "SELECT pg_try_advisory_lock(7065478623001)", &answer,
                          err))
            return false;
        if (str_equal(answer, STR("t")))
            return true;
        pause_ms(PAUSE_MS);
    }
}

static bool run_steps(struct store_session *session, const struct postgres_migrate *what,
                      int64_t version, struct err *err)
{
    if (!migration_apply(session, what->steps, version, err))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(what->behind); i++)
        if (what->behind[i] != NULL && !session->backend->script(session, what->behind[i], err))
            return false;
    return true;
}

static bool try_steps(struct store_session *session, const struct postgres_migrate *what,
                      bool is_new, struct err *err)
{
    int64_t version = 0;

    if (!session->backend->begin(session, true, err))
        return false;
    bool ok = (is_new || migration_version(session, what->steps, &version, err)) &&
              (version == migration_count(what->steps) || run_steps(session, what, version, err)) &&
              session->backend->commit(session, err);
    if (!ok)
        session->backend->rollback(session);
    return ok;
}

static bool make_steps(struct store_session *session, const struct postgres_migrate *what,
                       bool is_new, struct err *err)
{
    int64_t until_us = time_monotonic_us() + PATIENCE_MS * INT64_C(1000);

    if (!session->backend->script(session, SHORT_WAIT, err))
        return false;
    while (!try_steps(session, what, is_new, err)) {
        if (err->code != ERR_UNAVAILABLE || session->is_broken || time_monotonic_us() > until_us)
            return false;
        *err = (struct err){0};
        pause_ms(PAUSE_MS);
    }
    return true;
}

/* The ones a process left behind that ended in the middle. Writes go on in the meantime. */
static bool drop_unfinished(struct store_session *session, const struct postgres_migrate *what,
                            struct arena *scratch, struct err *err)
{
    struct str question =
        str_printf(scratch,
                   "SELECT format('DROP INDEX CONCURRENTLY %%I.%%I', '%s', c.relname)"
                   " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
                   " WHERE c.relnamespace = '%s'::regnamespace AND NOT i.indisvalid LIMIT 1",
                   what->schema, what->schema);

    for (;;) {
        struct str sql;

        if (!postgres_ask(session, scratch, question.ptr, &sql, err))
            return false;
        if (sql.len == 0)
            return true;
        if (!session->backend->script(session, sql.ptr, err))
            return false;
    }
}

static bool make_indexes(struct store_session *session, const struct postgres_migrate *what,
                         struct arena *scratch, struct err *err)
{
    if (!session->backend->script(session, LONG_WAIT, err) ||
        !drop_unfinished(session, what, scratch, err))
        return false;
    for (size_t i = 0; what->steps[i].name != NULL; i++) {
        struct str lines = str_from_z(what->steps[i].indexes != NULL ? what->steps[i].indexes : "");

        while (lines.len > 0) {
            const char *sql = str_to_z(scratch, str_cut(&lines, '\n'));

            if (*sql != '\0' && !session->backend->script(session, sql, err))
                return err_while(err, "step %s of the tables", what->steps[i].name);
        }
    }
    return session->backend->script(session, USUAL_WAIT, err);
}

bool postgres_migrate(struct store_session *session, const struct postgres_migrate *what,
                      struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str found;

    return take_turn(session, scratch, err) &&
           session->backend->script(
               session, str_printf(scratch, "CREATE SCHEMA IF NOT EXISTS %s", what->schema).ptr,
               err) &&
           postgres_ask(session, scratch,
                        str_printf(scratch, "SELECT to_regclass('%s.migration')", what->schema).ptr,
                        &found, err) &&
           make_steps(session, what, found.len == 0, err) &&
           make_indexes(session, what, scratch, err);
}
