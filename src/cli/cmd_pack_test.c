#include "cli/commands.h"
#include "cli/pack_case.h"
#include "core/file.h"
#include "net/spool.h"

#include <stdlib.h>

/* Of one version of a pack in both the first counts. */
enum {
    BESIDE,
    SHIPPED,
    PLACES,
};

/* The packs it requires, beside it or come with the program; in order, itself last. */
struct gathering {
    struct command_run *run;
    struct str places[PLACES];
    struct str ids[32];
    struct str versions[32]; /* "base@1.1.0" */
    size_t count;
};

static bool find_required(struct gathering *it, struct str id, struct pack *pack, struct err *err)
{
    struct err none;

    return pack_read_manifest(it->run->arena, file_join(it->run->arena, it->places[BESIDE], id),
                              pack, &none) ||
           pack_read_manifest(it->run->arena, file_join(it->run->arena, it->places[SHIPPED], id),
                              pack, err);
}

static bool gather(struct gathering *it, const struct pack *pack, struct err *err)
{
    const struct json *requires = json_find(pack->manifest, STR("requires"));

    for (const struct json *one = requires == NULL ? NULL : requires->first; one != NULL;
         one = one->next) {
        struct pack *other = ARENA_NEW(it->run->arena, struct pack);
        bool is_there = false;

        for (size_t i = 0; i < it->count; i++)
            is_there |= str_equal(it->ids[i], one->name);
        if (is_there)
            continue;
        if (!find_required(it, one->name, other, err) || !gather(it, other, err))
            return false;
    }
    if (it->count == ARRAY_LEN(it->ids))
        return err_set(err, ERR_LIMIT, "it requires more than %zu packs", ARRAY_LEN(it->ids));
    it->versions[it->count] =
        str_printf(it->run->arena, "%.*s@%.*s", STR_ARG(pack->id), STR_ARG(pack->version));
    it->ids[it->count++] = pack->id;
    return true;
}

static bool play_file(void *data, const struct pack_file *file)
{
    struct pack_case_stand *stand = data;
    struct err err;

    if (!pack_case_play(stand, file, &err)) {
        stand->failed++;
        buf_printf(stand->report, "not ok - %s\n", err.text);
    }
    return true;
}

static void remove_folder(struct str *folder)
{
    struct err err;

    if (folder->len > 0)
        (void)!file_remove_tree(*folder, &err);
}

static bool test(struct command_run *run, const struct pack *pack, struct str beside, bool *ok,
                 struct err *err)
{
    CLEANUP(store_close) struct store *store = NULL;
    CLEANUP(model_library_close) struct model_library *library = NULL;
    CLEANUP(process_library_close) struct process_library *processes = NULL;
    CLEANUP(remove_folder) struct str folder = {0};
    struct gathering gathered = {.run = run, .places = {[BESIDE] = beside}};
    struct buf report = {.arena = run->arena};
    char *name = str_to_z(run->arena, str_printf(run->arena, "%.*s/uprava-pack-test-XXXXXX",
                                                 STR_ARG(spool_folder())));

    struct node node;

    if (!node_prepare(run->arena, &(struct node_options){0}, &node, err))
        return false;
    gathered.places[SHIPPED] = file_join(run->arena, node.share, STR("packs"));
    if (!gather(&gathered, pack, err))
        return false;
    if (mkdtemp(name) == NULL)
        return err_set(err, ERR_BROKEN, "no folder could be made in %.*s", STR_ARG(spool_folder()));
    folder = str_from_z(name);
    if (!store_open(run->arena, &(struct store_options){.folder = folder}, &store, err))
        return false;
    library = model_library_new(run->arena, gathered.places, PLACES);
    processes = process_library_new(run->arena, library);
    struct pack_case_stand stand = {.store = store,
                                    .library = library,
                                    .processes = processes,
                                    .pack = pack,
                                    .ids = {gathered.versions, gathered.count},
                                    .report = &report};

    pack_each_file(pack, STR("tests"), STR(".case"), play_file, &stand);
    command_print(run, "%.*s%d passed, %d failed\n", STR_ARG(buf_str(&report)), stand.passed,
                  stand.failed);
    *ok = stand.failed == 0;
    return true;
}

bool cmd_pack_test(struct command_run *run, struct err *err)
{
    bool ok = true;

    for (size_t i = 0; i < run->arg_count; i++) {
        struct str folder = command_path(run, run->args[i]);
        struct pack *pack;
        bool is_right;

        if (!pack_read(run->arena, folder, &pack, err) ||
            !test(run, pack, str_printf(run->arena, "%.*s/..", STR_ARG(folder)), &is_right, err))
            return err_while(err, "%.*s", STR_ARG(folder));
        ok &= is_right;
    }
    return ok || err_set(err, ERR_INPUT, "some cases failed");
}
