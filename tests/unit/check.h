/*
 * The unit tests' own words over cmocka.  A test is a function without arguments whose
 * name is a sentence:
 *
 *     static void empty_text_has_no_parts(void) { CHECK(str_cut(&rest, ',').len == 0); }
 *     static const struct check_test TESTS[] = {CHECK_TEST(empty_text_has_no_parts)};
 *     int main(void) { return check_run(TESTS, ARRAY_LEN(TESTS)); }
 */
#pragma once

#include "core/arena.h"
#include "core/err.h"
#include "core/str.h"

/* Fails the test, naming the expression. */
#define CHECK(what) check_true((what), #what, __FILE__, __LINE__)
/* Shows both texts when they differ. */
#define CHECK_STR(got, want) check_str((got), (want), __FILE__, __LINE__)
#define CHECK_INT(got, want) check_int((got), (want), __FILE__, __LINE__)
/* For calls that take err: shows the text of the error. */
#define CHECK_OK(what, err) check_ok((what), (err), #what, __FILE__, __LINE__)

struct check_test {
    const char *name;
    void (*run)(void);
};

void check_true(bool is_true, const char *what, const char *file, int line);
void check_str(struct str got, struct str want, const char *file, int line);
void check_int(int64_t got, int64_t want, const char *file, int line);
void check_ok(bool ok, const struct err *err, const char *what, const char *file, int line);
/* Ends the test as skipped, saying what is absent. Only for data that cannot be shipped. */
#define CHECK_SKIP(why) check_skip((why), __FILE__, __LINE__)

void check_skip(const char *why, const char *file, int line);
/* Prints TAP; returns the exit status. */
int check_run(const struct check_test *tests, size_t count);
/* An arena that lives until the present test ends. */
struct arena *check_arena(void);
/* A new empty folder that is removed when the present test ends. */
struct str check_folder(void);

#define CHECK_TEST(name)                                                                           \
    {                                                                                              \
#name, name                                                                                \
    }
