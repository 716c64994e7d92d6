/* Temporary files without a name: gone when closed, whatever happens. */
#pragma once

#include "core/str.h"

/* $TMPDIR, or /tmp. */
struct str spool_folder(void);
/* Readable and writable; -1 and errno when there can be none. */
int spool_open(struct str folder);
/* For so many bytes, while somebody works on them: a megabyte at most stays in memory, for a disk
 * remembers for seconds each file that comes and goes, and looks them all through for the next. */
int spool_open_for(struct str folder, size_t size);
MUST_CHECK bool spool_write(int fd, struct str bytes);
/* Back to the beginning, for whoever reads it. */
MUST_CHECK bool spool_rewind(int fd);
