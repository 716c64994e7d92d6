/* How a CSV file is made, guessed from its first bytes; csv.h tells the contract. */
#include "core/csv.h"
#include "core/utf8.h"

enum {
    ROWS_LOOKED_AT = 50,
    HEAD_SURELY_CUT = 1024,
};

/* How a candidate separator does on the first rows. */
struct score {
    size_t rows;
    size_t first; /* separators in the first row */
    size_t equal; /* rows with as many */
    size_t all;
};

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Takes a row, line end included, and counts the separators outside quotes; false when
 * the text ends within it. */
static bool take_row(struct str *rest, char separator, size_t *count)
{
    bool is_quoted = false;
    bool is_start = true; /* of a field: only there a quote opens */

    *count = 0;
    for (size_t i = 0; i < rest->len; i++) {
        char c = rest->ptr[i];

        if (c == '"' && (is_quoted || is_start)) {
            is_quoted = !is_quoted;
            /* A doubled quote closes and opens at once. */
            is_start = true;
            continue;
        }
        if (is_quoted)
            continue;
        if (is_line_end(c)) {
            *rest = str_slice(*rest, i + 1, rest->len);
            return true;
        }
        is_start = c == separator;
        *count += is_start;
    }
    *rest = (struct str){0};
    return false;
}

static struct score try_separator(struct str head, char separator)
{
    struct score score = {0};
    struct str rest = head;

    while (rest.len > 0 && score.rows < ROWS_LOOKED_AT) {
        size_t count;

        if (is_line_end(rest.ptr[0])) {
            rest = str_slice(rest, 1, rest.len);
            continue;
        }
        bool is_whole = take_row(&rest, separator, &count);
        score.all += count;
        if (!is_whole && score.rows > 0)
            break; /* cut in the middle: tells nothing */
        if (score.rows++ == 0)
            score.first = count;
        score.equal += count == score.first;
    }
    return score;
}

/*
 * The candidate of which most rows have as many as the first one.  Between equals the
 * comma comes last: it is the decimal mark of our files.
 */
static char find_separator(struct str head)
{
    static const char CANDIDATES[] = {'\t', ';', '|', ','};
    struct score best = {0};
    char found = '\0';
    char unused = '\0';

    for (size_t i = 0; i < sizeof CANDIDATES; i++) {
        struct score score = try_separator(head, CANDIDATES[i]);

        if (score.all == 0)
            unused = CANDIDATES[i];
        if (score.first > 0 &&
            (found == '\0' || score.equal * best.rows > best.equal * score.rows)) {
            best = score;
            found = CANDIDATES[i];
        }
    }
    /* One column: what occurs nowhere cannot split it. */
    return found != '\0' ? found : unused != '\0' ? unused : ',';
}

/* The bytes behind the valid part are the beginning of a code point. */
static bool is_cut_code(struct str tail)
{
    unsigned char lead = (unsigned char)tail.ptr[0];
    size_t needed = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;

    if (lead < 0xc2 || lead > 0xf4 || tail.len >= needed)
        return false;
    for (size_t i = 1; i < tail.len; i++)
        if (((unsigned char)tail.ptr[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/*
 * A head cut in the middle of a letter is still UTF-8; but a short plain text with one
 * high byte at the end is CP1251.
 */
static bool is_utf8(struct str head)
{
    size_t valid = utf8_valid_head(head);

    if (valid == head.len)
        return true;
    bool has_letters = utf8_length(str_slice(head, 0, valid)) < valid;
    return is_cut_code(str_slice(head, valid, head.len)) &&
           (has_letters || head.len >= HEAD_SURELY_CUT);
}

struct csv_format csv_recognise(struct str head)
{
    bool has_mark = str_starts(head, STR("\xef\xbb\xbf"));
    struct str text = str_slice(head, has_mark ? 3 : 0, head.len);

    return (struct csv_format){
        .separator = find_separator(text),
        .is_cp1251 = !has_mark && !is_utf8(text),
    };
}
