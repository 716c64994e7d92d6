#include "link/edition_apply.h"

#include "auth/journal.h"
#include "core/file.h"
#include "core/vec.h"
#include "link/edition_codes.h"
#include "link/edition_source.h"
#include "registry/record_prepare.h"
#include "store/rows.h"

enum {
    BATCH_RECORDS = 200, /* of the mirror's own, looked at and written at a time */
};

struct work {
    const struct edition_apply *apply;
    struct arena *arena; /* lasts as long as the work */
    struct edition_result *result;
    const struct catalog *catalog;
    const struct register_type *type;
    int64_t no;
    struct arena *batch;
    VEC(struct record_draft) drafts;
};

static bool check_party(const struct edition_head *head, const struct peer *peer,
                        struct arena *arena, struct err *err)
{
    if (head->publisher.id != peer->id)
        return err_set(err, ERR_INPUT, "it comes from %.*s, and here is kept what %.*s publishes",
                       STR_ARG(str_slice(head->publisher.title, 0, 150)),
                       STR_ARG(str_slice(peer->title, 0, 150)));
    if (!peer->has_key || memcmp(head->key, peer->key, sizeof peer->key) != 0)
        return err_set(err, ERR_DENIED,
                       "it is signed with a key that is not known here (%.*s). If %.*s has a new "
                       "one, compare it by phone and enter it (uprava mirror trust)",
                       STR_ARG(edition_fingerprint(arena, head->key)),
                       STR_ARG(str_slice(peer->title, 0, 150)));
    if (head->reader.id != peer->reader)
        return err_set(
            err, ERR_INPUT, "it was made for another reader: %.*s",
            STR_ARG(str_slice(head->reader.title.len > 0 ? head->reader.title : head->reader.name,
                              0, 150)));
    return true;
}

/* Whether it follows on what is here. */
static bool check_order(const struct edition_apply *apply, const struct edition_head *head,
                        const struct mirror_arrival *here, bool *is_here, struct err *err)
{
    bool is_same = head->mark.no == here->mark.no && str_equal(head->mark.chain, here->mark.chain);
    long long no = head->mark.no, have = here->mark.no;

    *is_here = is_same && here->applying.len == 0 && !apply->is_anew;
    if (*is_here)
        return true;
    if (head->base.no > 0 && here->mark.no == 0)
        return err_set(err, ERR_CONFLICT,
                       "it holds only what changed since edition %lld, and none is here yet: ask "
                       "for the whole edition",
                       (long long)head->base.no);
    if (head->base.no > 0 &&
        (head->base.no != here->mark.no || !str_equal(head->base.chain, here->mark.chain) ||
         here->applying.len > 0) &&
        no > have)
        return err_set(err, ERR_CONFLICT,
                       "it holds what changed since edition %lld, and %s edition %lld: ask for "
                       "the changes since that one, or for the whole edition",
                       (long long)head->base.no,
                       here->applying.len > 0 ? "here is not all of what follows on" : "here is",
                       have);
    if (head->base.no == 0 && (apply->is_anew || no > have || (is_same && no > 0)))
        return true;
    if (no == have)
        return err_set(err, ERR_CONFLICT,
                       "another edition %lld is here: its publisher has gone back to a backup. "
                       "Ask them, and take the whole edition anew",
                       have);
    return no > have ||
           err_set(err, ERR_CONFLICT,
                   "it is older than what is here: edition %lld, here is edition %lld", no, have);
}

static bool find_type(struct work *work, struct err *err)
{
    const struct edition_head *head = &work->result->head;
    struct str schema;

    if (!catalog_get(work->apply->mirror, work->apply->library, &work->catalog, err))
        return false;
    work->type = model_type(work->catalog->model, head->register_id);
    if (work->type == NULL)
        return err_set(err, ERR_INPUT,
                       "the pack %.*s of the register %.*s is not installed here: uprava pack "
                       "install %.*s %.*s",
                       STR_ARG(str_slice(head->pack_id, 0, 60)),
                       STR_ARG(str_slice(head->register_id, 0, 60)),
                       STR_ARG(tenant_info(work->apply->mirror)->name),
                       STR_ARG(str_slice(head->pack_id, 0, 60)));
    work->no = catalog_no(work->catalog, work->type);
    if (!edition_source_schema(work->arena, work->type, head->fields, &schema, err))
        return false;
    return str_equal(schema, head->schema) ||
           err_set(err, ERR_INPUT,
                   "the register %.*s is made otherwise there (pack %.*s %.*s): bring both nodes "
                   "to the same version of the pack",
                   STR_ARG(work->type->id), STR_ARG(str_slice(head->pack_id, 0, 60)),
                   STR_ARG(str_slice(head->pack_version, 0, 60)));
}

