#include "workflow/process.h"

#include <pthread.h>

#include "core/utf8.h"
#include "core/vec.h"
#include "service/commission.h"
#include "service/service.h"
#include "service/service_form.h"
#include "workflow/bpmn_check.h"
#include "workflow/bpmn_read.h"
#include "workflow/dmn_check.h"
#include "workflow/flow_decide.h"

/* A version of a pack, read whole. */
struct process_pack {
    const struct pack *pack;
    VEC(struct process *) processes; /* by file, then as they are drawn */
    VEC(struct dmn_library *) decisions;
    VEC(struct register_type *) forms;
    VEC(struct service *) services;
    VEC(struct commission *) commissions;
};

struct process_library {
    pthread_mutex_t lock;
    struct arena *arena;
    struct model_library *packs;
    VEC(struct process_pack *) read;
};

struct reading {
    struct arena *arena;
    struct process_pack *home;
};

struct process_library *process_library_new(struct arena *arena, struct model_library *packs)
{
    struct process_library *library = ARENA_NEW(arena, struct process_library);

    pthread_mutex_init(&library->lock, NULL);
    library->arena = arena_open(64 * 1024);
    library->packs = packs;
    return library;
}

void process_library_close(struct process_library **library)
{
    if (*library == NULL)
        return;
    pthread_mutex_destroy(&(*library)->lock);
    arena_close(&(*library)->arena);
    *library = NULL;
}

struct model_library *process_library_packs(const struct process_library *library)
{
    return library->packs;
}

static struct str stem(struct str path)
{
    size_t from = str_find_char(path, '/') + 1;

    return str_slice(path, from, str_find_char(str_slice(path, from, path.len), '.'));
}

/* The first thing that keeps it from being executed. */
static struct str fault_of(struct arena *arena, const struct bpmn *model, int node)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct bpmn_findings findings = {.arena = scratch};
    struct buf text = {.arena = arena};

    bpmn_check(model, node, &findings);
    for (const struct bpmn_finding *one = findings.first; one != NULL; one = one->next)
        if (!one->is_warning) {
            bpmn_check_print(&text, one);
            return buf_str(&text);
        }
    return (struct str){0};
}

static bool begins_by_clock(const struct bpmn *model, int process)
{
    for (int i = 0; i < model->node_count; i++)
        if (model->nodes[i].kind == BPMN_START && model->nodes[i].scope == process &&
            bpmn_event_of(&model->nodes[i], BPMN_TIMER) != NULL)
            return true;
    return false;
}

static void find_doers(struct arena *arena, struct process *process)
{
    VEC(struct str) doers = {0};

    for (int i = 0; i < process->model->node_count; i++) {
        const struct bpmn_node *node = &process->model->nodes[i];
        struct str doer = node->kind != BPMN_USER || node->process != process->node
                              ? (struct str){0}
                          : node->work->role.len > 0 ? node->work->role
                                                     : node->lane;
        bool is_known = doer.len == 0;

        for (size_t d = 0; d < doers.count; d++)
            is_known |= str_equal(doers.items[d], doer);
        if (!is_known)
            VEC_PUSH(arena, &doers, doer);
    }
    process->doers = doers.items;
    process->doer_count = doers.count;
}

static void add_process(struct reading *reading, const struct pack_file *file,
                        const struct bpmn *model, const struct bpmn_node *node, bool is_first)
{
    struct process *process = ARENA_NEW(reading->arena, struct process);
    const struct pack *pack = reading->home->pack;
    struct str right = process_right(reading->arena, pack->id, file->path);

    *process = (struct process){
        .name = is_first
                    ? right
                    : str_printf(reading->arena, "%.*s#%.*s", STR_ARG(right), STR_ARG(node->id)),
        .right = right,
        .title = node->name.len > 0 ? node->name : right,
        .file = file->path,
        .id = node->id,
        .fault = fault_of(reading->arena, model, node->index),
        .pack = pack,
        .model = model,
        .node = node->index,
        .begins_by_clock = begins_by_clock(model, node->index),
        .home = reading->home,
    };
    find_doers(reading->arena, process);
    VEC_PUSH(reading->arena, &reading->home->processes, process);
}

/* A file nobody can read harms its own flows only; pack check says what is wrong with it. */
static bool add_model(void *data, const struct pack_file *file)
{
    struct reading *reading = data;
    const struct bpmn *model;
    bool is_first = true;
    struct err err;

    if (!bpmn_read(reading->arena, file->bytes, &model, &err))
        return true;
    for (int i = 0; i < model->node_count; i++) {
        if (model->nodes[i].kind != BPMN_PROCESS || !model->nodes[i].is_executable)
            continue;
        add_process(reading, file, model, &model->nodes[i], is_first);
        is_first = false;
    }
    return true;
}

