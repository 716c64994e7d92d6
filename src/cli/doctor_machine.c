#include "cli/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/file.h"
#include "core/time.h"
#include "net/tls.h"
#include "web/web.h"

enum {
    DESCRIPTORS_LEAST = 8192,
    CERTIFICATE_DAYS = 21,
    FOREIGN_MAX = 3, /* names told of those that belong to another user */
};

static const int64_t MEGABYTE = 1000000;
static const int64_t SPACE_BROKEN = 100 * 1000000LL;
static const int64_t SPACE_ADVICE = 2000 * 1000000LL;

static void look_at_space(struct doctor *doctor)
{
    struct str home = doctor->run->home;
    struct statvfs disk;

    if (statvfs(home.ptr, &disk) != 0)
        return;
    int64_t free = (int64_t)(disk.f_bavail * disk.f_frsize);
    bool is_low = disk.f_files > 0 && disk.f_favail < disk.f_files / 20;

    if ((disk.f_flag & ST_RDONLY) != 0)
        doctor_say(doctor, DOCTOR_BROKEN, "disk",
                   "the file system of %.*s is read-only: look at the disk (dmesg), repair it and "
                   "mount it for writing",
                   STR_ARG(home));
    if (free < SPACE_ADVICE)
        doctor_say(doctor, free < SPACE_BROKEN ? DOCTOR_BROKEN : DOCTOR_ADVICE, "disk",
                   "%lld MB are free for %.*s: make room, nothing can be saved on a full disk",
                   (long long)(free / MEGABYTE), STR_ARG(home));
    else if (is_low)
        doctor_say(doctor, DOCTOR_ADVICE, "disk",
                   "%.*s has nearly as many files as its file system can hold: remove some, or "
                   "move the data to a file system with more inodes",
                   STR_ARG(home));
    else
        doctor_say(doctor, DOCTOR_FINE, "disk", "%lld MB are free", (long long)(free / MEGABYTE));
}

static bool is_foreign(struct str path)
{
    struct stat info;

    return stat(path.ptr, &info) == 0 && info.st_uid != geteuid();
}

/* How many municipalities' files another user owns; the first is told. */
static void look_at_owners(struct doctor *doctor)
{
    struct arena *arena = doctor->run->arena;
    struct str home = doctor->run->home;
    struct str tenants = file_join(arena, home, STR("tenants"));
    struct str first = {0};
    struct str *names;
    size_t count;
    struct err err;

    if (is_foreign(home))
        first = home;
    if (first.len == 0 && file_list(arena, tenants, &names, &count, &err))
        for (size_t i = 0; i < count && first.len == 0; i++) {
            struct str folder = file_join(arena, tenants, names[i]);
            struct str file = file_join(arena, folder, STR("data.db"));

            first = is_foreign(folder) ? folder : is_foreign(file) ? file : first;
        }
    if (first.len > 0)
        doctor_say(doctor, geteuid() == 0 ? DOCTOR_ADVICE : DOCTOR_BROKEN, "owner",
                   "%.*s belongs to another user than this one (%ld): run uprava as its owner, or "
                   "chown -R the whole directory to the one it runs as",
                   STR_ARG(first), (long)geteuid());
    else
        doctor_say(doctor, DOCTOR_FINE, "owner", "the files belong to user %ld, who runs this",
                   (long)geteuid());
}

static void look_at_modes(struct doctor *doctor)
{
    struct str home = doctor->run->home;
    struct str key = file_join(doctor->run->arena, home, STR("node.key"));
    struct stat info;

    if (stat(home.ptr, &info) == 0 && (info.st_mode & 07) != 0)
        doctor_say(doctor, DOCTOR_BROKEN, "modes",
                   "every user of this machine can look into %.*s: chmod o= %.*s", STR_ARG(home),
                   STR_ARG(home));
    else if (stat(key.ptr, &info) == 0 && (info.st_mode & 077) != 0)
        doctor_say(doctor, DOCTOR_BROKEN, "modes", "others can read the node's key: chmod 600 %.*s",
                   STR_ARG(key));
    else if (access(home.ptr, W_OK) != 0 && errno != EROFS)
        doctor_say(doctor, DOCTOR_BROKEN, "modes",
                   "user %ld may not write into %.*s: chmod u+rwx it, or chown it", (long)geteuid(),
                   STR_ARG(home));
    else
        doctor_say(doctor, DOCTOR_FINE, "modes", "only its owner sees the data directory");
}

