/* Packs into a tenant: their registers and rows of their code lists; what that changes is rebuilt.
 */
#include "auth/journal.h"
#include "core/csv.h"
#include "core/time.h"
#include "core/vec.h"
#include "registry/gauge.h"
#include "registry/record_reindex.h"
#include "store/news.h"
#include "store/rows.h"

struct install {
    struct arena *arena;
    const struct model *model;
    int64_t actor;
    int64_t now;
    VEC(struct str) renamed; /* code lists with a code that has another title now */
};

enum {
    AT_ONCE = 10, /* batches of records rebuilt before it returns: a town needs no more */
};

enum list_column {
    LIST_CODE,
    LIST_TITLE,
    LIST_PARENT,
    LIST_FROM,
    LIST_TO,
    LIST_KY,
    LIST_EN,
    LIST_COLUMNS,
};

static bool read_header(const struct csv_row *row, int places[LIST_COLUMNS], struct err *err)
{
    static const struct str NAMES[LIST_COLUMNS] = {
        STR_INIT("code"),     STR_INIT("title"),    STR_INIT("parent"),  STR_INIT("valid_from"),
        STR_INIT("valid_to"), STR_INIT("title.ky"), STR_INIT("title.en")};

    for (int column = 0; column < LIST_COLUMNS; column++) {
        places[column] = -1;
        for (size_t i = 0; row->fields != NULL && i < row->count; i++)
            if (str_equal(row->fields[i], NAMES[column]))
                places[column] = (int)i;
    }
    if (places[LIST_CODE] < 0 || places[LIST_TITLE] < 0)
        return err_set(err, ERR_INPUT, "a code list has the columns code and title at least");
    return true;
}

static struct str column_of(const struct csv_row *row, const int places[LIST_COLUMNS],
                            enum list_column column)
{
    int place = places[column];

    return place >= 0 && (size_t)place < row->count ? str_trim(row->fields[place])
                                                    : (struct str){0};
}

static bool put_code(struct tx *tx, struct str list, const struct csv_row *row,
                     const int places[LIST_COLUMNS], int64_t rank, struct err *err)
{
    struct str from = column_of(row, places, LIST_FROM);
    struct str to = column_of(row, places, LIST_TO);
    int64_t valid_from = INT64_MIN / 2;
    int64_t valid_to = INT64_MAX / 2;

    if ((from.len > 0 && !time_parse_day(from, &valid_from)) ||
        (to.len > 0 && !time_parse_day(to, &valid_to)))
        return err_set(err, ERR_INPUT, "line %lld: a date is written 2026-03-09",
                       (long long)row->line);
    return store_exec(
        tx,
        "INSERT INTO list_code (tenant, list, code, valid_from, valid_to, title, title_ky,"
        " title_en, parent, rank) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        " ON CONFLICT (tenant, list, code, valid_from) DO UPDATE SET valid_to = excluded.valid_to,"
        " title = excluded.title, title_ky = excluded.title_ky, title_en = excluded.title_en,"
        " parent = excluded.parent, rank = excluded.rank",
        ARGS(INT(tx->tenant), TEXT(list), TEXT(column_of(row, places, LIST_CODE)), INT(valid_from),
             INT(valid_to), TEXT(column_of(row, places, LIST_TITLE)),
             TEXT(column_of(row, places, LIST_KY)), TEXT(column_of(row, places, LIST_EN)),
             TEXT(column_of(row, places, LIST_PARENT)), INT(rank)),
        err);
}

/* A file of codes on its way. */
struct list_file {
    struct install *install;
    struct str list;
    int places[LIST_COLUMNS];
    bool is_renamed; /* a code has another title than titles and words were made of */
};

static bool find_renamed(struct tx *tx, struct list_file *file, const struct csv_row *row,
                         struct err *err)
{
    struct rows rows;

    if (file->is_renamed)
        return true;
    if (!store_query(tx, file->install->arena, &rows,
                     "SELECT 1 FROM list_code WHERE tenant = $1 AND list = $2 AND code = $3"
                     " AND title <> $4 LIMIT 1",
                     ARGS(INT(tx->tenant), TEXT(file->list),
                          TEXT(column_of(row, file->places, LIST_CODE)),
                          TEXT(column_of(row, file->places, LIST_TITLE))),
                     err))
        return false;
    file->is_renamed = rows.count > 0;
    return true;
}

static bool put_list(struct tx *tx, struct list_file *file, struct str bytes, struct err *err)
{
    struct csv *csv =
        csv_open_text(file->install->arena, (struct csv_format){.separator = ','}, bytes);
    struct csv_row row;

    if (!csv_next(csv, &row, err) || !read_header(&row, file->places, err))
        return false;
    for (int64_t rank = 1;; rank++) {
        if (!csv_next(csv, &row, err))
            return false;
        if (row.fields == NULL)
            break;
        if (!find_renamed(tx, file, &row, err) ||
            !put_code(tx, file->list, &row, file->places, rank, err))
            return false;
    }
    if (file->is_renamed)
        VEC_PUSH(file->install->arena, &file->install->renamed, file->list);
    return true;
}

