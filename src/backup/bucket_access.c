#include "backup/bucket_access.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "core/arena.h"
#include "core/file.h"

enum {
    FILE_MAX = 64 * 1024,
};

static bool put(struct bucket_access *access, struct str name, struct str value)
{
    struct str *field = str_equal(name, STR("endpoint")) ? &access->endpoint
                        : str_equal(name, STR("region")) ? &access->region
                        : str_equal(name, STR("key"))    ? &access->id
                        : str_equal(name, STR("secret")) ? &access->secret
                        : str_equal(name, STR("ca"))     ? &access->ca_file
                                                         : NULL;

    if (field != NULL)
        *field = value;
    return field != NULL;
}

static bool read_file(struct bucket_access *access, struct arena *arena, struct str path,
                      struct err *err)
{
    struct stat info;
    struct str text;

    if (!file_read(arena, path, FILE_MAX, &text, err))
        return false;
    if (stat(str_to_z(arena, path), &info) == 0 && (info.st_mode & S_IRWXO) != 0)
        return err_set(err, ERR_INPUT,
                       "%.*s holds a key and everybody on this machine can read it: chmod 600",
                       STR_ARG(path));
    for (int line = 1; text.len > 0; line++) {
        struct str value = str_trim(str_cut(&text, '\n'));

        if (value.len == 0 || value.ptr[0] == '#')
            continue;
        struct str name = str_trim(str_cut(&value, '='));
        if (!put(access, name, str_trim(value)))
            return err_set(err, ERR_INPUT,
                           "%.*s, line %d: only endpoint, region, key, secret and ca are known, "
                           "each as name = value",
                           STR_ARG(path), line);
    }
    return true;
}

static void fill(struct str *field, const char *value, const char *otherwise)
{
    if (field->len == 0)
        *field = str_from_z(value != NULL && *value != '\0' ? value : otherwise);
}

bool bucket_access_read(struct bucket_access *access, struct arena *arena, struct str path,
                        struct err *err)
{
    *access = (struct bucket_access){0};
    if (path.len > 0 && !read_file(access, arena, path, err))
        return false;
    fill(&access->endpoint, getenv("AWS_ENDPOINT_URL_S3"), "");
    fill(&access->region, getenv("AWS_REGION"), "us-east-1");
    fill(&access->id, getenv("AWS_ACCESS_KEY_ID"), "");
    fill(&access->secret, getenv("AWS_SECRET_ACCESS_KEY"), "");
    fill(&access->ca_file, getenv("AWS_CA_BUNDLE"), "");
    return true;
}
