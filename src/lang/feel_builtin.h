/* The functions FEEL brings along.  Their tables stand in feel_fn_*.c. */
#pragma once

#include "lang/feel.h"

struct feel_token;

enum {
    FEEL_BUILTIN_FORMS_MAX = 6,
    FEEL_BUILTIN_FORMALS_MAX = 8,
};

/* One way to call a function; ways of one name stand together. */
struct feel_builtin {
    const char *name;
    const char *formals; /* "list, position, newItem"; "?" marks one that may be left out */
    bool is_variadic;
    const struct feel_value *(*call)(struct feel_run *run,
                                     const struct feel_value *const *arguments, size_t count);
};

struct feel_builtin_table {
    const struct feel_builtin *rows;
    size_t count;
};

extern const struct feel_builtin_table feel_builtin_conversions, feel_builtin_strings,
    feel_builtin_lists, feel_builtin_numbers, feel_builtin_ranges, feel_builtin_times,
    feel_builtin_contexts, feel_builtin_texts, feel_builtin_sorts;

/* A function value; NULL: there is none of that name. */
const struct feel_value *feel_builtin_find(struct arena *arena, struct str name);
/* The longest name of a function the tokens begin with; 0: none. */
size_t feel_builtin_match(const struct feel_token *tokens, struct str *name);
/* Calls it with arguments in order, or by name where names is not NULL. */
const struct feel_value *feel_builtin_call(struct feel_run *run,
                                           const struct feel_function *function,
                                           const struct feel_value *const *arguments,
                                           const struct str *names, size_t count);
/* "name(a, b)" of each way, for messages and docs; NULL behind the last. */
const struct feel_builtin *feel_builtin_at(size_t index);
