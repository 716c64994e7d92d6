/*
 * One line an event on standard error, as logfmt, at=… level=… event=… key=value, or as JSON.
 * Only web, cli and queue/worker.c log.  Never a secret, never personal data.
 */
#pragma once

#include "core/str.h"

enum log_level {
    LOG_DEBUG,
    LOG_INFO,
    LOG_WARN,
    LOG_ERROR,
};

struct log_field {
    const char *key;
    struct str value;
};

void log_set_level(enum log_level level);
void log_set_json(bool is_json);
void log_event(enum log_level level, const char *event, const struct log_field *fields,
               size_t count);

#define LOG(level, event, ...)                                                                     \
    log_event((level), (event), (const struct log_field[]){__VA_ARGS__},                           \
              sizeof((const struct log_field[]){__VA_ARGS__}) / sizeof(struct log_field))
