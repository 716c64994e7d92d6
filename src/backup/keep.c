#include "backup/keep.h"

#include <string.h>

#include "core/file.h"
#include "core/map.h"

struct keeping {
    const struct keep *keep;
    struct arena *arena;
    struct str home;
    struct step_list steps;
    int64_t first; /* the oldest generation that stays */
    struct keep_result *result;
};

static int64_t oldest_kept(const struct keeping *keeping)
{
    int64_t left = MAX(keeping->keep->generations, 1);
    int64_t first = 0;

    for (size_t i = keeping->steps.count; i-- > 0 && left > 0;)
        if (keeping->steps.items[i].is_base) {
            first = keeping->steps.items[i].generation;
            left--;
        }
    return left > 0 ? 0 : first;
}

/* The base first: what is left behind it belongs to nothing and goes the next time. */
static bool remove_steps(const struct keeping *keeping, struct err *err)
{
    for (size_t i = 0; i < keeping->steps.count; i++) {
        const struct step *step = &keeping->steps.items[i];

        if (step->generation >= keeping->first)
            break;
        if (!place_remove(keeping->keep->place, keeping->arena,
                          step_path(keeping->arena, keeping->home, step), err))
            return false;
        keeping->result->generations += step->is_base;
    }
    return true;
}

static void name_list(const struct keeping *keeping, struct map *named, struct str list)
{
    for (; list.len >= STEP_DIGEST; list = str_slice(list, STEP_DIGEST, list.len)) {
        struct buf hex = {.arena = keeping->arena};
        struct digest digest;

        memcpy(digest.bytes, list.ptr, STEP_DIGEST);
        digest_print_hex(&hex, &digest);
        map_put(named, buf_str(&hex), named);
    }
}

static bool name_step(const struct keeping *keeping, const struct step *step, struct map *named,
                      struct err *err)
{
    struct str path = step_path(keeping->arena, keeping->home, step);
    struct str list;

    if (!step_list_files(keeping->keep->place, keeping->arena, path, &list, err))
        return err_while(err, "%.*s", STR_ARG(path));
    name_list(keeping, named, list);
    return true;
}

/* What no step that stays lists, and the municipality does not have now. */
static bool remove_files(const struct keeping *keeping, struct err *err)
{
    struct map named = {.arena = keeping->arena};
    struct str prefix = str_printf(keeping->arena, "%.*s/files/", STR_ARG(keeping->home));
    struct place_list list;

    if (!place_find(keeping->keep->place, keeping->arena, prefix, &list, err))
        return false;
    for (size_t i = 0; i < keeping->steps.count && list.count > 0; i++)
        if (keeping->steps.items[i].generation >= keeping->first &&
            !name_step(keeping, &keeping->steps.items[i], &named, err))
            return false;
    for (size_t i = 0; i < list.count; i++) {
        struct str name = str_slice(list.items[i].name, 3, list.items[i].name.len);

        if (map_find(&named, name) != NULL ||
            file_exists(file_join(keeping->arena, keeping->keep->folder, name)))
            continue;
        if (!place_remove(keeping->keep->place, keeping->arena,
                          step_file_path(keeping->arena, keeping->home, name), err))
            return false;
        keeping->result->files++;
    }
    return true;
}

bool keep_run(const struct keep *keep, struct arena *arena, struct keep_result *result,
              struct err *err)
{
    struct keeping keeping = {keep, arena, step_home(arena, keep->tenant), {0}, 0, result};

    *result = (struct keep_result){0};
    if (!step_find(keep->place, arena, keeping.home, &keeping.steps, err))
        return false;
    keeping.first = oldest_kept(&keeping);
    if (keeping.steps.count == 0 || keeping.steps.items[0].generation >= keeping.first)
        return true; /* nothing goes, so no file does */
    return remove_steps(&keeping, err) && remove_files(&keeping, err);
}
