#include "workflow/dmn_read.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/file.h"
#include "core/vec.h"

static const struct xml_tree_limits LIMITS = {DMN_BYTES_MAX, DMN_XML_MAX, DMN_DEPTH_MAX};

enum {
    NEEDS_MAX = 5000,
};

void dmn_read_fault(const struct dmn_model *model, const struct xml_tree *at, const char *format,
                    ...)
{
    struct dmn_library *library = model->library;
    char text[ERR_TEXT_MAX];
    va_list list;

    if (library->fault_count++ >= DMN_FAULTS_MAX)
        return;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    library->faults[library->fault_count - 1] = (struct dmn_fault){
        model->path, dmn_read_id(at), at->line, str_copy(library->arena, str_from_z(text))};
}

void dmn_print_fault(struct buf *buf, const struct dmn_fault *fault)
{
    buf_add(buf, fault->file);
    buf_printf(buf, ":%d: ", fault->line);
    if (fault->id.len > 0) {
        buf_add(buf, fault->id);
        buf_add(buf, STR(": "));
    }
    buf_add(buf, fault->text);
}

struct str dmn_read_id(const struct xml_tree *at)
{
    struct str name = {0};

    for (; at != NULL && at->parent != NULL; at = at->parent) {
        if (xml_tree_value(at, "id").len > 0)
            return xml_tree_value(at, "id");
        if (name.len == 0)
            name = xml_tree_value(at, "name");
    }
    return name;
}

struct str dmn_read_name(const struct dmn_model *model, const struct xml_tree *at)
{
    return feel_scope_normalize(model->library->arena, xml_tree_value(at, "name"));
}

struct str dmn_read_text(const struct xml_tree *at)
{
    const struct xml_tree *text = xml_tree_find(at, "text");

    return text == NULL ? (struct str){0} : str_trim(text->text);
}

struct feel_parameter *dmn_read_formals(const struct dmn_model *model, const struct xml_tree *at,
                                        size_t *count)
{
    VEC(struct feel_parameter) formals = {0};

    for (const struct xml_tree *it = xml_tree_find(at, "formalParameter"); it != NULL;
         it = xml_tree_next(it, "formalParameter"))
        VEC_PUSH(model->library->arena, &formals,
                 (struct feel_parameter){dmn_read_name(model, it), dmn_read_type_of(model, it)});
    *count = formals.count;
    return formals.items;
}

/* The kinds of elements, and what they are called. */
static bool kind_of(const struct xml_tree *at, enum dmn_element_kind *kind)
{
    static const char *const NAMES[] = {"inputData", "decision", "businessKnowledgeModel",
                                        "decisionService"};

    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (str_equal(at->name, str_from_z(NAMES[i]))) {
            *kind = (enum dmn_element_kind)i;
            return true;
        }
    }
    return false;
}

static bool read_elements(struct dmn_model *model, struct err *err)
{
    struct dmn_element **end = &model->first;
    struct arena *arena = model->library->arena;

    for (const struct xml_tree *at = model->xml->first; at != NULL; at = at->next) {
        const struct xml_tree *variable = xml_tree_find(at, "variable");
        enum dmn_element_kind kind;
        struct dmn_element *element;
        if (!kind_of(at, &kind))
            continue;
        if (model->library->element_count == DMN_ELEMENTS_MAX)
            return err_set(err, ERR_LIMIT, "%.*s: more than %d elements", STR_ARG(model->path),
                           DMN_ELEMENTS_MAX);
        element = ARENA_NEW(arena, struct dmn_element);
        element->kind = kind;
        element->id = xml_tree_value(at, "id");
        element->name = dmn_read_name(model, at);
        if (variable != NULL && xml_tree_value(variable, "name").len > 0)
            element->name = dmn_read_name(model, variable);
        if (element->name.len == 0)
            dmn_read_fault(model, at, "the element has no name: give it one");
        element->model = model;
        element->xml = at;
        element->index = model->library->element_count++;
        *end = element;
        end = &element->next;
    }
    return true;
}

static bool read_model(struct dmn_library *library, struct str path, struct str bytes,
                       struct dmn_model **made, struct err *err);

