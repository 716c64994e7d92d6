/*
 * A flow played through without a municipality: for people who draw processes, for tests, and
 * for conformance models.  What happens comes from a script of JSON lines; without one everything
 * is done at once, in the order it was asked for, and the clock jumps to the next timer.
 *
 *     {"element": "task_1", "data": {"approved": true}}   done; the event happens
 *     {"element": "task_1", "error": "E1"}                ended with an error
 *     {"element": "task_1", "escalation": "late"}         escalates and goes on
 *     {"element": "task_1", "broken": "no answer"}        cannot be done
 *     {"message": "paid", "key": "17", "data": {}}
 *     {"signal": "storm", "data": {}}
 *     {"clock": "P3D"}, {"clock": "2026-03-02T09:00:00Z"} later, or at that moment
 *     {"values": {"amount": 5}}                           somebody changes values
 *     {"retry": true}, {"cancel": true}
 *     {"auto": true}                                      from here on as without a script
 */
#pragma once

#include "workflow/flow.h"

struct dmn_library;

struct flow_play {
    struct flow *flow;
    struct arena *arena;
    int process;
    int start; /* -1: the usual */
    const struct json *data;
    struct str script; /* empty: none */
    int64_t now;
    const struct dmn_library *decisions; /* of business rule tasks; NULL: they are waited for */
    struct buf *trace;                   /* a line for each thing that is done; NULL: not wanted */
};

/* Plays to the end of the script, or until nothing more can happen. */
MUST_CHECK bool flow_play(struct flow_play *play, struct err *err);
