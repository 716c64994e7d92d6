#include "web/term_wording.h"

#include "core/time.h"

struct plural {
    struct str one, many;
};

static const struct plural LENGTHS[] = {
    [TERM_DAYS] = {STR_INIT("%d day"), STR_INIT("%d days")},
    [TERM_WORKING_DAYS] = {STR_INIT("%d working day"), STR_INIT("%d working days")},
    [TERM_WORKING_HOURS] = {STR_INIT("%d working hour"), STR_INIT("%d working hours")},
    [TERM_MONTHS] = {STR_INIT("%d month"), STR_INIT("%d months")},
};

static const struct plural LEFT[] = {
    [TERM_DAYS] = {STR_INIT("%d day is left"), STR_INIT("%d days are left")},
    [TERM_WORKING_DAYS] = {STR_INIT("%d working day is left"),
                           STR_INIT("%d working days are left")},
    [TERM_WORKING_HOURS] = {STR_INIT("%d working hour is left"),
                            STR_INIT("%d working hours are left")},
    [TERM_MONTHS] = {STR_INIT("%d month is left"), STR_INIT("%d months are left")},
};

static const struct plural OVERDUE = {STR_INIT("overdue by %d day"),
                                      STR_INIT("overdue by %d days")};

static struct str text(const struct term_wording *wording, struct str id)
{
    return messages_get(wording->messages, id);
}

static struct str count(const struct term_wording *wording, struct plural words, int64_t number)
{
    struct buf out = {.arena = wording->arena};

    messages_print_plural(&out, wording->messages, words.one, words.many, number);
    return buf_str(&out);
}

/* The pattern with its %s filled; what has none is said as it is. */
static struct str fill_one(const struct term_wording *wording, struct str pattern, struct str part)
{
    struct buf out = {.arena = wording->arena};
    size_t gap = str_find(pattern, STR("%s"));

    buf_add(&out, str_slice(pattern, 0, gap));
    if (gap < pattern.len) {
        buf_add(&out, part);
        buf_add(&out, str_slice(pattern, gap + 2, pattern.len));
    }
    return buf_str(&out);
}

/* The day in the place of %1, the year in that of %2, as the language orders them. */
static struct str fill_date(const struct term_wording *wording, struct str pattern,
                            const struct str parts[2])
{
    struct buf out = {.arena = wording->arena};

    for (size_t i = 0; i < pattern.len; i++) {
        bool is_gap = pattern.ptr[i] == '%' && i + 1 < pattern.len;

        if (is_gap && (pattern.ptr[i + 1] == '1' || pattern.ptr[i + 1] == '2'))
            buf_add(&out, parts[pattern.ptr[++i] - '1']);
        else
            buf_char(&out, pattern.ptr[i]);
    }
    return buf_str(&out);
}

/* first: the day of the month it begins with, when it is a range within one month; else 0. */
static struct str date_text(const struct term_wording *wording, int64_t day, int first)
{
    static const struct str MONTHS[] = {
        STR_INIT("%1 January %2"), STR_INIT("%1 February %2"), STR_INIT("%1 March %2"),
        STR_INIT("%1 April %2"),   STR_INIT("%1 May %2"),      STR_INIT("%1 June %2"),
        STR_INIT("%1 July %2"),    STR_INIT("%1 August %2"),   STR_INIT("%1 September %2"),
        STR_INIT("%1 October %2"), STR_INIT("%1 November %2"), STR_INIT("%1 December %2"),
    };
    struct time_date date = time_date_from_day(day);
    struct str parts[] = {
        first > 0 ? str_printf(wording->arena, "%d–%d", first, date.day)
                  : str_printf(wording->arena, "%d", date.day),
        str_printf(wording->arena, "%d", date.year),
    };

    return fill_date(wording, text(wording, MONTHS[date.month - 1]), parts);
}

struct str term_wording_day(const struct term_wording *wording, int64_t day)
{
    return date_text(wording, day, 0);
}

/* "1–9 May 2026", "30 December 2026 – 8 January 2027", or one day. */
static struct str range(const struct term_wording *wording, int64_t from, int64_t to)
{
    struct time_date a = time_date_from_day(from), b = time_date_from_day(to);

    if (from == to)
        return term_wording_day(wording, from);
    if (a.year == b.year && a.month == b.month)
        return date_text(wording, to, a.day);
    struct str one = term_wording_day(wording, from), other = term_wording_day(wording, to);
    return str_printf(wording->arena, "%.*s – %.*s", STR_ARG(one), STR_ARG(other));
}

/* A day, or the local minute of a term in hours. */
static struct str moment(const struct term_wording *wording, const struct term *term, int64_t at)
{
    int64_t day = at / CALENDAR_DAY_MINUTES - (at % CALENDAR_DAY_MINUTES < 0);
    int minutes = (int)(at - day * CALENDAR_DAY_MINUTES);

