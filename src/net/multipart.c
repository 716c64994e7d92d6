#include "net/multipart.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "net/http_parse.h"
#include "net/spool.h"

enum {
    BOUNDARY_MAX = 70, /* RFC 2046 5.1.1 */
    HEAD_MAX = 8 * 1024,
    TEXT_MAX = 1024 * 1024,
};

/* What is read, and what is still ahead of it. */
struct reader {
    struct arena *arena;
    struct str rest;
    struct str line; /* CR LF -- boundary */
    bool is_mapped;  /* rest goes away: texts are copied */
};

/* "; name=value" or "; name="quoted"": takes one off *rest; false when it is not well-formed. */
static bool take_parameter(struct arena *arena, struct str *rest, struct str *name,
                           struct str *value)
{
    struct buf text = {.arena = arena};
    size_t at = 1;

    if (rest->len == 0 || rest->ptr[0] != ';')
        return false;
    *rest = str_trim(str_slice(*rest, 1, rest->len));
    size_t equals = str_find_char(*rest, '=');
    if (equals == 0 || equals >= rest->len)
        return false;
    *name = str_slice(*rest, 0, equals);
    *rest = str_slice(*rest, equals + 1, rest->len);
    if (rest->len == 0 || rest->ptr[0] != '"') {
        *value = str_trim(str_slice(*rest, 0, str_find_char(*rest, ';')));
        *rest = str_slice(*rest, str_find_char(*rest, ';'), rest->len);
        return value->len > 0;
    }

    for (; at < rest->len && rest->ptr[at] != '"'; at++) {
        /* curl writes \" and \\; a lone backslash is a path of an old browser. */
        bool is_escape = rest->ptr[at] == '\\' && at + 1 < rest->len &&
                         (rest->ptr[at + 1] == '"' || rest->ptr[at + 1] == '\\');

        buf_char(&text, rest->ptr[is_escape ? ++at : at]);
    }
    if (at >= rest->len)
        return false;
    *value = buf_str(&text);
    *rest = str_trim(str_slice(*rest, at + 1, rest->len));
    return true;
}

static bool find_boundary(struct arena *arena, struct str type, struct str *boundary,
                          struct err *err)
{
    struct str rest = str_slice(type, str_find_char(type, ';'), type.len);
    struct str name, value;

    if (!http_parse_is(str_trim(str_slice(type, 0, type.len - rest.len)),
                       STR("multipart/form-data")))
        return err_set(err, ERR_INPUT, "the Content-Type must be multipart/form-data");
    while (rest.len > 0) {
        if (!take_parameter(arena, &rest, &name, &value))
            break;
        if (http_parse_is(name, STR("boundary")) && value.len > 0 && value.len <= BOUNDARY_MAX) {
            *boundary = value;
            return true;
        }
    }
    return err_set(err, ERR_INPUT, "the Content-Type must name a boundary of 1 to 70 characters");
}

/* Browsers write %22 for a quote in a name (HTML standard, multipart/form-data encoding). */
static struct str undo_quotes(struct arena *arena, struct str text)
{
    struct buf buf = {.arena = arena};

    while (text.len > 0) {
        size_t at = str_find(text, STR("%22"));

        buf_add(&buf, str_slice(text, 0, at));
        if (at < text.len)
            buf_char(&buf, '"');
        text = str_slice(text, at + 3, text.len);
    }
    return buf_str(&buf);
}

static bool is_clean(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
            return false;
    return utf8_is_valid(text);
}

/* Without folders, whichever way they are written. */
static struct str last_part(struct str path)
{
    for (size_t i = path.len; i > 0; i--)
        if (path.ptr[i - 1] == '/' || path.ptr[i - 1] == '\\') {
            path = str_slice(path, i, path.len);
            break;
        }
    return str_equal(path, STR(".")) || str_equal(path, STR("..")) ? (struct str){0} : path;
}

static bool parse_disposition(struct reader *reader, struct str value, struct multipart_part *part,
                              bool *is_file)
{
    struct str rest = str_slice(value, str_find_char(value, ';'), value.len);
    struct str name, text;

    if (!http_parse_is(str_trim(str_slice(value, 0, value.len - rest.len)), STR("form-data")))
        return false;
    while (rest.len > 0) {
        if (!take_parameter(reader->arena, &rest, &name, &text))
            return false;
        if (http_parse_is(name, STR("name")))
            part->name = undo_quotes(reader->arena, text);
        if (http_parse_is(name, STR("filename"))) {
            part->file_name = last_part(undo_quotes(reader->arena, text));
            *is_file = true;
        }
    }
    return part->name.len > 0 && is_clean(part->name) && is_clean(part->file_name);
}

static bool parse_head(struct reader *reader, struct multipart_part *part, bool *is_file,
                       struct err *err)
{
    struct str ahead = str_slice(reader->rest, 0, HEAD_MAX);
    size_t end = str_find(ahead, STR("\r\n\r\n"));
    struct str head = str_slice(ahead, 0, end + 2);
    bool is_named = false;

