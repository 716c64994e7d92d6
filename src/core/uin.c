#include "core/uin.h"

enum {
    MODULUS = 11,
    WEIGHTS = 10,
    SHIFT = 2, /* of the weights, the second time */
    HEAD_MIN = 3,
    NUMBER_MIN = 5, /* digits that are left for the charge's own number */
};

static bool are_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return text.len > 0;
}

static int weigh(struct str digits, size_t shift)
{
    int sum = 0;

    for (size_t i = 0; i < digits.len; i++)
        sum = (sum + (digits.ptr[i] - '0') * (int)((i + shift) % WEIGHTS + 1)) % MODULUS;
    return sum;
}

int uin_control_digit(struct str digits)
{
    int control;

    if (!are_digits(digits))
        return -1;
    control = weigh(digits, 0);
    if (control == MODULUS - 1)
        control = weigh(digits, SHIFT);
    return control == MODULUS - 1 ? 0 : control;
}

bool uin_is_valid(struct str text)
{
    return (text.len == UIN_SHORT || text.len == UIN_LONG) && are_digits(text) &&
           uin_control_digit(str_slice(text, 0, text.len - 1)) == text.ptr[text.len - 1] - '0';
}

/* The number with noughts before it, just so long. */
static bool print_number(char *to, size_t len, int64_t number)
{
    for (size_t i = len; i > 0; i--) {
        to[i - 1] = (char)('0' + number % 10);
        number /= 10;
    }
    return number == 0;
}

bool uin_print(struct buf *buf, const struct uin_parts *parts, struct err *err)
{
    char digits[UIN_LONG];
    struct str body = {digits, parts->length - 1};

    if (parts->length != UIN_SHORT && parts->length != UIN_LONG)
        return err_set(err, ERR_INPUT, "a УИН has %d or %d digits", UIN_SHORT, UIN_LONG);
    if (!are_digits(parts->head) || parts->head.len < HEAD_MIN ||
        parts->head.len > body.len - NUMBER_MIN)
        return err_set(
            err, ERR_INPUT,
            "a УИН of %d digits begins with %d to %d digits, the code of whoever charges",
            (int)parts->length, HEAD_MIN, (int)body.len - NUMBER_MIN);
    memcpy(digits, parts->head.ptr, parts->head.len);
    if (parts->number < 1 ||
        !print_number(digits + parts->head.len, body.len - parts->head.len, parts->number))
        return err_set(err, ERR_LIMIT, "there is no room for the number %lld behind %.*s in a УИН",
                       (long long)parts->number, STR_ARG(parts->head));
    buf_add(buf, body);
    buf_char(buf, (char)('0' + uin_control_digit(body)));
    return true;
}
