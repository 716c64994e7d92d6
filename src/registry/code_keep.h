/*
 * What versions of packs say in their code lists, kept by the node.  Tenants have no rows of it,
 * so it must be known when a tenant goes over to another version, though the program's own
 * folder of packs has the new one only.
 */
#pragma once

#include "registry/code_rows.h"

/* Of all packs of the model, once; what fails is logged and tried again. Waits for the node. */
void code_keep_model(struct store *store, const struct model *model);
/* Adds to rows; *is_known false: this version was never seen here. */
MUST_CHECK bool code_keep_read(struct store *store, struct str digest, struct code_rows *rows,
                               bool *is_known, struct err *err);
