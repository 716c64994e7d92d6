/* Any bytes: what is valid has a sound key and fold, and CP1251 always becomes valid. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str make(struct arena *arena, void (*how)(struct buf *, struct str), struct str text)
{
    struct buf buf = {.arena = arena};

    how(&buf, text);
    return buf_str(&buf);
}

static void check_valid(struct arena *arena, struct str text)
{
    struct str fold = make(arena, utf8_fold, text);
    struct str key = make(arena, utf8_key, text);
    struct buf same = {.arena = arena};
    size_t count = 0;

    assert(utf8_is_valid(fold) && utf8_is_valid(key) && key.len <= UTF8_KEY_MAX);
    for (struct str rest = text; rest.len > 0; count++) {
        assert(count > 100 ||
               str_equal(utf8_head(text, count), str_slice(text, 0, text.len - rest.len)));
        utf8_put(&same, utf8_next(&rest));
    }
    assert(count == utf8_length(text) && str_equal(buf_str(&same), text));
    /* Lower case and white space around do not matter. */
    same.len = 0;
    utf8_put(&same, 0xa0);
    for (struct str rest = text; rest.len > 0;)
        utf8_put(&same, utf8_lower(utf8_next(&rest)));
    buf_add(&same, STR("\r\n "));
    assert(str_equal(make(arena, utf8_key, buf_str(&same)), key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str bytes = {(const char *)data, size};
    size_t valid = utf8_valid_head(bytes);

    if (size > 4000)
        return 0;
    assert(valid <= size && utf8_is_valid(bytes) == (valid == size));
    check_valid(arena, str_slice(bytes, 0, valid));
    check_valid(arena, make(arena, utf8_from_cp1251, bytes));
    return 0;
}
