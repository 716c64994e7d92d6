/* Editions as files: on a stick, or beside a mirror while one is being fetched. */
#pragma once

#include "core/file_draft.h"
#include "link/edition_apply.h"
#include "link/edition_source.h"

struct edition_file {
    int fd; /* borrowed */
    struct gzip_file *gzip;
};

/* For edition_apply's rewind and pull: reads from the beginning, compressed or not. */
MUST_CHECK bool edition_file_rewind(struct edition_file *file, edition_pull **pull, void **data,
                                    struct err *err);
void edition_file_close(struct edition_file *file);
/* Opens it and reads its head, whose texts live in the arena. */
MUST_CHECK bool edition_file_open(struct arena *arena, struct str path, int *fd,
                                  struct edition_head *head, struct err *err);
/* The head alone. */
MUST_CHECK bool edition_file_head(int fd, struct arena *arena, struct edition_head *head,
                                  struct err *err);

struct edition_file_counts {
    struct edition_head head;
    int64_t lines, bytes; /* before they are compressed */
};
/* All of an edition, compressed or as it is. */
MUST_CHECK bool edition_file_write(const struct edition_by *by, const struct edition_wish *wish,
                                   struct file_draft *draft, bool is_plain,
                                   struct edition_file_counts *counts, struct err *err);
/* Tells what happened in one line, for people. */
struct str edition_file_tell(struct arena *arena, const struct edition_result *result);
