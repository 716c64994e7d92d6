#include "registry/code_lists.h"

#include "core/vec.h"
#include "sign/digest.h"

enum {
    RANK_LAST = 1000000, /* behind those of the packs */
};

static struct str digest_rows(struct arena *arena, const struct code_rows *rows)
{
    struct buf text = {.arena = arena}, printed = {.arena = arena};

    code_rows_print(&text, rows);
    struct digest digest = digest_of(buf_str(&text));
    digest_print(&printed, &digest);
    return buf_str(&printed);
}

/* With the mutex held; held once more. */
static struct code_lists *find(struct code_lists_shared *shared, const struct model *model,
                               struct str own)
{
    struct code_lists *lists = shared->first;

    while (lists != NULL && (lists->model != model || !str_equal(lists->own, own)))
        lists = lists->next;
    if (lists != NULL)
        lists->refs++;
    return lists;
}

/* The tenant's come last, so that they count. */
static bool make(const struct model *model, const struct code_rows *own, struct code_lists **made,
                 struct err *err)
{
    struct arena *arena = arena_open(16 * 1024);
    struct code_lists *lists = ARENA_NEW(arena, struct code_lists);
    struct code_rows rows = {.arena = arena};

    *lists = (struct code_lists){.arena = arena, .lists.arena = arena, .model = model, .refs = 1};
    *made = lists;
    for (size_t i = 0; i < model->packs.count; i++)
        if (!code_rows_read_pack(&rows, model->packs.packs[i], err))
            return false;
    for (size_t i = 0; i < own->count; i++) {
        struct code_rows_item row = own->items[i];

        row.list = str_copy(arena, row.list);
        row.code.code = str_copy(arena, row.code.code);
        row.code.parent = str_copy(arena, row.code.parent);
        for (int language = 0; language < MODEL_LANGUAGES; language++)
            row.code.title[language] = str_copy(arena, row.code.title[language]);
        VEC_PUSH(arena, &rows, row);
    }
    code_rows_lists(&rows, &lists->lists);
    return true;
}

/* Someone may have made the same meanwhile: then theirs is taken. */
static void share(struct code_lists_shared *shared, struct str own, struct code_lists **lists)
{
    struct code_lists *made = *lists;

    pthread_mutex_lock(&shared->mutex);
    struct code_lists *known = find(shared, made->model, own);
    if (known == NULL) {
        made->own = str_copy(made->arena, own);
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

bool code_lists_get(struct tx *tx, struct code_lists_shared *shared, const struct model *model,
                    struct code_lists **lists, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(512);
    struct code_rows own = {.arena = scratch};

    *lists = NULL;
    if (!code_rows_read_own(tx, &own, err))
        return false;
    if (own.count == 0)
        return true;
    code_rows_merge(&own);
    struct str digest = digest_rows(scratch, &own);
    pthread_mutex_lock(&shared->mutex);
    *lists = find(shared, model, digest);
    pthread_mutex_unlock(&shared->mutex);
    if (*lists != NULL)
        return true;
    if (!make(model, &own, lists, err)) {
        code_lists_release(lists);
        return false;
    }
    share(shared, digest, lists);
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

size_t code_lists_count(struct code_lists_shared *shared)
{
    size_t count = 0;

    pthread_mutex_lock(&shared->mutex);
    for (const struct code_lists *lists = shared->first; lists != NULL; lists = lists->next)
        count++;
    pthread_mutex_unlock(&shared->mutex);
    return count;
}

bool code_lists_put(struct tx *tx, struct str list, const struct catalog_code *code,
                    struct err *err)
{
    struct str others[MODEL_LANGUAGES];

    for (int language = 0; language < MODEL_LANGUAGES; language++) {
        bool is_same = str_equal(code->title[language], code->title[MODEL_RU]);

        others[language] = is_same ? (struct str){0} : code->title[language];
    }
    return store_exec(
        tx,
        "INSERT INTO list_code (tenant, list, code, valid_from, valid_to, title, title_ky,"
        " title_en, parent, rank) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (tenant, list, code, valid_from) DO UPDATE SET valid_to = excluded.valid_to,"
        " title = excluded.title, title_ky = excluded.title_ky, title_en = excluded.title_en,"
        " parent = excluded.parent, rank = excluded.rank",
        ARGS(INT(tx->tenant), TEXT(list), TEXT(code->code), INT(code->valid_from),
             INT(code->valid_to), TEXT(code->title[MODEL_RU]), TEXT(others[MODEL_KY]),
             TEXT(others[MODEL_EN]), TEXT(code->parent),
             INT(code->rank > 0 ? code->rank : RANK_LAST)),
        err);
}