static struct dmn_model *find_model(const struct dmn_library *library, struct str path)
{
    for (struct dmn_model *model = library->first; model != NULL; model = model->next)
        if (str_equal(model->path, path))
            return model;
    return NULL;
}

/* The folder of a file's path, with its slash. */
static struct str folder_of(struct str path)
{
    while (path.len > 0 && path.ptr[path.len - 1] != '/')
        path.len--;
    return path;
}

static bool load(struct dmn_library *library, struct str path, struct dmn_model **model,
                 struct err *err)
{
    struct str bytes;

    *model = find_model(library, path);
    if (*model != NULL)
        return true;
    return library->source->read(library->source->data, library->arena, path, &bytes, err) &&
           read_model(library, path, bytes, model, err);
}

/* A location stays within the folder of the model, whatever it says. */
static bool is_inside(struct str location)
{
    return location.len > 0 && location.ptr[0] != '/' &&
           str_find(location, STR("..")) == location.len &&
           str_find(location, STR("://")) == location.len;
}

/* Which of the files beside it has this namespace? */
static bool load_by_space(struct dmn_library *library, const struct dmn_model *by, struct str space,
                          struct dmn_model **model, struct err *err)
{
    const struct dmn_source *source = library->source;
    struct str folder = folder_of(by->path), *names;
    size_t count;

    if (!source->list(source->data, library->arena, folder, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str path =
            str_printf(library->arena, "%.*s%.*s", STR_ARG(folder), STR_ARG(names[i]));
        struct str bytes;
        struct xml_tree *root;
        struct err ignored = {0};
        if (!str_ends(names[i], STR(".dmn")) || str_equal(path, by->path) ||
            !source->read(source->data, library->arena, path, &bytes, &ignored) ||
            str_find(bytes, space) == bytes.len ||
            !xml_tree_parse(library->arena, bytes, &LIMITS, &root, &ignored) ||
            !str_equal(xml_tree_value(root, "namespace"), space))
            continue;
        return load(library, path, model, err);
    }
    return err_set(err, ERR_ABSENT, "no file beside it has the namespace %.*s", STR_ARG(space));
}

static void read_import(struct dmn_model *model, const struct xml_tree *at,
                        struct dmn_import *import)
{
    struct dmn_library *library = model->library;
    struct str location = xml_tree_value(at, "locationURI");
    struct err err = {0};
    bool is_found = false;

    import->name = dmn_read_name(model, at);
    import->space = xml_tree_value(at, "namespace");
    if (library->source == NULL) {
        dmn_read_fault(model, at, "imports are not read here");
        return;
    }
    if (is_inside(location))
        is_found = load(library,
                        str_printf(library->arena, "%.*s%.*s", STR_ARG(folder_of(model->path)),
                                   STR_ARG(location)),
                        &import->model, &err);
    if (!is_found)
        is_found = load_by_space(library, model, import->space, &import->model, &err);
    if (!is_found)
        dmn_read_fault(model, at, "the import \"%.*s\" cannot be read: %s", STR_ARG(import->name),
                       err.text);
}

static void read_imports(struct dmn_model *model)
{
    VEC(struct dmn_import) imports = {0};

    for (const struct xml_tree *at = xml_tree_find(model->xml, "import"); at != NULL;
         at = xml_tree_next(at, "import")) {
        struct dmn_import import = {0};
        read_import(model, at, &import);
        if (import.model != NULL)
            VEC_PUSH(model->library->arena, &imports, import);
    }
    model->imports = imports.items;
    model->import_count = imports.count;
}

static bool read_model(struct dmn_library *library, struct str path, struct str bytes,
                       struct dmn_model **made, struct err *err)
{
    struct dmn_model *model = ARENA_NEW(library->arena, struct dmn_model);
    struct xml_tree *root;
    size_t count = 0;

