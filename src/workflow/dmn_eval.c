/* Decisions, services and knowledge models at work. */
#include "core/arena.h"
#include "core/vec.h"
#include "workflow/dmn.h"
#include "xml/xml_tree.h"

enum {
    UNDER_WAY = 1,
    KNOWN,
    PATH_DEPTH_MAX = 4, /* imports of imports whose inputs are looked for by path */
};

/* One evaluation of a library's elements with the same inputs. */
struct evaluation {
    const struct dmn_library *library;
    const struct feel_value *inputs;  /* a context */
    const struct feel_value **values; /* of each element */
    char *states;
};

static const struct feel_value *value_of(struct feel_run *run, struct evaluation *evaluation,
                                         const struct dmn_element *element);

static struct evaluation *new_evaluation(struct feel_run *run, const struct dmn_library *library,
                                         const struct feel_value *inputs)
{
    struct evaluation *evaluation = ARENA_NEW(run->arena, struct evaluation);

    evaluation->library = library;
    evaluation->inputs = inputs;
    evaluation->values =
        ARENA_ARRAY(run->arena, const struct feel_value *, library->element_count + 1);
    evaluation->states = ARENA_ARRAY(run->arena, char, library->element_count + 1);
    (void)feel_run_step(run, (int64_t)library->element_count / 8);
    return evaluation;
}

static const struct dmn_import *import_of(const struct dmn_model *model,
                                          const struct dmn_element *element)
{
    for (size_t i = 0; i < model->import_count; i++)
        if (model->imports[i].model == element->model)
            return &model->imports[i];
    return NULL;
}

/* What is required, under its name; what an import brings, in a context of the import's name. */
struct names {
    struct feel_run *run;
    VEC(struct feel_entry) entries;
};

static void add_name(struct names *names, struct str import, struct str name,
                     const struct feel_value *value)
{
    struct arena *arena = names->run->arena;
    const struct feel_value *context;
    struct feel_entry *entries;
    size_t at = 0, count = 0;

    if (import.len == 0) {
        VEC_PUSH(arena, &names->entries, (struct feel_entry){name, value});
        return;
    }
    while (at < names->entries.count && !str_equal(names->entries.items[at].name, import))
        at++;
    context = at < names->entries.count ? names->entries.items[at].value : NULL;
    count = context != NULL ? context->context.count : 0;
    entries = ARENA_ARRAY(arena, struct feel_entry, count + 1);
    if (count > 0)
        memcpy(entries, context->context.entries, count * sizeof *entries);
    entries[count] = (struct feel_entry){name, value};
    context = feel_value_context(arena, entries, count + 1);
    if (at == names->entries.count)
        VEC_PUSH(arena, &names->entries, (struct feel_entry){import, context});
    names->entries.items[at].value = context;
}

static const struct feel_frame *frame_of(struct feel_run *run, struct evaluation *evaluation,
                                         const struct dmn_element *element)
{
    struct names names = {.run = run};
    struct feel_frame *frame = ARENA_NEW(run->arena, struct feel_frame);

    if (element->kind == DMN_KNOWLEDGE) /* it may call itself */
        add_name(&names, (struct str){0}, element->name, value_of(run, evaluation, element));
    for (size_t i = 0; i < element->need_count; i++) {
        const struct dmn_element *need = element->needs[i];
        const struct dmn_import *import = import_of(element->model, need);
        struct str prefix =
            need->model != element->model && import != NULL ? import->name : (struct str){0};
        add_name(&names, prefix, need->name, value_of(run, evaluation, need));
    }
    *frame = (struct feel_frame){.entries = names.entries.items, .count = names.entries.count};
    return frame;
}

static struct str join_names(struct feel_run *run, struct str path, struct str name)
{
    if (path.len == 0 || name.len == 0)
        return path.len == 0 ? name : path;
    return str_printf(run->arena, "%.*s.%.*s", STR_ARG(path), STR_ARG(name));
}

struct search {
    struct feel_run *run;
    const struct feel_value *inputs;
    const struct dmn_element *element;
};

/* Where the inputs say what an imported input is: "import.name", or in a context called as its
   import; deeper imports by their path, too. `inner` is the context of `path`, or null. */
