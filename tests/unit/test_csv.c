#include "check.h"

#include <string.h>

#include "core/csv.h"

/* Gives a text in pieces of a few bytes, so that every state meets the end of a piece. */
struct source {
    struct str rest;
    size_t piece;
    bool breaks;
};

static bool read_source(void *data, char *buf, size_t size, size_t *len, struct err *err)
{
    struct source *source = data;
    struct str piece = str_slice(source->rest, 0, MIN(source->piece, size));

    if (source->breaks && source->rest.len < 5)
        return err_set(err, ERR_BROKEN, "the disk is gone");
    if (piece.len > 0)
        memcpy(buf, piece.ptr, piece.len);
    source->rest = str_slice(source->rest, piece.len, source->rest.len);
    *len = piece.len;
    return true;
}

/* All rows: fields in <>, each row with its line. */
static struct str read_all(struct str text, struct csv_format format, size_t piece)
{
    struct source source = {.rest = text, .piece = piece};
    struct csv *csv = csv_open(check_arena(), format, read_source, &source);
    struct buf out = {.arena = check_arena()};
    struct csv_row row = {0};
    struct err err;

    for (;;) {
        if (!csv_next(csv, &row, &err)) {
            struct err again;

            buf_printf(&out, "%s: %s", err_name(err.code), err.text);
            CHECK(!csv_next(csv, &row, &again));
            CHECK_STR(str_from_z(again.text), str_from_z(err.text));
            return buf_str(&out);
        }
        if (row.fields == NULL)
            return buf_str(&out);
        buf_printf(&out, "%lld", (long long)row.line);
        for (size_t i = 0; i < row.count; i++)
            buf_printf(&out, "<%.*s>", STR_ARG(row.fields[i]));
    }
}

static void check_rows(struct str text, struct str want)
{
    static const size_t PIECES[] = {1, 2, 3, 7, 100000};

    for (size_t i = 0; i < ARRAY_LEN(PIECES); i++)
        CHECK_STR(read_all(text, (struct csv_format){.separator = ','}, PIECES[i]), want);
}

static void rows_and_fields_come_apart(void)
{
    check_rows(STR(""), STR(""));
    check_rows(STR("a,b\nc,d\n"), STR("1<a><b>2<c><d>"));
    check_rows(STR("a,b\r\nc,d"), STR("1<a><b>2<c><d>"));
    check_rows(STR("a\rb\r"), STR("1<a>2<b>"));
    check_rows(STR(",\n,,"), STR("1<><>2<><><>"));
    check_rows(STR("\n\na\n\r\n\nb"), STR("3<a>6<b>"));
    check_rows(STR("\xef\xbb\xbf"
                   "a,b"),
               STR("1<a><b>"));
    check_rows(STR("\xef\xbb\xbf\"a\",b"), STR("1<a><b>"));
    check_rows(STR(" a , b "), STR("1< a >< b >"));
}

static void quoted_fields_hold_everything(void)
{
    check_rows(STR("\"a,b\",\"c\"\"d\"\n"), STR("1<a,b><c\"d>"));
    check_rows(STR("\"a\nb\r\nc\",d\ne"), STR("1<a\nb\r\nc><d>4<e>"));
    check_rows(STR("\"\",\"\"\"\"\n"), STR("1<><\">"));
    check_rows(STR("\"\"\n"), STR("1<>"));
    check_rows(STR("ООО \"Ромашка\",5"), STR("1<ООО \"Ромашка\"><5>"));
}

static void mistakes_name_the_line(void)
{
    check_rows(STR("a\nb\n\"c\nd\n"), STR("1<a>2<b>input: line 3: the quote opened here is never"
                                          " closed"));
    check_rows(STR("a\n\"b\" c\n"), STR("1<a>input: line 2: text behind a closing quote; a quote"
                                        " in a quoted field must be doubled"));
    check_rows(STR("a\n\xcf\xf0\n"), STR("1<a>input: line 2: the text is not UTF-8"));
    check_rows(STR("a\nb\0c\n"), STR("1<a>input: line 2: the text is not UTF-8"));
    check_rows(STR("a,\xd0,\x90\n"), STR("input: line 1: the text is not UTF-8"));
    check_rows(STR("\xff\xfe"
                   "a\0"),
               STR("input: the file is UTF-16: save it as CSV UTF-8"));
}

static struct str repeat(struct str piece, size_t count)
{
    struct buf buf = {.arena = check_arena()};

    for (size_t i = 0; i < count; i++)
        buf_add(&buf, piece);
    return buf_str(&buf);
}

