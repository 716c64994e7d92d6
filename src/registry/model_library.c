#include "registry/model_library.h"

#include <pthread.h>

#include "core/file.h"
#include "core/log.h"
#include "core/vec.h"
#include "registry/code_lists.h"

struct known_model {
    struct str key; /* "base@1.0.0 housing@1.0.0" */
    struct model *model;
};

struct model_library {
    pthread_mutex_t lock;
    struct arena *arena; /* the process's: packs and models live as long as it does */
    const struct str *folders;
    size_t folder_count;
    VEC(struct pack *) packs;
    VEC(const struct pack *) own; /* versions of municipalities: found by their version only */
    VEC(struct known_model) models;
    bool is_read;
    struct code_lists_shared lists;
};

struct model_library *model_library_new(struct arena *arena, const struct str *folders,
                                        size_t folder_count)
{
    struct model_library *library = ARENA_NEW(arena, struct model_library);

    pthread_mutex_init(&library->lock, NULL);
    pthread_mutex_init(&library->lists.mutex, NULL);
    library->arena = arena_open(64 * 1024);
    library->folders = folders;
    library->folder_count = folder_count;
    return library;
}

void model_library_close(struct model_library **library)
{
    if (*library == NULL)
        return;
    pthread_mutex_destroy(&(*library)->lock);
    pthread_mutex_destroy(&(*library)->lists.mutex);
    arena_close(&(*library)->arena);
    *library = NULL;
}

struct code_lists_shared *model_library_lists(struct model_library *library)
{
    return &library->lists;
}

static const struct pack *find_own(const struct model_library *library, struct str id,
                                   struct str version)
{
    for (size_t i = 0; i < library->own.count; i++)
        if (str_equal(library->own.items[i]->id, id) &&
            str_equal(library->own.items[i]->version, version))
            return library->own.items[i];
    return NULL;
}

static const struct pack *find_pack(const struct model_library *library, struct str id,
                                    struct str version)
{
    const struct pack *best = version.len > 0 ? find_own(library, id, version) : NULL;

    if (best != NULL)
        return best;
    for (size_t i = 0; i < library->packs.count; i++) {
        const struct pack *pack = library->packs.items[i];

        if (!str_equal(pack->id, id) || (version.len > 0 && !str_equal(pack->version, version)))
            continue;
        if (best == NULL || pack_compare_versions(pack->version, best->version) > 0)
            best = pack;
    }
    return best;
}

/* A pack that cannot be read harms those who ask for it, not the others. */
static void read_pack(struct model_library *library, struct str path)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    struct pack *pack, head;
    struct err err;

    /* Folders are looked at again and again: only what is new is read and stays in memory. */
    if (pack_read_manifest(scratch, path, &head, &err) &&
        find_pack(library, head.id, head.version) != NULL)
        return;
    if (!pack_read(scratch, path, &pack, &err)) {
        LOG(LOG_WARN, "pack.unread", {"folder", path}, {"reason", str_from_z(err.text)});
        return;
    }
    if (pack_read(library->arena, path, &pack, &err))
        VEC_PUSH(library->arena, &library->packs, pack);
}

