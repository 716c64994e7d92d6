#include "document/document.h"

#include "auth/journal.h"
#include "core/id.h"
#include "core/time.h"
#include "document/letter_rules.h"
#include "sign/secret.h"
#include "store/rows.h"

#define COLUMNS                                                                                    \
    " id, register, record, series, year, n, number, title, registered_at, registered_on, actor,"  \
    " flow, token, secret, attachment, digest, pdf, pdf_attachment, pdf_digest, state, reason,"    \
    " revoked_at, revoked_by, signatures"

/* Behind every number that begins so. */
#define BEHIND "\xF4\x8F\xBF\xBF"

/* Without what may be somebody's: the journal keeps it for ever. */
static bool note(struct tx *tx, struct arena *arena, const struct document *document,
                 struct journal_entry entry, struct err *err)
{
    struct buf detail = {.arena = arena};

    buf_add(&detail, STR("{\"document\":\""));
    id_print(&detail, document->id);
    buf_add(&detail, STR("\",\"number\":"));
    json_write_text(&detail, document->number);
    buf_char(&detail, '}');
    entry.no = document->no;
    entry.record = document->record;
    entry.cause = document->flow;
    entry.detail = buf_str(&detail);
    return journal_add(tx, &entry, err);
}

static bool take_number(struct tx *tx, struct arena *arena, struct document *document,
                        struct err *err)
{
    struct buf number = {.arena = arena};
    struct rows rows;

    document->year = time_date_from_day(document->registered_on).year;
    if (!store_query(tx, arena, &rows,
                     "INSERT INTO document_series (tenant, series, year, last)"
                     " VALUES ($1, $2, $3, 1) ON CONFLICT (tenant, series, year)"
                     " DO UPDATE SET last = document_series.last + 1 RETURNING last",
                     ARGS(INT(tx->tenant), TEXT(document->series), INT(document->year)), err))
        return err_while(err, "taking a number");
    document->n = rows_int(&rows, 0, 0);
    letter_rules_print_number(&number, document->pattern, document->n, (int)document->year);
    document->number = buf_str(&number);
    return true;
}

static int64_t draw_secret(void)
{
    uint64_t bits;

    secret_random(&bits, sizeof bits);
    return (int64_t)(bits >> 1);
}

bool document_register(struct tx *tx, struct arena *arena, struct document *document,
                       struct err *err)
{
    struct journal_entry entry = {.at = document->registered_at,
                                  .actor = document->actor,
                                  .action = STR("document.register")};

    if (!take_number(tx, arena, document, err))
        return false;
    document->id = id_next(document->registered_at);
    document->secret = draw_secret();
    return store_exec(tx,
                      "INSERT INTO document (tenant," COLUMNS ")"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,"
                      " 0, '', '', 0, '', 'valid', '', 0, 0, '')",
                      ARGS(INT(tx->tenant), INT(document->id), INT(document->no),
                           INT(document->record), TEXT(document->series), INT(document->year),
                           INT(document->n), TEXT(document->number), TEXT(document->title),
                           INT(document->registered_at), INT(document->registered_on),
                           INT(document->actor), INT(document->flow), INT(document->token),
                           INT(document->secret)),
                      err) &&
           note(tx, arena, document, entry, err);
}

static bool changed_one(int64_t changed, struct err *err)
{
    return changed > 0 ||
           err_set(err, ERR_CONFLICT, "the document was changed meanwhile: look at it once more");
}

bool document_attach(struct tx *tx, const struct document *document, bool wants_pdf,
                     struct err *err)
{
    int64_t changed;

    return store_change(tx,
                        "UPDATE document SET attachment = $3, digest = $4, pdf = $5"
                        " WHERE tenant = $1 AND id = $2 AND attachment = 0 AND state = 'valid'",
                        ARGS(INT(tx->tenant), INT(document->id), INT(document->attachment),
                             TEXT(document->digest), TEXT(wants_pdf ? STR("wanted") : STR(""))),
                        &changed, err) &&
           changed_one(changed, err);
}

bool document_revoke(struct tx *tx, struct arena *arena, const struct document *document,
                     struct err *err)
{
    struct journal_entry entry = {.at = document->revoked_at,
                                  .actor = document->revoked_by,
                                  .action = STR("document.revoke")};
    int64_t changed;

    return store_change(tx,
                        "UPDATE document SET state = 'revoked', reason = $3, revoked_at = $4,"
                        " revoked_by = $5 WHERE tenant = $1 AND id = $2 AND state = 'valid'",
                        ARGS(INT(tx->tenant), INT(document->id), TEXT(document->reason),
                             INT(document->revoked_at), INT(document->revoked_by)),
                        &changed, err) &&
           changed_one(changed, err) && note(tx, arena, document, entry, err);
}

bool document_set_pdf(struct tx *tx, const struct document *document, struct str pdf_was,
                      struct err *err)
{
    int64_t changed;

    return store_change(tx,
                        "UPDATE document SET pdf = $4, pdf_attachment = $5, pdf_digest = $6"
                        " WHERE tenant = $1 AND id = $2 AND pdf = $3 AND attachment <> 0",
                        ARGS(INT(tx->tenant), INT(document->id), TEXT(pdf_was), TEXT(document->pdf),
                             INT(document->pdf_attachment), TEXT(document->pdf_digest)),
                        &changed, err) &&
           changed_one(changed, err);
}

bool document_set_signatures(struct tx *tx, struct arena *arena, const struct document *document,
                             struct str was, struct err *err)
{
    struct journal_entry entry = {
        .at = document->registered_at, .actor = document->actor, .action = STR("document.sign")};
    int64_t changed;

