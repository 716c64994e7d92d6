#include "core/calendar.h"

#include "core/num.h"

#include <stdlib.h>

enum {
    SHORTER_MINUTES = 60, /* a short day: Labour Code of Russia, art. 95; of Kyrgyzstan alike */
    SATURDAY = 5,         /* Monday is 0 */
};

static const struct calendar_hours USUAL = {{{9 * 60, 13 * 60}, {14 * 60, 18 * 60}}, 2};

static const struct str WORDS[CALENDAR_KINDS] = {
    [CALENDAR_WORKING] = STR_INIT("working"), [CALENDAR_SHORT] = STR_INIT("short"),
    [CALENDAR_OFF] = STR_INIT("off"),         [CALENDAR_MOVED] = STR_INIT("moved"),
    [CALENDAR_HOLIDAY] = STR_INIT("holiday"), [CALENDAR_DECREE] = STR_INIT("decree"),
};

struct str calendar_kind_word(enum calendar_kind kind)
{
    return WORDS[kind];
}

bool calendar_kind_parse(struct str word, enum calendar_kind *kind)
{
    for (int i = 0; i < CALENDAR_KINDS; i++)
        if (str_equal(WORDS[i], word)) {
            *kind = (enum calendar_kind)i;
            return true;
        }
    return false;
}

/* "09:00" up to "24:00". */
static bool parse_clock(struct str text, int *minutes)
{
    struct str rest = text;
    struct str hour = str_cut(&rest, ':');
    int64_t h, m;

    if (hour.len != 2 || rest.len != 2 || !num_parse_int(hour, &h) || !num_parse_int(rest, &m) ||
        h < 0 || m < 0 || m > 59 || h * 60 + m > CALENDAR_DAY_MINUTES)
        return false;
    *minutes = (int)(h * 60 + m);
    return true;
}

bool calendar_hours_parse(struct str text, struct calendar_hours *hours)
{
    struct calendar_hours found = {0};
    struct str rest = str_trim(text);
    int last = -1;

    while (rest.len > 0) {
        struct str to = str_cut(&rest, ' ');
        struct str from = str_cut(&to, '-');
        int i = found.count;

        if (i == CALENDAR_SPANS_MAX || !parse_clock(from, &found.spans[i].from) ||
            !parse_clock(to, &found.spans[i].to) || found.spans[i].from <= last ||
            found.spans[i].to <= found.spans[i].from)
            return false;
        last = found.spans[i].to;
        found.count++;
        rest = str_trim(rest);
    }
    if (found.count == 0)
        return false;
    *hours = found;
    return true;
}

static int by_day_and_rank(const void *one, const void *other)
{
    const struct calendar_day *a = one, *b = other;

    if (a->on != b->on)
        return a->on < b->on ? -1 : 1;
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

void calendar_lay(struct calendar *calendar, struct calendar_day *days, size_t count)
{
    size_t kept = 0;

    if (count > 0)
        qsort(days, count, sizeof *days, by_day_and_rank);
    for (size_t i = 0; i < count; i++)
        if (i + 1 == count || days[i].on != days[i + 1].on)
            days[kept++] = days[i];
    calendar->days = days;
    calendar->count = kept;
}

bool calendar_has(int64_t day)
{
    return day >= CALENDAR_FIRST && day <= CALENDAR_LAST;
}

const struct calendar_day *calendar_find(const struct calendar *calendar, int64_t day)
{
    size_t from = 0, to = calendar->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;

        if (calendar->days[middle].on < day)
            from = middle + 1;
        else
            to = middle;
    }
    return from < calendar->count && calendar->days[from].on == day ? &calendar->days[from] : NULL;
}

static bool is_of_week(const struct calendar *calendar, int64_t day)
{
    int64_t weekday = (day % 7 + 10) % 7; /* 1970-01-01 was a Thursday */

    return weekday < SATURDAY + (calendar->works_on_saturday ? 1 : 0);
}

