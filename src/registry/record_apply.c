/*
 * Changes of records inside a write transaction.
 *
 * Invariants:
 * 1. record.version is the journal number of the entry that wrote the slice; a slice that
 *    is replaced or deleted goes to history with known_to = the number of the entry that
 *    ended it, in the same transaction.
 * 2. Slices of one record do not overlap in time.
 * 3. One natural key, one record.
 * 4. A reference points to a record that exists, here or in an edition (borrowed.h).
 * 5. Files of a record leave the lists with it.
 * 6. Titles of records that name this one follow, by a job (record_retitle.h).
 * 7. Search, totals and map hold what record holds; the search only up to words_to
 *    (layout.h): behind it the rebuild brings the words.
 * 8. The draft was prepared by the packs that are installed now, and the record it changes
 *    stands as they lay it out: one that a rebuild has not reached yet is rebuilt first.
 *    What copies the records of another node (is_copy) is past 3, 4 and 6: they hold there.
 * 9. A slice that belongs to the newest edition of a published register is kept aside, slots
 *    and all, before it is replaced or deleted (publication.h).
 * 10. A record that may be a cause to offer people a service has the job that looks at it
 *    (workflow/offering.h), which reads the journal from the first such entry on.
 */
#include "auth/journal.h"
#include "core/id.h"
#include "queue/job.h"
#include "registry/beside.h"
#include "registry/quota.h"
#include "registry/record_cluster.h"
#include "registry/record_prepare.h"
#include "registry/record_rebuild.h"
#include "registry/record_retitle.h"
#include "store/cell.h"
#include "store/rows.h"

enum {
    CLEARED_MAX = 1000, /* references that one deletion may take out */
};

static bool find_one(struct tx *tx, struct record_draft *draft, const char *sql,
                     struct store_args args, bool *found, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, draft->arena, &rows, sql, args, err))
        return false;
    *found = rows.count > 0;
    return true;
}

/* Invariant 3. */
static bool check_key(struct tx *tx, struct record_draft *draft, struct err *err)
{
    bool is_taken;

    if (draft->is_copy || draft->type->key_count == 0 || draft->slots[QUERY_T1].kind != STORE_TEXT)
        return true;
    if (!layout_need_key(draft->catalog, draft->type, err) ||
        !find_one(tx, draft,
                  "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND t1 = $3"
                  " AND id <> $4 LIMIT 1",
                  ARGS(INT(tx->tenant), INT(draft->no), draft->slots[QUERY_T1], INT(draft->id)),
                  &is_taken, err))
        return false;
    return !is_taken || err_set(err, ERR_CONFLICT,
                                "there is a record with the same key already: change that one");
}

static bool is_borrowed(struct tx *tx, struct record_draft *draft, const struct record_ref *ref,
                        bool *is, struct err *err)
{
    return find_one(tx, draft,
                    "SELECT 1 FROM borrowed WHERE tenant = $1 AND register = $2 AND id = $3",
                    ARGS(INT(tx->tenant), INT(ref->no), INT(ref->id)), is, err);
}

/* Invariant 4. */
static bool check_refs(struct tx *tx, struct record_draft *draft, struct err *err)
{
    for (size_t i = 0; !draft->is_copy && i < draft->ref_count; i++) {
        const struct record_ref *ref = &draft->refs[i];
        bool is_there;

        if (!find_one(tx, draft,
                      "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
                      " LIMIT 1",
                      ARGS(INT(tx->tenant), INT(ref->no), INT(ref->id)), &is_there, err))
            return false;
        if (!is_there && !is_borrowed(tx, draft, ref, &is_there, err))
            return false;
        if (!is_there)
            return err_set(err, ERR_CONFLICT, "%.*s: the record it refers to does not exist",
                           STR_ARG(ref->field));
    }
    return true;
}