static bool check_head(struct work *work, bool *is_here, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct mirror_arrival here;
    struct peer peer;

    return tx_read(&tx, work->apply->mirror, err) && peer_above(&tx, work->arena, &peer, err) &&
           check_party(&work->result->head, &peer, work->arena, err) && find_type(work, err) &&
           mirror_arrival(&tx, work->arena, work->no, &here, err) &&
           check_order(work->apply, &work->result->head, &here, is_here, err);
}

bool edition_apply_check(const struct edition_apply *apply, struct arena *arena,
                         const struct edition_head *head, bool *is_here, struct err *err)
{
    struct edition_result result = {.head = *head};
    struct work work = {.apply = apply, .arena = arena, .result = &result};

    return check_head(&work, is_here, err);
}

/* Each piece in turn; use may be NULL. */
static bool each_piece(struct work *work,
                       bool (*use)(struct work *work, const struct edition_piece *piece,
                                   struct err *err),
                       struct err *err)
{
    CLEANUP(edition_reader_close) struct edition_reader reader = {0};
    CLEANUP(arena_close) struct arena *arena = arena_open(1024 * 1024);
    const struct edition_apply *apply = work->apply;
    struct edition_result *result = work->result;
    edition_pull *pull;
    void *data;

    if (!apply->rewind(apply->data, &pull, &data, err) ||
        !edition_reader_open(&reader, pull, data, err))
        return false;
    if (!digest_equal(&reader.head.digest, &result->head.digest))
        return err_set(err, ERR_CONFLICT, "the file was exchanged while it was read");
    result->lines = 0;
    while (!reader.is_over) {
        struct edition_piece piece = {0};

        arena_reset(arena);
        if (!edition_reader_next(&reader, arena, &piece, err))
            return false;
        work->batch = arena; /* drafts of the piece before are written */
        if (reader.is_over || use == NULL)
            continue;
        if (!use(work, &piece, err))
            return false;
        result->lines += (int64_t)piece.count;
        if (apply->progress != NULL &&
            !apply->progress(apply->data, result->lines, result->head.total))
            return err_set(err, ERR_UNAVAILABLE, "it was stopped, and will be gone on with");
    }
    result->bytes = reader.bytes;
    return true;
}

static bool read_head(struct work *work, struct err *err)
{
    CLEANUP(edition_reader_close) struct edition_reader reader = {0};
    struct edition_head *head = &work->result->head;
    edition_pull *pull;
    void *data;
    struct buf line = {.arena = work->arena};

    if (!work->apply->rewind(work->apply->data, &pull, &data, err) ||
        !edition_reader_open(&reader, pull, data, err))
        return false;
    /* Again, with texts that outlive the reader. */
    edition_print_head(&line, &reader.head);
    return edition_parse_head(work->arena, str_trim(buf_str(&line)), head, err) &&
           (digest_equal(&head->digest, &reader.head.digest) ||
            err_set(err, ERR_INPUT, "its head is not as a publisher writes it"));
}

struct noting {
    const struct work *work;
    struct str applying;
    bool is_over;
};

static struct str print_digest(struct arena *arena, const struct edition_head *head)
{
    struct buf buf = {.arena = arena};

    digest_print(&buf, &head->digest);
    return buf_str(&buf);
}

static bool write_arrival(struct tx *tx, const struct work *work, const struct edition_mark *mark,
                          struct str applying, struct err *err)
{
    const struct edition_result *result = work->result;

    return store_exec(
        tx,
        "INSERT INTO arrival (tenant, register, edition, seq, chain, digest, arrived_at, bytes,"
        " applying) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
        " ON CONFLICT (tenant, register) DO UPDATE SET edition = $3, seq = $4, chain = $5,"
        " digest = $6, arrived_at = $7, bytes = $8, applying = $9",
        ARGS(INT(tx->tenant), INT(work->no), INT(mark->no), INT(mark->seq), TEXT(mark->chain),
             TEXT(print_digest(work->arena, &result->head)), INT(work->apply->now),
             INT(result->bytes), TEXT(applying)),
        err);
}

static bool run_start(struct tx *tx, void *data, struct err *err)
{
    const struct work *work = data;
    struct mirror_arrival here;

    return mirror_arrival(tx, work->arena, work->no, &here, err) &&
           write_arrival(tx, work, &here.mark, print_digest(work->arena, &work->result->head), err);
}

