#include "registry/tenancy.h"

#include "auth/journal.h"
#include "core/utf8.h"
#include "registry/branding.h"
#include "registry/catalog.h"
#include "registry/code_keep.h"
#include "registry/gauge.h"
#include "registry/seed.h"

enum {
    TITLE_MAX = 200, /* letters */
    HOST_MAX = 253,  /* RFC 1035 */
    LABEL_MAX = 63,
};

struct note {
    const struct tenancy *by;
    const char *action;
    struct str name; /* of the municipality; "" in its own journal */
};

static bool write_note(struct tx *tx, void *data, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct note *note = data;
    struct journal_entry entry = {.at = note->by->now, .action = str_from_z(note->action)};

    /* A tenant's name has no letters that JSON would mind. */
    if (note->name.len > 0)
        entry.detail = str_printf(scratch, "{\"tenant\":\"%.*s\"}", STR_ARG(note->name));
    entry.actor = note->name.len > 0 ? note->by->actor : TENANCY_OPERATOR;
    return journal_add(tx, &entry, err);
}

static bool note_node(const struct tenancy *by, const char *action, struct str name,
                      struct err *err)
{
    struct note note = {by, action, name};

    return store_write_node(by->store, write_note, &note, err);
}

static bool note_tenant(const struct tenancy *by, const char *action, struct tenant *tenant,
                        struct err *err)
{
    struct note note = {by, action, {0}};

    return tenant_write_wait(tenant, write_note, &note, err);
}

bool tenancy_note(const struct tenancy *by, const char *action, struct tenant *tenant,
                  struct err *err)
{
    return note_node(by, action, tenant_info(tenant)->name, err) &&
           note_tenant(by, action, tenant, err);
}

static bool check_title(struct str title, struct err *err)
{
    return (str_trim(title).len > 0 && utf8_is_valid(title) && utf8_length(title) <= TITLE_MAX) ||
           err_set(err, ERR_INPUT, "the name must have 1 to %d letters", TITLE_MAX);
}

/* So that no half-made municipality is left behind by a slip of the pen. */
static bool find_model(const struct tenancy *by, const struct tenancy_wish *wish,
                       const struct model **model, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct model_wish *wishes = ARENA_ARRAY(arena, struct model_wish, wish->packs.count + 1);

    for (size_t i = 0; i < wish->packs.count; i++)
        wishes[i] = model_library_wish(wish->packs.items[i]);
    if (wish->packs.count == 0)
        return err_set(err, ERR_INPUT, "a municipality needs a pack at least");
    for (size_t i = 0; i < wish->packs.count; i++)
        if (pack_own_no(wishes[i].version) > 0)
            return err_set(err, ERR_INPUT, "the pack %.*s %.*s is another municipality's own",
                           STR_ARG(wishes[i].id), STR_ARG(wishes[i].version));
    if (model_library_get(by->library, wishes, wish->packs.count, model, err))
        return true;
    if (err->code == ERR_ABSENT)
        err->code = ERR_INPUT;
    return false;
}

struct founding {
    const struct tenancy *by;
    const struct model *model;
    struct str name;
};

static bool write_first(struct tx *tx, void *data, struct err *err)
{
    const struct founding *founding = data;
    struct note note = {founding->by, "tenant.create", {0}};

    return write_note(tx, &note, err) &&
           catalog_begin(tx, founding->model, 0, founding->by->now, err);
}

static bool write_known(struct tx *tx, void *data, struct err *err)
{
    const struct founding *founding = data;
    struct note note = {founding->by, "tenant.create", founding->name};

    return write_note(tx, &note, err) &&
           gauge_found(tx, founding->name, &founding->model->packs, founding->by->now, err);
}

static bool find_seed(void *data, const struct pack_file *file)
{
    (void)file;
    *(bool *)data = true;
    return false;
}

static bool has_seeds(const struct model *model)
{
    bool has = false;

    for (size_t i = 0; !has && i < model->packs.count; i++)
        pack_each_file(model->packs.packs[i], STR("seed"), STR(".csv"), find_seed, &has);
    return has;
}

static bool load_seeds(const struct tenancy *by, const struct tenancy_wish *wish, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct seed_report report;

    return store_hold(by->store, wish->name, &tenant, err) &&
           seed_load(tenant, arena, by->library, wish->packs, &report, err);
}

static bool take_branding(const struct tenancy *by, const struct tenancy_wish *wish,
                          struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct subscription_by pulling = {NULL, by->library, arena, by->now};

    if (wish->parent == 0 || wish->is_mirror)
        return true;
    if (!store_hold(by->store, wish->name, &tenant, err))
        return false;
    pulling.child = tenant;
    return branding_pull(&pulling, err);
}

