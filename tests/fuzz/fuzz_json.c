/* A text; what is parsed must survive printing in both forms, copying and merging. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/json_pick.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str print(struct arena *arena, void (*write)(struct buf *, const struct json *),
                        const struct json *json)
{
    struct buf buf = {.arena = arena};

    write(&buf, json);
    return buf_str(&buf);
}

static struct json *parse_again(struct arena *arena, struct str text)
{
    struct json_limits limits = {.depth = 64};
    struct json *json = NULL;
    struct err err;
    bool ok = json_parse(arena, text, &limits, &json, &err);

    assert(ok);
    return json;
}

/* Each member alone; of text that is none, only that nothing is read beyond its end. */
static void pick_each(struct arena *arena, struct str text, const struct json *object)
{
    struct str none = STR("\x01");
    struct json *value;
    struct err err;
    bool ok = json_pick(arena, text, &none, 1, &value, &err);

    assert(object == NULL || ok == (object->kind == JSON_OBJECT));
    for (const struct json *at = object != NULL ? object->first : NULL; at != NULL; at = at->next) {
        if (at->name.len == 0 || at->name.ptr < text.ptr || at->name.ptr >= text.ptr + text.len)
            continue; /* the name is written with escapes */
        ok = json_pick(arena, text, &at->name, 1, &value, &err);
        assert(object->kind != JSON_OBJECT || (ok && json_equal(value, at)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct json *json;
    struct err err;

    if (size > 100000)
        return 0;
    pick_each(arena, (struct str){(const char *)data, size}, NULL);
    if (!json_parse(arena, (struct str){(const char *)data, size}, NULL, &json, &err))
        return 0;

    struct str canonical = print(arena, json_canonical, json);
    struct json *again = parse_again(arena, canonical);
    struct json *written = parse_again(arena, print(arena, json_write, json));
    struct json *copy = json_copy(arena, json);
    assert(json_equal(json, again) && json_equal(json, written) && json_equal(copy, json));
    assert(str_equal(print(arena, json_canonical, again), canonical));
    assert(str_equal(print(arena, json_canonical, written), canonical));
    assert(json->kind == JSON_OBJECT || json_equal(json_merge(arena, NULL, json), json));
    json_merge(arena, json, again);
    pick_each(arena, canonical, again);
    return 0;
}