/* What may be shown is what the publisher says; to all below, or as the operator narrowed it. */
static bool publish(const struct registry *registry, const struct work *work, struct err *err)
{
    const struct edition_head *head = &work->result->head;
    struct publication_wish wish = {.type = work->type, .fields = head->fields};
    struct publication_edition edition = {.no = head->mark.no, .at = head->at, .note = head->note};
    struct publication publication;
    struct err absent = {0};
    bool is_there = publication_get(registry, work->type, &publication, &absent);

    if (!is_there && absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    if (is_there && publication.reader_count > 0)
        wish.reader = publication.readers[0];
    if ((!is_there || !str_equal(publication.fields, head->fields)) &&
        !publication_put(registry, &wish, err))
        return false;
    return publication_adopt(registry, work->type, &edition, err);
}

static bool run_end(struct tx *tx, void *data, struct err *err)
{
    const struct work *work = data;
    struct registry registry = {tx, work->arena, work->catalog, work->apply->now, NULL};

    return publish(&registry, work, err) &&
           write_arrival(tx, work, &work->result->head.mark, (struct str){0}, err) &&
           peer_note(tx, work->apply->now, (struct str){0}, err);
}

static bool run_batch(struct tx *tx, void *data, struct err *err)
{
    struct work *work = data;

    for (size_t i = 0; i < work->drafts.count; i++)
        if (!record_apply(tx, &work->drafts.items[i], 0, work->apply->now, err))
            return false;
    return true;
}

/* Slices that go come first, so that those of one record never overlap on the way. */
static bool write_batch(struct work *work, struct err *err)
{
    struct edition_result *result = work->result;

    if (work->drafts.count == 0)
        return true;
    if (!tenant_write_wait(work->apply->mirror, run_batch, work, err))
        return false;
    for (size_t i = 0; i < work->drafts.count; i++) {
        result->created += work->drafts.items[i].act == RECORD_CREATE;
        result->changed += work->drafts.items[i].act == RECORD_CHANGE;
        result->removed += work->drafts.items[i].act == RECORD_DELETE;
    }
    work->drafts.items = NULL;
    work->drafts.count = work->drafts.cap = 0;
    return true;
}

/* old, slice: one of them may be NULL. */
static bool add_draft(struct work *work, struct tx *tx, const struct record *old,
                      const struct edition_slice *slice, struct err *err)
{
    struct flaws flaws = {0};
    struct record_draft draft = {
        .type = work->type, .old = old, .now = work->apply->now, .is_copy = true};

    if (slice == NULL || slice->is_gone) {
        draft.act = RECORD_DELETE;
        if (old == NULL)
            return true;
    } else {
        draft.act = old == NULL ? RECORD_CREATE : RECORD_CHANGE;
        draft.id = slice->id;
        draft.valid_from = slice->valid_from;
        draft.valid_to = slice->valid_to;
        draft.title = slice->title;
        draft.value = slice->value;
    }
    if (!record_prepare(tx, work->batch, work->catalog, &draft, &flaws, err))
        return false;
    if (draft.act != RECORD_DELETE && draft.is_same)
        return true;
    VEC_PUSH(work->batch, &work->drafts, draft);
    return true;
}

struct stretch {
    int64_t after, last;
    const struct edition_slice *slices;
    size_t count;
    struct record *own;
    size_t own_count;
};

static struct record record_of(struct rows *rows, size_t row, int64_t no)
{
    return (struct record){
        .no = no,
        .id = rows_int(rows, row, 0),
        .valid_from = rows_int(rows, row, 1),
        .valid_to = rows_int(rows, row, 2),
        .version = rows_int(rows, row, 3),
        .title = rows_text(rows, row, 4),
        .body = rows_text(rows, row, 5),
    };
}

static bool read_own(struct work *work, struct tx *tx, struct stretch *stretch, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, work->batch, &rows,
                     "SELECT id, valid_from, valid_to, version, title, body FROM record"
                     " WHERE tenant = $1 AND register = $2 AND id > $3 AND id <= $4"
                     " ORDER BY id, valid_from",
                     ARGS(INT(tx->tenant), INT(work->no), INT(stretch->after), INT(stretch->last)),
                     err))
        return false;
    stretch->own = ARENA_ARRAY(work->batch, struct record, rows.count + 1);
    stretch->own_count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        stretch->own[i] = record_of(&rows, i, work->no);
    return true;
}

static int compare(const struct record *own, const struct edition_slice *slice)
{
    if (own->id != slice->id)
        return own->id < slice->id ? -1 : 1;
    return own->valid_from < slice->valid_from ? -1 : own->valid_from > slice->valid_from;
}

/*
 * What is here and what came, side by side.  Twice: first what goes, then what stays or comes.
 * What a difference does not speak of stays.
 */
static bool merge(struct work *work, struct tx *tx, const struct stretch *stretch, bool is_leaving,
                  struct err *err)
{
    bool is_whole = work->result->head.base.no == 0;
    size_t own = 0, come = 0;

