#include "registry/record_list.h"

#include <stdlib.h>

#include "core/base64.h"
#include "core/num.h"
#include "registry/record_reach.h"
#include "registry/record_where.h"
#include "registry/slot.h"
#include "registry/words.h"
#include "store/rows.h"

#define COLUMNS "id, version, valid_from, valid_to, changed_at, import, title, body"
enum {
    COLUMN_COUNT = 8,
};

enum {
    HITS_A_ROUND = 200,
    ROUNDS_MAX = 50, /* of search hits that filters may throw away in one request */
    COUNT_PAGES = 4, /* of a search that is counted */
};

/* A cursor is base64url of "<kind><id>:<value>"; kind: n none, i number, t text, s search. */
struct cursor {
    char kind; /* 0: none given */
    int64_t id;
    struct store_arg value;
    int stage;
};

static bool refuse_cursor(struct err *err)
{
    return err_set(err, ERR_INPUT, "cursor: take it unchanged from the page before");
}

/* kinds: those this list makes; a cursor of another list would lead anywhere. */
static bool read_cursor(struct arena *arena, struct str text, const char *kinds,
                        struct cursor *cursor, struct err *err)
{
    struct buf plain = {.arena = arena};
    struct str rest;
    int64_t number = 0;

    *cursor = (struct cursor){.value = NONE};
    if (text.len == 0)
        return true;
    if (text.len > 1000 || !base64_parse(&plain, text) || plain.len < 3)
        return refuse_cursor(err);
    cursor->kind = plain.ptr[0];
    rest = str_slice(buf_str(&plain), 1, plain.len);
    if (str_find_char(str_from_z(kinds), cursor->kind) == str_from_z(kinds).len ||
        !num_parse_int(str_cut(&rest, ':'), &cursor->id) ||
        ((cursor->kind == 'i' || cursor->kind == 's') && !num_parse_int(rest, &number)))
        return refuse_cursor(err);
    if (cursor->kind == 's' && (number < SEARCH_STAGE_TITLE || number > SEARCH_STAGE_LAST))
        return refuse_cursor(err);
    if (cursor->kind == 'i')
        cursor->value = INT(number);
    else if (cursor->kind == 't')
        cursor->value = TEXT(rest);
    cursor->stage = (int)number;
    return true;
}

static struct str print_cursor(struct arena *arena, char kind, int64_t id, struct store_arg value)
{
    struct buf plain = {.arena = arena};
    struct buf coded = {.arena = arena};

    buf_char(&plain, kind);
    buf_int(&plain, id);
    buf_char(&plain, ':');
    if (value.kind == STORE_INT)
        buf_int(&plain, value.number);
    else if (value.kind == STORE_TEXT)
        buf_add(&plain, value.text);
    base64_print_url(&coded, buf_str(&plain));
    return buf_str(&coded);
}

static void read_rows(const struct rows *rows, int64_t no, struct record *records)
{
    for (size_t i = 0; i < rows->count; i++)
        records[i] = (struct record){
            .no = no,
            .id = rows_int(rows, i, 0),
            .version = rows_int(rows, i, 1),
            .valid_from = rows_int(rows, i, 2),
            .valid_to = rows_int(rows, i, 3),
            .changed_at = rows_int(rows, i, 4),
            .import = rows_int(rows, i, 5),
            .title = rows_text(rows, i, 6),
            .body = rows_text(rows, i, 7),
        };
}

static bool add_where(struct query *query, const struct registry *registry,
                      const struct record_where *where, struct err *err)
{
    for (size_t i = 0; i < where->field_count; i++)
        if (!layout_need_field(registry->catalog, where->type, where->fields[i], err))
            return false;
    record_where_add(where, registry->tx, query);
    return true;
}

static bool add_filter(struct query *query, const struct registry *registry,
                       const struct register_type *type, const struct record_filter *filter,
                       struct err *err)
{
    struct buf buf = {.arena = registry->arena};
    struct store_arg *values = ARENA_ARRAY(registry->arena, struct store_arg, filter->count + 1);
    enum query_column column;

