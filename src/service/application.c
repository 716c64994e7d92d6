#include "service/application.h"

#include "core/arena.h"
#include "core/id.h"
#include "core/json.h"
#include "store/rows.h"

enum {
    SWEEP_MAX = 100,
    LIST_MAX = 100,
};

static void read_files(const struct json *files, struct application *application)
{
    for (const struct json *one = files == NULL ? NULL : files->first;
         one != NULL && application->file_count < APPLICATION_FILES_MAX; one = one->next)
        application->files[application->file_count++] =
            (struct attachment){.name = json_find_text(one, STR("name")),
                                .type = json_find_text(one, STR("type")),
                                .size = json_find_int(one, STR("size"), 0),
                                .digest = json_find_text(one, STR("digest"))};
}

bool application_get(struct tx *tx, struct arena *arena, int64_t now,
                     struct application *application, struct err *err)
{
    struct json *body = NULL;
    struct rows rows;

    *application = (struct application){.account = application->account,
                                        .service = application->service,
                                        .way = STR("page"),
                                        .id = id_next(now)};
    application->value = json_new(arena, JSON_OBJECT);
    if (!store_query(tx, arena, &rows,
                     "SELECT changed_at, body FROM application WHERE tenant = $1 AND account = $2"
                     " AND service = $3",
                     ARGS(INT(tx->tenant), INT(application->account), TEXT(application->service)),
                     err))
        return false;
    if (rows.count == 0)
        return true;
    if (!json_parse(arena, rows_text(&rows, 0, 1), NULL, &body, err))
        return false;
    application->changed_at = rows_int(&rows, 0, 0);
    application->id = json_find_int(body, STR("id"), application->id);
    application->person = json_find_int(body, STR("person"), 0);
    application->way = json_find_text(body, STR("way"));
    application->value = json_copy(arena, json_find(body, STR("value")));
    application->value->name = (struct str){0};
    read_files(json_find(body, STR("files")), application);
    return true;
}

static struct str print(struct arena *arena, const struct application *application)
{
    struct json *body = json_new(arena, JSON_OBJECT);
    struct json *files = json_new(arena, JSON_ARRAY);
    struct buf buf = {.arena = arena};

    json_set_int(arena, body, STR("id"), application->id);
    json_set_int(arena, body, STR("person"), application->person);
    json_set_text(arena, body, STR("way"), application->way);
    json_set(body, STR("value"), json_copy(arena, application->value));
    json_set(body, STR("files"), files);
    for (size_t i = 0; i < application->file_count; i++) {
        struct json *file = json_push(files, json_new(arena, JSON_OBJECT));

        json_set_text(arena, file, STR("name"), application->files[i].name);
        json_set_text(arena, file, STR("type"), application->files[i].type);
        json_set_int(arena, file, STR("size"), application->files[i].size);
        json_set_text(arena, file, STR("digest"), application->files[i].digest);
    }
    json_write(&buf, body);
    return buf_str(&buf);
}

/* A draft is changed as it was read, or not at all. */
static bool write_draft(struct tx *tx, const struct application *application, int64_t at,
                        struct str body, int64_t *count, struct err *err)
{
    if (application->changed_at == 0)
        return store_change(tx,
                            "INSERT INTO application (tenant, account, service, changed_at, body)"
                            " VALUES ($1, $2, $3, $4, $5)"
                            " ON CONFLICT (tenant, account, service) DO NOTHING",
                            ARGS(INT(tx->tenant), INT(application->account),
                                 TEXT(application->service), INT(at), TEXT(body)),
                            count, err);
    return store_change(tx,
                        "UPDATE application SET changed_at = $4, body = $5 WHERE tenant = $1"
                        " AND account = $2 AND service = $3 AND changed_at = $6",
                        ARGS(INT(tx->tenant), INT(application->account), TEXT(application->service),
                             INT(at), TEXT(body), INT(application->changed_at)),
                        count, err);
}

bool application_put(struct tx *tx, struct arena *arena, int64_t now,
                     struct application *application, struct err *err)
{
    struct str body = print(arena, application);
    int64_t at = MAX(now, application->changed_at + 1);
    int64_t count;

    if (body.len > APPLICATION_BYTES_MAX)
        return err_set(err, ERR_LIMIT, "the application is too long");
    if (!write_draft(tx, application, at, body, &count, err))
        return false;
    if (count == 0)
        return err_set(err, ERR_CONFLICT, "the application was changed in another window");
    application->changed_at = at;
    return true;
}

bool application_drop(struct tx *tx, int64_t account, struct str service, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM application WHERE tenant = $1 AND account = $2 AND service = $3",
                      ARGS(INT(tx->tenant), INT(account), TEXT(service)), err);
}

bool application_list(struct tx *tx, struct arena *arena, int64_t account,
                      struct application_begun **begun, size_t *count, struct err *err)
{
    struct rows rows;

    if (!store_query(tx, arena, &rows,
                     "SELECT service, changed_at FROM application WHERE tenant = $1"
                     " AND account = $2 ORDER BY changed_at DESC, service LIMIT $3",
                     ARGS(INT(tx->tenant), INT(account), INT(LIST_MAX)), err))
        return false;
    *begun = ARENA_ARRAY(arena, struct application_begun, rows.count);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*begun)[i] = (struct application_begun){rows_text(&rows, i, 0), rows_int(&rows, i, 1)};
    return true;
}

bool application_sweep(struct tx *tx, int64_t before, int64_t *count, struct err *err)
{
    return store_change(tx,
                        "DELETE FROM application WHERE tenant = $1 AND (account, service) IN"
                        " (SELECT account, service FROM application WHERE tenant = $1"
                        " AND changed_at < $2 LIMIT $3)",
                        ARGS(INT(tx->tenant), INT(before), INT(SWEEP_MAX)), count, err);
}

bool application_erase(struct tx *tx, int64_t person, struct err *err)
{
    return store_exec(tx,
                      "DELETE FROM application WHERE tenant = $1 AND (body LIKE '%\"person\":' ||"
                      " CAST($2 AS text) || ',%' OR account IN (SELECT id FROM account"
                      " WHERE tenant = $1 AND person = $2))",
                      ARGS(INT(tx->tenant), INT(person)), err);
}
