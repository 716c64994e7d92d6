#include "registry/attachment.h"

#include "auth/journal.h"
#include "core/file.h"
#include "core/id.h"
#include "core/time.h"
#include "core/utf8.h"
#include "registry/attachment_type.h"
#include "sign/digest.h"
#include "store/rows.h"

#define COLUMNS                                                                                    \
    " f.id, f.name, f.type, f.size, f.digest, f.at, f.actor, a.name FROM attachment f"             \
    " LEFT JOIN account a ON a.tenant = f.tenant AND a.id = f.actor"

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
           err_set(err, ERR_INPUT, "the file's name is longer than %d characters",
                   ATTACHMENT_NAME_MAX);
}

static struct str digest_hex(struct arena *arena, struct str bytes)
{
    struct buf hex = {.arena = arena};
    struct digest digest = digest_of(bytes);

    digest_print_hex(&hex, &digest);
    return buf_str(&hex);
}

bool attachment_keep(struct tenant *tenant, struct arena *arena, struct str bytes, struct str name,
                     struct attachment *attachment, struct err *err)
{
    struct str folder = tenant_folder(tenant);
    struct attachment kept = {.size = (int64_t)bytes.len};

    if (bytes.len > ATTACHMENT_SIZE_MAX)
        return err_set(err, ERR_LIMIT, "a file has at most %d MB",
                       ATTACHMENT_SIZE_MAX / (1024 * 1024));
    if (bytes.len == 0)
        return err_set(err, ERR_INPUT, "the file is empty");
    if (!clean_name(arena, name, &kept.name, err) ||
        !attachment_type_find(bytes, kept.name, &kept.type, err))
        return false;
    kept.digest = digest_hex(arena, bytes);
    if (!file_make_folder(folder, err) ||
        !file_write(file_join(arena, folder, kept.digest), bytes, err))
        return false;
    *attachment = kept;
    return true;
}

static bool find_record(struct tx *tx, struct arena *arena, int64_t no, int64_t record,
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
            err_set(err, ERR_CONFLICT, "a record has at most %d files", ATTACHMENT_RECORD_MAX));
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

    attachment->id = id_next(attachment->at);
    return find_record(tx, arena, attachment->no, attachment->record, err) &&
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

    if (!find_record(tx, arena, no, record, err) ||
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

    if (!find_record(tx, arena, attachment->no, attachment->record, err) ||
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
                      "UPDATE attachment SET removed_at = $3 WHERE tenant = $1 AND id = $2"
                      " AND removed_at IS NULL",
                      ARGS(INT(tx->tenant), INT(attachment->id), INT(now)), &changed, err))
        return false;
    return changed > 0 ? write_journal(tx, arena, attachment, entry, err)
                       : err_set(err, ERR_ABSENT, "this record has no such file");
}

bool attachment_read(struct tenant *tenant, struct arena *arena,
                     const struct attachment *attachment, struct str *bytes, struct err *err)
{
    struct str path = file_join(arena, tenant_folder(tenant), attachment->digest);
    struct err reason;

    if (!file_read(arena, path, ATTACHMENT_SIZE_MAX, bytes, &reason))
        return err_set(err, ERR_BROKEN, "file %.*s: %s", STR_ARG(attachment->digest), reason.text);
    return str_equal(digest_hex(arena, *bytes), attachment->digest) ||
           err_set(err, ERR_BROKEN, "file %.*s is not what it was", STR_ARG(attachment->digest));
}