    if (filter->where != NULL)
        return add_where(query, registry, filter->where, err);
    if (!layout_need_field(registry->catalog, type, filter->field, err))
        return false;
    column = (enum query_column)filter->field->slot;

    if (filter->op == QUERY_IS_NULL || filter->op == QUERY_NOT_NULL) {
        query_where(query, column, filter->op, NONE);
        return true;
    }
    for (size_t i = 0; i < filter->count; i++)
        if (!slot_parse(&buf, filter->field, filter->values[i], &values[i]))
            return err_set(err, ERR_INPUT, "%.*s: \"%.*s\" is no such value",
                           STR_ARG(filter->field->name),
                           STR_ARG(str_slice(filter->values[i], 0, 80)));
    if (filter->count == 1)
        query_where(query, column, filter->op, values[0]);
    else
        query_where_in(query, column, values, filter->count);
    return true;
}

enum policy_action record_list_action(const struct record_ask *ask)
{
    return ask->action != 0 ? ask->action : POLICY_READ;
}

static struct record_reach reach_of(const struct registry *registry, const struct record_ask *ask)
{
    return record_reach_of(registry, ask->type, record_list_action(ask));
}

/* is_kept: of an edition, the slices that were kept; else those that stand as they did. */
static bool start_query(struct query **query, const char *what, const struct registry *registry,
                        const struct record_ask *ask, bool is_kept, struct err *err)
{
    int64_t no = is_kept ? ask->edition->kept_no : catalog_no(registry->catalog, ask->type);
    struct record_reach reach = reach_of(registry, ask);
    struct layout_row row;

    if (!layout_check(registry, ask->type, &row, err) ||
        (ask->sort != NULL && !layout_need_field(registry->catalog, ask->type, ask->sort, err)) ||
        (ask->has_box && !layout_need_map(registry->catalog, ask->type, err)))
        return false;
    *query = query_new(registry->arena, what, registry->tx->tenant, no);
    if (ask->edition != NULL && !is_kept)
        query_where(*query, QUERY_VERSION, QUERY_LE, INT(ask->edition->seq));
    for (size_t i = 0; i < ask->filter_count; i++)
        if (!add_filter(*query, registry, ask->type, &ask->filters[i], err))
            return false;
    if (ask->id != 0)
        query_where(*query, QUERY_ID, QUERY_EQ, INT(ask->id));
    if (ask->type->is_temporal)
        query_valid_on(*query, ask->valid_on);
    if (ask->has_box)
        query_in_box(*query, ask->box);
    return record_reach_add(&reach, registry, *query, err);
}

/* What is sorted by is read too, behind the others: the next page's cursor is made of it. */
static const char *columns_and(int slot)
{
    static const char *const WHAT[] = {
        COLUMNS ", t1", COLUMNS ", t2", COLUMNS ", t3", COLUMNS ", t4",
        COLUMNS ", t5", COLUMNS ", t6", COLUMNS ", t7", COLUMNS ", t8",
        COLUMNS ", n1", COLUMNS ", n2", COLUMNS ", n3", COLUMNS ", n4",
        COLUMNS ", n5", COLUMNS ", n6", COLUMNS ", n7", COLUMNS ", n8",
    };

    return slot < (int)ARRAY_LEN(WHAT) ? WHAT[slot] : COLUMNS ", id";
}

static struct store_arg sort_value(const struct rows *rows, size_t row, int slot)
{
    if (rows_is_null(rows, row, COLUMN_COUNT))
        return NONE;
    return slot < QUERY_N1 ? TEXT(rows_text(rows, row, COLUMN_COUNT))
                           : INT(rows_int(rows, row, COLUMN_COUNT));
}

struct sorted {
    struct record *records;
    struct store_arg *values; /* what each is sorted by */
    size_t count;
};

static bool read_sorted(const struct registry *registry, const struct record_ask *ask,
                        const struct cursor *cursor, bool is_kept, struct sorted *sorted,
                        struct err *err)
{
    int slot = ask->sort != NULL ? ask->sort->slot : QUERY_ID;
    struct query *query;
    struct rows rows;

