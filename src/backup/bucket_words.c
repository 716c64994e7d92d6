#include "backup/bucket_words.h"

#include <string.h>

#include "core/arena.h"
#include "core/num.h"
#include "core/vec.h"
#include "net/client.h"
#include "xml/xml_stream.h"

enum {
    NAME_LEAST = 3,
    NAME_MOST = 63,
    PREFIX_MOST = 500,
    BELOW_ROOT = 2,
    IN_ITEM = 3,
};

struct reading {
    struct arena *arena;
    struct bucket_words_page *page;
    VEC(struct bucket_words_item) items;
    bool is_more;
};

static bool on_element(void *data, const struct xml_element *element, struct err *err)
{
    struct reading *reading = data;

    (void)err;
    if (element->depth == 1)
        reading->page->kind = str_copy(reading->arena, element->name);
    return true;
}

static void read_item(struct reading *reading, struct str name, struct str text)
{
    if (str_equal(name, STR("Key")))
        VEC_PUSH(reading->arena, &reading->items,
                 (struct bucket_words_item){str_copy(reading->arena, text), 0});
    else if (str_equal(name, STR("Size")) && reading->items.count > 0)
        (void)!num_parse_int(text, &reading->items.items[reading->items.count - 1].size);
}

static bool on_text(void *data, struct str name, struct str text, int depth, struct err *err)
{
    struct reading *reading = data;
    struct bucket_words_page *page = reading->page;

    (void)err;
    if (depth == IN_ITEM)
        read_item(reading, name, text);
    if (depth != BELOW_ROOT)
        return true;
    if (str_equal(name, STR("IsTruncated")))
        reading->is_more = str_equal(text, STR("true"));
    else if (str_equal(name, STR("NextContinuationToken")))
        page->next = str_copy(reading->arena, text);
    else if (str_equal(name, STR("UploadId")))
        page->upload = str_copy(reading->arena, text);
    else if (str_equal(name, STR("Code")))
        page->code = str_copy(reading->arena, text);
    else if (str_equal(name, STR("Message")))
        page->message = str_copy(reading->arena, text);
    return true;
}

bool bucket_words_parse(struct bucket_words_page *page, struct arena *arena, struct str text,
                        struct err *err)
{
    CLEANUP(xml_stream_close) struct xml_stream *stream = NULL;
    struct reading reading = {.arena = arena, .page = page};
    struct err own = {0};

    *page = (struct bucket_words_page){0};
    stream = xml_stream_open(arena, on_element, &reading);
    xml_stream_read_text(stream, on_text);
    if (!xml_stream_push(stream, text, &own) || !xml_stream_end(stream, &own))
        return err_set(err, ERR_UNAVAILABLE, "the store's answer cannot be read: %s", own.text);
    page->items = reading.items.items;
    page->count = reading.items.count;
    if (reading.is_more && page->next.len == 0)
        return err_set(err, ERR_UNAVAILABLE, "the store's list does not say how it goes on");
    if (!reading.is_more)
        page->next = STR("");
    return true;
}

static bool refuse(const struct bucket_words_page *page, int status, struct str bucket,
                   struct err *err)
{
    struct str code = page->code;

    if (str_equal(code, STR("NoSuchBucket")))
        return err_set(err, ERR_UNAVAILABLE, "the store has no bucket %.*s", STR_ARG(bucket));
    if (status == 404)
        return err_set(err, ERR_ABSENT, "the bucket %.*s has no such file", STR_ARG(bucket));
    if (str_equal(code, STR("RequestTimeTooSkewed")))
        return err_set(err, ERR_DENIED,
                       "the store's clock and this machine's differ too much: set the clock");
    if (status == 401 || status == 403)
        return err_set(err, ERR_DENIED, "the store refuses the key for the bucket %.*s (%.*s)",
                       STR_ARG(bucket), STR_ARG(code));
    return err_set(err, status >= 500 || status == 429 ? ERR_UNAVAILABLE : ERR_BROKEN,
                   "the store answers %d: %.*s %.*s", status, STR_ARG(code),
                   STR_ARG(page->message));
}

bool bucket_words_expect(const struct client_answer *answer, struct arena *arena, struct str bucket,
                         struct err *err)
{
    struct bucket_words_page page = {0};
    struct err ignored;

    if (answer->status >= 200 && answer->status < 300)
        return true;
    if (answer->status >= 300 && answer->status < 400)
        return err_set(err, ERR_INPUT,
                       "the store sends us elsewhere: its endpoint or region is "
                       "another than the one that was said");
    (void)!bucket_words_parse(&page, arena, answer->body, &ignored);
    return refuse(&page, answer->status, bucket, err);
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("._-", c) != NULL);
}

bool bucket_words_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (!is_plain(name.ptr[i]))
            return false;
    return name.len >= NAME_LEAST && name.len <= NAME_MOST && name.ptr[0] != '.';
}

bool bucket_words_prefix(struct str prefix)
{
    if (prefix.len > PREFIX_MOST)
        return false;
    while (prefix.len > 0) {
        struct str part = str_cut(&prefix, '/');

        if (part.len == 0 || str_equal(part, STR(".")) || str_equal(part, STR("..")))
            return false;
        for (size_t i = 0; i < part.len; i++)
            if (!is_plain(part.ptr[i]))
                return false;
    }
    return true;
}

struct str bucket_words_escape(struct arena *arena, struct str text)
{
    struct buf out = {.arena = arena};

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        struct str word = c == '&'   ? STR("&amp;")
                          : c == '<' ? STR("&lt;")
                          : c == '>' ? STR("&gt;")
                          : c == '"' ? STR("&quot;")
                                     : (struct str){&text.ptr[i], 1};

        buf_add(&out, word);
    }
    return buf_str(&out);
}
