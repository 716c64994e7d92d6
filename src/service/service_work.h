/*
 * How the work on the cases of a service is shared out, and who is reminded of their terms: the
 * members "assign" and "escalate" of its card.
 */
#pragma once

#include "core/json.h"
#include "pack/pack.h"

enum service_work_share {
    SERVICE_WORK_POOL,   /* whoever takes it */
    SERVICE_WORK_LOAD,   /* who has the least to do; of several of them one by lot */
    SERVICE_WORK_RANDOM, /* one by lot */
};

struct service_work {
    enum service_work_share share;
    struct str *tasks; /* ids of those user tasks of the process; none: of all */
    size_t task_count;
    int64_t remind_days;    /* working days before the last day; 0: nobody is reminded */
    struct str remind_role; /* who is told beside those who have the tasks; may be empty */
};

enum {
    SERVICE_WORK_TASKS_MAX = 50,
    SERVICE_WORK_DAYS_MAX = 60,
};

/* What the card says; findings name the member. */
struct service_work service_work_read(struct arena *arena, const struct json *card,
                                      const struct pack_file *file, struct pack_findings *findings,
                                      bool *has_failed);
/* A task of that id is somebody's as soon as it comes: nobody chooses it. */
bool service_work_assigns(const struct service_work *work, struct str element);
