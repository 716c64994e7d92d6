#include "core/base64.h"

static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void print(struct buf *buf, struct str bytes, const char *alphabet, bool pads)
{
    char *out = buf_room(buf, bytes.len / 3 * 4 + 4);
    const unsigned char *in = (const unsigned char *)bytes.ptr;
    size_t left = bytes.len;

    for (; left >= 3; left -= 3, in += 3) {
        uint32_t group = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];

        for (int shift = 18; shift >= 0; shift -= 6)
            *out++ = alphabet[group >> shift & 63];
    }
    if (left > 0) {
        uint32_t group = (uint32_t)in[0] << 16 | (left > 1 ? (uint32_t)in[1] << 8 : 0);

        *out++ = alphabet[group >> 18];
        *out++ = alphabet[group >> 12 & 63];
        if (left > 1)
            *out++ = alphabet[group >> 6 & 63];
        for (size_t i = left; pads && i < 3; i++)
            *out++ = '=';
    }
    buf->len = (size_t)(out - buf->ptr);
}

void base64_print(struct buf *buf, struct str bytes)
{
    print(buf, bytes, PLAIN, true);
}

void base64_print_url(struct buf *buf, struct str bytes)
{
    print(buf, bytes, URL, false);
}

static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+' || c == '-')
        return 62;
    return c == '/' || c == '_' ? 63 : -1;
}

/* Padding stands only where it fills a group of four. */
static struct str without_padding(struct str text)
{
    if (text.len > 0 && text.len % 4 == 0 && text.ptr[text.len - 1] == '=') {
        text.len--;
        if (text.ptr[text.len - 1] == '=')
            text.len--;
    }
    return text;
}

bool base64_parse(struct buf *buf, struct str text)
{
    struct str body = without_padding(text);
    size_t old_len = buf->len;
    uint32_t bits = 0;
    int count = 0;

    if (body.len % 4 == 1)
        return false;
    for (size_t i = 0; i < body.len; i++) {
        int value = value_of(body.ptr[i]);

        if (value < 0) {
            buf->len = old_len;
            return false;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xffff;
        count += 6;
        if (count >= 8) {
            count -= 8;
            buf_char(buf, (char)(bits >> count & 0xff));
        }
    }
    /* Left-over bits must be zero, else two texts would mean the same bytes. */
    if ((bits & ((1U << count) - 1)) != 0) {
        buf->len = old_len;
        return false;
    }
    return true;
}
