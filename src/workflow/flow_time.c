#include "workflow/flow_time.h"

#include "core/num.h"
#include "core/time.h"

enum {
    LONGEST_YEARS = 100, /* what is longer is a slip of the pen */
    MONTH_DAYS_MAX = 31,
};

struct duration {
    int64_t months;
    int64_t ms;
    bool is_negative;
};

/* Digits, and for seconds a fraction of them; takes them off text. */
static bool take_number(struct str *text, int64_t *whole, int64_t *thousandths)
{
    size_t digits = 0;
    int64_t scale = 100;

    while (digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9')
        digits++;
    if (digits == 0 || digits > 9 || !num_parse_int(str_slice(*text, 0, digits), whole))
        return false;
    *text = str_slice(*text, digits, text->len);
    *thousandths = 0;
    if (text->len == 0 || (text->ptr[0] != '.' && text->ptr[0] != ','))
        return true;
    for (digits = 1; digits < text->len && text->ptr[digits] >= '0' && text->ptr[digits] <= '9';
         digits++, scale /= 10)
        *thousandths += (text->ptr[digits] - '0') * scale;
    *text = str_slice(*text, digits, text->len);
    return digits > 1;
}

/* One part such as "15M"; its letter has to come behind the last one in order. */
static bool take_part(struct str *text, const char *letters, size_t *from,
                      struct duration *duration)
{
    static const int64_t MS[] = {['W'] = 7LL * TIME_DAY_MS,
                                 ['D'] = TIME_DAY_MS,
                                 ['H'] = 60LL * TIME_MINUTE_MS,
                                 ['M'] = TIME_MINUTE_MS,
                                 ['S'] = 1000};
    int64_t whole, thousandths;
    const char *letter;

    if (!take_number(text, &whole, &thousandths) || text->len == 0)
        return false;
    letter = strchr(letters + *from, text->ptr[0]);
    if (letter == NULL || *letter == '\0' || (thousandths != 0 && *letter != 'S'))
        return false;
    *from = (size_t)(letter - letters) + 1;
    if (*letter == 'Y')
        duration->months += whole * 12;
    else if (*letter == 'M' && letters[0] == 'Y')
        duration->months += whole;
    else
        duration->ms += whole * MS[(unsigned char)*letter] + thousandths;
    *text = str_slice(*text, 1, text->len);
    return true;
}

static bool parse_duration(struct str text, struct duration *duration)
{
    const char *letters = "YMWD";
    size_t from = 0;
    bool has_part = false;

    *duration = (struct duration){.is_negative = str_starts(text, STR("-"))};
    text = str_slice(text, duration->is_negative ? 1 : 0, text.len);
    if (!str_starts(text, STR("P")))
        return false;
    text = str_slice(text, 1, text.len);
    while (text.len > 0) {
        if (text.ptr[0] == 'T' && letters[0] == 'Y') {
            text = str_slice(text, 1, text.len);
            letters = "HMS";
            from = 0;
            has_part = false;
        } else if (take_part(&text, letters, &from, duration)) {
            has_part = true;
        } else {
            return false;
        }
    }
    return has_part && duration->months <= LONGEST_YEARS * 12 &&
           duration->ms <= LONGEST_YEARS * 366LL * TIME_DAY_MS;
}

static int64_t add_months(int64_t at, int64_t months)
{
    int64_t day = time_day_of(at, 0);

    return time_add_months(day, months) * TIME_DAY_MS + (at - day * TIME_DAY_MS);
}

bool flow_time_later(struct str text, int64_t from, int64_t *at)
{
    struct duration duration;

    if (!parse_duration(text, &duration))
        return false;
    *at = duration.is_negative ? add_months(from, -duration.months) - duration.ms
                               : add_months(from, duration.months) + duration.ms;
    return true;
}

bool flow_time_working(struct str text, const struct calendar *calendar, int64_t from,
                       int offset_minutes, int64_t *at)
{
    size_t digits = text.len - MIN(text.len, sizeof "PD" - 1);
    int64_t day = time_day_of(from, offset_minutes);
    int64_t count;

    if (!str_starts(text, STR("P")) || !str_ends(text, STR("D")) || digits == 0 ||
        !num_parse_int(str_slice(text, 1, digits), &count) || count < 0 || text.ptr[1] == '-' ||
        text.ptr[1] == '+')
        return false;
    if (count == 0 ? !calendar_next(calendar, day, &day)
                   : !calendar_shift(calendar, day, count, &day))
        return false;
    *at = (day + 1) * TIME_DAY_MS - offset_minutes * (int64_t)TIME_MINUTE_MS - 1;
    return true;
}

/* So many durations later: months first, for they are not of one length. */
static int64_t moment(const struct flow_time *time, const struct duration *every, int64_t no)
{
    int64_t offset_ms = time->offset_minutes * (int64_t)TIME_MINUTE_MS;

    return add_months(time->due_at + offset_ms, every->months * no) - offset_ms + every->ms * no;
}

bool flow_time_next(const struct flow_time *time, int64_t after, int64_t *no, int64_t *at)
{
    struct duration every;
    int64_t last = time->every.len == 0 ? 0 : time->left;
    int64_t found = *no;
    int64_t longest;

    if (time->every.len == 0)
        every = (struct duration){.ms = 1};
    else if (!parse_duration(time->every, &every))
        return false;
    longest = every.months * MONTH_DAYS_MAX * TIME_DAY_MS + every.ms;
    if (last != 0 && longest > 0 && time->due_at < after)
        found = MAX(found, (after - time->due_at) / longest);
    while ((last < 0 || found <= last) && moment(time, &every, found) <= after)
        found++;
    if (last >= 0 && found > last)
        return false;
    *no = found;
    *at = moment(time, &every, found);
    return true;
}

/* With an offset or Z; a day; or a local time, which gets the offset given. */
static bool parse_moment(struct str text, int offset_minutes, int64_t *at)
{
    char padded[64];
    int64_t day;

    if (time_parse_moment(text, at))
        return true;
    if (time_parse_day(text, &day)) {
        *at = day * TIME_DAY_MS - (int64_t)offset_minutes * TIME_MINUTE_MS;
        return true;
    }
    if (text.len + 2 > sizeof padded || text.len == 0 || str_ends(text, STR("Z")))
        return false;
    memcpy(padded, text.ptr, text.len);
    padded[text.len] = 'Z';
    if (!time_parse_moment((struct str){padded, text.len + 1}, at))
        return false;
    *at -= (int64_t)offset_minutes * TIME_MINUTE_MS;
    return true;
}

/* R, how often, and either when first and how far apart, or only the latter. */
static bool parse_cycle(struct str text, int64_t now, int offset_minutes, struct flow_time *time)
{
    struct str rest = text;
    struct str count = str_cut(&rest, '/');
    struct str first = str_cut(&rest, '/');
    int64_t step;

    if (!str_starts(count, STR("R")))
        return false;
    time->left = -1;
    if (count.len > 1 &&
        (!num_parse_int(str_slice(count, 1, count.len), &time->left) || time->left < 1))
        return false;
    if (time->left > 0)
        time->left--; /* the first one is not a repetition */
    time->every = rest.len > 0 ? rest : first;
    if (!flow_time_later(time->every, now, &step) || step <= now)
        return false;
    if (rest.len == 0) {
        time->due_at = step;
        return true;
    }
    return parse_moment(first, offset_minutes, &time->due_at);
}

bool flow_time_parse(enum bpmn_timer timer, struct str text, int64_t now, int offset_minutes,
                     struct flow_time *time)
{
    struct flow_time found = {.offset_minutes = offset_minutes};
    bool is_right = false;

    if (timer == BPMN_TIMER_DATE)
        is_right = parse_moment(text, offset_minutes, &found.due_at);
    if (timer == BPMN_TIMER_DURATION)
        is_right = flow_time_later(text, now, &found.due_at);
    if (timer == BPMN_TIMER_CYCLE)
        is_right = parse_cycle(text, now, offset_minutes, &found);
    if (is_right)
        *time = found;
    return is_right;
}

bool flow_time_is_literal(enum bpmn_timer timer, struct str text)
{
    struct flow_time time;

    return flow_time_parse(timer, text, 0, 0, &time);
}
