/* What was decoded and encoded again decodes to the same. */
#include <assert.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)data, size};
    struct buf plain = {.arena = arena};
    struct buf coded = {.arena = arena};
    struct buf again = {.arena = arena};
    struct url_form form;

    if (url_decode(&plain, text, true)) {
        assert(utf8_is_valid(buf_str(&plain)));
        url_encode(&coded, buf_str(&plain));
        assert(url_decode(&again, buf_str(&coded), true));
        assert(str_equal(buf_str(&plain), buf_str(&again)));
    }
    if (url_parse_form(arena, text, &form))
        assert(form.count <= URL_PAIRS_MAX);
    return 0;
}
