/* The parts of reading a model that are apart from each other.  Private to dmn_*.c. */
#pragma once

#include "workflow/dmn.h"
#include "xml/xml_tree.h"

void dmn_read_fault(const struct dmn_model *model, const struct xml_tree *at, const char *format,
                    ...) PRINTF(3);
/* The id of the element or of the nearest one around it that has one; else its name. */
struct str dmn_read_id(const struct xml_tree *at);
/* The attribute "name" with its white space made even. */
struct str dmn_read_name(const struct dmn_model *model, const struct xml_tree *at);
/* Names the types of the model's item definitions; then fills them. */
void dmn_read_types(struct dmn_model *model);
void dmn_read_type_bodies(struct dmn_model *model);
/* By the value of a typeRef; NULL: none is said, or it is unknown (a fault then). */
const struct feel_type *dmn_read_type(const struct dmn_model *model, const struct xml_tree *at,
                                      struct str name);
/* Of an attribute typeRef of at; NULL. */
const struct feel_type *dmn_read_type_of(const struct dmn_model *model, const struct xml_tree *at);
/* An expression element (literalExpression, decisionTable, …) as a node; NULL: none such. */
struct feel_node *dmn_read_expression(const struct dmn_model *model, struct feel_scope *scope,
                                      const struct xml_tree *at);
/* The first child that is an expression. */
const struct xml_tree *dmn_read_expression_in(const struct xml_tree *at);
struct feel_node *dmn_read_table(const struct dmn_model *model, struct feel_scope *scope,
                                 const struct xml_tree *at);
/* The text of a child <text>, or of a child of that name that has one. */
struct str dmn_read_text(const struct xml_tree *at);
struct feel_node *dmn_read_tests(const struct dmn_model *model, struct feel_scope *scope,
                                 const struct xml_tree *at);
struct feel_node *dmn_read_feel(const struct dmn_model *model, struct feel_scope *scope,
                                const struct xml_tree *at, struct str text);
struct feel_node *dmn_read_typed(const struct dmn_model *model, struct feel_node *node,
                                 const struct feel_type *type);
/* "<formalParameter>" of at. */
struct feel_parameter *dmn_read_formals(const struct dmn_model *model, const struct xml_tree *at,
                                        size_t *count);
