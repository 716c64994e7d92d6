/* From texts and parts to values, and to strings. */
#include "core/arena.h"
#include "lang/feel_arg.h"
#include "lang/feel_builtin.h"
#include "lang/feel_time.h"
#include "lang/feel_zone.h"

enum {
    OFFSET_MAX = 18 * 3600,
};

static const struct feel_value *moment_value(struct feel_run *run, enum feel_kind kind,
                                             struct feel_moment moment)
{
    return feel_value_moment(run->arena, kind, moment);
}

static const struct feel_value *no_text(struct feel_run *run, const char *what, struct str text)
{
    return feel_run_null(run, "\"%.*s\" is no %s", STR_ARG(str_slice(text, 0, 60)), what);
}

static const struct feel_value *no_value(struct feel_run *run, const char *what,
                                         const struct feel_value *value)
{
    return feel_run_null(run, "%s makes no %s", feel_value_word(value->kind), what);
}

static const struct feel_value *fn_date(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *from = feel_arg_single(arguments[0]);
    struct feel_moment moment = {0};

    (void)count;
    if (from->kind == FEEL_DATE || from->kind == FEEL_DATE_TIME) {
        moment.day = from->moment.day;
        return moment_value(run, FEEL_DATE, moment);
    }
    if (from->kind != FEEL_STRING)
        return no_value(run, "date", from);
    if (!feel_time_parse_date(from->text, &moment))
        return no_text(run, "date", from->text);
    return moment_value(run, FEEL_DATE, moment);
}

static bool read_date(struct feel_run *run, const struct feel_value *const *arguments,
                      struct feel_moment *moment)
{
    int64_t year, month, day;

    if (!feel_arg_int(run, arguments[0], &year) || !feel_arg_int(run, arguments[1], &month) ||
        !feel_arg_int(run, arguments[2], &day))
        return false;
    if (feel_time_day(year, month, day, &moment->day))
        return true;
    (void)feel_run_null(run, "there is no such day");
    return false;
}

static const struct feel_value *
fn_date_parts(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    struct feel_moment moment = {0};

    (void)count;
    return read_date(run, arguments, &moment) ? moment_value(run, FEEL_DATE, moment) : &feel_null;
}

static const struct feel_value *fn_time(struct feel_run *run,
                                        const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *from = feel_arg_single(arguments[0]);
    struct feel_moment moment = from->moment;

    (void)count;
    if (from->kind == FEEL_TIME || from->kind == FEEL_DATE_TIME) {
        moment.day = 0;
        return moment_value(run, FEEL_TIME, moment);
    }
    if (from->kind == FEEL_DATE)
        return moment_value(run, FEEL_TIME, (struct feel_moment){.zone.kind = FEEL_ZONE_OFFSET});
    if (from->kind != FEEL_STRING)
        return no_value(run, "time", from);
    if (!feel_time_parse_time(run, from->text, &moment))
        return no_text(run, "time", from->text);
    return moment_value(run, FEEL_TIME, moment);
}

/* Hour, minute and second, which may have a fraction. */
static bool read_time(struct feel_run *run, const struct feel_value *const *arguments,
                      struct feel_moment *moment)
{
    struct feel_number seconds;
    struct feel_span span;
    int64_t hour, minute;

    if (!feel_arg_int(run, arguments[0], &hour) || !feel_arg_int(run, arguments[1], &minute) ||
        !feel_arg_number(run, arguments[2], &seconds))
        return false;
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
        !feel_time_span_from_number(seconds, &span) || span.seconds < 0 || span.seconds > 59) {
        (void)feel_run_null(run, "there is no such time");
        return false;
    }
    moment->second = (int32_t)(hour * 3600 + minute * 60 + span.seconds);
    moment->nano = span.nanos;
    return true;
}

/* A duration, the name of a zone, or null. */
static bool read_zone(struct feel_run *run, const struct feel_value *value,
                      struct feel_moment *moment)
{
    value = feel_arg_single(value);
    if (value->kind == FEEL_NULL)
        return true;
    if (value->kind == FEEL_STRING && feel_zone_find(run->zones, value->text)) {
        moment->zone = (struct feel_zone){.kind = FEEL_ZONE_NAMED, .name = value->text};
        return feel_zone_offset_local(run->zones, value->text, feel_time_seconds(moment),
                                      &moment->zone.offset);
    }
    if (value->kind == FEEL_SECONDS && value->span.seconds >= -OFFSET_MAX &&
        value->span.seconds <= OFFSET_MAX) {
        moment->zone.kind = FEEL_ZONE_OFFSET;
        moment->zone.offset = (int32_t)value->span.seconds;
        return true;
    }
    (void)feel_run_null(run, "an offset is a duration of at most 18 hours");
    return false;
}

static const struct feel_value *
fn_time_parts(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    struct feel_moment moment = {0};

    if (!read_time(run, arguments, &moment) ||
        (count > 3 && !read_zone(run, arguments[3], &moment)))
        return &feel_null;
    return moment_value(run, FEEL_TIME, moment);
}