    return store_change(
               tx,
               "UPDATE document SET signatures = $4"
               " WHERE tenant = $1 AND id = $2 AND signatures = $3",
               ARGS(INT(tx->tenant), INT(document->id), TEXT(was), TEXT(document->signatures)),
               &changed, err) &&
           changed_one(changed, err) && note(tx, arena, document, entry, err);
}

static struct document read_row(const struct rows *rows, size_t row)
{
    return (struct document){
        .id = rows_int(rows, row, 0),
        .no = rows_int(rows, row, 1),
        .record = rows_int(rows, row, 2),
        .series = rows_text(rows, row, 3),
        .year = rows_int(rows, row, 4),
        .n = rows_int(rows, row, 5),
        .number = rows_text(rows, row, 6),
        .title = rows_text(rows, row, 7),
        .registered_at = rows_int(rows, row, 8),
        .registered_on = rows_int(rows, row, 9),
        .actor = rows_int(rows, row, 10),
        .flow = rows_int(rows, row, 11),
        .token = (int)rows_int(rows, row, 12),
        .secret = rows_int(rows, row, 13),
        .attachment = rows_int(rows, row, 14),
        .digest = rows_text(rows, row, 15),
        .pdf = rows_text(rows, row, 16),
        .pdf_attachment = rows_int(rows, row, 17),
        .pdf_digest = rows_text(rows, row, 18),
        .is_revoked = str_equal(rows_text(rows, row, 19), STR("revoked")),
        .reason = rows_text(rows, row, 20),
        .revoked_at = rows_int(rows, row, 21),
        .revoked_by = rows_int(rows, row, 22),
        .signatures = rows_text(rows, row, 23),
    };
}

bool document_get(struct tx *tx, struct arena *arena, int64_t id, struct document *document,
                  struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " FROM document WHERE tenant = $1 AND id = $2",
                     ARGS(INT(tx->tenant), INT(id)), err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such document");
    *document = read_row(&rows, 0);
    return true;
}

bool document_find(struct tx *tx, struct arena *arena, const struct document *of,
                   struct document *document, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT" COLUMNS " FROM document WHERE tenant = $1 AND register = $2"
                     " AND record = $3 AND flow = $4 AND token = $5 AND series = $6"
                     " AND attachment = 0 AND state = 'valid' ORDER BY id LIMIT 1",
                     ARGS(INT(tx->tenant), INT(of->no), INT(of->record), INT(of->flow),
                          INT(of->token), TEXT(of->series)),
                     err))
        return false;
    *document = rows.count > 0 ? read_row(&rows, 0) : (struct document){0};
    return true;
}

static bool query(struct tx *tx, struct arena *arena, const struct document_ask *ask,
                  struct rows *rows, struct err *err)
{
    int64_t before = ask->before != 0 ? ask->before : INT64_MAX;

    if (ask->wants_pdf)
        return store_query(tx, arena, rows,
                           "SELECT" COLUMNS " FROM document WHERE tenant = $1 AND pdf = 'wanted'"
                           " ORDER BY id LIMIT $2",
                           ARGS(INT(tx->tenant), INT(ask->limit)), err);
    if (ask->record != 0)
        return store_query(
            tx, arena, rows,
            "SELECT" COLUMNS " FROM document WHERE tenant = $1 AND register = $2"
            " AND record = $3 AND id < $4 ORDER BY id DESC LIMIT $5",
            ARGS(INT(tx->tenant), INT(ask->no), INT(ask->record), INT(before), INT(ask->limit)),
            err);
    if (ask->number.len > 0)
        return store_query(tx, arena, rows,
                           "SELECT" COLUMNS " FROM document WHERE tenant = $1 AND number >= $2"
                           " AND number < $3 ORDER BY number, id LIMIT $4",
                           ARGS(INT(tx->tenant), TEXT(ask->number),
                                TEXT(str_printf(arena, "%.*s" BEHIND, STR_ARG(ask->number))),
                                INT(ask->limit)),
                           err);
    return store_query(tx, arena, rows,
                       "SELECT" COLUMNS " FROM document WHERE tenant = $1 AND id < $2"
                       " ORDER BY id DESC LIMIT $3",
                       ARGS(INT(tx->tenant), INT(before), INT(ask->limit)), err);
}

bool document_list(struct tx *tx, struct arena *arena, const struct document_ask *ask,
                   struct document **documents, size_t *count, struct err *err)
{
    struct rows rows;

    if (!query(tx, arena, ask, &rows, err))
        return false;
    *documents = ARENA_ARRAY(arena, struct document, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*documents)[i] = read_row(&rows, i);
    return true;
}

struct str document_token(struct arena *arena, const struct document *document)
{
    struct buf token = {.arena = arena};

    id_print(&token, document->id);
    id_print(&token, document->secret);
    return buf_str(&token);
}

bool document_read_token(struct str token, int64_t *id, int64_t *secret)
{
    return token.len == DOCUMENT_TOKEN_LEN && id_parse(str_slice(token, 0, ID_TEXT_LEN), id) &&
           id_parse(str_slice(token, ID_TEXT_LEN, ID_TEXT_LEN), secret);
}

struct str document_base(struct arena *arena, const struct catalog *catalog,
                         const struct tenant *tenant)
{
    struct str base = catalog_setting(catalog, STR("address"));
    struct str host = tenant_info(tenant)->host;

    if (base.len == 0 && host.len > 0)
        base = str_printf(arena, "https://%.*s", STR_ARG(host));
    while (str_ends(base, STR("/")))
        base.len--;
    return base;
}

struct str document_address(struct arena *arena, const struct catalog *catalog,
                            const struct tenant *tenant, const struct document *document)
{
    struct str base = document_base(arena, catalog, tenant);

    return base.len == 0 ? base
                         : str_printf(arena, "%.*s/documents/%.*s", STR_ARG(base),
                                      STR_ARG(document_token(arena, document)));
}
