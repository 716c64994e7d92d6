/* A model is read, looked at and, when nothing is to be mended, played through. */
#include "workflow/bpmn.h"

#include "core/arena.h"
#include "core/buf.h"
#include "workflow/bpmn_check.h"
#include "workflow/bpmn_read.h"
#include "workflow/flow_play.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct bpmn_findings findings = {.arena = arena};
    struct buf trace = {.arena = arena};
    const struct bpmn *model;
    struct err err;

    if (size > 1 << 16 || !bpmn_read(arena, (struct str){(const char *)bytes, size}, &model, &err))
        return 0;
    bpmn_check(model, -1, &findings);
    if (findings.faults > 0)
        return 0;
    struct flow_play play = {
        .flow = flow_new(arena, model), .arena = arena, .start = -1, .trace = &trace};
    (void)!flow_play(&play, &err);
    return 0;
}
