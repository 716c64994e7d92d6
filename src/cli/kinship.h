/*
 * Servers on one database are one node: they have one key, and attachments in one folder.
 * The database knows which; who comes with others is refused before it serves anybody.
 */
#pragma once

#include "cli/node.h"

/* files: the folder of attachments. True on files of one's own, which nobody shares. */
MUST_CHECK bool kinship_check(struct node *node, struct str key_path, struct str files,
                              struct err *err);
