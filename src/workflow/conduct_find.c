/*
 * Service tasks that look for records: a filter in FEEL over the fields of a register and the
 * inputs of the task, asked of the database as lists ask theirs (registry/record_where.h).  As
 * with record.read the rights are the municipality's, and the journal names what was seen.
 */
#include "core/id.h"
#include "core/num.h"
#include "core/utf8.h"
#include "lang/feel.h"
#include "registry/record_list.h"
#include "registry/record_where.h"
#include "workflow/conduct_part.h"

enum {
    FOUND_USUAL = 10,
    FOUND_BYTES_MAX = 512 * 1024, /* of all that one task finds: it becomes a value of the flow */
};

struct finding {
    struct conduct *conduct;
    const struct register_type *type;
    const struct bpmn_work *work;
    const struct json *inputs;
    int64_t except; /* a record that does not count; 0: none */
    struct record_filter filter;
    struct record_ask ask;
    struct registry registry;
};

static const struct feel_value *inputs_of(const struct finding *it)
{
    struct arena *arena = it->conduct->arena;
    struct feel_entry *members = ARENA_ARRAY(arena, struct feel_entry, it->work->input_count + 1);

    for (size_t i = 0; i < it->work->input_count; i++) {
        struct str name = it->work->inputs[i].to;
        const struct json *value = json_find(it->inputs, name);

        members[i] =
            (struct feel_entry){name, value == NULL ? &feel_null : feel_from_json(arena, value)};
    }
    return feel_value_context(arena, members, it->work->input_count);
}

static bool read_except(struct finding *it, struct err *err)
{
    struct str text = json_find_text(it->inputs, STR("except"));

    return text.len == 0 || id_parse(text, &it->except) ||
           err_set(err, ERR_INPUT, "its input except is no number of a record: \"%.*s\"",
                   STR_ARG(utf8_head(text, 40)));
}

bool conduct_find_sort(const struct register_type *type, struct str text,
                       const struct register_field **field, bool *is_descending)
{
    *is_descending = str_starts(text, STR("-"));
    *field = register_type_field(type, str_slice(text, *is_descending, text.len));
    return *field != NULL && (*field)->is_indexed;
}

bool conduct_find_limit(struct str text, int *limit)
{
    int64_t number = FOUND_USUAL;

    if (text.len > 0 && !num_parse_int(text, &number))
        return false;
    *limit = (int)MIN(number, CONDUCT_FIND_MAX);
    return number >= 1 && number <= CONDUCT_FIND_MAX;
}

static bool read_ask(struct finding *it, struct err *err)
{
    const struct conduct *conduct = it->conduct;
    struct record_where_asker asker = {.clock = catalog_clock(conduct->catalog, conduct->now),
                                       .input = inputs_of(it)};
    struct record_ask *ask = &it->ask;

    *ask = (struct record_ask){.type = it->type,
                               .filters = &it->filter,
                               .filter_count = it->work->where.len > 0,
                               .valid_on = catalog_day(conduct->catalog, conduct->now)};
    if (it->work->sort.len > 0 &&
        !conduct_find_sort(it->type, it->work->sort, &ask->sort, &ask->is_descending))
        return err_set(err, ERR_INPUT, "it cannot be sorted by %.*s",
                       STR_ARG(utf8_head(it->work->sort, 60)));
    if (!conduct_find_limit(it->work->limit, &ask->limit))
        return err_set(err, ERR_INPUT, "its limit is no number from 1 to %d", CONDUCT_FIND_MAX);
    return read_except(it, err) && (ask->filter_count == 0 ||
                                    record_where_parse_as(conduct->arena, it->type, it->work->where,
                                                          &asker, &it->filter.where, err) ||
                                    err_while(err, "where"));
}