static bool put_lists(struct tx *tx, struct install *install, const struct pack *pack,
                      struct err *err)
{
    for (size_t i = 0; i < pack->file_count; i++) {
        const struct pack_file *file = &pack->files[i];
        size_t folder = sizeof "lists/" - 1;

        if (!str_starts(file->path, STR("lists/")) || !str_ends(file->path, STR(".csv")))
            continue;
        struct str name = str_slice(file->path, folder, file->path.len - folder - 4);
        struct list_file list = {
            .install = install,
            .list = str_printf(install->arena, "%.*s.%.*s", STR_ARG(pack->id), STR_ARG(name))};
        if (!put_list(tx, &list, file->bytes, err))
            return err_while(err, "pack %.*s, %.*s", STR_ARG(pack->id), STR_ARG(file->path));
    }
    return true;
}

static bool put_pack(struct tx *tx, struct install *install, const struct pack *pack,
                     struct err *err)
{
    struct journal_entry entry = {
        .at = install->now,
        .actor = install->actor,
        .action = STR("pack.install"),
        .detail = str_printf(install->arena, "{\"pack\":\"%.*s\",\"version\":\"%.*s\"}",
                             STR_ARG(pack->id), STR_ARG(pack->version)),
    };

    int64_t changed;

    /* Packs that were there before and stay as they are have nothing to tell. */
    return store_change(tx,
                        "INSERT INTO pack (tenant, id, version, digest, installed_at)"
                        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, id) DO UPDATE SET"
                        " version = excluded.version, digest = excluded.digest,"
                        " installed_at = excluded.installed_at"
                        " WHERE pack.version <> excluded.version"
                        " OR pack.digest <> excluded.digest",
                        ARGS(INT(tx->tenant), TEXT(pack->id), TEXT(pack->version),
                             TEXT(str_from_z(pack->digest)), INT(install->now)),
                        &changed, err) &&
           (changed == 0 || (code_lists_note_pack(tx, pack, err) &&
                             put_lists(tx, install, pack, err) && journal_add(tx, &entry, err)));
}

static bool run_install(struct tx *tx, void *data, struct err *err)
{
    struct install *install = data;
    struct record_reindex_plan plan = {
        .model = install->model, .actor = install->actor, .now = install->now};

    install->renamed.count = 0;
    for (size_t i = 0; i < install->model->packs.count; i++)
        if (!put_pack(tx, install, install->model->packs.packs[i], err))
            return false;
    plan.lists = install->renamed.items;
    plan.list_count = install->renamed.count;
    return record_reindex_plan(tx, install->arena, &plan, err) && news_tell(tx, NEWS_CATALOG, err);
}

bool catalog_begin(struct tx *tx, const struct model *model, int64_t actor, int64_t now,
                   struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct install install = {.arena = arena, .model = model, .actor = actor, .now = now};

    return run_install(tx, &install, err);
}

/* Those installed already stay as they are unless they are named. */
static bool gather(struct tenant *tenant, struct arena *arena, struct pack_ids packs,
                   struct model_wish **wishes, size_t *wish_count, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows rows;

    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, arena, &rows, "SELECT id, version FROM pack WHERE tenant = $1",
                     ARGS(INT(tx.tenant)), err))
        return false;
    *wishes = ARENA_ARRAY(arena, struct model_wish, packs.count + rows.count);
    *wish_count = 0;
    for (size_t i = 0; i < packs.count; i++)
        (*wishes)[(*wish_count)++] = (struct model_wish){packs.items[i], {0}};
    for (size_t i = 0; i < rows.count; i++) {
        bool is_named = false;

        for (size_t n = 0; n < packs.count; n++)
            is_named |= str_equal(packs.items[n], rows_text(&rows, i, 0));
        if (!is_named)
            (*wishes)[(*wish_count)++] =
                (struct model_wish){rows_text(&rows, i, 0), rows_text(&rows, i, 1)};
    }
    return true;
}

bool catalog_install(struct tenant *tenant, struct model_library *library, struct pack_ids packs,
                     int64_t actor, int64_t now, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct install install = {.arena = arena, .actor = actor, .now = now};
    struct model_wish *wishes;
    size_t wish_count;
    bool is_over;

    return gather(tenant, arena, packs, &wishes, &wish_count, err) &&
           model_library_get(library, wishes, wish_count, &install.model, err) &&
           tenant_write_wait(tenant, run_install, &install, err) &&
           catalog_reload(tenant, library, err) &&
           gauge_note(tenant_store(tenant), &tenant, 1, now, err) &&
           record_reindex_some(tenant, library, AT_ONCE, &is_over, err);
}

bool catalog_set(struct tx *tx, struct str name, struct str value, int64_t actor, int64_t now,
                 struct err *err)
{
    struct journal_entry entry = {.at = now, .actor = actor, .action = STR("setting.change")};

    return store_exec(tx,
                      "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, $3)"
                      " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value",
                      ARGS(INT(tx->tenant), TEXT(name), TEXT(value)), err) &&
           journal_add(tx, &entry, err) && news_tell(tx, NEWS_CATALOG, err);
}
