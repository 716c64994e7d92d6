/*
 * multipart/form-data (RFC 7578), read from memory or from the file an exchange's body
 * was streamed to; parts with a file name are copied to unlinked files, in memory one megabyte of
 * each at most.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

struct multipart_part {
    struct str name;
    struct str file_name; /* empty for plain fields; only its last path part */
    struct str type;
    struct str text; /* plain fields, UTF-8, at most 1 MiB */
    int fd;          /* files, at offset 0, else -1; closed by multipart_done */
    size_t size;
};

struct multipart {
    struct multipart_part *parts;
    size_t count;
};

enum {
    MULTIPART_PARTS_MAX = 200,
};

/* fd -1: body is in memory. */
MUST_CHECK bool multipart_parse(struct arena *arena, struct str content_type, struct str body,
                                int fd, struct multipart *multipart, struct err *err);
const struct multipart_part *multipart_find(const struct multipart *multipart, struct str name);
void multipart_done(struct multipart *multipart);
