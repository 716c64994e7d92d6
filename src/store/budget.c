#include "store/budget.h"

#include <sys/resource.h>
#include <unistd.h>

enum {
    FILES_LEAST = 64,
    FILES_MOST = 40000, /* each may be mapped, and Linux maps 65,530 things of a process */
};

#define MB (INT64_C(1) << 20)

static int64_t limit_of_files(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < FILES_MOST * 2
               ? (int64_t)limit.rlim_cur
               : FILES_MOST * 2;
}

static void raise_files(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)!setrlimit(RLIMIT_NOFILE, &limit); /* then there are fewer tenants open */
}

void budget_complete(struct shelf_load *max)
{
    int64_t memory = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);

    raise_files();
    if (max->tenants <= 0)
        max->tenants = INT64_MAX;
    if (max->files <= 0)
        max->files = MAX(limit_of_files() / 2, FILES_LEAST); /* the rest is for clients */
    if (max->bytes <= 0)
        max->bytes = MAX(MIN(memory / 4, 512 * MB), 16 * MB);
}
