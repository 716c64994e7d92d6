#include "cli/commands.h"
#include "cli/help.h"
#include "web/route.h"

static void print_usage(struct command_run *run, const struct command *command)
{
    command_print(run, "usage: uprava %s%s%s", command->name, command->args[0] ? " " : "",
                  command->args);
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name != NULL; i++)
        command_print(run, " [%s%s%s]", command->options[i].name,
                      command->options[i].value != NULL ? " " : "",
                      command->options[i].value != NULL ? command->options[i].value : "");
    command_print(run, "\n\n%s\n", command->help);
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name != NULL; i++)
        command_print(run, "%s  %s%s%s\n      %s\n", i == 0 ? "\n" : "", command->options[i].name,
                      command->options[i].value != NULL ? " " : "",
                      command->options[i].value != NULL ? command->options[i].value : "",
                      command->options[i].help);
    if (command->place != COMMAND_ALONE)
        command_print(run, "%s  --data FOLDER\n      the data directory, var by default\n",
                      command->options[0].name == NULL ? "\n" : "");
}

static struct str joined(const struct command_run *run)
{
    struct buf name = {.arena = run->arena};

    for (size_t i = 0; i < run->arg_count; i++) {
        if (i > 0)
            buf_char(&name, ' ');
        buf_add(&name, run->args[i]);
    }
    return buf_str(&name);
}

/* For machines: what the documentation is checked against. */
static void print_json(struct command_run *run)
{
    struct buf out = {.arena = run->arena};

    buf_char(&out, '[');
    for (size_t i = 0; i < command_count; i++) {
        buf_add(&out, i == 0 ? STR("{\"name\":") : STR(",{\"name\":"));
        json_write_text(&out, str_from_z(commands[i].name));
        buf_add(&out, STR(",\"options\":["));
        for (size_t o = 0; o < COMMAND_OPTIONS_MAX && commands[i].options[o].name != NULL; o++) {
            if (o > 0)
                buf_char(&out, ',');
            json_write_text(&out, str_from_z(commands[i].options[o].name));
        }
        buf_add(&out, STR("]}"));
    }
    buf_add(&out, STR("]\n"));
    run->write(run->data, buf_str(&out));
}

/* For machines: what isolation between tenants is tested with. */
static void print_routes(struct command_run *run)
{
    struct buf out = {.arena = run->arena};

    route_list(&out);
    run->write(run->data, buf_str(&out));
}

bool cmd_help(struct command_run *run, struct err *err)
{
    struct str name = joined(run);
    bool is_found = name.len == 0;

    struct str format = command_option(run, "--format");

    if (run->is_json) {
        if (str_equal(name, STR("routes")))
            print_routes(run);
        else
            print_json(run);
        return true;
    }
    if (str_equal(format, STR("man")))
        return help_print_man(run);
    if (str_equal(format, STR("bash")))
        return help_print_bash(run);
    if (format.len > 0)
        return err_set(err, ERR_INPUT, "--format: man or bash");
    if (name.len == 0)
        command_print(run, "uprava: a municipal digital platform\n\n");
    for (size_t i = 0; i < command_count; i++) {
        struct str own = str_from_z(commands[i].name);

        if (name.len == 0) {
            command_print(run, "  %-16s %s\n", commands[i].name, commands[i].help);
        } else if (str_equal(own, name) ||
                   (str_starts(own, name) &&
                    str_starts(str_slice(own, name.len, own.len), STR(" ")))) {
            if (is_found)
                command_print(run, "\n");
            print_usage(run, &commands[i]);
            is_found = true;
        }
    }
    if (name.len == 0)
        command_print(run, "\nuprava help COMMAND, or COMMAND --help, tells more.\n");
    return is_found || err_set(err, ERR_INPUT, "there is no command \"%.*s\"", STR_ARG(name));
}
