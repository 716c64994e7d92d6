#include "document/office_fence.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#define MACHINE 0 /* the filter then lets nothing run */
#endif

enum {
    OTHER_CALLS = 0x40000000, /* the x32 numbers of the same machine */
    REFUSED = SECCOMP_RET_ERRNO | EACCES,
    FILE_MB = 64, /* what it writes, each */
    FILES_MAX = 512,
    FAILED = 126, /* exit status: it was not even started */
    DESCRIPTORS = 65536,
};

static struct sock_filter load(size_t field)
{
    return (struct sock_filter){BPF_LD | BPF_W | BPF_ABS, 0, 0, (unsigned)field};
}

/* Skips so many rules when the loaded word is the value, and so many when it is not. */
static struct sock_filter jump_if(unsigned value, unsigned char then, unsigned char otherwise)
{
    return (struct sock_filter){BPF_JMP | BPF_JEQ | BPF_K, then, otherwise, value};
}

static struct sock_filter end(unsigned what)
{
    return (struct sock_filter){BPF_RET | BPF_K, 0, 0, what};
}

/* Closes descriptors from fd on; returns the next one that is to be asked for. */
static int close_from(int fd)
{
#ifdef SYS_close_range
    if (syscall(SYS_close_range, (unsigned)fd, UINT_MAX, 0) == 0)
        return INT_MAX;
#endif
    (void)close(fd);
    return fd + 1;
}

/* Sockets of the same machine only; and not the back door of io_uring. */
static bool raise_fence(void)
{
    struct sock_filter rules[] = {
        load(offsetof(struct seccomp_data, arch)),
        jump_if(MACHINE, 1, 0),
        end(SECCOMP_RET_KILL_PROCESS),
        load(offsetof(struct seccomp_data, nr)),
        {BPF_JMP | BPF_JGE | BPF_K, 4, 0, OTHER_CALLS},
        jump_if(SYS_io_uring_setup, 3, 0),
        jump_if(SYS_socket, 0, 3),
        load(offsetof(struct seccomp_data, args[0])), /* the lower half: both are little-endian */
        jump_if(AF_UNIX, 1, 0),
        end(REFUSED),
        end(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {ARRAY_LEN(rules), rules};

    return MACHINE != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static void set_limit(int what, rlim_t most)
{
    struct rlimit limit = {most, most};

    if (setrlimit((__rlimit_resource_t)what, &limit) != 0)
        _exit(FAILED);
}

static void set_limits(const struct office_fence *fence)
{
    set_limit(RLIMIT_AS, (rlim_t)OFFICE_FENCE_MEMORY_MB * 1024 * 1024);
    set_limit(RLIMIT_CPU, (rlim_t)fence->seconds + 1);
    set_limit(RLIMIT_FSIZE, (rlim_t)FILE_MB * 1024 * 1024);
    set_limit(RLIMIT_NOFILE, FILES_MAX);
    set_limit(RLIMIT_CORE, 0);
}

/* In the child, where only system calls are allowed: other threads may have held locks. */
static void become(const struct office_fence *fence, pid_t parent)
{
    static const int IGNORED[] = {SIGCHLD, SIGHUP, SIGPIPE, SIGXFSZ};
    sigset_t none;
    int nothing;

    sigemptyset(&none);
    if (setpgid(0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
        sigprocmask(SIG_SETMASK, &none, NULL) != 0)
        _exit(FAILED);
    /* What the server ignores, exec would hand on: it has to hear of its own children. */
    for (size_t i = 0; i < ARRAY_LEN(IGNORED); i++)
        signal(IGNORED[i], SIG_DFL);
    nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0 ||
        chdir(fence->folder) != 0)
        _exit(FAILED);
    /* Ours are closed by exec; this is for what a library may have left open. */
    for (int fd = 3; fd < DESCRIPTORS;)
        fd = close_from(fd);
    set_limits(fence);
    if (!raise_fence())
        _exit(FAILED);
    execve(fence->program, fence->words, fence->environment);
    _exit(FAILED);
}

pid_t office_fence_start(const struct office_fence *fence)
{
    pid_t parent = getpid();
    pid_t pid = fork();

    if (pid == 0)
        become(fence, parent);
    if (pid > 0)
        (void)setpgid(pid, pid); /* whoever of both comes first */
    return pid;
}