static const struct feel_value *
fn_date_time(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *from = feel_arg_single(arguments[0]);
    struct feel_moment moment;

    (void)count;
    if (from->kind == FEEL_DATE_TIME)
        return from;
    if (from->kind == FEEL_DATE) {
        moment = from->moment;
        moment.zone.kind = FEEL_ZONE_OFFSET;
        return moment_value(run, FEEL_DATE_TIME, moment);
    }
    if (from->kind != FEEL_STRING)
        return no_value(run, "date and time", from);
    if (!feel_time_parse_date_time(run, from->text, &moment))
        return no_text(run, "date and time", from->text);
    return moment_value(run, FEEL_DATE_TIME, moment);
}

/* The offset of a named zone on that day. */
static const struct feel_value *with_zone(struct feel_run *run, struct feel_moment moment)
{
    if (moment.zone.kind == FEEL_ZONE_NAMED &&
        !feel_zone_offset_local(run->zones, moment.zone.name,
                                moment.day * FEEL_TIME_DAY_SECONDS + moment.second,
                                &moment.zone.offset))
        return &feel_null;
    return moment_value(run, FEEL_DATE_TIME, moment);
}

/* The day of the first, the rest of the second. */
static const struct feel_value *
fn_date_and_time(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *date = feel_arg_single(arguments[0]);
    const struct feel_value *time = feel_arg_single(arguments[1]);
    struct feel_moment moment = time->moment;

    (void)count;
    if (date->kind == FEEL_STRING && time->kind == FEEL_STRING)
        return no_value(run, "date", date);
    if (date->kind != FEEL_DATE && date->kind != FEEL_DATE_TIME)
        return no_value(run, "date", date);
    if (time->kind != FEEL_TIME)
        return no_value(run, "time", time);
    moment.day = date->moment.day;
    return with_zone(run, moment);
}

static const struct feel_value *
fn_date_time_parts(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    struct feel_moment moment = {0};

    if (!read_date(run, arguments, &moment) || !read_time(run, arguments + 3, &moment) ||
        (count > 6 && !read_zone(run, arguments[6], &moment)))
        return &feel_null;
    return moment_value(run, FEEL_DATE_TIME, moment);
}

static const struct feel_value *fn_duration(struct feel_run *run,
                                            const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *from = feel_arg_single(arguments[0]), *value;

    (void)count;
    if (from->kind == FEEL_MONTHS || from->kind == FEEL_SECONDS)
        return from;
    if (from->kind != FEEL_STRING)
        return no_value(run, "duration", from);
    value = feel_time_parse_duration(run->arena, from->text);
    return value != NULL ? value : no_text(run, "duration", from->text);
}

static const struct feel_value *
fn_months_between(struct feel_run *run, const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *from = feel_arg_single(arguments[0]);
    const struct feel_value *to = feel_arg_single(arguments[1]);

    (void)count;
    if ((from->kind != FEEL_DATE && from->kind != FEEL_DATE_TIME) ||
        (to->kind != FEEL_DATE && to->kind != FEEL_DATE_TIME))
        return feel_run_null(run, "two dates are wanted here");
    return feel_value_months(run->arena, feel_time_months_between(&from->moment, &to->moment));
}

static const struct feel_value *fn_string(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    struct buf buf = {.arena = run->arena};

    (void)count;
    if (arguments[0]->kind == FEEL_NULL || arguments[0]->kind == FEEL_STRING)
        return arguments[0];
    feel_value_print_bare(&buf, arguments[0]);
    (void)feel_run_step(run, (int64_t)buf.len / 256);
    return feel_value_text(run->arena, buf_str(&buf));
}

/* A separator: one of those letters, or 0 for null. */
static bool read_separator(struct feel_run *run, const struct feel_value *value,
                           const char *letters, char *separator)
{
    *separator = '\0';
    if (value->kind == FEEL_NULL)
        return true;
    if (value->kind == FEEL_STRING && value->text.len == 1 &&
        strchr(letters, value->text.ptr[0]) != NULL) {
        *separator = value->text.ptr[0];
        return true;
    }
    (void)feel_run_null(run, "a separator is one of those the standard names");
    return false;
}

static const struct feel_value *number_from(struct feel_run *run, struct str text)
{
    struct feel_number number;

    if (text.len > 0 && text.ptr[0] != '+' && feel_number_parse(text, &number))
        return feel_value_number(run->arena, number);
    return no_text(run, "number", text);
}

static const struct feel_value *fn_number(struct feel_run *run,
                                          const struct feel_value *const *arguments, size_t count)
{
    const struct feel_value *from = feel_arg_single(arguments[0]);
    struct buf buf = {.arena = run->arena};
    char grouping, point;

    if (count == 1 && from->kind == FEEL_NUMBER)
        return from;
    if (from->kind != FEEL_STRING)
        return no_value(run, "number", from);
    if (count == 1)
        return number_from(run, from->text);
    if (!read_separator(run, arguments[1], " ,.", &grouping) ||
        !read_separator(run, count > 2 ? arguments[2] : &feel_null, ".,", &point))
        return &feel_null;
    if (grouping != '\0' && grouping == point)
        return feel_run_null(run, "both separators are the same");
    for (size_t i = 0; i < from->text.len; i++) {
        char c = from->text.ptr[i];
        if (c == '.' && c != grouping && c != point && point != '\0')
            return no_text(run, "number", from->text);
        if (c != grouping || grouping == '\0')
            buf_char(&buf, c == point && point != '\0' ? '.' : c);
    }
    return number_from(run, buf_str(&buf));
}

