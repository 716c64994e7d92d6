#include "check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static char folder[256];

void check_true(bool is_true, const char *what, const char *file, int line)
{
    if (!is_true) {
        print_error("%s:%d: not true: %s\n", file, line, what);
        _fail(file, line);
    }
}

void check_str(struct str got, struct str want, const char *file, int line)
{
    if (!str_equal(got, want)) {
        print_error("%s:%d:\n  got  \"%.*s\"\n  want \"%.*s\"\n", file, line, STR_ARG(got),
                    STR_ARG(want));
        _fail(file, line);
    }
}

void check_int(int64_t got, int64_t want, const char *file, int line)
{
    if (got != want) {
        print_error("%s:%d: got %lld, want %lld\n", file, line, (long long)got, (long long)want);
        _fail(file, line);
    }
}

void check_ok(bool ok, const struct err *err, const char *what, const char *file, int line)
{
    if (!ok) {
        print_error("%s:%d: %s failed: %s: %s\n", file, line, what, err_name(err->code), err->text);
        _fail(file, line);
    }
}

void check_skip(const char *why, const char *file, int line)
{
    print_message("# skipped: %s\n", why);
    _skip(file, line);
}

struct arena *check_arena(void)
{
    if (arena == NULL)
        arena = arena_open(0);
    return arena;
}

struct str check_folder(void)
{
    if (folder[0] == '\0') {
        const char *above = getenv("TMPDIR");

        snprintf(folder, sizeof folder, "%s/uprava-unit-XXXXXX", above != NULL ? above : "/tmp");
        if (mkdtemp(folder) == NULL)
            fail_msg("no temporary folder");
    }
    return str_from_z(folder);
}

static void run_one(void **state)
{
    const struct check_test *test = *state;

    test->run();
}

static int tidy(void **state)
{
    (void)state;
    arena_close(&arena);
    if (folder[0] != '\0') {
        char command[sizeof folder + 16];

        snprintf(command, sizeof command, "rm -rf '%s'", folder);
        folder[0] = '\0';
        return system(command) == 0 ? 0 : -1;
    }
    return 0;
}

int check_run(const struct check_test *tests, size_t count)
{
    struct CMUnitTest *list = calloc(count, sizeof *list);

    for (size_t i = 0; i < count; i++)
        list[i] = (struct CMUnitTest){tests[i].name, run_one, NULL, tidy, (void *)&tests[i]};
    cmocka_set_message_output(CM_OUTPUT_TAP);
    int failed = _cmocka_run_group_tests("tests", list, count, NULL, NULL);
    free(list);
    return failed == 0 ? 0 : 1;
}
