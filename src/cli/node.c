#include "cli/node.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/journal.h"
#include "cli/kinds.h"
#include "cli/kinship.h"
#include "cli/lifetime.h"
#include "cli/upkeep.h"
#include "core/file.h"
#include "core/log.h"
#include "core/time.h"
#include "store/news.h"

/* The build tree and an installed program keep their files in different places. */
static bool find_share(struct arena *arena, struct node *node, struct err *err)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    struct str own = {path, len > 0 ? (size_t)len : 0};

    while (own.len > 0 && own.ptr[own.len - 1] != '/')
        own.len--;
    const struct str places[] = {
        node->share, str_printf(arena, "%.*s../share/uprava", STR_ARG(own)),
        str_printf(arena, "%.*s..", STR_ARG(own)),
        str_printf(arena, "%.*s.", STR_ARG(own)), /* an unpacked release */
    };
    for (size_t i = node->share.len > 0 ? 0 : 1; i < ARRAY_LEN(places); i++) {
        if (!file_exists(file_join(arena, places[i], STR("ui/tokens.css"))))
            continue;
        node->share = places[i];
        node->ui = file_join(arena, places[i], STR("ui"));
        node->assets = file_join(arena, places[i], STR("assets"));
        if (!file_is_folder(node->assets))
            node->assets = str_printf(arena, "%.*sassets", STR_ARG(own));
        return true;
    }
    return err_set(err, ERR_ABSENT,
                   "the folders ui and packs were not found beside the program; name the folder "
                   "they are in with --share");
}

/* As a municipality's file is closed, long before the next minute perhaps. */
static bool anchor_last(struct tx *tx, void *data, struct err *err)
{
    const struct node *node = data;

    return journal_anchor(tx, &node->key, time_now(), err);
}

bool node_prepare(struct arena *arena, const struct node_options *options, struct node *node,
                  struct err *err)
{
    *node = (struct node){.arena = arena,
                          .data = options->data,
                          .share = options->share,
                          .unconfirmed_days = options->unconfirmed_days,
                          .link = {.ca_file = options->link_ca},
                          .heir = -1,
                          .backup = PTHREAD_MUTEX_INITIALIZER};
    if (options->store.len > 0 && !str_starts(options->store, STR("postgresql://")) &&
        !str_starts(options->store, STR("postgres://")))
        return err_set(
            err, ERR_INPUT,
            "--store: an address as postgresql://USER@HOST/DATABASE, or none for SQLite");
    return find_share(arena, node, err) &&
           delivery_read(arena, options->notice, &node->delivery, err) && secret_init(err);
}

bool node_open(struct arena *arena, const struct node_options *options, struct node *node,
               struct err *err)
{
    struct str *folders = ARENA_ARRAY(arena, struct str, 2);
    struct store_options store = {
        .folder = options->data,
        .database = options->store,
        .files = options->files,
        .writers = options->writers,
        .wait_ms = options->wait_ms,
        .files_max = options->files_max,
        .memory_max = options->memory_max,
        .slow_flush_ms = options->slow_flush_ms,
        .is_unsafe = options->is_unsafe,
        .limits = options->limits,
        .lock = options->lock,
    };

    struct str key = options->key;

    if (options->files.len > 0 && options->store.len == 0)
        return err_set(err, ERR_INPUT, "--files goes with --store: a database that servers share");
    if (key.len == 0)
        key = file_join(arena, options->data, STR("node.key"));
    if (!node_prepare(arena, options, node, err) || !store_open(arena, &store, &node->store, err))
        return false;
    node->store_wait_ms = options->wait_ms;
    node->drain_ms = options->drain_ms;
    folders[0] = file_join(arena, node->share, STR("packs"));
    folders[1] = file_join(arena, node->data, STR("packs"));
    node->library = model_library_new(arena, folders, 2);
    node->processes = process_library_new(arena, node->library);
    node->flows = (struct conduct_job_context){
        node->processes,
        getenv("UPRAVA_TEST_CLOCK") != NULL ? lifetime_test_clock : time_now,
    };
    node->notices = (struct notice_job_context){node->library, &node->delivery, node->flows.clock};
    node->pdf = (struct pdf_context){
        {.program = office_find(arena, options->office),
         .folder = file_join(arena, options->data, STR("office"))},
        node->flows.clock,
    };
    node->trusted = options->trusted;
    store_on_close(node->store, anchor_last, node);
    return secret_load_key(key, &node->key, err) &&
           kinship_check(node, key, options->files.len > 0 ? options->files : node->data, err);
}

void node_start_workers(struct node *node)
{
    size_t count;
    const struct worker_kind *kinds = kinds_list(node, &count);

    if (node->workers == NULL)
        node->workers = worker_start(node->arena, node->store, kinds, count, 0);
}

static void on_job(void *data, struct str name)
{
    struct node *node = data;

    if (name.len > 0)
        worker_wake(node->workers, name);
    else
        worker_wake_all(node->workers);
}

static void on_state(void *data, const struct err *err)
{
    (void)data;
    if (err->code != ERR_NONE)
        LOG(LOG_ERROR, "store.away", {"reason", str_from_z(err->text)});
    else
        LOG(LOG_INFO, "store.back", {"reason", STR("the database answers again")});
}

bool node_follow_others(struct node *node, struct err *err)
{
    return news_watch(node->store, &(struct news_watcher){on_job, on_state, node}, err);
}

void node_close(struct node *node)
{
    if (node->store == NULL)
        return;
    news_unwatch(node->store);
    if (node->workers != NULL)
        worker_stop(node->workers);
    node->workers = NULL;
    upkeep_tend(node, time_now());
    if (store_holds(node->store) > 0)
        LOG(LOG_ERROR, "node.holds_left",
            {"count", str_printf(node->arena, "%d", store_holds(node->store))});
    store_close(&node->store);
    process_library_close(&node->processes);
    model_library_close(&node->library);
}