static const struct feel_value *search_imports(const struct search *search,
                                               const struct dmn_model *model, struct str path,
                                               const struct feel_value *inner, int depth)
{
    const struct dmn_element *element = search->element;
    const struct feel_value *value = NULL;

    if (depth == PATH_DEPTH_MAX)
        return NULL;
    for (size_t i = 0; i < model->import_count && value == NULL; i++) {
        const struct dmn_import *import = &model->imports[i];
        struct str name = join_names(search->run, path, import->name);
        const struct feel_value *within =
            import->name.len > 0 ? feel_value_find(inner, import->name) : inner;

        if (import->model == NULL || !feel_run_step(search->run, 1))
            continue;
        if (within == NULL)
            within = &feel_null;
        if (import->model != element->model) {
            value = search_imports(search, import->model, name, within, depth + 1);
            continue;
        }
        value = feel_value_find(search->inputs, join_names(search->run, name, element->name));
        if (value == NULL)
            value = feel_value_find(within, element->name);
        if (value == NULL && import->name.len > 0)
            value = feel_value_find(search->inputs,
                                    join_names(search->run, import->name, element->name));
    }
    return value;
}

/* An input by its name; one of an imported model by its import's and its own, then by its own. */
static const struct feel_value *input_of(struct feel_run *run, const struct evaluation *evaluation,
                                         const struct dmn_element *element)
{
    struct search search = {run, evaluation->inputs, element};
    const struct dmn_model *first = evaluation->library->first;
    const struct feel_value *value = NULL;

    if (element->model != first)
        value = search_imports(&search, first, (struct str){0}, evaluation->inputs, 0);
    if (value == NULL)
        value = feel_value_find(evaluation->inputs, element->name);
    if (value == NULL)
        return &feel_null;
    return element->type != NULL ? feel_type_convert(run, element->type, value) : value;
}

/* What a function of the model knows. */
struct callee {
    struct evaluation *evaluation;
    const struct dmn_element *element;
};

/* Older models give a variable the type of the result instead of the function's. */
static const struct feel_value *typed_result(struct feel_run *run,
                                             const struct dmn_element *element,
                                             const struct feel_value *result)
{
    const struct feel_type *type = element->type;

    if (type == NULL)
        return result;
    while (type->kind == FEEL_TYPE_ALIAS)
        type = type->item;
    return feel_type_convert(run, type->kind == FEEL_TYPE_FUNCTION ? type->item : element->type,
                             result);
}

static const struct feel_value *call_knowledge(struct feel_run *run,
                                               const struct feel_function *function,
                                               const struct feel_value *const *arguments)
{
    const struct callee *callee = function->data;
    const struct dmn_element *element = callee->element;
    struct feel_entry *entries =
        ARENA_ARRAY(run->arena, struct feel_entry, element->formal_count + 1);
    struct feel_frame frame = {.outer = frame_of(run, callee->evaluation, element),
                               .entries = entries,
                               .count = element->formal_count};
    struct feel_frame *kept = ARENA_NEW(run->arena, struct feel_frame);
    const struct feel_value *result;

    for (size_t i = 0; i < element->formal_count; i++)
        entries[i] = (struct feel_entry){element->formals[i].name, arguments[i]};
    *kept = frame; /* functions made in it keep it */
    result = element->logic == NULL ? &feel_null : feel_eval(run, element->logic, kept);
    return typed_result(run, element, result);
}

static const struct feel_value *service_result(struct feel_run *run, struct evaluation *evaluation,
                                               const struct dmn_element *element)
{
    struct feel_entry *entries;

    if (element->output_count == 1)
        return value_of(run, evaluation, element->outputs[0]);
    entries = ARENA_ARRAY(run->arena, struct feel_entry, element->output_count);
    for (size_t i = 0; i < element->output_count; i++)
        entries[i] = (struct feel_entry){element->outputs[i]->name,
                                         value_of(run, evaluation, element->outputs[i])};
    return feel_value_context(run->arena, entries, element->output_count);
}

/* A service sees its parameters and nothing of its caller. */
static const struct feel_value *call_service(struct feel_run *run,
                                             const struct feel_function *function,
                                             const struct feel_value *const *arguments)
{
    const struct callee *callee = function->data;
    const struct dmn_element *element = callee->element;
    struct evaluation *evaluation =
        new_evaluation(run, callee->evaluation->library, feel_value_context(run->arena, NULL, 0));
    const struct feel_value *result;

    for (size_t i = 0; i < element->formal_count; i++) {
        evaluation->values[element->inputs[i]->index] = arguments[i];
        evaluation->states[element->inputs[i]->index] = KNOWN;
    }
    result = service_result(run, evaluation, element);
    return typed_result(run, element, result);
}

