/* The words of roles.json: inside auth, for policy.c and policy_check.c. */
#pragma once

#include "core/str.h"

/* 0: there is no such word. */
unsigned policy_action_of(struct str word);
unsigned policy_class_of(struct str word);
unsigned policy_admin_of(struct str word);
unsigned policy_process_of(struct str word);
unsigned policy_pack_of(struct str word);
/* "*", "housing.*" or one register's full name. */
bool policy_pattern_fits(struct str pattern, struct str full_name);
