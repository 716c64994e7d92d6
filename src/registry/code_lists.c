#include "registry/code_lists.h"

#include "registry/catalog.h"
#include "sign/digest.h"
#include "store/rows.h"

enum {
    RANK_LAST = 1000000, /* behind those of the packs */
};

#define STAMP STR("lists_stamp")

static size_t count_same(const struct rows *rows, size_t from)
{
    size_t at = from;

    while (at < rows->count && str_equal(rows_text(rows, at, 0), rows_text(rows, from, 0)))
        at++;
    return at - from;
}

/* The list of this row; the rows of a list stand together. */
static struct catalog_list *list_for(struct code_lists *lists, const struct rows *rows, size_t row)
{
    struct catalog_list *list = map_find(&lists->lists, rows_text(rows, row, 0));

    if (list == NULL) {
        list = ARENA_NEW(lists->arena, struct catalog_list);
        list->id = str_copy(lists->arena, rows_text(rows, row, 0));
        list->codes = ARENA_ARRAY(lists->arena, struct catalog_code, count_same(rows, row));
        list->by_code.arena = lists->arena;
        map_put(&lists->lists, list->id, list);
    }
    return list;
}

static void add_row(struct code_lists *lists, const struct rows *rows, size_t row)
{
    struct catalog_list *list = list_for(lists, rows, row);
    struct catalog_code *code = &list->codes[list->count++];
    struct str title = str_copy(lists->arena, rows_text(rows, row, 2));

    code->code = str_copy(lists->arena, rows_text(rows, row, 1));
    for (int language = 0; language < MODEL_LANGUAGES; language++) {
        struct str own = rows_text(rows, row, 2 + (size_t)language);

        code->title[language] = own.len > 0 ? str_copy(lists->arena, own) : title;
    }
    code->parent = str_copy(lists->arena, rows_text(rows, row, 5));
    code->valid_from = rows_int(rows, row, 6);
    code->valid_to = rows_int(rows, row, 7);
    const struct catalog_code *other = map_find(&list->by_code, code->code);
    if (other == NULL || other->valid_from <= code->valid_from)
        map_put(&list->by_code, code->code, code);
}

static bool read_lists(struct tx *tx, struct code_lists **lists, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    struct rows rows;

    if (!store_query(tx, scratch, &rows,
                     "SELECT list, code, title, title_ky, title_en, parent, valid_from, valid_to"
                     " FROM list_code WHERE tenant = $1 ORDER BY list, rank, code, valid_from",
                     ARGS(INT(tx->tenant)), err))
        return false;

    struct arena *arena = arena_open(16 * 1024);
    *lists = ARENA_NEW(arena, struct code_lists);
    (*lists)->arena = arena;
    (*lists)->lists.arena = arena;
    (*lists)->refs = 1;
    for (size_t i = 0; i < rows.count; i++)
        add_row(*lists, &rows, i);
    return true;
}

static bool read_stamp(struct tx *tx, struct arena *arena, struct str *stamp, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT value FROM setting WHERE tenant = $1 AND name = $2",
                     ARGS(INT(tx->tenant), TEXT(STAMP)), err))
        return false;
    *stamp = rows.count > 0 ? rows_text(&rows, 0, 0) : (struct str){0};
    return true;
}

/* With the mutex held; held once more. */
static struct code_lists *find(struct code_lists_shared *shared, struct str stamp)
{
    struct code_lists *lists = shared->first;

    while (lists != NULL && !str_equal(lists->stamp, stamp))
        lists = lists->next;
    if (lists != NULL)
        lists->refs++;
    return lists;
}

static struct code_lists *find_known(struct code_lists_shared *shared, struct str stamp)
{
    pthread_mutex_lock(&shared->mutex);
    struct code_lists *known = find(shared, stamp);
    pthread_mutex_unlock(&shared->mutex);
    return known;
}

/* Someone may have read the same meanwhile: then theirs is taken. */
static void share(struct code_lists_shared *shared, struct str stamp, struct code_lists **lists)
{
    struct code_lists *made = *lists;

    pthread_mutex_lock(&shared->mutex);
    struct code_lists *known = find(shared, stamp);
    if (known == NULL) {
        made->stamp = str_copy(made->arena, stamp);
        made->shared = shared;
        made->next = shared->first;
        shared->first = made;
    }
    pthread_mutex_unlock(&shared->mutex);
    if (known == NULL)
        return;
    code_lists_release(lists);
    *lists = known;
}

