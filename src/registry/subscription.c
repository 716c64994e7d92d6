#include "registry/subscription.h"

#include "auth/journal.h"
#include "core/vec.h"
#include "registry/record_where.h"
#include "store/news.h"
#include "store/rows.h"

#include <stdlib.h>

static struct str text_copy(const struct subscription_by *by, struct str text)
{
    return str_copy(by->arena, text);
}

bool subscription_above(const struct subscription_by *by, struct store_tenant *above, size_t *count,
                        struct err *err)
{
    struct store *store = tenant_store(by->child);
    int64_t id = tenant_info(by->child)->parent;

    *count = 0;
    while (id != 0 && *count < SUBSCRIPTION_DEPTH_MAX) {
        struct err absent = {0};

        if (!store_get_tenant_by_id(store, by->arena, id, &above[*count], &absent)) {
            if (absent.code == ERR_ABSENT)
                break;
            *err = absent;
            return false;
        }
        id = above[(*count)++].parent;
    }
    return true;
}

static int compare_ids(const void *a, const void *b)
{
    const struct store_tenant *one = a, *other = b;

    return one->id < other->id ? -1 : one->id > other->id;
}

/* tenants: by id. */
static bool is_below(const struct store_tenant *tenants, size_t count, int64_t parent,
                     int64_t publisher)
{
    for (int depth = 0; depth < SUBSCRIPTION_DEPTH_MAX && parent != 0; depth++) {
        struct store_tenant key = {.id = parent};
        const struct store_tenant *above;

        if (parent == publisher)
            return true;
        above = bsearch(&key, tenants, count, sizeof *tenants, compare_ids);
        parent = above == NULL ? 0 : above->parent;
    }
    return false;
}

bool subscription_below(struct tenant *publisher, struct arena *arena, struct store_tenant **below,
                        size_t *count, struct err *err)
{
    struct store_tenant *all;
    size_t all_count;

    if (!store_list_tenants(tenant_store(publisher), arena, &all, &all_count, err))
        return false;
    qsort(all, all_count, sizeof *all, compare_ids);
    *below = ARENA_ARRAY(arena, struct store_tenant, all_count + 1);
    *count = 0;
    for (size_t i = 0; i < all_count; i++)
        if (is_below(all, all_count, all[i].parent, tenant_info(publisher)->id))
            (*below)[(*count)++] = all[i];
    return true;
}

/* The publisher's registers, in a transaction that sees what is published to the child. */
static bool enter(const struct subscription_by *by, const struct store_tenant *publisher,
                  struct subscription *subscription, struct err *err)
{
    struct registry *registry = &subscription->registry;

    subscription->publisher_id = publisher->id;
    subscription->reader = tenant_info(by->child)->id;
    subscription->publisher_name = text_copy(by, publisher->name);
    subscription->publisher_title = text_copy(by, publisher->title);
    if (publisher->is_suspended)
        return err_set(err, ERR_UNAVAILABLE, "the publisher is suspended");
    if (!store_hold(tenant_store(by->child), publisher->name, &subscription->publisher, err))
        return false;
    *registry = (struct registry){&subscription->tx, by->arena, NULL, by->now, NULL};
    return catalog_get(subscription->publisher, by->library, &registry->catalog, err) &&
           tx_read_for(&subscription->tx, subscription->publisher, tenant_info(by->child)->id, err);
}

void subscription_close(struct subscription *subscription)
{
    tx_done(&subscription->tx);
    store_release(&subscription->publisher);
}

static bool is_taken_from(const struct rows *taken, struct str register_id, int64_t publisher)
{
    for (size_t i = 0; i < taken->count; i++)
        if (str_equal(rows_text(taken, i, 0), register_id) && rows_int(taken, i, 1) == publisher)
            return true;
    return false;
}

struct offers {
    const struct subscription_by *by;
    struct rows taken;
    VEC(struct subscription_offer) found;
};