static bool add_decisions(void *data, const struct pack_file *file)
{
    struct reading *reading = data;
    struct dmn_library *library;
    struct err err;

    if (dmn_check_open(reading->arena, reading->home->pack, file->path, &library, &err))
        VEC_PUSH(reading->arena, &reading->home->decisions, library);
    return true;
}

static bool add_service(void *data, const struct pack_file *file)
{
    struct reading *reading = data;
    struct pack_findings findings = {.arena = reading->arena};
    struct service *service = service_read(reading->arena, reading->home->pack, file, &findings);

    if (service != NULL)
        VEC_PUSH(reading->arena, &reading->home->services, service);
    return true;
}

static bool add_commission(void *data, const struct pack_file *file)
{
    struct reading *reading = data;
    struct pack_findings findings = {.arena = reading->arena};
    struct commission *commission =
        commission_read(reading->arena, reading->home->pack, file, &findings);

    if (commission != NULL)
        VEC_PUSH(reading->arena, &reading->home->commissions, commission);
    return true;
}

static bool add_form(void *data, const struct pack_file *file)
{
    struct reading *reading = data;
    struct pack_findings findings = {.arena = reading->arena};
    struct register_type *form =
        register_type_compile_form(reading->arena, reading->home->pack, file, &findings);

    if (form != NULL)
        VEC_PUSH(reading->arena, &reading->home->forms, form);
    return true;
}

static struct process_pack *read_pack(struct process_library *library, const struct pack *pack)
{
    struct process_pack *home = ARENA_NEW(library->arena, struct process_pack);
    struct reading reading = {library->arena, home};

    home->pack = pack;
    pack_each_file(pack, STR("processes"), STR(".bpmn"), add_model, &reading);
    pack_each_file(pack, STR("decisions"), STR(".dmn"), add_decisions, &reading);
    pack_each_file(pack, STR("forms"), STR(".json"), add_form, &reading);
    pack_each_file(pack, STR("services"), STR(".json"), add_service, &reading);
    pack_each_file(pack, STR("commissions"), STR(".json"), add_commission, &reading);
    VEC_PUSH(library->arena, &library->read, home);
    return home;
}

static const struct process_pack *find_pack(const struct process_library *library, struct str id,
                                            struct str version)
{
    for (size_t i = 0; i < library->read.count; i++) {
        const struct process_pack *home = library->read.items[i];

        if (str_equal(home->pack->id, id) && str_equal(home->pack->version, version))
            return home;
    }
    return NULL;
}

bool process_library_has(struct process_library *library, const struct model *model)
{
    bool has_all = true;

    if (pthread_mutex_trylock(&library->lock) != 0) /* whoever holds it may be reading one */
        return false;
    for (size_t i = 0; has_all && i < model->packs.count; i++)
        has_all =
            find_pack(library, model->packs.packs[i]->id, model->packs.packs[i]->version) != NULL;
    pthread_mutex_unlock(&library->lock);
    return has_all;
}

static bool get_pack(struct process_library *library, struct str id, struct str version,
                     const struct process_pack **home, struct err *err)
{
    const struct pack *pack;

    *home = find_pack(library, id, version);
    if (*home != NULL)
        return true;
    if (!model_library_pack(library->packs, id, version, &pack, err))
        return false;
    *home = read_pack(library, pack);
    return true;
}

/* What stands in it never changes once it is given away. */
static bool take_pack(struct process_library *library, struct str id, struct str version,
                      const struct process_pack **home, struct err *err)
{
    pthread_mutex_lock(&library->lock);
    bool ok = get_pack(library, id, version, home, err);
    pthread_mutex_unlock(&library->lock);
    return ok;
}

bool process_get(struct process_library *library, const struct process_key *key,
                 const struct process **process, struct err *err)
{
    const struct process_pack *home;

    if (!take_pack(library, key->pack, key->version, &home, err))
        return false;
    for (size_t i = 0; i < home->processes.count; i++) {
        const struct process *one = home->processes.items[i];

        if (str_equal(one->id, key->id) && str_equal(one->file, key->file)) {
            *process = one;
            return true;
        }
    }
    return err_set(err, ERR_ABSENT, "the pack %.*s %.*s has no process %.*s in %.*s",
                   STR_ARG(key->pack), STR_ARG(key->version), STR_ARG(utf8_head(key->id, 100)),
                   STR_ARG(utf8_head(key->file, 100)));
}