static void sizes_are_bounded(void)
{
    struct csv_format format = {.separator = ','};
    struct buf long_row = {.arena = check_arena()};

    CHECK(str_starts(read_all(repeat(STR(","), CSV_FIELDS_MAX - 1), format, 1000), STR("1<><>")));
    CHECK_STR(read_all(repeat(STR(","), CSV_FIELDS_MAX), format, 1000),
              STR("limit: line 1: more than 1000 fields in a row"));
    CHECK_INT((int64_t)read_all(repeat(STR("x"), CSV_ROW_MAX), format, 100000).len,
              CSV_ROW_MAX + 3);
    CHECK(str_starts(read_all(repeat(STR("x"), CSV_ROW_MAX + 1), format, 100000),
                     STR("limit: line 1: the row is longer than 1 MiB")));
    buf_add(&long_row, STR("a\n\""));
    buf_add(&long_row, repeat(STR("x\n"), CSV_ROW_MAX));
    CHECK_STR(read_all(buf_str(&long_row), format, 100000),
              STR("1<a>limit: line 2: the quote opened here is not closed within 1 MiB"));
}

static void memory_does_not_grow_with_the_file(void)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct source source = {.rest = repeat(STR("one,\"two\",three\n"), 200000), .piece = 100000};
    struct csv *csv = csv_open(arena, (struct csv_format){0}, read_source, &source);
    struct csv_row row = {0};
    struct err err;
    int rows = 0;

    do {
        CHECK_OK(csv_next(csv, &row, &err), &err);
        CHECK(row.fields == NULL || row.count == 3);
        rows += row.fields != NULL;
    } while (row.fields != NULL);
    CHECK_INT(rows, 200000);
    CHECK(arena_size(arena) < 300 * 1024);
}

static void cp1251_rows_are_given_as_utf8(void)
{
    struct str text =
        STR("\xed\xe0\xe7\xe2\xe0\xed\xe8\xe5;\xb9\r\n\"\xd8\xea\xee\xeb\xe0\";5\r\n");

    CHECK_STR(read_all(text, (struct csv_format){0}, 3), STR("1<название><№>2<Школа><5>"));
    CHECK_STR(read_all(text, (struct csv_format){';', true}, 3), STR("1<название><№>2<Школа><5>"));
}

static void failing_source_is_told_with_the_line(void)
{
    struct source source = {.rest = STR("a,b\nc,d\ne,f\n"), .piece = 1, .breaks = true};
    struct csv *csv =
        csv_open(check_arena(), (struct csv_format){.separator = ','}, read_source, &source);
    struct csv_row row;
    struct err err;

    CHECK(!csv_next(csv, &row, &err));
    CHECK(err.code == ERR_BROKEN);
    CHECK_STR(str_from_z(err.text), STR("line 1: the disk is gone"));
}

static void what_is_written_is_read_back(void)
{
    static const struct str ROWS[][3] = {
        {STR_INIT("a"), STR_INIT("b"), STR_INIT("c")},
        {STR_INIT(""), STR_INIT(""), STR_INIT("")},
        {STR_INIT("a,b;c\td|e"), STR_INIT("\"\""), STR_INIT(" spaces ")},
        {STR_INIT("line\nbreak"), STR_INIT("cr\rlf\r\n"), STR_INIT("=1+1")},
        {STR_INIT("\ufeffмарка"), STR_INIT("«ёлка»"), STR_INIT("\"")},
    };
    static const char SEPARATORS[] = {',', ';', '\t', '|'};

    for (size_t s = 0; s < sizeof SEPARATORS; s++) {
        struct buf out = {.arena = check_arena()};
        struct csv_row row;
        struct err err;

        for (size_t i = ARRAY_LEN(ROWS); i-- > 0;)
            csv_write(&out, ROWS[i], 3, SEPARATORS[s]);
        csv_write(&out, &ROWS[1][0], 1, SEPARATORS[s]);

        struct source source = {.rest = buf_str(&out), .piece = 5};
        struct csv_format format = {.separator = SEPARATORS[s]};
        struct csv *csv = csv_open(check_arena(), format, read_source, &source);
        for (size_t i = ARRAY_LEN(ROWS); i-- > 0;) {
            CHECK_OK(csv_next(csv, &row, &err), &err);
            CHECK_INT((int64_t)row.count, 3);
            for (size_t field = 0; field < 3; field++)
                CHECK_STR(row.fields[field], ROWS[i][field]);
        }
        CHECK_OK(csv_next(csv, &row, &err), &err);
        CHECK(row.count == 1 && row.fields[0].len == 0);
        CHECK_OK(csv_next(csv, &row, &err), &err);
        CHECK(row.fields == NULL);
    }
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(rows_and_fields_come_apart),
        CHECK_TEST(quoted_fields_hold_everything),
        CHECK_TEST(mistakes_name_the_line),
        CHECK_TEST(sizes_are_bounded),
        CHECK_TEST(memory_does_not_grow_with_the_file),
        CHECK_TEST(cp1251_rows_are_given_as_utf8),
        CHECK_TEST(failing_source_is_told_with_the_line),
        CHECK_TEST(what_is_written_is_read_back),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
