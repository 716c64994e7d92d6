#include "core/log.h"

#include <stdatomic.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/json.h"
#include "core/time.h"
#include "core/utf8.h"

enum {
    LOG_VALUE_MAX = 1000,
};

static _Atomic int least = LOG_INFO;
static _Atomic bool is_json;

void log_set_level(enum log_level level)
{
    least = (int)level;
}

void log_set_json(bool value)
{
    is_json = value;
}

static bool is_plain(struct str value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
            return false;
    }
    return value.len > 0 && utf8_is_valid(value);
}

/* One event stays one line, whatever it holds. */
static void put_quoted(struct buf *buf, struct str value)
{
    bool is_text = utf8_is_valid(value);

    buf_char(buf, '"');
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.ptr[i];

        if (c == '"' || c == '\\')
            buf_printf(buf, "\\%c", c);
        else if (c < ' ' || c == 0x7f || (c >= 0x80 && !is_text))
            buf_printf(buf, "\\x%02x", c);
        else
            buf_char(buf, (char)c);
    }
    buf_char(buf, '"');
}

static struct str shorten(struct str value)
{
    size_t len = MIN(value.len, (size_t)LOG_VALUE_MAX);

    while (len > 0 && len < value.len && ((unsigned char)value.ptr[len] & 0xc0) == 0x80)
        len--;
    return str_slice(value, 0, len);
}

/* A member; bytes that are no text are shown as logfmt shows them. */
static void put_member(struct buf *buf, const char *key, struct str value)
{
    struct buf shown = {.arena = buf->arena};

    if (!utf8_is_valid(value)) {
        put_quoted(&shown, value);
        value = str_slice(buf_str(&shown), 1, shown.len - 2);
    }
    buf_printf(buf, ",\"%s\":", key);
    json_write_text(buf, value);
}

static void put_field(struct buf *buf, const char *key, struct str whole)
{
    struct str value = shorten(whole);

    if (is_json) {
        put_member(buf, key, value);
        return;
    }
    buf_printf(buf, " %s=", key);
    if (is_plain(value))
        buf_add(buf, value);
    else
        put_quoted(buf, value);
}

void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t count)
{
    static const char *const LEVELS[] = {"debug", "info", "warn", "error"};

    if ((int)level < least)
        return;

    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct buf line = {.arena = arena};

    buf_add(&line, is_json ? STR("{\"at\":\"") : STR("at="));
    time_print_moment(&line, time_now());
    if (is_json)
        buf_char(&line, '"');
    put_field(&line, "level", str_from_z(LEVELS[level]));
    put_field(&line, "event", str_from_z(event));
    for (size_t i = 0; i < count; i++)
        if (fields[i].key != NULL)
            put_field(&line, fields[i].key, fields[i].value);
    buf_add(&line, is_json ? STR("}\n") : STR("\n"));

    /* One write, so that lines of threads do not mix.  Who cannot log cannot say so. */
    ssize_t ignored = write(STDERR_FILENO, line.ptr, line.len);
    (void)ignored;
}
