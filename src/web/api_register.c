#include "web/api_register.h"

#include "core/json_put.h"
#include "registry/geometry.h"
#include "web/answer.h"
#include "web/map_view.h"

static void print_register(struct request *request, const struct register_type *type)
{
    struct buf *out = &request->exchange->out;

    buf_char(out, '{');
    json_put_text(out, "id", type->id);
    json_put_text(out, "title", request_pack_text(request, type->title));
    json_put_text(out, "group", request_pack_text(request, type->group));
    json_put_text(out, "pack", type->pack->id);
    json_put_text(out, "version", type->pack->version);
    json_put_bool(out, "temporal", type->is_temporal);
    json_put_bool(out, "map", type->geometry >= 0);
    buf_char(out, '}');
}

bool api_register_list(struct request *request, struct err *err)
{
    const struct model *model = request->catalog->model;
    struct buf *out = &request->exchange->out;
    bool is_first = true;
    unsigned classes;

    (void)err;
    buf_add(out, STR("{\"registers\":["));
    for (size_t i = 0; i < model->type_count; i++) {
        if (!policy_may_some(&request->actor.rights, (int)i, POLICY_READ, &classes))
            continue;
        if (!is_first)
            buf_char(out, ',');
        is_first = false;
        print_register(request, model->types[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

/* The JSON Schema as the pack has it, without the fields this actor may not see. */
bool api_register_get(struct request *request, struct err *err)
{
    const struct register_type *type;
    unsigned classes;

    if (!request_register_some(request, 0, POLICY_READ, &type, &classes, err))
        return false;

    struct json *document = json_copy(request->arena, type->document);
    struct json *properties = json_find(document, STR("properties"));
    for (size_t i = 0; i < type->field_count; i++)
        if ((type->fields[i].access & ~classes) != 0)
            json_drop(properties, type->fields[i].name);
    json_write(&request->exchange->out, document);
    return answer_json(request, 200);
}

static void print_cluster(struct buf *out, const struct record_cluster *cluster, bool has_titles)
{
    buf_add(out, STR("{\"x\":"));
    geometry_print_degree(out, cluster->x);
    buf_add(out, STR(",\"y\":"));
    geometry_print_degree(out, cluster->y);
    buf_add(out, STR(",\"count\":"));
    buf_int(out, cluster->count);
    if (cluster->id != 0) {
        json_put_id(out, "id", cluster->id);
        if (has_titles)
            json_put_text(out, "title", cluster->title);
    }
    buf_char(out, '}');
}

bool api_register_clusters(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    struct map_view map;

    if (!map_view_ask(request, &map, err))
        return false;
    buf_add(out, STR("{\"clusters\":["));
    for (size_t i = 0; i < map.count; i++) {
        if (i > 0)
            buf_char(out, ',');
        print_cluster(out, &map.clusters[i], map.has_titles);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}

void api_register_code(struct buf *out, const struct request *request,
                       const struct catalog_code *code)
{
    buf_char(out, '{');
    json_put_text(out, "code", code->code);
    json_put_text(out, "title", code->title[request->language]);
    json_put_text(out, "parent", code->parent);
    buf_char(out, '}');
}

bool api_register_codes(struct request *request, struct err *err)
{
    struct buf *out = &request->exchange->out;
    const struct catalog_list *list = map_find(&request->catalog->lists, request->parts[0]);

    if (list == NULL)
        return err_set(err, ERR_ABSENT, "there is no such code list");
    buf_add(out, STR("{\"codes\":["));
    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buf_char(out, ',');
        api_register_code(out, request, &list->codes[i]);
    }
    buf_add(out, STR("]}"));
    return answer_json(request, 200);
}
