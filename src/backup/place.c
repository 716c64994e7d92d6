#include "backup/place.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.h"
#include "core/vec.h"

struct finding {
    struct arena *arena;
    VEC(struct place_item) items;
};

bool place_open(struct place *place, struct arena *arena, struct str target, struct err *err)
{
    *place = (struct place){.name = str_copy(arena, target)};
    if (target.len == 0 || target.ptr[0] != '/')
        return err_set(err, ERR_INPUT, "%.*s is no whole path of a folder", STR_ARG(target));
    place->folder = place->name;
    return true;
}

static struct str path_of(const struct place *place, struct arena *arena, struct str name)
{
    return file_join(arena, place->folder, name);
}

static struct str parent_of(struct str path)
{
    while (path.len > 0 && path.ptr[path.len - 1] != '/')
        path.len--;
    return str_slice(path, 0, path.len > 0 ? path.len - 1 : 0);
}

static bool fail(struct err *err, const char *what, struct str path)
{
    return err_set(err, errno == ENOENT ? ERR_ABSENT : ERR_UNAVAILABLE, "%.*s cannot be %s: %s",
                   STR_ARG(path), what, strerrordesc_np(errno));
}

/* What a crash has left of a draft is no file of the backup. */
static bool walk(struct finding *finding, struct str folder, struct str prefix, struct err *err)
{
    struct str *names;
    struct stat info;
    size_t count;

    if (!file_list(finding->arena, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str path = file_join(finding->arena, folder, names[i]);
        struct str name = prefix.len == 0 ? names[i] : file_join(finding->arena, prefix, names[i]);

        if (str_starts(names[i], STR(FILE_DRAFT_MARK)))
            continue;
        if (stat(str_to_z(finding->arena, path), &info) != 0)
            return fail(err, "looked at", path);
        if (S_ISDIR(info.st_mode)) {
            if (!walk(finding, path, name, err))
                return false;
        } else {
            VEC_PUSH(finding->arena, &finding->items,
                     (struct place_item){name, (int64_t)info.st_size});
        }
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct place_item *)a)->name, ((const struct place_item *)b)->name);
}

bool place_find(const struct place *place, struct arena *arena, struct str prefix,
                struct place_list *list, struct err *err)
{
    struct finding finding = {.arena = arena};
    struct str folder = path_of(place, arena, str_slice(prefix, 0, prefix.len - 1));

    if (file_exists(folder) && !walk(&finding, folder, STR(""), err))
        return false;
    if (finding.items.count > 0)
        qsort(finding.items.items, finding.items.count, sizeof *finding.items.items, by_name);
    *list = (struct place_list){finding.items.items, finding.items.count};
    return true;
}

bool place_draft(const struct place *place, struct arena *arena, struct str name,
                 struct file_draft *draft, struct err *err)
{
    struct str folder = parent_of(path_of(place, arena, name));

    return file_make_folder(folder, err) && file_draft_open(draft, arena, folder, err);
}

bool place_keep(const struct place *place, struct arena *arena, struct str name,
                struct file_draft *draft, struct err *err)
{
    struct str path = path_of(place, arena, name);

    return file_draft_keep(draft, arena, str_slice(path, parent_of(path).len + 1, path.len), err);
}

bool place_fetch(const struct place *place, struct arena *arena, struct str name, int64_t max,
                 int *fd, struct err *err)
{
    (void)max;
    return file_open(path_of(place, arena, name), fd, err);
}

bool place_remove(const struct place *place, struct arena *arena, struct str name, struct err *err)
{
    return file_remove(path_of(place, arena, name), err);
}
