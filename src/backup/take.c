#include "backup/take.h"

#include <string.h>

#include "backup/take_files.h"
#include "core/base64.h"
#include "core/file.h"
#include "store/snapshot.h"

enum {
    PIECE_PAGES = 32,
    PIECE = 128 * 1024,
};

struct taking {
    const struct take *take;
    struct arena *arena;
    struct tenant *tenant;
    struct store_tenant info; /* name "": the node */
    struct str home;
    struct take_result *result;
};

/* What stands in backup/chain. */
struct chain {
    struct str place;
    struct str id;
    int64_t generation;
};

static bool read_chain(const struct taking *taking, struct chain *chain, struct err *err)
{
    struct json *json;
    struct str text;

    if (!snapshot_chain(taking->tenant, taking->arena, &text, err) ||
        !json_parse(taking->arena, text, NULL, &json, err))
        return false;
    chain->place = json_find_text(json, STR("place"));
    chain->id = json_find_text(json, STR("id"));
    chain->generation = json_find_int(json, STR("generation"), 0);
    return str_equal(chain->place, taking->take->place->name) ||
           err_set(err, ERR_ABSENT, "the changes were kept for %.*s", STR_ARG(chain->place));
}

static struct str print_chain(const struct taking *taking, const struct chain *chain)
{
    struct json *json = json_new(taking->arena, JSON_OBJECT);
    struct buf text = {.arena = taking->arena};

    json_set_text(taking->arena, json, STR("place"), chain->place);
    json_set_text(taking->arena, json, STR("id"), chain->id);
    json_set_int(taking->arena, json, STR("generation"), chain->generation);
    json_write(&text, json);
    return buf_str(&text);
}

static struct str draw_id(struct arena *arena)
{
    struct buf text = {.arena = arena};

    secret_print_token(&text, 12);
    return buf_str(&text);
}

static void sign(const struct taking *taking, struct step_head *head)
{
    unsigned char signature[SECRET_SIGNATURE_SIZE];
    struct buf key = {.arena = taking->arena};
    struct buf text = {.arena = taking->arena};

    secret_sign(taking->take->key, step_signed(taking->arena, head), signature);
    base64_print(&key,
                 (struct str){(const char *)taking->take->key->public_bytes, SECRET_PUBLIC_SIZE});
    base64_print(&text, (struct str){(const char *)signature, sizeof signature});
    head->key = buf_str(&key);
    head->signature = buf_str(&text);
}

static bool tell(const struct taking *taking, int64_t done, int64_t total, struct err *err)
{
    const struct take *take = taking->take;

    return take->progress == NULL || take->progress(take->data, done, total) ||
           err_set(err, ERR_UNAVAILABLE, "the backup was stopped");
}

static bool add_pages(const struct taking *taking, struct snapshot *snapshot,
                      struct crate_writer *writer, struct err *err)
{
    char *room = arena_alloc(taking->arena, (size_t)PIECE_PAGES * snapshot->page_size);

    for (int64_t page = 0; page < snapshot->pages; page += PIECE_PAGES) {
        size_t count = (size_t)MIN(snapshot->pages - page, PIECE_PAGES);

        if (!snapshot_read(snapshot, page, count, room, err) ||
            !crate_add(writer, (struct str){room, count * snapshot->page_size}, err) ||
            !tell(taking, page + (int64_t)count, snapshot->pages, err))
            return false;
    }
    return true;
}

static bool add_file(struct crate_writer *writer, struct arena *arena, int fd, struct err *err)
{
    char *room = arena_alloc(arena, PIECE);
    int64_t at = 0;
    size_t got = 1;

    while (got > 0) {
        if (!file_pull(fd, at, room, PIECE, &got, err) ||
            !crate_add(writer, (struct str){room, got}, err))
            return false;
        at += (int64_t)got;
    }
    return true;
}

/* Of a base the snapshot, of changes a file of blocks. */
struct content {
    struct snapshot *snapshot;
    int fd;
    struct str digests;
};

static bool write_step(const struct taking *taking, struct step_head *head,
                       const struct content *content, struct err *err)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    CLEANUP(crate_drop) struct crate_writer writer = {0};
    const struct take *take = taking->take;
    struct str path = step_path(taking->arena, taking->home, &head->step);

    head->tenant = taking->info;
    head->files = (int64_t)(content->digests.len / STEP_DIGEST);
    sign(taking, head);
    if (!place_draft(take->place, taking->arena, path, &draft, err) ||
        !crate_start(&writer, taking->arena, &draft,
                     &(struct crate_label){step_print(taking->arena, head), content->digests},
                     take->seal, err))
        return false;
    bool ok = content->snapshot != NULL ? add_pages(taking, content->snapshot, &writer, err)
                                        : add_file(&writer, taking->arena, content->fd, err);
    if (!ok || !crate_end(&writer, err) ||
        !place_keep(take->place, taking->arena, path, &draft, err))
        return false;
    taking->result->bytes += writer.size;
    taking->result->steps++;
    taking->result->head = head->head;
    return true;
}

