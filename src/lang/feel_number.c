#include "lang/feel_number.h"

#include "core/num.h"

/* How Debian's build of the library wants to be called: by value, nothing global. */
#define DECIMAL_CALL_BY_REFERENCE      0
#define DECIMAL_GLOBAL_ROUNDING        0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>

enum {
    HALF_EVEN = 0,         /* the library's word for it */
    EXPONENT_LEAST = 6176, /* the smallest exponent of decimal128 */
    NUMBER_TEXT_MAX = 64,
    SCALE_MAX = 6111,
};

static BID_UINT128 bid_of(struct feel_number number)
{
    return (BID_UINT128){{number.words[0], number.words[1]}};
}

static bool is_finite(BID_UINT128 value)
{
    return !bid128_isNaN(value) && !bid128_isInf(value);
}

/* What is finite goes out; anything else is a failure. */
static bool put(BID_UINT128 value, struct feel_number *number)
{
    if (!is_finite(value))
        return false;
    *number = (struct feel_number){{value.w[0], value.w[1]}};
    return true;
}

struct feel_number feel_number_from_int(int64_t value)
{
    BID_UINT128 number = bid128_from_int64(value);

    return (struct feel_number){{number.w[0], number.w[1]}};
}

/* Digits with at most one point, then perhaps an exponent. */
static bool is_decimal(struct str text)
{
    size_t at = 0, digits = 0, points = 0;

    if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
        at++;
    for (; at < text.len && ((text.ptr[at] >= '0' && text.ptr[at] <= '9') || text.ptr[at] == '.');
         at++) {
        if (text.ptr[at] == '.')
            points++;
        else
            digits++;
    }
    if (digits == 0 || points > 1)
        return false;
    if (at == text.len)
        return true;
    if (text.ptr[at] != 'e' && text.ptr[at] != 'E')
        return false;
    at++;
    if (at < text.len && (text.ptr[at] == '-' || text.ptr[at] == '+'))
        at++;
    if (at == text.len || text.len - at > 6)
        return false;
    for (; at < text.len; at++)
        if (text.ptr[at] < '0' || text.ptr[at] > '9')
            return false;
    return true;
}

bool feel_number_parse(struct str text, struct feel_number *number)
{
    char room[1024];
    unsigned flags = 0;

    if (text.len >= sizeof room || !is_decimal(text))
        return false;
    memcpy(room, text.ptr, text.len);
    room[text.len] = '\0';
    return put(bid128_from_string(room, HALF_EVEN, &flags), number);
}

void feel_number_print(struct buf *buf, struct feel_number number)
{
    char text[NUMBER_TEXT_MAX];
    unsigned flags = 0;
    int64_t exponent, digits, point;
    char *tail;

    bid128_to_string(text, bid_of(number), &flags); /* "-12345E-2" */
    tail = strchr(text, 'E');
    if (tail == NULL || !num_parse_int(str_from_z(tail + 1), &exponent))
        return;
    while (tail > text + 2 && tail[-1] == '0') {
        tail--;
        exponent++;
    }
    digits = tail - text - 1;
    if (digits == 1 && text[1] == '0') {
        buf_char(buf, '0');
        return;
    }
    if (text[0] == '-')
        buf_char(buf, '-');
    point = digits + exponent;
    if (point <= 0) {
        buf_add(buf, STR("0."));
        for (; point < 0; point++)
            buf_char(buf, '0');
        buf_add(buf, (struct str){text + 1, (size_t)digits});
        return;
    }
    for (int64_t i = 0; i < MAX(digits, point); i++) {
        if (i == point)
            buf_char(buf, '.');
        buf_char(buf, i < digits ? text[1 + i] : '0');
    }
}

bool feel_number_add(struct feel_number a, struct feel_number b, struct feel_number *sum)
{
    unsigned flags = 0;

    return put(bid128_add(bid_of(a), bid_of(b), HALF_EVEN, &flags), sum);
}

bool feel_number_subtract(struct feel_number a, struct feel_number b, struct feel_number *rest)
{
    unsigned flags = 0;

    return put(bid128_sub(bid_of(a), bid_of(b), HALF_EVEN, &flags), rest);
}

bool feel_number_multiply(struct feel_number a, struct feel_number b, struct feel_number *product)
{
    unsigned flags = 0;

    return put(bid128_mul(bid_of(a), bid_of(b), HALF_EVEN, &flags), product);
}

bool feel_number_divide(struct feel_number a, struct feel_number b, struct feel_number *quotient)
{
    unsigned flags = 0;

    return put(bid128_div(bid_of(a), bid_of(b), HALF_EVEN, &flags), quotient);
}

bool feel_number_modulo(struct feel_number a, struct feel_number b, struct feel_number *rest)
{
    unsigned flags = 0;
    BID_UINT128 left;

    if (feel_number_sign(b) == 0)
        return false;
    /* fmod is exact and has the sign of a; the floored one has the sign of b. */
    left = bid128_fmod(bid_of(a), bid_of(b), &flags);
    if (!put(left, rest))
        return false;
    if (feel_number_sign(*rest) != 0 && feel_number_sign(*rest) != feel_number_sign(b))
        return feel_number_add(*rest, b, rest);
    return true;
}

