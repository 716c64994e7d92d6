#include "registry/attachment.h"

#include "auth/journal.h"
#include "core/file.h"
#include "core/file_draft.h"
#include "core/id.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/attachment_type.h"
#include "registry/quota.h"
#include "sign/digest.h"
#include "store/rows.h"

#include <assert.h>

#define COLUMNS                                                                                    \
    " f.id, f.name, f.type, f.size, f.digest, f.at, f.actor, a.name FROM attachment f"             \
    " LEFT JOIN account a ON a.tenant = f.tenant AND a.id = f.actor"

/* The sentences below are translated as they stand (ui/i18n), so they name the limits. */
static_assert(ATTACHMENT_SIZE_MAX == 20 * 1024 * 1024 && ATTACHMENT_NAME_MAX == 200 &&
                  ATTACHMENT_RECORD_MAX == 1000,
              "the sentences name other limits");

/* The last part of a path, without what would break a header line or hide its end. */
static bool clean_name(struct arena *arena, struct str name, struct str *clean, struct err *err)
{
    struct buf buf = {.arena = arena};

    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];

        if (c == '/' || c == '\\')
            buf.len = 0;
        else if (c >= ' ' && c != 0x7f && c != '"')
            buf_char(&buf, name.ptr[i]);
    }
    *clean = str_trim(buf_str(&buf));
    if (clean->len == 0 || str_starts(*clean, STR(".")) || !utf8_is_valid(*clean))
        return err_set(err, ERR_INPUT, "the file has no name");
    return utf8_length(*clean) <= ATTACHMENT_NAME_MAX ||
           err_set(err, ERR_INPUT, "the file's name is longer than 200 characters");
}

static struct str print_digest(struct arena *arena, const struct digest *digest)
{
    struct buf hex = {.arena = arena};

    digest_print_hex(&hex, digest);
    return buf_str(&hex);
}

/* The next piece of a source into room; empty at its end. */
static bool pull(const struct attachment_source *source, int64_t at, char *room, struct str *piece,
                 struct err *err)
{
    size_t size = (size_t)MIN(source->size - at, (int64_t)ATTACHMENT_PIECE);

    *piece = str_slice(source->bytes, (size_t)at, size);
    if (source->fd < 0)
        return true;
    piece->ptr = room;
    return file_pull(source->fd, at, room, size, &piece->len, err);
}

static void end_digest(struct digest_stream **stream)
{
    if (*stream != NULL)
        (void)digest_finish(stream);
}

/* Every piece once: into the digest, and where they are given, the draft and the type. */
static bool read_pieces(const struct attachment_source *source, struct arena *arena,
                        struct file_draft *draft, struct attachment_type *type,
                        struct digest *digest, struct err *err)
{
    CLEANUP(end_digest) struct digest_stream *stream = digest_start();
    char *room = arena_alloc(arena, ATTACHMENT_PIECE);
    struct str piece;

    for (int64_t at = 0; at < source->size; at += (int64_t)piece.len) {
        if (!pull(source, at, room, &piece, err))
            return false;
        if (piece.len == 0)
            return err_set(err, ERR_BROKEN, "the file is shorter than it was");
        digest_add(stream, piece);
        if (type != NULL)
            attachment_type_add(type, piece);
        if (draft != NULL && !file_draft_add(draft, piece, err))
            return false;
    }
    *digest = digest_finish(&stream);
    return true;
}

/*
 * A letter that is made once more, or that says what another one said: its bytes are here.  It
 * counts as new, so that nobody collects them, and its name is on the disk before a row has it.
 */
static bool is_kept(const struct attachment_source *source, struct arena *arena, struct str folder)
{
    struct digest digest;

    if (source->fd >= 0)
        return false;
    digest = digest_of(source->bytes);
    return file_touch(file_join(arena, folder, print_digest(arena, &digest)));
}

static bool keep(const struct attachment_source *source, struct arena *arena, struct str folder,
                 struct attachment *kept, struct err *err)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    bool is_there = is_kept(source, arena, folder);
    struct attachment_type type = {0};
    struct digest digest;

    if ((!is_there && !file_draft_open(&draft, arena, folder, err)) ||
        !read_pieces(source, arena, is_there ? NULL : &draft, &type, &digest, err) ||
        !attachment_type_find(&type, kept->name, &kept->type, err))
        return false;
    kept->digest = print_digest(arena, &digest);
    return is_there ? file_sync_folder(folder, err)
                    : file_draft_keep(&draft, arena, kept->digest, err);
}

