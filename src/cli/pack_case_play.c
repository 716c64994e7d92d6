#include "cli/pack_case_play.h"

#include "core/id.h"
#include "workflow/conduct_job.h"

void pack_case_play_name(struct pack_case_play *play, struct str name, int64_t no, int64_t record)
{
    struct pack_case_named named = {name, id_text(play->arena, record), no, record};

    VEC_PUSH(play->arena, &play->names, named);
}

static const struct pack_case_named *find_name(const struct pack_case_play *play, struct str name)
{
    for (size_t i = play->names.count; i-- > 0;)
        if (str_equal(play->names.items[i].name, name))
            return &play->names.items[i];
    return NULL;
}

bool pack_case_play_fill(struct pack_case_play *play, struct str line, struct str *filled,
                         struct err *err)
{
    struct buf buf = {.arena = play->arena};
    struct str rest = line;

    while (rest.len > 0) {
        size_t at = str_find(rest, STR("${"));
        const struct pack_case_named *named;
        struct str name;

        buf_add(&buf, str_slice(rest, 0, at));
        if (at == rest.len)
            break;
        rest = str_slice(rest, at + 2, rest.len);
        name = str_cut(&rest, '}');
        named = find_name(play, name);
        if (named == NULL)
            return err_set(err, ERR_INPUT, "nothing was named ${%.*s} before this line",
                           STR_ARG(str_slice(name, 0, 60)));
        buf_add(&buf, named->value);
    }
    *filled = buf_str(&buf);
    return true;
}

/* A blank behind each word, JSON at the end. */
struct str pack_case_play_cut(struct str *rest)
{
    struct str word = str_cut(rest, ' ');

    *rest = str_trim(*rest);
    return word;
}

bool pack_case_play_json(struct pack_case_play *play, struct str text, struct json **json,
                         struct err *err)
{
    if (text.len == 0) {
        *json = json_new(play->arena, JSON_OBJECT);
        return true;
    }
    return json_parse(play->arena, text, NULL, json, err) &&
           ((*json)->kind == JSON_OBJECT || err_set(err, ERR_INPUT, "an object is expected"));
}

bool pack_case_play_settle(struct pack_case_play *play, struct err *err)
{
    struct conduct_place place = {play->tenant, play->stand->processes, play->now};
    int64_t next_at;

    return conduct_job_go(&place, &next_at, err);
}

struct conduct pack_case_play_conduct(const struct pack_case_play *play)
{
    return (struct conduct){.processes = play->stand->processes,
                            .catalog = play->catalog,
                            .arena = play->arena,
                            .now = play->now,
                            .actor = play->actor,
                            .flow = play->flow,
                            .step = {.node = -1}};
}
