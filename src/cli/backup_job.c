#include "cli/backup_job.h"

#include <string.h>

#include "auth/journal.h"
#include "backup/bring.h"
#include "backup/fetched.h"
#include "cli/backup_plan.h"
#include "cli/backup_run.h"
#include "cli/restoring.h"
#include "cli/verify.h"
#include "core/file.h"
#include "core/time.h"
#include "registry/tenancy.h"
#include "store/adopt.h"

enum {
    SWAP_WAIT_MS = 20 * 1000, /* for those who are just reading in it */
};

/* One job: who it is about, how far it is. */
struct doing {
    struct worker_task *task;
    struct node *node;
    const struct json *payload;
    struct str tenant;
    struct str step; /* msgid */
    struct buf said; /* by a command's own words */
    bool is_stopping;
    struct err lost; /* the job is another's now */
};

static bool begin(struct doing *doing, struct worker_task *task, const char *step, struct err *err)
{
    struct json *payload;

    *doing = (struct doing){
        .task = task, .node = task->context, .step = str_from_z(step), .said.arena = task->arena};
    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err))
        return false;
    doing->payload = payload;
    doing->tenant = json_find_text(payload, STR("tenant"));
    return true;
}

static bool on_progress(void *data, int64_t done, int64_t total)
{
    struct doing *doing = data;

    if (!worker_report(doing->task, doing->step, done, total, (struct str){0}, &doing->is_stopping,
                       &doing->lost))
        doing->is_stopping = true;
    return !doing->is_stopping;
}

/*
 * Told to stop, it is stopped and has not failed.  Nobody waits three days for another try: a
 * person looks at it, and the server's own backups come again anyway.
 */
static bool end(struct doing *doing, bool ok, struct str *result, struct err *err)
{
    if (doing->lost.code != ERR_NONE) {
        *err = doing->lost;
        return false;
    }
    if (!ok && doing->is_stopping) {
        *result = (struct str){0};
        return true;
    }
    if (!ok && err->code == ERR_UNAVAILABLE)
        err->code = ERR_BROKEN;
    return ok;
}

static bool open_place(const struct doing *doing, struct backup_run *run, struct err *err)
{
    struct node *node = doing->node;

    *run = (struct backup_run){.node = node};
    if (node->plan == NULL)
        return err_set(err, ERR_INPUT, "this server does not know where backups are");
    return backup_run_open(run, doing->task->arena, node, backup_plan_where(node->plan), err);
}

static bool go_on(void *data)
{
    const struct doing *doing = data;

    return !doing->is_stopping;
}

static bool take(struct worker_task *task, struct str *result, struct err *err)
{
    CLEANUP(backup_run_close) struct backup_run run = {0};
    struct doing doing;
    struct take_result taken;

    if (!begin(&doing, task, "Copying to the backup", err) || !open_place(&doing, &run, err))
        return false;
    place_watch(&run.place, go_on, &doing);
    run.keep = backup_plan_keep(doing.node->plan);
    run.progress = on_progress;
    run.data = &doing;
    bool ok = backup_run_one(&run, task->arena, doing.tenant, TAKE_CHANGES, &taken, err);
    *result = str_printf(task->arena, "{\"entry\":%lld,\"files\":%lld,\"bytes\":%lld}",
                         (long long)taken.head.seq, (long long)taken.files, (long long)taken.bytes);
    return end(&doing, ok, result, err);
}

static bool hear(void *data, struct str text)
{
    struct doing *doing = data;

    buf_add(&doing->said, text);
    return true;
}

