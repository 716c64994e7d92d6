#include "workflow/process_check.h"

#include "core/arena.h"
#include "core/utf8.h"
#include "service/commission.h"
#include "service/service.h"
#include "workflow/bpmn_checker.h"
#include "workflow/bpmn_read.h"

static const struct pack_file *find_process(const struct pack_set *set, struct arena *arena,
                                            struct str name)
{
    struct str rest = name;
    const struct pack *pack = pack_set_find(set, str_cut(&rest, '.'));

    return pack == NULL
               ? NULL
               : pack_file_find(pack, str_printf(arena, "processes/%.*s.bpmn", STR_ARG(rest)));
}

static bool is_task(const struct bpmn *model, struct str id)
{
    const struct bpmn_node *node = bpmn_find(model, id);

    return node != NULL && node->kind == BPMN_USER;
}

static void check_tasks(const struct pack_set *set, const struct service *service,
                        const struct pack_file *card, struct arena *arena,
                        struct pack_findings *findings)
{
    const struct pack_file *file = find_process(set, arena, service->process);
    const struct service_work *work = &service->work;
    const struct bpmn *model;
    struct err err;

    /* Its own checker says what is wrong with a model. */
    if (file == NULL || !bpmn_read(arena, file->bytes, &model, &err))
        return;
    for (size_t i = 0; i < work->task_count; i++)
        if (!is_task(model, work->tasks[i]))
            pack_find(findings, card->path, pack_line(card->bytes, STR("/assign/tasks")),
                      "the process has no user task \"%.*s\"",
                      STR_ARG(utf8_head(work->tasks[i], 100)));
}

void process_check_service(const struct pack_set *set, const struct pack *pack,
                           const struct pack_file *file, struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct pack_findings ignored = {.arena = scratch};
    const struct service *service = service_read(scratch, pack, file, &ignored);
    struct str role;

    service_check_file(set, pack, file, findings);
    if (service == NULL)
        return;
    role = service->work.remind_role;
    check_tasks(set, service, file, scratch, findings);
    if (role.len > 0 && !bpmn_checker_has_role(set, pack, role, scratch))
        pack_find(findings, file->path, pack_line(file->bytes, STR("/escalate/role")),
                  "there is no role \"%.*s\" in roles.json", STR_ARG(utf8_head(role, 100)));
}

void process_check_commission(const struct pack_set *set, const struct pack *pack,
                              const struct pack_file *file, struct pack_findings *findings)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    const struct commission *commission = commission_read(scratch, pack, file, findings);

    if (commission == NULL)
        return;
    const struct {
        const char *pointer;
        struct str role;
    } roles[] = {{"/chair", commission->chair},
                 {"/members", commission->member},
                 {"/secretary", commission->secretary}};
    for (size_t i = 0; i < ARRAY_LEN(roles); i++)
        if (!bpmn_checker_has_role(set, pack, roles[i].role, scratch))
            pack_find(findings, file->path, pack_line(file->bytes, str_from_z(roles[i].pointer)),
                      "there is no role \"%.*s\" in roles.json",
                      STR_ARG(utf8_head(roles[i].role, 100)));
}
