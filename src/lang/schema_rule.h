/* The keywords that look at one value: its size, its text, its number. */
#pragma once

#include "lang/schema_node.h"

bool schema_rule_enum(const struct schema_case *at);
bool schema_rule_const(const struct schema_case *at);
bool schema_rule_minimum(const struct schema_case *at);
bool schema_rule_maximum(const struct schema_case *at);
bool schema_rule_above(const struct schema_case *at);
bool schema_rule_below(const struct schema_case *at);
bool schema_rule_multiple(const struct schema_case *at);
bool schema_rule_min_length(const struct schema_case *at);
bool schema_rule_max_length(const struct schema_case *at);
bool schema_rule_pattern(const struct schema_case *at);
bool schema_rule_format(const struct schema_case *at);
/* Of items or members. */
bool schema_rule_min_count(const struct schema_case *at);
bool schema_rule_max_count(const struct schema_case *at);
bool schema_rule_unique(const struct schema_case *at);
bool schema_rule_required(const struct schema_case *at);
bool schema_rule_dependent(const struct schema_case *at);
