/* One record: its card, its history, its place on the map, and its end. */
#pragma once

#include "registry/attachment.h"
#include "registry/history.h"
#include "web/display.h"
#include "web/route.h"

bool page_card(struct request *request, struct err *err);
bool page_history(struct request *request, struct err *err);
/* GeoJSON of its place, for the map's script. */
bool page_place(struct request *request, struct err *err);
bool page_delete(struct request *request, struct err *err);
bool page_delete_post(struct request *request, struct err *err);

/* page_desk.c: whose account this person's is, said at the desk */
bool page_desk(struct request *request, struct err *err);
bool page_desk_tie(struct request *request, struct err *err);
bool page_desk_untie(struct request *request, struct err *err);

/* The record of parts 0 and 1 as valid_on and known_at of the query say. */
struct page_card_found {
    const struct register_type *type;
    unsigned classes;
    struct tx *tx;
    int64_t id;
    struct record record;
    struct json *value; /* its data */
};
/* Whether they may do this with the record that was found, and which classes of fields. */
bool page_card_may(const struct request *request, const struct page_card_found *found,
                   enum policy_action action, unsigned *classes);
MUST_CHECK bool page_card_find(struct request *request, enum policy_action action,
                               struct page_card_found *found, struct err *err);
/* Title and way back for a page about this record. */
void page_card_head(struct request *request, struct json *view, const struct page_card_found *found,
                    struct str title, bool is_below);
/* view.links, has_links: the registers whose records refer to that one of ours or from above. */
MUST_CHECK bool page_card_links(struct display *display, struct json *view,
                                const struct register_type *of, int64_t record, struct err *err);
/* What happened to a record, each newest first. */
struct page_card_past {
    struct history_version *versions;
    size_t version_count;
    struct attachment_past files; /* none for who may not see files */
    size_t events_max;            /* of both together */
};

/* Reads what happened to its files in the times of past->files. */
MUST_CHECK bool page_card_past_files(struct request *request, const struct page_card_found *found,
                                     struct page_card_past *past, struct err *err);
/* Both in the order of time, as events of component/timeline. */
MUST_CHECK bool page_card_events(struct display *display, struct json *view,
                                 const struct page_card_past *past, struct err *err);
