/*
 * What of a model cannot be executed, each with the element, its line, the reason and what to
 * change; and, as warnings, what is executed otherwise than it may have been meant.
 */
#pragma once

#include "core/buf.h"
#include "pack/pack.h"
#include "workflow/bpmn.h"

/*
 * process: the node of the one to be executed, with those it calls; -1: all that are marked
 * executable, or all when none is.  Findings are in the order of the document.
 */
void bpmn_check(const struct bpmn *model, int process, struct bpmn_findings *findings);
/* The checker of a pack's processes/: what bpmn_check finds, and what only packs need. */
void bpmn_check_file(const struct pack_set *set, const struct pack *pack,
                     const struct pack_file *file, struct pack_findings *findings);
/* "line 12, task_1 "Check": text" */
void bpmn_check_print(struct buf *buf, const struct bpmn_finding *finding);
