/* Numbers as people write and read them; num.h tells the contract. */
#include "core/num.h"

#include "core/arena.h"

enum {
    GROUP = 3,
    TYPED_MAX = 100, /* bytes; longer is no number a person typed */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Spaces that stand between groups: ' ', no-break, thin, figure, narrow no-break. */
static bool take_space(struct str *rest)
{
    static const struct str SPACES[] = {STR_INIT(" "), STR_INIT("\u00a0"), STR_INIT("\u2009"),
                                        STR_INIT("\u2007"), STR_INIT("\u202f")};

    for (size_t i = 0; i < ARRAY_LEN(SPACES); i++) {
        if (!str_starts(*rest, SPACES[i]))
            continue;
        *rest = str_slice(*rest, SPACES[i].len, rest->len);
        return true;
    }
    return false;
}

static bool take_sign(struct str *rest, bool *is_negative)
{
    static const struct str MINUSES[] = {STR_INIT("-"), STR_INIT("\u2212"), STR_INIT("\u2013")};

    *is_negative = false;
    for (size_t i = 0; i < ARRAY_LEN(MINUSES); i++) {
        if (!str_starts(*rest, MINUSES[i]))
            continue;
        *rest = str_slice(*rest, MINUSES[i].len, rest->len);
        *is_negative = true;
        return true;
    }
    if (str_starts(*rest, STR("+")))
        *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* Digits only, with ' ' for every kind of group space; points and commas stay. */
static bool simplify(struct str text, struct buf *out)
{
    struct str rest = text;

    while (rest.len > 0) {
        if (take_space(&rest)) {
            buf_char(out, ' ');
            continue;
        }
        if (!is_digit(rest.ptr[0]) && rest.ptr[0] != '.' && rest.ptr[0] != ',')
            return false;
        buf_char(out, rest.ptr[0]);
        rest = str_slice(rest, 1, rest.len);
    }
    return true;
}

static size_t count_char(struct str text, char c)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == c;
    return count;
}

/*
 * Where the fraction begins: at the only comma or the only point, or, when both occur, at
 * the one that comes last.  text.len when there is none.
 */
static size_t find_point(struct str text)
{
    size_t commas = count_char(text, ',');
    size_t points = count_char(text, '.');
    size_t comma = str_find_char(text, ',');
    size_t point = str_find_char(text, '.');

    if (commas == 1 && (points == 0 || comma > point))
        return comma;
    if (points == 1 && (commas == 0 || point > comma))
        return point;
    return text.len;
}

/* "1 234 567": one kind of mark between groups of three; "1234567" as well. */
static bool put_groups(struct str text, struct buf *out)
{
    char mark = '\0';
    size_t run = 0;
    bool is_first = true;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (is_digit(c)) {
            buf_char(out, c);
            run++;
            continue;
        }
        if ((mark != '\0' && c != mark) || run == 0 || run > GROUP || (!is_first && run != GROUP))
            return false;
        mark = c;
        is_first = false;
        run = 0;
    }
    return is_first || run == GROUP;
}

static bool is_all_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return text.len > 0;
}

static struct str without_zeros(struct str digits)
{
    while (digits.len > 1 && digits.ptr[0] == '0')
        digits = str_slice(digits, 1, digits.len);
    return digits.len > 0 ? digits : STR("0");
}

static struct str trim_spaces(struct str text)
{
    text = str_trim(text);
    while (take_space(&text))
        continue;
    for (size_t cut = 1; cut <= 3 && cut <= text.len; cut++) {
        struct str tail = str_slice(text, text.len - cut, cut);

        if (take_space(&tail) && tail.len == 0)
            return trim_spaces(str_slice(text, 0, text.len - cut));
    }
    return text;
}

bool num_parse_typed(struct arena *arena, struct str text, struct str *plain)
{
    struct str rest = trim_spaces(text);
    struct buf marks = {.arena = arena};
    struct buf whole = {.arena = arena};
    struct buf number = {.arena = arena};
    struct buf result = {.arena = arena};
    bool is_negative;

    if (rest.len == 0 || rest.len > TYPED_MAX || !take_sign(&rest, &is_negative) ||
        !simplify(rest, &marks))
        return false;

    struct str body = buf_str(&marks);
    size_t point = find_point(body);
    struct str fraction = str_slice(body, point + 1, body.len);
    if ((point < body.len && !is_all_digits(fraction)) || (fraction.len == 0 && point == 0) ||
        !put_groups(str_slice(body, 0, point), &whole))
        return false;

    buf_add(&number, is_negative ? STR("-") : STR(""));
    buf_add(&number, without_zeros(buf_str(&whole)));
    if (fraction.len > 0) {
        buf_char(&number, '.');
        buf_add(&number, fraction);
    }
    if (!num_canonical(&result, buf_str(&number)))
        return false;
    *plain = buf_str(&result);
    return true;
}

void num_print_local(struct buf *buf, struct str plain, struct str language)
{
    bool is_english = str_starts(language, STR("en"));
    bool is_negative = str_starts(plain, STR("-"));
    struct str body = str_slice(plain, is_negative ? 1 : 0, plain.len);
    size_t point = str_find_char(body, '.');
    struct str whole = str_slice(body, 0, point);
    struct str fraction = str_slice(body, point + 1, body.len);

    if (!is_all_digits(whole) || (point < body.len && !is_all_digits(fraction))) {
        buf_add(buf, plain);
        return;
    }
    if (is_negative)
        buf_add(buf, is_english ? STR("-") : STR("\u2212"));
    for (size_t i = 0; i < whole.len; i++) {
        if (i > 0 && (whole.len - i) % GROUP == 0)
            buf_add(buf, is_english ? STR(",") : STR("\u202f"));
        buf_char(buf, whole.ptr[i]);
    }
    if (fraction.len > 0) {
        buf_char(buf, is_english ? '.' : ',');
        buf_add(buf, fraction);
    }
}