/* What was brought is looked at as if it were a data directory of its own. */
static bool look_at(struct doing *doing, struct store *store, struct fetched *fetched,
                    struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(store_release) struct tenant *live = NULL;
    struct arena *arena = doing->task->arena;
    struct node node = *doing->node;
    struct command_run run = {.arena = arena, .node = &node, .write = hear, .data = doing};
    bool is_good = true;
    int64_t ignored;

    node.store = store;
    if (!verify_tenant(&run, doing->tenant, &is_good, err) ||
        !store_hold(store, doing->tenant, &tenant, err) ||
        !fetched_count(tenant, arena, &fetched->counts, &fetched->last_at, err) ||
        !store_hold(doing->node->store, doing->tenant, &live, err) ||
        !fetched_count(live, arena, &fetched->present, &ignored, err))
        return false;
    return is_good || err_set(err, ERR_BROKEN, "what comes back of it does not hold together");
}

static bool unpack(struct doing *doing, const struct backup_run *run, struct store *store,
                   struct fetched *fetched, struct err *err)
{
    struct arena *arena = doing->task->arena;
    struct str folder = fetched_folder(doing->node->store, arena, doing->tenant);
    struct bring bring = {.place = &run->place,
                          .seal = run->seal,
                          .tenant = doing->tenant,
                          .folder = file_join(arena, folder, STR("restoring")),
                          .file = STR("data.db"),
                          .progress = on_progress,
                          .data = doing};
    struct bring_result brought;
    struct store_tenant live;
    struct adopt adopted;

    if (!restoring_read_moment(fetched->asked, &bring, err) ||
        !store_get_tenant(doing->node->store, arena, doing->tenant, &live, err) ||
        !bring_run(&bring, arena, &brought, err))
        return false;
    if (brought.last.tenant.id != live.id)
        return err_set(err, ERR_CONFLICT,
                       "the backup is of another municipality that had this word in addresses");
    adopted = (struct adopt){.info = brought.last.tenant, .folder = bring.folder};
    adopted.info.name = doing->tenant;
    doing->step = STR("Looking whether it is whole");
    (void)on_progress(doing, 0, 0);
    return adopt_tenant(store, arena, &adopted, err) && look_at(doing, store, fetched, err);
}

static bool fetch_into(struct doing *doing, const struct backup_run *run, struct fetched *fetched,
                       struct err *err)
{
    struct arena *arena = doing->task->arena;
    struct store *live = doing->node->store;
    struct store_options options = {.folder = fetched_folder(live, arena, doing->tenant),
                                    .writers = 1};
    struct store *store = NULL;
    struct err ignored;

    if (!fetched_drop(live, arena, doing->tenant, err) || !file_make_folder(options.folder, err))
        return false;
    bool ok = store_open(arena, &options, &store, err) && unpack(doing, run, store, fetched, err);
    store_close(&store);
    fetched->at = time_now();
    if (ok && fetched_write(live, arena, doing->tenant, fetched, err))
        return true;
    (void)!fetched_drop(live, arena, doing->tenant, &ignored);
    return false;
}

static bool fetch(struct worker_task *task, struct str *result, struct err *err)
{
    CLEANUP(backup_run_close) struct backup_run run = {0};
    struct fetched fetched = {0};
    struct doing doing;

    if (!begin(&doing, task, "Fetching from the backup", err) || !open_place(&doing, &run, err))
        return false;
    place_watch(&run.place, go_on, &doing);
    fetched.asked = json_find_text(doing.payload, STR("until"));
    pthread_mutex_lock(&doing.node->backup);
    bool ok = fetch_into(&doing, &run, &fetched, err);
    pthread_mutex_unlock(&doing.node->backup);
    *result = str_printf(task->arena, "{\"entry\":%lld}", (long long)fetched.counts.entry);
    return end(&doing, ok, result, err);
}

static struct tenancy by_operator(const struct doing *doing)
{
    return (struct tenancy){doing->node->store, doing->node->library, doing->task->job.actor,
                            time_now()};
}

/* Where the state is that shall take the place. */
static bool find_source(const struct doing *doing, struct str *folder, struct err *err)
{
    struct arena *arena = doing->task->arena;
    struct str from = json_find_text(doing->payload, STR("aside"));
    int64_t at;

    *folder = fetched_home(doing->node->store, arena, doing->tenant);
    if (from.len == 0)
        return true;
    *folder = str_printf(arena, "%.*s/replaced/%.*s", STR_ARG(store_folder(doing->node->store)),
                         STR_ARG(from));
    return fetched_is_aside(from, doing->tenant, &at) ||
           err_set(err, ERR_INPUT, "%.*s is no state of this municipality", STR_ARG(from));
}

