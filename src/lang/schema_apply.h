/* The keywords that try other schemas: on the same value, on its members, on its items. */
#pragma once

#include "lang/schema_node.h"

bool schema_apply_all(const struct schema_case *at); /* also $ref */
bool schema_apply_any(const struct schema_case *at);
bool schema_apply_one(const struct schema_case *at);
bool schema_apply_not(const struct schema_case *at);
bool schema_apply_if(const struct schema_case *at);
/* subs stand in the order of the argument's members. */
bool schema_apply_dependent(const struct schema_case *at);
/* properties, patternProperties and additionalProperties in one go. */
bool schema_apply_members(const struct schema_case *at);
bool schema_apply_names(const struct schema_case *at);
bool schema_apply_unevaluated(const struct schema_case *at);
/* prefixItems and items in one go. */
bool schema_apply_items(const struct schema_case *at);
/* count to scale items fit. */
bool schema_apply_contains(const struct schema_case *at);
