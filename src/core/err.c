#include "core/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The functions behind the macros. */
#undef err_set
#undef err_while

/* snprintf cuts anywhere; half a letter would make the sentence invalid UTF-8. */
static void trim_broken_tail(char *text)
{
    size_t len = strlen(text);
    size_t start = len;

    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;

    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (len - (start - 1) < need)
        text[start - 1] = '\0';
}

bool err_set(struct err *err, enum err_code code, const char *format, ...)
{
    va_list args;

    err->code = code;
    va_start(args, format);
    vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    trim_broken_tail(err->text);
    return false;
}

bool err_while(struct err *err, const char *format, ...)
{
    char old[ERR_TEXT_MAX];
    va_list args;

    memcpy(old, err->text, sizeof old);
    va_start(args, format);
    int used = vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    for (size_t at = (size_t)MAX(used, 0), i = 0; at + 1 < sizeof err->text; at++, i++) {
        err->text[at] = i == 0 ? ':' : i == 1 ? ' ' : old[i - 2];
        if (err->text[at] == '\0')
            break;
        err->text[at + 1] = '\0';
    }
    trim_broken_tail(err->text);
    return false;
}

const char *err_name(enum err_code code)
{
    static const char *const NAMES[] = {"none",     "input", "denied",      "absent",
                                        "conflict", "limit", "unavailable", "broken"};

    return NAMES[code];
}