    if (!start_query(&query, columns_and(slot), registry, ask, is_kept, err))
        return false;
    /* Newest first is the order without a sort: ids grow with time. */
    query_order(query, (enum query_column)slot,
                ask->sort != NULL ? ask->is_descending : !ask->is_oldest_first);
    if (cursor->kind != '\0')
        query_after(query, cursor->value, cursor->id);
    query_limit(query, ask->limit + 1);
    if (!query_run(query, registry->tx, registry->arena, &rows, err))
        return false;
    sorted->count = rows.count;
    sorted->records = ARENA_ARRAY(registry->arena, struct record, rows.count);
    sorted->values = ARENA_ARRAY(registry->arena, struct store_arg, rows.count);
    read_rows(&rows, catalog_no(registry->catalog, ask->type), sorted->records);
    for (size_t i = 0; i < rows.count; i++)
        sorted->values[i] = sort_value(&rows, i, slot);
    return true;
}

/* Whether one comes before the other, as the database orders them: what has no value is last. */
static bool is_before(const struct sorted *one, size_t i, const struct sorted *other, size_t j,
                      bool is_descending)
{
    struct store_arg a = one->values[i], b = other->values[j];
    int order;

    if (a.kind == STORE_NULL || b.kind == STORE_NULL)
        order = 0;
    else if (a.kind == STORE_INT)
        order = (a.number > b.number) - (a.number < b.number);
    else
        order = str_compare(a.text, b.text);
    if ((a.kind == STORE_NULL) != (b.kind == STORE_NULL))
        return b.kind == STORE_NULL;
    if (order == 0)
        order = one->records[i].id < other->records[j].id ? -1 : 1;
    return is_descending ? order > 0 : order < 0;
}

static struct sorted merge(struct arena *arena, const struct sorted *one,
                           const struct sorted *other, bool is_descending)
{
    size_t all = one->count + other->count, i = 0, j = 0;
    struct sorted merged = {ARENA_ARRAY(arena, struct record, all),
                            ARENA_ARRAY(arena, struct store_arg, all), all};

    for (size_t at = 0; at < all; at++) {
        bool is_one =
            j == other->count || (i < one->count && is_before(one, i, other, j, is_descending));
        const struct sorted *from = is_one ? one : other;
        size_t place = is_one ? i++ : j++;

        merged.records[at] = from->records[place];
        merged.values[at] = from->values[place];
    }
    return merged;
}

static bool list_sorted(const struct registry *registry, const struct record_ask *ask,
                        struct record_page *page, struct err *err)
{
    int slot = ask->sort != NULL ? ask->sort->slot : QUERY_ID;
    size_t limit = (size_t)ask->limit;
    struct sorted sorted, kept;
    struct cursor cursor;
    struct store_arg value;

    if (!read_cursor(registry->arena, ask->cursor,
                     slot == QUERY_ID  ? "i"
                     : slot < QUERY_N1 ? "tn"
                                       : "in",
                     &cursor, err) ||
        !read_sorted(registry, ask, &cursor, false, &sorted, err))
        return false;
    if (ask->edition != NULL && ask->edition->kept_no != 0) {
        if (!read_sorted(registry, ask, &cursor, true, &kept, err))
            return false;
        sorted = merge(registry->arena, &sorted, &kept,
                       ask->sort != NULL ? ask->is_descending : !ask->is_oldest_first);
    }
    page->records = sorted.records;
    page->count = MIN(sorted.count, limit);
    page->cursor = (struct str){0};
    if (sorted.count <= limit)
        return true;
    const struct record *last = &page->records[limit - 1];
    value = sorted.values[limit - 1];
    page->cursor = print_cursor(registry->arena,
                                value.kind == STORE_NULL  ? 'n'
                                : value.kind == STORE_INT ? 'i'
                                                          : 't',
                                last->id, value);
    return true;
}

/* The records of these ids that the filters let through. */
static bool read_hits(const struct registry *registry, const struct record_ask *ask,
                      struct store_args ids, bool is_kept, struct record_page *found,
                      struct err *err)
{
    struct query *query;
    struct rows rows;

