/* The operator's file, and what its templates of requests become. */
#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "notice/carrier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct outbox_row row = {
        .id = 1, .address = STR("+79131234567"), .body = STR("\"a\" & {{text}}\n")};
    struct buf out = {.arena = arena};
    struct delivery delivery;
    struct err err;

    if (size > 20000 ||
        !delivery_parse(arena, (struct str){(const char *)data, size}, &delivery, &err))
        return 0;
    for (size_t i = 0; i < delivery.count; i++) {
        const struct delivery_sms *sms = delivery_sms_of(&delivery, delivery.sections[i].tenant);

        if (sms != NULL)
            carrier_fill(&out, sms->body, sms->type, &row);
    }
    return 0;
}
