#include "cli/data_option.h"

#include "cli/commands.h"
#include "core/arena.h"
#include "core/json.h"

bool data_option_read(struct command_run *run, const struct feel_value **data, struct err *err)
{
    struct str text = command_option(run, "--data");
    struct json *json;

    *data = feel_value_context(run->arena, NULL, 0);
    if (text.len == 0)
        return true;
    if (!json_parse(run->arena, text, NULL, &json, err))
        return err_while(err, "--data");
    *data = feel_from_json(run->arena, json);
    return (*data)->kind == FEEL_CONTEXT ||
           err_set(err, ERR_INPUT, "--data: an object is wanted, its members are the names");
}

void data_option_print(struct command_run *run, const struct feel_value *value,
                       const struct feel_run *evaluation)
{
    struct buf buf = {.arena = run->arena};

    if (run->is_json)
        json_write(&buf, feel_to_json(run->arena, value));
    else
        feel_value_print(&buf, value);
    command_print(run, "%.*s\n", STR_ARG(buf_str(&buf)));
    for (size_t i = 0; i < MIN(evaluation->note_count, FEEL_RUN_NOTES_MAX); i++) {
        struct buf note = {.arena = run->arena};

        feel_run_print_note(&note, &evaluation->notes[i]);
        command_print(run, "# %.*s\n", STR_ARG(buf_str(&note)));
    }
}
