#include "backup/status.h"

#include "core/file.h"
#include "core/json.h"

static struct str path_of(const struct store *store, struct arena *arena, struct str tenant)
{
    return tenant.len == 0 ? file_join(arena, store_folder(store), STR("backup.json"))
                           : str_printf(arena, "%.*s/tenants/%.*s/backup.json",
                                        STR_ARG(store_folder(store)), STR_ARG(tenant));
}

void status_read(struct store *store, struct arena *arena, struct str tenant, struct status *status)
{
    struct json *json;
    struct str text;
    struct err err;

    *status = (struct status){0};
    if (!file_read(arena, path_of(store, arena, tenant), 65536, &text, &err) ||
        !json_parse(arena, text, NULL, &json, &err))
        return;
    *status = (struct status){
        .at = json_find_int(json, STR("at"), 0),
        .base_at = json_find_int(json, STR("base_at"), 0),
        .seq = json_find_int(json, STR("seq"), 0),
        .place = json_find_text(json, STR("place")),
        .fault_at = json_find_int(json, STR("fault_at"), 0),
        .fault = json_find_text(json, STR("fault")),
    };
}

bool status_write(struct store *store, struct arena *arena, struct str tenant,
                  const struct status *status, struct err *err)
{
    struct json *json = json_new(arena, JSON_OBJECT);
    struct buf text = {.arena = arena};

    json_set_int(arena, json, STR("at"), status->at);
    json_set_int(arena, json, STR("base_at"), status->base_at);
    json_set_int(arena, json, STR("seq"), status->seq);
    json_set_text(arena, json, STR("place"), status->place);
    json_set_int(arena, json, STR("fault_at"), status->fault_at);
    json_set_text(arena, json, STR("fault"), status->fault);
    json_write(&text, json);
    return file_write(path_of(store, arena, tenant), buf_str(&text), err);
}
