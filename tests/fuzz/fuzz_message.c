/* A view on the first line, then a message of a pack; and what is made of it as an e-mail. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "notice/message.h"
#include "notice/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Headers of one line each, the text in letters of base64. */
static void check_letter(struct str letter)
{
    size_t end = str_find(letter, STR("\r\n\r\n"));

    assert(end < letter.len);
    for (size_t i = 0; i < letter.len; i++) {
        unsigned char c = (unsigned char)letter.ptr[i];

        assert((c >= ' ' && c < 127) || c == '\r' || c == '\n');
        assert(c != '\n' || (i > 0 && letter.ptr[i - 1] == '\r'));
    }
    assert(str_find(letter, STR("\r\nBcc")) == letter.len);
}

static void print(struct arena *arena, const struct notice *notice)
{
    struct buf letter = {.arena = arena};
    struct mime mime = {.from = STR("a@example.ru"),
                        .from_name = notice->sms,
                        .to = STR("b@example.ru"),
                        .id = STR("1@example.ru"),
                        .subject = notice->subject,
                        .body = notice->body};

    assert(utf8_length(notice->subject) <= NOTICE_SUBJECT_MAX);
    assert(utf8_length(notice->sms) <= NOTICE_SMS_MAX);
    mime_print(&letter, &mime);
    check_letter(buf_str(&letter));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str rest = {(const char *)data, size};
    struct str first = str_cut(&rest, '\n');
    struct pack_file files[] = {
        {STR("messages/a.mustache"), rest},
        {STR("pack.json"), STR("{\"id\":\"a\",\"version\":\"1.0.0\",\"title\":\"a\"}")}};
    struct notice notice = {0};
    struct pack *pack;
    struct json *view;
    struct err err;

    if (size > 20000 || !json_parse(arena, first, NULL, &view, &err) ||
        !pack_make(arena, files, ARRAY_LEN(files), &pack, &err))
        return 0;
    if (message_fill(arena, pack, STR("a"), view, &notice, &err))
        print(arena, &notice);
    return 0;
}
