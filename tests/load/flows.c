/*
 * Clients that play flows of the pack caseload over HTTP, each one after the other from begin to
 * end: begins one about a tree, answers its tasks as they come, begins the next.  One thread,
 * epoll, keep-alive.  Prints flows, steps (answers), errors, the 50th and 99th percentile of a
 * step in microseconds and the seconds it took.
 *
 *     build/tests/load/flows PORT TENANT TOKEN CLIENTS SECONDS <ids-of-trees
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "client.h"
#include "core/arena.h"
#include "core/num.h"
#include "core/time.h"

enum {
    CLIENTS_MAX = 1000,
    TREES_MAX = 1000 * 1000,
    STEPS_MAX = 16 * 1000 * 1000,
    ID_LEN = 13,
    TASKS = 3, /* of a flow */
};

struct player {
    struct client client;
    char asked[1024];
    char flow[ID_LEN + 1];
    int task; /* the next one; 0: a flow is to begin */
    int done; /* tasks of this flow */
};

struct load {
    int port;
    const char *tenant, *token;
    char (*trees)[ID_LEN + 1];
    size_t tree_count, next_tree;
    int64_t *took_us;
    size_t steps, flows, errors;
};

static void ask(struct load *load, struct player *player)
{
    char body[256];
    int len;

    if (player->task == 0)
        len = snprintf(body, sizeof body,
                       "{\"process\":\"caseload.felling\",\"data\":{\"tree\":\"%s\"}}",
                       load->trees[load->next_tree++ % load->tree_count]);
    else
        len = snprintf(body, sizeof body, "{\"data\":{\"kind\":\"oak\",\"girth\":%zu}}",
                       10 + load->steps % 90);
    char path[128] = "";

    if (player->task != 0)
        snprintf(path, sizeof path, "/%s/tasks/%d/answer", player->flow, player->task);
    len = snprintf(player->asked, sizeof player->asked,
                   "POST /%s/api/v1/flows%s HTTP/1.1\r\nHost: localhost\r\n"
                   "Authorization: Bearer %s\r\nContent-Type: application/json\r\n"
                   "Content-Length: %d\r\n\r\n%s",
                   load->tenant, path, load->token, len, body);
    client_ask(&player->client, player->asked, (size_t)len);
}

/* The number behind the first "waits":[{"task":; 0: nothing is waited for. */
static int find_task(struct str body)
{
    static const char MARK[] = "\"waits\":[{\"task\":";
    const char *at = memmem(body.ptr, body.len, MARK, sizeof MARK - 1);

    return at == NULL ? 0 : atoi(at + sizeof MARK - 1);
}

static void take(struct load *load, struct player *player)
{
    int status = client_status(&player->client);
    struct str body = client_body(&player->client);
    static const char ID[] = "{\"id\":\"";

    if (load->steps < STEPS_MAX)
        load->took_us[load->steps] = time_monotonic_us() - player->client.asked_us;
    load->steps++;
    if (status != 200 && status != 201) {
        if (load->errors++ == 0)
            fprintf(stderr, "%d %.*s\n", status, STR_ARG(body));
        player->task = 0;
        return;
    }
    if (status == 201) {
        player->done = 0;
        if (body.len > sizeof ID + ID_LEN)
            memcpy(player->flow, body.ptr + sizeof ID - 1, ID_LEN);
    } else {
        player->done++;
    }
    player->task = find_task(body);
    if (player->task == 0 && player->done == TASKS)
        load->flows++;
    else if (player->task == 0)
        load->errors++;
}

static void play(struct load *load, struct player *players, int count, int64_t until_us)
{
    struct epoll_event events[64];
    int poll = epoll_create1(0);

    for (int i = 0; i < count; i++) {
        client_dial(&players[i].client, load->port, poll, &players[i]);
        ask(load, &players[i]);
    }
    while (time_monotonic_us() < until_us) {
        int ready = epoll_wait(poll, events, 64, 100);

        for (int i = 0; i < ready; i++) {
            struct player *player = events[i].data.ptr;

            if (!client_go_on(&player->client))
                continue;
            take(load, player);
            ask(load, player);
        }
    }
    close(poll);
}

static void read_trees(struct load *load)
{
    char line[64];

    while (load->tree_count < TREES_MAX && fgets(line, sizeof line, stdin) != NULL)
        memcpy(load->trees[load->tree_count++], line, ID_LEN);
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct load load = {0};

    if (argc != 6) {
        fputs("usage: flows PORT TENANT TOKEN CLIENTS SECONDS <ids\n", stderr);
        return 2;
    }
    load.port = atoi(argv[1]);
    load.tenant = argv[2];
    load.token = argv[3];
    load.trees = arena_alloc(arena, TREES_MAX * (size_t)(ID_LEN + 1));
    load.took_us = ARENA_ARRAY(arena, int64_t, STEPS_MAX);
    read_trees(&load);
    int count = MIN(atoi(argv[4]), CLIENTS_MAX);
    struct player *players = ARENA_ARRAY(arena, struct player, (size_t)count);
    int64_t start_us = time_monotonic_us();

    if (load.tree_count == 0 || count < 1)
        return 2;
    for (int i = 0; i < count; i++)
        players[i].client.answer = arena_alloc(arena, CLIENT_ANSWER_MAX);
    play(&load, players, count, start_us + atoi(argv[5]) * INT64_C(1000000));
    double took_s = (double)(time_monotonic_us() - start_us) / 1e6;
    size_t steps = MIN(load.steps, (size_t)STEPS_MAX);

    int64_t middle_us = client_thousandth(load.took_us, steps, 500);
    int64_t late_us = client_thousandth(load.took_us, steps, 990);

    printf("%zu %zu %zu %lld %lld %.3f\n", load.flows, load.steps, load.errors,
           (long long)middle_us, (long long)late_us, took_s);
    return 0;
}
