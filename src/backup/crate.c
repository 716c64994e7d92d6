#include "backup/crate.h"

#include <string.h>
#include <sys/stat.h>

#include <zstd.h>

#include "core/arena.h"
#include "core/bytes.h"
#include "core/file.h"

#define MAGIC "uprava backup 1\n"

enum {
    LEVEL = 3,
    ENVELOPE = sizeof(struct seal_envelope),
};

static bool put(struct crate_writer *writer, struct str bytes, struct err *err)
{
    digest_add(writer->digest, bytes);
    writer->size += (int64_t)bytes.len;
    return file_draft_add(writer->draft, bytes, err);
}

static bool put_number(struct crate_writer *writer, size_t number, struct err *err)
{
    unsigned char bytes[4];

    bytes_put(bytes, number, sizeof bytes);
    return put(writer, (struct str){(const char *)bytes, sizeof bytes}, err);
}

static struct str beside(const struct digest *head)
{
    return (struct str){(const char *)head->bytes, DIGEST_SIZE};
}

static bool put_piece(struct crate_writer *writer, struct str piece, bool is_last, struct err *err)
{
    if (writer->is_sealed) {
        seal_push(&writer->stream, piece, beside(&writer->head), is_last,
                  (unsigned char *)writer->sealed);
        piece = (struct str){writer->sealed, piece.len + SEAL_MORE};
    }
    return piece.len == 0 || (put_number(writer, piece.len, err) && put(writer, piece, err));
}

bool crate_start(struct crate_writer *writer, struct arena *arena, struct file_draft *draft,
                 const struct crate_label *label, struct seal *seal, struct err *err)
{
    struct seal_envelope envelope;

    *writer = (struct crate_writer){
        .draft = draft,
        .digest = digest_start(),
        .zstd = ZSTD_createCCtx(),
        .head = digest_of_parts((const struct str[]){label->head, label->list}, 2),
        .packed = arena_alloc(arena, CRATE_ROOM),
        .sealed = arena_alloc(arena, CRATE_ROOM + SEAL_MORE),
        .is_sealed = seal != NULL};
    if (writer->zstd == NULL ||
        ZSTD_isError(ZSTD_CCtx_setParameter(writer->zstd, ZSTD_c_compressionLevel, LEVEL)))
        return err_set(err, ERR_UNAVAILABLE, "there is no memory left for compressing");
    if (label->head.len > CRATE_HEAD_MAX || label->list.len > CRATE_LIST_MAX)
        return err_set(err, ERR_LIMIT, "the head of a backup's file is too long");
    if (!put(writer, STR(MAGIC), err) || !put_number(writer, label->head.len, err) ||
        !put(writer, label->head, err) || !put_number(writer, label->list.len, err) ||
        !put(writer, label->list, err) || !put(writer, seal != NULL ? STR("\1") : STR("\0"), err))
        return false;
    return seal == NULL || (seal_start(seal, &envelope, &writer->stream, err) &&
                            put(writer, (struct str){(const char *)&envelope, ENVELOPE}, err));
}

static bool pack(struct crate_writer *writer, struct str bytes, ZSTD_EndDirective how,
                 struct err *err)
{
    ZSTD_inBuffer in = {bytes.ptr, bytes.len, 0};
    size_t rest;

    do {
        ZSTD_outBuffer out = {writer->packed, CRATE_ROOM, 0};

        rest = ZSTD_compressStream2(writer->zstd, &out, &in, how);
        if (ZSTD_isError(rest))
            return err_set(err, ERR_BROKEN, "compressing failed: %s", ZSTD_getErrorName(rest));
        if (out.pos > 0 && !put_piece(writer, (struct str){writer->packed, out.pos}, false, err))
            return false;
    } while (how == ZSTD_e_end ? rest > 0 : in.pos < in.size);
    return true;
}

bool crate_add(struct crate_writer *writer, struct str bytes, struct err *err)
{
    return pack(writer, bytes, ZSTD_e_continue, err);
}

bool crate_end(struct crate_writer *writer, struct err *err)
{
    if (!pack(writer, STR(""), ZSTD_e_end, err) || !put_piece(writer, STR(""), true, err) ||
        !put_number(writer, 0, err))
        return false;
    struct digest sum = digest_finish(&writer->digest);
    writer->size += DIGEST_SIZE;
    return file_draft_add(writer->draft, beside(&sum), err);
}

