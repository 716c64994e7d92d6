/*
 * The one way to fail.
 *
 * A function that can fail returns bool, is MUST_CHECK, and takes struct err *err
 * last.  True: *err untouched, outputs set.  False: *err filled, outputs untouched.
 * The text is a sentence for the person who can act on it.
 */
#pragma once

#include "core/core.h"

enum err_code {
    ERR_NONE,
    ERR_INPUT,       /* what we were given is wrong; the text says what to change */
    ERR_DENIED,      /* the actor may not do this */
    ERR_ABSENT,      /* there is no such thing */
    ERR_CONFLICT,    /* someone else changed it first */
    ERR_LIMIT,       /* too large, too many, too often */
    ERR_UNAVAILABLE, /* another system did not answer; trying again may help */
    ERR_BROKEN,      /* our fault or the machine's; the operator must look */
};

enum {
    ERR_TEXT_MAX = 500,
};

struct err {
    enum err_code code;
    char text[ERR_TEXT_MAX]; /* UTF-8, NUL-terminated, cut at a character */
};

/* Fills *err and returns false, so that failing is one line. */
bool err_set(struct err *err, enum err_code code, const char *format, ...) PRINTF(3);

/* Puts "where: " before the text and returns false. */
bool err_while(struct err *err, const char *format, ...) PRINTF(2);

/*
 * Both always return false, which compilers and clang-tidy cannot see from here: they would
 * warn that a failed function's outputs are used unset.
 */
static inline bool err_false(bool returned)
{
    (void)returned;
    return false;
}

#define err_set(...)   err_false(err_set(__VA_ARGS__))
#define err_while(...) err_false(err_while(__VA_ARGS__))

/* "input", "denied", ...: the word for logs and problem documents. */
const char *err_name(enum err_code code);
