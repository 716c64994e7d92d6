/*
 * Clients that play whole cases of the pack greenery over HTTP, each one after the other: a
 * resident fills in the steps of an application, sends a photo of 200 kB that nobody sent before,
 * checks and sends all of it; a clerk opens the case and checks it, the registry of land is
 * answered for, the tree is inspected, the head decides, the permit is made and the case ends.
 * One thread, epoll, keep-alive.  Prints cases, requests, errors, the 50th and 99th percentile of
 * a case and of a request in microseconds, the seconds it took, and of each request in turn its
 * average microseconds.
 *
 *     build/tests/load/cases PORT TENANT SECONDS <tokens
 *
 * The tokens, one a line: of a clerk, of who answers for other systems, of a head, and then of as
 * many residents as there are clients.
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
#include "photo.h"

#define APPLY "/services/greenery.felling/apply/"
#define EDGE  "uprava-load-edge"

enum {
    CLIENTS_MAX = 1000,
    REQUESTS_MAX = 16 * 1000 * 1000,
    ID_LEN = 13,
    HEAD_MAX = 4096,
    STAFF = 3,
};

enum who {
    CLERK,
    ROBOT,
    HEAD,
    RESIDENT
};

enum what {
    FORM,
    PLACE,
    PHOTO,
    CHECK,
    SEND,
    OPEN,
    TASK
};

/* The way of a case, in its order. */
static const struct {
    enum who who;
    enum what what;
    const char *path; /* of a page; of a task its element */
    const char *body;
} WAY[] = {
    {RESIDENT, FORM, APPLY "1", "reason=danger"},
    {RESIDENT, PLACE, APPLY "2", "plot=unknown&cadastral_number=54:35:021235:17&place=Lenina+"},
    {RESIDENT, FORM, APPLY "3", "kind=elm&trees=1&diameter=60"},
    {RESIDENT, PHOTO, APPLY "files", ""},
    {RESIDENT, FORM, APPLY "5", "applicant_name=Anna&applicant_contact=1"},
    {RESIDENT, CHECK, APPLY "check", ""},
    {RESIDENT, SEND, APPLY "send", ""},
    {CLERK, OPEN, "/api/v1/cases/", ""},
    {CLERK, TASK, "check", "{\"data\":{\"is_complete\":true}}"},
    {ROBOT, TASK, "ask_owner", "{\"data\":{\"name\":\"Municipality\"}}"},
    {CLERK, TASK, "inspect",
     "{\"data\":{\"condition\":\"dead\",\"measured_trees\":1,\"measured_diameter\":62}}"},
    {HEAD, TASK, "decide", "{\"data\":{\"is_granted\":true}}"},
};

struct person {
    struct client client;
    const char *token;
    char *asked;
    size_t at; /* in WAY */
    char id[ID_LEN + 1];
    char flow[ID_LEN + 1];
    int task;
    int64_t begun_us;
};

struct load {
    int port;
    const char *tenant;
    const char *staff[STAFF];
    char photo[PHOTO_SIZE];
    uint64_t photos;
    int64_t *case_us, *request_us;
    size_t cases, requests, errors;
    int64_t sum_us[ARRAY_LEN(WAY)];
    size_t count[ARRAY_LEN(WAY)];
};

static size_t print_head(const struct load *load, struct person *person, const char *type,
                         size_t size)
{
    enum who who = WAY[person->at].who;
    const char *path = WAY[person->at].path;
    char place[256];

    if (WAY[person->at].what == TASK)
        snprintf(place, sizeof place, "/api/v1/flows/%s/tasks/%d/answer", person->flow,
                 person->task);
    else
        snprintf(place, sizeof place, "%s%s", path, WAY[person->at].what == OPEN ? person->id : "");
    return (size_t)snprintf(
        person->asked, HEAD_MAX,
        "%s /%s%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n"
        "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n",
        WAY[person->at].what == OPEN || WAY[person->at].what == CHECK ? "GET" : "POST",
        load->tenant, place, who == RESIDENT ? person->token : load->staff[who], type, size);
}

