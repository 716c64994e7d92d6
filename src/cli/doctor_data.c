#include "auth/journal.h"
#include "cli/doctor.h"
#include "core/time.h"
#include "store/rows.h"

enum {
    TENANTS_MAX = 100,
    CLOCK_SLACK_MS = 5 * TIME_MINUTE_MS, /* a service that sets the clock may move it so far */
};

/* Of all places that were looked at. */
struct looked {
    int tenants;
    int64_t last_at; /* the newest entry of a journal */
    struct str where;
};

/* SQLite's own quick look at a file: pages, their order, no more than that. */
static bool check_file(struct doctor *doctor, struct tx *tx, struct str name, struct err *err)
{
    struct rows rows;

    if (store_is_shared(doctor->run->node->store))
        return true;
    if (!store_query(tx, doctor->run->arena, &rows, "PRAGMA quick_check(1)", (struct store_args){0},
                     err))
        return false;
    struct str answer = rows.count > 0 ? rows_text(&rows, 0, 0) : STR("no answer");
    if (!str_equal(answer, STR("ok")))
        doctor_say(
            doctor, DOCTOR_BROKEN, "database",
            "the file of %.*s is damaged (%.*s): stop the server, keep the file, and restore "
            "%.*s from the last backup",
            STR_ARG(name), STR_ARG(answer), STR_ARG(name));
    return str_equal(answer, STR("ok")) || err_set(err, ERR_NONE, "told");
}

static bool check_journal(struct doctor *doctor, struct tx *tx, struct str name,
                          struct looked *looked, struct err *err)
{
    struct journal_report report;
    int64_t last_at;

    if (!journal_verify_end(tx, doctor->run->arena, doctor->run->node->key.public_bytes, &report,
                            &last_at, err))
        return false;
    if (report.bad != 0)
        doctor_say(doctor, DOCTOR_BROKEN, "journal",
                   "%.*s: %.*s; run uprava verify, and compare with the last backup", STR_ARG(name),
                   STR_ARG(report.what));
    if (last_at > looked->last_at) {
        looked->last_at = last_at;
        looked->where = name;
    }
    return true;
}

static void look_at(struct doctor *doctor, struct tenant *tenant, struct str name,
                    struct looked *looked)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct err err = {0};

    looked->tenants++;
    if ((!tx_read(&tx, tenant, &err) || !check_file(doctor, &tx, name, &err) ||
         !check_journal(doctor, &tx, name, looked, &err)) &&
        err.code != ERR_NONE)
        doctor_say(doctor, DOCTOR_BROKEN, "database",
                   "%.*s cannot be read: %s; restore it from the last backup", STR_ARG(name),
                   err.text);
}

static void look_at_tenants(struct doctor *doctor, struct looked *looked)
{
    struct command_run *run = doctor->run;
    bool is_one = run->arg_count > 0;
    size_t most = command_has(run, "--all") ? SIZE_MAX : TENANTS_MAX;
    struct store_tenant *tenants;
    size_t count;
    size_t seen = 0;
    struct err err;

    if (!store_list_tenants(run->node->store, run->arena, &tenants, &count, &err)) {
        doctor_say(doctor, DOCTOR_BROKEN, "database", "the list of municipalities: %s", err.text);
        return;
    }
    for (size_t i = 0; i < count && seen < most; i++) {
        CLEANUP(store_release) struct tenant *tenant = NULL;

        if (is_one && !str_equal(tenants[i].name, run->args[0]))
            continue;
        seen++;
        if (store_hold(run->node->store, tenants[i].name, &tenant, &err))
            look_at(doctor, tenant, tenants[i].name, looked);
        else
            doctor_say(doctor, DOCTOR_BROKEN, "database",
                       "%.*s cannot be opened: %s; restore it from the last backup",
                       STR_ARG(tenants[i].name), err.text);
    }
    if (is_one && seen == 0)
        doctor_say(doctor, DOCTOR_BROKEN, "database", "there is no municipality %.*s",
                   STR_ARG(run->args[0]));
    else if (!is_one && seen < count)
        doctor_say(doctor, DOCTOR_ADVICE, "database",
                   "only %zu of %zu municipalities were looked at: name one, or say --all", seen,
                   count);
}

/* Entries stay in the order of their numbers, but what they say about time would be wrong. */
static void compare_clock(struct doctor *doctor, const struct looked *looked)
{
    struct buf text = {.arena = doctor->run->arena};

    if (looked->last_at <= doctor->now + CLOCK_SLACK_MS)
        return;
    time_print_moment(&text, looked->last_at);
    doctor_say(doctor, DOCTOR_BROKEN, "clock",
               "the clock has gone back: the journal of %.*s has an entry of %.*s; set the clock "
               "right (timedatectl), the order of the entries stays as it is",
               STR_ARG(looked->where), STR_ARG(buf_str(&text)));
}

static void look_at_version(struct doctor *doctor)
{
    struct store *store = doctor->run->node->store;
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;
    struct err err;
    bool is_shared = store_is_shared(store);

    if (!tx_read_node(&tx, store, &err) ||
        !store_query(&tx, doctor->run->arena, &rows,
                     is_shared ? "SELECT version()" : "SELECT 'SQLite ' || sqlite_version()",
                     (struct store_args){0}, &err)) {
        doctor_say(doctor, DOCTOR_BROKEN, "store", "the store does not answer: %s", err.text);
        return;
    }
    struct str version = rows_text(&rows, 0, 0);
    if (is_shared)
        version = str_slice(version, 0, str_find(version, STR(" on ")));
    doctor_say(doctor, DOCTOR_FINE, "store", "%.*s", STR_ARG(version));
}

void doctor_look_at_data(struct doctor *doctor)
{
    struct looked looked = {0};
    struct tenant *own = store_hold_node(doctor->run->node->store);
    int before = doctor->counts[DOCTOR_BROKEN];

    look_at_version(doctor);
    look_at(doctor, own, STR("the server"), &looked);
    store_release(&own);
    looked.tenants = 0;
    look_at_tenants(doctor, &looked);
    if (doctor->counts[DOCTOR_BROKEN] == before)
        doctor_say(doctor, DOCTOR_FINE, "database",
                   "the server's own tables and %d municipalities can be read, and their journals "
                   "end where they should",
                   looked.tenants);
    compare_clock(doctor, &looked);
}