static bool put_in_place(struct doing *doing, struct str folder, struct err *err)
{
    struct arena *arena = doing->task->arena;
    struct adopt adopted = {
        .folder = folder, .is_replacing = true, .wait_ms = SWAP_WAIT_MS, .now = time_now()};

    return store_get_tenant(doing->node->store, arena, doing->tenant, &adopted.info, err) &&
           adopt_tenant(doing->node->store, arena, &adopted, err);
}

static bool note_restored(const struct doing *doing, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct tenancy by = by_operator(doing);

    return store_hold(doing->node->store, doing->tenant, &tenant, err) &&
           tenancy_note(&by, "tenant.restore", tenant, err);
}

/*
 * Done twice, the second time finds the folder gone: it was put in place.  Nobody writes from the
 * suspension on, so nothing is acknowledged that is not in the state which goes aside.
 */
static bool swap_states(struct doing *doing, struct err *err)
{
    struct tenancy by = by_operator(doing);
    bool was_suspended = json_is_true(json_find(doing->payload, STR("was_suspended")));
    struct str folder;
    struct err reason = {0};

    if (!find_source(doing, &folder, err))
        return false;
    if (!file_exists(folder) && doing->task->job.tries == 1)
        return err_set(err, ERR_ABSENT, "there is nothing that could take its place any more");
    if (!tenancy_suspend(&by, doing->tenant, true, err))
        return false;
    bool ok = !file_exists(folder) || put_in_place(doing, folder, &reason);
    ok = ok && note_restored(doing, &reason);
    if (!was_suspended && !tenancy_suspend(&by, doing->tenant, false, err))
        return false;
    worker_wake(doing->task->pool, doing->tenant);
    if (!ok)
        *err = reason;
    return ok && fetched_drop(doing->node->store, doing->task->arena, doing->tenant, err);
}

static bool swap(struct worker_task *task, struct str *result, struct err *err)
{
    struct doing doing;

    if (!begin(&doing, task, "Putting it into its place", err))
        return false;
    pthread_mutex_lock(&doing.node->backup);
    bool ok = swap_states(&doing, err);
    pthread_mutex_unlock(&doing.node->backup);
    *result = STR("{}");
    return end(&doing, ok, result, err);
}

/* As the command does it; only to where a data directory is already. */
static bool move(struct worker_task *task, struct str *result, struct err *err)
{
    struct doing doing;
    struct str data = {0};

    if (!begin(&doing, task, "Moving the municipality", err))
        return false;
    struct str to = json_find_text(doing.payload, STR("to"));
    struct str words[] = {STR("tenant"), STR("move"), doing.tenant, STR("--to"), to};
    struct command_run run = {.arena = task->arena,
                              .node = doing.node,
                              .home = doing.node->data,
                              .folder = STR("/"),
                              .write = hear,
                              .data = &doing,
                              .progress = on_progress};
    if (!file_exists(file_join(task->arena, to, STR("node.db"))))
        return err_set(err, ERR_INPUT, "%.*s is no data directory", STR_ARG(to));
    bool ok = command_parse(task->arena, words, ARRAY_LEN(words), &run, &data, err);
    if (ok) {
        run.node = doing.node;
        ok = on_progress(&doing, 0, 0) && run.command->run(&run, err);
    }
    *result = STR("{}");
    return end(&doing, ok, result, err);
}

const struct worker_kind backup_job_kinds[BACKUP_JOB_KINDS] = {
    {.name = STR_INIT("backup.take"), .run = take},
    {.name = STR_INIT("backup.fetch"), .run = fetch},
    {.name = STR_INIT("backup.swap"), .run = swap},
    {.name = STR_INIT("tenant.move"), .run = move},
};
