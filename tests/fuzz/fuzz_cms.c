#include "sign/cms.h"

#include "core/arena.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Whatever is brought as a signature is refused with a sentence, or it is one of this content. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct cms_trusted nobody = {.now = 1772434800000};
    struct err err = {0};
    struct cms cms;

    if (!cms_check(arena, (struct str){(const char *)bytes, size}, STR("letter"), &nobody, &cms,
                   &err)) {
        assert(err.code == ERR_INPUT || err.code == ERR_LIMIT);
        return 0;
    }
    assert(cms.count >= 1 && cms.count <= CMS_SIGNERS_MAX);
    for (size_t i = 0; i < cms.count; i++)
        assert(cms.signers[i].trust == CMS_UNKNOWN);
    return 0;
}
