#include "stand.h"

#include "core/time.h"
#include "store/rows.h"
#include "store/writer.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    THREADS = 8,
    EACH = 1250,
    BURST = 50,
};

static struct err err;
static struct store *store;
static struct tenant *towns[2];

static void open_store(int slow_flush_ms)
{
    struct store_options options = {.folder = check_folder(),
                                    .database = stand_database(),
                                    .writers = 2,
                                    .slow_flush_ms = slow_flush_ms};

    err = (struct err){0};
    CHECK_OK(store_open(check_arena(), &options, &store, &err), &err);
}

static void hold_towns(void)
{
    for (char c = 'a'; c <= 'b'; c++)
        CHECK_OK(store_hold(store, (struct str){&c, 1}, &towns[c - 'a'], &err), &err);
}

static void start(int slow_flush_ms)
{
    open_store(slow_flush_ms);
    for (char c = 'a'; c <= 'b'; c++)
        CHECK_OK(store_create_tenant(store, (struct str){&c, 1}, STR(""), 0, 0, &err), &err);
    hold_towns();
}

static void finish(void)
{
    store_release(&towns[0]);
    store_release(&towns[1]);
    store_close(&store);
}

static int64_t settings(struct tenant *tenant)
{
    CLEANUP(tx_done) struct tx tx = {0};
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct rows rows;
    struct err why;

    if (!tx_read(&tx, tenant, &why) ||
        !store_query(&tx, arena, &rows, "SELECT count(*) FROM setting WHERE tenant = $1",
                     ARGS(INT(tx.tenant)), &why))
        return -1;
    return rows_int(&rows, 0, 0);
}

struct sender {
    pthread_t thread;
    int no;
    int said; /* how many were reported as saved */
    sem_t done;
};

struct message {
    struct store_write write; /* first */
    struct sender *sender;
    int no;
};

static bool run_message(struct tx *tx, void *data, struct err *why)
{
    const struct message *message = data;
    char name[32];
    int len = snprintf(name, sizeof name, "%d-%d", message->sender->no, message->no);

    tx->head->seq++;
    return store_exec(tx, "INSERT INTO setting (tenant, name, value) VALUES ($1, $2, 'x')",
                      ARGS(INT(tx->tenant), TEXT(((struct str){name, (size_t)len}))), why);
}

static void on_done(struct store_write *write)
{
    sem_post(&((struct message *)write)->sender->done);
}

/* Posts in bursts, as many requests at once would. */
static void *send(void *data)
{
    struct sender *sender = data;
    struct message messages[BURST];

    for (int at = 0; at < EACH; at += BURST) {
        for (int i = 0; i < BURST; i++) {
            messages[i] = (struct message){
                .write = {.run = run_message, .data = &messages[i], .done = on_done},
                .sender = sender,
                .no = at + i};
            tenant_write(towns[(at / BURST) % 2], &messages[i].write);
        }
        for (int i = 0; i < BURST; i++)
            sem_wait(&sender->done);
        for (int i = 0; i < BURST; i++)
            sender->said += messages[i].write.ok;
    }
    return NULL;
}

static atomic_bool is_over;

static void *look(void *data)
{
    int64_t last = 0;

    while (!atomic_load(&is_over)) {
        int64_t now = settings(towns[0]);

        if (now < last)
            *(int *)data = -1; /* went back, or failed */
        last = now;
    }
    return NULL;
}

static void ten_thousand_writes_of_eight_threads_are_all_there(void)
{
    struct sender senders[THREADS] = {0};
    pthread_t reader;
    int said = 0, seen = 0;

    start(0);
    atomic_store(&is_over, false);
    CHECK(pthread_create(&reader, NULL, look, &seen) == 0);
    for (int i = 0; i < THREADS; i++) {
        senders[i].no = i;
        sem_init(&senders[i].done, 0, 0);
        CHECK(pthread_create(&senders[i].thread, NULL, send, &senders[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(senders[i].thread, NULL);
        said += senders[i].said;
    }
    atomic_store(&is_over, true);
    pthread_join(reader, NULL);
    CHECK_INT(said, THREADS * EACH);
    CHECK_INT(seen, 0);
    finish();
    open_store(0);
    hold_towns();
    CHECK_INT(settings(towns[0]) + settings(towns[1]), THREADS * EACH);
    finish();
}

static void writes_share_a_slow_flush(void)
{
    struct sender sender = {.no = 1};
    int64_t before;

    start(10);
    sem_init(&sender.done, 0, 0);
    before = time_monotonic_us();
    send(&sender);
    int64_t ms = (time_monotonic_us() - before) / 1000;
    CHECK_INT(sender.said, EACH);
    CHECK(ms >= EACH / BURST * 10);     /* each burst waited for a flush at least */
    CHECK(ms < (int64_t)EACH * 10 / 2); /* but not each write */
    finish();
}

static bool sleep_long(struct tx *tx, void *data, struct err *why)
{
    (void)tx, (void)why;
    sem_post(data);
    sem_wait((sem_t *)data + 1);
    return true;
}

static void on_any(struct store_write *write)
{
    (void)write;
}

static bool do_nothing(struct tx *tx, void *data, struct err *why)
{
    (void)tx, (void)data, (void)why;
    return true;
}

static void full_queue_refuses_at_once(void)
{
    sem_t gate[2];
    struct store_write *many = ARENA_ARRAY(check_arena(), struct store_write, WRITER_WAITING_MAX);
    struct store_write first = {.run = sleep_long, .data = gate, .done = on_any};
    struct store_write last = {.run = do_nothing, .done = on_any};

    start(0);
    sem_init(&gate[0], 0, 0);
    sem_init(&gate[1], 0, 0);
    tenant_write(towns[0], &first);
    sem_wait(&gate[0]);
    for (int i = 0; i < WRITER_WAITING_MAX; i++) {
        many[i] = (struct store_write){.run = do_nothing, .done = on_any};
        tenant_write(towns[0], &many[i]);
    }
    tenant_write(towns[0], &last);
    CHECK(!last.ok);
    CHECK_INT(last.err.code, ERR_UNAVAILABLE);
    CHECK(strstr(last.err.text, "too many changes wait") != NULL);
    sem_post(&gate[1]);
    finish();
    CHECK(many[WRITER_WAITING_MAX - 1].ok); /* closing waits for what was taken */
}

int main(void)
{
    static const struct check_test TESTS[] = {
        CHECK_TEST(ten_thousand_writes_of_eight_threads_are_all_there),
        CHECK_TEST(full_queue_refuses_at_once),
        CHECK_TEST(writes_share_a_slow_flush),
    };

    /* Only SQLite's flushes can be slowed down. */
    return check_run(TESTS, ARRAY_LEN(TESTS) - stand_is_postgres());
}
