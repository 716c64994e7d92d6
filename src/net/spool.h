/* Temporary files without a name: gone when closed, whatever happens. */
#pragma once

#include "core/str.h"

/* $TMPDIR, or /tmp. */
struct str spool_folder(void);
/* Readable and writable; -1 and errno when there can be none. */
int spool_open(struct str folder);
MUST_CHECK bool spool_write(int fd, struct str bytes);
/* Back to the beginning, for whoever reads it. */
MUST_CHECK bool spool_rewind(int fd);