static size_t print_photo(struct load *load, struct person *person)
{
    static const char BEFORE[] =
        "--" EDGE "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"tree.jpg\"\r\n"
        "Content-Type: image/jpeg\r\n\r\n";
    static const char AFTER[] = "\r\n--" EDGE "--\r\n";
    size_t len = print_head(load, person, "multipart/form-data; boundary=" EDGE,
                            sizeof BEFORE - 1 + PHOTO_SIZE + sizeof AFTER - 1);

    photo_mark(load->photo, (uint64_t)getpid() << 40 | ++load->photos);
    memcpy(person->asked + len, BEFORE, sizeof BEFORE - 1);
    len += sizeof BEFORE - 1;
    memcpy(person->asked + len, load->photo, PHOTO_SIZE);
    len += PHOTO_SIZE;
    memcpy(person->asked + len, AFTER, sizeof AFTER - 1);
    return len + sizeof AFTER - 1;
}

static void ask(struct load *load, struct person *person)
{
    enum what what = WAY[person->at].what;
    char body[256];
    size_t len;

    if (person->at == 0)
        person->begun_us = time_monotonic_us();
    snprintf(body, sizeof body, "%s%s", what == SEND ? "number=" : WAY[person->at].body,
             what == SEND ? person->id : "");
    if (what == PLACE) /* a tree of its own */
        snprintf(body + strlen(body), sizeof body - strlen(body), "%zu", load->requests);
    if (what == PHOTO) {
        len = print_photo(load, person);
    } else {
        len = print_head(load, person,
                         what == TASK ? "application/json" : "application/x-www-form-urlencoded",
                         strlen(body));
        memcpy(person->asked + len, body, strlen(body));
        len += strlen(body);
    }
    client_ask(&person->client, person->asked, len);
}

/* What stands behind a mark. */
static struct str find(struct str text, struct str mark)
{
    size_t at = str_find(text, mark);

    return str_slice(text, at + mark.len, text.len);
}

static bool read_id(struct str text, char id[ID_LEN + 1])
{
    if (text.len < ID_LEN)
        return false;
    memcpy(id, text.ptr, ID_LEN);
    id[ID_LEN] = '\0';
    return true;
}

/* The number of the task at that element. */
static int find_task(struct str body, const char *element)
{
    static const struct str TASK_MARK = STR_INIT("{\"task\":");
    struct str rest = body;
    char mark[64];

    snprintf(mark, sizeof mark, "\"element\":\"%s\"", element);
    for (;;) {
        struct str one = find(rest, TASK_MARK);

        if (one.len == 0)
            return 0;
        rest = str_slice(one, 0, str_find_char(one, '}'));
        if (str_find(rest, str_from_z(mark)) < rest.len)
            return atoi(one.ptr);
        rest = one;
    }
}

static bool is_expected(struct person *person)
{
    int status = client_status(&person->client);
    struct str body = client_body(&person->client);
    struct str place = client_header(&person->client, STR("\r\nLocation: "));

    switch (WAY[person->at].what) {
    case FORM:
    case PLACE:
    case PHOTO:
        return status == 303 && str_find(place, STR("/apply/")) < place.len;
    case CHECK:
        return status == 200 && read_id(find(body, STR("name=\"number\" value=\"")), person->id);
    case SEND:
        return status == 303 && read_id(find(place, STR("/my/cases/")), person->id);
    case OPEN:
        return status == 200 && read_id(find(body, STR("\"flow\":\"")), person->flow);
    case TASK:
        break;
    }
    return status == 200;
}

/* The next step is a task: it has to be there; behind the last one the case is over. */
static bool find_next(struct person *person)
{
    struct str body = client_body(&person->client);

    if (person->at + 1 == ARRAY_LEN(WAY))
        return str_find(body, STR("\"state\":\"ended\"")) < body.len;
    if (WAY[person->at + 1].what == TASK)
        person->task = find_task(body, WAY[person->at + 1].path);
    return WAY[person->at + 1].what != TASK || person->task != 0;
}