void crate_drop(struct crate_writer *writer)
{
    if (writer->digest != NULL)
        (void)digest_finish(&writer->digest);
    ZSTD_freeCCtx(writer->zstd);
    writer->zstd = NULL;
}

/* Whole or an error. */
static bool take(struct crate_reader *reader, void *room, size_t size, struct err *err)
{
    size_t done = 0;
    size_t got = 1;

    while (done < size && got > 0) {
        if (!file_pull(reader->fd, reader->at, (char *)room + done, size - done, &got, err))
            return false;
        done += got;
        reader->at += (int64_t)got;
    }
    if (done < size)
        return err_set(err, ERR_BROKEN, "it ends in the middle: it was not copied to its end");
    digest_add(reader->digest, (struct str){room, size});
    return true;
}

static bool take_number(struct crate_reader *reader, size_t max, size_t *number, struct err *err)
{
    unsigned char bytes[4];

    if (!take(reader, bytes, sizeof bytes, err))
        return false;
    *number = (size_t)bytes_get(bytes, sizeof bytes);
    return *number <= max || err_set(err, ERR_BROKEN, "it is damaged: a length cannot be right");
}

/* Memory for no more than the file has. */
static bool take_text(struct crate_reader *reader, struct arena *arena, size_t max,
                      struct str *text, struct err *err)
{
    struct stat info;
    size_t len;

    if (!take_number(reader, max, &len, err))
        return false;
    if (fstat(reader->fd, &info) != 0 || info.st_size - reader->at < (int64_t)len)
        return err_set(err, ERR_BROKEN, "it ends in the middle: it was not copied to its end");
    char *room = arena_alloc(arena, len + 1);
    *text = (struct str){room, len};
    return take(reader, room, len, err);
}

static bool take_head(struct crate_reader *reader, struct arena *arena, struct err *err)
{
    struct crate_label *label = &reader->label;
    char magic[sizeof MAGIC - 1];
    struct err json = {0};

    if (!take(reader, magic, sizeof magic, err))
        return false;
    if (memcmp(magic, MAGIC, sizeof magic) != 0)
        return err_set(err, ERR_BROKEN, "it is no file of a backup, or of a newer version");
    if (!take_text(reader, arena, CRATE_HEAD_MAX, &label->head, err))
        return false;
    return json_parse(arena, label->head, NULL, &reader->head, &json) ||
           err_set(err, ERR_BROKEN, "it is damaged: its head cannot be read");
}

static bool take_label(struct crate_reader *reader, struct arena *arena, struct err *err)
{
    struct crate_label *label = &reader->label;

    if (!take_head(reader, arena, err) ||
        !take_text(reader, arena, CRATE_LIST_MAX, &label->list, err))
        return false;
    reader->head_digest = digest_of_parts((const struct str[]){label->head, label->list}, 2);
    return true;
}

static bool take_envelope(struct crate_reader *reader, struct seal *seal, struct err *err)
{
    struct seal_envelope envelope;

    if (!take(reader, &envelope, ENVELOPE, err))
        return false;
    if (seal == NULL)
        return err_set(err, ERR_DENIED, "it is encrypted: say with --secret FILE how");
    return seal_open(seal, &envelope, &reader->stream, err);
}

bool crate_open(struct crate_reader *reader, struct arena *arena, int fd, struct seal *seal,
                struct err *err)
{
    char kind;

    *reader = (struct crate_reader){
        .fd = fd,
        .digest = digest_start(),
        .zstd = ZSTD_createDCtx(),
        .piece = arena_alloc(arena, CRATE_PIECE_MAX),
        .opened = arena_alloc(arena, CRATE_PIECE_MAX),
    };
    if (reader->zstd == NULL)
        return err_set(err, ERR_UNAVAILABLE, "there is no memory left for reading a backup");
    if (!take_label(reader, arena, err) || !take(reader, &kind, 1, err))
        return false;
    if (kind != 0 && kind != 1)
        return err_set(err, ERR_BROKEN, "it is damaged behind its head");
    reader->is_sealed = kind == 1;
    return !reader->is_sealed || take_envelope(reader, seal, err);
}

