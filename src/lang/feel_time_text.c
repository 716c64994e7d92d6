/* The texts of dates, times and durations: the parsing and printing half of feel_time.h. */
#include "core/arena.h"
#include "lang/feel_run.h"
#include "lang/feel_time.h"
#include "lang/feel_zone.h"

enum {
    OFFSET_MAX = 18 * 3600, /* as the kit of the standard has it; XML Schema says 14 hours */
    UNIT_MAX = 18,          /* digits of a duration's part */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Exactly count digits off the rest. */
static bool take_digits(struct str *rest, int count, int64_t *number)
{
    *number = 0;
    if (rest->len < (size_t)count)
        return false;
    for (int i = 0; i < count; i++) {
        if (!is_digit(rest->ptr[i]))
            return false;
        *number = *number * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_slice(*rest, (size_t)count, rest->len);
    return true;
}

static bool take(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

/* Four digits, or more that do not begin with a nought. */
static bool take_year(struct str *rest, int64_t *year)
{
    bool is_negative = take(rest, '-');
    size_t count = 0;

    while (count < rest->len && is_digit(rest->ptr[count]))
        count++;
    if (count < 4 || count > 9 || (count > 4 && rest->ptr[0] == '0'))
        return false;
    if (!take_digits(rest, (int)count, year))
        return false;
    if (is_negative)
        *year = -*year;
    return true;
}

static bool take_date(struct str *rest, int64_t *day)
{
    int64_t year, month, date;

    return take_year(rest, &year) && take(rest, '-') && take_digits(rest, 2, &month) &&
           take(rest, '-') && take_digits(rest, 2, &date) && feel_time_day(year, month, date, day);
}

/* ".123": up to nine digits count, more are dropped. */
static bool take_fraction(struct str *rest, int32_t *nano)
{
    int32_t unit = FEEL_TIME_NANOS / 10;

    *nano = 0;
    if (!take(rest, '.'))
        return true;
    if (rest->len == 0 || !is_digit(rest->ptr[0]))
        return false;
    for (; rest->len > 0 && is_digit(rest->ptr[0]); unit /= 10) {
        *nano += (rest->ptr[0] - '0') * unit;
        *rest = str_slice(*rest, 1, rest->len);
    }
    return true;
}

static bool take_offset(struct str *rest, bool is_west, int32_t *offset)
{
    int64_t hours, minutes, seconds = 0;

    if (!take_digits(rest, 2, &hours) || !take(rest, ':') || !take_digits(rest, 2, &minutes) ||
        (take(rest, ':') && !take_digits(rest, 2, &seconds)) || minutes > 59 || seconds > 59)
        return false;
    *offset = (int32_t)(hours * 3600 + minutes * 60 + seconds);
    if (*offset > OFFSET_MAX)
        return false;
    if (is_west)
        *offset = -*offset;
    return true;
}

/* "Z", "+03:00", "@Europe/Moscow" or nothing. */
static bool read_zone(struct feel_run *run, struct str rest, struct feel_zone *zone)
{
    *zone = (struct feel_zone){0};
    if (rest.len == 0)
        return true;
    if (rest.ptr[0] == '@') {
        zone->kind = FEEL_ZONE_NAMED;
        zone->name = str_slice(rest, 1, rest.len);
        return feel_zone_find(run->zones, zone->name);
    }
    zone->kind = FEEL_ZONE_OFFSET;
    if (str_equal(rest, STR("Z")) || str_equal(rest, STR("z")))
        return true;
    if (rest.ptr[0] != '+' && rest.ptr[0] != '-')
        return false;
    char sign = rest.ptr[0];
    rest = str_slice(rest, 1, rest.len);
    return take_offset(&rest, sign == '-', &zone->offset) && rest.len == 0;
}

static bool read_time(struct feel_run *run, struct str rest, struct feel_moment *moment)
{
    int64_t hour, minute, second;

    if (!take_digits(&rest, 2, &hour) || !take(&rest, ':') || !take_digits(&rest, 2, &minute) ||
        !take(&rest, ':') || !take_digits(&rest, 2, &second) ||
        !take_fraction(&rest, &moment->nano))
        return false;
    if (hour > 24 || minute > 59 || second > 59 ||
        (hour == 24 && (minute > 0 || second > 0 || moment->nano > 0)))
        return false;
    moment->second = (int32_t)(hour * 3600 + minute * 60 + second);
    return read_zone(run, rest, &moment->zone);
}

bool feel_time_parse_date(struct str text, struct feel_moment *moment)
{
    *moment = (struct feel_moment){0};
    return take_date(&text, &moment->day) && text.len == 0;
}

bool feel_time_parse_time(struct feel_run *run, struct str text, struct feel_moment *moment)
{
    *moment = (struct feel_moment){0};
    take(&text, 'T');
    if (!read_time(run, text, moment))
        return false;
    moment->second %= FEEL_TIME_DAY_SECONDS;
    if (moment->zone.kind == FEEL_ZONE_NAMED)
        return feel_zone_standard(run->zones, moment->zone.name, &moment->zone.offset);
    return true;
}

bool feel_time_parse_date_time(struct feel_run *run, struct str text, struct feel_moment *moment)
{
    *moment = (struct feel_moment){0};
    if (!take_date(&text, &moment->day))
        return false;
    if (text.len == 0)
        return true;
    if (!take(&text, 'T') || !read_time(run, text, moment))
        return false;
    if (moment->second == FEEL_TIME_DAY_SECONDS) { /* 24:00:00 */
        moment->second = 0;
        moment->day++;
    }
    if (moment->zone.kind == FEEL_ZONE_NAMED)
        return feel_zone_offset_local(run->zones, moment->zone.name,
                                      moment->day * FEEL_TIME_DAY_SECONDS + moment->second,
                                      &moment->zone.offset);
    return true;
}

/* Digits and the unit behind them; units must come in their order. */
static bool take_part(struct str *rest, const char **units, int64_t *number, char *unit)
{
    size_t count = 0;
    const char *at;

    while (count < rest->len && is_digit(rest->ptr[count]))
        count++;
    if (count == 0 || count > UNIT_MAX || !take_digits(rest, (int)count, number))
        return false;
    if (rest->len == 0)
        return false;
    *unit = rest->ptr[0];
    at = *unit == '.' ? strchr(*units, 'S') : strchr(*units, *unit);
    if (at == NULL || *unit == '\0')
        return false;
    *units = at + 1;
    if (*unit != '.')
        *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static bool add_scaled(int64_t *sum, int64_t number, int64_t scale)
{
    int64_t product;

    return !__builtin_mul_overflow(number, scale, &product) &&
           !__builtin_add_overflow(*sum, product, sum);
}

static const struct feel_value *parse_months(struct arena *arena, struct str rest, bool is_negative)
{
    const char *units = "YM";
    int64_t months = 0, number;
    char unit;

    while (rest.len > 0) {
        if (!take_part(&rest, &units, &number, &unit) || unit == '.' ||
            !add_scaled(&months, number, unit == 'Y' ? 12 : 1))
            return NULL;
    }
    return feel_value_months(arena, is_negative ? -months : months);
}

/* ".25S" behind whole seconds; the point may stand alone, as in the numbers of XML Schema. */
static bool take_second_part(struct str *rest, int32_t *nanos)
{
    if (str_equal(*rest, STR(".S")))
        *rest = str_slice(*rest, 1, rest->len);
    return take_fraction(rest, nanos) && take(rest, 'S');
}

static const struct feel_value *parse_span(struct arena *arena, struct str rest, bool is_negative)
{
    const char *units = "D";
    struct feel_span span = {0};
    int64_t number;
    bool has_time = false;
    char unit;

    while (rest.len > 0) {
        if (!has_time && take(&rest, 'T')) {
            has_time = true;
            units = "HMS";
        }
        if (!take_part(&rest, &units, &number, &unit))
            return NULL;
        if (unit == '.' && !take_second_part(&rest, &span.nanos))
            return NULL;
        if (!add_scaled(&span.seconds, number,
                        unit == 'D'   ? FEEL_TIME_DAY_SECONDS
                        : unit == 'H' ? 3600
                        : unit == 'M' ? 60
                                      : 1))
            return NULL;
    }
    return feel_value_span(arena, is_negative ? feel_time_span_negate(span) : span);
}

const struct feel_value *feel_time_parse_duration(struct arena *arena, struct str text)
{
    bool is_negative = take(&text, '-');
    size_t time;

    if (!take(&text, 'P') || text.len == 0)
        return NULL;
    time = str_find_char(text, 'T');
    if (time == text.len && str_find_char(text, 'D') == text.len)
        return parse_months(arena, text, is_negative);
    return parse_span(arena, text, is_negative);
}

static void print_fraction(struct buf *buf, int32_t nano)
{
    char digits[16];
    int length = 9;

    if (nano == 0)
        return;
    for (int i = 8; i >= 0; i--, nano /= 10)
        digits[i] = (char)('0' + nano % 10);
    while (digits[length - 1] == '0')
        length--;
    buf_char(buf, '.');
    buf_add(buf, (struct str){digits, (size_t)length});
}

static void print_date(struct buf *buf, int64_t number)
{
    int64_t year;
    int month, day;

    feel_time_date(number, &year, &month, &day);
    if (year < 0)
        buf_char(buf, '-');
    buf_printf(buf, "%04lld-%02d-%02d", (long long)(year < 0 ? -year : year), month, day);
}

static void print_time(struct buf *buf, const struct feel_moment *moment)
{
    int32_t second = moment->second, offset = moment->zone.offset;

    buf_printf(buf, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
    print_fraction(buf, moment->nano);
    if (moment->zone.kind == FEEL_ZONE_NAMED) {
        buf_char(buf, '@');
        buf_add(buf, moment->zone.name);
    } else if (moment->zone.kind == FEEL_ZONE_OFFSET && offset == 0) {
        buf_char(buf, 'Z');
    } else if (moment->zone.kind == FEEL_ZONE_OFFSET) {
        buf_char(buf, offset < 0 ? '-' : '+');
        offset = offset < 0 ? -offset : offset;
        buf_printf(buf, "%02d:%02d", offset / 3600, offset / 60 % 60);
        if (offset % 60 > 0)
            buf_printf(buf, ":%02d", offset % 60);
    }
}

static void print_part(struct buf *buf, int64_t number, char unit)
{
    if (number == 0)
        return;
    buf_int(buf, number);
    buf_char(buf, unit);
}

static void print_months(struct buf *buf, int64_t months)
{
    if (months == 0) {
        buf_add(buf, STR("P0M"));
        return;
    }
    buf_add(buf, months < 0 ? STR("-P") : STR("P"));
    print_part(buf, months < 0 ? -(months / 12) : months / 12, 'Y');
    print_part(buf, months < 0 ? -(months % 12) : months % 12, 'M');
}

static void print_span(struct buf *buf, struct feel_span span)
{
    bool is_negative = span.seconds < 0;
    int64_t seconds;

    if (is_negative)
        span = feel_time_span_negate(span);
    seconds = span.seconds;
    if (seconds == 0 && span.nanos == 0) {
        buf_add(buf, STR("PT0S"));
        return;
    }
    buf_add(buf, is_negative ? STR("-P") : STR("P"));
    print_part(buf, seconds / FEEL_TIME_DAY_SECONDS, 'D');
    seconds %= FEEL_TIME_DAY_SECONDS;
    if (seconds == 0 && span.nanos == 0)
        return;
    buf_char(buf, 'T');
    print_part(buf, seconds / 3600, 'H');
    print_part(buf, seconds / 60 % 60, 'M');
    if (seconds % 60 > 0 || span.nanos > 0) {
        buf_int(buf, seconds % 60);
        print_fraction(buf, span.nanos);
        buf_char(buf, 'S');
    }
}

void feel_time_print(struct buf *buf, const struct feel_value *value)
{
    if (value->kind == FEEL_MONTHS) {
        print_months(buf, value->months);
        return;
    }
    if (value->kind == FEEL_SECONDS) {
        print_span(buf, value->span);
        return;
    }
    if (value->kind != FEEL_TIME)
        print_date(buf, value->moment.day);
    if (value->kind == FEEL_DATE_TIME)
        buf_char(buf, 'T');
    if (value->kind != FEEL_DATE)
        print_time(buf, &value->moment);
}
