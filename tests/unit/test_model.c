#include "registry/model.h"

#include "check.h"

#define REGISTER(title, properties)                                                                \
    "{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,"                         \
    "\"x-uprava\":{\"title\":\"" title "\"},\"properties\":{" properties "}}"
#define NAME "\"name\":{\"type\":\"string\",\"title\":\"t\",\"maxLength\":9}"
#define REF(id)                                                                                    \
    "\"at\":{\"type\":\"string\",\"title\":\"t\",\"maxLength\":99,\"x-uprava\":{\"ref\":\"" id     \
    "\"}}"

/* A pack of one register and perhaps another file. */
static const struct pack *make(const char *id, const char *schema, struct str path,
                               struct str bytes)
{
    struct pack_file *files = ARENA_ARRAY(check_arena(), struct pack_file, 3);
    struct pack *pack;
    struct err err;

    files[0] = (struct pack_file){
        STR("pack.json"), str_printf(check_arena(), "{\"id\":\"%s\",\"version\":\"1.0.0\"}", id)};
    files[1] = (struct pack_file){STR("registers/thing.json"), str_from_z(schema)};
    files[2] = (struct pack_file){path, bytes};
    CHECK_OK(pack_make(check_arena(), files, path.len > 0 ? 3 : 2, &pack, &err), &err);
    return pack;
}

static bool compile(const struct pack *a, const struct pack *b, struct model **model,
                    struct err *err)
{
    const struct pack **packs = ARENA_ARRAY(check_arena(), const struct pack *, 2);
    struct pack_findings findings = {.arena = check_arena()};
    struct pack_set set = {packs, b != NULL ? 2 : 1};

    packs[0] = a;
    packs[1] = b;
    return model_compile(check_arena(), &set, &findings, model, err);
}

static void types_of_all_packs_know_each_other(void)
{
    const struct pack *towns = make("towns", REGISTER("{{name}}", NAME), STR(""), STR(""));
    const struct pack *trees =
        make("trees", REGISTER("{{at}}", REF("towns.thing")), STR(""), STR(""));
    const struct register_type *town, *tree;
    struct model *model;
    struct err err;

    CHECK_OK(compile(towns, trees, &model, &err), &err);
    CHECK_INT((int64_t)model->type_count, 2);
    town = model_type(model, STR("towns.thing"));
    tree = model_type(model, STR("trees.thing"));
    CHECK(town != NULL && tree != NULL && model->types[tree->index] == tree);
    CHECK_INT(register_type_field(tree, STR("at"))->ref_index, town->index);
    CHECK(town->is_in_other_titles);
    CHECK(!tree->is_in_other_titles);
    CHECK(model_type(model, STR("trees.other")) == NULL);
}

static void reference_to_a_register_that_no_pack_has_is_named(void)
{
    const struct pack *trees =
        make("trees", REGISTER("{{at}}", REF("towns.thing")), STR(""), STR(""));
    struct model *model = NULL;
    struct err err;

    CHECK(!compile(trees, NULL, &model, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK_STR(str_from_z(err.text), STR("trees.thing.at refers to the register towns.thing, which "
                                        "no installed pack has"));
    CHECK(model == NULL);
}

#define PERSONS                                                                                    \
    "{\"title\":\"T\",\"type\":\"object\",\"additionalProperties\":false,"                         \
    "\"x-uprava\":{\"title\":\"{{name}}\",\"means\":\"person\"},\"properties\":{" NAME "}}"

static void one_register_of_all_packs_is_of_persons(void)
{
    const struct pack *towns = make("towns", REGISTER("{{name}}", NAME), STR(""), STR(""));
    const struct pack *people = make("people", PERSONS, STR(""), STR(""));
    const struct pack *others = make("others", PERSONS, STR(""), STR(""));
    struct model *model;
    struct err err;

    CHECK_OK(compile(towns, NULL, &model, &err), &err);
    CHECK(model->person == NULL);
    CHECK_OK(compile(towns, people, &model, &err), &err);
    CHECK_STR(model->person->id, STR("people.thing"));
    CHECK(!compile(people, others, &model, &err));
    CHECK_INT(err.code, ERR_INPUT);
    CHECK_STR(str_from_z(err.text), STR("people.thing and others.thing are both of persons: one "
                                        "register can be"));
}

static void broken_register_is_named_by_its_file(void)
{
    struct str text;
    struct model *model;
    struct err err;

    CHECK(!compile(make("trees", "{", STR(""), STR("")), NULL, &model, &err));
    CHECK_INT(err.code, ERR_INPUT);
    text = str_from_z(err.text);
    CHECK(str_find(text, STR("registers/thing.json")) < text.len);
}

static void translations_go_to_their_language(void)
{
    const struct pack *pack = make("trees", REGISTER("{{name}}", NAME), STR("i18n/ky.po"),
                                   STR("msgid \"Дерево\"\nmsgstr \"Дарак\"\n"));
    struct model *model;
    struct err err;

    CHECK_OK(compile(pack, NULL, &model, &err), &err);
    CHECK_STR(messages_get(model->messages[MODEL_KY], STR("Дерево")), STR("Дарак"));
    CHECK_STR(messages_get(model->messages[MODEL_EN], STR("Дерево")), STR("Дерево"));
    CHECK(!compile(make("trees", REGISTER("{{name}}", NAME), STR("i18n/ky.po"), STR("msgid x")),
                   NULL, &model, &err));
    CHECK(str_starts(str_from_z(err.text), STR("pack trees, i18n/ky.po")));
}

static void unknown_languages_are_russian(void)
{
    CHECK_INT(model_language(STR("ky")), MODEL_KY);
    CHECK_INT(model_language(STR("en")), MODEL_EN);
    CHECK_INT(model_language(STR("ru")), MODEL_RU);
    CHECK_INT(model_language(STR("de")), MODEL_RU);
    CHECK_INT(model_language(STR("")), MODEL_RU);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(types_of_all_packs_know_each_other),
    CHECK_TEST(reference_to_a_register_that_no_pack_has_is_named),
    CHECK_TEST(one_register_of_all_packs_is_of_persons),
    CHECK_TEST(broken_register_is_named_by_its_file),
    CHECK_TEST(translations_go_to_their_language),
    CHECK_TEST(unknown_languages_are_russian),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
