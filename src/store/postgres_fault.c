#include "store/postgres_fault.h"

#include "core/str.h"

#include <string.h>

/* SQLSTATE, or the class that is its first two signs; the first that fits. */
static const struct {
    const char *state;
    enum err_code code;
    const char *text; /* NULL: PostgreSQL's own */
} FAULTS[] = {
    {"23505", ERR_CONFLICT, "there is such a row already"},
    {"57014", ERR_LIMIT, "the search took too long"},
    {"22021", ERR_INPUT, "a text holds a sign that cannot be stored"},
    {"54000", ERR_LIMIT, "the text is too long to be stored"},
    {"53100", ERR_UNAVAILABLE,
     "nothing was saved: the disk of the database is full; free some space and try again"},
    {"53300", ERR_UNAVAILABLE,
     "the database has too many connections: raise max_connections, or run fewer servers"},
    {"25006", ERR_UNAVAILABLE, "nothing was saved: the database can only be read now"},
    {"40001", ERR_UNAVAILABLE, "someone else changed the same just now; try again"},
    {"40P01", ERR_UNAVAILABLE, "someone else changed the same just now; try again"},
    {"55P03", ERR_UNAVAILABLE, "someone else holds the same for too long; try again"},
    {"42501", ERR_BROKEN, NULL},
    {"28", ERR_UNAVAILABLE, NULL}, /* not let in */
    {"3D", ERR_UNAVAILABLE, NULL}, /* no such database */
    {"53", ERR_UNAVAILABLE, NULL}, /* short of something */
    {"57", ERR_UNAVAILABLE, NULL}, /* stopped by its operator */
    {"58", ERR_BROKEN, NULL},      /* its disk */
};

static const char *state_of(const PGresult *result)
{
    const char *state = result != NULL ? libpq.resultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

    return state != NULL ? state : "";
}

bool postgres_fault_is_timeout(const PGresult *result)
{
    return strcmp(state_of(result), "57014") == 0;
}

/* Its first line, without what all have. */
static struct str words_of(const char *text)
{
    struct str words = str_from_z(text);

    words = str_cut(&words, '\n');
    if (str_starts(words, STR("ERROR:")) || str_starts(words, STR("FATAL:")))
        words = str_trim(str_slice(words, 6, words.len - 6));
    return words;
}

bool postgres_fault_set(struct err *err, const PGconn *conn, const PGresult *result,
                        const char *sql)
{
    const char *state = state_of(result);
    struct str words =
        words_of(state[0] != '\0' ? libpq.resultErrorMessage(result) : libpq.errorMessage(conn));

    if (state[0] == '\0')
        return err_set(err, ERR_UNAVAILABLE, "the database does not answer: %.*s", STR_ARG(words));
    for (size_t i = 0; i < ARRAY_LEN(FAULTS); i++) {
        if (strncmp(state, FAULTS[i].state, strlen(FAULTS[i].state)) != 0)
            continue;
        if (FAULTS[i].text != NULL && FAULTS[i].code == ERR_CONFLICT)
            return err_set(err, ERR_CONFLICT, "%s (%.*s)", FAULTS[i].text, STR_ARG(words));
        if (FAULTS[i].text != NULL)
            return err_set(err, FAULTS[i].code, "%s", FAULTS[i].text);
        return err_set(err, FAULTS[i].code, "the database: %.*s", STR_ARG(words));
    }
    return err_set(err, ERR_BROKEN, "%.*s%s%s (SQLSTATE %s)", STR_ARG(words),
                   sql != NULL ? " in: " : "", sql != NULL ? sql : "", state);
}
