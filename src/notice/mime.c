#include "notice/mime.h"

#include <stdio.h>

#include "core/base64.h"
#include "core/time.h"
#include "core/utf8.h"

enum {
    WORD_BYTES = 42, /* of text in one encoded word: 75 characters at most, with "=?UTF-8?B?" */
    LINE_BYTES = 57, /* of text in a line of 76 characters */
};

static void add_line(struct buf *buf, const char *name, struct str value)
{
    buf_add(buf, str_from_z(name));
    buf_add(buf, STR(": "));
    buf_add(buf, value);
    buf_add(buf, STR("\r\n"));
}

static bool is_plain(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < ' ' || text.ptr[i] > '~')
            return false;
    return str_find(text, STR("=?")) == text.len && text.len <= 60;
}

/* How much of the text fits into one encoded word, in whole letters. */
static struct str next_word(struct str text)
{
    struct str rest = text;
    size_t len = 0;

    while (rest.len > 0) {
        (void)utf8_next(&rest);
        if (text.len - rest.len > WORD_BYTES)
            break;
        len = text.len - rest.len;
    }
    return str_slice(text, 0, len);
}

/* RFC 2047; words of a folded header are joined again without the blank between them. */
static void add_words(struct buf *buf, struct str text)
{
    bool is_first = true;

    while (text.len > 0) {
        struct str word = next_word(text);

        if (!is_first)
            buf_add(buf, STR("\r\n "));
        buf_add(buf, STR("=?UTF-8?B?"));
        base64_print(buf, word);
        buf_add(buf, STR("?="));
        text = str_slice(text, word.len, text.len);
        is_first = false;
    }
}

/* Controls become blanks; what is no UTF-8 is left out. */
static struct str clean(struct arena *arena, struct str text)
{
    struct buf buf = {.arena = arena};

    text = str_slice(text, 0, utf8_valid_head(text));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        buf_char(&buf, c < ' ' || c == 127 ? ' ' : text.ptr[i]);
    }
    return str_trim(buf_str(&buf));
}

static void add_text(struct buf *buf, const char *name, struct str text)
{
    struct str line = clean(buf->arena, text);

    buf_add(buf, str_from_z(name));
    buf_add(buf, STR(": "));
    if (is_plain(line))
        buf_add(buf, line);
    else
        add_words(buf, line);
    buf_add(buf, STR("\r\n"));
}

static void add_from(struct buf *buf, const struct mime *mime)
{
    struct str name = clean(buf->arena, mime->from_name);

    buf_add(buf, STR("From: "));
    if (name.len > 0) {
        add_words(buf, name); /* also a plain one: nothing in it needs quotes then */
        buf_add(buf, STR("\r\n "));
    }
    buf_char(buf, '<');
    buf_add(buf, mime->from);
    buf_add(buf, STR(">\r\n"));
}

/* "Mon, 09 Mar 2026 06:00:00 +0000": as HTTP has it, but for the zone. */
static void add_date(struct buf *buf, int64_t at)
{
    struct buf date = {.arena = buf->arena};

    time_print_http(&date, at);
    buf_add(buf, STR("Date: "));
    buf_add(buf, str_slice(buf_str(&date), 0, date.len - (sizeof "GMT" - 1)));
    buf_add(buf, STR("+0000\r\n"));
}

/* Lines end with CRLF; other controls have no place in a text. */
static struct str with_crlf(struct arena *arena, struct str text)
{
    struct buf lines = {.arena = arena};

    text = str_slice(text, 0, utf8_valid_head(text));
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '\n')
            buf_add(&lines, STR("\r\n"));
        else if ((c >= ' ' && c != 127) || c == '\t')
            buf_char(&lines, text.ptr[i]);
    }
    buf_add(&lines, STR("\r\n"));
    return buf_str(&lines);
}

static void add_body(struct buf *buf, struct str text)
{
    for (size_t i = 0; i < text.len; i += LINE_BYTES) {
        base64_print(buf, str_slice(text, i, LINE_BYTES));
        buf_add(buf, STR("\r\n"));
    }
}

void mime_print(struct buf *buf, const struct mime *mime)
{
    add_from(buf, mime);
    add_line(buf, "To", str_printf(buf->arena, "<%.*s>", STR_ARG(mime->to)));
    if (mime->reply_to.len > 0)
        add_line(buf, "Reply-To", str_printf(buf->arena, "<%.*s>", STR_ARG(mime->reply_to)));
    add_text(buf, "Subject", mime->subject);
    add_date(buf, mime->at);
    add_line(buf, "Message-ID", str_printf(buf->arena, "<%.*s>", STR_ARG(mime->id)));
    add_line(buf, "MIME-Version", STR("1.0"));
    add_line(buf, "Auto-Submitted", STR("auto-generated"));
    if (mime->language.len > 0)
        add_line(buf, "Content-Language", mime->language);
    add_line(buf, "Content-Type", STR("text/plain; charset=utf-8"));
    add_line(buf, "Content-Transfer-Encoding", STR("base64"));
    buf_add(buf, STR("\r\n"));
    add_body(buf, with_crlf(buf->arena, mime->body));
}
