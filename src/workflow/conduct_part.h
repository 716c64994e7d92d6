/* What the files of conduct share: not for anybody else. */
#pragma once

#include "core/vec.h"
#include "document/document.h"
#include "notice/notice.h"
#include "registry/attachment.h"
#include "registry/change.h"
#include "service/charge.h"
#include "service/meeting.h"
#include "workflow/conduct.h"
#include "workflow/flow_post.h"

struct conduct_change {
    struct change change;
    int wait;
};

struct conduct_file { /* a letter whose bytes are kept */
    struct attachment attachment;
    int wait;
    struct document document; /* that it is; id 0: it is no more than a file */
    bool has_pdf;
};

struct conduct_paper { /* a document that gets its number in this write; it is made in the next */
    struct document document;
    int wait;
};

struct conduct_due { /* a charge that gets its number in this write */
    struct charge charge;
    int wait;
    size_t event; /* of the case, that tells of it */
};

struct conduct_seen { /* a record that was read */
    int64_t no, id;
};

/* What a step means for the case that the flow is about (conduct_case.c). */
struct conduct_case {
    struct service_case one;
    VEC(struct service_case_event) events;
    int64_t remind_at; /* when staff is to be told of its last day; 0: nothing has changed */
    size_t noted;      /* marks of the flow that were looked at: they gather over its steps */
    bool has_changed;
    bool is_over; /* without what was applied for: what is not paid is not to be paid */
};

struct conduct_work {
    struct conduct_case *about; /* NULL: the flow is about no case */
    struct flow_store_diff *diff;
    VEC(struct conduct_change *) changes;
    VEC(struct conduct_file *) files;
    VEC(struct conduct_paper *) papers;
    VEC(struct conduct_due *) dues;
    VEC(struct meeting_question) questions;
    VEC(struct conduct_seen) seen;
    VEC(struct notice) notices;
    VEC(struct flow_post) posts;
    VEC(const struct flow_wait *) messages; /* newly waited for, with a key */
    int64_t due_at;                         /* of the earliest new timer; INT64_MAX: none */
    struct str element;                     /* that is answered */
    int64_t go;                             /* the post that makes the papers; 0: none */
};

/*
 * conduct_record.c: what a service task wants of a record.  *answer: how the wait is answered;
 * its wait is 0 when it has to be done after what is there now was written.
 */
MUST_CHECK bool conduct_record(struct tx *read, struct conduct *conduct,
                               const struct flow_wait *wait, struct flow_step *answer,
                               struct err *err);
/* A record of this write is named: what asks for it has to see it, so it comes in the next one. */
bool conduct_record_is_pending(const struct conduct *conduct, const struct json *value);
/* conduct_find.c: records that a filter finds, or how many; answer as above. */
MUST_CHECK bool conduct_find(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                             struct flow_step *answer, struct err *err);
/* conduct_document.c: a letter for a record; answer as above.  One with a number waits for it. */
MUST_CHECK bool conduct_document(struct tx *read, struct conduct *conduct,
                                 const struct flow_wait *wait, struct flow_step *answer,
                                 struct err *err);
/* conduct_clock.c: the municipality's time zone, and its calendar where the model counts by it. */
MUST_CHECK bool conduct_set_clock(struct tx *read, struct conduct *conduct, struct err *err);
/* conduct_message.c: somebody is told something; answer as above. */
MUST_CHECK bool conduct_message(struct tx *read, struct conduct *conduct,
                                const struct flow_wait *wait, struct flow_step *answer,
                                struct err *err);
/* In the write. */
MUST_CHECK bool conduct_message_put(struct tx *tx, struct conduct *conduct, struct err *err);
/* conduct_post.c: a post of this step; values as it carries them; all that the step leaves for
 * others and for later, into the work. */
struct flow_post conduct_post_new(const struct conduct *conduct, enum flow_post_kind kind);
struct str conduct_post_print(struct arena *arena, const struct json *value);
void conduct_post_gather(struct conduct *conduct);
/*
 * conduct_case.c.  Load: before the first step.  Decide: the operation case.decide.  Follow: after
 * the last one, what applicants are told, and how the term goes on.  Put: in the writer.
 */
MUST_CHECK bool conduct_case_load(struct tx *read, struct conduct *conduct, struct err *err);
/* Something happened to it; its place among the events. */
size_t conduct_case_tell(struct conduct *conduct, enum service_case_event_kind kind,
                         struct str body);
void conduct_case_decide(struct conduct *conduct, const struct flow_wait *wait,
                         struct flow_step *answer);
MUST_CHECK bool conduct_case_follow(struct tx *read, struct conduct *conduct, struct err *err);
MUST_CHECK bool conduct_case_open(struct tx *tx, struct conduct *conduct, struct err *err);
MUST_CHECK bool conduct_case_put(struct tx *tx, struct conduct *conduct, struct err *err);
/* What happened in one flow_step, for what applicants are told. */
void conduct_case_note(struct conduct *conduct);
/* conduct_assign.c: whose the new tasks of a case are. */
MUST_CHECK bool conduct_assign(struct tx *read, struct conduct *conduct, struct err *err);
/* conduct_charge.c: somebody is to pay; answer as above.  Put: in the write, before the case is
 * put; *wait: of the one that was refused. */
MUST_CHECK bool conduct_charge(struct tx *read, struct conduct *conduct,
                               const struct flow_wait *wait, struct flow_step *answer,
                               struct err *err);
MUST_CHECK bool conduct_charge_put(struct tx *tx, struct conduct *conduct, int *wait,
                                   struct err *err);
/* conduct_commission.c: a question for a commission; answer as above.  Put: in the write. */
void conduct_commission(struct conduct *conduct, const struct flow_wait *wait,
                        struct flow_step *answer);
MUST_CHECK bool conduct_commission_put(struct tx *tx, struct conduct *conduct, struct err *err);
/* conduct_journal.c: an entry for what a person did. */
MUST_CHECK bool conduct_journal(struct tx *tx, const struct conduct *conduct, struct err *err);
/* The wait cannot be answered: its token is stuck, and the text says why. */
void conduct_break(struct conduct *conduct, struct flow_step *answer, const char *format, ...)
    PRINTF(3);