bool attachment_keep(struct tenant *tenant, struct arena *arena,
                     const struct attachment_source *source, struct attachment *attachment,
                     struct err *err)
{
    struct attachment kept = {.size = source->size};
    struct str folder = tenant_folder(tenant);

    if (source->size > ATTACHMENT_SIZE_MAX)
        return err_set(err, ERR_LIMIT, "a file has at most 20 MB");
    if (source->size == 0)
        return err_set(err, ERR_INPUT, "the file is empty");
    if (!clean_name(arena, source->name, &kept.name, err) || !file_make_folder(folder, err) ||
        !keep(source, arena, folder, &kept, err))
        return false;
    quota_kept(tenant, kept.size);
    *attachment = kept;
    return true;
}

bool attachment_need_record(struct tx *tx, struct arena *arena, int64_t no, int64_t record,
                            struct err *err)
{
    struct rows rows;

    return store_query(tx, arena, &rows,
                       "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
                       " LIMIT 1",
                       ARGS(INT(tx->tenant), INT(no), INT(record)), err) &&
           (rows.count > 0 || err_set(err, ERR_ABSENT, "there is no such record"));
}

static bool check_room(struct tx *tx, struct arena *arena, const struct attachment *attachment,
                       struct err *err)
{
    struct rows rows;

    return store_query(tx, arena, &rows,
                       "SELECT count(*) FROM attachment WHERE tenant = $1 AND register = $2"
                       " AND record = $3 AND removed_at IS NULL",
                       ARGS(INT(tx->tenant), INT(attachment->no), INT(attachment->record)), err) &&
           (rows_int(&rows, 0, 0) < ATTACHMENT_RECORD_MAX ||
            err_set(err, ERR_CONFLICT, "a record has at most 1000 files"));
}

/* The name may be somebody's: the journal, which nothing is taken out of, has the digest. */
static bool write_journal(struct tx *tx, struct arena *arena, const struct attachment *attachment,
                          struct journal_entry entry, struct err *err)
{
    struct str id = id_text(arena, attachment->id);

    entry.no = attachment->no;
    entry.record = attachment->record;
    entry.detail = str_printf(arena, "{\"file\":\"%.*s\",\"sha256\":\"%.*s\"}", STR_ARG(id),
                              STR_ARG(attachment->digest));
    return journal_add(tx, &entry, err);
}

bool attachment_put(struct tx *tx, struct arena *arena, struct attachment *attachment,
                    struct err *err)
{
    struct journal_entry entry = {
        .at = attachment->at, .actor = attachment->actor, .action = STR("attach")};

    entry.cause = attachment->cause;

    /* In the writer, as attachment_collect is: what is there now stays. */
    if (!file_exists(file_join(arena, tenant_folder(tx->owner), attachment->digest)))
        return err_set(err, ERR_UNAVAILABLE, "the file was not kept: send it once more");
    if (attachment->id == 0)
        attachment->id = id_next(attachment->at);
    return attachment_need_record(tx, arena, attachment->no, attachment->record, err) &&
           check_room(tx, arena, attachment, err) &&
           store_exec(tx,
                      "INSERT INTO attachment (tenant, id, register, record, field, name, type,"
                      " size, digest, access, at, actor)"
                      " VALUES ($1, $2, $3, $4, '', $5, $6, $7, $8, 'internal', $9, $10)",
                      ARGS(INT(tx->tenant), INT(attachment->id), INT(attachment->no),
                           INT(attachment->record), TEXT(attachment->name), TEXT(attachment->type),
                           INT(attachment->size), TEXT(attachment->digest), INT(attachment->at),
                           INT(attachment->actor)),
                      err) &&
           write_journal(tx, arena, attachment, entry, err);
}

static void read_row(const struct rows *rows, size_t row, struct attachment *attachment)
{
    attachment->id = rows_int(rows, row, 0);
    attachment->name = rows_text(rows, row, 1);
    attachment->type = rows_text(rows, row, 2);
    attachment->size = rows_int(rows, row, 3);
    attachment->digest = rows_text(rows, row, 4);
    attachment->at = rows_int(rows, row, 5);
    attachment->actor = rows_int(rows, row, 6);
    attachment->actor_name = rows_text(rows, row, 7);
}

bool attachment_list(struct tx *tx, struct arena *arena, int64_t no, int64_t record,
                     struct attachment_page *page, struct err *err)
{
    struct rows rows;

