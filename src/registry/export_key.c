#include "registry/export_key.h"

#include "core/id.h"

enum {
    KNOWN_MAX = 50000, /* then the memory begins anew */
    DEPTH_MAX = 4,
};

void export_key_init(struct export_keys *keys, const struct registry *registry)
{
    *keys = (struct export_keys){.registry = *registry};
    keys->registry.arena = arena_open(64 * 1024);
    /* As on pages, what names the record of a reference is told, whether it is in reach or not. */
    keys->registry.reader = NULL;
    keys->known.arena = keys->registry.arena;
}

void export_key_done(struct export_keys *keys)
{
    arena_close(&keys->registry.arena);
}

static bool read_record(struct export_keys *keys, struct arena *arena,
                        const struct register_type *type, struct str text, struct json **value,
                        struct err *err)
{
    struct registry registry = keys->registry;
    struct record record;
    struct err absent;
    int64_t id;

    *value = NULL;
    if (!id_parse(text, &id))
        return true;
    registry.arena = arena;
    if (!record_get(&registry, catalog_no(keys->registry.catalog, type), id, RECORD_FOREVER - 1,
                    &record, &absent)) {
        struct record *slices;
        size_t count;

        if (absent.code != ERR_ABSENT) {
            *err = absent;
            return false;
        }
        if (!record_slices(&registry, catalog_no(keys->registry.catalog, type), id, &slices, &count,
                           err))
            return false;
        if (count == 0)
            return true;
        record = slices[count - 1];
    }
    return json_parse(arena, record.body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, value,
                      err);
}

/* Empty when a part is missing. */
static bool print_key(struct export_keys *keys, struct buf *key, const struct register_type *type,
                      struct str id, int depth, struct err *err)
{
    struct json *value;
    size_t start = key->len;

    if (depth > DEPTH_MAX || !read_record(keys, key->arena, type, id, &value, err))
        return depth > DEPTH_MAX;
    for (size_t i = 0; i < type->key_count && value != NULL; i++) {
        const struct register_field *field = &type->fields[type->key[i]];
        struct str part = json_text(json_find(value, field->name));
        const struct json *member = json_find(value, field->name);
        size_t before;

        if (i > 0)
            buf_char(key, '|');
        before = key->len;
        if (field->type == FIELD_REF && field->ref_index >= 0) {
            if (!print_key(keys, key, keys->registry.catalog->model->types[field->ref_index], part,
                           depth + 1, err))
                return false;
        } else if (member != NULL && member->kind != JSON_NULL) {
            buf_add(key, member->text);
        }
        if (key->len == before) {
            key->len = start;
            return true;
        }
    }
    return true;
}

bool export_key_of(struct export_keys *keys, struct arena *arena,
                   const struct register_field *field, struct str id, struct str *text,
                   struct err *err)
{
    struct buf key = {.arena = arena};
    const struct str *known = map_find(&keys->known, id);
    struct str *kept;

    if (known != NULL) {
        *text = *known;
        return true;
    }
    *text = id;
    if (field->ref_index < 0)
        return true;
    if (!print_key(keys, &key, keys->registry.catalog->model->types[field->ref_index], id, 0, err))
        return false;
    if (key.len > 0)
        *text = buf_str(&key);
    if (keys->known.count >= KNOWN_MAX) {
        arena_reset(keys->registry.arena);
        keys->known = (struct map){.arena = keys->registry.arena};
    }
    kept = ARENA_NEW(keys->registry.arena, struct str);
    *kept = str_copy(keys->registry.arena, *text);
    map_put(&keys->known, str_copy(keys->registry.arena, id), kept);
    return true;
}
