/* Looks whether the publisher on another server can be read from, and says what is wrong. */
#pragma once

#include "link/peer.h"

enum probe_finding {
    PROBE_GOOD,
    PROBE_NO_ADDRESS,  /* it comes in files only */
    PROBE_BAD_ADDRESS, /* that is none */
    PROBE_SILENT,      /* no answer */
    PROBE_UNTRUSTED,   /* its certificate */
    PROBE_NO_TENANT,   /* nobody of that name there */
    PROBE_NO_TOKEN,    /* the token is not accepted */
    PROBE_NO_READER,   /* its account reads nothing there */
    PROBE_FAULT,       /* an error of that server */
    PROBE_OTHER,       /* what answers is no server of ours */
    PROBE_OTHER_KEY,   /* not the one that was compared */
    PROBE_NOTHING,     /* good, but nothing is published to us */
};

struct probe_result {
    enum probe_finding finding;
    int64_t registers; /* that it offers */
    int status;        /* of HTTP; 0: no answer */
    struct str reason; /* of silence, as the library has it */
};

/* Asks once, over the line, for some seconds at most. */
void probe_publisher(const struct peer *peer, struct arena *arena, struct str ca_file,
                     struct probe_result *result);