    if (!start_query(&query, COLUMNS, registry, ask, is_kept, err))
        return false;
    query_where_in(query, QUERY_ID, ids.items, ids.count);
    query_limit(query, QUERY_LIMIT_MAX);
    if (!query_run(query, registry->tx, registry->arena, &rows, err))
        return false;
    found->count = rows.count;
    found->records = ARENA_ARRAY(registry->arena, struct record, rows.count + 1);
    read_rows(&rows, catalog_no(registry->catalog, ask->type), found->records);
    return true;
}

static const struct record *find_hit(const struct record_page *page, int64_t id)
{
    for (size_t i = 0; i < page->count; i++)
        if (page->records[i].id == id)
            return &page->records[i];
    return NULL;
}

/* Which of the hits the filters let through, in the hits' order. */
static bool keep_hits(const struct registry *registry, const struct record_ask *ask,
                      const struct search_hit *hits, size_t count, struct record_page *kept,
                      struct err *err)
{
    struct store_arg *ids = ARENA_ARRAY(registry->arena, struct store_arg, count + 1);
    struct record_page standing, aside = {0};

    kept->count = 0;
    if (count == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        ids[i] = INT(hits[i].id);
    if (!read_hits(registry, ask, (struct store_args){ids, count}, false, &standing, err) ||
        (ask->edition != NULL && ask->edition->kept_no != 0 &&
         !read_hits(registry, ask, (struct store_args){ids, count}, true, &aside, err)))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct record *hit = find_hit(&standing, hits[i].id);

        if (hit == NULL)
            hit = find_hit(&aside, hits[i].id);
        if (hit != NULL)
            kept->records[kept->count++] = *hit;
    }
    return true;
}

/* Among all that was found the shortest title says the most: "д. 5" before "д. 5, корп. 2". */
static int compare_found(const void *a, const void *b)
{
    const struct record *one = a;
    const struct record *other = b;

    if (one->title.len != other->title.len)
        return one->title.len < other->title.len ? -1 : 1;
    return (one->id < other->id) - (one->id > other->id);
}

/* A search on its way to a full page. */
struct found {
    struct search_cursor place; /* behind the last hit that was read */
    struct search_cursor last;  /* the last record of the page */
    size_t limit;
    bool has_next; /* one more than the page holds was found */
};

static void add_kept(struct found *found, struct record_page *page, const struct record_page *kept)
{
    for (size_t i = 0; i < kept->count && !found->has_next; i++) {
        found->has_next = page->count == found->limit;
        if (found->has_next)
            break;
        page->records[page->count++] = kept->records[i];
        found->last = (struct search_cursor){found->place.stage, kept->records[i].id};
    }
}

/* Whether each hit of the words is a record of the answer. */
static bool takes_all(const struct registry *registry, const struct record_ask *ask)
{
    return ask->filter_count == 0 && !ask->has_box && !ask->type->is_temporal &&
           ask->edition == NULL && reach_of(registry, ask).count == 0;
}

static bool list_found(const struct registry *registry, const struct record_ask *ask,
                       struct record_page *page, struct err *err)
{
    int64_t no = catalog_no(registry->catalog, ask->type);
    struct search_hit *hits = ARENA_ARRAY(registry->arena, struct search_hit, HITS_A_ROUND);
    struct record_page kept = {.records =
                                   ARENA_ARRAY(registry->arena, struct record, HITS_A_ROUND)};
    struct str words[WORDS_ASK_MAX];
    struct search_ask search = {&no, 1, words, 0, false, HITS_A_ROUND};
    struct found found = {.limit = (size_t)ask->limit};
    struct search_cursor next;
    struct layout_row row;
    struct cursor cursor;
    bool is_more = true;

