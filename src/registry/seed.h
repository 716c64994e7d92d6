/*
 * Seeds: the records a pack brings, seed/PACK.REGISTER.csv (docs/reference/packs.md).
 * Loaded through the importer, in as many passes as references need.  Records that exist
 * are left as they are, so loading twice changes nothing.
 */
#pragma once

#include "registry/import.h"

struct seed_report {
    struct import_counts counts; /* of all files together */
    struct str first_fault;      /* "seed/base.street.csv:12: …", "" when there is none */
};

/*
 * Seeds of these packs (ids), which must be installed; count 0: of all the tenant has.
 * ERR_INPUT when a row is wrong (the report names the first; the other rows are loaded).
 */
MUST_CHECK bool seed_load(struct tenant *tenant, struct arena *arena, struct model_library *library,
                          struct pack_ids packs, struct seed_report *report, struct err *err);
