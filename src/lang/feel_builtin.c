#include "lang/feel_builtin.h"

#include "core/arena.h"
#include "lang/feel_lexer.h"

enum {
    NAME_MAX_TOKENS = 8,
};

/* One way to call it, its parameters taken apart. */
struct form {
    const struct feel_builtin *row;
    struct str names[FEEL_BUILTIN_FORMALS_MAX];
    size_t count, required;
};

struct group {
    struct str name;
    struct form forms[FEEL_BUILTIN_FORMS_MAX];
    size_t count;
};

static const struct feel_builtin_table *const TABLES[] = {
    &feel_builtin_conversions, &feel_builtin_strings, &feel_builtin_lists,
    &feel_builtin_numbers,     &feel_builtin_ranges,  &feel_builtin_times,
    &feel_builtin_contexts,    &feel_builtin_texts,   &feel_builtin_sorts,
};

const struct feel_builtin *feel_builtin_at(size_t index)
{
    for (size_t i = 0; i < ARRAY_LEN(TABLES); i++) {
        if (index < TABLES[i]->count)
            return &TABLES[i]->rows[index];
        index -= TABLES[i]->count;
    }
    return NULL;
}

static void add_form(struct group *group, const struct feel_builtin *row)
{
    struct form *form = &group->forms[group->count++];
    struct str rest = str_from_z(row->formals);

    form->row = row;
    while (rest.len > 0) {
        struct str name = str_trim(str_cut(&rest, ','));
        bool is_optional = str_ends(name, STR("?"));
        if (is_optional)
            name.len--;
        form->names[form->count++] = name;
        form->required += is_optional ? 0 : 1;
    }
}

const struct feel_value *feel_builtin_find(struct arena *arena, struct str name)
{
    struct group *group = NULL;
    struct feel_function *function;
    const struct feel_builtin *row;

    for (size_t i = 0; (row = feel_builtin_at(i)) != NULL; i++) {
        if (!str_equal(str_from_z(row->name), name))
            continue;
        if (group == NULL)
            group = ARENA_NEW(arena, struct group);
        add_form(group, row);
    }
    if (group == NULL)
        return NULL;
    group->name = str_copy(arena, name);
    function = ARENA_NEW(arena, struct feel_function);
    function->name = group->name;
    function->is_variadic = true;
    function->data = group;
    return feel_value_function(arena, function);
}

size_t feel_builtin_match(const struct feel_token *tokens, struct str *name)
{
    size_t best = 0;
    const struct feel_builtin *row;

    if (tokens->kind != FEEL_TOKEN_WORD)
        return 0;
    for (size_t i = 0; (row = feel_builtin_at(i)) != NULL; i++) {
        size_t taken;
        if (row->name[0] != tokens->source.ptr[0])
            continue;
        taken = feel_scope_match_one(tokens, str_from_z(row->name));
        if (taken > best) {
            best = taken;
            *name = str_from_z(row->name);
        }
    }
    return best;
}

/* The form that takes so many arguments; a variadic one takes any number but none. */
static const struct form *form_of_count(const struct group *group, size_t count)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct form *form = &group->forms[i];
        if (count >= form->required &&
            (count <= form->count || (form->row->is_variadic && count > 0)))
            return form;
    }
    return NULL;
}

static const struct feel_value *argument_named(struct str name, const struct str *names,
                                               const struct feel_value *const *given, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(names[i], name))
            return given[i];
    return NULL;
}

/* The form that has all the names, none of its required ones missing. */
static const struct form *form_of_names(const struct group *group, const struct str *names,
                                        const struct feel_value *const *given, size_t count,
                                        const struct feel_value **arranged)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct form *form = &group->forms[i];
        size_t found = 0, required = 0;
        for (size_t j = 0; j < form->count; j++) {
            arranged[j] = argument_named(form->names[j], names, given, count);
            found += arranged[j] != NULL ? 1 : 0;
            required += arranged[j] != NULL && j < form->required ? 1 : 0;
        }
        if (found == count && required == form->required)
            return form;
    }
    return NULL;
}

const struct feel_value *feel_builtin_call(struct feel_run *run,
                                           const struct feel_function *function,
                                           const struct feel_value *const *arguments,
                                           const struct str *names, size_t count)
{
    const struct group *group = function->data;
    const struct feel_value *arranged[FEEL_BUILTIN_FORMALS_MAX] = {0};
    const struct form *form;

    if (names == NULL) {
        form = form_of_count(group, count);
    } else {
        form = form_of_names(group, names, arguments, count, arranged);
        arguments = arranged;
        count = form == NULL ? 0 : form->count;
        while (count > 0 && arranged[count - 1] == NULL)
            count--;
    }
    if (form == NULL)
        return feel_run_null(run, "%.*s() does not take these arguments", STR_ARG(group->name));
    return form->row->call(run, arguments, count);
}
