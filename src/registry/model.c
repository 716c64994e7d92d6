#include "registry/model.h"

#include "core/vec.h"
#include "registry/calendar_file.h"
#include "registry/code_rows.h"
#include "registry/words.h"

struct compile {
    struct arena *arena;
    struct pack_findings *findings;
    const struct pack *pack;
    struct model *model;
    VEC(struct register_type *) types;
    bool has_failed;
    struct err *err;
};

static bool add_type(void *data, const struct pack_file *file)
{
    struct compile *compile = data;
    struct register_type *type =
        register_type_compile(compile->arena, compile->pack, file, compile->findings);

    if (type == NULL) {
        compile->has_failed = true;
        return true;
    }
    type->index = (int)compile->types.count;
    VEC_PUSH(compile->arena, &compile->types, type);
    map_put(&compile->model->by_id, type->id, type);
    return true;
}

static bool add_synonyms(void *data, const struct pack_file *file)
{
    struct compile *compile = data;

    words_read_synonyms(&compile->model->synonyms, file->bytes);
    return true;
}

static bool add_messages(struct compile *compile)
{
    static const char *const PATHS[MODEL_LANGUAGES] = {"i18n/ru.po", "i18n/ky.po", "i18n/en.po"};

    for (int i = 0; i < MODEL_LANGUAGES; i++) {
        const struct pack_file *file = pack_file_find(compile->pack, str_from_z(PATHS[i]));

        if (file != NULL &&
            !messages_add_po(compile->model->messages[i], file->bytes, compile->err))
            return err_while(compile->err, "pack %.*s, %s", STR_ARG(compile->pack->id), PATHS[i]);
    }
    return true;
}

static bool link_refs(struct model *model, struct err *err)
{
    for (size_t i = 0; i < model->type_count; i++)
        for (size_t f = 0; f < model->types[i]->field_count; f++) {
            struct register_field *field = &model->types[i]->fields[f];
            struct register_type *target = map_find(&model->by_id, field->ref);

            if (field->ref.len == 0)
                continue;
            if (target == NULL)
                return err_set(err, ERR_INPUT,
                               "%.*s.%.*s refers to the register %.*s, which no "
                               "installed pack has",
                               STR_ARG(model->types[i]->id), STR_ARG(field->name),
                               STR_ARG(field->ref));
            field->ref_index = target->index;
            target->is_in_other_titles |= field->is_in_title;
        }
    return true;
}

static bool find_meanings(struct model *model, struct err *err)
{
    for (size_t i = 0; i < model->type_count; i++) {
        const struct register_type *type = model->types[i];
        const struct register_type **place =
            type->meaning == REGISTER_TYPE_PERSONS ? &model->person : &model->day;

        if (type->meaning == REGISTER_TYPE_ANYTHING)
            continue;
        if (*place != NULL)
            return err_set(err, ERR_INPUT, "%.*s and %.*s are both of %s: one register can be",
                           STR_ARG((*place)->id), STR_ARG(type->id),
                           register_type_plural(type->meaning));
        *place = type;
    }
    return true;
}

static bool compile_policy(struct arena *arena, struct model *model, struct err *err)
{
    struct str *names = ARENA_ARRAY(arena, struct str, model->type_count);

    for (size_t i = 0; i < model->type_count; i++)
        names[i] = model->types[i]->id;
    return policy_compile(arena, &model->packs, names, model->type_count, &model->policy, err);
}

static bool compile_lists(struct arena *arena, struct model *model, struct err *err)
{
    struct code_rows rows = {.arena = arena};

    for (size_t i = 0; i < model->packs.count; i++)
        if (!code_rows_read_pack(&rows, model->packs.packs[i], err))
            return false;
    code_rows_lists(&rows, &model->lists);
    return true;
}

/*
 * Of a service's card only what a write has to know: whose records give cause to offer it.  The
 * rest is service/service.h's, which says what is wrong with it.
 */
static void note_offer(struct compile *compile, const struct json *card)
{
    struct str name = json_find_text(json_find(card, STR("offer")), STR("register"));
    struct buf whole = {.arena = compile->arena};
    struct register_type *type;

    if (str_find_char(name, '.') == name.len)
        buf_printf(&whole, "%.*s.", STR_ARG(compile->pack->id));
    buf_add(&whole, name);
    type = map_find(&compile->model->by_id, buf_str(&whole));
    if (type != NULL)
        type->gives_cause = true;
}

static bool note_service(void *data, const struct pack_file *file)
{
    struct compile *compile = data;
    struct json *card;
    struct err none;

    compile->model->has_services = true;
    if (json_parse(compile->arena, file->bytes, NULL, &card, &none))
        note_offer(compile, card);
    return true;
}

static struct model *new_model(struct arena *arena, const struct pack_set *packs)
{
    static const char *const LANGUAGES[MODEL_LANGUAGES] = {"ru", "ky", "en"};
    struct model *model = ARENA_NEW(arena, struct model);

    model->packs = *packs;
    model->by_id.arena = model->synonyms.arena = model->lists.arena = arena;
    model->calendars.arena = arena;
    model->are_lists_kept = ARENA_NEW(arena, atomic_bool);
    for (int i = 0; i < MODEL_LANGUAGES; i++)
        model->messages[i] = messages_new(arena, str_from_z(LANGUAGES[i]));
    return model;
}

bool model_compile(struct arena *arena, const struct pack_set *packs,
                   struct pack_findings *findings, struct model **model, struct err *err)
{
    struct compile compile = {
        .arena = arena, .findings = findings, .model = new_model(arena, packs), .err = err};

    for (size_t i = 0; i < packs->count; i++) {
        compile.pack = packs->packs[i];
        pack_each_file(compile.pack, STR("registers"), STR(".json"), add_type, &compile);
        pack_each_file(compile.pack, STR("words"), STR(".txt"), add_synonyms, &compile);
        pack_each_file(compile.pack, STR("services"), STR(".json"), note_service, &compile);
        if (!add_messages(&compile))
            return false;
    }
    if (compile.has_failed)
        return err_set(err, ERR_INPUT, "a register of the packs is wrong: %.*s: %.*s",
                       STR_ARG(findings->first->file), STR_ARG(findings->first->text));
    compile.model->types = compile.types.items;
    compile.model->type_count = compile.types.count;
    if (!link_refs(compile.model, err) || !find_meanings(compile.model, err) ||
        !compile_policy(arena, compile.model, err) || !compile_lists(arena, compile.model, err) ||
        !calendar_file_read(packs, arena, &compile.model->calendars, err))
        return false;
    *model = compile.model;
    return true;
}

const struct register_type *model_type(const struct model *model, struct str id)
{
    return map_find(&model->by_id, id);
}

enum model_language model_language(struct str code)
{
    if (str_equal(code, STR("ky")))
        return MODEL_KY;
    return str_equal(code, STR("en")) ? MODEL_EN : MODEL_RU;
}
