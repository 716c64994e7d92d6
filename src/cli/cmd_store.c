#include "cli/commands.h"
#include "cli/doctor.h"
#include "store/postgres_check.h"
#include "store/postgres_distribute.h"

static bool need_address(const struct command_run *run, struct err *err)
{
    return run->store.len > 0 ||
           err_set(err, ERR_INPUT,
                   "say which database: --store postgresql://USER@HOST/DATABASE, or UPRAVA_STORE; "
                   "files of SQLite are looked at by uprava doctor");
}

static void say(void *data, enum postgres_check_state state, const char *check, struct str text)
{
    static const enum doctor_state STATES[] = {DOCTOR_FINE, DOCTOR_ADVICE, DOCTOR_BROKEN};

    doctor_say(data, STATES[state], check, "%.*s", STR_ARG(text));
}

bool cmd_store_check(struct command_run *run, struct err *err)
{
    struct doctor doctor = {.run = run};
    const struct postgres_check_sink sink = {say, &doctor};

    if (!need_address(run, err) || !postgres_check(run->arena, run->store, &sink, err))
        return false;
    if (run->is_json)
        command_print(run, "]\n");
    else
        command_print(run, "\n%d fine, %d to think about, %d broken\n", doctor.counts[DOCTOR_FINE],
                      doctor.counts[DOCTOR_ADVICE], doctor.counts[DOCTOR_BROKEN]);
    return doctor.counts[DOCTOR_BROKEN] == 0 ||
           err_set(err, ERR_BROKEN, "something is broken: the lines above say what to do");
}

static void print(void *data, struct str sql)
{
    struct command_run *run = data;

    run->write(run->data, sql);
    run->write(run->data, STR(";\n"));
}

bool cmd_store_distribute(struct command_run *run, struct err *err)
{
    int64_t tables = 0;

    if (!need_address(run, err))
        return false;
    if (command_has(run, "--dry-run"))
        return postgres_distribute_plan(run->arena, run->store, print, run, err);
    if (!postgres_distribute(run->arena, run->store, &tables, err))
        return false;
    command_print(run, "%lld tables are spread over the servers now\n", (long long)tables);
    return true;
}
