#include "cli/pack_try.h"

#include "cli/checkers.h"
#include "cli/node.h"
#include "cli/pack_case.h"
#include "core/file.h"
#include "core/json_put.h"
#include "core/time.h"
#include "net/spool.h"
#include "registry/pack_draft.h"

#include <stdlib.h>

enum {
    PACKS_MAX = 64,
    CASES_MAX = 1000,
};

struct trial {
    struct worker_task *task;
    struct pack_draft_sum sum;
    struct pack_set set; /* the municipality's packs, with that one as it would be */
    struct pack_findings findings;
    struct str ids[PACKS_MAX]; /* it and what it requires, as "base@1.0.0" */
    size_t id_count;
    struct buf cases; /* JSON, what a verdict has */
    int64_t done, total;
    bool is_stopping;
    struct err err; /* of telling how far it is */
};

static bool gather(struct trial *trial, const struct catalog *catalog, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct worker_task *task = trial->task;
    const struct pack_set *packs = &catalog->model->packs;
    const struct pack **all = ARENA_ARRAY(task->arena, const struct pack *, packs->count + 1);
    struct json *payload;

    if (!json_parse(task->arena, task->job.payload, NULL, &payload, err) ||
        !tx_read(&tx, task->tenant, err) ||
        !pack_draft_gather(&tx, task->arena, catalog, json_find_text(payload, STR("pack")),
                           &trial->sum, err))
        return false;
    for (size_t i = 0; i < packs->count; i++)
        all[i] = packs->packs[i] == trial->sum.live ? trial->sum.pack : packs->packs[i];
    return pack_order(task->arena, all, packs->count, &trial->set, err);
}

static void check(struct trial *trial)
{
    const struct pack_checker *checkers;
    size_t count;

    trial->findings.arena = trial->task->arena;
    checkers = checkers_list(&count);
    pack_check(&trial->set, trial->sum.pack, checkers, count, &trial->findings);
}

/* Requirements first; of those that are not there pack_order has spoken. */
static void add_required(struct trial *trial, const struct pack *pack)
{
    const struct json *requires = json_find(pack->manifest, STR("requires"));
    struct str id = str_printf(trial->task->arena, "%.*s@%.*s", STR_ARG(pack->id),
                               STR_ARG(pack_shipped_version(pack->version)));

    for (size_t i = 0; i < trial->id_count; i++)
        if (str_equal(trial->ids[i], id))
            return;
    for (const struct json *one = requires == NULL ? NULL : requires->first; one != NULL;
         one = one->next) {
        const struct pack *other = pack_set_find(&trial->set, one->name);

        if (other != NULL)
            add_required(trial, other);
    }
    if (trial->id_count < PACKS_MAX)
        trial->ids[trial->id_count++] = id;
}

/* As if they were shipped: a municipality made for a case has nothing of its own. */
static bool fill_library(const struct trial *trial, struct model_library *library, struct err *err)
{
    for (size_t i = 0; i < trial->set.count; i++) {
        struct model_own whole = {.version = pack_shipped_version(trial->set.packs[i]->version)};

        if (!model_library_add(library, trial->set.packs[i], &whole, err))
            return false;
    }
    return true;
}

static bool count_file(void *data, const struct pack_file *file)
{
    struct trial *trial = data;
    struct str rest = file->bytes;

    while (rest.len > 0)
        trial->total += str_starts(str_trim(str_cut(&rest, '\n')), STR("#"));
    return true;
}

static void put_case(struct trial *trial, struct str title, struct str fault)
{
    buf_add(&trial->cases, trial->cases.len > 0 ? STR(",{") : STR("{"));
    json_put_text(&trial->cases, "title", title);
    json_put_text(&trial->cases, "text", fault);
    json_put_bool(&trial->cases, "is_good", fault.len == 0);
    buf_char(&trial->cases, '}');
}

static bool tell_case(struct pack_case_stand *stand, struct str title, struct str fault)
{
    struct trial *trial = stand->data;

    put_case(trial, title, fault);
    trial->done++;
    return trial->done < CASES_MAX &&
           worker_report(trial->task, STR("Playing the cases of the pack"), trial->done,
                         MAX(trial->total, trial->done), (struct str){0}, &trial->is_stopping,
                         &trial->err) &&
           !trial->is_stopping;
}

static bool play_file(void *data, const struct pack_file *file)
{
    struct pack_case_stand *stand = data;
    struct err err;

    if (!pack_case_play(stand, file, &err)) {
        stand->failed++;
        put_case(stand->data, file->path,
                 str_copy(((struct trial *)stand->data)->task->arena, str_from_z(err.text)));
    }
    return !stand->is_over;
}

