#include "workflow/offering.h"

#include "auth/account.h"
#include "auth/journal.h"
#include "core/log.h"
#include "core/vec.h"
#include "notice/message.h"
#include "queue/worker.h"
#include "service/service.h"
#include "workflow/conduct_job.h"
#include "workflow/offering_look.h"

enum {
    BATCH = 200,   /* entries of the journal looked at together */
    TOLD_MAX = 20, /* accounts of one person that are told */
};

/* What is to be written, if it is still so in the write. */
struct wish {
    struct service_offered offered;
    int64_t made_at; /* when the record was made; 0: it was changed */
    VEC(struct notice) notices;
};

struct run {
    const struct offering_place *place;
    struct offering_tally *tally;
    struct arena *arena;
    const struct catalog *catalog;
    struct offering_look *looks; /* of the services that are offered */
    size_t look_count;
    struct arena *scratch; /* of a batch */
    VEC(struct wish) wishes;
};

/* A card that does not fit the registers is told once, and the others go on. */
static bool open_looks(struct run *run, struct err *err)
{
    const struct service **services;
    size_t count;

    if (!catalog_get(run->place->tenant, process_library_packs(run->place->processes),
                     &run->catalog, err) ||
        !process_services(run->place->processes, run->catalog->model, run->arena, &services, &count,
                          err))
        return false;
    run->looks = ARENA_ARRAY(run->arena, struct offering_look, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct err found = {0};

        if (services[i]->offer == NULL)
            continue;
        if (offering_look_open(run->catalog, run->arena, services[i], &run->looks[run->look_count],
                               &found))
            run->look_count++;
        else
            LOG(LOG_WARN, "service.offer", {"reason", str_from_z(found.text)});
    }
    return true;
}

static bool tell(struct run *run, struct tx *read, const struct offering_look *look,
                 struct wish *wish, struct err *err)
{
    const struct service *service = look->service;
    struct account_page accounts;

    if (!account_list_tied(read, run->scratch, wish->offered.person, &accounts, err))
        return false;
    for (size_t i = 0; i < accounts.count && i < TOLD_MAX; i++) {
        struct notice notice = {.account = accounts.items[i].id};
        struct contact contact;

        if (!contact_get(read, run->scratch, notice.account, run->place->now, &contact, err))
            return false;
        notice.language = contact.language;
        if (!message_fill(run->scratch, service->pack, service->offer->message,
                          json_new(run->scratch, JSON_OBJECT), &notice, err))
            return false;
        VEC_PUSH(run->scratch, &wish->notices, notice);
    }
    return true;
}

static bool look_at(struct run *run, struct tx *read, const struct offering_look *look,
                    const struct journal_entry *entry, struct err *err)
{
    const struct registry registry = {read, run->scratch, run->catalog, run->place->now, NULL};
    struct offering_look_found found;
    struct wish wish = {.made_at = str_equal(entry->action, STR("create")) ? entry->at : 0};
    bool may = false;

    if (!offering_look_at(&registry, look, entry->record, &found, err))
        return false;
    wish.offered = (struct service_offered){
        .person = found.person,
        .service = look->service->name,
        .cause = entry->record,
        .no = look->no,
        .put_at = run->place->now,
    };
    if (!found.holds)
        return true;
    if (!service_offered_may(read, &wish.offered, wish.made_at, &may, err))
        return false;
    if (!may)
        return true;
    if (!tell(run, read, look, &wish, err))
        return false;
    VEC_PUSH(run->scratch, &run->wishes, wish);
    return true;
}

static bool note(struct tx *tx, struct arena *arena, const struct service_offered *offered,
                 struct str action, struct journal_entry *entry, struct err *err)
{
    struct buf detail = {.arena = arena};

    buf_add(&detail, STR("{\"service\":"));
    json_write_text(&detail, offered->service);
    buf_char(&detail, '}');
    entry->action = action;
    entry->no = offered->no;
    entry->record = offered->cause;
    entry->detail = buf_str(&detail);
    return journal_add(tx, entry, err);
}

static bool put(struct tx *tx, struct run *run, const struct wish *wish, struct err *err)
{
    struct journal_entry entry = {.at = run->place->now};
    bool may, has_job;

    if (!service_offered_may(tx, &wish->offered, wish->made_at, &may, err))
        return false;
    if (!may)
        return true;
    if (!service_offered_put(tx, &wish->offered, err) ||
        !note(tx, run->scratch, &wish->offered, STR("service.offer"), &entry, err))
        return false;
    for (size_t i = 0; i < wish->notices.count; i++) {
        if (!notice_put(tx, &wish->notices.items[i], run->place->now, &has_job, err))
            return false;
        run->tally->has_job |= has_job;
    }
    run->tally->made++;
    return true;
}

