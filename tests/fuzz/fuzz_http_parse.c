/* The head as the server reads it: whole, and cut in two anywhere; then a chunked body. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "net/http_chunk.h"
#include "net/http_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void decode_body(struct str rest)
{
    struct http_chunk chunk = {0};
    struct str data;
    size_t total = 0;

    while (http_chunk_next(&chunk, &rest, &data) == HTTP_CHUNK_DATA) {
        assert(data.len > 0);
        total += data.len;
    }
    assert(total <= HTTP_HEAD_MAX * 1024);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_header headers[HTTP_HEADERS_MAX];
    struct http_parse whole = {.headers = headers};
    struct http_parse cut = {0};
    struct str bytes = {(const char *)data, size};
    size_t seen = 0;
    size_t seen_cut = 0;
    enum http_parse_state state = http_parse_end(&whole, bytes, &seen);

    if (http_parse_end(&cut, str_slice(bytes, 0, size / 2), &seen_cut) == HTTP_PARSE_MORE) {
        assert(http_parse_end(&cut, bytes, &seen_cut) == state);
        assert(state != HTTP_PARSE_DONE || seen == seen_cut);
    }
    if (state != HTTP_PARSE_DONE)
        return 0;

    /* A copy of its exact size, so that a read beyond it is seen. */
    char *head = malloc(seen);
    memcpy(head, data, seen);
    if (http_parse_head(&whole, (struct str){head, seen})) {
        assert(whole.path.len > 0 && whole.path.ptr[0] == '/');
        assert(whole.header_count <= HTTP_HEADERS_MAX);
        assert(!whole.is_chunked || whole.length < 0);
        if (whole.is_chunked)
            decode_body(str_slice(bytes, seen, size));
    } else {
        assert(whole.status >= 400 && whole.why != NULL);
    }
    free(head);
    return 0;
}