    if (!xml_tree_parse(library->arena, bytes, &LIMITS, &root, err))
        return err_while(err, "%.*s", STR_ARG(path));
    if (!str_equal(root->name, str_from_z("definitions")) ||
        (str_find(root->space, STR("omg.org/spec/DMN")) == root->space.len && root->space.len > 0))
        return err_set(err, ERR_INPUT,
                       "%.*s:%d: this is no DMN model: its root is <definitions>"
                       " in a namespace of DMN",
                       STR_ARG(path), root->line);
    for (struct dmn_model *other = library->first; other != NULL; other = other->next)
        count++;
    if (count == DMN_IMPORT_DEPTH_MAX)
        return err_set(err, ERR_LIMIT, "more than %d models import each other",
                       DMN_IMPORT_DEPTH_MAX);
    *model = (struct dmn_model){.path = str_copy(library->arena, path),
                                .space = xml_tree_value(root, "namespace"),
                                .name = xml_tree_value(root, "name"),
                                .library = library,
                                .xml = root};
    model->scope = feel_scope_new(library->arena, NULL);
    if (library->last == NULL)
        library->first = model;
    else
        library->last->next = model;
    library->last = model;
    read_imports(model);
    *made = model;
    return read_elements(model, err);
}

/* "#id", "namespace#id": ours or of a model we import, however far. */
static struct dmn_element *find_in(const struct dmn_model *model, struct str id)
{
    for (struct dmn_element *element = model->first; element != NULL; element = element->next)
        if (str_equal(element->id, id))
            return element;
    return NULL;
}

static struct dmn_element *find_reference(const struct dmn_model *model, struct str href)
{
    struct str space = str_cut(&href, '#'), id = href;
    struct dmn_element *found = NULL;

    if (id.len == 0) { /* no #: it is all id */
        id = space;
        space = (struct str){0};
    }
    for (size_t i = 0; i < model->import_count && found == NULL && space.len > 0; i++)
        if (str_equal(model->imports[i].space, space))
            found = find_in(model->imports[i].model, id);
    if (found == NULL && (space.len == 0 || str_equal(space, model->space)))
        found = find_in(model, id);
    for (struct dmn_model *other = model->library->first; other != NULL && found == NULL;
         other = other->next)
        if (str_equal(other->space, space))
            found = find_in(other, id);
    for (size_t i = 0; i < model->nameless_count && found == NULL && space.len == 0; i++)
        found = find_in(model->nameless[i], id);
    return found;
}

/* In depth: what a model imports without a name is in it as if it stood there. */
static void gather_nameless(struct dmn_model *of, const struct dmn_model *from)
{
    for (size_t i = 0; i < from->import_count; i++) {
        struct dmn_model *model = from->imports[i].model;
        bool is_new = from->imports[i].name.len == 0 && model != of;
        for (size_t j = 0; j < of->nameless_count; j++)
            is_new = is_new && of->nameless[j] != model;
        if (!is_new)
            continue;
        of->nameless[of->nameless_count++] = model;
        gather_nameless(of, model);
    }
}

struct references {
    VEC(struct dmn_element *) all;
};

static void add_reference(struct dmn_element *element, const struct xml_tree *at,
                          struct references *references)
{
    struct str href = xml_tree_value(at, "href");
    struct dmn_element *found = find_reference(element->model, href);

    if (found == NULL)
        dmn_read_fault(element->model, at, "there is no element \"%.*s\"", STR_ARG(href));
    else if (references->all.count < NEEDS_MAX)
        VEC_PUSH(element->model->library->arena, &references->all, found);
}

static void wire_needs(struct dmn_element *element)
{
    static const char *const NAMES[] = {"requiredInput", "requiredDecision", "requiredKnowledge"};
    struct references needs = {0};

    for (const struct xml_tree *at = element->xml->first; at != NULL; at = at->next) {
        if (!str_equal(at->name, str_from_z("informationRequirement")) &&
            !str_equal(at->name, str_from_z("knowledgeRequirement")))
            continue;
        for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
            if (xml_tree_find(at, NAMES[i]) != NULL)
                add_reference(element, xml_tree_find(at, NAMES[i]), &needs);
    }
    element->needs = needs.all.items;
    element->need_count = needs.all.count;
}

static void gather(struct dmn_element *element, const char *name, struct references *references)
{
    for (const struct xml_tree *at = xml_tree_find(element->xml, name); at != NULL;
         at = xml_tree_next(at, name))
        add_reference(element, at, references);
}

/* A parameter without a type of its own has that of the function's type. */
static void type_formals(const struct dmn_element *element, struct feel_parameter *formals,
                         size_t count)
{
    const struct feel_type *type = element->type;

    while (type != NULL && type->kind == FEEL_TYPE_ALIAS)
        type = type->item;
    if (type == NULL || type->kind != FEEL_TYPE_FUNCTION)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < type->count && formals[i].type == NULL; j++)
            if (str_equal(formals[i].name, type->members[j].name))
                formals[i].type = type->members[j].type;
}