/* Records of this write are not in the database yet. */
static bool is_pending(const struct finding *it)
{
    const struct conduct *conduct = it->conduct;
    const struct record_draft *opening =
        conduct->opening == NULL ? NULL : &conduct->opening->change->draft;

    if (opening != NULL && opening->type == it->type && opening->id != it->except)
        return true;
    for (size_t i = 0; i < conduct->work->changes.count; i++) {
        const struct record_draft *draft = &conduct->work->changes.items[i]->change.draft;

        if (draft->type == it->type && draft->id != it->except)
            return true;
    }
    return false;
}

static bool count(struct finding *it, struct json *result, struct err *err)
{
    int64_t found, excepted = 0;
    bool is_more, none;

    if (!record_count(&it->registry, &it->ask, &found, &is_more, err))
        return false;
    it->ask.id = it->except;
    if (it->except != 0 && !record_count(&it->registry, &it->ask, &excepted, &none, err))
        return false;
    json_set_int(it->conduct->arena, result, STR("count"), found - excepted);
    json_set_bool(it->conduct->arena, result, STR("is_more"), is_more);
    return true;
}

static bool add_record(struct finding *it, const struct record *record, struct json *list,
                       struct err *err)
{
    struct arena *arena = it->conduct->arena;
    struct json *value;

    if (!json_parse(arena, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value,
                    err))
        return false;
    json_set_text(arena, value, STR("id"), id_text(arena, record->id));
    json_push(list, value);
    VEC_PUSH(arena, &it->conduct->work->seen, (struct conduct_seen){record->no, record->id});
    return true;
}

static bool find(struct finding *it, struct json *result, struct err *err)
{
    struct arena *arena = it->conduct->arena;
    struct json *list = json_new(arena, JSON_ARRAY);
    size_t most = (size_t)it->ask.limit;
    size_t bytes = 0, passed = 0;
    struct record_page page;

    it->ask.limit++; /* for the one that does not count */
    if (!record_list(&it->registry, &it->ask, &page, err))
        return false;
    for (size_t i = 0; i < page.count && list->count < most; i++) {
        passed++;
        if (page.records[i].id == it->except)
            continue;
        bytes += page.records[i].body.len;
        if (bytes > FOUND_BYTES_MAX)
            return err_set(err, ERR_INPUT, "what it finds is too much: give it a smaller limit");
        if (!add_record(it, &page.records[i], list, err))
            return false;
    }
    while (passed < page.count && page.records[passed].id == it->except)
        passed++;
    json_set_int(arena, result, STR("count"), (int64_t)list->count);
    json_set_bool(arena, result, STR("is_more"), passed < page.count || page.cursor.len > 0);
    json_set(result, STR("records"), list);
    return true;
}

bool conduct_find(struct tx *read, struct conduct *conduct, const struct flow_wait *wait,
                  struct flow_step *answer, struct err *err)
{
    const struct bpmn_work *work = conduct->after->model->nodes[wait->node].work;
    struct finding it = {.conduct = conduct,
                         .type = model_type(conduct->catalog->model, work->subject),
                         .work = work,
                         .inputs = wait->data,
                         .registry = {read, conduct->arena, conduct->catalog, conduct->now, NULL}};
    struct json *result = json_new(conduct->arena, JSON_OBJECT);
    size_t before = conduct->work->seen.count;
    struct err found = {0};
    bool is_count = str_equal(work->operation, STR("record.count"));

    if (it.type == NULL) {
        conduct_break(conduct, answer, "there is no register \"%.*s\"",
                      STR_ARG(utf8_head(work->subject, 100)));
        return true;
    }
    if (read_ask(&it, &found) && is_pending(&it)) {
        answer->wait = 0;
        return true;
    }
    if (found.code == ERR_NONE)
        (void)!(is_count ? count(&it, result, &found) : find(&it, result, &found));
    if (found.code == ERR_BROKEN || found.code == ERR_UNAVAILABLE) {
        *err = found;
        return false;
    }
    if (found.code != ERR_NONE) {
        conduct->work->seen.count = before;
        conduct_break(conduct, answer, "%s", found.text);
        return true;
    }
    answer->data = result;
    return true;
}
