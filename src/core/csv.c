#include "core/csv.h"

#include <string.h>

#include "core/arena.h"
#include "core/utf8.h"

enum {
    CSV_INPUT = 64 * 1024, /* bytes read ahead; enough to recognise the format */
    END_OF_FILE = -1,
};

struct csv {
    struct csv_format format;
    csv_read *read;
    void *data;
    char *input;
    size_t at;  /* in input */
    size_t len; /* of input */
    bool is_started;
    bool is_eof;
    bool is_failed;
    struct err error; /* why, when it failed: told again to who asks again */
    int64_t line;
    struct buf row;  /* the fields of the row, one behind the other */
    struct buf text; /* the same in UTF-8, when the file is not */
    size_t count;
    size_t ends[CSV_FIELDS_MAX]; /* where they end in row */
    struct str fields[CSV_FIELDS_MAX];
};

struct csv *csv_open(struct arena *arena, struct csv_format format, csv_read *read, void *data)
{
    struct csv *csv = ARENA_NEW(arena, struct csv);

    csv->format = format;
    csv->read = read;
    csv->data = data;
    csv->input = arena_alloc(arena, CSV_INPUT);
    csv->line = 1;
    csv->row.arena = csv->text.arena = arena;
    return csv;
}

static bool read_text(void *data, char *buf, size_t size, size_t *len, struct err *err)
{
    struct str *rest = data;

    (void)err;
    *len = MIN(size, rest->len);
    if (*len > 0)
        memcpy(buf, rest->ptr, *len);
    *rest = str_slice(*rest, *len, rest->len);
    return true;
}

struct csv *csv_open_text(struct arena *arena, struct csv_format format, struct str text)
{
    struct str *rest = ARENA_NEW(arena, struct str);

    *rest = text;
    return csv_open(arena, format, read_text, rest);
}

/* Reads behind what is there already. */
static bool read_more(struct csv *csv, struct err *err)
{
    size_t got = 0;

    if (!csv->read(csv->data, csv->input + csv->len, CSV_INPUT - csv->len, &got, err))
        return err_while(err, "line %lld", (long long)csv->line);
    csv->len += got;
    csv->is_eof = got == 0;
    return true;
}

/* The next byte or END_OF_FILE, without taking it. */
static bool peek(struct csv *csv, int *c, struct err *err)
{
    if (csv->at == csv->len && !csv->is_eof) {
        csv->at = csv->len = 0;
        if (!read_more(csv, err))
            return false;
    }
    *c = csv->at < csv->len ? (unsigned char)csv->input[csv->at] : END_OF_FILE;
    return true;
}

static bool start(struct csv *csv, struct err *err)
{
    while (csv->len < CSV_INPUT && !csv->is_eof)
        if (!read_more(csv, err))
            return false;

    struct str head = {csv->input, csv->len};
    if (str_starts(head, STR("\xff\xfe")) || str_starts(head, STR("\xfe\xff")))
        return err_set(err, ERR_INPUT, "the file is UTF-16: save it as CSV UTF-8");
    if (csv->format.separator == 0) {
        struct csv_format found = csv_recognise(head);

        csv->format.separator = found.separator;
        csv->format.is_cp1251 |= found.is_cp1251;
    }
    csv->at = str_starts(head, STR("\xef\xbb\xbf")) ? 3 : 0;
    csv->is_started = true;
    return true;
}

static bool append(struct csv *csv, const char *bytes, size_t len, struct err *err)
{
    if (csv->row.len + len > CSV_ROW_MAX)
        return err_set(err, ERR_LIMIT,
                       "line %lld: the row is longer than 1 MiB; is a quote not closed?",
                       (long long)csv->line);
    buf_add(&csv->row, (struct str){bytes, len});
    return true;
}

static size_t count_lines(const char *bytes, size_t len)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        count += bytes[i] == '\n';
    return count;
}

/* Up to a separator or the end of the line; a quote in the middle is as good as a letter. */
static bool parse_plain(struct csv *csv, struct err *err)
{
    int c;

    for (;;) {
        if (!peek(csv, &c, err))
            return false;
        const char *from = csv->input + csv->at;
        size_t len = 0;
        size_t most = csv->len - csv->at;

        while (len < most && from[len] != csv->format.separator && from[len] != '\n' &&
               from[len] != '\r')
            len++;
        csv->at += len;
        if (!append(csv, from, len, err))
            return false;
        if (len < most || c == END_OF_FILE)
            return true;
    }
}

static bool ends_field(const struct csv *csv, int c)
{
    return c == END_OF_FILE || c == '\n' || c == '\r' || c == (unsigned char)csv->format.separator;
}

/* Behind a quote in a quoted field: the second of a pair, or the end of the field. */
static bool parse_quote(struct csv *csv, bool *is_end, struct err *err)
{
    int c;

    if (!peek(csv, &c, err))
        return false;
    *is_end = c != '"';
    if (c == '"') {
        csv->at++;
        return append(csv, "\"", 1, err);
    }
    if (!ends_field(csv, c))
        return err_set(err, ERR_INPUT,
                       "line %lld: text behind a closing quote; a quote in a quoted field must be"
                       " doubled",
                       (long long)csv->line);
    return true;
}

/* At the opening quote. */
static bool parse_quoted(struct csv *csv, struct err *err)
{
    int64_t line = csv->line;
    bool is_end = false;
    int c;

    csv->at++;
    while (!is_end) {
        if (!peek(csv, &c, err))
            return false;
        if (c == END_OF_FILE)
            return err_set(err, ERR_INPUT, "line %lld: the quote opened here is never closed",
                           (long long)line);

        const char *from = csv->input + csv->at;
        const char *quote = memchr(from, '"', csv->len - csv->at);
        size_t len = quote == NULL ? csv->len - csv->at : (size_t)(quote - from);
        csv->line += (int64_t)count_lines(from, len);
        csv->at += len + (quote != NULL);
        if (!append(csv, from, len, err) || (quote != NULL && !parse_quote(csv, &is_end, err)))
            return err->code == ERR_LIMIT
                       ? err_set(err, ERR_LIMIT,
                                 "line %lld: the quote opened here is not closed within 1 MiB",
                                 (long long)line)
                       : false;
    }
    return true;
}

