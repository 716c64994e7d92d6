#include "cli/password.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "core/utf8.h"

static bool read_line(struct arena *arena, struct str *line)
{
    char bytes[1026];
    size_t len;

    if (fgets(bytes, sizeof bytes, stdin) == NULL)
        return false;
    len = strcspn(bytes, "\r\n");
    *line = str_copy(arena, (struct str){bytes, len});
    return true;
}

/* The terminal shows nothing while it is typed. */
static bool read_hidden(struct arena *arena, const char *question, struct str *line)
{
    struct termios before;
    struct termios hidden;
    bool is_set = tcgetattr(STDIN_FILENO, &before) == 0;

    fprintf(stderr, "%s: ", question);
    if (is_set) {
        hidden = before;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    bool ok = read_line(arena, line);
    if (is_set)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fprintf(stderr, "\n");
    return ok;
}

static bool read_password(struct arena *arena, struct str *password, struct err *err)
{
    struct str again;

    if (!isatty(STDIN_FILENO))
        return (read_line(arena, password) && password->len > 0) ||
               err_set(err, ERR_INPUT, "a password is needed on standard input");
    if (!read_hidden(arena, "Password", password) || !read_hidden(arena, "Once more", &again))
        return err_set(err, ERR_INPUT, "a password is needed");
    return str_equal(*password, again) || err_set(err, ERR_INPUT, "the two are not the same");
}

bool password_ask(struct command_run *run, struct str *words, size_t *count, struct err *err)
{
    const struct command_option *options = run->command->options;
    size_t at = 0;
    struct str password;

    while (at < COMMAND_OPTIONS_MAX && options[at].name != NULL &&
           !str_equal(str_from_z(options[at].name), STR("--password")))
        at++;
    if (at == COMMAND_OPTIONS_MAX || options[at].name == NULL || run->options[at].len > 0)
        return true;
    if (!read_password(run->arena, &password, err))
        return false;
    if (!utf8_is_valid(password))
        return err_set(err, ERR_INPUT, "the password is not UTF-8");
    run->options[at] = password;
    words[(*count)++] = str_printf(run->arena, "--password=%.*s", STR_ARG(password));
    return true;
}
