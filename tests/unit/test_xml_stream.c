#include "xml/xml_stream.h"

#include "check.h"
#include "core/buf.h"

static bool note(void *data, const struct xml_element *element, struct err *err)
{
    struct buf *seen = data;

    buf_printf(seen, "%d %.*s", element->depth, STR_ARG(element->name));
    for (size_t i = 0; i < element->count; i++)
        buf_printf(seen, " %.*s=%.*s", STR_ARG(element->attributes[i].name),
                   STR_ARG(element->attributes[i].value));
    buf_char(seen, '\n');
    return !str_equal(element->name, STR("stop")) || err_set(err, ERR_CONFLICT, "told to stop");
}

static bool read_text(struct str text, size_t step, struct buf *seen, struct err *err)
{
    CLEANUP(xml_stream_close) struct xml_stream *stream = NULL;

    seen->arena = check_arena();
    stream = xml_stream_open(check_arena(), note, seen);
    for (size_t at = 0; at < text.len; at += step)
        if (!xml_stream_push(stream, str_slice(text, at, step), err))
            return false;
    return xml_stream_end(stream, err);
}

static void elements_are_told_however_the_bytes_come(void)
{
    struct str text = STR("\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<A>"
                          "<B x=\"1 &lt; 2\" y='д. 5'/><!-- no --><C/></A>");

    for (size_t step = 1; step < text.len; step += 7) {
        struct buf seen = {0};
        struct err err;

        CHECK_OK(read_text(text, step, &seen, &err), &err);
        CHECK_STR(buf_str(&seen), STR("1 A\n2 B x=1 < 2 y=д. 5\n2 C\n"));
    }
}

static void document_types_are_refused(void)
{
    struct buf seen = {0};
    struct err err;

    CHECK(!read_text(STR("<!DOCTYPE a [<!ENTITY b \"c\">]><a x=\"&b;\"/>"), 1000, &seen, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK(str_find(str_from_z(err.text), STR("DOCTYPE")) < 100);
    CHECK_INT((int64_t)seen.len, 0);
}

static void faults_name_their_line(void)
{
    struct buf seen = {0};
    struct err err;

    CHECK(!read_text(STR("<a>\n<b>\n</a>"), 1000, &seen, &err));
    CHECK(str_starts(str_from_z(err.text), STR("line 3: ")));
    CHECK(!read_text(STR("<a><b/>"), 1000, &seen, &err));
    CHECK(!read_text(STR("PK no xml"), 3, &seen, &err));
}

static void depth_is_bounded(void)
{
    struct buf text = {.arena = check_arena()};
    struct buf seen = {0};
    struct err err;

    for (int i = 0; i <= XML_STREAM_DEPTH_MAX; i++)
        buf_add(&text, STR("<a>"));
    CHECK(!read_text(buf_str(&text), 1000, &seen, &err));
    CHECK_INT(err.code, ERR_LIMIT);
}

static void the_reader_can_stop_it(void)
{
    struct buf seen = {0};
    struct err err;

    CHECK(!read_text(STR("<a><stop/><b/></a>"), 1000, &seen, &err));
    CHECK_INT(err.code, ERR_CONFLICT);
    CHECK_STR(buf_str(&seen), STR("1 a\n2 stop\n"));
}

static bool note_text(void *data, struct str name, struct str text, int depth, struct err *err)
{
    struct buf *seen = data;

    (void)err;
    buf_printf(seen, "%d %.*s: %.*s\n", depth, STR_ARG(name), STR_ARG(text));
    return true;
}

static bool ignore(void *data, const struct xml_element *element, struct err *err)
{
    (void)data, (void)element, (void)err;
    return true;
}

static bool read_leaves(struct str text, size_t step, struct buf *seen, struct err *err)
{
    CLEANUP(xml_stream_close) struct xml_stream *stream = NULL;

    seen->arena = check_arena();
    stream = xml_stream_open(check_arena(), ignore, seen);
    xml_stream_read_text(stream, note_text);
    for (size_t at = 0; at < text.len; at += step)
        if (!xml_stream_push(stream, str_slice(text, at, step), err))
            return false;
    return xml_stream_end(stream, err);
}

static void texts_are_told_when_they_are_asked_for(void)
{
    struct str text = STR("<A>x<B>д. &amp; 5</B>y<C><D/><E><![CDATA[<f>]]></E></C>z</A>");
    struct buf long_text = {.arena = check_arena()};
    struct buf seen = {0};
    struct err err = {0};

    for (size_t step = 1; step < text.len; step += 5) {
        seen = (struct buf){0};
        CHECK_OK(read_leaves(text, step, &seen, &err), &err);
        CHECK_STR(buf_str(&seen), STR("2 B: д. & 5\n3 D: \n3 E: <f>\n"));
    }
    buf_add(&long_text, STR("<a>"));
    for (int i = 0; i <= XML_STREAM_TEXT_MAX; i++)
        buf_char(&long_text, 'x');
    buf_add(&long_text, STR("</a>"));
    CHECK(!read_leaves(buf_str(&long_text), 1000, &seen, &err));
    CHECK_INT(err.code, ERR_LIMIT);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(texts_are_told_when_they_are_asked_for),
    CHECK_TEST(elements_are_told_however_the_bytes_come),
    CHECK_TEST(document_types_are_refused),
    CHECK_TEST(faults_name_their_line),
    CHECK_TEST(depth_is_bounded),
    CHECK_TEST(the_reader_can_stop_it),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
