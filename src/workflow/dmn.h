/*
 * DMN models (versions 1.1 to 1.5): read once from XML into an immutable tree, evaluated in an
 * arena with the bounds of FEEL.
 *
 * A fault of an expression does not spoil the model: the expression is null, and the fault is
 * kept with the place and what to change.  A model that is no DMN at all is refused.
 */
#pragma once

#include "core/err.h"
#include "lang/feel.h"

struct arena;
struct dmn_element;
struct dmn_model;
struct xml_tree;

enum {
    DMN_BYTES_MAX = 32 << 20, /* of a file */
    DMN_XML_MAX = 500 * 1000, /* elements of XML in it */
    DMN_DEPTH_MAX = 200,      /* of them within each other */
    DMN_FAULTS_MAX = 200,
    DMN_IMPORT_DEPTH_MAX = 20,
    DMN_ELEMENTS_MAX = 100 * 1000,
};

enum dmn_element_kind {
    DMN_INPUT,
    DMN_DECISION,
    DMN_KNOWLEDGE, /* business knowledge model */
    DMN_SERVICE,
};

struct dmn_fault {
    struct str file;
    struct str id; /* of the element, or its name */
    int line;      /* of the file */
    struct str text;
};

/* What one file holds, and what it imports. */
struct dmn_import {
    struct str name; /* empty: its names are ours */
    struct str space;
    struct dmn_model *model;
};

struct dmn_element {
    enum dmn_element_kind kind;
    struct str name; /* of its variable, when that has one */
    struct str id;
    const struct dmn_model *model;
    const struct xml_tree *xml;
    size_t index;                 /* among all of the library */
    const struct feel_type *type; /* of its value; NULL: any */
    struct dmn_element **needs;   /* what it requires */
    size_t need_count;
    const struct feel_node *logic;        /* NULL: none */
    const struct feel_parameter *formals; /* of knowledge and services */
    size_t formal_count;
    struct dmn_element **inputs; /* of a service: one for each formal */
    struct dmn_element **outputs;
    size_t output_count;
    struct dmn_element *next; /* in its model */
};

struct dmn_library;

struct dmn_model {
    struct str path;
    struct str space; /* its namespace */
    struct str name;
    struct dmn_import *imports;
    size_t import_count;
    struct dmn_model **nameless; /* imported without a name, by those too, nearest first */
    size_t nameless_count;
    struct dmn_element *first;
    struct dmn_library *library;
    struct dmn_model *next; /* of the library */
    struct feel_scope *scope;
    const struct xml_tree *xml;
    void *types; /* dmn_type.c's */
    bool is_wired;
};

/* Where the files of a model with imports come from. */
struct dmn_source {
    bool (*read)(const void *data, struct arena *arena, struct str path, struct str *bytes,
                 struct err *err);
    /* Names of the files in a folder ("decisions/"). */
    bool (*list)(const void *data, struct arena *arena, struct str folder, struct str **names,
                 size_t *count, struct err *err);
    const void *data;
};

/* A model with all it imports. */
struct dmn_library {
    struct arena *arena;
    const struct dmn_source *source; /* NULL: imports are not read; while it is opened only */
    struct dmn_model *first;         /* the one that was asked for */
    struct dmn_model *last;
    size_t element_count;
    struct dmn_fault faults[DMN_FAULTS_MAX];
    size_t fault_count; /* may be above what is kept */
};

/* Imports are looked for beside the file: by their location, else by their namespace. */
MUST_CHECK bool dmn_open(struct arena *arena, struct str path, struct dmn_library **library,
                         struct err *err);
/* The same from bytes, without imports. name is for messages. */
MUST_CHECK bool dmn_open_text(struct arena *arena, struct str name, struct str bytes,
                              struct dmn_library **library, struct err *err);
/* The same from elsewhere than the file system. */
MUST_CHECK bool dmn_open_source(struct arena *arena, struct str path,
                                const struct dmn_source *source, struct dmn_library **library,
                                struct err *err);
/* What can be asked by that name or id: a decision, a service, a knowledge model; NULL. */
struct dmn_element *dmn_find_callable(const struct dmn_library *library, struct str name);
/* By name or id; NULL. */
struct dmn_element *dmn_find(const struct dmn_library *library, enum dmn_element_kind kind,
                             struct str name);
/* The same in the model of a namespace; an empty one: in any. */
struct dmn_element *dmn_find_in(const struct dmn_library *library, struct str space,
                                enum dmn_element_kind kind, struct str name);
void dmn_print_fault(struct buf *buf, const struct dmn_fault *fault);

/* Inputs that came as JSON: texts become the dates and durations that the model's types say. */
const struct feel_value *dmn_read_inputs(struct feel_run *run, const struct dmn_library *library,
                                         const struct feel_value *inputs);

/* Evaluates a decision or calls a service or knowledge model; inputs: a context of values. */
const struct feel_value *dmn_eval(struct feel_run *run, const struct dmn_library *library,
                                  const struct dmn_element *element,
                                  const struct feel_value *inputs);
