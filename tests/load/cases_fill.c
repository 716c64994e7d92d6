/*
 * Fills a municipality with finished cases of the pack greenery, through the engine: what stands
 * afterwards is what as many people would have left, records, files, steps, letters and journal
 * too.  Photos are of a pool of 1,000 different ones, trees stand at 50,000 places, so that letters
 * say one of so many things; residents take turns.  Some more are left open at each step.  Prints
 * the tokens that tests/load/cases reads.  No server may run on the folder.
 *
 * Batches of cases go step by step: two threads prepare, the store's writes.  Nothing is flushed
 * before the end: who loses power meanwhile begins anew.
 *
 *     build/tests/load/cases_fill DATA TENANT RESIDENTS CASES >tokens
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "auth/session.h"
#include "cli/node.h"
#include "core/id.h"
#include "core/time.h"
#include "photo.h"
#include "store/rows.h"
#include "workflow/conduct_open.h"

enum {
    BATCH = 200,
    POOL = 1000,
    PLACES = 50 * 1000,
    THREADS = 2,
    OPEN = 4, /* batches that are left open */
    RESIDENTS_MAX = 1000,
    STAFF = 3,
};

enum who {
    CLERK,
    DATA,
    HEAD
};

static const char *const ROLES[STAFF] = {"clerk", "data", "head"};

/* The tasks of a case, in their order. */
static const struct {
    enum who who;
    const char *answer;
} TASKS[] = {
    {CLERK, "{\"is_complete\":true}"},
    {DATA, "{\"name\":\"Муниципальное образование\"}"},
    {CLERK, "{\"condition\":\"dead\",\"measured_trees\":1,\"measured_diameter\":62}"},
    {HEAD, "{\"is_granted\":true}"},
};

struct filling {
    struct node *node;
    struct tenant *tenant;
    const struct catalog *catalog;
    const struct service *service;
    int64_t staff[STAFF];
    int64_t residents[RESIDENTS_MAX];
    int64_t resident_count;
    struct attachment photos[POOL];
    int64_t case_count;
    atomic_llong next; /* case that nobody makes yet */
    atomic_llong done;
};

/* Cases of a thread that go step by step together. */
struct batch {
    struct filling *filling;
    struct arena *arena; /* of a step */
    int64_t first, count;
    int64_t flows[BATCH];
    int waits[BATCH];
    struct conduct *conducts[BATCH];
    struct err err;
    bool ok;
};