static void wire_service(struct dmn_element *element)
{
    struct arena *arena = element->model->library->arena;
    struct references inputs = {0}, outputs = {0};
    struct feel_parameter *formals;

    gather(element, "inputData", &inputs);
    gather(element, "inputDecision", &inputs);
    gather(element, "outputDecision", &outputs);
    formals = ARENA_ARRAY(arena, struct feel_parameter, inputs.all.count);
    for (size_t i = 0; i < inputs.all.count; i++)
        formals[i] = (struct feel_parameter){inputs.all.items[i]->name, inputs.all.items[i]->type};
    element->inputs = inputs.all.items;
    type_formals(element, formals, inputs.all.count);
    element->formals = formals;
    element->formal_count = inputs.all.count;
    element->outputs = outputs.all.items;
    element->output_count = outputs.all.count;
    if (outputs.all.count == 0)
        dmn_read_fault(element->model, element->xml, "the service has no <outputDecision>");
}

/* Whatever may stand behind a point: components, entries, columns, elements of imports. */
static void add_members(struct dmn_model *model, const struct xml_tree *at)
{
    static const char *const NAMES[] = {
        "itemComponent",          "variable",       "output", "column", "inputData", "decision",
        "businessKnowledgeModel", "decisionService"};

    for (; at != NULL; at = at->next) {
        for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
            if (str_equal(at->name, str_from_z(NAMES[i])))
                feel_scope_add_member(model->scope, dmn_read_name(model, at));
        add_members(model, at->first);
    }
}

/* The name by which the element's model is known here; false: it is not an import of ours. */
static const struct dmn_import *import_of(const struct dmn_model *model,
                                          const struct dmn_element *element)
{
    for (size_t i = 0; i < model->import_count; i++)
        if (model->imports[i].model == element->model)
            return &model->imports[i];
    return NULL;
}

static struct feel_scope *scope_of(const struct dmn_element *element)
{
    struct feel_scope *scope =
        feel_scope_new(element->model->library->arena, element->model->scope);

    scope->place = element->id.len > 0 ? element->id : element->name;
    for (size_t i = 0; i < element->need_count; i++) {
        const struct dmn_import *import = import_of(element->model, element->needs[i]);
        if (element->needs[i]->model == element->model || import == NULL || import->name.len == 0)
            feel_scope_add(scope, element->needs[i]->name);
        else
            feel_scope_add(scope, import->name);
    }
    if (element->kind == DMN_KNOWLEDGE)
        feel_scope_add(scope, element->name);
    for (size_t i = 0; i < element->formal_count; i++)
        feel_scope_add(scope, element->formals[i].name);
    return scope;
}

static void wire_logic(struct dmn_element *element)
{
    const struct dmn_model *model = element->model;
    const struct xml_tree *at = element->xml;
    struct feel_scope *scope;
    struct feel_node *node;

    if (element->kind == DMN_KNOWLEDGE)
        at = xml_tree_find(element->xml, "encapsulatedLogic");
    if (at == NULL)
        return;
    if (element->kind == DMN_KNOWLEDGE) {
        struct feel_parameter *formals = dmn_read_formals(model, at, &element->formal_count);
        type_formals(element, formals, element->formal_count);
        element->formals = formals;
    }
    scope = scope_of(element);
    at = dmn_read_expression_in(at);
    if (at == NULL)
        return;
    node = dmn_read_expression(model, scope, at);
    if (element->kind == DMN_DECISION)
        node = dmn_read_typed(model, node, element->type);
    element->logic = node;
}

static void wire_type(struct dmn_element *element)
{
    const struct xml_tree *variable = xml_tree_find(element->xml, "variable");

    if (variable != NULL)
        element->type = dmn_read_type_of(element->model, variable);
}

