/*
 * An office suite that is installed (LibreOffice's soffice) makes a PDF of a letter.
 *
 * It is a large program that reads files: it runs with a profile of its own in a folder of its own,
 * a limit of time, memory and bytes, without the network, one at a time on a data directory; and
 * all that it started is killed when it is over.
 */
#pragma once

#include "core/buf.h"
#include "core/err.h"

enum {
    OFFICE_SECONDS = 90,               /* the first start makes a profile */
    OFFICE_PDF_MAX = 20 * 1024 * 1024, /* as a file of a record */
};

struct office {
    struct str program; /* empty: none is installed */
    struct str folder;  /* it works in */
    int seconds;        /* 0: OFFICE_SECONDS */
    /* Asked twice a second with data, unless NULL: true ends it. */
    bool (*is_over)(void *data);
    void *data;
};

/* What came of it: each but OFFICE_DONE and OFFICE_BUSY has a sentence for people. */
enum office_outcome {
    OFFICE_DONE,
    OFFICE_BUSY,    /* another one is being made */
    OFFICE_STOPPED, /* the server ends */
    OFFICE_ABSENT,
    OFFICE_LATE,
    OFFICE_CRASHED,
    OFFICE_GARBAGE, /* it ended well, but there is no PDF */
};

/* asked: its path; empty: soffice or libreoffice of PATH.  Empty: there is none. */
struct str office_find(struct arena *arena, struct str asked);
/* msgid; empty for OFFICE_DONE and OFFICE_BUSY. */
struct str office_says(enum office_outcome outcome);
/* Waits for it.  ERR_BROKEN: the folder cannot be written, no process can be made. */
MUST_CHECK bool office_convert(const struct office *office, struct arena *arena, struct str letter,
                               enum office_outcome *outcome, struct str *pdf, struct err *err);
