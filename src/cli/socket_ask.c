/* The caller's side of socket.h. */
#include "cli/socket.h"

#include <unistd.h>

#include "core/json.h"
#include "core/num.h"

/* The head of a frame: up to its line end. */
static bool receive_head(int fd, char head[64])
{
    for (size_t i = 0; i < 63; i++) {
        if (!socket_receive(fd, &head[i], 1))
            return false;
        if (head[i] == '\n') {
            head[i] = '\0';
            return true;
        }
    }
    return false;
}

/* Hands on what the command prints; tells how it ended. */
static bool read_frames(const struct socket_command *command, int fd, struct err *err)
{
    char head[64];

    while (receive_head(fd, head)) {
        CLEANUP(arena_close) struct arena *arena = arena_open(0);
        struct str rest = str_from_z(head + 1);
        int64_t code = 0;
        int64_t size = 0;

        if (head[0] == 'E' && !num_parse_int(str_cut(&rest, ' '), &code))
            break;
        if (!num_parse_int(rest, &size) || size < 0 || size > INT32_MAX)
            break;
        char *text = arena_alloc(arena, (size_t)size + 1);
        if (!socket_receive(fd, text, (size_t)size))
            break;
        if (head[0] == 'O') {
            command->write(command->data, (struct str){text, (size_t)size});
            continue;
        }
        text[size] = '\0';
        return code == ERR_NONE || err_set(err, (enum err_code)code, "%s", text);
    }
    return err_set(err, ERR_UNAVAILABLE, "the server went away before the command had ended");
}

bool socket_ask(struct arena *arena, struct str data, const struct socket_command *command,
                bool *ok, struct err *err)
{
    struct buf line = {.arena = arena};
    int fd = socket_connect(data);

    if (fd < 0)
        return false;
    buf_add(&line, STR("{\"folder\":"));
    json_write_text(&line, command->folder);
    buf_add(&line, STR(",\"words\":["));
    for (size_t i = 0; i < command->count; i++) {
        if (i > 0)
            buf_char(&line, ',');
        json_write_text(&line, command->words[i]);
    }
    buf_add(&line, STR("]}\n"));
    if (socket_send(fd, line.ptr, line.len))
        *ok = read_frames(command, fd, err);
    else
        *ok = err_set(err, ERR_UNAVAILABLE, "the server does not take the command");
    close(fd);
    return true;
}
