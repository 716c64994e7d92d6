/*
 * What people fill in for a flow: when it begins, and when they do a task.  A form of the pack, or
 * a plain field for each input that is missing.
 */
#pragma once

#include "web/display.h"
#include "workflow/process.h"

/* Of fields: every class there is. */
#define FLOW_FORM_CLASSES (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET)

struct flow_form {
    const struct register_type *type; /* NULL: there is no form */
    const struct json *given;         /* what the task is given; NULL: nothing */
    const struct json *value;         /* what stands in the form at first; NULL: nothing */
    const struct url_form *typed;     /* a form that came back; NULL: show value */
    struct flaws flaws;
    struct str find; /* the reference whose Find was pressed */
};

/* A form of a pack as this municipality fills it in: its references lead to registers. */
const struct register_type *flow_form_type(struct request *request, const struct process *process,
                                           struct str name);
/* The field with which some form of the process asks for that value, as a form of its own; NULL:
 * none does, or it is not typed. */
const struct register_type *flow_form_one(struct request *request, const struct process *process,
                                          struct str name);
/* view.groups, errors, has_errors, has_fields. */
MUST_CHECK bool flow_form_fill(struct request *request, const struct flow_form *form,
                               struct json *view, struct err *err);
/* What was typed; what is wrong with it is among the flaws. */
struct json *flow_form_read(struct request *request, struct flow_form *form);

/*
 * Looks up the codes and references of what was filled in, as a register does: wrong ones are
 * among the flaws.  What stands in old too is not judged again; old and type may be NULL.
 */
MUST_CHECK bool flow_form_look_up(struct request *request, const struct register_type *type,
                                  const struct json *data, const struct json *old,
                                  struct flaws *flaws, struct err *err);
/* Of such a form: its value as it would stand among the others; NULL: it was emptied. */
const struct json *flow_form_read_one(struct request *request, struct flow_form *form,
                                      const struct json *others);

/* Values with the names people know them by. */
struct flow_form_values {
    struct request *request;
    const struct process *process;
    unsigned classes; /* of fields this person may see */
};
/* Of a process that is about that record of the register no, or about none: fields of its forms
 * are as personal as those of that register. */
struct flow_form_values flow_form_values(struct request *request, const struct process *process,
                                         int64_t no, int64_t record);
/* The values this person may see but for the one called skip, as they are: of a record its id, what
 * it holds is on its card. */
struct json *flow_form_seen(const struct flow_form_values *values, const struct json *object,
                            struct str skip);
/* view.given and has_given: what a task is given to know, but for what its form shows. */
MUST_CHECK bool flow_form_given(struct request *request, const struct process *process,
                                const struct flow_form *form, struct json *view, struct err *err);
/* The values of an object as facts, but for nulls and the one called skip. */
MUST_CHECK bool flow_form_facts(const struct flow_form_values *values, const struct json *object,
                                struct str skip, struct json *facts, struct err *err);
