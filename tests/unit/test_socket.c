#include "cli/socket.h"

#include "check.h"
#include "core/core.h"

#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum {
    WATCHED_MS = 600,
    BUSY_MS = 60, /* a loop that never waits takes ten times as much, or what the machine gives */
};

static int64_t cpu_ms(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){ms / 1000, (long)(ms % 1000) * 1000000}, NULL);
}

static struct sockaddr_un address_in(struct str folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct str path = str_printf(check_arena(), "%.*s/uprava.sock", STR_ARG(folder));

    CHECK(path.len < sizeof address.sun_path);
    memcpy(address.sun_path, path.ptr, path.len);
    return address;
}

/* Not one descriptor more than are open. */
static void leave_no_descriptor(struct rlimit *before)
{
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

    CHECK(next >= 0 && getrlimit(RLIMIT_NOFILE, before) == 0);
    close(next);
    CHECK(setrlimit(RLIMIT_NOFILE, &(struct rlimit){(rlim_t)next, before->rlim_max}) == 0);
}

static void a_caller_without_a_descriptor_waits_and_costs_nothing(void)
{
    struct node node = {.arena = check_arena(), .data = check_folder()};
    struct sockaddr_un address = address_in(node.data);
    struct socket_server *server = NULL;
    struct rlimit before;
    char answer = 0;
    struct err err;

    CHECK_OK(socket_start(&node, &server, &err), &err);
    int caller = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(caller >= 0);
    leave_no_descriptor(&before);
    CHECK(connect(caller, (struct sockaddr *)&address, sizeof address) == 0);
    int64_t start = cpu_ms();
    pause_ms(WATCHED_MS);
    int64_t used = cpu_ms() - start;
    CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(used < BUSY_MS);
    CHECK(send(caller, "no json\n", 8, MSG_NOSIGNAL) == 8);
    CHECK(recv(caller, &answer, 1, 0) == 1);
    CHECK(answer == 'E');
    close(caller);
    socket_stop(server);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(a_caller_without_a_descriptor_waits_and_costs_nothing),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
