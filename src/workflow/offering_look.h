/*
 * Whether a record gives cause to offer a service, and what the registers then know of the
 * application: the card's member "offer" (service/service_offer.h) over one record, the card of
 * the person and what refers to it.  Reads with nobody's bounds: what comes of it is shown to that
 * person only.
 */
#pragma once

#include "registry/registry.h"
#include "service/service_offer.h"

struct offering_look {
    const struct service *service;
    struct service_offer_plan plan;
    int64_t no; /* of the register whose records give cause */
};

enum {
    OFFERING_LOOK_LINKED_MAX = 100, /* records that refer to the person, of each list */
};

/* ERR_INPUT: the card does not fit the registers that are installed. */
MUST_CHECK bool offering_look_open(const struct catalog *catalog, struct arena *arena,
                                   const struct service *service, struct offering_look *look,
                                   struct err *err);

struct offering_look_found {
    int64_t person;    /* 0: the record is gone, or leads to nobody */
    bool holds;        /* it is to be offered */
    struct json *fill; /* fields of the application, where it holds */
};
MUST_CHECK bool offering_look_at(const struct registry *registry, const struct offering_look *look,
                                 int64_t cause, struct offering_look_found *found, struct err *err);
