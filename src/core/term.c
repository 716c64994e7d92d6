/*
 * 1. Days are walked one by one and each is looked at once: does a pause lie on it, does it count.
 * 2. Pauses are sorted by their beginning; those that have begun are before .begun, and .until is
 *    where the last of them ends.
 * 3. A term never ends on a day of a pause: the day that would be its last comes after it.
 */
#include "core/term.h"

#include "core/time.h"
#include "core/vec.h"

#include <stdlib.h>

enum {
    OFF_STEPS_MAX = 12, /* no page tells more of them */
};

struct walk {
    const struct term *term;
    struct calendar calendar;
    struct arena *arena;
    struct term_pause *pauses;
    size_t begun;
    int64_t until;
    VEC(struct term_step) steps;
    struct term_step off; /* days off that follow each other; count: of them, 0: none */
    int offs;
};

static void add(struct walk *walk, struct term_step step)
{
    VEC_PUSH(walk->arena, &walk->steps, step);
}

static int by_beginning(const void *one, const void *other)
{
    const struct term_pause *a = one, *b = other;

    return a->from < b->from ? -1 : a->from > b->from;
}

static bool take_pauses(struct walk *walk, struct err *err)
{
    const struct term *term = walk->term;

    if (term->pause_count > TERM_PAUSES_MAX)
        return err_set(err, ERR_INPUT, "a term has at most %d pauses", TERM_PAUSES_MAX);
    walk->pauses = ARENA_ARRAY(walk->arena, struct term_pause, term->pause_count + 1);
    for (size_t i = 0; i < term->pause_count; i++) {
        if (term->pauses[i].until < term->pauses[i].from)
            return err_set(err, ERR_INPUT, "a pause of a term ends before it begins");
        walk->pauses[i] = term->pauses[i];
    }
    qsort(walk->pauses, term->pause_count, sizeof *walk->pauses, by_beginning);
    walk->until = INT64_MIN;
    return true;
}

static bool is_too_late(struct err *err)
{
    return err_set(err, ERR_LIMIT, "the term ends beyond the year 2200");
}

static void tell_pause(struct walk *walk, const struct term_pause *pause, int64_t from)
{
    if (pause->until != TERM_OPEN)
        add(walk, (struct term_step){TERM_STEP_PAUSE, pause->from, pause->until,
                                     pause->until - MAX(pause->from, from), pause->reason});
}

/* Invariant 2. */
static bool is_paused(struct walk *walk, int64_t day)
{
    for (; walk->begun < walk->term->pause_count && walk->pauses[walk->begun].from <= day;
         walk->begun++) {
        const struct term_pause *pause = &walk->pauses[walk->begun];

        if (pause->until > day)
            tell_pause(walk, pause, day);
        walk->until = MAX(walk->until, pause->until);
    }
    return walk->until > day;
}

static void end_off(struct walk *walk)
{
    if (walk->off.count > 0 && walk->offs++ < OFF_STEPS_MAX)
        add(walk, walk->off);
    walk->off = (struct term_step){.kind = TERM_STEP_OFF};
}

/* Weekends need no explanation. */
static void note_off(struct walk *walk, int64_t day)
{
    const struct calendar_day *said = calendar_find(&walk->calendar, day);

    if (said == NULL || said->kind == CALENDAR_OFF)
        return;
    if (walk->off.count++ == 0)
        walk->off.from = day;
    walk->off.to = day;
    if (walk->off.text.len == 0)
        walk->off.text = said->title;
}

static bool stand_still(struct walk *walk, int64_t left, struct term_result *result)
{
    const struct term_pause *open = walk->pauses;

    while (open->until != TERM_OPEN)
        open++;
    end_off(walk);
    add(walk, (struct term_step){TERM_STEP_STILL, open->from, TERM_OPEN, left, open->reason});
    result->is_still = true;
    result->left = left;
    return true;
}

/* Day by day until count of them ran. */
static bool walk_days(struct walk *walk, int64_t count, struct term_result *result, struct err *err)
{
    const struct term *term = walk->term;
    int64_t day = term->start - (term->counts_start && count > 0 ? 1 : 0);

    while (count > 0) {
        if (!calendar_has(++day))
            return is_too_late(err);
        if (is_paused(walk, day)) {
            if (walk->until == TERM_OPEN)
                return stand_still(walk, count, result);
        } else if (term->unit != TERM_WORKING_DAYS || calendar_is_working(&walk->calendar, day)) {
            end_off(walk);
            count--;
        } else {
            note_off(walk, day);
        }
    }
    result->due = day;
    return true;
}

/* Civil Code of Russia, art. 193. */
static bool carry(struct walk *walk, struct term_result *result, struct err *err)
{
    int64_t nominal = result->due, day = nominal;
    const struct calendar_day *said = calendar_find(&walk->calendar, nominal);

    if (!walk->term->carries || calendar_is_working(&walk->calendar, nominal))
        return true;
    while (is_paused(walk, day) || !calendar_is_working(&walk->calendar, day)) {
        if (walk->until == TERM_OPEN)
            return stand_still(walk, 0, result);
        if (!calendar_has(++day))
            return is_too_late(err);
    }
    add(walk, (struct term_step){TERM_STEP_CARRY, nominal, day, day - nominal,
                                 said == NULL ? (struct str){0} : said->title});
    result->due = day;
    return true;
}

