/*
 * Changes what people may change of an element of a BPMN model in a table: its name, its words, who
 * does it, how long it takes, when a flow is taken.  All else stays as it is written
 * (xml/xml_edit.h).
 */
#pragma once

#include "core/err.h"
#include "workflow/bpmn.h"

enum bpmn_edit_field {
    BPMN_EDIT_NAME,
    BPMN_EDIT_HELP, /* its documentation */
    BPMN_EDIT_ROLE,
    BPMN_EDIT_TERM,
    BPMN_EDIT_TIMER, /* the time of its timer */
    BPMN_EDIT_DAYS,  /* "working", or nothing: of its term or timer */
    BPMN_EDIT_FORM,
    BPMN_EDIT_DECISION,
    BPMN_EDIT_CONDITION, /* of a sequence flow */
    BPMN_EDIT_FIELDS,
};

struct bpmn_edit {
    bool has[BPMN_EDIT_FIELDS]; /* whether an element like this has it */
    struct str values[BPMN_EDIT_FIELDS];
    enum bpmn_timer timer; /* what kind of time it is */
};

/* Of the node or sequence flow of that id. ERR_ABSENT. */
MUST_CHECK bool bpmn_edit_read(struct arena *arena, struct str text, struct str id,
                               struct bpmn_edit *edit, struct err *err);
/*
 * The model with these values; what is as it was is not touched, and what the element cannot have
 * is passed over.  An empty value takes the attribute or element away.
 */
MUST_CHECK bool bpmn_edit_write(struct arena *arena, struct str text, struct str id,
                                const struct bpmn_edit *edit, struct str *changed, struct err *err);
