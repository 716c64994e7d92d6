#include "link/edition_reader.h"

#include "core/vec.h"

enum {
    ROOM = 64 * 1024,
};

/* What was used goes, so that no more than a piece is held. */
static void forget(struct edition_reader *reader)
{
    struct buf *buf = &reader->buf;

    if (reader->used == 0)
        return;
    memmove(buf->ptr, buf->ptr + reader->used, buf->len - reader->used);
    buf->len -= reader->used;
    reader->used = 0;
}

static bool pull_more(struct edition_reader *reader, struct err *err)
{
    size_t got;

    if (!reader->pull(reader->data, buf_room(&reader->buf, ROOM), ROOM, &got, err))
        return false;
    reader->buf.len += got;
    reader->is_end = got == 0;
    return true;
}

/* The line that begins at *at; an empty one at the end of the bytes. */
static bool read_line(struct edition_reader *reader, size_t *at, struct str *line, struct err *err)
{
    size_t seen = *at;

    *line = (struct str){0};
    for (;;) {
        struct buf *buf = &reader->buf;
        const char *end = buf->len > seen ? memchr(buf->ptr + seen, '\n', buf->len - seen) : NULL;

        if (end != NULL) {
            *line = (struct str){buf->ptr + *at, (size_t)(end - buf->ptr) - *at};
            *at = (size_t)(end - buf->ptr) + 1;
            return true;
        }
        seen = buf->len;
        if (reader->is_end && buf->len == *at)
            return true;
        if (reader->is_end)
            return err_set(err, ERR_INPUT, "the edition ends in the middle of a line");
        if (buf->len - *at > EDITION_LINE_MAX)
            return err_set(err, ERR_INPUT, "a line is longer than any record");
        if (!pull_more(reader, err))
            return false;
    }
}

bool edition_reader_open(struct edition_reader *reader, edition_pull *pull, void *data,
                         struct err *err)
{
    struct str line;
    size_t at = 0;

    edition_reader_go_on(reader, pull, data, &(struct edition_head){0}, 0);
    if (!read_line(reader, &at, &line, err))
        return false;
    if (line.len == 0)
        return err_set(err, ERR_INPUT, "the file is empty: this is no edition of a register");
    if (!edition_parse_head(reader->arena, str_copy(reader->arena, line), &reader->head, err))
        return false;
    reader->used = at;
    reader->bytes = (int64_t)at;
    return true;
}

void edition_reader_go_on(struct edition_reader *reader, edition_pull *pull, void *data,
                          const struct edition_head *head, int64_t after)
{
    *reader = (struct edition_reader){
        .pull = pull, .data = data, .arena = arena_open(0), .head = *head, .last = after};
    reader->buf.arena = reader->arena;
}

static bool is_behind(const struct edition_slice *one, const struct edition_slice *before)
{
    return before == NULL || one->id > before->id ||
           (one->id == before->id && one->valid_from > before->valid_from);
}

static bool read_slices(const struct edition_reader *reader, struct arena *arena, struct str lines,
                        struct edition_piece *piece, struct err *err)
{
    VEC(struct edition_slice) slices = {0};

    while (lines.len > 0) {
        struct str line = str_cut(&lines, '\n');
        struct edition_slice slice;

        if (!edition_parse_slice(arena, line, &slice, err))
            return false;
        if (slice.id <= piece->after || slice.id > piece->last ||
            (slice.is_gone && reader->head.base.no == 0) ||
            !is_behind(&slice, slices.count > 0 ? &slices.items[slices.count - 1] : NULL))
            return err_set(err, ERR_INPUT, "its records are not in their order");
        VEC_PUSH(arena, &slices, slice);
    }
    piece->slices = slices.items;
    if (slices.count != piece->count)
        return err_set(err, ERR_INPUT, "a piece has more or fewer lines than its seal says");
    return true;
}

/* Up to the seal: the lines before it stand in one stretch of the buffer. */
static bool find_seal(struct edition_reader *reader, size_t *lines_end, struct str *seal,
                      size_t *at, struct err *err)
{
    for (int count = 0;; count++) {
        *lines_end = *at;
        if (!read_line(reader, at, seal, err))
            return false;
        if (seal->len == 0)
            return err_set(err, ERR_INPUT, "the edition is cut: it ends before its last seal");
        if (edition_is_seal(*seal))
            return true;
        if (count > EDITION_PIECE_LINES || *at > EDITION_PIECE_BYTES)
            return err_set(err, ERR_INPUT, "a piece of the edition is too large");
    }
}

/* A copy: what the buffer holds moves with the next piece. */
bool edition_reader_next(struct edition_reader *reader, struct arena *arena,
                         struct edition_piece *piece, struct err *err)
{
    struct edition_piece next = {0};
    struct str lines, seal;
    size_t at = 0, lines_end;

    forget(reader);
    if (reader->last == INT64_MAX) {
        if (!read_line(reader, &at, &seal, err))
            return false;
        reader->is_over = true;
        return seal.len == 0 || err_set(err, ERR_INPUT, "something stands behind the last seal");
    }
    if (!find_seal(reader, &lines_end, &seal, &at, err))
        return false;
    seal = str_copy(arena, seal);
    lines = str_copy(arena, (struct str){reader->buf.ptr, lines_end});
    if (!edition_check_seal(arena, seal, lines, &reader->head, &next, err))
        return false;
    if (next.after != reader->last || next.last <= next.after ||
        next.is_last != (next.last == INT64_MAX))
        return err_set(err, ERR_INPUT, "a piece of the edition is missing or in another place");
    if (!read_slices(reader, arena, lines, &next, err))
        return false;
    reader->used = at;
    reader->bytes += (int64_t)at;
    reader->last = next.last;
    *piece = next;
    return true;
}

void edition_reader_close(struct edition_reader *reader)
{
    arena_close(&reader->arena);
    reader->buf = (struct buf){0};
}
