#include "store/libpq.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

struct libpq libpq;
static struct err fault; /* of loading it, which is done once */

static void load(void)
{
    static const char *const names[] = {
#define X(name) "PQ" #name,
        LIBPQ_FUNCTIONS(X)
#undef X
    };
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL); /* never closed */

    if (library == NULL) {
        err_set(&fault, ERR_BROKEN,
                "PostgreSQL's client library is not installed (package libpq5 in Debian): %s",
                dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *function = dlsym(library, names[i]);

        if (function == NULL)
            err_set(&fault, ERR_BROKEN,
                    "PostgreSQL's client library is too old, version 14 or newer is needed: %s",
                    dlerror());
        memcpy((char *)&libpq + i * sizeof function, &function, sizeof function);
    }
}

bool libpq_load(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, load);
    if (fault.code != ERR_NONE)
        *err = fault;
    return fault.code == ERR_NONE;
}