    if (!attachment_need_record(tx, arena, no, record, err) ||
        !store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " WHERE f.tenant = $1 AND f.register = $2 AND f.record = $3"
                     " AND f.removed_at IS NULL ORDER BY f.id LIMIT $4",
                     ARGS(INT(tx->tenant), INT(no), INT(record), INT(ATTACHMENT_RECORD_MAX)), err))
        return false;
    page->items = ARENA_ARRAY(arena, struct attachment, rows.count);
    page->count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        page->items[i] = (struct attachment){.no = no, .record = record};
        read_row(&rows, i, &page->items[i]);
    }
    return true;
}

bool attachment_get(struct tx *tx, struct arena *arena, struct attachment *attachment,
                    struct err *err)
{
    struct rows rows;

    if (!attachment_need_record(tx, arena, attachment->no, attachment->record, err) ||
        !store_query(tx, arena, &rows,
                     "SELECT" COLUMNS
                     " WHERE f.tenant = $1 AND f.register = $2 AND f.record = $3 AND f.id = $4"
                     " AND f.removed_at IS NULL",
                     ARGS(INT(tx->tenant), INT(attachment->no), INT(attachment->record),
                          INT(attachment->id)),
                     err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "this record has no such file");
    read_row(&rows, 0, attachment);
    return true;
}

bool attachment_remove(struct tx *tx, struct arena *arena, const struct attachment *attachment,
                       int64_t actor, int64_t now, struct err *err)
{
    struct journal_entry entry = {.at = now, .actor = actor, .action = STR("detach")};
    int64_t changed;

    if (!store_change(tx,
                      "UPDATE attachment SET removed_at = $3, removed_by = $4"
                      " WHERE tenant = $1 AND id = $2 AND removed_at IS NULL",
                      ARGS(INT(tx->tenant), INT(attachment->id), INT(now), INT(actor)), &changed,
                      err))
        return false;
    return changed > 0 ? write_journal(tx, arena, attachment, entry, err)
                       : err_set(err, ERR_ABSENT, "this record has no such file");
}

bool attachment_erase(struct tx *tx, int64_t no, int64_t record, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM attachment WHERE tenant = $1 AND register = $2 AND record = $3",
                      ARGS(INT(tx->tenant), INT(no), INT(record)), err);
}

bool attachment_events(struct tx *tx, struct arena *arena, struct attachment_past *past,
                       struct err *err)
{
    struct rows rows;

    if (!store_query(
            tx, arena, &rows,
            "SELECT e.at, e.is_removal, e.name, a.name FROM"
            " (SELECT tenant, id, at, 0 AS is_removal, name, actor FROM attachment"
            "  WHERE tenant = $1 AND register = $2 AND record = $3"
            "  UNION ALL SELECT tenant, id, removed_at, 1, name, removed_by FROM attachment"
            "  WHERE tenant = $1 AND register = $2 AND record = $3 AND removed_at IS NOT NULL) e"
            " LEFT JOIN account a ON a.tenant = e.tenant AND a.id = e.actor"
            " WHERE e.at > $4 AND e.at <= $5 ORDER BY e.at DESC, e.is_removal DESC, e.id DESC"
            " LIMIT $6",
            ARGS(INT(tx->tenant), INT(past->no), INT(past->record), INT(past->after_at),
                 INT(past->until_at), INT(ATTACHMENT_RECORD_MAX)),
            err))
        return false;
    past->items = ARENA_ARRAY(arena, struct attachment_event, rows.count);
    past->count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        past->items[i] = (struct attachment_event){
            .at = rows_int(&rows, i, 0),
            .is_removal = rows_int(&rows, i, 1) != 0,
            .name = rows_text(&rows, i, 2),
            .actor_name = rows_text(&rows, i, 3),
        };
    return true;
}

bool attachment_open(struct tenant *tenant, struct arena *arena,
                     const struct attachment *attachment, int *fd, struct err *err)
{
    CLEANUP(file_close) int opened = -1;
    struct str path = file_join(arena, tenant_folder(tenant), attachment->digest);
    struct attachment_source source = {.size = attachment->size};
    struct digest digest;
    struct err reason;

    if (!file_open(path, &opened, &reason))
        return err_set(err, ERR_BROKEN, "file %.*s: %s", STR_ARG(attachment->digest), reason.text);
    source.fd = opened;
    if (!read_pieces(&source, arena, NULL, NULL, &digest, &reason) ||
        !str_equal(print_digest(arena, &digest), attachment->digest))
        return err_set(err, ERR_BROKEN, "file %.*s is not what it was",
                       STR_ARG(attachment->digest));
    *fd = opened;
    opened = -1;
    return true;
}
