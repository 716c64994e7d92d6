#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>

#include "core/file.h"

struct str command_option(const struct command_run *run, const char *name)
{
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && run->command->options[i].name != NULL; i++)
        if (str_equal(str_from_z(run->command->options[i].name), str_from_z(name)))
            return run->options[i];
    return (struct str){0};
}

bool command_has(const struct command_run *run, const char *name)
{
    return command_option(run, name).len > 0;
}

void command_print(struct command_run *run, const char *format, ...)
{
    char text[4096];
    va_list args;

    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (len > 0)
        run->write(run->data, (struct str){text, MIN((size_t)len, sizeof text - 1)});
}

struct str command_path(const struct command_run *run, struct str path)
{
    return str_starts(path, STR("/")) ? path : file_join(run->arena, run->folder, path);
}

struct str command_folder(const struct command_run *run, struct str path)
{
    return path.len > 0 ? command_path(run, path) : path;
}

/* The longest name that the words begin with: "tenant create" before "tenant". */
static const struct command *find(const struct str *words, size_t count, size_t *used)
{
    const struct command *best = NULL;

    *used = 0;
    for (size_t i = 0; i < command_count; i++) {
        struct str name = str_from_z(commands[i].name);
        size_t parts = 0;
        bool fits = true;

        while (name.len > 0 && fits) {
            struct str part = str_cut(&name, ' ');

            fits = parts < count && str_equal(part, words[parts]);
            parts++;
        }
        if (fits && parts > *used) {
            best = &commands[i];
            *used = parts;
        }
    }
    return best;
}

static bool put_option(struct command_run *run, struct str word, const struct str *next,
                       size_t *taken, struct err *err)
{
    size_t equal = str_find_char(word, '=');
    struct str name = str_slice(word, 0, equal);

    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && run->command->options[i].name != NULL; i++) {
        const struct command_option *option = &run->command->options[i];

        if (!str_equal(str_from_z(option->name), name))
            continue;
        if (option->value == NULL) {
            run->options[i] = STR("yes");
        } else if (equal < word.len) {
            run->options[i] = str_slice(word, equal + 1, word.len);
        } else if (next != NULL) {
            run->options[i] = *next;
            *taken = 1;
        } else {
            return err_set(err, ERR_INPUT, "%.*s needs a value: %s", STR_ARG(name), option->value);
        }
        return true;
    }
    return err_set(err, ERR_INPUT, "uprava %s has no option %.*s; see uprava %s --help",
                   run->command->name, STR_ARG(name), run->command->name);
}

/* An option that all commands have. */
static bool put_common(struct command_run *run, struct str word, const struct str *next,
                       struct str *data, size_t *taken)
{
    const struct {
        struct str name;
        struct str *value;
    } options[] = {
        {STR("--data"), data},
        {STR("--store"), &run->store},
        {STR("--files"), &run->files},
        {STR("--node-key"), &run->node_key},
    };
    size_t equal = str_find_char(word, '=');

    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (!str_equal(str_slice(word, 0, equal), options[i].name))
            continue;
        if (equal == word.len && next == NULL)
            return false;
        *taken = equal == word.len;
        *options[i].value = equal < word.len ? str_slice(word, equal + 1, word.len) : *next;
        return true;
    }
    return false;
}

/* --data of bpmn run: an option of the command itself goes before that of all commands. */
static bool has_own(const struct command_run *run, struct str word)
{
    struct str name = str_slice(word, 0, str_find_char(word, '='));

    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && run->command->options[i].name != NULL; i++)
        if (str_equal(str_from_z(run->command->options[i].name), name))
            return true;
    return false;
}

static bool read_words(struct command_run *run, const struct str *words, size_t count,
                       struct str *data, struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        const struct str *next = i + 1 < count ? &words[i + 1] : NULL;
        size_t taken = 0;

        if (str_equal(words[i], STR("--json"))) {
            run->is_json = true;
        } else if (!has_own(run, words[i]) && put_common(run, words[i], next, data, &taken)) {
            i += taken;
        } else if (str_starts(words[i], STR("--"))) {
            if (!put_option(run, words[i], next, &taken, err))
                return false;
            i += taken;
        } else if (run->arg_count == MIN(run->command->args_most, (size_t)COMMAND_ARGS_MAX)) {
            return err_set(err, ERR_INPUT, "\"%.*s\" is one word too many; see uprava %s --help",
                           STR_ARG(str_slice(words[i], 0, 80)), run->command->name);
        } else {
            run->args[run->arg_count++] = words[i];
        }
    }
    return true;
}

bool command_parse(struct arena *arena, const struct str *words, size_t count,
                   struct command_run *run, struct str *data, struct err *err)
{
    size_t used;

    run->arena = arena;
    run->command = find(words, count, &used);
    if (run->command == NULL)
        return err_set(err, ERR_INPUT, "there is no command \"%.*s\"; see uprava help",
                       STR_ARG(str_slice(count > 0 ? words[0] : STR(""), 0, 80)));
    for (size_t i = used; i < count; i++)
        if (str_equal(words[i], STR("--help")))
            return true;
    if (!read_words(run, words + used, count - used, data, err))
        return false;
    return run->arg_count >= run->command->args_least ||
           err_set(err, ERR_INPUT, "uprava %s needs: %s", run->command->name, run->command->args);
}
