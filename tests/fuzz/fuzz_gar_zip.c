#include "registry/gar_zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static bool begin(void *data, struct str name)
{
    (void)data;
    return gar_zip_kind(name) != GAR_OTHER || name.len % 2 == 0;
}

static bool take(void *data, struct str bytes, struct err *err)
{
    size_t *sum = data;

    *sum += bytes.len;
    return *sum < (size_t)16 * 1024 * 1024 || err_set(err, ERR_LIMIT, "enough");
}

static bool end(void *data, struct str name, struct err *err)
{
    (void)data, (void)name, (void)err;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t sum = 0;
    struct gar_zip_visitor visitor = {begin, take, end, &sum};
    int64_t position = 0;
    struct err err;

    (void)!gar_zip_each(NULL, (struct str){(const char *)bytes, size}, &position, &visitor, &err);
    return 0;
}
