#include "workflow/dmn_check.h"

#include "core/arena.h"
#include "core/vec.h"
#include "xml/xml_tree.h"

static bool read_file(const void *data, struct arena *arena, struct str path, struct str *bytes,
                      struct err *err)
{
    const struct pack_file *file = pack_file_find(data, path);

    (void)arena;
    if (file == NULL)
        return err_set(err, ERR_ABSENT, "the pack has no file %.*s",
                       STR_ARG(str_slice(path, 0, 200)));
    *bytes = file->bytes;
    return true;
}

struct names {
    struct arena *arena;
    size_t skip; /* the folder and its slash */
    VEC(struct str) all;
};

static bool add_name(void *data, const struct pack_file *file)
{
    struct names *names = data;

    VEC_PUSH(names->arena, &names->all, str_slice(file->path, names->skip, file->path.len));
    return true;
}

static bool list_files(const void *data, struct arena *arena, struct str folder, struct str **names,
                       size_t *count, struct err *err)
{
    struct names found = {.arena = arena, .skip = folder.len};

    (void)err;
    folder.len -= folder.len > 0 ? 1 : 0;
    pack_each_file(data, folder, STR(".dmn"), add_name, &found);
    *names = found.all.items;
    *count = found.all.count;
    return true;
}

bool dmn_check_open(struct arena *arena, const struct pack *pack, struct str path,
                    struct dmn_library **library, struct err *err)
{
    struct dmn_source source = {read_file, list_files, pack};

    return dmn_open_source(arena, path, &source, library, err);
}

/* What a conformance kit may want, but nobody means in a pack. */
static void check_logic(const struct dmn_library *library, const struct pack_file *file,
                        struct pack_findings *to)
{
    for (const struct dmn_element *it = library->first->first; it != NULL; it = it->next)
        if ((it->kind == DMN_DECISION || it->kind == DMN_KNOWLEDGE) && it->logic == NULL)
            pack_find(to, file->path, it->xml->line,
                      "%.*s: it decides nothing: give it a table or an expression",
                      STR_ARG(str_slice(it->id.len > 0 ? it->id : it->name, 0, 100)));
}

void dmn_check_file(const struct pack_set *set, const struct pack *pack,
                    const struct pack_file *file, struct pack_findings *to)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct dmn_library *library;
    struct err err = {0};

    (void)set;
    if (!str_ends(file->path, STR(".dmn"))) {
        pack_find(to, file->path, 0, "decisions are files .dmn");
        return;
    }
    if (!dmn_check_open(arena, pack, file->path, &library, &err)) {
        pack_find(to, file->path, 0, "%s", err.text);
        return;
    }
    for (size_t i = 0; i < MIN(library->fault_count, DMN_FAULTS_MAX); i++) {
        const struct dmn_fault *fault = &library->faults[i];

        /* Those of what it imports are told with that file. */
        if (str_equal(fault->file, file->path))
            pack_find(to, file->path, fault->line, "%.*s%s%.*s",
                      STR_ARG(str_slice(fault->id, 0, 100)), fault->id.len > 0 ? ": " : "",
                      STR_ARG(fault->text));
    }
    if (library->fault_count > DMN_FAULTS_MAX)
        pack_find(to, file->path, 0, "%zu more faults are not told",
                  library->fault_count - DMN_FAULTS_MAX);
    check_logic(library, file, to);
}

struct wanted {
    const struct pack *pack;
    struct str name;
    bool is_found;
};

static bool look(void *data, const struct pack_file *file)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct wanted *wanted = data;
    struct dmn_library *library;
    struct err err = {0};

    wanted->is_found = dmn_check_open(arena, wanted->pack, file->path, &library, &err) &&
                       dmn_find_callable(library, wanted->name) != NULL;
    return !wanted->is_found;
}

bool dmn_check_has(const struct pack_set *set, struct str name)
{
    struct wanted wanted = {.name = name};

    for (size_t i = 0; i < set->count && !wanted.is_found; i++) {
        wanted.pack = set->packs[i];
        pack_each_file(wanted.pack, STR("decisions"), STR(".dmn"), look, &wanted);
    }
    return wanted.is_found;
}
