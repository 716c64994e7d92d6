#include "check.h"

#include <string.h>
#include <unistd.h>

#include "core/log.h"
#include "core/time.h"

/* What is logged while standard error is a pipe. */
static struct str capture(void (*log)(void))
{
    int ends[2];
    int saved = dup(STDERR_FILENO);
    char *text = arena_alloc(check_arena(), 60000);

    CHECK(saved >= 0 && pipe(ends) == 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    log();
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t len = read(ends[0], text, 60000);
    close(ends[0]);
    return (struct str){text, (size_t)MAX(len, 0)};
}

/* The line behind its time, which must be one. */
static struct str behind_time(struct str line)
{
    struct str time = str_slice(line, 3, 24);
    int64_t at;

    CHECK(str_starts(line, STR("at=")));
    CHECK(time_parse_moment(time, &at));
    return str_slice(line, 27, line.len);
}

static void log_plain(void)
{
    LOG(LOG_INFO, "server.started", {"port", STR("8080")}, {"path", STR("/data/город")});
}

static void log_strange(void)
{
    LOG(LOG_ERROR, "x", {"a", STR("")}, {"b", STR("two words\n\"q\" = \\")},
        {"c", STR("\xff\x01")});
}

static void log_debug(void)
{
    LOG(LOG_DEBUG, "x", {"a", STR("1")});
}

static void log_long(void)
{
    static char text[5000];

    memset(text, 'x', sizeof text);
    memcpy(text + 999, "ж", 2);
    LOG(LOG_WARN, "x", {"a", {text, sizeof text}});
}

static void event_is_one_line_of_words(void)
{
    CHECK_STR(behind_time(capture(log_plain)),
              STR(" level=info event=server.started port=8080 path=/data/город\n"));
}

static void strange_values_are_quoted_and_stay_on_the_line(void)
{
    CHECK_STR(
        behind_time(capture(log_strange)),
        STR(" level=error event=x a=\"\" b=\"two words\\x0a\\\"q\\\" = \\\\\" c=\"\\xff\\x01\"\n"));
}

static void lower_levels_are_silent_until_asked_for(void)
{
    CHECK_INT((int64_t)capture(log_debug).len, 0);
    log_set_level(LOG_DEBUG);
    CHECK_STR(behind_time(capture(log_debug)), STR(" level=debug event=x a=1\n"));
    log_set_level(LOG_ERROR);
    CHECK_INT((int64_t)capture(log_plain).len, 0);
    log_set_level(LOG_INFO);
}

static void long_values_are_cut_at_a_letter(void)
{
    struct str line = behind_time(capture(log_long));

    CHECK_INT((int64_t)line.len, (int64_t)strlen(" level=warn event=x a=\n") + 999);
    CHECK(str_ends(line, STR("xxx\n")));
}

static void as_json_each_line_is_an_object(void)
{
    struct str line;

    log_set_json(true);
    line = capture(log_strange);
    log_set_json(false);
    CHECK(str_starts(line, STR("{\"at\":\"20")));
    CHECK(str_ends(line, STR("Z\",\"level\":\"error\",\"event\":\"x\",\"a\":\"\",\"b\":\"two "
                             "words\\n\\\"q\\\" = \\\\\",\"c\":\"\\\\xff\\\\x01\"}\n")));
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(event_is_one_line_of_words),
        CHECK_TEST(strange_values_are_quoted_and_stay_on_the_line),
        CHECK_TEST(lower_levels_are_silent_until_asked_for),
        CHECK_TEST(long_values_are_cut_at_a_letter),
        CHECK_TEST(as_json_each_line_is_an_object),
    };

    return check_run(TESTS, ARRAY_LEN(TESTS));
}
