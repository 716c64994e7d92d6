#include "lang/format.h"

#include <string.h>

#include "core/arena.h"
#include "core/time.h"
#include "core/uin.h"

enum {
    EMAIL_MAX = 254,      /* RFC 5321 4.5.3.1.3, less the angle brackets */
    EMAIL_LOCAL_MAX = 64, /* RFC 5321 4.5.3.1.1 */
    LABEL_MAX = 63,       /* RFC 1035 2.3.4 */
    URI_MAX = 2000,
    TIME_MAX = 40,
    SNILS_UNCHECKED_MAX = 1001998, /* numbers up to 001-001-998 were given without a key */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_hex(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static int digit(struct str text, size_t at)
{
    return text.ptr[at] - '0';
}

static bool are_digits(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return text.len > 0;
}

static bool is_number(struct str text, size_t len)
{
    return text.len == len && are_digits(text);
}

static bool is_one_of(char c, const char *chars)
{
    return c != '\0' && strchr(chars, c) != NULL;
}

/* In the patterns: d digit, w digit or capital letter, x hexadecimal digit, else itself. */
static bool has_shape(struct str text, const char *shape)
{
    if (text.len != strlen(shape))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool fits = c == shape[i];

        if (shape[i] == 'd')
            fits = is_digit(c);
        else if (shape[i] == 'w')
            fits = is_digit(c) || (c >= 'A' && c <= 'Z');
        else if (shape[i] == 'x')
            fits = is_hex(c);
        if (!fits)
            return false;
    }
    return true;
}

static int weigh(struct str text, const int *weights, size_t count)
{
    int sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += digit(text, i) * weights[i];
    return sum;
}

static int remainder_of(struct str digits, int divisor)
{
    int rest = 0;

    for (size_t i = 0; i < digits.len; i++)
        rest = (rest * 10 + digit(digits, i)) % divisor;
    return rest;
}

int format_control_digit(struct str digits)
{
    return uin_control_digit(digits);
}

static bool check_inn_organization(struct str text)
{
    static const int WEIGHTS[] = {2, 4, 10, 3, 5, 9, 4, 6, 8};

    return is_number(text, 10) && weigh(text, WEIGHTS, 9) % 11 % 10 == digit(text, 9);
}

static bool check_inn_person(struct str text)
{
    static const int WEIGHTS[] = {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8};

    return is_number(text, 12) && weigh(text, WEIGHTS + 1, 10) % 11 % 10 == digit(text, 10) &&
           weigh(text, WEIGHTS, 11) % 11 % 10 == digit(text, 11);
}

static bool check_inn(struct str text)
{
    return check_inn_organization(text) || check_inn_person(text);
}

static bool check_kpp(struct str text)
{
    return has_shape(text, "ddddwwddd");
}

static bool check_ogrn(struct str text)
{
    return is_number(text, 13) && remainder_of(str_slice(text, 0, 12), 11) % 10 == digit(text, 12);
}

static bool check_ogrnip(struct str text)
{
    return is_number(text, 15) && remainder_of(str_slice(text, 0, 14), 13) % 10 == digit(text, 14);
}

static bool check_snils(struct str text)
{
    int number = 0;
    int sum = 0;

    if (!is_number(text, 11))
        return false;
    for (size_t i = 0; i < 9; i++) {
        number = number * 10 + digit(text, i);
        sum += digit(text, i) * (int)(9 - i);
    }
    return number <= SNILS_UNCHECKED_MAX ||
           sum % 101 % 100 == digit(text, 9) * 10 + digit(text, 10);
}

/* With letters (20 characters only) the key is not checked: their values are not public. */
static bool check_uin(struct str text)
{
    if (text.len != 20 && text.len != 25)
        return false;
    if (!are_digits(text))
        return has_shape(text, "wwwwwwwwwwwwwwwwwwww");
    return format_control_digit(str_slice(text, 0, text.len - 1)) == digit(text, text.len - 1);
}

static bool check_oktmo(struct str text)
{
    return is_number(text, 8) || is_number(text, 11);
}

static bool check_okato(struct str text)
{
    return are_digits(text) && (text.len == 2 || text.len == 5 || text.len == 8 || text.len == 11);
}

static bool check_bik(struct str text)
{
    return is_number(text, 9) && text.ptr[0] == '0';
}

static bool check_account(struct str text)
{
    return is_number(text, 20);
}

bool format_account_fits(struct str account, struct str bik)
{
    static const int WEIGHTS[] = {7, 1, 3};
    char key[23];
    int sum = 0;

    if (!check_account(account) || !check_bik(bik))
        return false;
    if (str_starts(account, STR("03")))
        return true;
    /* An account in the Bank of Russia itself is keyed by the branch, not by the bank. */
    if (str_starts(account, STR("40102")) || str_starts(account, STR("301")) ||
        (str_starts(str_slice(bik, 6, 3), STR("00")) && bik.ptr[8] <= '2')) {
        key[0] = '0';
        memcpy(key + 1, bik.ptr + 4, 2);
    } else {
        memcpy(key, bik.ptr + 6, 3);
    }
    memcpy(key + 3, account.ptr, 20);
    for (size_t i = 0; i < sizeof key; i++)
        sum += (key[i] - '0') * WEIGHTS[i % 3] % 10;
    return sum % 10 == 0;
}

static bool check_cadastral(struct str text)
{
    struct str rest = text;
    static const size_t LENS[][2] = {{2, 2}, {2, 2}, {6, 7}, {1, 10}};

    for (size_t i = 0; i < ARRAY_LEN(LENS); i++) {
        struct str part = i + 1 < ARRAY_LEN(LENS) ? str_cut(&rest, ':') : rest;

        if (!are_digits(part) || part.len < LENS[i][0] || part.len > LENS[i][1])
            return false;
    }
    return true;
}

/* Loose on purpose: a village's "2-14-55" is a number that answers. */
static bool check_phone(struct str text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (is_digit(text.ptr[i]))
            digits++;
        else if (!is_one_of(text.ptr[i], " ()-") && !(i == 0 && text.ptr[i] == '+'))
            return false;
    }
    return digits >= 5 && digits <= 15 && text.len <= 30;
}