    if (!layout_check(registry, ask->type, &row, err) ||
        !layout_need_words(registry->catalog, ask->type, err) ||
        !read_cursor(registry->arena, ask->cursor, "s", &cursor, err))
        return false;
    found.place = (struct search_cursor){cursor.stage, cursor.id};
    search.word_count = words_ask(words_mine(), &registry->catalog->model->synonyms,
                                  registry->arena, ask->words, words, &search.is_prefix);
    page->records = ARENA_ARRAY(registry->arena, struct record, found.limit);
    if (search.word_count == 0)
        return true;
    if (takes_all(registry, ask))
        search.limit = MIN(ask->limit + 1, HITS_A_ROUND);
    for (int round = 0; round < ROUNDS_MAX && is_more && !found.has_next; round++) {
        size_t count;

        if (!search_find(registry->tx, registry->arena, &search, &found.place, hits, &count,
                         &is_more, err) ||
            !keep_hits(registry, ask, hits, count, &kept, err))
            return false;
        add_kept(&found, page, &kept);
    }
    /* A full page ends at its last record; one that was given up, where it was given up. */
    next = found.has_next ? found.last : found.place;
    if (!found.has_next && !is_more && ask->cursor.len == 0)
        qsort(page->records, page->count, sizeof *page->records, compare_found);
    if (found.has_next || is_more)
        page->cursor = print_cursor(registry->arena, 's', next.id, INT(next.stage));
    return true;
}

bool record_list(const struct registry *registry, const struct record_ask *ask,
                 struct record_page *page, struct err *err)
{
    *page = (struct record_page){0};
    return ask->words.len > 0 ? list_found(registry, ask, page, err)
                              : list_sorted(registry, ask, page, err);
}

static bool read_total(const struct registry *registry, int64_t no, int64_t *total, struct err *err)
{
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT total FROM register_no WHERE tenant = $1 AND no = $2",
                     ARGS(INT(registry->tx->tenant), INT(no)), err))
        return false;
    *total = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    return true;
}

static bool count_found(const struct registry *registry, struct record_ask ask, int64_t *count,
                        bool *is_more, struct err *err)
{
    *count = 0;
    *is_more = true;
    ask.limit = RECORD_LIST_LIMIT_MAX;
    ask.cursor = (struct str){0};
    /* Filters may pass over whole pages of hits, so pages are counted too. */
    for (int i = 0; i < COUNT_PAGES && *is_more && *count < RECORD_LIST_COUNT_MAX; i++) {
        struct record_page page;

        if (!record_list(registry, &ask, &page, err))
            return false;
        *count += (int64_t)page.count;
        ask.cursor = page.cursor;
        *is_more = page.cursor.len > 0;
    }
    return true;
}

bool record_count(const struct registry *registry, const struct record_ask *ask, int64_t *count,
                  bool *is_more, struct err *err)
{
    bool has_kept = ask->edition != NULL && ask->edition->kept_no != 0;
    int64_t more = 0;
    struct query *query;

    *is_more = false;
    if (ask->words.len > 0)
        return count_found(registry, *ask, count, is_more, err);
    if (takes_all(registry, ask))
        return read_total(registry, catalog_no(registry->catalog, ask->type), count, err);
    if (!start_query(&query, "1", registry, ask, false, err) ||
        !query_count(query, registry->tx, RECORD_LIST_COUNT_MAX + 1, count, err))
        return false;
    if (has_kept && (!start_query(&query, "1", registry, ask, true, err) ||
                     !query_count(query, registry->tx, RECORD_LIST_COUNT_MAX + 1, &more, err)))
        return false;
    *count += more;
    *is_more = *count > RECORD_LIST_COUNT_MAX;
    *count = MIN(*count, RECORD_LIST_COUNT_MAX);
    return true;
}

bool record_get_edition(const struct registry *registry, const struct record_ask *ask,
                        struct record *record, struct err *err)
{
    int64_t no = catalog_no(registry->catalog, ask->type);
    struct rows rows;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT " COLUMNS " FROM record WHERE tenant = $1 AND register IN ($2, $3)"
                     " AND id = $4 AND valid_from <= $5 AND valid_to > $5"
                     " AND (register < 0 OR version <= $6) ORDER BY register LIMIT 1",
                     ARGS(INT(registry->tx->tenant), INT(no), INT(ask->edition->kept_no),
                          INT(ask->id), INT(ask->valid_on), INT(ask->edition->seq)),
                     err))
        return false;
    if (rows.count == 0)
        return err_set(err, ERR_ABSENT, "there is no such record");
    read_rows(&rows, no, record);
    return true;
}
