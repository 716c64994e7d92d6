/* What people type as an address or a number: what is taken cannot end a line or a command. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/contact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct str text = {(const char *)data, size};
    struct str phone;
    struct err err;

    if (contact_check_email(text, &err)) {
        size_t at = str_find_char(text, '@');

        assert(text.len <= CONTACT_ADDRESS_MAX && at > 0 && at + 3 < text.len);
        for (size_t i = 0; i < text.len; i++)
            assert(text.ptr[i] > ' ' && text.ptr[i] < 127 && text.ptr[i] != '<' &&
                   text.ptr[i] != '>' && text.ptr[i] != '"' && (i == at || text.ptr[i] != '@'));
    }
    if (contact_parse_phone(arena, text, &phone, &err)) {
        assert(phone.len <= 16 && phone.ptr[0] == '+');
        for (size_t i = 1; i < phone.len; i++)
            assert(phone.ptr[i] >= '0' && phone.ptr[i] <= '9');
    }
    return 0;
}