static bool copy_files(const struct taking *taking, struct str *digests, enum take_kind kind,
                       struct err *err)
{
    struct take_files files = {.take = taking->take,
                               .arena = taking->arena,
                               .tenant = taking->tenant,
                               .home = taking->home,
                               .result = taking->result,
                               .is_all = kind != TAKE_CHANGES,
                               .is_chain = kind != TAKE_BASE};

    if (taking->info.name.len == 0)
        return true;
    return take_files_run(&files, digests, err);
}

/* A cut of the chain becomes a step behind the base. */
static bool ship(const struct taking *taking, const struct chain *chain,
                 const struct snapshot_cut *cut, struct err *err)
{
    CLEANUP(file_close) int fd = -1;
    struct step_head head = {.step = {chain->generation, cut->number, false, 0},
                             .chain = chain->id};
    struct content content = {.fd = -1};

    if (!snapshot_cut_look(cut, &head.head, &head.at, err) ||
        !copy_files(taking, &content.digests, TAKE_CHANGES, err) || !file_open(cut->path, &fd, err))
        return false;
    content.fd = fd;
    return write_step(taking, &head, &content, err) && snapshot_cut_done(cut, err);
}

/* True when the base of the chain and all steps up to that number are in the place. */
static bool is_held(const struct step_list *steps, const struct chain *chain, int64_t until)
{
    int64_t next = -1;

    for (size_t i = 0; i < steps->count; i++) {
        const struct step *step = &steps->items[i];

        if (step->generation != chain->generation)
            continue;
        if (step->is_base && next < 0)
            next = step->number + 1;
        else if (!step->is_base && step->number == next)
            next++;
    }
    return next >= 0 && next >= until;
}

/* What waits of the chain that a new base is about to end. */
static bool ship_rest(const struct taking *taking, const struct chain *chain, int64_t until,
                      struct err *err)
{
    struct snapshot_cut cut = {0};

    do {
        if (!snapshot_cut_waiting(taking->tenant, taking->arena, &cut, err))
            return false;
        if (cut.number == 0 || cut.number > until)
            break;
        if (!ship(taking, chain, &cut, err))
            return false;
    } while (cut.number > 0);
    return true;
}

/* What waits of a chain whose base is nowhere belongs to nothing: the new base has it. */
static bool drop_rest(const struct taking *taking, int64_t until, struct err *err)
{
    struct snapshot_cut cut = {0};

    if (!snapshot_cut_waiting(taking->tenant, taking->arena, &cut, err))
        return false;
    while (cut.number > 0 && cut.number <= until)
        if (!snapshot_cut_done(&cut, err) ||
            !snapshot_cut_waiting(taking->tenant, taking->arena, &cut, err))
            return false;
    return true;
}

static bool take_base(const struct taking *taking, enum take_kind kind, struct err *err)
{
    CLEANUP(snapshot_close) struct snapshot snapshot = {0};
    const struct take *take = taking->take;
    struct content content = {.snapshot = &snapshot};
    struct chain old = {0};
    struct chain chain = {take->place->name, draw_id(taking->arena), 1};
    struct step_list steps;
    struct err none = {0};
    bool is_chain = kind == TAKE_CHAIN;
    bool has_old = is_chain && read_chain(taking, &old, &none);

    if (!step_find(take->place, taking->arena, taking->home, &steps, err))
        return false;
    if (steps.count > 0)
        chain.generation = steps.items[steps.count - 1].generation + 1;
    /* Most of the files before the moment, so that it is not held for them. */
    if (!copy_files(taking, &content.digests, kind, err))
        return false;
    struct snapshot_wish wish = {.chain = is_chain ? print_chain(taking, &chain) : STR(""),
                                 .now = take->clock()};
    if (!snapshot_open(&snapshot, taking->arena, taking->tenant, &wish, err))
        return false;
    struct step_head head = {
        .step = {chain.generation, snapshot.number, true, 0},
        .chain = chain.id,
        .head = snapshot.head,
        .at = wish.now,
        .page_size = snapshot.page_size,
        .pages = snapshot.pages,
    };
    bool ok = !is_chain ||
              (has_old && is_held(&steps, &old, 0) ? ship_rest(taking, &old, snapshot.number, err)
                                                   : drop_rest(taking, snapshot.number, err));
    return ok && copy_files(taking, &content.digests, kind, err) &&
           write_step(taking, &head, &content, err);
}