/* @"…": whichever of the five it is. */
static const struct feel_value *fn_at(struct feel_run *run,
                                      const struct feel_value *const *arguments, size_t count)
{
    struct str text = arguments[0]->text;
    struct feel_moment moment;
    const struct feel_value *duration = feel_time_parse_duration(run->arena, text);

    (void)count;
    if (duration != NULL)
        return duration;
    if (feel_time_parse_date(text, &moment))
        return moment_value(run, FEEL_DATE, moment);
    if (feel_time_parse_time(run, text, &moment))
        return moment_value(run, FEEL_TIME, moment);
    if (feel_time_parse_date_time(run, text, &moment))
        return moment_value(run, FEEL_DATE_TIME, moment);
    return no_text(run, "date, time or duration", text);
}

/* An end of a range as a text: a literal, or one of the functions that make moments of one. */
static bool is_literal(const struct feel_node *node)
{
    static const char *const MAKERS[] = {"@", "date", "time", "date and time", "duration"};

    if (node->kind == FEEL_NODE_NEGATE)
        return is_literal(node->items[0]);
    if (node->kind == FEEL_NODE_LITERAL)
        return true;
    if (node->kind != FEEL_NODE_CALL || node->count != 2 || node->items[0]->value == NULL ||
        node->items[0]->value->kind != FEEL_FUNCTION || node->items[1]->kind != FEEL_NODE_LITERAL)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(MAKERS); i++)
        if (str_equal(node->items[0]->value->function->name, str_from_z(MAKERS[i])))
            return true;
    return false;
}

/* NULL: the text is no end of a range. */
static const struct feel_value *end_of_range(struct feel_run *run, struct str text)
{
    struct feel_node *node;
    struct err ignored = {0};
    const struct feel_value *value;

    if (!feel_parse(feel_scope_new(run->arena, NULL), text, &node, &ignored) || !is_literal(node))
        return NULL;
    value = feel_eval(run, node, NULL);
    return value->kind == FEEL_NULL ? NULL : value;
}

/* Where the two points stand, outside of texts. */
static size_t find_points(struct str text)
{
    bool is_quoted = false;

    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] == '\\')
            i++;
        else if (text.ptr[i] == '"')
            is_quoted = !is_quoted;
        else if (!is_quoted && text.ptr[i] == '.' && text.ptr[i + 1] == '.')
            return i;
    }
    return text.len;
}

static const struct feel_value *fn_range(struct feel_run *run,
                                         const struct feel_value *const *arguments, size_t count)
{
    struct feel_range range = {0};
    struct str text, low, high;
    size_t points;
    int order;

    (void)count;
    if (!feel_arg_text(run, arguments[0], &text))
        return &feel_null;
    text = str_trim(text);
    points = find_points(text);
    if (text.len < 4 || points == text.len || strchr("[(]", text.ptr[0]) == NULL ||
        strchr("])[", text.ptr[text.len - 1]) == NULL)
        return no_text(run, "range", text);
    range.has_low = text.ptr[0] == '[';
    range.has_high = text.ptr[text.len - 1] == ']';
    low = str_trim(str_slice(text, 1, points - 1));
    high = str_trim(str_slice(text, points + 2, text.len - points - 3));
    range.low = low.len > 0 ? end_of_range(run, low) : NULL;
    range.high = high.len > 0 ? end_of_range(run, high) : NULL;
    if ((range.low == NULL && (low.len > 0 || range.has_low)) ||
        (range.high == NULL && (high.len > 0 || range.has_high)) ||
        (range.low == NULL && range.high == NULL) ||
        (range.low != NULL && range.high != NULL &&
         (!feel_value_compare(range.low, range.high, &order) || order > 0)))
        return no_text(run, "range", text);
    range.is_test = range.low == NULL || range.high == NULL;
    return feel_value_range(run->arena, range);
}

static const struct feel_builtin ROWS[] = {
    {"date", "from", false, fn_date},
    {"date", "year, month, day", false, fn_date_parts},
    {"time", "from", false, fn_time},
    {"time", "hour, minute, second, offset?", false, fn_time_parts},
    {"date and time", "from", false, fn_date_time},
    {"date and time", "date, time", false, fn_date_and_time},
    {"date and time", "year, month, day, hour, minute, second, offset?", false, fn_date_time_parts},
    {"date and time", "year, month, day, hour, minute, second, timezone", false,
     fn_date_time_parts},
    {"duration", "from", false, fn_duration},
    {"years and months duration", "from, to", false, fn_months_between},
    {"string", "from", false, fn_string},
    {"number", "from, grouping separator?, decimal separator?", false, fn_number},
    {"range", "from", false, fn_range},
    {"@", "text", false, fn_at},
};

const struct feel_builtin_table feel_builtin_conversions = {ROWS, ARRAY_LEN(ROWS)};