static bool read_folder(struct model_library *library, struct str folder, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str *names;
    size_t count;

    if (!file_is_folder(folder))
        return true;
    if (!file_list(scratch, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str path = file_join(scratch, folder, names[i]);

        if (file_exists(file_join(scratch, path, STR("pack.json"))))
            read_pack(library, path);
    }
    return true;
}

static bool read_folders(struct model_library *library, struct err *err)
{
    for (size_t i = 0; i < library->folder_count; i++)
        if (!read_folder(library, library->folders[i], err))
            return false;
    library->is_read = true;
    return true;
}

static bool list_newest(struct model_library *library, struct arena *arena, struct pack_set *packs,
                        struct err *err)
{
    VEC(const struct pack *) newest = {0};

    if (!read_folders(library, err))
        return false;
    for (size_t i = 0; i < library->packs.count; i++) {
        const struct pack *pack = library->packs.items[i];

        if (find_pack(library, pack->id, (struct str){0}) == pack)
            VEC_PUSH(arena, &newest, pack);
    }
    return pack_order(arena, newest.items, newest.count, packs, err);
}

bool model_library_packs(struct model_library *library, struct arena *arena, struct pack_set *packs,
                         struct err *err)
{
    pthread_mutex_lock(&library->lock);
    bool ok = list_newest(library, arena, packs, err);
    pthread_mutex_unlock(&library->lock);
    return ok;
}

struct model_wish model_library_wish(struct str text)
{
    struct str id = str_cut(&text, '@');

    return (struct model_wish){id, text};
}

/* Someone asks for the newest, or for one that is not known: there may be others by now. */
static bool must_look_again(const struct model_library *library, const struct model_wish *wishes,
                            size_t count)
{
    if (!library->is_read)
        return true;
    for (size_t i = 0; i < count; i++)
        if (wishes[i].version.len == 0 ||
            find_pack(library, wishes[i].id, wishes[i].version) == NULL)
            return true;
    return false;
}

static bool gather(const struct model_library *library, struct arena *arena,
                   const struct model_wish *wishes, size_t count, struct pack_set *set,
                   struct err *err)
{
    const struct pack **packs = ARENA_ARRAY(arena, const struct pack *, count + 1);

    for (size_t i = 0; i < count; i++) {
        packs[i] = find_pack(library, wishes[i].id, wishes[i].version);
        if (packs[i] == NULL)
            return err_set(err, ERR_ABSENT, "the pack %.*s %.*s is not on this server",
                           STR_ARG(wishes[i].id), STR_ARG(wishes[i].version));
    }
    return pack_order(arena, packs, count, set, err);
}

static bool get_pack(struct model_library *library, struct str id, struct str version,
                     const struct pack **pack, struct err *err)
{
    struct model_wish wish = {id, version};

    if (must_look_again(library, &wish, 1) && !read_folders(library, err))
        return false;
    *pack = find_pack(library, id, version);
    return *pack != NULL || err_set(err, ERR_ABSENT, "the pack %.*s %.*s is not on this server",
                                    STR_ARG(id), STR_ARG(version));
}

bool model_library_pack(struct model_library *library, struct str id, struct str version,
                        const struct pack **pack, struct err *err)
{
    pthread_mutex_lock(&library->lock);
    bool ok = get_pack(library, id, version, pack, err);
    pthread_mutex_unlock(&library->lock);
    return ok;
}

bool model_library_has(struct model_library *library, struct str id, struct str version)
{
    pthread_mutex_lock(&library->lock);
    bool has = find_own(library, id, version) != NULL;
    pthread_mutex_unlock(&library->lock);
    return has;
}

static bool add_own(struct model_library *library, const struct pack *base,
                    const struct model_own *own, struct err *err)
{
    struct arena *arena = library->arena;
    struct pack_file *changes;
    struct pack *pack;

    if (find_own(library, base->id, own->version) != NULL)
        return true;
    changes = ARENA_ARRAY(arena, struct pack_file, own->count + 1);
    for (size_t i = 0; i < own->count; i++) {
        changes[i].path = str_copy(arena, own->changes[i].path);
        if (own->changes[i].bytes.ptr != NULL) /* which stays so of an empty file */
            changes[i].bytes =
                (struct str){str_to_z(arena, own->changes[i].bytes), own->changes[i].bytes.len};
    }
    if (!pack_merge(arena, base, changes, own->count, &pack, err))
        return false;
    pack->version = str_copy(arena, own->version);
    VEC_PUSH(arena, &library->own, pack);
    return true;
}

bool model_library_add(struct model_library *library, const struct pack *base,
                       const struct model_own *own, struct err *err)
{
    pthread_mutex_lock(&library->lock);
    bool ok = add_own(library, base, own, err);
    pthread_mutex_unlock(&library->lock);
    return ok;
}

static struct str print_key(struct arena *arena, const struct pack_set *set)
{
    struct buf key = {.arena = arena};

    for (size_t i = 0; i < set->count; i++)
        buf_printf(&key, "%.*s@%.*s ", STR_ARG(set->packs[i]->id), STR_ARG(set->packs[i]->version));
    return buf_str(&key);
}

static struct model *find_model(const struct model_library *library, struct str key)
{
    for (size_t i = 0; i < library->models.count; i++)
        if (str_equal(library->models.items[i].key, key))
            return library->models.items[i].model;
    return NULL;
}

static bool get_model(struct model_library *library, const struct model_wish *wishes, size_t count,
                      const struct model **model, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct pack_findings findings = {.arena = scratch};
    struct known_model known = {0};
    struct pack_set set;

    if ((must_look_again(library, wishes, count) && !read_folders(library, err)) ||
        !gather(library, scratch, wishes, count, &set, err))
        return false;
    known.model = find_model(library, print_key(scratch, &set));
    if (known.model != NULL) {
        *model = known.model;
        return true;
    }
    if (!gather(library, library->arena, wishes, count, &set, err) ||
        !model_compile(library->arena, &set, &findings, &known.model, err))
        return false;
    known.key = print_key(library->arena, &set);
    VEC_PUSH(library->arena, &library->models, known);
    *model = known.model;
    return true;
}

bool model_library_get(struct model_library *library, const struct model_wish *wishes, size_t count,
                       const struct model **model, struct err *err)
{
    pthread_mutex_lock(&library->lock);
    bool ok = get_model(library, wishes, count, model, err);
    pthread_mutex_unlock(&library->lock);
    return ok;
}
