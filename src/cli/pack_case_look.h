/* What a line of a case looks at in its municipality: records, and the files of them. */
#pragma once

#include "cli/pack_case.h"
#include "registry/record.h"
#include "workflow/flow_store.h"

struct pack_case_look {
    struct tenant *tenant;
    struct arena *arena;
    const struct catalog *catalog;
    int64_t now;
};

/* Every member of want is so in have; null: there is none. */
bool pack_case_look_fits(const struct json *have, const struct json *want);
/* Some record of the register has these members; else ERR_INPUT says what there is. */
MUST_CHECK bool pack_case_look_row(const struct pack_case_look *look, struct str type,
                                   const struct json *want, struct record *record, struct err *err);
/* The record the flow is about has a file of that name. */
MUST_CHECK bool pack_case_look_file(const struct pack_case_look *look,
                                    const struct flow_store *head, struct str name,
                                    struct err *err);
/* What became of a case; fault is empty when all of it held. */
void pack_case_look_end(struct pack_case_stand *stand, struct str title, struct str fault);