static void wire_types(struct dmn_model *model)
{
    dmn_read_type_bodies(model);
    for (struct dmn_element *it = model->first; it != NULL; it = it->next)
        wire_type(it);
}

static void wire_all(struct dmn_library *library)
{
    /* Models name each other's types: all are known before any is filled. */
    for (struct dmn_model *model = library->first; model != NULL; model = model->next) {
        model->nameless = ARENA_ARRAY(library->arena, struct dmn_model *, DMN_IMPORT_DEPTH_MAX);
        gather_nameless(model, model);
        dmn_read_types(model);
    }
    for (struct dmn_model *model = library->first; model != NULL; model = model->next) {
        for (struct dmn_model *other = library->first; other != NULL; other = other->next)
            add_members(model, other->xml->first);
        wire_types(model);
    }
    for (struct dmn_model *model = library->first; model != NULL; model = model->next)
        for (struct dmn_element *it = model->first; it != NULL; it = it->next) {
            wire_needs(it);
            if (it->kind == DMN_SERVICE)
                wire_service(it);
        }
    for (struct dmn_model *model = library->first; model != NULL; model = model->next)
        for (struct dmn_element *it = model->first; it != NULL; it = it->next)
            if (it->kind == DMN_DECISION || it->kind == DMN_KNOWLEDGE)
                wire_logic(it);
}

static bool open(struct dmn_library *made, struct str path, struct str bytes,
                 struct dmn_library **library, struct err *err)
{
    struct dmn_model *model;

    if (!read_model(made, path, bytes, &model, err))
        return false;
    wire_all(made);
    made->source = NULL;
    *library = made;
    return true;
}

bool dmn_open_text(struct arena *arena, struct str name, struct str bytes,
                   struct dmn_library **library, struct err *err)
{
    struct dmn_library *made = ARENA_NEW(arena, struct dmn_library);

    made->arena = arena;
    return open(made, name, bytes, library, err);
}

bool dmn_open_source(struct arena *arena, struct str path, const struct dmn_source *source,
                     struct dmn_library **library, struct err *err)
{
    struct dmn_library *made = ARENA_NEW(arena, struct dmn_library);
    struct str bytes;

    made->arena = arena;
    made->source = source;
    return source->read(source->data, arena, path, &bytes, err) &&
           open(made, path, bytes, library, err);
}

static bool read_file(const void *data, struct arena *arena, struct str path, struct str *bytes,
                      struct err *err)
{
    (void)data;
    return file_read(arena, path, DMN_BYTES_MAX, bytes, err);
}

static bool list_files(const void *data, struct arena *arena, struct str folder, struct str **names,
                       size_t *count, struct err *err)
{
    (void)data;
    return file_list(arena, folder, names, count, err);
}

bool dmn_open(struct arena *arena, struct str path, struct dmn_library **library, struct err *err)
{
    static const struct dmn_source FILES = {read_file, list_files, NULL};

    if (str_find_char(path, '/') == path.len)
        path = str_printf(arena, "./%.*s", STR_ARG(path));
    return dmn_open_source(arena, path, &FILES, library, err);
}

struct dmn_element *dmn_find_callable(const struct dmn_library *library, struct str name)
{
    static const enum dmn_element_kind KINDS[] = {DMN_DECISION, DMN_SERVICE, DMN_KNOWLEDGE};
    struct dmn_element *element = NULL;

    for (size_t i = 0; i < ARRAY_LEN(KINDS) && element == NULL; i++)
        element = dmn_find(library, KINDS[i], name);
    return element;
}

struct dmn_element *dmn_find(const struct dmn_library *library, enum dmn_element_kind kind,
                             struct str name)
{
    return dmn_find_in(library, (struct str){0}, kind, name);
}

struct dmn_element *dmn_find_in(const struct dmn_library *library, struct str space,
                                enum dmn_element_kind kind, struct str name)
{
    for (struct dmn_model *model = library->first; model != NULL; model = model->next)
        for (struct dmn_element *it = model->first; it != NULL; it = it->next)
            if (it->kind == kind && (space.len == 0 || str_equal(space, model->space)) &&
                (str_equal(it->name, name) || str_equal(it->id, name) ||
                 str_equal(xml_tree_value(it->xml, "name"), name)))
                return it;
    return NULL;
}