bool code_lists_get(struct tx *tx, struct code_lists_shared *shared, struct code_lists **lists,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(512);
    struct str stamp;

    if (!read_stamp(tx, scratch, &stamp, err))
        return false;
    *lists = stamp.len > 0 ? find_known(shared, stamp) : NULL;
    if (*lists != NULL)
        return true;
    if (!read_lists(tx, lists, err))
        return false;
    if (stamp.len > 0)
        share(shared, stamp, lists);
    return true;
}

static void take_out(struct code_lists_shared *shared, struct code_lists *lists)
{
    struct code_lists **at = &shared->first;

    while (*at != lists)
        at = &(*at)->next;
    *at = lists->next;
}

void code_lists_release(struct code_lists **released)
{
    struct code_lists *lists = *released;

    *released = NULL;
    if (lists == NULL)
        return;
    if (lists->shared != NULL) {
        pthread_mutex_lock(&lists->shared->mutex);
        bool is_last = --lists->refs == 0;
        if (is_last)
            take_out(lists->shared, lists);
        pthread_mutex_unlock(&lists->shared->mutex);
        if (!is_last)
            return;
    }
    struct arena *arena = lists->arena;
    arena_close(&arena);
}

static bool has_codes(struct tx *tx, struct arena *arena, bool *answer, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows, "SELECT 1 FROM list_code WHERE tenant = $1 LIMIT 1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    *answer = rows.count > 0;
    return true;
}

/*
 * The rows follow from those before and from the change.  Rows of before there were stamps are
 * nobody else's.
 */
static bool note_change(struct tx *tx, struct arena *scratch, struct str change, struct err *err)
{
    struct buf text = {.arena = scratch};
    struct digest digest;
    struct str stamp;
    bool is_old;

    if (!read_stamp(tx, scratch, &stamp, err) || !has_codes(tx, scratch, &is_old, err))
        return false;
    if (stamp.len == 0 && is_old)
        stamp = str_printf(scratch, "of %lld alone", (long long)tx->tenant);
    digest = digest_of(str_printf(scratch, "%.*s %.*s", STR_ARG(stamp), STR_ARG(change)));
    digest_print(&text, &digest);
    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, $3)"
                      " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
                      ARGS(INT(tx->tenant), TEXT(STAMP), TEXT(buf_str(&text))), err);
}

bool code_lists_note_pack(struct tx *tx, const struct pack *pack, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(1024);

    return note_change(tx, scratch, str_printf(scratch, "%.*s %s", STR_ARG(pack->id), pack->digest),
                       err);
}

bool code_lists_put(struct tx *tx, struct str list, const struct catalog_code *code,
                    struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(1024);
    struct str change = str_printf(scratch, "%lld %.*s %.*s", (long long)tx->tenant, STR_ARG(list),
                                   STR_ARG(code->code));

    for (int language = 0; language < MODEL_LANGUAGES; language++)
        change = str_printf(scratch, "%.*s|%.*s", STR_ARG(change), STR_ARG(code->title[language]));
    return note_change(tx, scratch, change, err) &&
           store_exec(tx,
                      "INSERT INTO list_code (tenant, list, code, valid_from, valid_to, title,"
                      " title_ky, title_en, parent, rank) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
                      " $9, $10) ON CONFLICT (tenant, list, code, valid_from) DO UPDATE"
                      " SET title = excluded.title, title_ky = excluded.title_ky,"
                      " title_en = excluded.title_en",
                      ARGS(INT(tx->tenant), TEXT(list), TEXT(code->code), INT(code->valid_from),
                           INT(code->valid_to), TEXT(code->title[MODEL_RU]),
                           TEXT(code->title[MODEL_KY]), TEXT(code->title[MODEL_EN]),
                           TEXT(code->parent), INT(RANK_LAST)),
                      err);
}

size_t code_lists_count(struct code_lists_shared *shared)
{
    size_t count = 0;

    pthread_mutex_lock(&shared->mutex);
    for (const struct code_lists *lists = shared->first; lists != NULL; lists = lists->next)
        count++;
    pthread_mutex_unlock(&shared->mutex);
    return count;
}