/* Against the journals it is compared in doctor_data.c. */
static void look_at_clock(struct doctor *doctor)
{
    struct timex state = {0};
    struct buf text = {.arena = doctor->run->arena};

    time_print_moment(&text, doctor->now);
    if (adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
        doctor_say(doctor, DOCTOR_ADVICE, "clock",
                   "it is %.*s, but nothing keeps the clock right: turn on a time service "
                   "(timedatectl set-ntp true); deadlines and the journal go by it",
                   STR_ARG(buf_str(&text)));
    else
        doctor_say(doctor, DOCTOR_FINE, "clock", "it is %.*s", STR_ARG(buf_str(&text)));
}

static void look_at_descriptors(struct doctor *doctor)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    if (limit.rlim_cur < DESCRIPTORS_LEAST)
        doctor_say(doctor, DOCTOR_ADVICE, "descriptors",
                   "this process may open %llu files: with many visitors and municipalities that "
                   "is too few; set LimitNOFILE=65536 in the unit, or ulimit -n 65536",
                   (unsigned long long)limit.rlim_cur);
    else
        doctor_say(doctor, DOCTOR_FINE, "descriptors", "%llu files may be open",
                   (unsigned long long)limit.rlim_cur);
}

static void look_at_certificate(struct doctor *doctor, struct str path)
{
    struct err err;
    int64_t end;

    if (!tls_read_end(path, &end, &err)) {
        doctor_say(doctor, DOCTOR_BROKEN, "certificate", "%s", err.text);
        return;
    }
    int64_t days = (end - doctor->now) / TIME_DAY_MS;

    if (end <= doctor->now)
        doctor_say(doctor, DOCTOR_BROKEN, "certificate",
                   "%.*s has run out: browsers refuse it; get a new one and restart",
                   STR_ARG(path));
    else
        doctor_say(doctor, days < CERTIFICATE_DAYS ? DOCTOR_ADVICE : DOCTOR_FINE, "certificate",
                   "%.*s holds for %lld more days%s", STR_ARG(path), (long long)days,
                   days < CERTIFICATE_DAYS ? ": renew it and restart" : "");
}

static void look_at_server(struct doctor *doctor)
{
    const struct node *node = doctor->run->node;
    struct web *web = node != NULL ? node->web : NULL;

    if (web == NULL) {
        doctor_say(doctor, DOCTOR_FINE, "server", "none is running on this data directory");
        return;
    }
    doctor_say(doctor, DOCTOR_FINE, "server", "process %ld has run for %lld minutes",
               (long)getpid(), (long long)((doctor->now - web->started_at) / TIME_MINUTE_MS));
    if (web->certificate.len > 0)
        look_at_certificate(doctor, web->certificate);
    if (atomic_load(&web->has_strange_proxy))
        doctor_say(
            doctor, DOCTOR_ADVICE, "proxy",
            "requests come through a proxy (they have X-Forwarded-For), but --proxy does not "
            "name it: all visitors are taken for one; start with --proxy and its address");
    else if (web->proxy.len > 0)
        doctor_say(doctor, DOCTOR_FINE, "proxy", "what %.*s says of visitors is believed",
                   STR_ARG(web->proxy));
}

void doctor_look_at_machine(struct doctor *doctor)
{
    struct utsname system;

    uname(&system);
    doctor_say(doctor, DOCTOR_FINE, "version", "uprava %s on %s %s", UPRAVA_VERSION, system.sysname,
               system.release);
    look_at_server(doctor);
    if (file_is_folder(doctor->run->home)) {
        look_at_space(doctor);
        look_at_owners(doctor);
        look_at_modes(doctor);
    }
    look_at_clock(doctor);
    look_at_descriptors(doctor);
}