/* Invariant 2. */
static bool check_slices(struct tx *tx, struct record_draft *draft, struct err *err)
{
    int64_t own = draft->old != NULL ? draft->old->valid_from : INT64_MIN;
    bool overlaps;

    if (!draft->type->is_temporal || draft->is_beside)
        return true;
    if (!find_one(tx, draft,
                  "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
                  " AND valid_from < $5 AND valid_to > $4 AND valid_from <> $6 LIMIT 1",
                  ARGS(INT(tx->tenant), INT(draft->no), INT(draft->id), INT(draft->valid_from),
                       INT(draft->valid_to), INT(own)),
                  &overlaps, err))
        return false;
    return !overlaps || err_set(err, ERR_CONFLICT,
                                "other dates of this record overlap these: change those first");
}

static bool write_journal(struct tx *tx, struct record_draft *draft, const char *action,
                          int64_t actor, int64_t now, struct err *err)
{
    struct journal_entry entry = {
        .at = now,
        .actor = actor,
        .action = str_from_z(action),
        .no = draft->no,
        .record = draft->id,
        .cause = draft->import != 0 ? draft->import : draft->cause,
        .digest = draft->digest,
    };

    if (!journal_add(tx, &entry, err))
        return false;
    draft->version = entry.seq;
    return true;
}

/*
 * All slices of a record share its number in the index, and taking out the words of one
 * would take those it has in common with the others: so all go out and all come in.
 */
static bool read_others(struct tx *tx, const struct record_draft *draft,
                        struct search_entry *others, struct err *err)
{
    struct arena *arena = draft->arena;
    struct record *slices;
    size_t count;

    *others = (struct search_entry){0};
    if (!draft->type->is_temporal)
        return true;
    if (!record_slices(&(struct registry){tx, draft->arena, draft->catalog, draft->now, NULL},
                       draft->no, draft->id, &slices, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct search_entry entry;

        if (slices[i].version == draft->version)
            continue;
        if (!record_prepare_words(tx, draft, &slices[i], &entry, err))
            return false;
        entry.title = str_printf(arena, "%.*s%.*s", STR_ARG(others->title), STR_ARG(entry.title));
        entry.words = str_printf(arena, "%.*s%.*s", STR_ARG(others->words), STR_ARG(entry.words));
        *others = entry;
    }
    return true;
}

/* One entry with the words of both; NULL when there are none. */
static const struct search_entry *join_words(struct arena *arena, const struct search_entry *entry,
                                             const struct search_entry *others)
{
    struct search_entry *joined;

    if (others->id == 0 || entry == NULL)
        return others->id == 0 ? entry : others;
    joined = ARENA_NEW(arena, struct search_entry);
    *joined = *entry;
    joined->title = str_printf(arena, "%.*s%.*s", STR_ARG(entry->title), STR_ARG(others->title));
    joined->words = str_printf(arena, "%.*s%.*s", STR_ARG(entry->words), STR_ARG(others->words));
    return joined;
}

static bool change_search(struct tx *tx, const struct record_draft *draft, struct err *err)
{
    const struct search_entry *old = draft->old != NULL ? &draft->old_words : NULL;
    const struct search_entry *next = draft->act != RECORD_DELETE ? &draft->words : NULL;
    struct search_entry others;

    return read_others(tx, draft, &others, err) &&
           search_change(tx, join_words(draft->arena, old, &others),
                         join_words(draft->arena, next, &others), err);
}

/* Invariant 7. */
static bool change_indexes(struct tx *tx, struct record_draft *draft, struct err *err)
{
    bool is_moved = draft->has_box != draft->had_box;

    for (int side = 0; side < 4 && draft->has_box && draft->had_box; side++)
        is_moved |= draft->box[side] != draft->old_box[side];
    if (draft->id <= draft->words_to && !change_search(tx, draft, err))
        return false;
    if (is_moved && draft->had_box && !record_cluster_count(tx, draft->no, draft->old_box, -1, err))
        return false;
    return !is_moved || !draft->has_box || record_cluster_count(tx, draft->no, draft->box, 1, err);
}

static bool add_total(struct tx *tx, const struct record_draft *draft, int64_t more,
                      struct err *err)
{
    return store_exec(tx, "UPDATE register_no SET total = total + $3 WHERE tenant = $1 AND no = $2",
                      ARGS(INT(tx->tenant), INT(draft->no), INT(more)), err);
}

static struct store_arg box_side(const struct record_draft *draft, int side)
{
    return draft->has_box ? INT(draft->box[side]) : NONE;
}

static struct store_arg box_cell(const struct record_draft *draft)
{
    return draft->has_box ? INT(cell_of_box(draft->box)) : NONE;
}

enum {
    ROW_FIXED = 16, /* columns before the slots */
    ROW_COLUMNS = ROW_FIXED + RECORD_SLOTS,
};

static void fill_row(const struct tx *tx, const struct record_draft *draft, int64_t now,
                     struct store_arg row[ROW_COLUMNS])
{
    const struct store_arg fixed[ROW_FIXED] = {
        INT(tx->tenant),
        INT(draft->no),
        INT(draft->id),
        INT(draft->valid_from),
        INT(draft->valid_to),
        INT(draft->version),
        INT(now),
        draft->import != 0 ? INT(draft->import) : NONE,
        TEXT(draft->salt),
        TEXT(draft->title),
        TEXT(draft->body),
        box_cell(draft),
        box_side(draft, 0),
        box_side(draft, 1),
        box_side(draft, 2),
        box_side(draft, 3),
    };

