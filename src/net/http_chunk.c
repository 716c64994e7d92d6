#include "net/http_chunk.h"

enum {
    IN_SIZE,
    IN_EXTENSION,
    AT_SIZE_LF,
    IN_DATA,
    AT_DATA_CR,
    AT_DATA_LF,
    IN_TRAILER,
    AT_TRAILER_LF,
    AT_END,
};

static int hex_value(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool on_size(struct http_chunk *chunk, unsigned char c)
{
    int value = hex_value(c);

    if (value >= 0) {
        chunk->left = chunk->left * 16 + (uint64_t)value;
        /* 15 digits cannot overflow, and no body is larger. */
        return ++chunk->digits <= 15;
    }
    if (chunk->digits == 0)
        return false;
    chunk->place = c == '\r' ? AT_SIZE_LF : IN_EXTENSION;
    return c == '\r' || c == ';';
}

static bool is_text(unsigned char c)
{
    return (c >= ' ' && c != 0x7f) || c == '\t';
}

/* Extensions and trailers mean nothing to us, but they must be well-formed and few. */
static bool on_extra(struct http_chunk *chunk, unsigned char c, int after_cr)
{
    if (c == '\r') {
        chunk->place = after_cr;
        return true;
    }
    if (chunk->place == IN_TRAILER && !chunk->line_has_text && (c == ' ' || c == '\t' || c == ':'))
        return false;
    chunk->line_has_text = true;
    return is_text(c) && ++chunk->extra <= HTTP_CHUNK_EXTRA_MAX;
}

static bool on_lf(struct http_chunk *chunk, unsigned char c)
{
    if (c != '\n')
        return false;
    if (chunk->place == AT_SIZE_LF)
        chunk->place = chunk->left > 0 ? IN_DATA : IN_TRAILER;
    else if (chunk->place == AT_DATA_LF)
        chunk->place = IN_SIZE;
    else
        chunk->place = chunk->line_has_text ? IN_TRAILER : AT_END;
    chunk->digits = 0;
    chunk->line_has_text = false;
    return true;
}

static bool step(struct http_chunk *chunk, unsigned char c)
{
    switch (chunk->place) {
    case IN_SIZE:
        return on_size(chunk, c);
    case IN_EXTENSION:
        return on_extra(chunk, c, AT_SIZE_LF);
    case IN_TRAILER:
        return on_extra(chunk, c, AT_TRAILER_LF);
    case AT_DATA_CR:
        chunk->place = AT_DATA_LF;
        return c == '\r';
    default:
        return on_lf(chunk, c);
    }
}

enum http_chunk_state http_chunk_next(struct http_chunk *chunk, struct str *rest, struct str *data)
{
    while (chunk->place != AT_END && rest->len > 0) {
        if (chunk->place == IN_DATA) {
            *data = str_slice(*rest, 0, chunk->left < rest->len ? (size_t)chunk->left : rest->len);
            *rest = str_slice(*rest, data->len, rest->len);
            chunk->left -= data->len;
            if (chunk->left == 0)
                chunk->place = AT_DATA_CR;
            return HTTP_CHUNK_DATA;
        }
        if (!step(chunk, (unsigned char)rest->ptr[0]))
            return HTTP_CHUNK_BAD;
        *rest = str_slice(*rest, 1, rest->len);
    }
    return chunk->place == AT_END ? HTTP_CHUNK_DONE : HTTP_CHUNK_MORE;
}
