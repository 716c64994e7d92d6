#include "core/arena.h"
#include "service/service.h"
#include "service/service_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char TYPE[] =
    "{\"properties\":{\"name\":{\"type\":\"string\"},\"kind\":{\"type\":\"string\"}}}";

/* A card, and behind a byte 0 its form: files of a pack that is checked. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)bytes, size};
    struct str card = str_cut(&text, '\0');
    struct pack_file files[] = {
        {STR("pack.json"), STR("{\"id\":\"p\",\"version\":\"1.0.0\"}")},
        {STR("registers/order.json"), str_from_z(TYPE)},
        {STR("forms/order.json"), text},
        {STR("processes/order.bpmn"), STR("<a/>")},
        {STR("services/order.json"), card},
    };
    struct pack_findings findings = {.arena = arena};
    const struct pack_file *file;
    const struct service *service;
    struct pack *pack;
    struct err err;

    if (size > 50000 || !pack_make(arena, files, ARRAY_LEN(files), &pack, &err))
        return 0;
    file = pack_file_find(pack, STR("services/order.json"));
    service = service_read(arena, pack, file, &findings);
    if (service != NULL && (findings.count > 0 || service->ways == 0 ||
                            service->form->step_count == 0 || service->title.len == 0))
        __builtin_trap();
    return 0;
}