/* Takes CRLF, LF or CR. */
static bool take_line_end(struct csv *csv, struct err *err)
{
    bool is_cr = csv->input[csv->at] == '\r';
    int c;

    csv->at++;
    csv->line++;
    if (!is_cr)
        return true;
    if (!peek(csv, &c, err))
        return false;
    if (c == '\n')
        csv->at++;
    return true;
}

/* Skips empty lines: a row of one empty field is written with quotes. */
static bool skip_empty(struct csv *csv, int *c, struct err *err)
{
    for (;;) {
        if (!peek(csv, c, err))
            return false;
        if (*c != '\n' && *c != '\r')
            return true;
        if (!take_line_end(csv, err))
            return false;
    }
}

static bool parse_field(struct csv *csv, struct err *err)
{
    int c;

    if (csv->count == CSV_FIELDS_MAX)
        return err_set(err, ERR_LIMIT, "line %lld: more than %d fields in a row",
                       (long long)csv->line, CSV_FIELDS_MAX);
    if (!peek(csv, &c, err) || !(c == '"' ? parse_quoted(csv, err) : parse_plain(csv, err)))
        return false;
    csv->ends[csv->count++] = csv->row.len;
    return true;
}

static bool parse_row(struct csv *csv, struct err *err)
{
    int c = 0;

    for (;;) {
        if (!parse_field(csv, err) || !peek(csv, &c, err))
            return false;
        if (c != (unsigned char)csv->format.separator)
            break;
        csv->at++;
    }
    return c == END_OF_FILE || take_line_end(csv, err);
}

/* The fields stand together, and a letter must not be made of two of them. */
static bool is_row_utf8(const struct csv *csv, struct str bytes)
{
    for (size_t i = 0; i < csv->count; i++)
        if (csv->ends[i] < bytes.len && ((unsigned char)bytes.ptr[csv->ends[i]] & 0xc0) == 0x80)
            return false;
    return utf8_is_valid(bytes);
}

static bool give_fields(struct csv *csv, int64_t line, struct err *err)
{
    struct str bytes = buf_str(&csv->row);

    if (!csv->format.is_cp1251 && !is_row_utf8(csv, bytes))
        return err_set(err, ERR_INPUT, "line %lld: the text is not UTF-8", (long long)line);

    csv->text.len = 0;
    for (size_t i = 0, from = 0; i < csv->count; from = csv->ends[i++]) {
        struct str field = str_slice(bytes, from, csv->ends[i] - from);

        if (csv->format.is_cp1251) {
            /* Reserved first: what fields point at must not move. */
            if (i == 0)
                buf_room(&csv->text, bytes.len * 3 + 8);
            struct buf one = {.ptr = csv->text.ptr + csv->text.len, .arena = csv->text.arena};
            one.cap = csv->text.cap - csv->text.len;
            utf8_from_cp1251(&one, field);
            csv->text.len += one.len;
            field = buf_str(&one);
        }
        csv->fields[i] = field;
    }
    return true;
}

static bool next_row(struct csv *csv, struct csv_row *row, struct err *err)
{
    int c;

    if ((!csv->is_started && !start(csv, err)) || !skip_empty(csv, &c, err))
        return false;
    if (c == END_OF_FILE) {
        *row = (struct csv_row){.line = csv->line};
        return true;
    }

    int64_t line = csv->line;
    csv->row.len = 0;
    csv->count = 0;
    if (!parse_row(csv, err) || !give_fields(csv, line, err))
        return false;
    *row = (struct csv_row){.fields = csv->fields, .count = csv->count, .line = line};
    return true;
}

bool csv_next(struct csv *csv, struct csv_row *row, struct err *err)
{
    if (csv->is_failed) {
        *err = csv->error;
        return false;
    }
    csv->is_failed = !next_row(csv, row, err);
    if (csv->is_failed)
        csv->error = *err;
    return !csv->is_failed;
}

static bool needs_quotes(struct str field, char separator)
{
    if (field.len == 0)
        return false;
    for (size_t i = 0; i < field.len; i++)
        if (field.ptr[i] == separator || field.ptr[i] == '"' || field.ptr[i] == '\n' ||
            field.ptr[i] == '\r')
            return true;
    /* Others trim spaces; and a byte order mark at the head of a file would be taken off. */
    return field.ptr[0] == ' ' || field.ptr[field.len - 1] == ' ' ||
           str_starts(field, STR("\xef\xbb\xbf"));
}

static void write_quoted(struct buf *buf, struct str field)
{
    struct str rest = field;

    buf_char(buf, '"');
    while (rest.len > 0) {
        size_t quote = str_find_char(rest, '"');

        buf_add(buf, str_slice(rest, 0, quote));
        if (quote < rest.len)
            buf_add(buf, STR("\"\""));
        rest = str_slice(rest, quote + 1, rest.len);
    }
    buf_char(buf, '"');
}

void csv_write(struct buf *buf, const struct str *fields, size_t count, char separator)
{
    bool is_blank = count == 1 && fields[0].len == 0;

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(buf, separator);
        if (is_blank || needs_quotes(fields[i], separator))
            write_quoted(buf, fields[i]);
        else
            buf_add(buf, fields[i]);
    }
    buf_add(buf, STR("\r\n"));
}
