#include "cli/supervisor.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/buf.h"

/* The number goes with every message: who takes over is not the process that systemd started. */
void supervisor_tell(struct arena *arena, const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct buf text = {.arena = arena};

    if (path == NULL || strlen(path) >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    if (strcmp(state, "MAINPID") != 0)
        buf_printf(&text, "%s=1\n", state);
    buf_printf(&text, "MAINPID=%ld\n", (long)getpid());

    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (fd < 0)
        return;
    /* A supervisor that does not listen is no reason not to serve. */
    (void)sendto(fd, text.ptr, text.len, MSG_NOSIGNAL, (struct sockaddr *)&address, len);
    close(fd);
}
