/*
 * A case (дело): an application for a service on its way.  A row beside the record of the
 * application, of the same number, so whatever is known of the record (fields, files, history) is
 * known of the case; the flow that runs its regulation is about that record, too.
 *
 * The row is written in the write of the step that changes it.  Times are ms since 1970, days are
 * days since 1970.
 */
#pragma once

#include "core/json.h"
#include "core/term.h"
#include "service/service.h"
#include "store/store.h"

enum service_case_state {
    SERVICE_CASE_OPEN,
    SERVICE_CASE_GRANTED,
    SERVICE_CASE_REFUSED, /* on a ground of the service's card */
    SERVICE_CASE_WITHDRAWN,
    SERVICE_CASE_CLOSED, /* its process ended without saying how */
};

enum {
    SERVICE_CASE_NEAR = 1, /* before it */
    SERVICE_CASE_LATE = 2, /* on the day after it */
};

#define SERVICE_CASE_NO_TERM INT64_MAX /* it has none, or it stands still */

struct service_case {
    int64_t id;         /* of the record, too */
    int64_t no;         /* of its register */
    struct str service; /* "greenery.felling" */
    struct str number;  /* "2026-17" */
    int64_t flow;
    enum service_way way;
    int64_t applicant; /* whose account ordered it; 0: nobody's */
    int64_t person;    /* whose card it is about; 0: not known */
    int64_t clerk;     /* who took it in at the desk; 0: nobody */
    enum service_case_state state;
    struct str ground; /* id, of one that is refused */
    int64_t registered_at;
    int64_t closed_at; /* 0: it is open */
    int64_t due_on;    /* the last day, or SERVICE_CASE_NO_TERM */
    struct term term;  /* what the card said at its registration; count 0: none */
    int64_t last_event;
    int rating;    /* 1 to 5; 0: not rated */
    unsigned told; /* SERVICE_CASE_NEAR | SERVICE_CASE_LATE: staff was reminded of its last day */
    int64_t opened_on, closed_on; /* the days of both, where the municipality is */
    struct str step;              /* the element that holds it; "!" before it: it is stuck there */
    int64_t step_on;              /* since when */
    bool has_visit;               /* whoever applied was asked to come */
};

struct str service_case_state_text(enum service_case_state state);
/* Whether the last pause lasts. */
bool service_case_stands(const struct service_case *one);

/* ERR_ABSENT: that record is no case. */
MUST_CHECK bool service_case_get(struct tx *tx, struct arena *arena, int64_t id,
                                 struct service_case *one, struct err *err);
/* In a write. Sets number, of a series for each year. */
MUST_CHECK bool service_case_open(struct tx *tx, struct arena *arena, int year,
                                  struct service_case *one, struct err *err);
/* Pauses its term from that day, for a reason; or lets it run again. Nothing where it does so. */
void service_case_pause(struct arena *arena, struct service_case *one, int64_t day,
                        struct str reason);
void service_case_resume(struct arena *arena, struct service_case *one, int64_t day);
/* In a write: all that a step changes: state, ground, closed_at, closed_on, due_on, pauses of the
 * term, step, step_on, has_visit, last_event. */
MUST_CHECK bool service_case_change(struct tx *tx, struct arena *arena,
                                    const struct service_case *one, struct err *err);
/* In a write: staff is told, of an open one whose last day is still that. *is_first: nobody was
 * before. bit: SERVICE_CASE_NEAR, SERVICE_CASE_LATE. */
MUST_CHECK bool service_case_tell(struct tx *tx, const struct service_case *one, unsigned bit,
                                  bool *is_first, struct err *err);
/* In a write; once, of one that was decided or closed. */
MUST_CHECK bool service_case_rate(struct tx *tx, struct arena *arena, int64_t id, int rating,
                                  struct err *err);
/* In a write, for a legal erasure of a record: what people wrote about the case of that number, and
 * whose it was; that card of any other. */
MUST_CHECK bool service_case_erase(struct tx *tx, int64_t id, struct err *err);

/* Those of a list, by their terms or, of an applicant, the latest first. */
struct service_case_ask {
    int64_t applicant; /* theirs; 0: anybody's in that state */
    enum service_case_state state;
    struct str service, step;    /* of anybody's only those; empty: any */
    int64_t until_due;           /* likewise, due on that day at the latest; 0: any */
    int64_t after_due, after_id; /* behind that one; 0: from the first */
    int limit;
};
struct service_case_page {
    struct service_case *items;
    size_t count;
    bool has_more;
};
MUST_CHECK bool service_case_list(struct tx *tx, struct arena *arena,
                                  const struct service_case_ask *ask,
                                  struct service_case_page *page, struct err *err);

/* All of them, one by one; the texts of one live until the callback returns. */
typedef bool service_case_take(void *data, const struct service_case *one, struct err *err);
MUST_CHECK bool service_case_each(struct tx *tx, service_case_take *, void *data, struct err *err);

/* What happened to it, in words that its people see. */
enum service_case_event_kind {
    SERVICE_CASE_REGISTERED,
    SERVICE_CASE_STAGE,  /* body: what the process says, a msgid of its pack */
    SERVICE_CASE_PAUSED, /* likewise */
    SERVICE_CASE_RESUMED,
    SERVICE_CASE_DECIDED,   /* body: granted, refused, withdrawn, closed */
    SERVICE_CASE_CHARGED,   /* body: charge.h */
    SERVICE_CASE_PAID,      /* likewise */
    SERVICE_CASE_UNPAID,    /* likewise, with a reason: by mistake */
    SERVICE_CASE_LEFT,      /* the applicant gave up what it had given (conduct_leave.h) */
    SERVICE_CASE_CONSENTED, /* body: consent.h */
    SERVICE_CASE_REVOKED,   /* the consent; body: of which version */
    SERVICE_CASE_WROTE,     /* body: what the applicant wrote */
    SERVICE_CASE_ANSWERED,  /* body: what the administration wrote */
    SERVICE_CASE_PUT,       /* before a commission; body: workflow/conduct_meeting.h, as the next */
    SERVICE_CASE_LISTED,    /* on the agenda of a meeting */
    SERVICE_CASE_JUDGED,    /* what that came to */
    SERVICE_CASE_HANDED, /* a task got to somebody else: struct service_case_handing; for staff */
};
struct service_case_handing {
    struct str element; /* of the task */
    int64_t from, to;   /* accounts; from 0: it was nobody's */
    struct str reason;
};
struct str service_case_print_handing(struct arena *arena, const struct service_case_handing *it);
struct service_case_handing service_case_read_handing(struct arena *arena, struct str body);
struct service_case_event {
    int64_t no, at, actor;
    enum service_case_event_kind kind;
    struct str body;
};
enum {
    SERVICE_CASE_EVENTS_MAX = 1000, /* behind so many people write no more; steps go on */
    SERVICE_CASE_TEXT_MAX = 4000,   /* bytes of what people write */
};
struct str service_case_kind_text(enum service_case_event_kind kind);
/* In a write: sets no, moves one->last_event on. */
MUST_CHECK bool service_case_add_event(struct tx *tx, struct service_case *one,
                                       struct service_case_event *event, struct err *err);
/* All of it, the first before. */
MUST_CHECK bool service_case_events(struct tx *tx, struct arena *arena, int64_t id,
                                    struct service_case_event **events, size_t *count,
                                    struct err *err);
