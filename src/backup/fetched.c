#include "backup/fetched.h"

#include "core/file.h"
#include "core/json.h"
#include "core/num.h"
#include "store/rows.h"

enum {
    ABOUT_MAX = 65536,
};

struct str fetched_folder(const struct store *store, struct arena *arena, struct str tenant)
{
    return str_printf(arena, "%.*s/fetched/%.*s", STR_ARG(store_folder(store)), STR_ARG(tenant));
}

struct str fetched_home(const struct store *store, struct arena *arena, struct str tenant)
{
    return str_printf(arena, "%.*s/tenants/%.*s", STR_ARG(fetched_folder(store, arena, tenant)),
                      STR_ARG(tenant));
}

static struct str about_path(const struct store *store, struct arena *arena, struct str tenant)
{
    return file_join(arena, fetched_folder(store, arena, tenant), STR("about.json"));
}

static struct fetched_counts read_counts(const struct json *json)
{
    return (struct fetched_counts){json_find_int(json, STR("entry"), 0),
                                   json_find_int(json, STR("records"), 0),
                                   json_find_int(json, STR("files"), 0)};
}

void fetched_read(const struct store *store, struct arena *arena, struct str tenant,
                  struct fetched *fetched)
{
    struct json *json;
    struct str text;
    struct err err;

    *fetched = (struct fetched){0};
    if (!file_read(arena, about_path(store, arena, tenant), ABOUT_MAX, &text, &err) ||
        !json_parse(arena, text, NULL, &json, &err))
        return;
    *fetched = (struct fetched){.at = json_find_int(json, STR("at"), 0),
                                .asked = json_find_text(json, STR("asked")),
                                .last_at = json_find_int(json, STR("last_at"), 0),
                                .counts = read_counts(json_find(json, STR("counts"))),
                                .present = read_counts(json_find(json, STR("present")))};
}

static void put_counts(struct arena *arena, struct json *json, struct str name,
                       const struct fetched_counts *counts)
{
    struct json *object = json_set(json, name, json_new(arena, JSON_OBJECT));

    json_set_int(arena, object, STR("entry"), counts->entry);
    json_set_int(arena, object, STR("records"), counts->records);
    json_set_int(arena, object, STR("files"), counts->files);
}

bool fetched_write(const struct store *store, struct arena *arena, struct str tenant,
                   const struct fetched *fetched, struct err *err)
{
    struct json *json = json_new(arena, JSON_OBJECT);
    struct buf text = {.arena = arena};

    json_set_int(arena, json, STR("at"), fetched->at);
    json_set_text(arena, json, STR("asked"), fetched->asked);
    json_set_int(arena, json, STR("last_at"), fetched->last_at);
    put_counts(arena, json, STR("counts"), &fetched->counts);
    put_counts(arena, json, STR("present"), &fetched->present);
    json_write(&text, json);
    return file_write(about_path(store, arena, tenant), buf_str(&text), err);
}

/* What it is first: without that it is not there, however far the rest got. */
bool fetched_drop(const struct store *store, struct arena *arena, struct str tenant,
                  struct err *err)
{
    struct str about = about_path(store, arena, tenant);
    struct str folder = fetched_folder(store, arena, tenant);

    return (!file_exists(about) || file_remove(about, err)) &&
           (!file_exists(folder) || file_remove_tree(folder, err));
}

bool fetched_count(struct tenant *tenant, struct arena *arena, struct fetched_counts *counts,
                   int64_t *last_at, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct rows journal, records, files;

    if (!tx_read(&tx, tenant, err) ||
        !store_query(&tx, arena, &journal,
                     "SELECT seq, at FROM journal WHERE tenant = $1 ORDER BY seq DESC LIMIT 1",
                     ARGS(INT(tx.tenant)), err) ||
        !store_query(&tx, arena, &records, "SELECT count(*) FROM record WHERE tenant = $1",
                     ARGS(INT(tx.tenant)), err) ||
        !store_query(&tx, arena, &files, "SELECT count(*) FROM attachment WHERE tenant = $1",
                     ARGS(INT(tx.tenant)), err))
        return false;
    *counts = (struct fetched_counts){journal.count > 0 ? rows_int(&journal, 0, 0) : 0,
                                      rows_int(&records, 0, 0), rows_int(&files, 0, 0)};
    *last_at = journal.count > 0 ? rows_int(&journal, 0, 1) : 0;
    return true;
}

bool fetched_is_aside(struct str folder, struct str tenant, int64_t *at)
{
    return str_starts(folder, tenant) && folder.len > tenant.len && folder.ptr[tenant.len] == '-' &&
           num_parse_int(str_slice(folder, tenant.len + 1, folder.len), at) && *at > 0;
}

bool fetched_list_aside(const struct store *store, struct arena *arena, struct str tenant,
                        struct str **names, size_t *count, struct err *err)
{
    struct str folder = file_join(arena, store_folder(store), STR("replaced"));
    struct str *all = NULL;
    size_t total = 0;
    int64_t at;

    *count = 0;
    if (file_exists(folder) && !file_list(arena, folder, &all, &total, err))
        return false;
    *names = ARENA_ARRAY(arena, struct str, total + 1);
    for (size_t i = total; i-- > 0;)
        if (fetched_is_aside(all[i], tenant, &at))
            (*names)[(*count)++] = all[i];
    return true;
}
