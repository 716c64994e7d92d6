/*
 * Services of packs: what people order, as its card tells it (services/NAME.json,
 * docs/reference/packs.md; the vocabulary is that of CPSV-AP: what is given, to whom, on which
 * grounds of law, with which evidence, in which time, at which cost).  Immutable once read.
 *
 * An application is a record of the register that the service names; its form says in which steps
 * which fields are asked (service_form.h); its process is the regulation.
 */
#pragma once

#include "core/term.h"
#include "pack/pack.h"
#include "service/service_work.h"

struct service_form;
struct service_offer;

/* What the applicant brings. */
struct service_document {
    struct str title; /* texts are msgids of the pack */
    struct str help;
    bool is_required;
};

/* Why it may be refused: a refusal names one of these. */
struct service_ground {
    struct str id;
    struct str title;
    struct str law; /* article; may be empty */
};

struct service_law {
    struct str title;
    struct str href; /* may be empty */
};

/* What the applicant agrees to, and which wording it is. */
struct service_consent {
    struct str version; /* "2026-01"; empty: none is asked */
    struct str text;    /* msgid */
};

/* How the applicant gives up what the case left in the registers. */
struct service_leave {
    struct str process;           /* "housing_queue.quit"; empty: there is nothing of the kind */
    struct str title, text, done; /* the button, what follows, what the case says; empty: it is
                                     done when an open case is withdrawn, and only then */
};

/* How people come. */
enum service_way {
    SERVICE_PAGE = 1, /* the site */
    SERVICE_DESK = 2,
    SERVICE_PHONE = 4,
    SERVICE_PAPER = 8,
};

struct service {
    struct str name; /* "greenery.felling" */
    struct str title, summary;
    struct str who;    /* to whom */
    struct str result; /* what they get */
    struct str cost;
    struct str topic;   /* a heading of the catalogue; may be empty */
    struct str office;  /* who of the administration gives it; may be empty */
    struct str granted; /* how a case is called that ended well; may be empty */
    struct str order;   /* what the button that begins an application says; may be empty */
    enum term_unit unit;
    int64_t count; /* 0: no term */
    unsigned ways;
    struct service_document *documents;
    size_t document_count;
    struct service_ground *grounds;
    size_t ground_count;
    struct service_law *laws;
    size_t law_count;
    struct service_consent consent;
    struct service_leave leave;
    struct str register_id; /* "greenery.application" */
    struct str process;     /* "greenery.felling" */
    struct str form_path;   /* "forms/felling.json", in its pack */
    const struct service_form *form;
    struct service_work work;
    const struct service_offer *offer; /* NULL: people have to ask for it */
    const struct pack *pack;
};

enum {
    SERVICE_LIST_MAX = 50, /* documents, grounds, laws */
};

/* NULL with findings (they name file and line) when it cannot be used. */
struct service *service_read(struct arena *arena, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings);
/* The checker of a pack's services/. */
void service_check_file(const struct pack_set *set, const struct pack *pack,
                        const struct pack_file *file, struct pack_findings *findings);
/* NULL: it has none of that id. */
const struct service_ground *service_find_ground(const struct service *service, struct str id);
/* "page", "desk", "phone", "paper"; 0: none of them. */
enum service_way service_way_read(struct str text);
struct str service_way_text(enum service_way way);
/* "days", "working_days", "months", as cards and cases have it. False: none of them. */
bool service_unit_read(struct str text, enum term_unit *unit);
struct str service_unit_text(enum term_unit unit);
