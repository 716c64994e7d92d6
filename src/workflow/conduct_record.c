/*
 * Service tasks that create, change and read records: with the municipality's own rights, so a
 * process does what its author drew, whoever began it; the journal says which flow it was.
 */
#include "core/id.h"
#include "core/utf8.h"
#include "workflow/conduct_part.h"

#define ALL_CLASSES (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET)

struct asked {
    const struct register_type *type;
    const struct flow_wait *wait;
    int64_t id; /* 0: a new one */
};

bool conduct_record_is_pending(const struct conduct *conduct, const struct json *value)
{
    const struct conduct_work *work = conduct->work;
    int64_t id;

    if (value == NULL)
        return false;
    if (value->kind == JSON_STRING && value->text.len == ID_TEXT_LEN &&
        id_parse(value->text, &id)) {
        if (conduct->opening != NULL && conduct->opening->change->draft.id == id)
            return true;
        for (size_t i = 0; i < work->changes.count; i++)
            if (work->changes.items[i]->change.draft.id == id)
                return true;
    }
    for (const struct json *one = value->first; one != NULL; one = one->next)
        if (conduct_record_is_pending(conduct, one))
            return true;
    return false;
}

static struct json *result_of(struct arena *arena, int64_t id)
{
    struct json *result = json_new(arena, JSON_OBJECT);

    json_set_text(arena, result, STR("id"), id_text(arena, id));
    return result;
}

static bool read_record(struct tx *read, struct conduct *conduct, const struct asked *asked,
                        struct flow_step *answer, struct err *err)
{
    struct registry registry = {read, conduct->arena, conduct->catalog, conduct->now, NULL};
    int64_t no = catalog_no(conduct->catalog, asked->type);
    struct json *result;
    struct record record;

    if (!record_get(&registry, no, asked->id, catalog_day(conduct->catalog, conduct->now), &record,
                    err)) {
        if (err->code != ERR_ABSENT)
            return false;
        conduct_break(conduct, answer, "there is no such record in %.*s", STR_ARG(asked->type->id));
        return true;
    }
    if (!json_parse(conduct->arena, record.body, &(struct json_limits){.bytes = RECORD_BODY_MAX},
                    &result, err))
        return false;
    json_set_text(conduct->arena, result, STR("id"), id_text(conduct->arena, asked->id));
    VEC_PUSH(conduct->arena, &conduct->work->seen, (struct conduct_seen){no, asked->id});
    answer->data = result;
    return true;
}

static bool is_day(const struct register_type *type, struct str name)
{
    return type->is_temporal &&
           (str_equal(name, STR("valid_from")) || str_equal(name, STR("valid_to")));
}

/* The inputs of the task as the wire form of a record: all but its id are fields. */
static struct json *wire_of(struct arena *arena, const struct register_type *type,
                            const struct json *inputs)
{
    struct json *wire = json_new(arena, JSON_OBJECT);
    struct json *data = json_new(arena, JSON_OBJECT);

    json_set(wire, STR("data"), data);
    for (const struct json *one = inputs == NULL ? NULL : inputs->first; one != NULL;
         one = one->next)
        if (!str_equal(one->name, STR("id")))
            json_set(is_day(type, one->name) ? wire : data, one->name, json_copy(arena, one));
    return wire;
}

static void tell_flaw(struct conduct *conduct, struct flow_step *answer, const struct flaws *flaws,
                      const struct err *err)
{
    const struct flaw *flaw = flaws->first;

    if (flaw == NULL)
        conduct_break(conduct, answer, "%s", err->text);
    else
        conduct_break(conduct, answer, "the record is refused: %.*s: %s %.*s", STR_ARG(flaw->path),
                      flaw->id, STR_ARG(flaw->detail));
}

static bool change_record(struct tx *read, struct conduct *conduct, const struct asked *asked,
                          struct flow_step *answer, struct err *err)
{
    struct conduct_change *one = ARENA_NEW(conduct->arena, struct conduct_change);
    struct flaws flaws = {0};
    struct err found = {0};

    *one = (struct conduct_change){
        .change = {.draft = {.act = asked->id == 0 ? RECORD_CREATE : RECORD_CHANGE,
                             .type = asked->type,
                             .valid_from = RECORD_ALWAYS,
                             .valid_to = RECORD_FOREVER,
                             .cause = conduct->flow},
                   .catalog = conduct->catalog,
                   .arena = conduct->arena,
                   .classes = ALL_CLASSES,
                   .actor = conduct->actor,
                   .now = conduct->now,
                   .input = wire_of(conduct->arena, asked->type, asked->wait->data),
                   .id = asked->id,
                   .day = catalog_day(conduct->catalog, conduct->now),
                   .is_patch = asked->id != 0},
        .wait = asked->wait->part.id};
    if (!change_prepare(read, &one->change, &flaws, &found)) {
        if (found.code == ERR_BROKEN || found.code == ERR_UNAVAILABLE) {
            *err = found;
            return false;
        }
        tell_flaw(conduct, answer, &flaws, &found);
        return true;
    }
    VEC_PUSH(conduct->arena, &conduct->work->changes, one);
    answer->data = result_of(conduct->arena, one->change.draft.id);
    return true;
}

bool conduct_record(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                    struct flow_step *answer, struct err *err)
{
    const struct bpmn_work *work = conduct->after->model->nodes[wait->node].work;
    struct asked asked = {.type = model_type(conduct->catalog->model, work->subject), .wait = wait};
    bool is_new = str_equal(work->operation, STR("record.create"));
    struct str text = json_find_text(wait->data, STR("id"));

    if (asked.type == NULL) {
        conduct_break(conduct, answer, "there is no register \"%.*s\"",
                      STR_ARG(utf8_head(work->subject, 100)));
        return true;
    }
    if (conduct_record_is_pending(conduct, wait->data)) {
        answer->wait = 0;
        return true;
    }
    if (!is_new && !id_parse(text, &asked.id)) {
        conduct_break(conduct, answer, "its input id is no number of a record: \"%.*s\"",
                      STR_ARG(utf8_head(text, 40)));
        return true;
    }
    if (str_equal(work->operation, STR("record.read")))
        return read_record(read, conduct, &asked, answer, err);
    return change_record(read, conduct, &asked, answer, err);
}
