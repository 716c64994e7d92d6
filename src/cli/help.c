#include "cli/help.h"

/* Text of a manual page: hyphens of options stay what they are when they are copied out. */
static void put_text(struct buf *out, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '\\')
            buf_add(out, STR("\\e"));
        else if (*at == '-')
            buf_add(out, STR("\\-"));
        else if (at == text && (*at == '.' || *at == '\''))
            buf_printf(out, "\\&%c", *at);
        else
            buf_char(out, *at);
    }
}

static void put_option(struct buf *out, const struct command_option *option)
{
    buf_add(out, STR(".TP\n.BR "));
    put_text(out, option->name);
    if (option->value != NULL)
        buf_printf(out, " \" \" \\fI%s\\fR", option->value);
    buf_char(out, '\n');
    put_text(out, option->help);
    buf_char(out, '\n');
}

static void put_command(struct buf *out, const struct command *command)
{
    buf_add(out, STR(".SS uprava "));
    put_text(out, command->name);
    if (command->args[0] != '\0')
        buf_char(out, ' ');
    put_text(out, command->args);
    buf_char(out, '\n');
    put_text(out, command->help);
    buf_char(out, '\n');
    for (size_t i = 0; i < COMMAND_OPTIONS_MAX && command->options[i].name != NULL; i++)
        put_option(out, &command->options[i]);
}

static const char MAN_HEAD[] =
    ".\\\" Printed by uprava help --format man.\n"
    ".TH UPRAVA 1 \"\" \"uprava " UPRAVA_VERSION "\" \"User commands\"\n"
    ".SH NAME\nuprava \\- a municipal digital platform\n"
    ".SH SYNOPSIS\n.B uprava\n.I COMMAND\n.RI [ ARGUMENT ...]\n.RI [ OPTION ...]\n"
    ".SH DESCRIPTION\n"
    "One program with everything a municipality's registers need: the server, and the commands\n"
    "for those who run it. A command that needs the data directory is run by the server when one\n"
    "is running on it, else by itself; so every command may be called while the server works.\n"
    ".SH OPTIONS OF ALL COMMANDS\n";

static const char MAN_TAIL[] =
    ".SH EXIT STATUS\n"
    ".TP\n0\ndone\n.TP\n1\nsomething is broken; the message says what\n"
    ".TP\n2\nthe call or its input is wrong\n.TP\n3\nthere is no such thing\n"
    ".TP\n4\nnot permitted\n.TP\n5\nsomebody else changed it first\n"
    ".TP\n6\ntoo large, too many\n.TP\n7\nsomething else does not answer; trying again may help\n"
    ".SH FILES\n"
    ".TP\n.I /var/lib/uprava\nthe data directory of the Debian package's server\n"
    ".TP\n.I /etc/default/uprava\nits options\n"
    ".SH SEE ALSO\nThe documentation is in /usr/share/doc/uprava, and in the folder docs of the "
    "source.\n";

static const struct command_option COMMON[] = {
    {"--data", "FOLDER", "the data directory, var by default"},
    {"--store", "ADDRESS", "a PostgreSQL database instead of SQLite files in the data directory"},
    {"--json", NULL, "for programs instead of people"},
    {"--help", NULL, "tells about the command"},
};

bool help_print_man(struct command_run *run)
{
    struct buf out = {.arena = run->arena};

    buf_add(&out, str_from_z(MAN_HEAD));
    for (size_t i = 0; i < ARRAY_LEN(COMMON); i++)
        put_option(&out, &COMMON[i]);
    buf_add(&out, STR(".SH COMMANDS\n"));
    for (size_t i = 0; i < command_count; i++)
        put_command(&out, &commands[i]);
    buf_add(&out, str_from_z(MAN_TAIL));
    run->write(run->data, buf_str(&out));
    return true;
}

/* "tenant create": its options; the options that take a file or folder are completed as such. */
static const char BASH_TAIL[] =
    "    case ${COMP_WORDS[COMP_CWORD - 1]} in\n"
    "    --data | --share) mapfile -t COMPREPLY < <(compgen -d -- \"$now\"); return ;;\n"
    "    --certificate | --key) mapfile -t COMPREPLY < <(compgen -f -- \"$now\"); return ;;\n"
    "    esac\n"
    "    # The longest command that the words begin with, and what may stand behind it.\n"
    "    for name in \"${!options[@]}\"; do\n"
    "        if [[ \"$line\" == \"$name \"* && ${#name} -gt ${#best} ]]; then best=$name; fi\n"
    "        if [[ \"$name\" == \"$line\"* ]]; then\n"
    "            rest=${name#\"$before\"}\n"
    "            words+=\" ${rest%% *}\"\n"
    "        fi\n"
    "    done\n"
    "    if [ -n \"$best\" ]; then words+=\" ${options[$best]} $common\"; fi\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$now\" | sort -u)\n"
    "    if [ ${#COMPREPLY[@]} = 0 ]; then mapfile -t COMPREPLY < <(compgen -f -- \"$now\"); fi\n"
    "}\n"
    "complete -F _uprava uprava\n";

bool help_print_bash(struct command_run *run)
{
    struct buf out = {.arena = run->arena};

    buf_add(&out, STR("# Printed by uprava help --format bash.\n_uprava() {\n"
                      "    local now=${COMP_WORDS[COMP_CWORD]} name rest best='' words=''\n"
                      "    local before=\"${COMP_WORDS[*]:1:COMP_CWORD - 1}\"\n"
                      "    if [ \"$COMP_CWORD\" -gt 1 ]; then before+=' '; fi\n"
                      "    local line=$before$now\n    local common='"));
    for (size_t i = 0; i < ARRAY_LEN(COMMON); i++)
        buf_printf(&out, "%s%s", i > 0 ? " " : "", COMMON[i].name);
    buf_add(&out, STR("'\n    declare -A options=(\n"));
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &commands[i];

        buf_printf(&out, "        [\"%s\"]='", command->name);
        for (size_t o = 0; o < COMMAND_OPTIONS_MAX && command->options[o].name != NULL; o++)
            buf_printf(&out, "%s%s", o > 0 ? " " : "", command->options[o].name);
        buf_add(&out, STR("'\n"));
    }
    buf_add(&out, STR("    )\n"));
    buf_add(&out, str_from_z(BASH_TAIL));
    run->write(run->data, buf_str(&out));
    return true;
}
