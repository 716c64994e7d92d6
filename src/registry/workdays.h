/*
 * The production calendar of a municipality, put together: the calendar its setting `calendar`
 * names and those that one builds on, each as packs bring it (calendar_file.h), over it what one
 * above publishes of its register of days (x-uprava.means calendar_day) when that is subscribed to,
 * and over that what the own register says.  The nearer calendar counts, and of one calendar the
 * later of these.  The setting `working_hours` says the hours.
 *
 * Nothing is kept between calls: it is one range of an index that most municipalities have
 * nothing in.  The transaction is one that reads; where there is a subscription it may not be
 * a quick one (tx_may_wait).  Decision 0038.
 */
#pragma once

#include "core/term.h"
#include "registry/registry.h"

#define WORKDAYS_DEFAULT STR("ru")

enum {
    WORKDAYS_OWN_MAX = 5000, /* days of the register in one range */
};

struct workdays_ask {
    int64_t from_on, to_on;       /* days of the register; those of packs are all there */
    enum model_language language; /* of titles; those of the register are in one */
};

/* The calendar lives in the registry's arena.  ERR_UNAVAILABLE while an upgrade rebuilds days. */
MUST_CHECK bool workdays_load(const struct registry *registry, const struct workdays_ask *ask,
                              struct calendar *calendar, struct err *err);
/* The days that term_compute and term_rest_at of that day look at, too: of several terms, so that
 * they are asked for once. */
void workdays_ask_add(struct workdays_ask *ask, const struct term *term, int64_t today);
/* Those of one term alone. */
MUST_CHECK bool workdays_load_for(const struct registry *registry, const struct term *term,
                                  int64_t today, enum model_language language,
                                  struct calendar *calendar, struct err *err);

/* "ru-bu": the setting. */
struct str workdays_name(const struct catalog *catalog);
/* Calendars one can choose: of packs, and others that a register, own or above, has days of. */
MUST_CHECK bool workdays_names(const struct registry *registry, struct str **names, size_t *count,
                               struct err *err);
/* What a register of days lacks to be one, a sentence; NULL: nothing. */
const char *workdays_lack(const struct register_type *type);
