#include "backup/step.h"

#include <stdio.h>
#include <string.h>

#include "core/file.h"
#include "core/num.h"
#include "core/vec.h"

enum {
    DIGITS = 8,
    NAME_LEAST = 2 * DIGITS + 1,
    LENGTH = 4, /* bytes before the list */
    FILES_MAX = 100 * 1000 * 1000,
};

struct str step_home(struct arena *arena, struct str tenant)
{
    return tenant.len == 0 ? STR("node") : str_printf(arena, "tenants/%.*s", STR_ARG(tenant));
}

struct str step_path(struct arena *arena, struct str home, const struct step *step)
{
    return str_printf(arena, "%.*s/steps/%08lld-%08lld.%s", STR_ARG(home),
                      (long long)step->generation, (long long)step->number,
                      step->is_base ? "base" : "wal");
}

struct str step_file_path(struct arena *arena, struct str home, struct str digest)
{
    return str_printf(arena, "%.*s/files/%.*s/%.*s", STR_ARG(home), 2, digest.ptr, STR_ARG(digest));
}

static bool parse_name(struct str name, struct step *step)
{
    struct str kind = str_slice(name, NAME_LEAST, name.len);

    step->is_base = str_equal(kind, STR(".base"));
    return (step->is_base || str_equal(kind, STR(".wal"))) && name.ptr[DIGITS] == '-' &&
           num_parse_int(str_slice(name, 0, DIGITS), &step->generation) &&
           num_parse_int(str_slice(name, DIGITS + 1, DIGITS), &step->number) &&
           step->generation > 0 && step->number >= 0;
}

bool step_find(const struct place *place, struct arena *arena, struct str home,
               struct step_list *list, struct err *err)
{
    struct place_list found;
    VEC(struct step) steps = {0};

    if (!place_find(place, arena, str_printf(arena, "%.*s/steps/", STR_ARG(home)), &found, err))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        struct step step = {.size = found.items[i].size};

        if (parse_name(found.items[i].name, &step))
            VEC_PUSH(arena, &steps, step);
    }
    *list = (struct step_list){steps.items, steps.count};
    return true;
}

static bool measure_label(const struct place *place, struct arena *arena, struct str path,
                          int64_t *size, struct err *err)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = -1;

    if (!place_fetch(place, arena, path, CRATE_HEAD_END, &fd, err) ||
        !crate_peek_head(&reader, arena, fd, err))
        return false;
    *size = reader.at + LENGTH +
            STEP_DIGEST * MIN(MAX(json_find_int(reader.head, STR("files"), 0), 0), FILES_MAX);
    return true;
}

bool step_list_files(const struct place *place, struct arena *arena, struct str path,
                     struct str *list, struct err *err)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    CLEANUP(file_close) int fd = -1;
    int64_t size = 0;

    if (!measure_label(place, arena, path, &size, err) ||
        !place_fetch(place, arena, path, size, &fd, err) || !crate_peek(&reader, arena, fd, err))
        return false;
    *list = reader.label.list;
    return true;
}

struct str step_print(struct arena *arena, const struct step_head *head)
{
    struct json *json = json_new(arena, JSON_OBJECT);
    struct json *tenant = json_set(json, STR("tenant"), json_new(arena, JSON_OBJECT));
    struct buf text = {.arena = arena};

    json_set_text(arena, json, STR("kind"), head->step.is_base ? STR("base") : STR("wal"));
    json_set_text(arena, tenant, STR("id"), str_printf(arena, "%lld", (long long)head->tenant.id));
    json_set_text(arena, tenant, STR("name"), head->tenant.name);
    json_set_text(arena, tenant, STR("title"), head->tenant.title);
    json_set_text(arena, tenant, STR("host"), head->tenant.host);
    json_set_text(arena, tenant, STR("parent"),
                  str_printf(arena, "%lld", (long long)head->tenant.parent));
    json_set_int(arena, tenant, STR("created_at"), head->tenant.created_at);
    json_set_int(arena, json, STR("generation"), head->step.generation);
    json_set_int(arena, json, STR("number"), head->step.number);
    json_set_text(arena, json, STR("chain"), head->chain);
    json_set_int(arena, json, STR("seq"), head->head.seq);
    json_set_text(arena, json, STR("head"), str_from_z(head->head.chain));
    json_set_int(arena, json, STR("at"), head->at);
    json_set_int(arena, json, STR("page_size"), head->page_size);
    json_set_int(arena, json, STR("pages"), head->pages);
    json_set_int(arena, json, STR("files"), head->files);
    json_set_text(arena, json, STR("key"), head->key);
    json_set_text(arena, json, STR("signature"), head->signature);
    json_write(&text, json);
    return buf_str(&text);
}

static int64_t find_id(const struct json *json, struct str name)
{
    int64_t number;

    return num_parse_int(json_find_text(json, name), &number) ? number : -1;
}

bool step_parse(struct arena *arena, const struct json *json, const struct step *step,
                struct step_head *head, struct err *err)
{
    const struct json *tenant = json_find(json, STR("tenant"));
    struct str chain = json_find_text(json, STR("head"));
    struct str kind = json_find_text(json, STR("kind"));

    (void)arena;
    *head = (struct step_head){
        .step = *step,
        .tenant = {.id = find_id(tenant, STR("id")),
                   .name = json_find_text(tenant, STR("name")),
                   .title = json_find_text(tenant, STR("title")),
                   .host = json_find_text(tenant, STR("host")),
                   .parent = find_id(tenant, STR("parent")),
                   .created_at = json_find_int(tenant, STR("created_at"), 0)},
        .chain = json_find_text(json, STR("chain")),
        .head.seq = json_find_int(json, STR("seq"), -1),
        .at = json_find_int(json, STR("at"), -1),
        .page_size = json_find_int(json, STR("page_size"), -1),
        .pages = json_find_int(json, STR("pages"), -1),
        .files = json_find_int(json, STR("files"), -1),
        .key = json_find_text(json, STR("key")),
        .signature = json_find_text(json, STR("signature")),
    };
    bool is_right = str_equal(kind, step->is_base ? STR("base") : STR("wal")) &&
                    json_find_int(json, STR("generation"), 0) == step->generation &&
                    json_find_int(json, STR("number"), -1) == step->number &&
                    chain.len < sizeof head->head.chain && head->tenant.id >= 0 &&
                    head->tenant.parent >= 0 && head->head.seq >= 0 && head->at >= 0 &&
                    head->files >= 0 && head->files <= FILES_MAX && head->pages >= 0 &&
                    (!step->is_base || (head->page_size >= 512 && head->page_size <= 65536));
    if (!is_right)
        return err_set(err, ERR_BROKEN, "it is another file than its name says");
    memcpy(head->head.chain, chain.ptr, chain.len);
    return true;
}

struct str step_signed(struct arena *arena, const struct step_head *head)
{
    return str_printf(arena, "uprava backup\n%lld\n%lld\n%s\n%lld\n", (long long)head->tenant.id,
                      (long long)head->head.seq, head->head.chain, (long long)head->at);
}