    while (own < stretch->own_count || come < stretch->count) {
        const struct record *old = own < stretch->own_count ? &stretch->own[own] : NULL;
        const struct edition_slice *slice = come < stretch->count ? &stretch->slices[come] : NULL;
        int order = old == NULL ? 1 : slice == NULL ? -1 : compare(old, slice);
        bool is_end;

        own += order <= 0;
        come += order >= 0;
        old = order <= 0 ? old : NULL;
        slice = order >= 0 ? slice : NULL;
        is_end = slice == NULL || slice->is_gone;
        if ((slice == NULL && !is_whole) || is_end != is_leaving)
            continue;
        if (!add_draft(work, tx, old, slice, err))
            return false;
    }
    return true;
}

/* Its changes wait for write_batch. */
static bool put_stretch(struct work *work, struct stretch *stretch, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, work->apply->mirror, err) && read_own(work, &tx, stretch, err) &&
           merge(work, &tx, stretch, true, err) && merge(work, &tx, stretch, false, err);
}

/* Where the next stretch ends: few of the mirror's own records, however many lie between. */
static bool find_end(struct work *work, int64_t after, int64_t last, int64_t *end, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, work->apply->mirror, err) ||
        !store_query(&tx, work->batch, &rows,
                     "SELECT DISTINCT id FROM record WHERE tenant = $1 AND register = $2"
                     " AND id > $3 AND id <= $4 ORDER BY id LIMIT $5",
                     ARGS(INT(tx.tenant), INT(work->no), INT(after), INT(last), INT(BATCH_RECORDS)),
                     err))
        return false;
    *end = rows.count == BATCH_RECORDS ? rows_int(&rows, BATCH_RECORDS - 1, 0) : last;
    return true;
}

static bool put_whole(struct work *work, const struct edition_piece *piece, struct err *err)
{
    struct stretch stretch = {.after = piece->after, .slices = piece->slices};
    const struct edition_slice *end = piece->slices + piece->count;

    while (stretch.after < piece->last) {
        if (!find_end(work, stretch.after, piece->last, &stretch.last, err))
            return false;
        stretch.count = 0;
        while (stretch.slices + stretch.count < end &&
               stretch.slices[stretch.count].id <= stretch.last)
            stretch.count++;
        if (!put_stretch(work, &stretch, err) || !write_batch(work, err))
            return false;
        stretch.slices += stretch.count;
        stretch.after = stretch.last;
    }
    return true;
}

static bool put_changes(struct work *work, const struct edition_piece *piece, struct err *err)
{
    for (size_t from = 0, to; from < piece->count; from = to) {
        struct stretch stretch = {.after = piece->slices[from].id - 1,
                                  .last = piece->slices[from].id,
                                  .slices = &piece->slices[from]};

        for (to = from; to < piece->count && piece->slices[to].id == stretch.last; to++)
            continue;
        stretch.count = to - from;
        if (!put_stretch(work, &stretch, err) ||
            (work->drafts.count >= BATCH_RECORDS && !write_batch(work, err)))
            return false;
    }
    return write_batch(work, err);
}

static bool put_piece(struct work *work, const struct edition_piece *piece, struct err *err)
{
    struct edition_codes_taking taking = {work->apply->mirror, work->apply->library, NULL,
                                          work->apply->now};
    bool has_new;

    if (!catalog_get(work->apply->mirror, work->apply->library, &work->catalog, err))
        return false;
    work->type = model_type(work->catalog->model, work->result->head.register_id);
    if (work->type == NULL)
        return err_set(err, ERR_UNAVAILABLE, "the packs are being changed");
    taking.type = work->type;
    if (!edition_codes_take(&taking, piece, &has_new, err) ||
        (has_new && !catalog_get(work->apply->mirror, work->apply->library, &work->catalog, err)))
        return false;
    return work->result->head.base.no == 0 ? put_whole(work, piece, err)
                                           : put_changes(work, piece, err);
}

bool edition_apply(const struct edition_apply *apply, struct arena *arena,
                   struct edition_result *result, struct err *err)
{
    CLEANUP(file_close) int lock = -1;
    struct work work = {.apply = apply, .arena = arena, .result = result};

    *result = (struct edition_result){0};
    if (!mirror_lock(apply->mirror, "edition", &lock, err) || !read_head(&work, err) ||
        !check_head(&work, &result->is_here, err))
        return false;
    if (!each_piece(&work, NULL, err))
        return false;
    if (result->is_here)
        return true;
    return tenant_write_wait(apply->mirror, run_start, &work, err) &&
           each_piece(&work, put_piece, err) &&
           catalog_get(apply->mirror, apply->library, &work.catalog, err) &&
           tenant_write_wait(apply->mirror, run_end, &work, err);
}