static bool finish(struct crate_reader *reader, struct err *err)
{
    struct digest kept;
    size_t got;
    char more;

    struct digest sum = digest_finish(&reader->digest);
    reader->digest = digest_start();
    if (!take(reader, kept.bytes, DIGEST_SIZE, err))
        return false;
    if (!digest_equal(&sum, &kept))
        return err_set(err, ERR_BROKEN, "it is damaged: its sum (SHA-256) is another");
    if (!file_pull(reader->fd, reader->at, &more, 1, &got, err))
        return false;
    reader->is_over = true;
    return got == 0 || err_set(err, ERR_BROKEN, "it goes on behind its end");
}

/* The next piece, opened; or the end. */
static bool next_piece(struct crate_reader *reader, struct err *err)
{
    size_t len;

    if (!take_number(reader, CRATE_PIECE_MAX, &len, err))
        return false;
    if (len == 0)
        return (!reader->is_sealed || reader->is_last ||
                err_set(err, ERR_BROKEN, "its end was cut off")) &&
               finish(reader, err);
    if (reader->is_last)
        return err_set(err, ERR_BROKEN, "it goes on behind its end");
    if (!take(reader, reader->piece, len, err))
        return false;
    reader->packed = (struct str){reader->piece, len};
    if (!reader->is_sealed)
        return true;
    if (!seal_pull(&reader->stream, reader->packed, beside(&reader->head_digest),
                   (unsigned char *)reader->opened, &reader->is_last))
        return err_set(err, ERR_BROKEN, "it is damaged: a piece of it cannot be opened");
    reader->packed = (struct str){reader->opened, len - SEAL_MORE};
    return true;
}

bool crate_pull(struct crate_reader *reader, char *room, size_t size, size_t *got, struct err *err)
{
    ZSTD_outBuffer out = {room, size, 0};

    *got = 0;
    while (out.pos == 0 && !reader->is_over && size > 0) {
        ZSTD_inBuffer in = {reader->packed.ptr, reader->packed.len, 0};

        /* Even without more to put in there may be more to take out. */
        size_t code = ZSTD_decompressStream(reader->zstd, &out, &in);
        if (ZSTD_isError(code))
            return err_set(err, ERR_BROKEN, "it is damaged: it cannot be unpacked");
        reader->packed = str_slice(reader->packed, in.pos, reader->packed.len);
        if (out.pos == 0 && reader->packed.len == 0 && !next_piece(reader, err))
            return false;
    }
    *got = out.pos;
    return true;
}

bool crate_pull_all(struct crate_reader *reader, char *room, size_t size, struct err *err)
{
    size_t done = 0;
    size_t got = 1;

    while (done < size && got > 0) {
        if (!crate_pull(reader, room + done, size - done, &got, err))
            return false;
        done += got;
    }
    return done == size || err_set(err, ERR_BROKEN, "it holds less than it says");
}

void crate_close(struct crate_reader *reader)
{
    if (reader->digest != NULL)
        (void)digest_finish(&reader->digest);
    ZSTD_freeDCtx(reader->zstd);
    reader->zstd = NULL;
}

bool crate_peek(struct crate_reader *reader, struct arena *arena, int fd, struct err *err)
{
    *reader = (struct crate_reader){.fd = fd, .digest = digest_start()};
    return take_label(reader, arena, err);
}

bool crate_peek_head(struct crate_reader *reader, struct arena *arena, int fd, struct err *err)
{
    *reader = (struct crate_reader){.fd = fd, .digest = digest_start()};
    return take_head(reader, arena, err);
}

bool crate_check(struct crate_reader *reader, struct arena *arena, int fd, struct err *err)
{
    struct seal_envelope envelope;
    char kind;
    size_t len = 1;

    if (!crate_peek(reader, arena, fd, err) || !take(reader, &kind, 1, err) ||
        (kind == 1 && !take(reader, &envelope, ENVELOPE, err)))
        return false;
    reader->piece = arena_alloc(arena, CRATE_PIECE_MAX);
    while (true) {
        if (!take_number(reader, CRATE_PIECE_MAX, &len, err))
            return false;
        if (len == 0)
            return finish(reader, err);
        if (!take(reader, reader->piece, len, err))
            return false;
    }
}
