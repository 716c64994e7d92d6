/*
 * What a store of the present test stands on: SQLite files in its folder, or, when
 * UPRAVA_TEST_STORE is "postgres", a database of its own in the cluster that
 * tests/lib/cluster started.
 */
#pragma once

#include "check.h"
#include "store/libpq.h"
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline bool stand_is_postgres(void)
{
    const char *asked = getenv("UPRAVA_TEST_STORE");

    return asked != NULL && strcmp(asked, "postgres") == 0;
}

/* As the cluster's superuser, who sees all rows. */
static inline PGconn *stand_connect(const char *database)
{
    const char *cluster = getenv("UPRAVA_TEST_CLUSTER");
    const char *const names[] = {"dbname", "dbname", NULL};
    const char *const texts[] = {cluster, database, NULL};
    struct err err = {0};

    CHECK(cluster != NULL);
    CHECK_OK(libpq_load(&err), &err);
    PGconn *conn = libpq.connectdbParams(names, texts, 1);
    if (libpq.status(conn) != CONNECTION_OK)
        fprintf(stderr, "%s", libpq.errorMessage(conn));
    CHECK(libpq.status(conn) == CONNECTION_OK);
    return conn;
}

static inline void stand_do(PGconn *conn, const char *sql)
{
    PGresult *result = libpq.exec(conn, sql);
    ExecStatusType status = libpq.resultStatus(result);

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        fprintf(stderr, "%s", libpq.errorMessage(conn));
    CHECK(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK);
    libpq.clear(result);
}

static inline bool stand_has(PGconn *conn, const char *database)
{
    const char *const values[] = {database};
    PGresult *result = libpq.execParams(conn, "SELECT 1 FROM pg_database WHERE datname = $1", 1,
                                        NULL, values, NULL, NULL, 0);
    bool has_it = libpq.ntuples(result) == 1;

    libpq.clear(result);
    return has_it;
}

/*
 * A database with all tables in it, made once in a cluster: to copy it takes a fifth of the time.
 * A test that looks at how tables come to be defines STAND_BARE.
 */
static inline const char *stand_template(PGconn *conn)
{
#ifdef STAND_BARE
    (void)conn;
    return "template1";
#else
    const char *host = strstr(getenv("UPRAVA_TEST_CLUSTER"), "host=") + 5;
    struct store_options options = {
        .folder = str_printf(check_arena(), "%.*s/stand", STR_ARG(check_folder())),
        .database = str_printf(check_arena(), "postgresql:///stand_making?user=uprava&host=%.*s",
                               (int)strcspn(host, " "), host),
    };
    struct store *store;
    struct err err = {0};

    if (stand_has(conn, "stand_template"))
        return "stand_template";
    stand_do(conn, "SELECT pg_advisory_lock(1)");
    if (!stand_has(conn, "stand_template")) {
        if (stand_has(conn, "stand_making"))
            stand_do(conn, "DROP DATABASE stand_making");
        stand_do(conn, "CREATE DATABASE stand_making OWNER uprava");
        CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
        store_close(&store);
        stand_do(conn, "ALTER DATABASE stand_making RENAME TO stand_template");
    }
    stand_do(conn, "SELECT pg_advisory_unlock(1)");
    return "stand_template";
#endif
}

/* The same as long as a test runs, unless it wants another; the one before goes. */
static inline const char *stand_name(bool is_new)
{
    static char name[64], folder[256];
    static int made;
    struct str own = check_folder();
    char sql[160];

    if (str_equal(own, str_from_z(folder)) && !is_new)
        return name;
    PGconn *conn = stand_connect("postgres");
    if (name[0] != '\0') {
        snprintf(sql, sizeof sql, "DROP DATABASE %s WITH (FORCE)", name);
        stand_do(conn, sql);
    }
    snprintf(folder, sizeof folder, "%.*s", STR_ARG(own));
    snprintf(name, sizeof name, "test_%d_%d", (int)getpid(), made++);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s OWNER uprava TEMPLATE %s", name,
             stand_template(conn));
    stand_do(conn, sql);
    libpq.finish(conn);
    return name;
}

/* For store_options.database. */
static inline struct str stand_database(void)
{
    const char *cluster = getenv("UPRAVA_TEST_CLUSTER");
    const char *host = cluster != NULL ? strstr(cluster, "host=") : NULL;

    if (!stand_is_postgres())
        return STR("");
    CHECK(host != NULL);
    return str_printf(check_arena(), "postgresql:///%s?user=uprava&host=%.*s", stand_name(false),
                      (int)strcspn(host + 5, " "), host + 5);
}

/* For a test that begins anew: the folder is its own business. */
static inline void stand_renew(void)
{
    if (stand_is_postgres())
        stand_name(true);
}

static inline struct store_options stand_options(void)
{
    return (struct store_options){.folder = check_folder(), .database = stand_database()};
}
