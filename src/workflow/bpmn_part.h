/*
 * The parts of a model's nodes: what an event waits for or does, how often an activity is
 * run, with which data.  Texts and FEEL are as written; what is wrong in them is found by
 * bpmn_check.
 */
#pragma once

#include "core/str.h"

struct flow_feel;

enum bpmn_trigger {
    BPMN_MESSAGE,
    BPMN_TIMER,
    BPMN_SIGNAL,
    BPMN_ERROR,
    BPMN_ESCALATION,
    BPMN_CONDITION,
    BPMN_TERMINATE,
    BPMN_COMPENSATE,
    BPMN_CANCEL,
    BPMN_LINK,
};

enum bpmn_timer {
    BPMN_TIMER_NONE,
    BPMN_TIMER_DATE,
    BPMN_TIMER_DURATION,
    BPMN_TIMER_CYCLE,
};

struct bpmn_expression {
    struct str text; /* as written; empty: there is none */
    struct str language;
    const struct flow_feel *feel; /* NULL: none, or it does not parse */
    struct str fault;             /* why it does not parse */
    int line;
};

/* An event's definition: what it waits for, or what it does. */
struct bpmn_event {
    enum bpmn_trigger trigger;
    struct str name;             /* message, signal, link; code of error, escalation */
    bool has_name;               /* a reference was drawn; an error without one is any error */
    struct bpmn_expression when; /* timer, condition; FEEL unless it is an ISO 8601 timer */
    enum bpmn_timer timer;       /* which of the three */
    struct str days;             /* "working": a duration counts the days of the calendar */
    struct bpmn_expression key;  /* correlation of a message */
    struct str activity_id;      /* compensation of one activity */
    int activity;
    int line;
};

/* Several runs of one activity. */
struct bpmn_loop {
    bool is_multiple; /* multi-instance, else a standard loop */
    bool is_sequential;
    bool is_tested_before;
    int64_t most;                       /* loopMaximum; 0: none given */
    struct bpmn_expression condition;   /* of a loop: go on; of multi-instance: it is enough */
    struct bpmn_expression cardinality; /* how many */
    struct bpmn_expression collection;  /* one for each item */
    struct str item;                    /* the item's name in an instance */
    struct str output;                  /* the collection that is filled, */
    struct bpmn_expression output_item; /* with this of each instance */
    int line;
};

/* A value's way into an activity or out of it. */
struct bpmn_mapping {
    struct str to;
    struct str from;              /* a value copied; else */
    struct bpmn_expression value; /* computed */
};

/* What an activity does and with which data. */
struct bpmn_work {
    struct str operation; /* of a service task: "record.create" */
    struct str subject;   /* the register or process that is about: "housing.house" */
    struct str result;    /* the name its result gets; empty: each member of it becomes a value */
    struct str called;    /* process of a call activity, decision of a business rule task */
    struct str form, role, term; /* of a user task */
    struct str days;             /* of its term: as of a timer */
    struct str where;            /* of record.find and record.count: a filter in FEEL, */
    struct str sort, limit;      /* by which field, "-year" from the end; at most how many */
    struct str letter;           /* of document.make: the NAME of letters/NAME.odt */
    struct str message;          /* of message.send: the NAME of messages/NAME.mustache */
    struct str stage;            /* what the applicant of a case is told when it begins */
    struct str pause;            /* why the term of a case stands while it is waited for */
    bool is_visit;               /* whoever applied has to come for it */
    struct bpmn_expression script;
    struct str script_format;
    const struct bpmn_mapping *inputs; /* none: a call and a decision get all there is */
    size_t input_count;
    const struct bpmn_mapping *outputs;
    size_t output_count;
};
