#include "service/commission.h"

#include "core/arena.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* A file of commissions/ in a pack that is checked. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct pack_file files[] = {
        {STR("commissions/board.json"), {(const char *)bytes, size}},
        {STR("letters/commission_protocol.odt"), STR("x")},
        {STR("pack.json"), STR("{\"id\":\"p\",\"version\":\"1.0.0\"}")},
    };
    struct pack_findings findings = {.arena = arena};
    const struct commission *commission;
    struct pack *pack;
    struct err err;

    if (size > 50000 || !pack_make(arena, files, ARRAY_LEN(files), &pack, &err))
        return 0;
    commission = commission_read(arena, pack, pack_file_find(pack, STR("commissions/board.json")),
                                 &findings);
    if ((commission == NULL) != (findings.count > 0) ||
        (commission != NULL && (commission->forms == 0 || commission->title.len == 0 ||
                                commission->chair.len == 0 || commission->member.len == 0)))
        __builtin_trap();
    return 0;
}