    for (int i = 0; i < ROW_FIXED; i++)
        row[i] = fixed[i];
    for (int i = 0; i < RECORD_SLOTS; i++)
        row[ROW_FIXED + i] = draft->slots[i];
}

static bool insert_row(struct tx *tx, struct record_draft *draft, int64_t now, struct err *err)
{
    struct store_arg row[ROW_COLUMNS];
    int64_t changed;

    fill_row(tx, draft, now, row);
    if (!store_change(
            tx,
            "INSERT INTO record (tenant, register, id, valid_from, valid_to, version, changed_at,"
            " import, salt, title, body, cell, x1, y1, x2, y2,"
            " t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8,"
            " m1, m2, m3, m4, m5, m6, m7, m8)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
            " $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32,"
            " $33, $34, $35, $36, $37, $38, $39, $40)"
            " ON CONFLICT DO NOTHING",
            (struct store_args){row, ROW_COLUMNS}, &changed, err))
        return false;
    return changed == 1 || err_set(err, ERR_CONFLICT, "there is a record with this id already");
}

static bool update_row(struct tx *tx, struct record_draft *draft, int64_t now, struct err *err)
{
    struct store_arg row[ROW_COLUMNS + 1];

    fill_row(tx, draft, now, row);
    row[ROW_COLUMNS] = INT(draft->old->valid_from);
    return store_exec(
        tx,
        "UPDATE record SET valid_from = $4, valid_to = $5, version = $6, changed_at = $7,"
        " import = $8, salt = $9, title = $10, body = $11, cell = $12,"
        " x1 = $13, y1 = $14, x2 = $15, y2 = $16,"
        " t1 = $17, t2 = $18, t3 = $19, t4 = $20, t5 = $21, t6 = $22, t7 = $23, t8 = $24,"
        " n1 = $25, n2 = $26, n3 = $27, n4 = $28, n5 = $29, n6 = $30, n7 = $31, n8 = $32,"
        " m1 = $33, m2 = $34, m3 = $35, m4 = $36, m5 = $37, m6 = $38, m7 = $39, m8 = $40"
        " WHERE tenant = $1 AND register = $2 AND id = $3 AND valid_from = $41",
        (struct store_args){row, ROW_COLUMNS + 1}, err);
}

/* Invariant 1: what was believed until now. */
static bool keep_old(struct tx *tx, const struct record_draft *draft, struct err *err)
{
    int64_t changed;

    if (!store_change(tx,
                      "INSERT INTO history (tenant, register, id, valid_from, known_from, known_to,"
                      " valid_to, salt, title, body)"
                      " SELECT tenant, register, id, valid_from, version, $6, valid_to, salt,"
                      " title, body FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
                      " AND valid_from = $4 AND version = $5",
                      ARGS(INT(tx->tenant), INT(draft->no), INT(draft->id),
                           INT(draft->old->valid_from), INT(draft->old->version),
                           INT(journal_next(tx))),
                      &changed, err))
        return false;
    if (changed != 1)
        return err_set(err, ERR_CONFLICT, "someone else changed this record meanwhile");
    /* Invariant 9. */
    return draft->old->version > draft->published_seq || publication_keep(tx, draft, err);
}

/* A temporal record lives on while it has other slices. */
static bool has_other_slices(struct tx *tx, struct record_draft *draft, bool *has, struct err *err)
{
    int64_t own = draft->old != NULL ? draft->old->valid_from : draft->valid_from;

    *has = false;
    return !draft->type->is_temporal || draft->is_beside ||
           find_one(tx, draft,
                    "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
                    " AND valid_from <> $4 LIMIT 1",
                    ARGS(INT(tx->tenant), INT(draft->no), INT(draft->id), INT(own)), has, err);
}

/* Also what is changed takes more disk: the history keeps what it was. */
static bool has_room(struct tx *tx, const struct record_draft *draft, struct err *err)
{
    int64_t size = (int64_t)draft->body.len;

    if (!draft->is_upkeep && !quota_need_disk(tx->owner, size, err))
        return false;
    quota_kept(tx->owner, size);
    return true;
}

static bool create(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                   struct err *err)
{
    bool is_slice;

    return has_room(tx, draft, err) && check_key(tx, draft, err) && check_refs(tx, draft, err) &&
           check_slices(tx, draft, err) && has_other_slices(tx, draft, &is_slice, err) &&
           (is_slice || quota_need_row(tx, err)) &&
           write_journal(tx, draft, "create", actor, now, err) && insert_row(tx, draft, now, err) &&
           change_indexes(tx, draft, err) && (is_slice || add_total(tx, draft, 1, err));
}

static bool change(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                   struct err *err)
{
    return has_room(tx, draft, err) && check_key(tx, draft, err) && check_refs(tx, draft, err) &&
           check_slices(tx, draft, err) && keep_old(tx, draft, err) &&
           write_journal(tx, draft, "change", actor, now, err) && update_row(tx, draft, now, err) &&
           change_indexes(tx, draft, err);
}

struct clearing {
    struct record_draft *draft;
    const struct register_field *field;
    int64_t actor;
    int64_t now;
};

/* Takes the reference out of one record, as a change like any other. */
static bool clear_one(struct tx *tx, const struct clearing *clearing,
                      const struct register_type *type, struct record *record, struct err *err)
{
    struct arena *arena = clearing->draft->arena;
    struct flaws flaws = {0};
    struct json *value;
    struct record_draft other = {
        .act = RECORD_CHANGE,
        .type = type,
        .valid_from = record->valid_from,
        .valid_to = record->valid_to,
        .old = record,
        .import = clearing->draft->import,
        .cause = clearing->draft->cause,
        .now = clearing->now,
        .is_upkeep = true,
    };
    const struct json *ref;
    int64_t id;

    if (!json_parse(arena, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value,
                    err))
        return false;
    ref = json_find(value, clearing->field->name);
    if (ref == NULL || !id_parse(ref->text, &id) || id != clearing->draft->id)
        return true; /* another slice, of another time */
    json_drop(value, clearing->field->name);
    other.value = value;
    return record_prepare(tx, arena, clearing->draft->catalog, &other, &flaws, err) &&
           record_apply(tx, &other, clearing->actor, clearing->now, err);
}

/* A record that refers to itself does not keep itself. */
static size_t drop_own(const struct record_draft *draft, const struct register_type *type,
                       const struct rows *rows, int64_t *ids)
{
    size_t count = 0;

    for (size_t i = 0; i < rows->count; i++)
        if (type != draft->type || rows_int(rows, i, 0) != draft->id)
            ids[count++] = rows_int(rows, i, 0);
    return count;
}

static bool refuse_or_clear(struct tx *tx, const struct clearing *clearing,
                            const struct register_type *type, struct err *err)
{
    struct record_draft *draft = clearing->draft;
    struct query *query =
        query_new(draft->arena, "id", tx->tenant, catalog_no(draft->catalog, type));
    int64_t *ids = ARENA_ARRAY(draft->arena, int64_t, CLEARED_MAX + 1);
    struct rows rows;
    size_t found;

    query_where(query, (enum query_column)clearing->field->slot, QUERY_EQ, INT(draft->id));
    query_limit(query, CLEARED_MAX + 1);
    if (!layout_need_field(draft->catalog, type, clearing->field, err) ||
        !query_run(query, tx, draft->arena, &rows, err))
        return false;
    found = drop_own(draft, type, &rows, ids);
    if (found == 0)
        return true;
    if (clearing->field->on_delete == FIELD_REFUSE || found > CLEARED_MAX ||
        clearing->field->is_required)
        return err_set(err, ERR_CONFLICT,
                       "other records refer to this one (%.*s, %.*s): change or delete those first",
                       STR_ARG(type->title), STR_ARG(clearing->field->title));
    for (size_t i = 0; i < found; i++) {
        struct record *slices;
        size_t count;

        if (!record_slices(&(struct registry){tx, draft->arena, draft->catalog, draft->now, NULL},
                           catalog_no(draft->catalog, type), ids[i], &slices, &count, err))
            return false;
        for (size_t slice = 0; slice < count; slice++)
            if (!clear_one(tx, clearing, type, &slices[slice], err))
                return false;
    }
    return true;
}

/* Invariant 4 for those that refer to a record that goes. */
static bool release_refs(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                         struct err *err)
{
    const struct model *model = draft->catalog->model;
    struct registry registry = {tx, draft->arena, draft->catalog, now, NULL};

    for (size_t i = 0; i < model->type_count && !draft->is_beside; i++)
        for (size_t f = 0; f < model->types[i]->field_count; f++) {
            const struct register_field *field = &model->types[i]->fields[f];
            struct clearing clearing = {draft, field, actor, now};
            struct beside_release release = {model->types[i], field, draft, actor};

            if (field->ref_index != draft->type->index)
                continue;
            if ((field->slot >= 0 && !refuse_or_clear(tx, &clearing, model->types[i], err)) ||
                !beside_release(&registry, &release, err))
                return false;
        }
    return true;
}

/* Invariant 5. Rows and bytes stay, as for any file that is removed. */
static bool remove_files(struct tx *tx, const struct record_draft *draft, int64_t actor,
                         int64_t now, struct err *err)
{
    return store_exec(tx,
                      "UPDATE attachment SET removed_at = $4, removed_by = $5 WHERE tenant = $1"
                      " AND register = $2 AND record = $3 AND removed_at IS NULL",
                      ARGS(INT(tx->tenant), INT(draft->no), INT(draft->id), INT(now), INT(actor)),
                      err);
}

static bool end_slice(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                      struct err *err)
{
    bool lives_on;

    draft->digest = (struct str){0};
    return has_other_slices(tx, draft, &lives_on, err) &&
           (lives_on || draft->is_copy || release_refs(tx, draft, actor, now, err)) &&
           keep_old(tx, draft, err) && write_journal(tx, draft, "delete", actor, now, err) &&
           store_exec(
               tx,
               "DELETE FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
               " AND valid_from = $4",
               ARGS(INT(tx->tenant), INT(draft->no), INT(draft->id), INT(draft->old->valid_from)),
               err) &&
           change_indexes(tx, draft, err) &&
           (lives_on ||
            (add_total(tx, draft, -1, err) && remove_files(tx, draft, actor, now, err)));
}

static bool run_act(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                    struct err *err)
{
    switch (draft->act) {
    case RECORD_CREATE:
        return create(tx, draft, actor, now, err);
    case RECORD_CHANGE:
        return change(tx, draft, actor, now, err);
    case RECORD_DELETE:
        return end_slice(tx, draft, actor, now, err);
    }
    return err_set(err, ERR_BROKEN, "an unknown act");
}

/* Nothing is to be written, but only if what the caller saw still stands. */
static bool keep_same(struct tx *tx, struct record_draft *draft, struct err *err)
{
    bool stands;

    if (!find_one(tx, draft,
                  "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 AND id = $3"
                  " AND valid_from = $4 AND version = $5",
                  ARGS(INT(tx->tenant), INT(draft->no), INT(draft->id), INT(draft->old->valid_from),
                       INT(draft->old->version)),
                  &stands, err))
        return false;
    draft->version = draft->old->version;
    return stands || err_set(err, ERR_CONFLICT, "someone else changed this record meanwhile");
}

/* Invariant 8. */
static bool lay_out(struct tx *tx, struct record_draft *draft, struct err *err)
{
    struct registry registry = {tx, draft->arena, draft->catalog, draft->now, NULL};
    struct layout_row row;
    bool is_renamed;

    if (!layout_check(&registry, draft->type, &row, err))
        return false;
    draft->words_to = row.words_to;
    draft->published_seq = row.published_seq;
    draft->published_no = row.published_no;
    draft->is_rebuilt = draft->old != NULL && draft->id > row.slots_to;
    return !draft->is_rebuilt ||
           record_rebuild(&registry, draft->type, draft->id, &is_renamed, err);
}

/* Own values beside a published record have no title, no words and no edition. */
static bool apply_part(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                       struct err *err)
{
    struct registry registry = {tx, draft->arena, draft->catalog, draft->now, NULL};
    struct layout_row row;

    draft->words_to = INT64_MIN;
    draft->published_seq = 0;
    draft->is_rebuilt = draft->has_job = false;
    return layout_check(&registry, draft->type, &row, err) && borrowed_keep(tx, draft, err) &&
           run_act(tx, draft, actor, now, err);
}

/* Invariant 10. */
static bool give_cause(struct tx *tx, struct record_draft *draft, int64_t now, struct err *err)
{
    struct job job = {.kind = STR("service.offer"), .put_at = now};
    bool has_moved;

    if (!draft->type->gives_cause || draft->is_upkeep || draft->act == RECORD_DELETE)
        return true;
    job.payload = str_printf(draft->arena, "{\"after\":%lld}", (long long)draft->version - 1);
    if (!job_need(tx, &job, now, &has_moved, err))
        return false;
    draft->has_job |= has_moved;
    return true;
}

bool record_apply(struct tx *tx, struct record_draft *draft, int64_t actor, int64_t now,
                  struct err *err)
{
    struct str was = {0};

    if (draft->is_same)
        return keep_same(tx, draft, err);
    if (draft->is_beside)
        return apply_part(tx, draft, actor, now, err);
    if (draft->is_copy)
        return lay_out(tx, draft, err) && record_prepare_titles(tx, draft, err) &&
               run_act(tx, draft, actor, now, err);
    return record_retitle_before(tx, draft, &was, err) && lay_out(tx, draft, err) &&
           borrowed_keep(tx, draft, err) && record_prepare_titles(tx, draft, err) &&
           run_act(tx, draft, actor, now, err) && record_retitle_after(tx, draft, was, now, err) &&
           give_cause(tx, draft, now, err);
}
