/*
 * The processes, decisions and forms of packs: read once for each version of a pack, immutable
 * from then on, shared by all threads and municipalities.  A flow names pack, version, file and
 * process, so it keeps the model it began with as long as that version is on the server.
 *
 * People and roles.json call a process by its pack and file: "housing.inspection" is the first
 * executable process of processes/inspection.bpmn in the pack housing; another of that file is
 * "housing.inspection#ID" with the element's id.  Rights are of the file.
 */
#pragma once

#include "registry/model_library.h"
#include "workflow/bpmn.h"

struct dmn_library;
struct process_pack;
struct commission;
struct service;

struct process {
    struct str name;  /* "housing.inspection" */
    struct str right; /* the same without "#ID": what roles.json grants */
    struct str title; /* of the process as it is drawn, else its name; a msgid of the pack */
    struct str file;  /* "processes/inspection.bpmn" */
    struct str id;    /* of its element */
    struct str fault; /* why it cannot be executed; empty: it can */
    const struct pack *pack;
    const struct bpmn *model; /* of the whole file */
    int node;                 /* the process itself */
    bool begins_by_clock;     /* a start event of it has a timer */
    const struct str *doers;  /* of its user tasks: ids or titles of roles, each once */
    size_t doer_count;
    const struct process_pack *home;
};

struct process_library;

struct process_library *process_library_new(struct arena *arena, struct model_library *packs);
/* Frees all models: nobody may hold a process any more.  Accepts NULL inside. */
void process_library_close(struct process_library **library);

/* The packs it was made for. */
struct model_library *process_library_packs(const struct process_library *library);

/* Whose flow it is. */
struct process_key {
    struct str pack, version, file, id;
};
/* ERR_ABSENT names what is missing. Any thread; quick once the pack was read. */
MUST_CHECK bool process_get(struct process_library *library, const struct process_key *key,
                            const struct process **process, struct err *err);
/* By name, of the versions that are installed (a catalog's model). ERR_ABSENT. */
MUST_CHECK bool process_find(struct process_library *library, const struct model *model,
                             struct str name, const struct process **process, struct err *err);
/* Those packs have been read, so that nothing below waits for the disk. Never waits itself. */
bool process_library_has(struct process_library *library, const struct model *model);
/* All executable ones of the installed packs, by name. */
MUST_CHECK bool process_list(struct process_library *library, const struct model *model,
                             struct arena *arena, const struct process ***processes, size_t *count,
                             struct err *err);

/* The services of the installed packs, by name, and one of them: what their cards say now. */
MUST_CHECK bool process_services(struct process_library *library, const struct model *model,
                                 struct arena *arena, const struct service ***services,
                                 size_t *count, struct err *err);
/* ERR_ABSENT. */
MUST_CHECK bool process_service(struct process_library *library, const struct model *model,
                                struct str name, const struct service **service, struct err *err);

/* The commissions of the installed packs, by name, and one of them. */
MUST_CHECK bool process_commissions(struct process_library *library, const struct model *model,
                                    struct arena *arena, const struct commission ***commissions,
                                    size_t *count, struct err *err);
/* ERR_ABSENT. */
MUST_CHECK bool process_commission(struct process_library *library, const struct model *model,
                                   struct str name, const struct commission **commission,
                                   struct err *err);

/* The name rights and lists know the process of a flow by, also when its pack is not here. */
struct str process_right(struct arena *arena, struct str pack, struct str file);
/* The decisions among which that one is: of its own pack, else of those installed. NULL: none has
 * it. */
const struct dmn_library *process_decisions(struct process_library *library,
                                            const struct model *model,
                                            const struct process *process, struct str name);
/*
 * What a user task asks for: forms/NAME.json of its pack, a schema as registers have them, of
 * nothing that is kept (no slots, no references resolved).  NULL: there is none.
 */
const struct register_type *process_form(const struct process *process, struct str name);