/* Art. 192: the same date of the last month, or its last day. */
static int64_t days_of_months(struct walk *walk)
{
    const struct term *term = walk->term;
    int64_t end = time_add_months(term->start, term->count);

    if (time_date_from_day(end).day != time_date_from_day(term->start).day)
        add(walk, (struct term_step){.kind = TERM_STEP_SHORT_MONTH, .from = end});
    return end - term->start;
}

static bool walk_hours(struct walk *walk, struct term_result *result, struct err *err)
{
    const struct term *term = walk->term;
    int64_t at = term->start, left = term->count * 60;

    for (size_t i = 0;; i++) {
        const struct term_pause *pause = &walk->pauses[i];
        int64_t end;

        if (!calendar_advance(&walk->calendar, at, left, &end))
            return is_too_late(err);
        if (i == term->pause_count || pause->from >= end) {
            result->due = end;
            return true;
        }
        if (pause->until <= at)
            continue;
        left -= calendar_minutes(&walk->calendar, at, pause->from);
        if (pause->until == TERM_OPEN)
            return stand_still(walk, left, result);
        tell_pause(walk, pause, at);
        at = pause->until;
    }
}

static bool find_end(struct walk *walk, struct term_result *result, struct err *err)
{
    const struct term *term = walk->term;

    if (term->unit == TERM_WORKING_HOURS)
        return walk_hours(walk, result, err);
    return walk_days(walk, term->unit == TERM_MONTHS ? days_of_months(walk) : term->count, result,
                     err) &&
           (result->is_still || carry(walk, result, err));
}

static bool is_within(const struct term *term)
{
    int64_t minutes = CALENDAR_DAY_MINUTES;

    if (term->unit == TERM_WORKING_HOURS)
        return term->start >= CALENDAR_FIRST * minutes && term->start < CALENDAR_LAST * minutes;
    return calendar_has(term->start);
}

bool term_compute(const struct term *term, const struct calendar *calendar, struct arena *arena,
                  struct term_result *result, struct err *err)
{
    struct walk walk = {
        .term = term, .calendar = *calendar, .arena = arena, .off = {.kind = TERM_STEP_OFF}};
    struct term_result found = {0};

    if (!is_within(term) || term->count < 0 || term->count > TERM_COUNT_MAX)
        return err_set(err, ERR_INPUT,
                       "a term begins in the years 1900 to 2200 and has a count of 0 to %d",
                       TERM_COUNT_MAX);
    walk.calendar.decrees_work |= term->decrees_run;
    add(&walk, (struct term_step){TERM_STEP_START, term->start, 0, term->count, {0}});
    if (!take_pauses(&walk, err) || !find_end(&walk, &found, err))
        return false;
    if (!found.is_still)
        add(&walk, (struct term_step){.kind = TERM_STEP_DUE, .from = found.due});
    found.steps = walk.steps.items;
    found.step_count = walk.steps.count;
    *result = found;
    return true;
}

static bool is_in_pause(const struct term *term, int64_t day)
{
    for (size_t i = 0; i < term->pause_count; i++)
        if (term->pauses[i].from <= day && day < term->pauses[i].until)
            return true;
    return false;
}

static struct term_rest rest_of_hours(const struct calendar *calendar, int64_t due, int64_t now)
{
    struct term_rest rest = {TERM_RUNS, TERM_WORKING_HOURS, 0};
    int64_t minutes = calendar_minutes(calendar, now, due);

    if (now > due)
        return (struct term_rest){TERM_OVERDUE, TERM_DAYS,
                                  MAX(1, (now - due) / CALENDAR_DAY_MINUTES)};
    if (minutes < 60)
        rest.state = TERM_LAST_DAY;
    rest.count = (minutes + 59) / 60;
    return rest;
}

struct term_rest term_rest_at(const struct term *term, const struct calendar *calendar,
                              const struct term_result *result, int64_t now)
{
    struct calendar as_it_counts = *calendar;
    bool is_working = term->unit == TERM_WORKING_DAYS;
    struct term_rest rest = {TERM_RUNS, is_working ? TERM_WORKING_DAYS : TERM_DAYS, 0};

    as_it_counts.decrees_work |= term->decrees_run;
    if (result->is_still)
        return (struct term_rest){
            TERM_STILL, term->unit == TERM_WORKING_HOURS ? term->unit : rest.unit, result->left};
    if (term->unit == TERM_WORKING_HOURS)
        return rest_of_hours(&as_it_counts, result->due, now);
    if (now > result->due)
        return (struct term_rest){TERM_OVERDUE, TERM_DAYS, now - result->due};
    if (now == result->due)
        return (struct term_rest){TERM_LAST_DAY, rest.unit, 0};
    for (int64_t day = MAX(now, term->start) + 1; day <= result->due; day++)
        rest.count +=
            !is_in_pause(term, day) && (!is_working || calendar_is_working(&as_it_counts, day));
    return rest;
}