static bool add_offers(struct offers *offers, const struct store_tenant *publisher, struct err *err)
{
    CLEANUP(subscription_close) struct subscription subscription = {0};
    struct publication *publications;
    size_t count;

    if (publisher->is_suspended)
        return true;
    if (!enter(offers->by, publisher, &subscription, err) ||
        !publication_list(&subscription.registry, &publications, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct publication *one = &publications[i];
        struct subscription_offer offer = {
            .register_id = one->type->id,
            .title = one->type->title,
            .publisher = subscription.publisher_name,
            .publisher_title = subscription.publisher_title,
            .publisher_id = publisher->id,
            .edition = one->newest.no,
            .at = one->newest.at,
            .is_taken = is_taken_from(&offers->taken, one->type->id, publisher->id),
        };

        if (publication_reader_of(one, tenant_info(offers->by->child)->id) != NULL)
            VEC_PUSH(offers->by->arena, &offers->found, offer);
    }
    return true;
}

static bool read_taken(const struct subscription_by *by, struct rows *taken, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    return tx_read(&tx, by->child, err) &&
           store_query(&tx, by->arena, taken,
                       "SELECT register, publisher FROM subscription WHERE tenant = $1",
                       ARGS(INT(tx.tenant)), err);
}

bool subscription_offers(const struct subscription_by *by, struct subscription_offer **found,
                         size_t *count, struct err *err)
{
    struct store_tenant above[SUBSCRIPTION_DEPTH_MAX];
    struct offers offers = {.by = by};
    size_t depth;

    if (!subscription_above(by, above, &depth, err) || !read_taken(by, &offers.taken, err))
        return false;
    for (size_t i = 0; i < depth; i++)
        if (!add_offers(&offers, &above[i], err))
            return false;
    *found = offers.found.items;
    *count = offers.found.count;
    return true;
}

struct taking {
    const struct subscription_by *by;
    struct str register_id;
    int64_t publisher;
    int64_t no; /* of the child's own register of that name */
    int64_t actor;
};

static bool note(struct tx *tx, const struct taking *taking, const char *action, struct err *err)
{
    struct journal_entry entry = {
        .at = taking->by->now,
        .actor = taking->actor,
        .action = str_from_z(action),
        .no = taking->no,
        .detail =
            str_printf(taking->by->arena, "{\"publisher\":\"%lld\"}", (long long)taking->publisher),
    };

    return journal_add(tx, &entry, err);
}

static bool run_take(struct tx *tx, void *data, struct err *err)
{
    const struct taking *taking = data;

    return store_exec(tx,
                      "INSERT INTO subscription (tenant, register, publisher, since, actor)"
                      " VALUES ($1, $2, $3, $4, $5)"
                      " ON CONFLICT (tenant, register) DO UPDATE"
                      " SET publisher = $3, since = $4, actor = $5",
                      ARGS(INT(tx->tenant), TEXT(taking->register_id), INT(taking->publisher),
                           INT(taking->by->now), INT(taking->actor)),
                      err) &&
           note(tx, taking, "subscription.take", err) && news_tell(tx, NEWS_CATALOG, err);
}

static bool start_taking(const struct subscription_by *by, struct str register_id, int64_t actor,
                         struct taking *taking, struct err *err)
{
    const struct catalog *catalog;
    const struct register_type *type;

    *taking = (struct taking){.by = by, .register_id = register_id, .actor = actor};
    if (!catalog_get(by->child, by->library, &catalog, err))
        return false;
    type = model_type(catalog->model, register_id);
    if (type == NULL)
        return err_set(err, ERR_INPUT,
                       "the municipality has no pack with this register: install it first");
    taking->no = catalog_no(catalog, type);
    return true;
}

bool subscription_take(const struct subscription_by *by, struct str register_id,
                       struct str publisher, int64_t actor, struct err *err)
{
    struct subscription_offer *offers;
    struct taking taking;
    size_t count;

    if (!start_taking(by, register_id, actor, &taking, err) ||
        !subscription_offers(by, &offers, &count, err))
        return false;
    for (size_t i = 0; i < count && taking.publisher == 0; i++)
        if (str_equal(offers[i].register_id, register_id) &&
            (publisher.len == 0 || str_equal(offers[i].publisher, publisher)))
            taking.publisher = offers[i].publisher_id;
    if (taking.publisher == 0)
        return err_set(err, ERR_ABSENT, "nobody above publishes this register to the municipality");
    return tenant_write_wait(by->child, run_take, &taking, err) &&
           catalog_reload(by->child, by->library, err);
}

static bool run_drop(struct tx *tx, void *data, struct err *err)
{
    const struct taking *taking = data;
    int64_t changed;

    if (!store_change(tx, "DELETE FROM subscription WHERE tenant = $1 AND register = $2",
                      ARGS(INT(tx->tenant), TEXT(taking->register_id)), &changed, err))
        return false;
    if (changed == 0)
        return err_set(err, ERR_ABSENT, "the municipality has not subscribed to it");
    return note(tx, taking, "subscription.drop", err) && news_tell(tx, NEWS_CATALOG, err);
}

bool subscription_drop(const struct subscription_by *by, struct str register_id, int64_t actor,
                       struct err *err)
{
    struct taking taking;

    return start_taking(by, register_id, actor, &taking, err) &&
           tenant_write_wait(by->child, run_drop, &taking, err) &&
           catalog_reload(by->child, by->library, err);
}

static bool find_publisher(const struct subscription_by *by, struct str register_id,
                           struct store_tenant *publisher, struct err *err)
{
    struct store_tenant above[SUBSCRIPTION_DEPTH_MAX];
    struct rows taken;
    size_t depth;

    if (!read_taken(by, &taken, err) || !subscription_above(by, above, &depth, err))
        return false;
    for (size_t i = 0; i < taken.count; i++) {
        if (!str_equal(rows_text(&taken, i, 0), register_id))
            continue;
        for (size_t level = 0; level < depth; level++)
            if (above[level].id == rows_int(&taken, i, 1)) {
                *publisher = above[level];
                return true;
            }
        return err_set(err, ERR_DENIED, "the publisher is not above this municipality any more");
    }
    return err_set(err, ERR_ABSENT, "the municipality has not subscribed to it");
}

static bool has_kept(struct subscription *subscription, int64_t kept_no, bool *has, struct err *err)
{
    struct rows rows;

    const struct registry *registry = &subscription->registry;

    if (!store_query(registry->tx, registry->arena, &rows,
                     "SELECT 1 FROM record WHERE tenant = $1 AND register = $2 LIMIT 1",
                     ARGS(INT(registry->tx->tenant), INT(kept_no)), err))
        return false;
    *has = rows.count > 0;
    return true;
}

/*
 * Rows that were kept before an upgrade of the publisher's packs are laid out as the pack before
 * said: asked by the new one, they would answer wrongly.
 */
static bool find_edition(struct subscription *subscription, struct err *err)
{
    const struct publication *publication = &subscription->publication;
    int64_t kept_no = publication_kept_no(publication->no, publication->newest.no);
    struct layout_row row;
    bool has;

    if (publication->newest.no == 0)
        return err_set(err, ERR_UNAVAILABLE, "the publisher has not issued an edition yet");
    subscription->edition.seq = publication->newest.seq;
    if (!layout_check(&subscription->registry, publication->type, &row, err) ||
        !has_kept(subscription, kept_no, &has, err))
        return false;
    if (has && row.edition != publication->layout)
        return err_set(err, ERR_UNAVAILABLE,
                       "the publisher has renewed its packs: it has to issue a new edition");
    subscription->edition.kept_no = has ? kept_no : 0;
    return true;
}

/* The register in the publisher's tenant, which has been entered. */
static bool open_register(struct subscription *subscription, struct str register_id,
                          struct err *err)
{
    const struct register_type *type =
        model_type(subscription->registry.catalog->model, register_id);
    const struct publication_reader *reader;
    struct err absent = {0};

    if (type == NULL)
        return err_set(err, ERR_UNAVAILABLE, "the publisher has no such register any more");
    if (!publication_get(&subscription->registry, type, &subscription->publication, &absent) &&
        absent.code != ERR_ABSENT) {
        *err = absent;
        return false;
    }
    reader = publication_reader_of(&subscription->publication, subscription->reader);
    if (reader == NULL)
        return err_set(err, ERR_DENIED, "%.*s does not publish it to this municipality any more",
                       STR_ARG(subscription->publisher_title));
    return publication_filters(&subscription->registry, type, reader->filter,
                               &subscription->filters, &subscription->filter_count, err) &&
           find_edition(subscription, err);
}

bool subscription_open(const struct subscription_by *by, struct str register_id,
                       struct subscription *subscription, struct err *err)
{
    struct store_tenant publisher;

    *subscription = (struct subscription){0};
    return find_publisher(by, register_id, &publisher, err) &&
           enter(by, &publisher, subscription, err) &&
           open_register(subscription, register_id, err);
}

bool subscription_show(const struct subscription_by *publisher, int64_t reader,
                       struct str register_id, struct subscription *subscription, struct err *err)
{
    const struct store_tenant *info = tenant_info(publisher->child);

    *subscription = (struct subscription){
        .publisher_id = info->id,
        .reader = reader,
        .registry = {&subscription->tx, publisher->arena, NULL, publisher->now},
        .publisher_name = info->name,
        .publisher_title = info->title,
    };
    return catalog_get(publisher->child, publisher->library, &subscription->registry.catalog,
                       err) &&
           tx_read_for(&subscription->tx, publisher->child, reader, err) &&
           open_register(subscription, register_id, err);
}

bool subscription_beside(struct subscription *first, struct str register_id,
                         struct subscription *beside, struct err *err)
{
    *beside = (struct subscription){
        .publisher_id = first->publisher_id,
        .reader = first->reader,
        .registry = first->registry,
        .publisher_name = first->publisher_name,
        .publisher_title = first->publisher_title,
    };
    return open_register(beside, register_id, err);
}

static bool is_shown(const struct subscription *subscription, unsigned classes, size_t field)
{
    const struct publication *publication = &subscription->publication;

    return publication->shows[field] && (publication->type->fields[field].access & ~classes) == 0;
}

const struct catalog_list *subscription_codes(const struct subscription *subscription,
                                              struct str name)
{
    const struct publication *publication = &subscription->publication;
    const struct register_field *field = register_type_field(publication->type, name);

    if (field == NULL || field->type != FIELD_CODE ||
        !publication->shows[field - publication->type->fields])
        return NULL;
    return map_find(&subscription->registry.catalog->lists, field->list);
}

bool subscription_is_searchable(const struct subscription *subscription, unsigned classes)
{
    const struct register_type *type = subscription->publication.type;

    for (size_t i = 0; i < type->search_count; i++)
        if (!is_shown(subscription, classes, (size_t)type->search[i]))
            return false;
    for (size_t i = 0; i < type->field_count; i++)
        if (type->fields[i].is_in_title && !is_shown(subscription, classes, i))
            return false;
    return true;
}

static bool may_filter(const struct subscription *subscription, unsigned classes,
                       const struct record_filter *filter, struct err *err)
{
    const struct register_type *type = subscription->publication.type;
    size_t count = filter->where != NULL ? filter->where->field_count : 1;

    for (size_t i = 0; i < count; i++) {
        const struct register_field *field =
            filter->where != NULL ? filter->where->fields[i] : filter->field;

        if (!is_shown(subscription, classes, (size_t)(field - type->fields)))
            return err_set(err, ERR_DENIED, "the field %.*s is not published",
                           STR_ARG(field->name));
    }
    return true;
}

/* Filters of the asker go beside those of the publication: all have to hold. */
static bool complete(struct subscription *subscription, unsigned classes, struct record_ask *ask,
                     struct err *err)
{
    const struct register_type *type = subscription->publication.type;
    size_t count = ask->filter_count + subscription->filter_count;
    struct record_filter *filters =
        ARENA_ARRAY(subscription->registry.arena, struct record_filter, count + 1);

    for (size_t i = 0; i < ask->filter_count; i++) {
        filters[i] = ask->filters[i];
        if (!may_filter(subscription, classes, &filters[i], err))
            return false;
    }
    for (size_t i = 0; i < subscription->filter_count; i++)
        filters[ask->filter_count + i] = subscription->filters[i];
    if (ask->sort != NULL && !is_shown(subscription, classes, (size_t)(ask->sort - type->fields)))
        return err_set(err, ERR_DENIED, "the field %.*s is not published",
                       STR_ARG(ask->sort->name));
    if (ask->words.len > 0 && !subscription_is_searchable(subscription, classes))
        return err_set(err, ERR_DENIED, "what is published of this register cannot be searched");
    if (ask->has_box &&
        (type->geometry < 0 || !is_shown(subscription, classes, (size_t)type->geometry)))
        return err_set(err, ERR_DENIED, "places of this register are not published");
    ask->type = type;
    ask->edition = &subscription->edition;
    ask->filters = filters;
    ask->filter_count = count;
    return true;
}

/* A body that cannot be read shows nothing rather than everything. */
static void redact(const struct subscription *subscription, unsigned classes, struct record *record)
{
    const struct register_type *type = subscription->publication.type;
    struct arena *arena = subscription->registry.arena;
    struct buf body = {.arena = arena};
    struct json *value;
    struct err err;

    if (!json_parse(arena, record->body, &(struct json_limits){.bytes = RECORD_BODY_MAX}, &value,
                    &err))
        value = json_new(arena, JSON_OBJECT);
    for (size_t i = 0; i < type->field_count; i++) {
        if (is_shown(subscription, classes, i))
            continue;
        json_drop(value, type->fields[i].name);
        if (type->fields[i].is_in_title)
            record->title = (struct str){0};
    }
    json_write(&body, value);
    record->body = buf_str(&body);
    record->import = 0;
}

bool subscription_list(struct subscription *subscription, unsigned classes, struct record_ask *ask,
                       struct record_page *page, struct err *err)
{
    if (!complete(subscription, classes, ask, err) ||
        !record_list(&subscription->registry, ask, page, err))
        return false;
    for (size_t i = 0; i < page->count; i++)
        redact(subscription, classes, &page->records[i]);
    return true;
}

bool subscription_count(struct subscription *subscription, unsigned classes, struct record_ask *ask,
                        int64_t *count, bool *is_more, struct err *err)
{
    return complete(subscription, classes, ask, err) &&
           record_count(&subscription->registry, ask, count, is_more, err);
}

/* By the list's own way, so that the filter is the same. */
static bool passes(struct subscription *subscription, const struct record_ask *ask, bool *is_in,
                   struct err *err)
{
    struct record_page page;

    *is_in = true;
    if (ask->filter_count == 0)
        return true;
    if (!record_list(&subscription->registry, ask, &page, err))
        return false;
    *is_in = page.count > 0;
    return true;
}

bool subscription_get(struct subscription *subscription, unsigned classes, int64_t id,
                      int64_t valid_on, struct record *record, struct err *err)
{
    struct record_ask ask = {.type = subscription->publication.type,
                             .edition = &subscription->edition,
                             .filters = subscription->filters,
                             .filter_count = subscription->filter_count,
                             .id = id,
                             .valid_on = valid_on,
                             .limit = 1};
    bool is_in;

    if (!record_get_edition(&subscription->registry, &ask, record, err) ||
        !passes(subscription, &ask, &is_in, err))
        return false;
    if (!is_in)
        return err_set(err, ERR_ABSENT, "there is no such record");
    redact(subscription, classes, record);
    return true;
}
