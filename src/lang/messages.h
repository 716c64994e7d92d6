/*
 * Translations: gettext .po files, read at start.  Immutable once loaded.
 * Plural rules of ru, ky and en are built in (CLDR); a .po's own header is not run.
 *
 * UTF-8 only.  Fuzzy, empty and obsolete entries are skipped, as gettext does; msgctxt is
 * refused, because templates have no way to name one.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    MESSAGES_FORMS = 3, /* plural forms of a language at most */
};

struct messages;

/* language: "ru", "ky", "en". */
struct messages *messages_new(struct arena *arena, struct str language);
/*
 * Adds the entries of a .po file, which is borrowed; later files do not replace earlier
 * entries.  err names the line.
 */
MUST_CHECK bool messages_add_po(struct messages *messages, struct str po, struct err *err);
/* "en" when messages is NULL. */
struct str messages_language(const struct messages *messages);
/* The translation, or id itself when there is none; messages may be NULL. */
struct str messages_get(const struct messages *messages, struct str id);
bool messages_has(const struct messages *messages, struct str id);
/* The right plural form for count; %d in it is not replaced. */
struct str messages_plural(const struct messages *messages, struct str id, struct str plural,
                           int64_t count);
/* With %d replaced by count, grouped as the language does. */
void messages_print_plural(struct buf *buf, const struct messages *messages, struct str id,
                           struct str plural, int64_t count);
/* Which form of a language: 0, 1 or 2 (ru: 1 запись, 2 записи, 5 записей). */
int messages_plural_form(struct str language, int64_t count);
/* id after id, for checks of completeness. */
void messages_each(const struct messages *messages,
                   void (*found)(void *data, struct str id, struct str text), void *data);
