/* A case of a pack on its way: what its lines share. */
#pragma once

#include "cli/pack_case.h"
#include "core/vec.h"
#include "registry/change.h"
#include "workflow/conduct.h"

struct pack_case_named {
    struct str name, value;
    int64_t no, record; /* which record that is */
};

/* One case: its municipality, its clock, what its lines are about. */
struct pack_case_play {
    bool is_open; /* the pack is installed, with the first line that is more than a clock */
    struct pack_case_stand *stand;
    struct arena *arena;
    struct tenant *tenant;
    const struct catalog *catalog;
    int64_t now;
    int64_t flow;          /* the one begun last */
    int64_t offered_after; /* entries of the journal up to this one gave cause to offers */
    VEC(struct pack_case_named) names;
    int64_t actor;         /* the account of everybody in a case, */
    VEC(int64_t) accounts; /* and those of people it has named */
};

/* Named so from here on; of two of one name the later counts. */
void pack_case_play_name(struct pack_case_play *play, struct str name, int64_t no, int64_t record);
/* The line with what its ${names} stand for; ERR_INPUT: nothing has that name. */
MUST_CHECK bool pack_case_play_fill(struct pack_case_play *play, struct str line,
                                    struct str *filled, struct err *err);
/* The next word, and *rest behind the blanks. */
struct str pack_case_play_cut(struct str *rest);
/* What stands at the end of a line: an object, or nothing. */
MUST_CHECK bool pack_case_play_json(struct pack_case_play *play, struct str text,
                                    struct json **json, struct err *err);
/* All that is due now is done. */
MUST_CHECK bool pack_case_play_settle(struct pack_case_play *play, struct err *err);
struct conduct pack_case_play_conduct(const struct pack_case_play *play);

/* Everybody of the case gets their account: what is sent to who applies is sent to it. */
MUST_CHECK bool pack_case_message_open(struct pack_case_play *play, struct err *err);

/* Lines about records (pack_case_record.c), services (pack_case_service.c), meetings of commissions
 * (pack_case_meeting.c), and what people are sent (pack_case_message.c). */
typedef bool pack_case_play_line(struct pack_case_play *play, struct str rest, struct err *err);
pack_case_play_line pack_case_record_let, pack_case_record_make;
pack_case_play_line pack_case_meeting;
pack_case_play_line pack_case_message_account, pack_case_message_sent, pack_case_message_unsent;
pack_case_play_line pack_case_service_about, pack_case_service_apply, pack_case_service_case,
    pack_case_service_charge, pack_case_service_due, pack_case_service_offered,
    pack_case_service_paid, pack_case_service_told, pack_case_service_withdraw,
    pack_case_service_leave;