bool process_find(struct process_library *library, const struct model *model, struct str name,
                  const struct process **process, struct err *err)
{
    const struct pack *pack =
        pack_set_find(&model->packs, str_slice(name, 0, str_find_char(name, '.')));
    const struct process_pack *home;

    if (pack != NULL) {
        if (!take_pack(library, pack->id, pack->version, &home, err))
            return false;
        for (size_t i = 0; i < home->processes.count; i++)
            if (str_equal(home->processes.items[i]->name, name)) {
                *process = home->processes.items[i];
                return true;
            }
    }
    return err_set(err, ERR_ABSENT, "there is no process \"%.*s\"", STR_ARG(utf8_head(name, 100)));
}

bool process_list(struct process_library *library, const struct model *model, struct arena *arena,
                  const struct process ***processes, size_t *count, struct err *err)
{
    VEC(const struct process *) found = {0};

    for (size_t i = 0; i < model->packs.count; i++) {
        const struct pack *pack = model->packs.packs[i];
        const struct process_pack *home;

        if (!take_pack(library, pack->id, pack->version, &home, err))
            return false;
        for (size_t j = 0; j < home->processes.count; j++)
            VEC_PUSH(arena, &found, home->processes.items[j]);
    }
    *processes = found.items;
    *count = found.count;
    return true;
}

bool process_services(struct process_library *library, const struct model *model,
                      struct arena *arena, const struct service ***services, size_t *count,
                      struct err *err)
{
    VEC(const struct service *) found = {0};

    for (size_t i = 0; i < model->packs.count; i++) {
        const struct pack *pack = model->packs.packs[i];
        const struct process_pack *home;

        if (!take_pack(library, pack->id, pack->version, &home, err))
            return false;
        for (size_t j = 0; j < home->services.count; j++)
            VEC_PUSH(arena, &found, home->services.items[j]);
    }
    *services = found.items;
    *count = found.count;
    return true;
}

bool process_service(struct process_library *library, const struct model *model, struct str name,
                     const struct service **service, struct err *err)
{
    const struct pack *pack =
        pack_set_find(&model->packs, str_slice(name, 0, str_find_char(name, '.')));
    const struct process_pack *home;

    if (pack != NULL && !take_pack(library, pack->id, pack->version, &home, err))
        return false;
    for (size_t i = 0; pack != NULL && i < home->services.count; i++)
        if (str_equal(home->services.items[i]->name, name)) {
            *service = home->services.items[i];
            return true;
        }
    return err_set(err, ERR_ABSENT, "there is no such service");
}

bool process_commissions(struct process_library *library, const struct model *model,
                         struct arena *arena, const struct commission ***commissions, size_t *count,
                         struct err *err)
{
    VEC(const struct commission *) found = {0};

    for (size_t i = 0; i < model->packs.count; i++) {
        const struct pack *pack = model->packs.packs[i];
        const struct process_pack *home;

        if (!take_pack(library, pack->id, pack->version, &home, err))
            return false;
        for (size_t j = 0; j < home->commissions.count; j++)
            VEC_PUSH(arena, &found, home->commissions.items[j]);
    }
    *commissions = found.items;
    *count = found.count;
    return true;
}

bool process_commission(struct process_library *library, const struct model *model, struct str name,
                        const struct commission **commission, struct err *err)
{
    const struct pack *pack =
        pack_set_find(&model->packs, str_slice(name, 0, str_find_char(name, '.')));
    const struct process_pack *home;

    if (pack != NULL && !take_pack(library, pack->id, pack->version, &home, err))
        return false;
    for (size_t i = 0; pack != NULL && i < home->commissions.count; i++)
        if (str_equal(home->commissions.items[i]->name, name)) {
            *commission = home->commissions.items[i];
            return true;
        }
    return err_set(err, ERR_ABSENT, "there is no such commission");
}

struct str process_right(struct arena *arena, struct str pack, struct str file)
{
    return str_printf(arena, "%.*s.%.*s", STR_ARG(pack), STR_ARG(stem(file)));
}

static const struct dmn_library *find_decisions(const struct process_pack *home, struct str name)
{
    for (size_t i = 0; i < home->decisions.count; i++)
        if (flow_decide_finds(home->decisions.items[i], name))
            return home->decisions.items[i];
    return NULL;
}

const struct dmn_library *process_decisions(struct process_library *library,
                                            const struct model *model,
                                            const struct process *process, struct str name)
{
    const struct dmn_library *found = find_decisions(process->home, name);

    for (size_t i = 0; found == NULL && i < model->packs.count; i++) {
        const struct pack *pack = model->packs.packs[i];
        const struct process_pack *home;
        struct err err;

        if (take_pack(library, pack->id, pack->version, &home, &err))
            found = find_decisions(home, name);
    }
    return found;
}

const struct register_type *process_form(const struct process *process, struct str name)
{
    for (size_t i = 0; i < process->home->forms.count; i++)
        if (str_equal(process->home->forms.items[i]->name, name))
            return process->home->forms.items[i];
    return NULL;
}
