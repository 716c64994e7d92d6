/* What pages and the API have in common when they read a register by subscription. */
#pragma once

#include "registry/subscription.h"
#include "web/route.h"

struct subscribed {
    struct subscription subscription;
    const struct register_type *own; /* the same register in our own packs: rights and titles */
    unsigned classes;
};

/* The register of parts[0]; closed by subscribed_close. */
MUST_CHECK bool subscribed_open(struct request *request, struct subscribed *subscribed,
                                struct err *err);
void subscribed_close(struct subscribed *subscribed);
struct subscription_by subscribed_by(const struct request *request);
/* Reads q, sort, limit, cursor and filters of the query. */
MUST_CHECK bool subscribed_ask(struct request *request, const struct subscribed *subscribed,
                               int limit, struct record_ask *ask, struct err *err);
