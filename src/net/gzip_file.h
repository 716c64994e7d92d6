/* A file that is compressed (RFC 1952) while it is written, and read whether it is or not. */
#pragma once

#include "core/err.h"
#include "core/str.h"

struct gzip_file;

/* The descriptor stays the caller's: these work on a copy of it. */
MUST_CHECK bool gzip_file_write(int fd, struct gzip_file **file, struct err *err);
MUST_CHECK bool gzip_file_read(int fd, struct gzip_file **file, struct err *err);
MUST_CHECK bool gzip_file_add(struct gzip_file *file, struct str bytes, struct err *err);
/* As much as fits; 0: the end. ERR_INPUT: it is damaged or cut. */
MUST_CHECK bool gzip_file_pull(struct gzip_file *file, char *room, size_t size, size_t *got,
                               struct err *err);
/* What was written is in the file when this is true. */
MUST_CHECK bool gzip_file_end(struct gzip_file **file, struct err *err);
/* For CLEANUP. */
void gzip_file_close(struct gzip_file **file);
