#include "workflow/conduct_open.h"

#include "core/id.h"
#include "registry/change.h"
#include "sign/secret.h"

#define ALL_CLASSES (POLICY_PUBLIC | POLICY_INTERNAL | POLICY_PERSONAL | POLICY_SECRET)

/* The case's own number is a name that others see: who has only that asks nothing. */
static int64_t draw_secret(void)
{
    uint64_t bits;

    secret_random(&bits, sizeof bits);
    return (int64_t)(bits >> 1);
}

static struct service_case new_case(const struct conduct *conduct,
                                    const struct conduct_application *application,
                                    const struct register_type *type)
{
    return (struct service_case){
        .id = application->id,
        .no = catalog_no(conduct->catalog, type),
        .service = application->service->name,
        .way = application->way,
        .applicant = application->applicant,
        .person = application->person,
        .clerk = application->clerk,
        .registered_at = conduct->now,
        .opened_on = catalog_day(conduct->catalog, conduct->now),
        .due_on = SERVICE_CASE_NO_TERM,
        .term = {.start = catalog_day(conduct->catalog, conduct->now),
                 .count = application->service->count,
                 .unit = application->service->unit,
                 .carries = true},
    };
}

static bool prepare_record(struct tx *read, struct conduct *conduct,
                           const struct conduct_application *application,
                           const struct register_type *type, struct flaws *flaws, struct err *err)
{
    struct json *wire = json_new(conduct->arena, JSON_OBJECT);

    json_set(wire, STR("data"), json_copy(conduct->arena, application->data));
    conduct->opening->change = ARENA_NEW(conduct->arena, struct change);
    *conduct->opening->change = (struct change){
        .draft = {.act = RECORD_CREATE,
                  .type = type,
                  .id = application->id,
                  .valid_from = RECORD_ALWAYS,
                  .valid_to = RECORD_FOREVER},
        .catalog = conduct->catalog,
        .arena = conduct->arena,
        .classes = ALL_CLASSES,
        .actor = conduct->actor,
        .now = conduct->now,
        .input = wire,
        .day = catalog_day(conduct->catalog, conduct->now),
    };
    return change_prepare(read, conduct->opening->change, flaws, err);
}

static void add_files(struct conduct *conduct, const struct conduct_application *application)
{
    struct conduct_opening *opening = conduct->opening;

    opening->files = ARENA_ARRAY(conduct->arena, struct attachment, application->file_count + 1);
    opening->file_count = application->file_count;
    for (size_t i = 0; i < application->file_count; i++) {
        opening->files[i] = application->files[i];
        opening->files[i].no = opening->one.no;
        opening->files[i].record = opening->one.id;
        opening->files[i].at = conduct->now;
        opening->files[i].actor = conduct->actor;
    }
}

/* What its process begins with: the record's number, and what was applied for. */
static struct json *values_of(const struct conduct *conduct,
                              const struct conduct_application *application)
{
    struct json *values = json_new(conduct->arena, JSON_OBJECT);

    json_set_text(conduct->arena, values, STR("record"), id_text(conduct->arena, application->id));
    json_set(values, STR("application"), json_copy(conduct->arena, application->data));
    return values;
}

bool conduct_open(struct tx *read, struct conduct *conduct,
                  const struct conduct_application *application, struct flaws *flaws,
                  struct err *err)
{
    const struct model *model = conduct->catalog->model;
    const struct register_type *type = model_type(model, application->service->register_id);

    if (type == NULL)
        return err_set(err, ERR_ABSENT, "there is no such service");
    if (!process_find(conduct->processes, model, application->service->process, &conduct->process,
                      err))
        return false;
    if (application->service->consent.version.len > 0 && application->consent.len == 0)
        return err_set(err, ERR_INPUT, "the consent to the processing of personal data is missing");
    conduct->opening = ARENA_NEW(conduct->arena, struct conduct_opening);
    *conduct->opening = (struct conduct_opening){.one = new_case(conduct, application, type),
                                                 .secret = id_text(conduct->arena, draw_secret()),
                                                 .consent = application->consent,
                                                 .draft_of = application->draft_of};
    add_files(conduct, application);
    conduct->begins = true;
    conduct->head.no = conduct->opening->one.no;
    conduct->head.record = application->id;
    conduct->step.data = values_of(conduct, application);
    return prepare_record(read, conduct, application, type, flaws, err);
}
