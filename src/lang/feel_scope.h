/*
 * The names an expression may use, known while it is parsed: variables, and the members that
 * may stand behind a point or in a filter.  Only names of several words need to be known for
 * parsing; all are kept so that a wrong one is noticed.
 */
#pragma once

#include "core/str.h"

struct arena;
struct feel_token;
struct feel_type;

struct feel_scope {
    struct arena *arena;
    const struct feel_scope *outer;
    struct feel_scope *root;
    struct str *names;
    size_t count, cap;
    struct str *members; /* of several words; of the root only */
    size_t member_count, member_cap;
    /* Types by name, for the root; NULL: only FEEL's own. */
    const struct feel_type *(*find_type)(const void *data, struct str name);
    const void *data;
    struct str place; /* the element whose text is parsed: for notes */
    bool is_open;     /* names that nobody told may be there: members of what is filtered */
    /* The first name in the text that nobody told; of the root only, name.len 0: none. */
    struct {
        struct str name;
        int line, column;
    } unknown;
};

struct feel_scope *feel_scope_new(struct arena *arena, const struct feel_scope *outer);
void feel_scope_add(struct feel_scope *scope, struct str name);
void feel_scope_add_member(struct feel_scope *scope, struct str name);
/* The longest name the tokens begin with; how many of them it takes, 0: none is known. */
size_t feel_scope_match(const struct feel_scope *scope, const struct feel_token *tokens,
                        bool with_members, struct str *name);
size_t feel_scope_match_member(const struct feel_scope *scope, const struct feel_token *tokens,
                               struct str *name);
/* How many tokens make up this name; 0: they are another. */
size_t feel_scope_match_one(const struct feel_token *tokens, struct str name);
/* White space at the ends goes, inside it is one blank. */
struct str feel_scope_normalize(struct arena *arena, struct str name);