    if (end == ahead.len)
        return err_set(err, ERR_INPUT, "a part of the form has no end of its header fields");
    reader->rest = str_slice(reader->rest, end + 4, reader->rest.len);
    while (head.len > 0) {
        size_t len = str_find(head, STR("\r\n"));
        struct str value = str_slice(head, 0, len);
        struct str name = str_cut(&value, ':');

        head = str_slice(head, len + 2, head.len);
        value = str_trim(value);
        if (http_parse_is(name, STR("content-type")) && is_clean(value))
            part->type = str_copy(reader->arena, value);
        if (!http_parse_is(name, STR("content-disposition")))
            continue;
        if (is_named || !parse_disposition(reader, value, part, is_file))
            return err_set(err, ERR_INPUT, "a part of the form is not named as it should be");
        is_named = true;
    }
    return is_named || err_set(err, ERR_INPUT, "a part of the form has no name");
}

static bool put_file(struct str content, struct multipart_part *part, struct err *err)
{
    part->fd = spool_open_for(spool_folder(), content.len);
    if (part->fd < 0 || !spool_write(part->fd, content) || !spool_rewind(part->fd))
        return err_set(err, ERR_BROKEN, "there is no room for a temporary file in %.*s",
                       STR_ARG(spool_folder()));
    return true;
}

static bool put_content(struct reader *reader, struct str content, bool is_file,
                        struct multipart_part *part, struct err *err)
{
    part->size = content.len;
    /* A file field left empty comes as an empty file without a name: that is no file. */
    if (is_file && part->file_name.len == 0 && content.len > 0)
        part->file_name = STR("file");
    if (part->file_name.len > 0)
        return put_file(content, part, err);
    if (content.len > TEXT_MAX)
        return err_set(err, ERR_LIMIT, "the field %.*s is longer than 1 MiB", STR_ARG(part->name));
    if (!utf8_is_valid(content))
        return err_set(err, ERR_INPUT, "the field %.*s is not valid UTF-8", STR_ARG(part->name));
    part->text = reader->is_mapped ? str_copy(reader->arena, content) : content;
    return true;
}

/* Behind a boundary: CR LF and a part, or -- and the end. */
static bool parse_part(struct reader *reader, struct multipart_part *part, struct err *err)
{
    bool is_file = false;

    if (!parse_head(reader, part, &is_file, err))
        return false;
    size_t end = str_find(reader->rest, reader->line);
    if (end == reader->rest.len)
        return err_set(err, ERR_INPUT, "the form ends within a part");
    struct str content = str_slice(reader->rest, 0, end);
    reader->rest = str_slice(reader->rest, end + reader->line.len, reader->rest.len);
    return put_content(reader, content, is_file, part, err);
}

static bool parse_parts(struct reader *reader, struct multipart *form, struct err *err)
{
    struct str first = str_slice(reader->line, 2, reader->line.len);

    if (!str_starts(reader->rest, first))
        return err_set(err, ERR_INPUT, "the form does not begin with its boundary");
    reader->rest = str_slice(reader->rest, first.len, reader->rest.len);
    while (str_starts(reader->rest, STR("\r\n"))) {
        if (form->count == MULTIPART_PARTS_MAX)
            return err_set(err, ERR_LIMIT, "the form has more than %d parts", MULTIPART_PARTS_MAX);
        struct multipart_part *part = &form->parts[form->count++];
        part->fd = -1;
        reader->rest = str_slice(reader->rest, 2, reader->rest.len);
        if (!parse_part(reader, part, err))
            return false;
    }
    return str_equal(reader->rest, STR("--")) || str_equal(reader->rest, STR("--\r\n")) ||
           err_set(err, ERR_INPUT, "the form does not end with its boundary");
}

static bool parse_all(struct reader *reader, struct multipart *multipart, struct err *err)
{
    struct multipart form = {
        .parts = ARENA_ARRAY(reader->arena, struct multipart_part, MULTIPART_PARTS_MAX)};

    if (!parse_parts(reader, &form, err)) {
        multipart_done(&form);
        return false;
    }
    *multipart = form;
    return true;
}

bool multipart_parse(struct arena *arena, struct str content_type, struct str body, int fd,
                     struct multipart *multipart, struct err *err)
{
    struct reader reader = {.arena = arena, .rest = body, .is_mapped = fd >= 0};
    struct str boundary = {0};
    struct stat stat;

    if (!find_boundary(arena, content_type, &boundary, err))
        return false;
    reader.line = str_printf(arena, "\r\n--%.*s", STR_ARG(boundary));
    if (fd < 0)
        return parse_all(&reader, multipart, err);

    /* Nobody else knows the file, so it cannot shrink under the mapping. */
    if (fstat(fd, &stat) < 0 || stat.st_size <= 0)
        return err_set(err, ERR_INPUT, "the form is empty");
    size_t size = (size_t)stat.st_size;
    void *mapped = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (mapped == MAP_FAILED)
        return err_set(err, ERR_BROKEN, "cannot read the form back from its file");
    reader.rest = (struct str){mapped, size};
    bool ok = parse_all(&reader, multipart, err);
    munmap(mapped, size);
    return ok;
}

const struct multipart_part *multipart_find(const struct multipart *multipart, struct str name)
{
    for (size_t i = 0; i < multipart->count; i++)
        if (str_equal(multipart->parts[i].name, name))
            return &multipart->parts[i];
    return NULL;
}

void multipart_done(struct multipart *multipart)
{
    for (size_t i = 0; i < multipart->count; i++)
        if (multipart->parts[i].fd >= 0)
            close(multipart->parts[i].fd);
    *multipart = (struct multipart){0};
}
