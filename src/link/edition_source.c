#include "link/edition_source.h"

#include "core/vec.h"
#include "link/edition_codes.h"
#include "registry/record_holds.h"
#include "store/rows.h"

#include <stdlib.h>

enum {
    PIECE_RECORDS = 200,
    PIECE_BYTES = 1024 * 1024, /* a piece ends behind the record that goes beyond */
    TOUCHED_MAX = 20000,       /* entries of the journal; beyond that reading all is cheaper */
};

bool edition_source_schema(struct arena *arena, const struct register_type *type, struct str fields,
                           struct str *schema, struct err *err)
{
    struct buf text = {.arena = arena};
    struct buf out = {.arena = arena};
    struct digest digest;

    while (fields.len > 0) {
        struct str name = str_trim(str_cut(&fields, ','));
        const struct register_field *field = register_type_field(type, name);

        if (field == NULL)
            return err_set(err, ERR_INPUT,
                           "the register %.*s has no field %.*s here: bring its pack %.*s up to "
                           "date first",
                           STR_ARG(type->id), STR_ARG(str_slice(name, 0, 60)),
                           STR_ARG(type->pack->id));
        buf_printf(&text, "%.*s %d %d\n", STR_ARG(name), (int)field->type, field->scale);
    }
    buf_printf(&text, "%d", type->is_temporal);
    digest = digest_of(buf_str(&text));
    digest_print(&out, &digest);
    *schema = buf_str(&out);
    return true;
}

static bool find_mark(const struct registry *registry, int64_t register_no, int64_t no,
                      struct edition_mark *mark, bool *found, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT e.seq, j.hash FROM edition e"
                     " JOIN journal j ON j.tenant = e.tenant AND j.seq = e.seq"
                     " WHERE e.tenant = $1 AND e.register = $2 AND e.no = $3 AND j.tenant = $1",
                     ARGS(INT(registry->tx->tenant), INT(register_no), INT(no)), err))
        return false;
    *found = rows.count > 0;
    if (*found)
        *mark = (struct edition_mark){no, rows_int(&rows, 0, 0), rows_text(&rows, 0, 1)};
    return true;
}

/* Since that number neither what is published, nor to whom, nor the packs have changed. */
static bool is_steady(const struct registry *registry, int64_t register_no, int64_t since,
                      bool *steady, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT 1 FROM journal WHERE tenant = $1 AND seq > $2 AND (action ="
                     " 'pack.install' OR register = $3 AND action IN"
                     " ('publication.put', 'publication.remove')) LIMIT 1",
                     ARGS(INT(registry->tx->tenant), INT(since), INT(register_no)), err))
        return false;
    *steady = rows.count == 0;
    return true;
}

static bool find_base(struct edition_source *source, const struct registry *registry,
                      const struct edition_wish *wish, struct err *err)
{
    struct edition_head *head = &source->head;
    struct edition_mark base;
    bool found, steady;
    struct rows rows;

    if (wish->since <= 0)
        return true;
    if (!find_mark(registry, source->publication.no, wish->since, &base, &found, err) ||
        (found && !is_steady(registry, source->publication.no, base.seq, &steady, err)))
        return false;
    found = found && (wish->chain.len == 0 || str_equal(wish->chain, base.chain));
    if (!found && wish->is_strict)
        return err_set(err, ERR_ABSENT, "there is no edition %lld", (long long)wish->since);
    if (found && !steady && wish->is_strict)
        return err_set(err, ERR_CONFLICT,
                       "what is published has changed since edition %lld: take the whole edition",
                       (long long)wish->since);
    if (!found || !steady || base.no >= head->mark.no)
        return !wish->is_strict || base.no < head->mark.no ||
               err_set(err, ERR_INPUT, "edition %lld is not older than edition %lld",
                       (long long)base.no, (long long)head->mark.no);
    head->base = base;
    if (!store_query(
            registry->tx, registry->arena, &rows,
            "SELECT count(*) FROM (SELECT 1 FROM journal WHERE tenant = $1 AND seq > $2"
            " AND seq <= $3 LIMIT $4) AS entry",
            ARGS(INT(registry->tx->tenant), INT(base.seq), INT(head->mark.seq), INT(TOUCHED_MAX)),
            err))
        return false;
    source->is_scan = rows_int(&rows, 0, 0) >= TOUCHED_MAX;
    return true;
}

