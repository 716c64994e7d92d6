#include "cli/pack_case_play.h"
#include "core/id.h"

#define ALL_CLASSES (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET)

static bool run_change(struct tx *tx, void *data, struct err *err)
{
    return change_run(tx, data, err);
}

static bool prepare(struct pack_case_play *play, struct change *change, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct flaws flaws = {0};

    if (!tx_read(&tx, play->tenant, err))
        return false;
    if (change_prepare(&tx, change, &flaws, err))
        return true;
    return flaws.first == NULL
               ? false
               : err_set(err, ERR_INPUT, "%.*s: %s", STR_ARG(flaws.first->path), flaws.first->id);
}

/* record REGISTER {…} */
static bool make_one(struct pack_case_play *play, struct str rest, struct pack_case_named *named,
                     struct err *err)
{
    struct str name = pack_case_play_cut(&rest);
    const struct register_type *type = model_type(play->catalog->model, name);
    struct change change = {
        .draft = {.type = type, .valid_from = RECORD_ALWAYS, .valid_to = RECORD_FOREVER},
        .catalog = play->catalog,
        .arena = play->arena,
        .classes = ALL_CLASSES,
        .actor = PACK_CASE_PLAY_ACTOR,
        .now = play->now};
    struct json *data;

    if (type == NULL)
        return err_set(err, ERR_INPUT, "there is no register %.*s", STR_ARG(name));
    if (!pack_case_play_json(play, rest, &data, err))
        return false;
    change.input = json_new(play->arena, JSON_OBJECT);
    json_set(change.input, STR("data"), data);
    if (!prepare(play, &change, err) || !tenant_write_wait(play->tenant, run_change, &change, err))
        return false;
    named->no = catalog_no(play->catalog, type);
    named->record = change.draft.id;
    named->value = id_text(play->arena, change.draft.id);
    return true;
}

/* let NAME = record REGISTER {…} */
bool pack_case_record_let(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct pack_case_named named = {.name = pack_case_play_cut(&rest)};

    if (!str_equal(pack_case_play_cut(&rest), STR("=")) ||
        !str_equal(pack_case_play_cut(&rest), STR("record")))
        return err_set(err, ERR_INPUT, "let NAME = record REGISTER {…}");
    if (!make_one(play, rest, &named, err))
        return false;
    VEC_PUSH(play->arena, &play->names, named);
    return true;
}

bool pack_case_record_make(struct pack_case_play *play, struct str rest, struct err *err)
{
    return make_one(play, rest, &(struct pack_case_named){0}, err);
}
