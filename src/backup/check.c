#include "backup/check.h"

#include <string.h>

#include "backup/bring.h"
#include "core/base64.h"
#include "core/file.h"
#include "core/map.h"
#include "sign/secret.h"

struct checking {
    const struct check_place *check;
    struct arena *arena;
    struct str home;
    struct map files; /* that are there and whole */
    int64_t steps;
    struct step_head last;
    int64_t next; /* number of the step to come; -1: a base has to come */
    int64_t *bad;
};

static void tell_bad(struct checking *checking, struct str path, const struct err *err)
{
    ++*checking->bad;
    checking->check->tell(checking->check->data, false,
                          str_printf(checking->arena, "%.*s: %s", STR_ARG(path), err->text));
}

/* Whether the crate is whole; its label. */
static bool read_crate(const struct checking *checking, struct str path,
                       struct crate_reader *reader, struct err *err)
{
    CLEANUP(file_close) int fd = -1;

    return place_fetch(checking->check->place, checking->arena, path, 0, &fd, err) &&
           crate_check(reader, checking->arena, fd, err);
}

static bool check_signature(const struct checking *checking, const struct step_head *head,
                            struct err *err)
{
    struct buf key = {.arena = checking->arena};
    struct buf signature = {.arena = checking->arena};

    return (base64_parse(&key, head->key) && key.len == SECRET_PUBLIC_SIZE &&
            base64_parse(&signature, head->signature) && signature.len == SECRET_SIGNATURE_SIZE &&
            secret_verify((const unsigned char *)key.ptr, step_signed(checking->arena, head),
                          (const unsigned char *)signature.ptr)) ||
           err_set(err, ERR_BROKEN, "it was not signed by the node that it names");
}

static bool check_list(const struct checking *checking, struct str list, struct err *err)
{
    for (; list.len >= STEP_DIGEST; list = str_slice(list, STEP_DIGEST, list.len)) {
        struct buf hex = {.arena = checking->arena};
        struct digest digest;

        memcpy(digest.bytes, list.ptr, STEP_DIGEST);
        digest_print_hex(&hex, &digest);
        if (map_find(&checking->files, buf_str(&hex)) == NULL)
            return err_set(err, ERR_BROKEN, "the file %.*s that it lists is missing or damaged",
                           STR_ARG(buf_str(&hex)));
    }
    return true;
}

/* The order: a base, then steps whose numbers and chain follow. */
static bool check_order(struct checking *checking, const struct step_head *head, struct err *err)
{
    bool is_next = head->step.is_base || (checking->next == head->step.number &&
                                          checking->last.step.generation == head->step.generation &&
                                          str_equal(checking->last.chain, head->chain) &&
                                          checking->last.tenant.id == head->tenant.id &&
                                          checking->last.head.seq <= head->head.seq);

    return is_next || err_set(err, ERR_BROKEN, "the step before it is missing or another one's");
}

static bool check_step(struct checking *checking, const struct step *step, struct str path,
                       struct err *err)
{
    CLEANUP(crate_close) struct crate_reader reader = {0};
    struct step_head head;

    if (!read_crate(checking, path, &reader, err) ||
        !step_parse(checking->arena, reader.head, step, &head, err) ||
        !check_order(checking, &head, err))
        return false;
    checking->last = head;
    checking->next = step->number + 1;
    checking->steps++;
    if (reader.label.list.len != (size_t)head.files * STEP_DIGEST)
        return err_set(err, ERR_BROKEN, "its list of files is not as long as it says");
    return check_signature(checking, &head, err) && check_list(checking, reader.label.list, err);
}

static bool check_files(struct checking *checking, struct err *err)
{
    struct place_list list;
    struct str prefix = str_printf(checking->arena, "%.*s/files/", STR_ARG(checking->home));

    if (!place_find(checking->check->place, checking->arena, prefix, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++) {
        CLEANUP(crate_close) struct crate_reader reader = {0};
        struct str name = str_slice(list.items[i].name, 3, list.items[i].name.len);
        struct str path = step_file_path(checking->arena, checking->home, name);
        struct err own = {0};

        if (read_crate(checking, path, &reader, &own) &&
            (str_equal(json_find_text(reader.head, STR("sha256")), name) ||
             err_set(&own, ERR_BROKEN, "it is another file than its name says")))
            map_put(&checking->files, name, checking);
        else
            tell_bad(checking, path, &own);
    }
    return true;
}

static bool check_home(const struct check_place *check, struct str tenant, int64_t *bad,
                       struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct checking checking = {.check = check,
                                .arena = arena,
                                .home = step_home(arena, tenant),
                                .files.arena = arena,
                                .next = -1,
                                .bad = bad};
    struct str name = tenant.len > 0 ? tenant : STR("the node");
    int64_t before = *bad;
    struct step_list steps;

    if (!check_files(&checking, err) || !step_find(check->place, arena, checking.home, &steps, err))
        return false;
    for (size_t i = 0; i < steps.count; i++) {
        struct str path = step_path(arena, checking.home, &steps.items[i]);
        struct err own = {0};

        if (check_step(&checking, &steps.items[i], path, &own))
            continue;
        checking.next = -1;
        tell_bad(&checking, path, &own);
    }
    if (steps.count == 0) {
        struct err none = {0};

        err_set(&none, ERR_ABSENT, "there is no backup of it");
        tell_bad(&checking, name, &none);
    }
    if (*bad == before)
        check->tell(check->data, true,
                    str_printf(arena, "%.*s: %lld steps and %zu files are whole, up to entry %lld",
                               STR_ARG(name), (long long)checking.steps, checking.files.count,
                               (long long)checking.last.head.seq));
    return true;
}

bool check_place_run(const struct check_place *check, struct arena *arena, int64_t *bad,
                     struct err *err)
{
    struct step_list node;
    struct str *names;
    size_t count;

    *bad = 0;
    if (check->only.len > 0)
        return check_home(check, check->only, bad, err);
    if (!bring_list(check->place, arena, &names, &count, err) ||
        !step_find(check->place, arena, STR("node"), &node, err))
        return false;
    if (count == 0 && node.count == 0)
        return err_set(err, ERR_ABSENT, "there is no backup in %.*s", STR_ARG(check->place->name));
    for (size_t i = 0; i < count; i++)
        if (!check_home(check, names[i], bad, err))
            return false;
    return node.count == 0 || check_home(check, STR(""), bad, err);
}
