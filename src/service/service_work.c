#include "service/service_work.h"

#include "core/arena.h"

static const struct {
    struct str word;
    enum service_work_share share;
} SHARES[] = {{STR_INIT("pool"), SERVICE_WORK_POOL},
              {STR_INIT("load"), SERVICE_WORK_LOAD},
              {STR_INIT("random"), SERVICE_WORK_RANDOM}};

struct reading {
    struct arena *arena;
    const struct pack_file *file;
    struct pack_findings *findings;
    bool *has_failed;
};

static void complain(struct reading *reading, const char *pointer, const char *what)
{
    pack_find(reading->findings, reading->file->path,
              pack_line(reading->file->bytes, str_from_z(pointer)), "%s", what);
    *reading->has_failed = true;
}

static bool has_only(const struct json *object, const char *one, const char *other)
{
    for (const struct json *member = object->first; member != NULL; member = member->next)
        if (!str_equal(member->name, str_from_z(one)) &&
            !str_equal(member->name, str_from_z(other)))
            return false;
    return true;
}

static void read_share(struct reading *reading, struct str word, struct service_work *work)
{
    for (size_t i = 0; i < ARRAY_LEN(SHARES); i++)
        if (str_equal(SHARES[i].word, word)) {
            work->share = SHARES[i].share;
            return;
        }
    complain(reading, "/assign", "how cases are assigned is said by pool, load or random");
}

static void read_tasks(struct reading *reading, const struct json *tasks, struct service_work *work)
{
    bool is_list =
        tasks->kind == JSON_ARRAY && tasks->count > 0 && tasks->count <= SERVICE_WORK_TASKS_MAX;

    for (const struct json *one = is_list ? tasks->first : NULL; one != NULL; one = one->next)
        is_list &= json_text(one).len > 0;
    if (!is_list) {
        complain(reading, "/assign/tasks", "tasks is a list of ids of user tasks, at most 50");
        return;
    }
    work->tasks = ARENA_ARRAY(reading->arena, struct str, tasks->count);
    for (const struct json *one = tasks->first; one != NULL; one = one->next)
        work->tasks[work->task_count++] = json_text(one);
}

/* "load", or {"way": "load", "tasks": ["check"]} */
static void read_assign(struct reading *reading, const struct json *assign,
                        struct service_work *work)
{
    const struct json *tasks = json_find(assign, STR("tasks"));

    if (assign == NULL)
        return;
    if (assign->kind == JSON_STRING) {
        read_share(reading, assign->text, work);
        return;
    }
    if (assign->kind != JSON_OBJECT || !has_only(assign, "way", "tasks")) {
        complain(reading, "/assign", "assign is pool, load or random, or has way and tasks");
        return;
    }
    read_share(reading, json_find_text(assign, STR("way")), work);
    if (tasks != NULL)
        read_tasks(reading, tasks, work);
}

static void read_escalate(struct reading *reading, const struct json *card,
                          struct service_work *work)
{
    const struct json *escalate = json_find(card, STR("escalate"));

    if (escalate == NULL)
        return;
    if (escalate->kind != JSON_OBJECT || !has_only(escalate, "days", "role")) {
        complain(reading, "/escalate", "escalate has days and role");
        return;
    }
    work->remind_role = json_find_text(escalate, STR("role"));
    if (!json_int(json_find(escalate, STR("days")), &work->remind_days) || work->remind_days < 1 ||
        work->remind_days > SERVICE_WORK_DAYS_MAX)
        complain(reading, "/escalate", "days is a whole number of working days from 1 to 60");
    if (json_find(card, STR("term")) == NULL)
        complain(reading, "/escalate", "a service without a term has no end to remind of");
}

struct service_work service_work_read(struct arena *arena, const struct json *card,
                                      const struct pack_file *file, struct pack_findings *findings,
                                      bool *has_failed)
{
    struct reading reading = {arena, file, findings, has_failed};
    struct service_work work = {0};

    read_assign(&reading, json_find(card, STR("assign")), &work);
    read_escalate(&reading, card, &work);
    return work;
}

bool service_work_assigns(const struct service_work *work, struct str element)
{
    for (size_t i = 0; i < work->task_count; i++)
        if (str_equal(work->tasks[i], element))
            return work->share != SERVICE_WORK_POOL;
    return work->share != SERVICE_WORK_POOL && work->task_count == 0;
}
