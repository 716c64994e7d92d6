/* What the files that read a model share: the model as it grows, and what refers to what. */
#pragma once

#include "core/vec.h"
#include "workflow/bpmn.h"
#include "xml/xml_tree.h"

struct bpmn_reader {
    struct arena *arena;
    struct bpmn *model;
    VEC(struct bpmn_node) nodes;
    VEC(struct bpmn_flow) flows;
    VEC(struct bpmn_data) data;
    VEC(struct str) names; /* of values, with blanks in them */
    int process;           /* the one being read; -1: none */
    struct map elements; /* what is referred to by id: messages, data objects, …: struct xml_tree */
    struct map lanes;    /* node id to struct bpmn_reader_lane */
    struct map
        handlers; /* id of a compensation boundary event to the xml_tree of its association */
};

struct bpmn_reader_lane {
    struct str name;
};

/* The element a reference names, with or without a prefix; NULL when there is none. */
const struct xml_tree *bpmn_reader_find(const struct bpmn_reader *reader, struct str reference);
/* The element's name, else its id. */
struct str bpmn_reader_label(const struct xml_tree *element);
/* The name of the value a data element stands for; empty when it is none. */
struct str bpmn_reader_value_name(const struct bpmn_reader *reader, struct str reference);
struct bpmn_expression bpmn_reader_expression(struct bpmn_reader *reader, struct str text,
                                              const struct xml_tree *element);
/* The expression in a child of that name; an empty one when there is none. */
struct bpmn_expression bpmn_reader_child(struct bpmn_reader *reader, const struct xml_tree *element,
                                         const char *name);
/* An attribute of our namespace. */
struct str bpmn_reader_own(const struct xml_tree *element, const char *name);
/* uprava:days: by which days a term or a timer counts. */
struct str bpmn_reader_days(struct bpmn_reader *reader, const struct xml_tree *element);
bool bpmn_reader_is(struct str value, const char *word);
/* A finding about an element that is no node yet. */
void bpmn_reader_note(struct bpmn_reader *reader, bool is_warning, const struct xml_tree *element,
                      const char *format, ...) PRINTF(4);

/* Definitions of an event; messages of send and receive tasks too. */
void bpmn_reader_events(struct bpmn_reader *reader, const struct xml_tree *element,
                        struct bpmn_node *node);
/* What an activity does, its data and its loop. */
void bpmn_reader_work(struct bpmn_reader *reader, const struct xml_tree *element,
                      struct bpmn_node *node);
const struct bpmn_loop *bpmn_reader_loop(struct bpmn_reader *reader,
                                         const struct xml_tree *element);
/* A data object, a reference to one, or a property of a scope. */
void bpmn_reader_data(struct bpmn_reader *reader, const struct xml_tree *element, int scope);
void bpmn_reader_diagram(struct bpmn_reader *reader, const struct xml_tree *definitions);
/* Indexes for ids, once all is read. */
void bpmn_reader_link(struct bpmn_reader *reader);
