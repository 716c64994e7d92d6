#include "core/file_draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/file.h"

static bool fail(struct err *err, const char *path)
{
    return err_set(err, ERR_BROKEN, "writing %s: %s", path, strerrordesc_np(errno));
}

bool file_draft_open(struct file_draft *draft, struct arena *arena, struct str folder,
                     struct err *err)
{
    char *path = str_to_z(arena, file_join(arena, folder, STR(FILE_DRAFT_MARK "XXXXXX")));
    int fd = mkostemp(path, O_CLOEXEC);

    if (fd < 0)
        return fail(err, path);
    *draft = (struct file_draft){folder, path, fd};
    return true;
}

bool file_draft_add(struct file_draft *draft, struct str bytes, struct err *err)
{
    while (bytes.len > 0) {
        ssize_t put = write(draft->fd, bytes.ptr, bytes.len);

        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fail(err, draft->path);
        bytes = str_slice(bytes, (size_t)put, bytes.len);
    }
    return true;
}

bool file_draft_keep(struct file_draft *draft, struct arena *arena, struct str name,
                     struct err *err)
{
    const char *path = draft->path;

    if (fsync(draft->fd) < 0 ||
        rename(path, str_to_z(arena, file_join(arena, draft->folder, name))) < 0)
        return fail(err, path);
    draft->path = NULL;
    close(draft->fd);
    return file_sync_folder(draft->folder, err);
}

void file_draft_drop(struct file_draft *draft)
{
    if (draft->path == NULL)
        return;
    close(draft->fd);
    unlink(draft->path);
    draft->path = NULL;
}
