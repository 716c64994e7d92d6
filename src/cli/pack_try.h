/*
 * Tries the drafts of a pack (decision 0042): what pack check says of it with them, and its cases,
 * played in municipalities of their own as pack test does.  A job that people watch; the verdict is
 * kept beside the drafts.
 */
#pragma once

#include "queue/worker.h"

/* Its context is the node; the payload is {"pack": "housing"}. */
extern const struct worker_kind pack_try_kind;
