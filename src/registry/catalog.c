#include "registry/catalog.h"

#include "core/num.h"
#include "core/time.h"
#include "registry/code_keep.h"
#include "registry/code_lists.h"
#include "registry/own_pack.h"
#include "store/news.h"
#include "store/rows.h"

enum {
    UTC_OFFSET_MOSCOW = 3 * 60,
    UTC_OFFSET_LEAST = -12 * 60,
    UTC_OFFSET_MOST = 14 * 60,
};

static bool read_model(struct tx *tx, struct arena *scratch, struct model_library *library,
                       struct catalog *catalog, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, scratch, &rows, "SELECT id, version FROM pack WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err) ||
        !own_pack_load(tx, scratch, library, err))
        return false;

    struct model_wish *wishes = ARENA_ARRAY(scratch, struct model_wish, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        wishes[i] = (struct model_wish){rows_text(&rows, i, 0), rows_text(&rows, i, 1)};
    return model_library_get(library, wishes, rows.count, &catalog->model, err);
}

static bool read_nos(struct tx *tx, struct arena *scratch, struct catalog *catalog, struct err *err)
{
    struct rows rows;

    catalog->nos = ARENA_ARRAY(catalog->arena, int64_t, catalog->model->type_count + 1);
    catalog->layouts =
        ARENA_ARRAY(catalog->arena, struct layout_state, catalog->model->type_count + 1);
    if (!store_query(tx, scratch, &rows,
                     "SELECT name, no, edition, layout_was, words_to FROM register_no"
                     " WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct register_type *type = model_type(catalog->model, rows_text(&rows, i, 0));
        struct layout_state *layout;

        if (type == NULL)
            continue;
        catalog->nos[type->index] = rows_int(&rows, i, 1);
        layout = &catalog->layouts[type->index];
        layout->edition = rows_int(&rows, i, 2);
        layout->has_words = rows_is_null(&rows, i, 4);
        layout_read(catalog->arena, type, !rows_is_null(&rows, i, 3), rows_text(&rows, i, 3),
                    layout);
    }
    return true;
}

static bool read_publishers(struct tx *tx, struct arena *scratch, struct catalog *catalog,
                            struct err *err)
{
    struct rows rows;

    catalog->publishers = ARENA_ARRAY(catalog->arena, int64_t, catalog->model->type_count + 1);
    if (!store_query(tx, scratch, &rows,
                     "SELECT register, publisher FROM subscription WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        const struct register_type *type = model_type(catalog->model, rows_text(&rows, i, 0));

        if (type != NULL)
            catalog->publishers[type->index] = rows_int(&rows, i, 1);
    }
    return true;
}

static bool read_settings(struct tx *tx, struct arena *scratch, struct catalog *catalog,
                          struct err *err)
{
    struct rows rows;

    catalog->settings.arena = catalog->arena;
    if (!store_query(tx, scratch, &rows, "SELECT name, value FROM setting WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    for (size_t i = 0; i < rows.count; i++) {
        struct str *value = ARENA_NEW(catalog->arena, struct str);

        *value = str_copy(catalog->arena, rows_text(&rows, i, 1));
        map_put(&catalog->settings, str_copy(catalog->arena, rows_text(&rows, i, 0)), value);
    }
    if (!catalog_read_offset(catalog_setting(catalog, STR("utc_offset")), &catalog->utc_offset))
        catalog->utc_offset = UTC_OFFSET_MOSCOW;
    return true;
}

static void close_catalog(void *value)
{
    struct catalog *catalog = value;

    while (catalog != NULL) {
        struct catalog *previous = catalog->previous;
        struct arena *arena = catalog->arena;

        code_lists_release(&catalog->shared_lists);
        arena_close(&arena);
        catalog = previous;
    }
}

static bool read_head(struct tx *tx, struct arena *scratch, struct catalog *catalog,
                      struct err *err)
{
    struct rows rows;

    if (!store_query(tx, scratch, &rows, "SELECT seq FROM tenant_head WHERE tenant = $1",
                     ARGS(INT(tx->tenant)), err))
        return false;
    catalog->known_at = rows.count > 0 ? rows_int(&rows, 0, 0) : 0;
    return true;
}

static bool read_lists(struct tx *tx, struct model_library *library, struct catalog *catalog,
                       struct err *err)
{
    if (!code_lists_get(tx, model_library_lists(library), catalog->model, &catalog->shared_lists,
                        err))
        return false;
    catalog->lists =
        catalog->shared_lists != NULL ? catalog->shared_lists->lists : catalog->model->lists;
    return true;
}

static bool read_all(struct tenant *tenant, struct model_library *library, struct catalog *catalog,
                     struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    CLEANUP(tx_done) struct tx tx = {0};

    catalog->library = library;
    return tx_read(&tx, tenant, err) && read_head(&tx, scratch, catalog, err) &&
           read_model(&tx, scratch, library, catalog, err) &&
           read_nos(&tx, scratch, catalog, err) && read_publishers(&tx, scratch, catalog, err) &&
           read_settings(&tx, scratch, catalog, err) && read_lists(&tx, library, catalog, err);
}

bool catalog_reload(struct tenant *tenant, struct model_library *library, struct err *err)
{
    bool is_behind = true;

    /* Two that reload at once may end in either order: the older one then reads again. */
    while (is_behind) {
        struct arena *arena = arena_open(4 * 1024);
        struct catalog *catalog = ARENA_NEW(arena, struct catalog);

        catalog->arena = arena;
        catalog->stamp = news_stamp(tenant, NEWS_CATALOG);
        if (!read_all(tenant, library, catalog, err)) {
            arena_close(&arena);
            return false;
        }
        code_keep_model(tenant_store(tenant), catalog->model);
        int64_t known_at = catalog->known_at;
        /* Requests may still read the one before: it is freed with this one, when the tenant
         * is. */
        struct catalog *previous = tenant_slot_swap(tenant, TENANT_CATALOG, catalog, close_catalog);
        catalog->previous = previous;
        is_behind = previous != NULL && previous->known_at > known_at;
    }
    return true;
}

const struct catalog *catalog_ready(const struct tenant *tenant)
{
    const struct catalog *catalog = tenant_slot_get(tenant, TENANT_CATALOG);

    return catalog != NULL && catalog->stamp == news_stamp(tenant, NEWS_CATALOG) ? catalog : NULL;
}

bool catalog_get(struct tenant *tenant, struct model_library *library,
                 const struct catalog **catalog, struct err *err)
{
    *catalog = catalog_ready(tenant);
    if (*catalog == NULL && !catalog_reload(tenant, library, err))
        return false;
    /* Not catalog_ready: another change may be on its way again. */
    *catalog = tenant_slot_get(tenant, TENANT_CATALOG);
    return true;
}

int64_t catalog_no(const struct catalog *catalog, const struct register_type *type)
{
    return catalog->nos[type->index];
}

const struct register_type *catalog_type(const struct catalog *catalog, int64_t no)
{
    for (size_t i = 0; i < catalog->model->type_count; i++)
        if (catalog->nos[i] == no)
            return catalog->model->types[i];
    return NULL;
}

const struct catalog_code *catalog_code(const struct catalog *catalog, struct str list,
                                        struct str code)
{
    const struct catalog_list *found = map_find(&catalog->lists, list);

    return found == NULL ? NULL : map_find(&found->by_code, code);
}

struct str catalog_code_title(const struct catalog *catalog, struct str list, struct str code,
                              enum model_language language)
{
    const struct catalog_code *found = catalog_code(catalog, list, code);

    return found == NULL ? code : found->title[language];
}

const struct catalog_code *catalog_code_on(const struct catalog *catalog, struct str list,
                                           struct str code, int64_t day)
{
    const struct catalog_code *latest = catalog_code(catalog, list, code);
    const struct catalog_list *found = map_find(&catalog->lists, list);

    if (latest == NULL || catalog_code_is_valid(latest, day))
        return latest;
    for (size_t i = 0; i < found->count; i++)
        if (str_equal(found->codes[i].code, code) && catalog_code_is_valid(&found->codes[i], day))
            return &found->codes[i];
    return latest;
}

bool catalog_code_is_valid(const struct catalog_code *code, int64_t day)
{
    return code->valid_from <= day && day < code->valid_to;
}

struct str catalog_setting(const struct catalog *catalog, struct str name)
{
    const struct str *value = map_find(&catalog->settings, name);

    return value == NULL ? (struct str){0} : *value;
}

bool catalog_read_offset(struct str text, int *minutes)
{
    int64_t number;

    if (!num_parse_int(text, &number) || number < UTC_OFFSET_LEAST || number > UTC_OFFSET_MOST)
        return false;
    *minutes = (int)number;
    return true;
}

int catalog_utc_offset(const struct catalog *catalog)
{
    return catalog == NULL ? UTC_OFFSET_MOSCOW : catalog->utc_offset;
}

struct feel_clock catalog_clock(const struct catalog *catalog, int64_t now)
{
    return (struct feel_clock){now, catalog_utc_offset(catalog)};
}

int64_t catalog_day(const struct catalog *catalog, int64_t at)
{
    return time_day_of(at, catalog_utc_offset(catalog));
}