/* 417 is the republic. */
static bool check_soate(struct str text)
{
    return is_number(text, 14) && str_starts(text, STR("417"));
}

/* Sex, then the birthday as DDMMYYYY, then a number whose rule is not public. */
static bool check_pin(struct str text)
{
    char date[10] = "0000-00-00";
    int64_t day;

    if (!is_number(text, 14) || !is_one_of(text.ptr[0], "12"))
        return false;
    memcpy(date, text.ptr + 5, 4);
    memcpy(date + 5, text.ptr + 3, 2);
    memcpy(date + 8, text.ptr + 1, 2);
    return time_parse_day((struct str){date, sizeof date}, &day);
}

static bool check_postcode(struct str text)
{
    return is_number(text, 6);
}

static bool check_uuid(struct str text)
{
    return has_shape(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
}

static bool check_date(struct str text)
{
    int64_t day;

    return time_parse_day(text, &day);
}

static bool check_date_time(struct str text)
{
    int64_t at;

    return time_parse_moment(text, &at);
}

static bool check_time(struct str text)
{
    char moment[TIME_MAX + 11] = "2000-01-01T";

    if (text.len == 0 || text.len > TIME_MAX)
        return false;
    memcpy(moment + 11, text.ptr, text.len);
    return check_date_time((struct str){moment, text.len + 11});
}

/* Letters of other scripts are let through, as RFC 6531 does. */
static bool is_atom(char c)
{
    return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80 ||
           is_one_of(c, "!#$%&'*+-/=?^_`{|}~");
}

static bool check_local(struct str text)
{
    if (text.len == 0 || text.len > EMAIL_LOCAL_MAX)
        return false;
    while (text.len > 0) {
        bool is_last = str_find_char(text, '.') == text.len;
        struct str atom = str_cut(&text, '.');

        if (atom.len == 0 || (!is_last && text.len == 0))
            return false;
        for (size_t i = 0; i < atom.len; i++)
            if (!is_atom(atom.ptr[i]))
                return false;
    }
    return true;
}

static bool check_label(struct str label)
{
    if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];

        if (!is_letter(c) && !is_digit(c) && c != '-' && (unsigned char)c < 0x80)
            return false;
    }
    return true;
}

/* A domain has a dot: mail to a bare host name never leaves the building. */
static bool check_email(struct str text)
{
    size_t at = str_find_char(text, '@');
    struct str domain = str_slice(text, at + 1, text.len);
    size_t labels = 0;

    if (text.len > EMAIL_MAX || !check_local(str_slice(text, 0, at)) || domain.len == 0 ||
        str_ends(domain, STR(".")))
        return false;
    for (; domain.len > 0; labels++)
        if (!check_label(str_cut(&domain, '.')))
            return false;
    return labels > 1;
}

/* RFC 3986: a scheme, a colon, and only the characters a URI may have. */
static bool check_uri(struct str text)
{
    size_t colon = str_find_char(text, ':');

    if (text.len > URI_MAX || colon + 1 >= text.len || !is_letter(text.ptr[0]))
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool is_plain = is_letter(c) || is_digit(c);

        if (i < colon && !is_plain && !is_one_of(c, "+-."))
            return false;
        if (c == '%' && !(i + 2 < text.len && is_hex(text.ptr[i + 1]) && is_hex(text.ptr[i + 2])))
            return false;
        if (!is_plain && !is_one_of(c, "-._~:/?#[]@!$&'()*+,;=%"))
            return false;
    }
    return true;
}

/* Sorted by name. */
static const struct {
    const char *name;
    format_check *check;
} FORMATS[] = {
    {"account", check_account},
    {"bik", check_bik},
    {"cadastral-number", check_cadastral},
    {"date", check_date},
    {"date-time", check_date_time},
    {"email", check_email},
    {"inn", check_inn},
    {"inn-organization", check_inn_organization},
    {"inn-person", check_inn_person},
    {"kpp", check_kpp},
    {"ogrn", check_ogrn},
    {"ogrnip", check_ogrnip},
    {"okato", check_okato},
    {"oktmo", check_oktmo},
    {"phone", check_phone},
    {"pin", check_pin},
    {"postcode", check_postcode},
    {"snils", check_snils},
    {"soate", check_soate},
    {"time", check_time},
    {"uin", check_uin},
    {"uri", check_uri},
    {"uuid", check_uuid},
};

format_check *format_find(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++)
        if (str_equal(str_from_z(FORMATS[i].name), name))
            return FORMATS[i].check;
    return NULL;
}
