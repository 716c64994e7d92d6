/* Versions by SemVer 2.0.0, whose paragraphs are named below. */
#include "pack/pack.h"

#include <string.h>

enum {
    VERSION_MAX = 64,
};

struct version {
    struct str numbers[3];
    int count; /* of numbers that were given */
    struct str pre;
};

static bool is_number(struct str text)
{
    if (text.len == 0 || (text.len > 1 && text.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

/* §9, §10: identifiers of letters, digits and dashes between dots. */
static bool are_identifiers(struct str text, bool are_zeros_free)
{
    static const char LETTERS[] = "0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    if (text.len == 0 || text.ptr[text.len - 1] == '.')
        return false;
    while (text.len > 0) {
        struct str part = str_cut(&text, '.');
        size_t digits = 0;

        for (size_t i = 0; i < part.len; i++) {
            if (part.ptr[i] == '\0' || strchr(LETTERS, part.ptr[i]) == NULL)
                return false;
            digits += part.ptr[i] >= '0' && part.ptr[i] <= '9';
        }
        if (part.len == 0 || (digits == part.len && !are_zeros_free && !is_number(part)))
            return false;
    }
    return true;
}

/* "1.2.3-rc.1+5"; from least numbers on. */
static bool parse(struct str text, int least, struct version *version)
{
    struct str build = text;
    struct str main_part = str_cut(&build, '+');

    *version = (struct version){0};
    if (text.len == 0 || text.len > VERSION_MAX)
        return false;
    if (main_part.len < text.len && !are_identifiers(build, true))
        return false;
    size_t dash = str_find_char(main_part, '-');
    if (dash < main_part.len) {
        version->pre = str_slice(main_part, dash + 1, main_part.len);
        main_part = str_slice(main_part, 0, dash);
        if (!are_identifiers(version->pre, false))
            return false;
    }
    if (main_part.len == 0 || main_part.ptr[main_part.len - 1] == '.')
        return false;
    while (main_part.len > 0) {
        if (version->count == 3)
            return false;
        struct str number = str_cut(&main_part, '.');
        if (!is_number(number))
            return false;
        version->numbers[version->count++] = number;
    }
    for (int i = version->count; i < 3; i++)
        version->numbers[i] = STR("0");
    return version->count >= least && (version->pre.len == 0 || version->count == 3);
}

static int sign_of(int64_t value)
{
    return (value > 0) - (value < 0);
}

/* Without leading zeros the longer number is the larger one, however long. */
static int compare_numbers(struct str a, struct str b)
{
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return sign_of(str_compare(a, b));
}

/* §11.4 */
static int compare_pre(struct str a, struct str b)
{
    if (a.len == 0 || b.len == 0)
        return (a.len == 0) - (b.len == 0);
    while (a.len > 0 && b.len > 0) {
        struct str part_a = str_cut(&a, '.');
        struct str part_b = str_cut(&b, '.');
        bool is_number_a = is_number(part_a);
        bool is_number_b = is_number(part_b);
        int order = is_number_a != is_number_b ? (is_number_a ? -1 : 1)
                    : is_number_a              ? compare_numbers(part_a, part_b)
                                               : sign_of(str_compare(part_a, part_b));

        if (order != 0)
            return order;
    }
    return (a.len > 0) - (b.len > 0);
}

static int compare(const struct version *a, const struct version *b)
{
    for (int i = 0; i < 3; i++) {
        int order = compare_numbers(a->numbers[i], b->numbers[i]);

        if (order != 0)
            return order;
    }
    return compare_pre(a->pre, b->pre);
}

bool pack_version_is_valid(struct str version)
{
    struct version parsed;

    return parse(version, 3, &parsed);
}

int pack_compare_versions(struct str a, struct str b)
{
    struct version version_a;
    struct version version_b;
    bool is_a = parse(a, 3, &version_a);
    bool is_b = parse(b, 3, &version_b);

    /* What is no version comes first. */
    return is_a && is_b ? compare(&version_a, &version_b) : is_a - is_b;
}

bool pack_range_is_valid(struct str range)
{
    struct version parsed;

    if (str_equal(range, STR("*")))
        return true;
    return str_starts(range, STR("^")) ? parse(str_slice(range, 1, range.len), 1, &parsed)
                                       : parse(range, 3, &parsed);
}

/*
 * ^1.2 holds up to 2.0.0, ^0.2 up to 0.3.0, ^0.0.2 only for 0.0.2: whatever stands left
 * of and at the first number that is not 0 must be equal.  So no upper bound has to be
 * computed, and 2.0.0-rc does not slip in under it.
 */
static bool fits_caret(const struct version *version, const struct version *from)
{
    int fixed = 0;

    while (fixed < from->count - 1 && str_equal(from->numbers[fixed], STR("0")))
        fixed++;
    for (int i = 0; i <= fixed; i++)
        if (!str_equal(version->numbers[i], from->numbers[i]))
            return false;
    return compare(version, from) >= 0;
}

bool pack_version_fits(struct str version, struct str range)
{
    struct version parsed;
    struct version from;

    if (!parse(version, 3, &parsed))
        return false;
    if (str_equal(range, STR("*")))
        return true;
    if (str_starts(range, STR("^")))
        return parse(str_slice(range, 1, range.len), 1, &from) && fits_caret(&parsed, &from);
    return parse(range, 3, &from) && compare(&parsed, &from) == 0;
}
