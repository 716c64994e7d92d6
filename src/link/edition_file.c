#include "link/edition_file.h"

#include "core/file.h"
#include "net/gzip_file.h"

#include <unistd.h>

static bool pull(void *data, char *room, size_t size, size_t *got, struct err *err)
{
    struct edition_file *file = data;

    return gzip_file_pull(file->gzip, room, size, got, err);
}

bool edition_file_rewind(struct edition_file *file, edition_pull **pulls, void **data,
                         struct err *err)
{
    edition_file_close(file);
    if (lseek(file->fd, 0, SEEK_SET) < 0)
        return err_set(err, ERR_UNAVAILABLE, "the file cannot be read from its beginning");
    *pulls = pull;
    *data = file;
    return gzip_file_read(file->fd, &file->gzip, err);
}

void edition_file_close(struct edition_file *file)
{
    gzip_file_close(&file->gzip);
}

bool edition_file_head(int fd, struct arena *arena, struct edition_head *head, struct err *err)
{
    CLEANUP(edition_file_close) struct edition_file file = {.fd = fd};
    CLEANUP(edition_reader_close) struct edition_reader reader = {0};
    struct buf line = {.arena = arena};
    edition_pull *pulls;
    void *data;

    if (!edition_file_rewind(&file, &pulls, &data, err) ||
        !edition_reader_open(&reader, pulls, data, err))
        return false;
    edition_print_head(&line, &reader.head);
    return edition_parse_head(arena, str_trim(buf_str(&line)), head, err);
}

bool edition_file_open(struct arena *arena, struct str path, int *fd, struct edition_head *head,
                       struct err *err)
{
    return file_open(path, fd, err) &&
           (edition_file_head(*fd, arena, head, err) || err_while(err, "%.*s", STR_ARG(path)));
}

static bool add(struct file_draft *draft, struct gzip_file *gzip, const struct buf *buf,
                struct edition_file_counts *counts, struct err *err)
{
    counts->bytes += (int64_t)buf->len;
    return gzip != NULL ? gzip_file_add(gzip, buf_str(buf), err)
                        : file_draft_add(draft, buf_str(buf), err);
}

static bool write_pieces(const struct edition_source *source, struct file_draft *draft,
                         struct gzip_file *gzip, struct edition_file_counts *counts,
                         struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(1024 * 1024);
    struct edition_piece piece = {0};

    while (!piece.is_last) {
        struct buf buf = {.arena = arena};

        if (!edition_source_next(source, piece.last, &buf, &piece, err) ||
            !add(draft, gzip, &buf, counts, err))
            return false;
        counts->lines += (int64_t)piece.count;
        arena_reset(arena);
    }
    return true;
}

bool edition_file_write(const struct edition_by *by, const struct edition_wish *wish,
                        struct file_draft *draft, bool is_plain, struct edition_file_counts *counts,
                        struct err *err)
{
    CLEANUP(gzip_file_close) struct gzip_file *gzip = NULL;
    struct buf head = {.arena = by->arena};
    struct edition_source source;

    *counts = (struct edition_file_counts){0};
    if (!edition_source_open(by, wish, &source, &head, err) ||
        (!is_plain && !gzip_file_write(draft->fd, &gzip, err)) ||
        !add(draft, gzip, &head, counts, err) || !write_pieces(&source, draft, gzip, counts, err))
        return false;
    counts->head = source.head;
    return gzip == NULL || gzip_file_end(&gzip, err);
}

struct str edition_file_tell(struct arena *arena, const struct edition_result *result)
{
    const struct edition_head *head = &result->head;

    if (result->is_here)
        return str_printf(arena, "edition %lld of %.*s is here already", (long long)head->mark.no,
                          STR_ARG(head->register_id));
    return str_printf(arena, "edition %lld of %.*s is here: %lld new, %lld changed, %lld gone",
                      (long long)head->mark.no, STR_ARG(head->register_id),
                      (long long)result->created, (long long)result->changed,
                      (long long)result->removed);
}