/* No flush for each file and each batch; main has one for all. */
__attribute__((visibility("default"))) int fsync(int fd)
{
    (void)fd;
    return 0;
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

static bool parse(struct arena *arena, struct str text, struct json **value, struct err *err)
{
    return json_parse(arena, text, &(struct json_limits){0}, value, err);
}

static int find_wait(const struct flow *flow)
{
    for (size_t i = 0; i < flow->waits.count; i++) {
        const struct flow_wait *wait = flow_wait_at(flow, i);

        if (wait != NULL && (wait->kind == FLOW_WAIT_TASK || wait->kind == FLOW_WAIT_SERVICE))
            return wait->part.id;
    }
    return 0;
}

static struct conduct *new_conduct(struct batch *batch, int64_t actor)
{
    struct conduct *conduct = ARENA_NEW(batch->arena, struct conduct);

    *conduct = (struct conduct){.processes = batch->filling->node->processes,
                                .catalog = batch->filling->catalog,
                                .arena = batch->arena,
                                .now = time_now(),
                                .actor = actor};
    return conduct;
}

static bool prepare_opening(struct tx *tx, struct batch *batch, int64_t i, struct err *err)
{
    const struct filling *filling = batch->filling;
    int64_t number = batch->first + i;
    int64_t resident = filling->residents[number % filling->resident_count];
    struct conduct *conduct = new_conduct(batch, resident);
    struct conduct_application application = {.service = filling->service,
                                              .id = id_next(conduct->now),
                                              .way = SERVICE_PAGE,
                                              .applicant = resident,
                                              .files = &filling->photos[number % POOL],
                                              .file_count = 1};
    struct flaws flaws = {0};
    struct json *data;

    if (!parse(batch->arena,
               str_printf(batch->arena,
                          "{\"reason\":\"danger\",\"place\":\"ул. Мира, д. %d\","
                          "\"plot\":\"unknown\",\"cadastral_number\":\"54:35:021235:17\","
                          "\"kind\":\"elm\",\"trees\":1,\"diameter\":%d,"
                          "\"applicant_name\":\"Садыкова Анна\",\"applicant_contact\":\"1\"}",
                          (int)(number % PLACES), 30 + (int)(number % 50)),
               &data, err))
        return false;
    application.data = data;
    conduct->step.node = -1; /* the usual start */
    batch->conducts[i] = conduct;
    return conduct_open(tx, conduct, &application, &flaws, err) &&
           conduct_prepare(tx, conduct, err);
}

static bool prepare_task(struct tx *tx, struct batch *batch, int64_t i, size_t task,
                         struct err *err)
{
    struct conduct *conduct = new_conduct(batch, batch->filling->staff[TASKS[task].who]);
    struct json *data;

    if (!parse(batch->arena, str_from_z(TASKS[task].answer), &data, err))
        return false;
    conduct->flow = batch->flows[i];
    conduct->step =
        (struct flow_step){.kind = FLOW_STEP_DONE, .wait = batch->waits[i], .data = data};
    batch->conducts[i] = conduct;
    return conduct_prepare(tx, conduct, err) &&
           (conduct->was_taken || err_set(err, ERR_BROKEN, "nobody waits for task %zu", task));
}

/* step 0: the application. */
static bool prepare(struct batch *batch, size_t step, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};

    if (!tx_read(&tx, batch->filling->tenant, err))
        return false;
    for (int64_t i = 0; i < batch->count; i++)
        if (!(step == 0 ? prepare_opening(&tx, batch, i, err)
                        : prepare_task(&tx, batch, i, step - 1, err)))
            return false;
    return true;
}

static bool run(struct tx *tx, void *data, struct err *err)
{
    struct batch *batch = data;

    for (int64_t i = 0; i < batch->count; i++)
        if (!conduct_run(tx, batch->conducts[i], err))
            return false;
    return true;
}

/* Of each stage a batch stays open, so that lists have something to show. */
static size_t last_step(const struct batch *batch)
{
    int64_t ended = (batch->filling->case_count + BATCH - 1) / BATCH * BATCH;

    return batch->first < ended ? ARRAY_LEN(TASKS) : (size_t)((batch->first - ended) / BATCH);
}

static bool make(struct batch *batch, struct err *err)
{
    size_t last = last_step(batch);

    for (size_t step = 0; step <= last; step++) {
        arena_reset(batch->arena);
        if (!prepare(batch, step, err) ||
            !tenant_write_wait(batch->filling->tenant, run, batch, err))
            return false;
        for (int64_t i = 0; i < batch->count; i++) {
            batch->flows[i] = batch->conducts[i]->flow;
            batch->waits[i] = find_wait(batch->conducts[i]->after);
            if ((batch->waits[i] == 0) != (step == ARRAY_LEN(TASKS)))
                return err_set(err, ERR_BROKEN, "after step %zu it waits for %d", step,
                               batch->waits[i]);
        }
    }
    return true;
}

static void *work(void *data)
{
    struct batch *batch = data;
    struct filling *filling = batch->filling;

    batch->ok = true;
    while (batch->ok) {
        batch->first = atomic_fetch_add(&filling->next, BATCH);
        batch->count = MIN(BATCH, filling->case_count - batch->first);
        if (batch->count <= 0)
            batch->count = BATCH;
        if (filling->case_count == 0 || batch->first >= filling->case_count + BATCH * OPEN)
            break;
        batch->ok = make(batch, &batch->err);
        fprintf(stderr, "\r%lld of %lld cases",
                (long long)atomic_fetch_add(&filling->done, batch->count) + batch->count,
                (long long)filling->case_count);
    }
    return NULL;
}

