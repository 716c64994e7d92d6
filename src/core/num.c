#include "core/num.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum {
    NUM_DIGITS_MAX = 34,
    INT64_DIGITS_MAX = 19,
};

/* ± digits * 10^power, the digits without zeros at either end; none for zero. */
struct decimal {
    bool is_negative;
    struct str whole; /* digits before the point */
    struct str fraction;
    size_t first; /* of whole and fraction together */
    size_t count;
    int64_t power;
};

static size_t count_digits(struct str text)
{
    size_t count = 0;

    while (count < text.len && text.ptr[count] >= '0' && text.ptr[count] <= '9')
        count++;
    return count;
}

static int digit_at(const struct decimal *number, size_t index)
{
    size_t at = number->first + index;

    if (at < number->whole.len)
        return number->whole.ptr[at] - '0';
    assert(number->fraction.ptr != NULL);
    return number->fraction.ptr[at - number->whole.len] - '0';
}

static void strip_zeros(struct decimal *number)
{
    number->first = 0;
    number->count = number->whole.len + number->fraction.len;
    while (number->count > 0 && digit_at(number, number->count - 1) == 0) {
        number->count--;
        number->power++;
    }
    while (number->count > 0 && digit_at(number, 0) == 0) {
        number->first++;
        number->count--;
    }
}

/* "e-12": what is beyond any use is kept at a bound no text can make good. */
static bool take_exponent(struct str *rest, int64_t *exponent)
{
    const int64_t bound = INT64_C(1000000000000000);
    bool is_negative = rest->len > 1 && rest->ptr[1] == '-';
    size_t signs = rest->len > 1 && (is_negative || rest->ptr[1] == '+') ? 1 : 0;
    struct str digits = str_slice(*rest, 1 + signs, rest->len);
    size_t count = count_digits(digits);

    *exponent = 0;
    for (size_t i = 0; i < count && *exponent < bound; i++)
        *exponent = *exponent * 10 + (digits.ptr[i] - '0');
    if (is_negative)
        *exponent = -*exponent;
    *rest = str_slice(digits, count, digits.len);
    return count > 0;
}

/* The grammar of RFC 8259 section 6. */
static bool read_decimal(struct str text, struct decimal *number)
{
    struct str rest = text;

    *number = (struct decimal){.is_negative = rest.len > 0 && rest.ptr[0] == '-'};
    rest = str_slice(rest, number->is_negative ? 1 : 0, rest.len);
    number->whole = str_slice(rest, 0, count_digits(rest));
    if (number->whole.len == 0 || (number->whole.len > 1 && number->whole.ptr[0] == '0'))
        return false;
    rest = str_slice(rest, number->whole.len, rest.len);

    if (rest.len > 0 && rest.ptr[0] == '.') {
        rest = str_slice(rest, 1, rest.len);
        number->fraction = str_slice(rest, 0, count_digits(rest));
        if (number->fraction.len == 0)
            return false;
        rest = str_slice(rest, number->fraction.len, rest.len);
    }
    if (rest.len > 0 && (rest.ptr[0] == 'e' || rest.ptr[0] == 'E') &&
        !take_exponent(&rest, &number->power))
        return false;
    number->power -= (int64_t)number->fraction.len;
    strip_zeros(number);
    return rest.len == 0;
}

/* Adds a digit behind a value <= 0, the side on which int64 is longer. */
static bool push_digit(int64_t *value, int digit)
{
    if (*value < INT64_MIN / 10 || *value * 10 < INT64_MIN + digit)
        return false;
    *value = *value * 10 - digit;
    return true;
}

static bool give_sign(int64_t negative, bool is_negative, int64_t *value)
{
    if (!is_negative && negative == INT64_MIN)
        return false;
    *value = is_negative ? negative : -negative;
    return true;
}

bool num_parse_int(struct str text, int64_t *value)
{
    bool is_negative = text.len > 0 && text.ptr[0] == '-';
    bool has_sign = is_negative || (text.len > 0 && text.ptr[0] == '+');
    struct str digits = str_slice(text, has_sign ? 1 : 0, text.len);
    int64_t sum = 0;

    if (digits.len == 0 || count_digits(digits) != digits.len)
        return false;
    for (size_t i = 0; i < digits.len; i++)
        if (!push_digit(&sum, digits.ptr[i] - '0'))
            return false;
    return give_sign(sum, is_negative, value);
}

bool num_parse_scaled(struct str text, int scale, int64_t *value)
{
    struct decimal number;
    int64_t sum = 0;

    if (!read_decimal(text, &number))
        return false;
    if (number.count == 0) {
        *value = 0;
        return true;
    }

    int64_t zeros = number.power + scale;
    if (zeros < 0 || zeros > INT64_DIGITS_MAX || number.count > INT64_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < number.count; i++)
        if (!push_digit(&sum, digit_at(&number, i)))
            return false;
    for (int64_t i = 0; i < zeros; i++)
        if (!push_digit(&sum, 0))
            return false;
    return give_sign(sum, number.is_negative, value);
}

