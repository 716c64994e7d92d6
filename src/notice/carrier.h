/*
 * Carries notices of one municipality out of the house: to its mail server, to its SMS gateway.
 * It waits for them: jobs and commands only, one thread.  Connections last as long as it does.
 */
#pragma once

#include "net/client.h"
#include "net/smtp.h"
#include "notice/delivery.h"
#include "notice/outbox.h"

struct carrier {
    const struct delivery_mail *mail; /* NULL: nothing goes out this way */
    const struct delivery_sms *sms;
    struct str site;        /* where people reach the municipality's pages; may be empty */
    struct str title;       /* the municipality's */
    struct str sender_name; /* in front of the address; empty: the title */
    struct str reply_to;
    int64_t tenant; /* makes message ids those of no other municipality */
    int total_ms;   /* for one; 0: as long as it may take at most */
    struct smtp smtp;
    struct client client;
};

struct carrier_end {
    enum outbox_outcome outcome;
    bool is_away;      /* nothing else gets through just now */
    struct str reason; /* no address, no text */
};

/* For CLEANUP; accepts {0}. */
void carrier_close(struct carrier *carrier);
/* Whether that way leads anywhere. */
bool carrier_has(const struct carrier *carrier, enum contact_way way);
/* With its address. */
void carrier_send(struct carrier *carrier, struct arena *arena, const struct outbox_row *row,
                  int64_t now, struct carrier_end *end);
/* The request's body, or its address, with {{phone}}, {{text}} and {{id}} put in as type wants. */
void carrier_fill(struct buf *buf, struct str template, struct str type,
                  const struct outbox_row *row);