/* Why there has to be a base first; "" when the chain goes on. */
static bool look_at_chain(const struct taking *taking, struct chain *chain, struct str *why,
                          struct err *err)
{
    struct snapshot_cut cut;
    struct step_list steps;
    struct err absent = {0};

    *why = STR("");
    if (!read_chain(taking, chain, &absent)) {
        *why = str_copy(taking->arena, str_from_z(absent.text));
        if (absent.code != ERR_ABSENT)
            *err = absent;
        return absent.code == ERR_ABSENT;
    }
    if (!step_find(taking->take->place, taking->arena, taking->home, &steps, err) ||
        !snapshot_cut_waiting(taking->tenant, taking->arena, &cut, err))
        return false;
    if (!is_held(&steps, chain, cut.number))
        *why = STR("steps of the last one are missing there");
    return true;
}

static bool take_changes(const struct taking *taking, const struct chain *chain, struct err *err)
{
    struct snapshot_cut cut = {.number = 1};

    /* One that waited from a run before, and what came since. */
    for (int i = 0; i < 2 && cut.number > 0; i++)
        if (!snapshot_cut(taking->tenant, taking->arena, taking->take->clock(), &cut, err) ||
            (cut.number > 0 && !ship(taking, chain, &cut, err)))
            return false;
    return true;
}

bool take_run(const struct take *take, struct arena *arena, struct tenant *tenant,
              enum take_kind kind, struct take_result *result, struct err *err)
{
    struct taking taking = {take, arena, tenant, *tenant_info(tenant), {0}, result};
    struct chain chain = {0};

    *result = (struct take_result){.is_base = kind != TAKE_CHANGES};
    taking.home = step_home(arena, taking.info.name);
    bool ok = kind != TAKE_CHANGES || look_at_chain(&taking, &chain, &result->why, err);
    if (ok && kind == TAKE_CHANGES && result->why.len == 0) {
        ok = take_changes(&taking, &chain, err);
        if (!ok && err->code == ERR_ABSENT) { /* the chain has ended just now */
            result->why = str_copy(arena, str_from_z(err->text));
            ok = true;
        }
    }
    result->is_base |= result->why.len > 0;
    if (ok && result->is_base)
        ok = take_base(&taking, kind == TAKE_BASE ? kind : TAKE_CHAIN, err);
    return ok || err_while(err, "%.*s",
                           STR_ARG(taking.info.name.len > 0 ? taking.info.name : STR("the node")));
}

/* "path\0", 8 bytes of length, the bytes: for each file. */
static bool add_extra(struct crate_writer *writer, struct arena *arena, struct str root,
                      struct str name, struct err *err)
{
    struct str path = file_join(arena, root, name);
    unsigned char size[8];
    struct str bytes;

    if (!file_read(arena, path, 1 << 28, &bytes, err))
        return false;
    for (int i = 7; i >= 0; i--)
        size[7 - i] = (unsigned char)(bytes.len >> (8 * i));
    return crate_add(writer, str_printf(arena, "%.*s", STR_ARG(name)), err) &&
           crate_add(writer, (struct str){"", 1}, err) &&
           crate_add(writer, (struct str){(const char *)size, sizeof size}, err) &&
           crate_add(writer, bytes, err);
}

static bool add_folder(struct crate_writer *writer, struct arena *arena, struct str root,
                       struct str name, struct err *err)
{
    struct str *names;
    size_t count;

    if (!file_list(arena, file_join(arena, root, name), &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct str below = file_join(arena, name, names[i]);
        bool ok = file_is_folder(file_join(arena, root, below))
                      ? add_folder(writer, arena, root, below, err)
                      : add_extra(writer, arena, root, below, err);

        if (!ok)
            return false;
    }
    return true;
}

bool take_extra(const struct take *take, struct arena *arena, struct take_result *result,
                struct err *err)
{
    CLEANUP(file_draft_drop) struct file_draft draft = {0};
    CLEANUP(crate_drop) struct crate_writer writer = {0};
    struct str root = store_folder(take->store);
    struct str path = STR("node/extra/latest");

    if (!place_draft(take->place, arena, path, &draft, err) ||
        !crate_start(&writer, arena, &draft,
                     &(struct crate_label){.head = STR("{\"kind\":\"extra\"}")}, take->seal, err))
        return false;
    if (file_is_folder(file_join(arena, root, STR("packs"))) &&
        !add_folder(&writer, arena, root, STR("packs"), err))
        return false;
    /* Whoever finds a backup that anybody can read must not be able to sign for the node. */
    if (take->seal != NULL && !add_extra(&writer, arena, root, STR("node.key"), err))
        return false;
    if (!crate_end(&writer, err) || !place_keep(take->place, arena, path, &draft, err))
        return false;
    result->bytes += writer.size;
    return true;
}