static bool run_put(struct tx *tx, void *data, struct err *err)
{
    struct run *run = data;

    for (size_t i = 0; i < run->wishes.count; i++)
        if (!put(tx, run, &run->wishes.items[i], err))
            return false;
    return true;
}

/* True with *is_end when there is nothing behind what was read. */
static bool look_at_some(struct run *run, bool *is_end, struct err *err)
{
    CLEANUP(tx_done) struct tx read = {0};
    struct journal_ask ask = {.after = run->tally->after, .limit = BATCH};
    struct journal_entry *entries;
    size_t count;

    if (!tx_read(&read, run->place->tenant, err) ||
        !journal_list(&read, run->scratch, &ask, &entries, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool is_change = str_equal(entries[i].action, STR("create")) ||
                         str_equal(entries[i].action, STR("change"));

        for (size_t k = 0; is_change && k < run->look_count; k++)
            if (run->looks[k].no == entries[i].no &&
                !look_at(run, &read, &run->looks[k], &entries[i], err))
                return false;
    }
    if (count > 0)
        run->tally->after = entries[count - 1].seq;
    *is_end = count < BATCH;
    return true;
}

static bool go_batch(struct run *run, bool *is_end, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(64 * 1024);
    int64_t made = run->tally->made;
    bool has_ended;

    run->scratch = scratch;
    run->wishes.items = NULL;
    run->wishes.count = run->wishes.cap = 0;
    if (!look_at_some(run, is_end, err))
        return false;
    if (run->wishes.count == 0)
        return true;
    has_ended = tenant_write_wait(run->place->tenant, run_put, run, err);
    if (!has_ended)
        run->tally->made = made;
    return has_ended;
}

bool offering_go(const struct offering_place *place, struct offering_tally *tally, struct err *err)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(64 * 1024);
    struct run run = {.place = place, .tally = tally, .arena = arena};
    bool is_end = false;

    tally->after = MAX(tally->after, 1); /* 0 would be the end of the journal */
    if (!open_looks(&run, err))
        return false;
    while (!is_end && run.look_count > 0)
        if (!go_batch(&run, &is_end, err) ||
            (place->go_on != NULL && !place->go_on(place->data, tally->after, &is_end, err)))
            return false;
    return true;
}

bool offering_end(struct tx *tx, struct arena *arena, const struct offering_answer *answer,
                  struct err *err)
{
    struct journal_entry entry = {.at = answer->now, .actor = answer->account};
    struct str word = service_offered_word(answer->answer);

    return service_offered_end(tx, &answer->offered, answer->answer, answer->account, answer->now,
                               err) &&
           note(tx, arena, &answer->offered, str_printf(arena, "service.%.*s", STR_ARG(word)),
                &entry, err);
}

struct working {
    struct worker_task *task;
    bool is_stopping;
};

static bool go_on(void *data, int64_t after, bool *stops, struct err *err)
{
    struct working *working = data;
    struct str state = str_printf(working->task->arena, "{\"after\":%lld}", (long long)after);

    if (!worker_report(working->task, STR("Offering services"), after, 0, state,
                       &working->is_stopping, err))
        return false;
    *stops |= working->is_stopping;
    return true;
}

/* Where it begins, or was before the server stopped. */
static bool read_after(struct worker_task *task, int64_t *after, struct err *err)
{
    struct str text = task->job.state.len > 0 ? task->job.state : task->job.payload;
    struct json *json;

    *after = 0;
    if (!json_parse(task->arena, text, NULL, &json, err))
        return false;
    return json_int(json_find(json, STR("after")), after) ||
           err_set(err, ERR_BROKEN, "the job does not say from where on");
}

static bool run_job(struct worker_task *task, struct str *result, struct err *err)
{
    const struct conduct_job_context *context = task->context;
    struct working working = {.task = task};
    struct offering_place place = {.tenant = task->tenant,
                                   .processes = context->processes,
                                   .now = context->clock(),
                                   .go_on = go_on,
                                   .data = &working};
    struct offering_tally tally = {0};

    task->may_rest = true;
    if (!read_after(task, &tally.after, err) || !offering_go(&place, &tally, err))
        return false;
    if (tally.has_job)
        worker_wake(task->pool, tenant_info(task->tenant)->name);
    if (!working.is_stopping)
        *result = str_printf(task->arena, "{\"made\":%lld}", (long long)tally.made);
    return true;
}

const struct worker_kind offering_kind = {.name = STR_INIT("service.offer"), .run = run_job};