enum calendar_kind calendar_kind_on(const struct calendar *calendar, int64_t day)
{
    const struct calendar_day *found = calendar_find(calendar, day);

    if (found != NULL)
        return found->kind;
    return is_of_week(calendar, day) ? CALENDAR_WORKING : CALENDAR_OFF;
}

bool calendar_is_working(const struct calendar *calendar, int64_t day)
{
    enum calendar_kind kind = calendar_kind_on(calendar, day);

    return kind == CALENDAR_WORKING || kind == CALENDAR_SHORT ||
           (kind == CALENDAR_DECREE && calendar->decrees_work && is_of_week(calendar, day));
}

bool calendar_next(const struct calendar *calendar, int64_t day, int64_t *found)
{
    for (; calendar_has(day); day++)
        if (calendar_is_working(calendar, day)) {
            *found = day;
            return true;
        }
    return false;
}

bool calendar_shift(const struct calendar *calendar, int64_t day, int64_t count, int64_t *found)
{
    int step = count < 0 ? -1 : 1;

    if (!calendar_has(day))
        return false;
    while (count != 0) {
        day += step;
        if (!calendar_has(day))
            return false;
        if (calendar_is_working(calendar, day))
            count -= step;
    }
    *found = day;
    return true;
}

int64_t calendar_count(const struct calendar *calendar, int64_t after, int64_t to)
{
    int64_t from = MAX(MIN(after, to), CALENDAR_FIRST - 1);
    int64_t last = MIN(MAX(after, to), CALENDAR_LAST);
    int64_t count = 0;

    while (from < last)
        count += calendar_is_working(calendar, ++from);
    return after <= to ? count : -count;
}

/* A span of a day as it is worked on it; false when nothing is left of it. */
static bool span_on(const struct calendar *calendar, int64_t day, int i, int64_t *from, int64_t *to)
{
    const struct calendar_hours *hours = calendar->hours.count > 0 ? &calendar->hours : &USUAL;
    int64_t end = CALENDAR_DAY_MINUTES;

    if (i >= hours->count || !calendar_is_working(calendar, day))
        return false;
    if (calendar_kind_on(calendar, day) == CALENDAR_SHORT)
        end = hours->spans[hours->count - 1].to - SHORTER_MINUTES;
    *from = day * CALENDAR_DAY_MINUTES + hours->spans[i].from;
    *to = day * CALENDAR_DAY_MINUTES + MIN(hours->spans[i].to, end);
    return *from < *to;
}

int64_t calendar_minutes_on(const struct calendar *calendar, int64_t day)
{
    int64_t from, to, minutes = 0;

    for (int i = 0; span_on(calendar, day, i, &from, &to); i++)
        minutes += to - from;
    return minutes;
}

static int64_t day_of(int64_t minute)
{
    return minute / CALENDAR_DAY_MINUTES - (minute % CALENDAR_DAY_MINUTES < 0);
}

int64_t calendar_minutes(const struct calendar *calendar, int64_t from, int64_t to)
{
    int64_t begin, end, minutes = 0;

    for (int64_t day = MAX(day_of(from), CALENDAR_FIRST); day <= MIN(day_of(to), CALENDAR_LAST);
         day++)
        for (int i = 0; span_on(calendar, day, i, &begin, &end); i++)
            minutes += MAX(MIN(end, to) - MAX(begin, from), 0);
    return minutes;
}

bool calendar_advance(const struct calendar *calendar, int64_t from, int64_t minutes,
                      int64_t *found)
{
    int64_t begin, end;

    if (!calendar_has(day_of(from)) || minutes < 0)
        return false;
    if (minutes == 0) {
        *found = from;
        return true;
    }
    for (int64_t day = day_of(from); day <= CALENDAR_LAST; day++)
        for (int i = 0; span_on(calendar, day, i, &begin, &end); i++) {
            int64_t here = MAX(end - MAX(begin, from), 0);

            if (here >= minutes) {
                *found = MAX(begin, from) + minutes;
                return true;
            }
            minutes -= here;
        }
    return false;
}
