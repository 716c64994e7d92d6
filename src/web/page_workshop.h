/* The workshop: processes, decisions and forms of packs are changed as drafts (workshop.h). */
#pragma once

#include "web/view.h"
#include "web/workshop.h"

bool page_workshop(struct request *request, struct err *err);
bool page_workshop_one(struct request *request, struct err *err);
bool page_workshop_try(struct request *request, struct err *err);
bool page_workshop_live(struct request *request, struct err *err);
bool page_workshop_back(struct request *request, struct err *err);
bool page_workshop_file(struct request *request, struct err *err);
bool page_workshop_post(struct request *request, struct err *err);
bool page_workshop_drop(struct request *request, struct err *err);

/* Within the workshop. */

/* "/workshop/housing/processes/inspection.bpmn" and what follows. */
struct str page_workshop_href(struct request *request, const struct workshop_file *file,
                              const char *more);
/* What every page of a file has: heading, crumbs, its state, what else can be done with it. */
MUST_CHECK bool page_workshop_head(struct request *request, const struct workshop_file *file,
                                   struct json *view, struct err *err);
/* "Process", "Decision", …: what lies in that folder. */
struct str page_workshop_kind(struct request *request, struct str path);
/* What the file calls itself; of an application's form its service; else its name. */
struct str page_workshop_title(struct request *request, const struct pack *pack, struct str path,
                               struct str text);
/* Lines as files have them: browsers send CR LF. */
struct str page_workshop_lines(struct request *request, struct str text);
/* A process as a table (page_workshop_process.c): its page, and a change from it. */
bool page_workshop_process_reads(struct request *request, const struct workshop_file *file);
MUST_CHECK bool page_workshop_process(struct request *request, const struct workshop_file *file,
                                      struct err *err);
MUST_CHECK bool page_workshop_process_post(struct request *request, struct workshop_file *file,
                                           struct err *err);
/* Decision tables (page_workshop_decision.c). */
bool page_workshop_decision_reads(struct request *request, const struct workshop_file *file);
MUST_CHECK bool page_workshop_decision(struct request *request, const struct workshop_file *file,
                                       struct err *err);
MUST_CHECK bool page_workshop_decision_post(struct request *request, struct workshop_file *file,
                                            struct err *err);
/* Forms (page_workshop_form.c). */
bool page_workshop_form_reads(struct request *request, const struct workshop_file *file);
MUST_CHECK bool page_workshop_form(struct request *request, const struct workshop_file *file,
                                   struct err *err);
MUST_CHECK bool page_workshop_form_post(struct request *request, struct workshop_file *file,
                                        struct err *err);
/* Of a form in steps (page_workshop_preview.c): the service whose application it asks for (a msgid;
 * empty: of none), and the register whose fields those are (NULL). */
struct str page_workshop_asks(struct request *request, const struct pack *pack, struct str path);
const struct register_type *page_workshop_asked(struct request *request, const struct pack *pack,
                                                struct str path);
/* A form as a phone shows it: view.preview, view.screens. */
MUST_CHECK bool page_workshop_preview(struct request *request, const struct workshop_file *file,
                                      struct json *view, struct err *err);
/* What a checker says of the file as it stands now, without a trial: view.faults. */
MUST_CHECK bool
page_workshop_faults(struct request *request, const struct workshop_file *file, struct json *view,
                     void (*check)(const struct pack_set *set, const struct pack *pack,
                                   const struct pack_file *file, struct pack_findings *findings),
                     struct err *err);
/* After a change: back to its page with a word, or the same page once more. */
bool page_workshop_saved(struct request *request, const struct workshop_file *file,
                         const char *more);