static bool make_cases(struct filling *filling, struct arena *arena, struct err *err)
{
    struct batch *batches = ARENA_ARRAY(arena, struct batch, THREADS);
    pthread_t threads[THREADS];
    bool ok = true;

    for (size_t i = 0; i < THREADS; i++) {
        batches[i] = (struct batch){.filling = filling, .arena = arena_open(0)};
        if (pthread_create(&threads[i], NULL, work, &batches[i]) != 0)
            abort();
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        arena_close(&batches[i].arena);
        if (ok && !batches[i].ok)
            *err = batches[i].err;
        ok = ok && batches[i].ok;
    }
    fputc('\n', stderr);
    return ok;
}

static bool keep_photos(struct filling *filling, struct arena *arena, struct err *err)
{
    char *photo = arena_alloc(arena, PHOTO_SIZE);

    for (int64_t i = 0; i < MIN(POOL, filling->case_count); i++) {
        struct attachment_source source = {
            .fd = -1, .bytes = {photo, PHOTO_SIZE}, .size = PHOTO_SIZE, .name = STR("tree.jpg")};

        photo_make(photo, (uint64_t)i);
        if (!attachment_keep(filling->tenant, arena, &source, &filling->photos[i], err))
            return false;
    }
    return true;
}

/* An account of that login and role, and a token of it. */
struct making {
    struct filling *filling;
    struct arena *arena;
    struct str login, role;
    int64_t id;
};

static bool add_account(struct tx *tx, void *data, struct err *err)
{
    struct making *making = data;
    struct account account;
    struct session_wish wish = {&account, STR("load"), true, time_now()};
    struct str secret;

    if (!account_find(tx, making->arena, making->login, &account, &secret, err))
        return false;
    if (account.id == 0) {
        account = (struct account){.login = making->login,
                                   .name = making->login,
                                   .state = STR("active"),
                                   .roles = &making->role,
                                   .role_count = 1};
        if (!account_create(tx, &account, (struct str){0}, (struct account_by){0, time_now()},
                            &account.id, err))
            return false;
    }
    making->id = account.id;
    if (!session_start(tx, making->arena, &wish, &secret, err))
        return false;
    printf("%.*s\n", STR_ARG(secret));
    return true;
}

static bool add_accounts(struct filling *filling, struct arena *arena, struct err *err)
{
    for (int64_t i = 0; i < STAFF + filling->resident_count; i++) {
        bool is_staff = i < STAFF;
        struct making making = {.filling = filling,
                                .arena = arena,
                                .role = is_staff ? str_from_z(ROLES[i]) : STR("resident"),
                                .login = is_staff
                                             ? str_from_z(ROLES[i])
                                             : str_printf(arena, "resident-%d", (int)(i - STAFF))};

        if (!tenant_write_wait(filling->tenant, add_account, &making, err))
            return false;
        *(is_staff ? &filling->staff[i] : &filling->residents[i - STAFF]) = making.id;
    }
    return true;
}

static bool fill(struct filling *filling, struct arena *arena, struct str name, struct err *err)
{
    struct node *node = filling->node;

    return store_hold(node->store, name, &filling->tenant, err) &&
           catalog_get(filling->tenant, node->library, &filling->catalog, err) &&
           process_service(node->processes, filling->catalog->model, STR("greenery.felling"),
                           &filling->service, err) &&
           add_accounts(filling, arena, err) && keep_photos(filling, arena, err) &&
           make_cases(filling, arena, err);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct filling *filling = ARENA_NEW(arena, struct filling);
    struct node_options options = {.share = STR(".")};
    struct node node = {0};
    struct err err;

    if (argc != 5) {
        fputs("usage: cases_fill DATA TENANT RESIDENTS CASES\n", stderr);
        return 2;
    }
    filling->node = &node;
    filling->resident_count = MIN(atoll(argv[3]), RESIDENTS_MAX);
    filling->case_count = atoll(argv[4]);
    options.data = str_from_z(argv[1]);
    if (getenv("UPRAVA_STORE") != NULL)
        options.store = str_from_z(getenv("UPRAVA_STORE"));
    bool ok = filling->resident_count > 0 && node_open(arena, &options, &node, &err) &&
              fill(filling, arena, str_from_z(argv[2]), &err);
    if (filling->tenant != NULL)
        store_release(&filling->tenant);
    node_close(&node);
    if (!ok) {
        fprintf(stderr, "cases_fill: %s\n", err.text);
        return 1;
    }
    sync();
    return 0;
}
