/*
 * The library of HTTP clients, loaded when another server is to be asked: with all that it
 * brings along it takes megabytes, which a server that asks nobody need not hold.
 *
 * A function curl_easy_init is called libcurl.easy_init once libcurl_load has succeeded.
 */
#pragma once

#include "core/err.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define LIBCURL_FUNCTIONS(X)                                                                       \
    X(easy_cleanup)                                                                                \
    X(easy_getinfo)                                                                                \
    X(easy_init)                                                                                   \
    X(easy_perform)                                                                                \
    X(easy_reset)                                                                                  \
    X(easy_setopt)                                                                                 \
    X(easy_strerror)                                                                               \
    X(global_init)                                                                                 \
    X(slist_append)                                                                                \
    X(slist_free_all)                                                                              \
    X(url)                                                                                         \
    X(url_cleanup)                                                                                 \
    X(url_get)                                                                                     \
    X(url_set)                                                                                     \
    X(free)

struct libcurl {
#define X(name) __typeof__(curl_##name) *name;
    LIBCURL_FUNCTIONS(X)
#undef X
};

extern struct libcurl libcurl;

/* Before any other use; the second time costs nothing.  ERR_BROKEN when it is not installed. */
MUST_CHECK bool libcurl_load(struct err *err);