/* How many digits the plain form has; 0 for zero. */
static int64_t plain_digits(const struct decimal *number)
{
    int64_t count = (int64_t)number->count;

    if (count == 0)
        return 0;
    return number->power >= 0 ? count + number->power : MAX(count, -number->power);
}

static void put_zeros(struct buf *buf, int64_t count)
{
    for (; count > 0; count--)
        buf_char(buf, '0');
}

static void put_digits(struct buf *buf, const struct decimal *number, int64_t from, int64_t to)
{
    for (; from < to; from++)
        buf_char(buf, (char)('0' + digit_at(number, (size_t)from)));
}

static void print_decimal(struct buf *buf, const struct decimal *number)
{
    int64_t count = (int64_t)number->count;
    int64_t point = count + number->power; /* digits before the point */

    if (count == 0) {
        buf_char(buf, '0');
        return;
    }
    if (number->is_negative)
        buf_char(buf, '-');
    if (point <= 0) {
        buf_add(buf, STR("0."));
        put_zeros(buf, -point);
        put_digits(buf, number, 0, count);
        return;
    }
    put_digits(buf, number, 0, MIN(point, count));
    put_zeros(buf, point - count);
    if (point < count) {
        buf_char(buf, '.');
        put_digits(buf, number, point, count);
    }
}

bool num_canonical(struct buf *buf, struct str text)
{
    struct decimal number;

    if (!read_decimal(text, &number) || plain_digits(&number) > NUM_DIGITS_MAX)
        return false;
    print_decimal(buf, &number);
    return true;
}

bool num_is_short(struct str text)
{
    struct decimal number;

    return read_decimal(text, &number) && plain_digits(&number) <= NUM_DIGITS_MAX;
}

/* Both without sign, neither zero. */
static int compare_sizes(const struct decimal *a, const struct decimal *b)
{
    int64_t a_point = (int64_t)a->count + a->power;
    int64_t b_point = (int64_t)b->count + b->power;

    if (a_point != b_point)
        return a_point < b_point ? -1 : 1;
    for (size_t i = 0; i < MIN(a->count, b->count); i++)
        if (digit_at(a, i) != digit_at(b, i))
            return digit_at(a, i) < digit_at(b, i) ? -1 : 1;
    return (a->count > b->count) - (a->count < b->count);
}

static int sign_of(const struct decimal *number)
{
    return number->count == 0 ? 0 : number->is_negative ? -1 : 1;
}

int num_compare(struct str a, struct str b)
{
    struct decimal x, y;

    if (!read_decimal(a, &x) || !read_decimal(b, &y))
        return str_compare(a, b);
    if (sign_of(&x) != sign_of(&y))
        return sign_of(&x) < sign_of(&y) ? -1 : 1;
    return sign_of(&x) * compare_sizes(&x, &y);
}

void num_print_scaled(struct buf *buf, int64_t value, int scale)
{
    char digits[24];
    struct buf whole = {.ptr = digits, .cap = sizeof digits};

    buf_int(&whole, value);
    struct decimal number = {
        .is_negative = value < 0,
        .whole = str_slice(buf_str(&whole), value < 0 ? 1 : 0, whole.len),
        .power = -scale,
    };
    strip_zeros(&number);
    print_decimal(buf, &number);
}

/* 10^22 is the last power of ten that a double holds exactly. */
static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* Exact factors and one rounding make an exact result (Clinger's fast path). */
static bool parse_exactly(const struct decimal *number, double *value)
{
    int64_t sum = 0;

    if (number->count > 15 || number->power > 22 || number->power < -22)
        return false;
    for (size_t i = 0; i < number->count; i++)
        sum = sum * 10 + digit_at(number, i);
    double whole = number->is_negative ? -(double)sum : (double)sum;
    *value = number->power < 0 ? whole / POWERS[-number->power] : whole * POWERS[number->power];
    return true;
}

/* Written once, before the first use: strtod must not see the locale of the process. */
static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void open_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

bool num_parse_double(struct str text, double *value)
{
    char z[64];
    struct decimal number;

    if (!read_decimal(text, &number))
        return false;
    if (number.count == 0) {
        *value = 0;
        return true;
    }
    if (parse_exactly(&number, value))
        return true;

    /* strtod wants a NUL behind it; digits beyond the 40th cannot tell two doubles apart
     * in anything we read. */
    struct buf buf = {.ptr = z, .cap = sizeof z};
    if (number.is_negative)
        buf_char(&buf, '-');
    int64_t used = MIN((int64_t)number.count, 40);
    put_digits(&buf, &number, 0, used);
    int64_t power = number.power + (int64_t)number.count - used;
    buf_char(&buf, 'e');
    buf_int(&buf, MAX(MIN(power, 100000), -100000));
    pthread_once(&c_locale_once, open_c_locale);
    double found = strtod_l(buf_z(&buf), NULL, c_locale);
    if (!isfinite(found))
        return false;
    *value = found;
    return true;
}
