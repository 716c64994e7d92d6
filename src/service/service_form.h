/*
 * In which steps an application is asked for: forms/NAME.json as a JSON Forms UI schema.  A
 * Categorization is the form, each Category in it a step, each Control a field of the register.
 * Beyond JSON Forms, "options" of a control may have
 *
 *     prefill   FEEL: what stands in the field at first, from "person" (the card of who asks),
 *               "account" and "last" (their latest application for this service)
 *     required  asked for here, though the register does not need it
 *
 * and a Category or Control may have a "rule" with effect SHOW or HIDE whose condition is FEEL over
 * the fields: {"effect": "SHOW", "condition": "kind = \"dead\""}.
 */
#pragma once

#include "lang/feel.h"
#include "pack/pack.h"

struct service_field {
    struct str name;                 /* of the register */
    struct str label;                /* msgid; empty: the title the register gives it */
    const struct feel_node *prefill; /* NULL: none */
    const struct feel_node *shown;   /* NULL: always */
    bool is_required;
};

struct service_step {
    struct str title; /* msgids */
    struct str help;
    const struct feel_node *shown;
    struct service_field *fields;
    size_t field_count;
    bool has_files; /* files are asked for here */
};

struct service_form {
    struct service_step *steps;
    size_t step_count;
};

enum {
    SERVICE_FORM_STEPS_MAX = 20,
    SERVICE_FORM_FIELDS_MAX = 40, /* of one step */
};

/* Whether a file of forms/ is one of these; else it is a schema of its own data. */
bool service_form_is_one(const struct json *json);
/* The checker of forms/: of what is no form of a service register_type_check_form says more; one
 * that is is checked with its service. */
void service_form_check_file(const struct pack_set *set, const struct pack *pack,
                             const struct pack_file *file, struct pack_findings *findings);
/* NULL with findings: of file, whose fields are those of the register's schema. */
const struct service_form *service_form_read(struct arena *arena, const struct pack_file *file,
                                             const struct json *schema,
                                             struct pack_findings *findings);
