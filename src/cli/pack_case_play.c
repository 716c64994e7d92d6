#include "cli/pack_case_play.h"

#include "workflow/conduct_job.h"

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
                            .actor = PACK_CASE_PLAY_ACTOR,
                            .flow = play->flow,
                            .step = {.node = -1}};
}