static void take(struct load *load, struct person *person)
{
    int64_t now_us = time_monotonic_us();
    int64_t took_us = now_us - person->client.asked_us;

    load->sum_us[person->at] += took_us;
    load->count[person->at]++;
    if (load->requests < REQUESTS_MAX)
        load->request_us[load->requests++] = took_us;
    if (!is_expected(person) || !find_next(person)) {
        if (load->errors++ == 0)
            fprintf(stderr, "%s: %.*s\n", WAY[person->at].path,
                    (int)MIN(person->client.len, (size_t)2000), person->client.answer);
        person->at = 0;
    } else if (++person->at == ARRAY_LEN(WAY)) {
        load->case_us[load->cases++] = now_us - person->begun_us;
        person->at = 0;
    }
}

static void play(struct load *load, struct person *people, size_t count, int64_t until_us)
{
    struct epoll_event events[64];
    int poll = epoll_create1(0);

    for (size_t i = 0; i < count; i++) {
        client_dial(&people[i].client, load->port, poll, &people[i]);
        ask(load, &people[i]);
    }
    while (time_monotonic_us() < until_us) {
        int ready = epoll_wait(poll, events, 64, 100);

        for (int i = 0; i < ready; i++) {
            struct person *person = events[i].data.ptr;

            if (!client_go_on(&person->client))
                continue;
            take(load, person);
            ask(load, person);
        }
    }
    close(poll);
}

static const char *read_token(struct arena *arena)
{
    char line[256];

    if (fgets(line, sizeof line, stdin) == NULL)
        return NULL;
    return str_to_z(arena, str_trim(str_from_z(line)));
}

static void print_result(struct load *load, double took_s)
{
    int64_t case_us = client_thousandth(load->case_us, load->cases, 500);
    int64_t case_late_us = client_thousandth(load->case_us, load->cases, 990);
    int64_t request_us = client_thousandth(load->request_us, load->requests, 500);
    int64_t request_late_us = client_thousandth(load->request_us, load->requests, 990);

    printf("%zu %zu %zu %lld %lld %lld %lld %.3f", load->cases, load->requests, load->errors,
           (long long)case_us, (long long)case_late_us, (long long)request_us,
           (long long)request_late_us, took_s);
    for (size_t i = 0; i < ARRAY_LEN(WAY); i++)
        printf(" %lld", (long long)(load->sum_us[i] / MAX((int64_t)load->count[i], 1)));
    putchar('\n');
}

int main(int argc, char **argv)
{
    CLEANUP(arena_close) struct arena *arena = arena_open(0);
    struct load *load = ARENA_NEW(arena, struct load);
    struct person *people = ARENA_ARRAY(arena, struct person, CLIENTS_MAX);
    size_t count = 0;

    if (argc != 4) {
        fputs("usage: cases PORT TENANT SECONDS <tokens\n", stderr);
        return 2;
    }
    *load = (struct load){.port = atoi(argv[1]), .tenant = argv[2]};
    load->case_us = ARENA_ARRAY(arena, int64_t, REQUESTS_MAX);
    load->request_us = ARENA_ARRAY(arena, int64_t, REQUESTS_MAX);
    photo_make(load->photo, (uint64_t)getpid());
    for (size_t i = 0; i < STAFF; i++)
        load->staff[i] = read_token(arena);
    while (count < CLIENTS_MAX && (people[count].token = read_token(arena)) != NULL) {
        people[count].client.answer = arena_alloc(arena, CLIENT_ANSWER_MAX);
        people[count++].asked = arena_alloc(arena, HEAD_MAX + PHOTO_SIZE + HEAD_MAX);
    }
    if (count == 0)
        return 2;
    int64_t start_us = time_monotonic_us();

    play(load, people, count, start_us + atoi(argv[3]) * INT64_C(1000000));
    print_result(load, (double)(time_monotonic_us() - start_us) / 1e6);
    return 0;
}
