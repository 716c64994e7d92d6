#include "net/libcurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

struct libcurl libcurl;
static struct err fault; /* of loading it, which is done once */

static void load(void)
{
    static const char *const names[] = {
#define X(name) "curl_" #name,
        LIBCURL_FUNCTIONS(X)
#undef X
    };
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL); /* never closed */

    if (library == NULL) {
        err_set(&fault, ERR_BROKEN,
                "the library for asking other servers is not installed (package libcurl4 in "
                "Debian): %s",
                dlerror());
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        void *function = dlsym(library, names[i]);

        if (function == NULL) {
            err_set(&fault, ERR_BROKEN, "the library libcurl is too old: %s", dlerror());
            return;
        }
        memcpy((char *)&libcurl + i * sizeof function, &function, sizeof function);
    }
    if (libcurl.global_init(CURL_GLOBAL_DEFAULT) != 0)
        err_set(&fault, ERR_BROKEN, "the library libcurl cannot be started");
}

bool libcurl_load(struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, load);
    if (fault.code != ERR_NONE)
        *err = fault;
    return fault.code == ERR_NONE;
}