bool tenancy_found(const struct tenancy *by, const struct tenancy_wish *wish, struct err *err)
{
    struct founding founding = {.by = by, .name = wish->name};
    struct err ignored = {0};
    struct store_founding making = {.name = wish->name,
                                    .title = str_trim(wish->title),
                                    .parent = wish->parent,
                                    .is_mirror = wish->is_mirror,
                                    .now = by->now,
                                    .fill = write_first,
                                    .note = write_known,
                                    .data = &founding};

    if (!check_title(wish->title, err) || !find_model(by, wish, &founding.model, err))
        return false;
    code_keep_model(by->store, founding.model);
    if (!store_found_tenant(by->store, &making, err))
        return false;
    /* It is founded: colours that could not be read come when they are set above the next time. */
    (void)take_branding(by, wish, &ignored);
    return wish->is_mirror || !has_seeds(founding.model) || load_seeds(by, wish, err);
}

bool tenancy_suspend(const struct tenancy *by, struct str name, bool is_suspended, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    const char *action = is_suspended ? "tenant.suspend" : "tenant.resume";
    struct store_tenant info;

    if (!store_hold(by->store, name, &tenant, err))
        return false;
    info = *tenant_info(tenant);
    if (info.is_suspended == is_suspended)
        return true;
    info.is_suspended = is_suspended;
    return note_node(by, action, name, err) && note_tenant(by, action, tenant, err) &&
           store_change_tenant(by->store, &info, err);
}

static bool is_label(struct str label)
{
    if (label.len == 0 || label.len > LABEL_MAX || label.ptr[0] == '-' ||
        label.ptr[label.len - 1] == '-')
        return false;
    for (size_t i = 0; i < label.len; i++) {
        char c = label.ptr[i];

        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return true;
}

/* As browsers send it: small Latin letters; зареченск.рф comes as xn--…  No address is one. */
static bool check_host(struct str host, struct err *err)
{
    struct str rest = host;
    bool is_good = host.len <= HOST_MAX && str_find_char(host, '.') < host.len;
    bool has_letter = false;

    while (is_good && rest.len > 0) {
        struct str label = str_cut(&rest, '.');

        is_good = is_label(label);
        has_letter = is_good && label.ptr[0] >= 'a'; /* of the last one: 10.0.0.1 has none */
    }
    return (is_good && has_letter && host.ptr[host.len - 1] != '.') ||
           err_set(err, ERR_INPUT,
                   "\"%.*s\" is no domain name: small Latin letters, digits, hyphens and dots "
                   "(зареченск.рф in its form xn--…)",
                   STR_ARG(host));
}

bool tenancy_set_host(const struct tenancy *by, struct str name, struct str host, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct str taken = store_find_host(by->store, host);
    struct store_tenant info;

    if ((host.len > 0 && !check_host(host, err)) || !store_hold(by->store, name, &tenant, err))
        return false;
    info = *tenant_info(tenant);
    if (str_equal(info.host, host))
        return true;
    if (host.len > 0 && taken.len > 0)
        return err_set(err, ERR_CONFLICT, "the municipality %.*s has the domain %.*s",
                       STR_ARG(taken), STR_ARG(host));
    info.host = host;
    return note_node(by, "tenant.domain", name, err) &&
           note_tenant(by, "tenant.domain", tenant, err) &&
           store_change_tenant(by->store, &info, err);
}

bool tenancy_limit(const struct tenancy *by, struct str name, const struct limit_set *limits,
                   struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;

    if (!store_hold(by->store, name, &tenant, err))
        return false;
    return limit_equal(&tenant_info(tenant)->limits, limits) ||
           (note_node(by, "tenant.limits", name, err) &&
            note_tenant(by, "tenant.limits", tenant, err) &&
            limit_change(by->store, name, limits, err));
}

static bool write_rename(struct tx *tx, void *data, struct err *err)
{
    const struct tenancy *by = data;
    struct journal_entry entry = {
        .at = by->now, .actor = by->actor, .action = STR("tenant.rename")};

    return journal_add(tx, &entry, err);
}

bool tenancy_rename(const struct tenancy *by, struct str name, struct str title, struct err *err)
{
    CLEANUP(store_release) struct tenant *tenant = NULL;
    struct tenancy writing = *by;
    struct store_tenant info;

    if (!check_title(title, err) || !store_hold(by->store, name, &tenant, err))
        return false;
    info = *tenant_info(tenant);
    info.title = str_trim(title);
    return str_equal(tenant_info(tenant)->title, info.title) ||
           (tenant_write_wait(tenant, write_rename, &writing, err) &&
            store_change_tenant(by->store, &info, err));
}