    if (term->unit != TERM_WORKING_HOURS)
        return term_wording_day(wording, at);
    struct str date = term_wording_day(wording, day);
    return str_printf(wording->arena, "%.*s, %02d:%02d", STR_ARG(date), minutes / 60, minutes % 60);
}

struct str term_wording_length(const struct term_wording *wording, const struct term *term)
{
    return count(wording, LENGTHS[term->unit], term->count);
}

struct str term_wording_due(const struct term_wording *wording, const struct term *term,
                            const struct term_result *result)
{
    return result->is_still ? text(wording, STR("the term stands still"))
                            : moment(wording, term, result->due);
}

static struct str with_reason(const struct term_wording *wording, struct str said,
                              struct str reason)
{
    if (reason.len == 0)
        return said;
    return str_printf(wording->arena, "%.*s (%.*s)", STR_ARG(said), STR_ARG(reason));
}

/* How much of a term that stands still is left; its minutes are told as hours begun. */
static struct str left(const struct term_wording *wording, enum term_unit unit, int64_t number)
{
    enum term_unit of = unit == TERM_MONTHS ? TERM_DAYS : unit;

    return count(wording, LEFT[of], of == TERM_WORKING_HOURS ? (number + 59) / 60 : number);
}

static void add_start(const struct term_wording *wording, const struct term *term, struct buf *out)
{
    struct str event = wording->event.len > 0 ? wording->event : text(wording, STR("from %s"));

    buf_add(out, term_wording_length(wording, term));
    buf_char(out, ' ');
    buf_add(out, fill_one(wording, event, moment(wording, term, term->start)));
}

static struct str step_text(const struct term_wording *wording, const struct term *term,
                            const struct term_step *step)
{
    struct str said =
        fill_one(wording, text(wording, STR("paused on %s")), moment(wording, term, step->from));

    switch (step->kind) {
    case TERM_STEP_SHORT_MONTH:
        return text(wording, STR("that month has no such date, so its last day"));
    case TERM_STEP_OFF:
        return with_reason(wording,
                           fill_one(wording, text(wording, STR("without %s")),
                                    range(wording, step->from, step->to)),
                           step->text);
    case TERM_STEP_PAUSE:
        said = with_reason(wording, said, step->text);
        return str_printf(wording->arena, "%.*s, %.*s", STR_ARG(said),
                          STR_ARG(fill_one(wording, text(wording, STR("goes on from %s")),
                                           moment(wording, term, step->to))));
    case TERM_STEP_CARRY:
        return with_reason(wording,
                           fill_one(wording,
                                    text(wording, STR("%s is a day off, so the next "
                                                      "working day")),
                                    term_wording_day(wording, step->from)),
                           step->text);
    case TERM_STEP_STILL:
        said = with_reason(wording, said, step->text);
        return str_printf(wording->arena, "%.*s, %.*s", STR_ARG(said),
                          STR_ARG(left(wording, term->unit, step->count)));
    case TERM_STEP_START:
    case TERM_STEP_DUE:
        break;
    }
    return (struct str){0};
}

struct str term_wording_long(const struct term_wording *wording, const struct term *term,
                             const struct term_result *result)
{
    struct buf out = {.arena = wording->arena};

    add_start(wording, term, &out);
    for (size_t i = 0; i < result->step_count; i++) {
        struct str said = step_text(wording, term, &result->steps[i]);

        if (said.len == 0)
            continue;
        buf_add(&out, STR(", "));
        buf_add(&out, said);
    }
    if (!result->is_still) { /* else the last of them says so */
        buf_add(&out, STR(": "));
        buf_add(&out, term_wording_due(wording, term, result));
    }
    return buf_str(&out);
}

struct str term_wording_short(const struct term_wording *wording, struct term_rest rest)
{
    switch (rest.state) {
    case TERM_OVERDUE:
        return count(wording, OVERDUE, rest.count);
    case TERM_LAST_DAY:
        return text(wording, rest.unit == TERM_WORKING_HOURS ? STR("less than an hour is left")
                                                             : STR("today is the last day"));
    case TERM_STILL:
        return fill_one(wording, text(wording, STR("paused, %s")),
                        left(wording, rest.unit, rest.count));
    case TERM_RUNS:
        break;
    }
    return count(wording, LEFT[rest.unit], rest.count);
}

const char *term_wording_colour(struct term_rest rest)
{
    if (rest.state == TERM_OVERDUE)
        return "bad";
    return rest.state == TERM_LAST_DAY || (rest.state == TERM_RUNS && rest.count <= 1) ? "warn"
                                                                                       : "";
}