static const struct feel_value *function_of(struct feel_run *run, struct evaluation *evaluation,
                                            const struct dmn_element *element)
{
    struct callee *callee = ARENA_NEW(run->arena, struct callee);
    struct feel_function *function = ARENA_NEW(run->arena, struct feel_function);

    *callee = (struct callee){evaluation, element};
    function->name = element->name;
    function->formals = element->formals;
    function->formal_count = element->formal_count;
    function->call = element->kind == DMN_SERVICE ? call_service : call_knowledge;
    function->data = callee;
    return feel_value_function(run->arena, function);
}

static const struct feel_value *decide(struct feel_run *run, struct evaluation *evaluation,
                                       const struct dmn_element *element)
{
    const struct feel_frame *frame;
    const struct feel_value *value;
    struct str place = run->place;

    if (element->logic == NULL)
        return input_of(run, evaluation, element); /* people decide */
    if (run->depth >= FEEL_RUN_DEPTH_MAX)
        return feel_run_null(run, "decisions require each other too deeply");
    run->depth += 5; /* as much stack as so many nodes */
    frame = frame_of(run, evaluation, element);
    run->place = element->id.len > 0 ? element->id : element->name;
    value = feel_eval(run, element->logic, frame);
    run->place = place;
    run->depth -= 5;
    return value;
}

static const struct feel_value *value_of(struct feel_run *run, struct evaluation *evaluation,
                                         const struct dmn_element *element)
{
    const struct feel_value **value = &evaluation->values[element->index];
    char *state = &evaluation->states[element->index];

    if (*state == KNOWN)
        return *value;
    if (*state == UNDER_WAY)
        return feel_run_null(run, "\"%.*s\" requires itself", STR_ARG(element->name));
    *state = UNDER_WAY;
    if (element->kind == DMN_INPUT) {
        *value = input_of(run, evaluation, element);
    } else if (element->kind == DMN_DECISION) {
        *value = decide(run, evaluation, element);
    } else {
        *value = function_of(run, evaluation, element);
    }
    *state = KNOWN;
    return *value;
}

const struct feel_value *dmn_eval(struct feel_run *run, const struct dmn_library *library,
                                  const struct dmn_element *element,
                                  const struct feel_value *inputs)
{
    struct evaluation *evaluation = new_evaluation(run, library, inputs);
    const struct feel_value *value = value_of(run, evaluation, element);
    const struct feel_value **arguments;

    if (value->kind != FEEL_FUNCTION || element->kind == DMN_DECISION)
        return value;
    arguments = ARENA_ARRAY(run->arena, const struct feel_value *, element->formal_count + 1);
    for (size_t i = 0; i < element->formal_count; i++) {
        const struct feel_value *given = feel_value_find(inputs, element->formals[i].name);
        arguments[i] = given != NULL ? given : &feel_null;
        if (given == NULL && element->kind == DMN_SERVICE)
            arguments[i] = value_of(run, evaluation, element->inputs[i]);
    }
    return feel_call(run, value->function, arguments, element->formal_count);
}

static const struct feel_type *input_type(const struct dmn_library *library, struct str name)
{
    for (const struct dmn_model *model = library->first; model != NULL; model = model->next)
        for (const struct dmn_element *it = model->first; it != NULL; it = it->next)
            if (it->kind != DMN_KNOWLEDGE && str_equal(it->name, name))
                return it->type;
    return NULL;
}

const struct feel_value *dmn_read_inputs(struct feel_run *run, const struct dmn_library *library,
                                         const struct feel_value *inputs)
{
    size_t count = inputs->context.count;
    struct feel_entry *entries = ARENA_ARRAY(run->arena, struct feel_entry, count);

    for (size_t i = 0; i < count; i++) {
        struct str name = inputs->context.entries[i].name;
        entries[i] = (struct feel_entry){name, feel_read_texts(run, input_type(library, name),
                                                               inputs->context.entries[i].value)};
    }
    return feel_value_context(run->arena, entries, count);
}