static void remove_folder(struct str *folder)
{
    struct err err;

    if (folder->len > 0)
        (void)!file_remove_tree(*folder, &err);
}

/* In a store that is thrown away; nothing of it meets the municipality. */
static bool play(struct trial *trial, bool *is_good, struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(model_library_close) struct model_library *library = NULL;
    CLEANUP(process_library_close) struct process_library *processes = NULL;
    CLEANUP(remove_folder) struct str folder = {0};
    struct arena *arena = trial->task->arena;
    struct buf report = {.arena = arena};
    char *name =
        str_to_z(arena, str_printf(arena, "%.*s/uprava-pack-try-XXXXXX", STR_ARG(spool_folder())));

    if (mkdtemp(name) == NULL)
        return err_set(err, ERR_BROKEN, "no folder could be made in %.*s", STR_ARG(spool_folder()));
    folder = str_from_z(name);
    if (!store_open(arena, &(struct store_options){.folder = folder, .writers = 1}, &store, err))
        return false;
    library = model_library_new(arena, NULL, 0);
    processes = process_library_new(arena, library);
    add_required(trial, trial->sum.pack);
    struct pack_case_stand stand = {.store = store,
                                    .library = library,
                                    .processes = processes,
                                    .pack = trial->sum.pack,
                                    .ids = {.items = trial->ids, .count = trial->id_count},
                                    .report = &report,
                                    .tell = tell_case,
                                    .data = trial};

    if (!fill_library(trial, library, err))
        return false;
    pack_each_file(trial->sum.pack, STR("tests"), STR(".case"), count_file, trial);
    pack_each_file(trial->sum.pack, STR("tests"), STR(".case"), play_file, &stand);
    *is_good = stand.failed == 0;
    if (trial->err.code != ERR_NONE)
        *err = trial->err;
    return trial->err.code == ERR_NONE;
}

static void print_findings(struct buf *out, const struct pack_findings *findings)
{
    for (const struct pack_finding *one = findings->first; one != NULL; one = one->next) {
        buf_add(out, one == findings->first ? STR("{") : STR(",{"));
        json_put_text(out, "file", one->file);
        json_put_int(out, "line", one->line);
        json_put_text(out, "text", one->text);
        buf_char(out, '}');
    }
}

struct judging {
    const struct trial *trial;
    struct str verdict;
};

static bool run_judge(struct tx *tx, void *data, struct err *err)
{
    const struct judging *judging = data;

    return pack_draft_judge(tx, judging->trial->sum.live->id, judging->verdict, time_now(), err);
}

static bool judge(struct trial *trial, bool is_good, struct str *result, struct err *err)
{
    struct buf out = {.arena = trial->task->arena};
    struct judging judging = {.trial = trial};

    buf_char(&out, '{');
    json_put_int(&out, "job", trial->task->job.id);
    json_put_text(&out, "digest", str_from_z(trial->sum.pack->digest));
    json_put_bool(&out, "is_good", is_good && trial->findings.count == 0);
    buf_add(&out, STR(",\"findings\":["));
    print_findings(&out, &trial->findings);
    buf_add(&out, STR("],\"cases\":["));
    buf_add(&out, buf_str(&trial->cases));
    buf_add(&out, STR("]}"));
    judging.verdict = buf_str(&out);
    if (!tenant_write_wait(trial->task->tenant, run_judge, &judging, err))
        return false;
    *result = str_printf(trial->task->arena, "{\"is_good\":%s}",
                         is_good && trial->findings.count == 0 ? "true" : "false");
    return true;
}

/* What does not even hold together is not played: its faults would be told twice. */
static bool run(struct worker_task *task, struct str *result, struct err *err)
{
    const struct node *node = task->context;
    struct trial *trial = ARENA_NEW(task->arena, struct trial);
    const struct catalog *catalog;
    bool is_good = false;

    trial->task = task;
    trial->cases.arena = task->arena;
    if (!catalog_get(task->tenant, node->library, &catalog, err) || !gather(trial, catalog, err) ||
        !worker_report(task, STR("Checking the files of the pack"), 0, 0, (struct str){0},
                       &trial->is_stopping, err))
        return false;
    check(trial);
    if (trial->findings.count == 0 && !play(trial, &is_good, err))
        return false;
    if (trial->is_stopping)
        return true;
    return judge(trial, is_good, result, err);
}

const struct worker_kind pack_try_kind = {.name = STR_INIT("pack.try"), .run = run};
