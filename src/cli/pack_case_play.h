/* A case of a pack on its way: what its lines share. */
#pragma once

#include "cli/pack_case.h"
#include "core/vec.h"
#include "registry/change.h"
#include "workflow/conduct.h"

enum {
    PACK_CASE_PLAY_ACTOR = 1, /* the account of everybody in a case */
};

struct pack_case_named {
    struct str name, value;
    int64_t no, record; /* of the record that let made */
};

/* One case: its municipality, its clock, what its lines are about. */
struct pack_case_play {
    bool is_open; /* the pack is installed, with the first line that is more than a clock */
    struct pack_case_stand *stand;
    struct arena *arena;
    struct tenant *tenant;
    const struct catalog *catalog;
    int64_t now;
    int64_t flow; /* the one begun last */
    VEC(struct pack_case_named) names;
};

/* The next word, and *rest behind the blanks. */
struct str pack_case_play_cut(struct str *rest);
/* What stands at the end of a line: an object, or nothing. */
MUST_CHECK bool pack_case_play_json(struct pack_case_play *play, struct str text,
                                    struct json **json, struct err *err);
/* All that is due now is done. */
MUST_CHECK bool pack_case_play_settle(struct pack_case_play *play, struct err *err);
struct conduct pack_case_play_conduct(const struct pack_case_play *play);

/* Lines about records (pack_case_record.c) and about services (pack_case_service.c). */
typedef bool pack_case_play_line(struct pack_case_play *play, struct str rest, struct err *err);
pack_case_play_line pack_case_record_let, pack_case_record_make;
pack_case_play_line pack_case_service_apply, pack_case_service_case, pack_case_service_due,
    pack_case_service_told;
