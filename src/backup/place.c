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

/* Not /tmp, which may be memory. */
static struct str find_room(void)
{
    const char *named = getenv("TMPDIR");

    return named != NULL && *named != '\0' ? str_from_z(named) : STR("/var/tmp");
}

static bool open_bucket(struct place *place, struct arena *arena, struct str access_path,
                        struct err *err)
{
    struct bucket_access access;

    place->folder = find_room();
    place->bucket = ARENA_NEW(arena, struct bucket);
    return bucket_access_read(&access, arena, access_path, err) &&
           bucket_open(place->bucket, arena, place->name, &access, err);
}

bool place_open(struct place *place, struct arena *arena, struct str target, struct str access,
                struct err *err)
{
    *place = (struct place){.name = str_copy(arena, target)};
    if (bucket_is_address(target))
        return open_bucket(place, arena, access, err);
    if (target.len == 0 || target.ptr[0] != '/')
        return err_set(err, ERR_INPUT, "%.*s is no whole path of a folder", STR_ARG(target));
    place->folder = place->name;
    return true;
}

void place_close(struct place *place)
{
    if (place->bucket != NULL)
        bucket_close(place->bucket);
    place->bucket = NULL;
}

void place_watch(struct place *place, bool (*go_on)(void *data), void *data)
{
    if (place->bucket == NULL)
        return;
    place->bucket->go_on = go_on;
    place->bucket->data = data;
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

static bool note_item(void *data, struct str name, int64_t size, struct err *err)
{
    struct finding *finding = data;

    (void)err;
    VEC_PUSH(finding->arena, &finding->items,
             (struct place_item){str_copy(finding->arena, name), size});
    return true;
}

static bool find_all(const struct place *place, struct finding *finding, struct str prefix,
                     struct err *err)
{
    struct str folder = path_of(place, finding->arena, str_slice(prefix, 0, prefix.len - 1));

    if (place->bucket != NULL)
        return bucket_each(place->bucket, prefix, note_item, finding, err);
    return !file_exists(folder) || walk(finding, folder, STR(""), err);
}

bool place_find(const struct place *place, struct arena *arena, struct str prefix,
                struct place_list *list, struct err *err)
{
    struct finding finding = {.arena = arena};

    if (!find_all(place, &finding, prefix, err))
        return false;
    if (finding.items.count > 0)
        qsort(finding.items.items, finding.items.count, sizeof *finding.items.items, by_name);
    *list = (struct place_list){finding.items.items, finding.items.count};
    return true;
}

static bool find_folders(const struct place *place, struct finding *finding, struct str prefix,
                         struct err *err)
{
    struct str folder = path_of(place, finding->arena, str_slice(prefix, 0, prefix.len - 1));
    struct str *names = NULL;
    size_t count = 0;

    if (place->bucket != NULL)
        return bucket_each_folder(place->bucket, prefix, note_item, finding, err);
    if (file_exists(folder) && !file_list(finding->arena, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (file_is_folder(file_join(finding->arena, folder, names[i])))
            VEC_PUSH(finding->arena, &finding->items, (struct place_item){names[i], 0});
    return true;
}

bool place_folders(const struct place *place, struct arena *arena, struct str prefix,
                   struct str **names, size_t *count, struct err *err)
{
    struct finding finding = {.arena = arena};

    if (!find_folders(place, &finding, prefix, err))
        return false;
    if (finding.items.count > 0)
        qsort(finding.items.items, finding.items.count, sizeof *finding.items.items, by_name);
    *names = ARENA_ARRAY(arena, struct str, finding.items.count + 1);
    for (size_t i = 0; i < finding.items.count; i++)
        (*names)[i] = finding.items.items[i].name;
    *count = finding.items.count;
    return true;
}

/* Without a name: whatever happens, it is gone with the process. */
static bool open_nameless(const struct place *place, struct arena *arena, struct file_draft *draft,
                          struct err *err)
{
    if (!file_draft_open(draft, arena, place->folder, err))
        return false;
    unlink(draft->path);
    draft->path[0] = '\0';
    return true;
}

static bool upload(const struct place *place, struct str name, struct file_draft *draft,
                   struct err *err)
{
    off_t size = lseek(draft->fd, 0, SEEK_END);

    if (size < 0 || !bucket_put(place->bucket, name, draft->fd, (int64_t)size, err))
        return err_while(err, "%.*s", STR_ARG(name));
    close(draft->fd);
    draft->path = NULL;
    return true;
}

bool place_draft(const struct place *place, struct arena *arena, struct str name,
                 struct file_draft *draft, struct err *err)
{
    struct str folder = parent_of(path_of(place, arena, name));

    if (place->bucket != NULL)
        return open_nameless(place, arena, draft, err);
    return file_make_folder(folder, err) && file_draft_open(draft, arena, folder, err);
}

bool place_keep(const struct place *place, struct arena *arena, struct str name,
                struct file_draft *draft, struct err *err)
{
    struct str path = path_of(place, arena, name);

    if (place->bucket != NULL)
        return upload(place, name, draft, err);
    return file_draft_keep(draft, arena, str_slice(path, parent_of(path).len + 1, path.len), err);
}

bool place_fetch(const struct place *place, struct arena *arena, struct str name, int64_t max,
                 int *fd, struct err *err)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};

    if (place->bucket == NULL)
        return file_open(path_of(place, arena, name), fd, err);
    if (!open_nameless(place, arena, &draft, err) ||
        !bucket_get(place->bucket, name, max, draft.fd, err))
        return false;
    *fd = draft.fd;
    draft.path = NULL;
    return true;
}

bool place_remove(const struct place *place, struct arena *arena, struct str name, struct err *err)
{
    if (place->bucket != NULL)
        return bucket_remove(place->bucket, name, err);
    return file_remove(path_of(place, arena, name), err);
}
