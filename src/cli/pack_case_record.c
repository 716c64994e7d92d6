#include "cli/pack_case_look.h"
#include "cli/pack_case_play.h"

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
static bool make_one(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct str name = pack_case_play_cut(&rest);
    const struct register_type *type = model_type(play->catalog->model, name);
    struct change change = {
        .draft = {.type = type, .valid_from = RECORD_ALWAYS, .valid_to = RECORD_FOREVER},
        .catalog = play->catalog,
        .arena = play->arena,
        .classes = ALL_CLASSES,
        .actor = play->actor,
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
    pack_case_play_name(play, STR("record"), catalog_no(play->catalog, type), change.draft.id);
    return true;
}

/* REGISTER {…}: one that is there, whoever made it. */
static bool find_one(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct pack_case_look look = {play->tenant, play->arena, play->catalog, play->now};
    struct str name = pack_case_play_cut(&rest);
    struct record record;
    struct json *want;

    if (!pack_case_play_json(play, rest, &want, err) ||
        !pack_case_look_row(&look, name, want, &record, err))
        return false;
    pack_case_play_name(play, STR("record"), record.no, record.id);
    return true;
}

/* let NAME = record REGISTER {…}, let NAME = row REGISTER {…} */
bool pack_case_record_let(struct pack_case_play *play, struct str rest, struct err *err)
{
    struct str name = pack_case_play_cut(&rest);
    struct str is = pack_case_play_cut(&rest);
    struct str word = pack_case_play_cut(&rest);
    bool is_record = str_equal(word, STR("record"));
    const struct pack_case_named *last;

    if (!str_equal(is, STR("=")) || (!is_record && !str_equal(word, STR("row"))))
        return err_set(err, ERR_INPUT,
                       "let NAME = record REGISTER {…}, or let NAME = row REGISTER {…}");
    if (!(is_record ? make_one : find_one)(play, rest, err))
        return false;
    last = &play->names.items[play->names.count - 1];
    pack_case_play_name(play, name, last->no, last->record);
    return true;
}

bool pack_case_record_make(struct pack_case_play *play, struct str rest, struct err *err)
{
    return make_one(play, rest, err);
}