static bool fill_head(struct edition_source *source, const struct registry *registry,
                      const struct edition_wish *wish, struct err *err)
{
    const struct store_tenant *info = tenant_info(source->publisher);
    const struct register_type *type = source->type;
    struct edition_head *head = &source->head;
    struct publication_edition *editions;
    size_t count;
    bool found;

    head->publisher = (struct edition_party){info->id, str_copy(source->arena, info->name),
                                             str_copy(source->arena, info->title)};
    head->reader = wish->reader;
    memcpy(head->key, source->key->public_bytes, SECRET_PUBLIC_SIZE);
    head->register_id = type->id;
    head->pack_id = type->pack->id;
    head->pack_version = type->pack->version;
    head->fields = source->publication.fields;
    if (!edition_source_schema(source->arena, type, head->fields, &head->schema, err) ||
        !find_mark(registry, source->publication.no,
                   wish->no > 0 ? wish->no : source->publication.newest.no, &head->mark, &found,
                   err))
        return false;
    if (!found && wish->no > 0)
        return err_set(err, ERR_ABSENT, "there is no edition %lld", (long long)wish->no);
    if (!found)
        return err_set(err, ERR_UNAVAILABLE, "there is no edition of it yet");
    if (!publication_editions(registry, type, PUBLICATION_EDITIONS_MAX, &editions, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (editions[i].no == head->mark.no) {
            head->at = editions[i].at;
            head->total = editions[i].total;
            head->note = editions[i].note;
        }
    return find_base(source, registry, wish, err);
}

bool edition_source_open(const struct edition_by *by, const struct edition_wish *wish,
                         struct edition_source *source, struct buf *out, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct registry registry = {&tx, by->arena, NULL, 0, NULL};
    const struct publication_reader *reader;
    struct record_filter *filters;

    *source =
        (struct edition_source){.publisher = by->publisher, .key = by->key, .arena = by->arena};
    if (!catalog_get(by->publisher, by->library, &source->catalog, err) ||
        !tx_read(&tx, by->publisher, err))
        return false;
    registry.catalog = source->catalog;
    source->type = model_type(source->catalog->model, wish->register_id);
    if (source->type == NULL)
        return err_set(err, ERR_ABSENT, "there is no register %.*s",
                       STR_ARG(str_slice(wish->register_id, 0, 80)));
    if (!publication_get(&registry, source->type, &source->publication, err))
        return false;
    reader = publication_reader_of(&source->publication, wish->reader.id);
    if (reader == NULL)
        return err_set(err, ERR_DENIED, "it is not published to %.*s", STR_ARG(wish->reader.name));
    if (!publication_filters(&registry, source->type, reader->filter, &filters,
                             &source->filter_count, err))
        return false;
    source->filters = filters;
    source->head.filter = reader->filter;
    if (!fill_head(source, &registry, wish, err))
        return false;
    edition_print_head(out, &source->head);
    return true;
}

/* The id up to which the next piece goes; INT64_MAX: it is the last one. */
static bool find_last(const struct edition_source *source, struct tx *tx, struct arena *arena,
                      int64_t after, int64_t *last, struct err *err)
{
    const struct edition_head *head = &source->head;
    bool is_touched = head->base.no > 0 && !source->is_scan;
    int64_t no = source->publication.no;
    struct rows rows;

    if (!(is_touched
              ? store_query(tx, arena, &rows,
                            "SELECT DISTINCT record FROM journal WHERE tenant = $1 AND seq > $2"
                            " AND seq <= $3 AND register = $4 AND record > $5"
                            " ORDER BY record LIMIT $6",
                            ARGS(INT(tx->tenant), INT(head->base.seq), INT(head->mark.seq), INT(no),
                                 INT(after), INT(PIECE_RECORDS)),
                            err)
              : store_query(tx, arena, &rows,
                            "SELECT DISTINCT id FROM record WHERE tenant = $1 AND register = $2"
                            " AND id > $3 ORDER BY id LIMIT $4",
                            ARGS(INT(tx->tenant), INT(no), INT(after), INT(PIECE_RECORDS)), err)))
        return false;
    *last = rows.count == PIECE_RECORDS ? rows_int(&rows, rows.count - 1, 0) : INT64_MAX;
    if (is_touched)
        return true;
    /* Records that are deleted now, and were not then, can be many between two that stand. */
    if (!store_query(tx, arena, &rows,
                     "SELECT DISTINCT id FROM history WHERE tenant = $1 AND register = $2"
                     " AND id > $3 AND id <= $4 AND known_to > $5 ORDER BY id LIMIT $6",
                     ARGS(INT(tx->tenant), INT(no), INT(after), INT(*last),
                          INT(head->base.no > 0 ? head->base.seq : head->mark.seq),
                          INT(PIECE_RECORDS)),
                     err))
        return false;
    if (rows.count == PIECE_RECORDS)
        *last = rows_int(&rows, rows.count - 1, 0);
    return true;
}

/* A slice that was believed from one number of the journal to another. */
struct belief {
    int64_t id, valid_from, valid_to, from, to;
    bool is_lost; /* its body was erased */
    struct str title, body;
};

struct reading {
    struct arena *arena;
    VEC(struct belief) beliefs;
};

static bool add_belief(void *data, const struct rows *row, struct err *err)
{
    struct reading *reading = data;
    struct belief belief = {
        .id = rows_int(row, 0, 0),
        .valid_from = rows_int(row, 0, 1),
        .valid_to = rows_is_null(row, 0, 2) ? RECORD_FOREVER : rows_int(row, 0, 2),
        .from = rows_int(row, 0, 3),
        .to = rows_int(row, 0, 4),
        .is_lost = rows_is_null(row, 0, 6),
        .title = str_copy(reading->arena, rows_text(row, 0, 5)),
        .body = str_copy(reading->arena, rows_text(row, 0, 6)),
    };

    (void)err;
    VEC_PUSH(reading->arena, &reading->beliefs, belief);
    return true;
}

#define RANGE " WHERE t.tenant = $1 AND t.register = $2 AND t.id > $3 AND t.id <= $4"
#define TOUCHED                                                                                    \
    " AND t.id IN (SELECT j.record FROM journal j WHERE j.tenant = $1 AND j.seq > $5"              \
    " AND j.seq <= $6 AND j.register = $2 AND j.record > $3 AND j.record <= $4)"
#define RECORDS                                                                                    \
    "SELECT t.id, t.valid_from, t.valid_to, t.version, 9223372036854775807, t.title, t.body"       \
    " FROM record t" RANGE " AND t.version > $5 AND t.version <= $6"
#define HISTORY                                                                                    \
    "SELECT t.id, t.valid_from, t.valid_to, t.known_from, t.known_to, t.title, t.body"             \
    " FROM history t" RANGE " AND t.known_from <= $6 AND t.known_to > $7"
#define ORDER " ORDER BY t.id, t.valid_from"

/* In the order of ids; what changed since the base, or all that was believed at the mark. */
static bool read_beliefs(const struct edition_source *source, struct tx *tx, int64_t after,
                         int64_t last, struct reading *reading, struct err *err)
{
    const struct edition_head *head = &source->head;
    bool is_touched = head->base.no > 0 && !source->is_scan;
    struct store_args args = ARGS(INT(tx->tenant), INT(source->publication.no), INT(after),
                                  INT(last), INT(head->base.seq), INT(head->mark.seq),
                                  INT(head->base.no > 0 ? head->base.seq : head->mark.seq));
    struct store_args first = {args.items, 6};

    return store_each(tx, is_touched ? RECORDS TOUCHED ORDER : RECORDS ORDER, first, add_belief,
                      reading, err) &&
           store_each(tx, is_touched ? HISTORY TOUCHED ORDER : HISTORY ORDER, args, add_belief,
                      reading, err);
}

static int compare_beliefs(const void *one, const void *other)
{
    const struct belief *a = one, *b = other;

    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->valid_from != b->valid_from)
        return a->valid_from < b->valid_from ? -1 : 1;
    return a->from < b->from ? -1 : a->from > b->from;
}

/* What the reader may see of it; false when the filter does not let it through. */
static bool show(const struct edition_source *source, struct arena *arena,
                 const struct belief *belief, struct edition_slice *slice)
{
    const struct register_type *type = source->type;
    struct err none;

    *slice = (struct edition_slice){.id = belief->id,
                                    .valid_from = belief->valid_from,
                                    .valid_to = belief->valid_to,
                                    .title = belief->title};
    if (belief->is_lost ||
        !json_parse(arena, belief->body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &slice->value, &none) ||
        !record_holds(arena, slice->value, source->filters, source->filter_count))
        return false;
    for (size_t i = 0; i < type->field_count; i++) {
        if (source->publication.shows[i])
            continue;
        json_drop(slice->value, type->fields[i].name);
        if (type->fields[i].is_in_title)
            slice->title = (struct str){0};
    }
    return true;
}

/* A piece being written. */
struct writing {
    struct arena *arena;
    struct buf *out;
    size_t lines;
    struct edition_codes codes;
};

/* Those of one record and one first day: at the base, at the mark, or between. */
static void print_slice(const struct edition_source *source, struct writing *writing,
                        const struct belief *beliefs, size_t count)
{
    struct arena *arena = writing->arena;
    const struct edition_head *head = &source->head;
    struct edition_slice slice, old;
    bool is_there = false, was_there = false;

    for (size_t i = 0; i < count; i++) {
        const struct belief *one = &beliefs[i];

        if (head->base.no > 0 && one->from <= head->base.seq && one->to > head->mark.seq)
            return; /* as it was */
        if (one->from <= head->mark.seq && one->to > head->mark.seq)
            is_there = show(source, arena, one, &slice);
        else if (head->base.no > 0 && one->from <= head->base.seq && one->to > head->base.seq)
            was_there = one->is_lost || show(source, arena, one, &old);
    }
    if (!is_there && !was_there)
        return;
    if (!is_there)
        slice = (struct edition_slice){
            .id = beliefs[0].id, .valid_from = beliefs[0].valid_from, .is_gone = true};
    else
        edition_codes_tell(&writing->codes, &slice);
    edition_print_slice(writing->out, &slice);
    writing->lines++;
}

bool edition_source_next(const struct edition_source *source, int64_t after, struct buf *out,
                         struct edition_piece *piece, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(256 * 1024);
    CLEANUP(tx_done) struct tx tx = {0};
    struct reading reading = {.arena = arena};
    struct writing writing = {.arena = arena,
                              .out = out,
                              .codes = {.arena = arena,
                                        .catalog = source->catalog,
                                        .type = source->type,
                                        .shows = source->publication.shows,
                                        .told = {.arena = arena}}};
    struct belief *beliefs;
    size_t start = out->len, count;

    *piece = (struct edition_piece){.after = after};
    if (!tx_read(&tx, source->publisher, err) ||
        !find_last(source, &tx, arena, after, &piece->last, err) ||
        !read_beliefs(source, &tx, after, piece->last, &reading, err))
        return false;
    beliefs = reading.beliefs.items;
    count = reading.beliefs.count;
    if (count > 0)
        qsort(beliefs, count, sizeof *beliefs, compare_beliefs);
    for (size_t from = 0, to; from < count; from = to) {
        if (out->len - start > PIECE_BYTES && beliefs[from].id != beliefs[from - 1].id) {
            piece->last = beliefs[from - 1].id;
            break;
        }
        for (to = from + 1; to < count && beliefs[to].id == beliefs[from].id &&
                            beliefs[to].valid_from == beliefs[from].valid_from;
             to++)
            continue;
        print_slice(source, &writing, &beliefs[from], to - from);
    }
    piece->count = writing.lines;
    piece->is_last = piece->last == INT64_MAX;
    edition_print_seal(out, start, &source->head, piece, source->key);
    return true;
}
