/*
 * What a service is offered for before anybody asks: the member "offer" of its card.  A record of
 * one register gives cause, a reference in it says to whom; whether it does is FEEL over
 *
 *     the fields of the record    a reference is the record it leads to, with its id
 *     person                      the card of whom it would be offered to
 *     the names of linked         lists of the records that refer to that person
 *     cases                       their applications for the service: their state
 *
 * service_offer_read takes the card as it stands; service_offer_plan looks at the registers that
 * are installed.  What was offered to whom is in service_offered.h.
 */
#pragma once

#include "registry/register_type.h"

struct feel_node;
struct json;
struct service;

struct service_offer_link {
    struct str name;        /* "children" */
    struct str register_id; /* "plots.kin" */
    struct str field;       /* of it: refers to the person */
};

/* What the registers know of an application that nobody has filled in. */
struct service_offer_fill {
    struct str field;
    struct str text; /* FEEL */
};

struct service_offer {
    struct str register_id; /* whose records give cause */
    struct str person;      /* its field that refers to whom; empty: the record is their card */
    struct str when;        /* FEEL */
    struct str why;         /* msgid: what the person reads */
    struct str message;     /* of the pack: what they are told */
    struct service_offer_link *links;
    size_t link_count;
    struct service_offer_fill *fills;
    size_t fill_count;
};

enum {
    SERVICE_OFFER_LINKS_MAX = 10,
    SERVICE_OFFER_FILLS_MAX = 40,
};

/* NULL: it has none, or, with findings, one that cannot be used. json: the card. */
const struct service_offer *service_offer_read(struct arena *arena, const struct pack *pack,
                                               const struct pack_file *file,
                                               const struct json *json,
                                               struct pack_findings *findings);
/* Where registers are found: an installation, or the packs that are being checked. */
struct service_offer_types {
    const struct register_type *(*find)(void *data, struct str id); /* NULL: there is none */
    void *data;
};
/* An offer over registers. */
struct service_offer_plan {
    const struct register_type *type;
    const struct register_field *person; /* NULL: the record is the person's card */
    const struct register_type *persons;
    const struct register_type *link_types[SERVICE_OFFER_LINKS_MAX];
    const struct register_field *link_fields[SERVICE_OFFER_LINKS_MAX];
    const struct feel_node *when;
    const struct feel_node *fills[SERVICE_OFFER_FILLS_MAX];
    struct str wrong; /* when it fails: which member of the card, "/offer/when" */
};
/* ERR_INPUT: what is wrong, in a sentence for whoever wrote the card. */
MUST_CHECK bool service_offer_plan(struct arena *arena, const struct service *service,
                                   const struct service_offer_types *types,
                                   struct service_offer_plan *plan, struct err *err);
/* For the checker of services/. */
void service_offer_check(const struct pack_set *set, const struct pack_file *file,
                         const struct service *service, struct pack_findings *findings);
