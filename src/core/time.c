#include "core/time.h"

#include <time.h>

enum {
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MIN = -719162, /* 0001-01-01 */
    DAY_MAX = 2932896, /* 9999-12-31 */
};

static const char MONTHS[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
static const char WEEKDAYS[] = "ThuFriSatSunMonTueWed"; /* 1970-01-01 was a Thursday */
static const char LONG_WEEKDAYS[7][10] = {"Thursday", "Friday",  "Saturday", "Sunday",
                                          "Monday",   "Tuesday", "Wednesday"};

int64_t time_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t time_monotonic_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t floor_div(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/*
 * Both conversions count from 1 March of year 0 in eras of 400 years (146,097 days), so
 * that the leap day is the last of its year and months have a linear formula.
 */
int64_t time_day_from_date(struct time_date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

struct time_date time_date_from_day(int64_t day)
{
    int64_t shifted = MAX(MIN(day, DAY_MAX), DAY_MIN) + 719468;
    int64_t era = floor_div(shifted, 146097);
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t year = year_of_era + era * 400 + (month >= 10);

    return (struct time_date){
        .year = (int)year,
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
    };
}

int64_t time_add_months(int64_t day, int64_t months)
{
    struct time_date date = time_date_from_day(day);
    int64_t month = date.year * 12LL + date.month - 1 + months;
    struct time_date first = {(int)floor_div(month, 12),
                              (int)(month - floor_div(month, 12) * 12) + 1, 1};
    int64_t start = time_day_from_date(first);
    int64_t next =
        time_day_from_date(first.month == 12 ? (struct time_date){first.year + 1, 1, 1}
                                             : (struct time_date){first.year, first.month + 1, 1});

    return start + MIN((int64_t)date.day, next - start) - 1;
}

int64_t time_day_of(int64_t at, int offset_minutes)
{
    return floor_div(at + (int64_t)offset_minutes * MINUTE_MS, TIME_DAY_MS);
}

/* Takes min to max digits off *rest. */
static bool take_digits(struct str *rest, size_t min, size_t max, int *value)
{
    size_t count = 0;
    int sum = 0;

    while (count < max && count < rest->len && rest->ptr[count] >= '0' && rest->ptr[count] <= '9')
        sum = sum * 10 + (rest->ptr[count++] - '0');
    *rest = str_slice(*rest, count, rest->len);
    *value = sum;
    return count >= min;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static bool take_either(struct str *rest, char a, char b)
{
    return take_char(rest, a) || take_char(rest, b);
}

static bool is_date(struct time_date date)
{
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);

    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    return date.day <= LENGTHS[date.month - 1] + (date.month == 2 && is_leap);
}

static bool take_full_date(struct str *rest, int64_t *day)
{
    struct time_date date;

    if (!take_digits(rest, 4, 4, &date.year) || !take_char(rest, '-') ||
        !take_digits(rest, 2, 2, &date.month) || !take_char(rest, '-') ||
        !take_digits(rest, 2, 2, &date.day) || !is_date(date))
        return false;
    *day = time_day_from_date(date);
    return true;
}

bool time_parse_day(struct str text, int64_t *day)
{
    struct str rest = text;
    int64_t found;

    if (!take_full_date(&rest, &found) || rest.len > 0)
        return false;
    *day = found;
    return true;
}

bool time_parse_day_typed(struct str text, int64_t *day)
{
    struct str rest = str_trim(text);
    struct time_date date;

    if (time_parse_day(rest, day))
        return true;

    char separator = str_find_char(rest, '.') < rest.len ? '.' : '/';
    if (!take_digits(&rest, 1, 2, &date.day) || !take_char(&rest, separator) ||
        !take_digits(&rest, 1, 2, &date.month) || !take_char(&rest, separator) ||
        !take_digits(&rest, 4, 4, &date.year) || rest.len > 0 || !is_date(date))
        return false;
    *day = time_day_from_date(date);
    return true;
}

/* ".5" is 500; what is finer than a millisecond is cut off. */
static bool take_fraction(struct str *rest, int *ms)
{
    int weight = 100;
    size_t count = 0;

    *ms = 0;
    if (!take_char(rest, '.'))
        return true;
    for (; count < rest->len && rest->ptr[count] >= '0' && rest->ptr[count] <= '9'; count++) {
        *ms += (rest->ptr[count] - '0') * weight;
        weight /= 10;
    }
    *rest = str_slice(*rest, count, rest->len);
    return count > 0;
}

static bool take_clock(struct str *rest, int *hour, int *minute, int *second)
{
    return take_digits(rest, 2, 2, hour) && take_char(rest, ':') &&
           take_digits(rest, 2, 2, minute) && take_char(rest, ':') &&
           take_digits(rest, 2, 2, second) && *hour <= 23 && *minute <= 59 && *second <= 60;
}

static bool take_offset(struct str *rest, int *minutes)
{
    int sign = 1;
    int hour;
    int minute;

    *minutes = 0;
    if (take_either(rest, 'Z', 'z'))
        return true;
    if (take_char(rest, '-'))
        sign = -1;
    else if (!take_char(rest, '+'))
        return false;
    if (!take_digits(rest, 2, 2, &hour) || !take_char(rest, ':') ||
        !take_digits(rest, 2, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = sign * (hour * 60 + minute);
    return true;
}

/*
 * Second 60 exists only as the last of a UTC day; we have no such moment and take the
 * next one, as POSIX does.
 */
static bool is_leap_second_placed(int64_t at)
{
    return floor_div(at, TIME_DAY_MS) != floor_div(at - 1000, TIME_DAY_MS);
}

static bool is_moment(int64_t at)
{
    int64_t day = floor_div(at, TIME_DAY_MS);

    return day >= DAY_MIN && day <= DAY_MAX;
}

bool time_parse_moment(struct str text, int64_t *at)
{
    struct str rest = text;
    int64_t day;
    int hour, minute, second, ms, offset;

    if (!take_full_date(&rest, &day) || !take_either(&rest, 'T', 't') ||
        !take_clock(&rest, &hour, &minute, &second) || !take_fraction(&rest, &ms) ||
        !take_offset(&rest, &offset) || rest.len > 0)
        return false;

    int64_t found = day * TIME_DAY_MS + (int64_t)hour * HOUR_MS +
                    ((int64_t)minute - offset) * MINUTE_MS + (int64_t)second * 1000 + ms;
    if ((second == 60 && !is_leap_second_placed(found)) || !is_moment(found))
        return false;
    *at = found;
    return true;
}

static void put_digits(struct buf *buf, int value, int width)
{
    char *out = buf_room(buf, (size_t)width);

    for (int i = width - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    buf->len += (size_t)width;
}

void time_print_day(struct buf *buf, int64_t day)
{
    struct time_date date = time_date_from_day(day);

    put_digits(buf, date.year, 4);
    buf_char(buf, '-');
    put_digits(buf, date.month, 2);
    buf_char(buf, '-');
    put_digits(buf, date.day, 2);
}

void time_print_day_local(struct buf *buf, int64_t day)
{
    struct time_date date = time_date_from_day(day);

    put_digits(buf, date.day, 2);
    buf_char(buf, '.');
    put_digits(buf, date.month, 2);
    buf_char(buf, '.');
    put_digits(buf, date.year, 4);
}

/* "06:00:00" of a millisecond of the day; without seconds "06:00". */
static void put_clock(struct buf *buf, int ms_of_day, bool with_seconds)
{
    put_digits(buf, ms_of_day / HOUR_MS, 2);
    buf_char(buf, ':');
    put_digits(buf, ms_of_day / MINUTE_MS % 60, 2);
    if (with_seconds) {
        buf_char(buf, ':');
        put_digits(buf, ms_of_day / 1000 % 60, 2);
    }
}

static int ms_of_day(int64_t at)
{
    return (int)(at - floor_div(at, TIME_DAY_MS) * TIME_DAY_MS);
}

void time_print_moment(struct buf *buf, int64_t at)
{
    int ms = ms_of_day(at);

    time_print_day(buf, floor_div(at, TIME_DAY_MS));
    buf_char(buf, 'T');
    put_clock(buf, ms, true);
    buf_char(buf, '.');
    put_digits(buf, ms % 1000, 3);
    buf_char(buf, 'Z');
}

void time_print_moment_local(struct buf *buf, int64_t at, int offset_minutes)
{
    int64_t local = at + (int64_t)offset_minutes * MINUTE_MS;

    time_print_day_local(buf, floor_div(local, TIME_DAY_MS));
    buf_add(buf, STR(", "));
    put_clock(buf, ms_of_day(local), false);
}

static int weekday_of(int64_t day)
{
    return (int)(day - floor_div(day, 7) * 7);
}

void time_print_http(struct buf *buf, int64_t at)
{
    int64_t day = floor_div(at, TIME_DAY_MS);
    struct time_date date = time_date_from_day(day);

    buf_add(buf, (struct str){WEEKDAYS + 3 * weekday_of(day), 3});
    buf_add(buf, STR(", "));
    put_digits(buf, date.day, 2);
    buf_char(buf, ' ');
    buf_add(buf, (struct str){MONTHS + 3 * (date.month - 1), 3});
    buf_char(buf, ' ');
    put_digits(buf, date.year, 4);
    buf_char(buf, ' ');
    put_clock(buf, ms_of_day(at), true);
    buf_add(buf, STR(" GMT"));
}

static bool take_month(struct str *rest, int *month)
{
    for (int i = 0; i < 12; i++) {
        if (!str_starts(*rest, (struct str){MONTHS + 3 * i, 3}))
            continue;
        *rest = str_slice(*rest, 3, rest->len);
        *month = i + 1;
        return true;
    }
    return false;
}

/* What stands behind the weekday in the three forms that RFC 9110 makes us read. */
static bool take_http_date(struct str *rest, char separator, size_t year_digits,
                           struct time_date *date)
{
    if (!take_digits(rest, 2, 2, &date->day) || !take_char(rest, separator) ||
        !take_month(rest, &date->month) || !take_char(rest, separator) ||
        !take_digits(rest, year_digits, year_digits, &date->year))
        return false;
    /* RFC 850: two digits, never more than 50 years ahead; a fixed window does for us. */
    if (year_digits == 2)
        date->year += date->year < 70 ? 2000 : 1900;
    return true;
}

static bool take_asctime(struct str *rest, struct time_date *date, int clock[3])
{
    if (!take_month(rest, &date->month) || !take_char(rest, ' '))
        return false;
    (void)take_char(rest, ' '); /* "Nov  6" */
    return take_digits(rest, 1, 2, &date->day) && take_char(rest, ' ') &&
           take_clock(rest, &clock[0], &clock[1], &clock[2]) && take_char(rest, ' ') &&
           take_digits(rest, 4, 4, &date->year);
}

static bool take_word(struct str *rest, struct str word)
{
    if (!str_starts(*rest, word))
        return false;
    *rest = str_slice(*rest, word.len, rest->len);
    return true;
}

/* Takes "Sun, ", "Sunday, " or "Sun ": *form is 'i', '8' or 'a'. */
static bool take_weekday(struct str *rest, char *form, int *weekday)
{
    for (*weekday = 0; *weekday < 7; ++*weekday) {
        bool is_long = take_word(rest, str_from_z(LONG_WEEKDAYS[*weekday]));

        if (!is_long && !take_word(rest, (struct str){WEEKDAYS + 3 * *weekday, 3}))
            continue;
        bool has_comma = take_char(rest, ',');
        *form = is_long ? '8' : has_comma ? 'i' : 'a';
        return has_comma == (*form != 'a') && take_char(rest, ' ');
    }
    return false;
}

bool time_parse_http(struct str text, int64_t *at)
{
    struct str rest = text;
    struct time_date date;
    int clock[3];
    int weekday;
    char form;

    if (!take_weekday(&rest, &form, &weekday))
        return false;
    if (form == 'a'
            ? !take_asctime(&rest, &date, clock)
            : !take_http_date(&rest, form == '8' ? '-' : ' ', form == '8' ? 2 : 4, &date) ||
                  !take_char(&rest, ' ') || !take_clock(&rest, &clock[0], &clock[1], &clock[2]) ||
                  !take_word(&rest, STR(" GMT")))
        return false;
    if (rest.len > 0 || !is_date(date) || weekday_of(time_day_from_date(date)) != weekday)
        return false;

    int64_t found = time_day_from_date(date) * TIME_DAY_MS + (int64_t)clock[0] * HOUR_MS +
                    (int64_t)clock[1] * MINUTE_MS + (int64_t)clock[2] * 1000;
    if ((clock[2] == 60 && !is_leap_second_placed(found)) || !is_moment(found))
        return false;
    *at = found;
    return true;
}