/* By squaring, so that whole powers of short numbers are exact; the library's are not. */
static bool power_by_squaring(struct feel_number base, int64_t exponent, struct feel_number *power)
{
    uint64_t left = (uint64_t)(exponent < 0 ? -exponent : exponent);
    struct feel_number result = feel_number_from_int(1);

    while (left > 0) {
        if (left & 1 && !feel_number_multiply(result, base, &result))
            return false;
        left >>= 1;
        if (left > 0 && !feel_number_multiply(base, base, &base))
            return false;
    }
    if (exponent < 0)
        return feel_number_divide(feel_number_from_int(1), result, power);
    *power = result;
    return true;
}

bool feel_number_power(struct feel_number a, struct feel_number b, struct feel_number *power)
{
    unsigned flags = 0;
    int64_t exponent;

    if (feel_number_sign(a) == 0 && feel_number_sign(b) < 0)
        return false;
    if (feel_number_int(b, &exponent) && exponent > -10000 && exponent < 10000)
        return power_by_squaring(a, exponent, power);
    return put(bid128_pow(bid_of(a), bid_of(b), HALF_EVEN, &flags), power);
}

bool feel_number_sqrt(struct feel_number number, struct feel_number *root)
{
    unsigned flags = 0;

    return put(bid128_sqrt(bid_of(number), HALF_EVEN, &flags), root);
}

bool feel_number_exp(struct feel_number number, struct feel_number *power)
{
    unsigned flags = 0;

    return put(bid128_exp(bid_of(number), HALF_EVEN, &flags), power);
}

bool feel_number_log(struct feel_number number, struct feel_number *log)
{
    unsigned flags = 0;

    return feel_number_sign(number) > 0 && put(bid128_log(bid_of(number), HALF_EVEN, &flags), log);
}

/* The nearest whole number by a rule; half: how 0.5 compares with what is behind the point. */
static BID_UINT128 round_whole(BID_UINT128 value, enum feel_rounding rounding)
{
    unsigned flags = 0;
    BID_UINT128 whole = bid128_round_integral_zero(value, &flags), rest;
    bool is_negative = bid128_quiet_less(value, bid128_from_int64(0), &flags) != 0;

    if (rounding == FEEL_ROUND_HALF_EVEN)
        return bid128_round_integral_nearest_even(value, &flags);
    if (rounding == FEEL_ROUND_DOWN)
        return bid128_round_integral_negative(value, &flags);
    if (rounding == FEEL_ROUND_UP)
        return bid128_round_integral_positive(value, &flags);
    if (rounding == FEEL_ROUND_HALF_UP)
        return bid128_round_integral_nearest_away(value, &flags);
    if (rounding == FEEL_ROUND_AWAY)
        return is_negative ? bid128_round_integral_negative(value, &flags)
                           : bid128_round_integral_positive(value, &flags);
    if (rounding == FEEL_ROUND_TRUNCATE)
        return whole;
    rest = bid128_abs(bid128_sub(value, whole, HALF_EVEN, &flags));
    if (!bid128_quiet_greater(
            rest, bid128_div(bid128_from_int64(1), bid128_from_int64(2), HALF_EVEN, &flags),
            &flags))
        return whole;
    return bid128_round_integral_nearest_away(value, &flags);
}

bool feel_number_round(struct feel_number number, int64_t scale, enum feel_rounding rounding,
                       struct feel_number *rounded)
{
    unsigned flags = 0;
    BID_UINT128 value = bid_of(number), shifted, whole;

    if (scale < -SCALE_MAX || scale > EXPONENT_LEAST)
        return false;
    /* Shifted so far it has no digits behind the point any more: nothing to round. */
    shifted = bid128_scalbn(value, (int)scale, HALF_EVEN, &flags);
    if (!is_finite(shifted))
        return put(value, rounded);
    whole = round_whole(shifted, rounding);
    return put(bid128_scalbn(whole, (int)-scale, HALF_EVEN, &flags), rounded);
}

struct feel_number feel_number_negate(struct feel_number number)
{
    BID_UINT128 value = bid128_negate(bid_of(number));

    if (feel_number_sign(number) == 0) /* no negative nought */
        return number;
    return (struct feel_number){{value.w[0], value.w[1]}};
}

int feel_number_compare(struct feel_number a, struct feel_number b)
{
    unsigned flags = 0;

    if (bid128_quiet_less(bid_of(a), bid_of(b), &flags))
        return -1;
    return bid128_quiet_greater(bid_of(a), bid_of(b), &flags) ? 1 : 0;
}

int feel_number_sign(struct feel_number number)
{
    if (bid128_isZero(bid_of(number)))
        return 0;
    return bid128_isSigned(bid_of(number)) ? -1 : 1;
}

bool feel_number_truncated(struct feel_number number, int64_t *value)
{
    unsigned flags = 0;
    int64_t whole = bid128_to_int64_int(bid_of(number), &flags);

    if (flags != 0) /* it does not fit */
        return false;
    *value = whole;
    return true;
}

bool feel_number_int(struct feel_number number, int64_t *value)
{
    int64_t whole;

    if (!feel_number_truncated(number, &whole) ||
        feel_number_compare(feel_number_from_int(whole), number) != 0)
        return false;
    *value = whole;
    return true;
}
