/* Which values of a process a person may see: those of the forms' fields, and records. */
#include "web/flow_form.h"

#include "hamlet.h"
#include "workflow/bpmn.h"

/* clang-format off */
static const char MODEL[] =
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\""
    " xmlns:uprava=\"urn:uprava:bpmn:1\" id=\"d\" targetNamespace=\"t\">"
    "<process id=\"p\" isExecutable=\"true\" name=\"Look\">"
    "<startEvent id=\"start\"/>"
    "<sequenceFlow id=\"a\" sourceRef=\"start\" targetRef=\"look\"/>"
    "<userTask id=\"look\" uprava:role=\"clerk\" uprava:form=\"look\"/>"
    "<sequenceFlow id=\"b\" sourceRef=\"look\" targetRef=\"read\"/>"
    "<serviceTask id=\"read\" uprava:operation=\"record.read\""
    " uprava:register=\"hamlet.street\" uprava:result=\"street\"><extensionElements>"
    "<uprava:input name=\"id\" value=\"record\"/></extensionElements></serviceTask>"
    "<sequenceFlow id=\"c\" sourceRef=\"read\" targetRef=\"find\"/>"
    "<serviceTask id=\"find\" uprava:operation=\"record.find\""
    " uprava:register=\"hamlet.street\" uprava:result=\"streets\"/>"
    "<sequenceFlow id=\"d\" sourceRef=\"find\" targetRef=\"some\"/>"
    "<serviceTask id=\"some\" uprava:operation=\"record.find\""
    " uprava:register=\"hamlet.street\"><extensionElements>"
    "<uprava:output name=\"names\" value=\"records\"/></extensionElements></serviceTask>"
    "<sequenceFlow id=\"e\" sourceRef=\"some\" targetRef=\"count\"/>"
    "<serviceTask id=\"count\" uprava:operation=\"record.count\""
    " uprava:register=\"hamlet.street\" uprava:result=\"number\"/>"
    "<sequenceFlow id=\"f\" sourceRef=\"count\" targetRef=\"end\"/>"
    "<endEvent id=\"end\"/>"
    "</process></definitions>";
/* clang-format on */
static const char FORM[] = HAMLET_REGISTER
    "\"properties\":{\"damage\":{" HAMLET_TEXT ",\"x-uprava\":{\"access\":\"internal\"}},"
    "\"who\":{" HAMLET_TEXT ",\"x-uprava\":{\"access\":\"personal\"}}}}";
static const char ROLES[] =
    "[{\"id\":\"clerk\",\"title\":\"Clerk\",\"grants\":[{\"register\":\"hamlet.*\",\"actions\":["
    "\"read\"],\"classes\":[\"public\",\"internal\"]}]}]";
static const char VALUES[] =
    "{\"damage\":\"35\",\"names\":[{\"id\":\"06d1q4x2m8k0s\",\"name\":\"Mira\"}],"
    "\"number\":{\"count\":2,\"is_more\":false},\"record\":\"06d1q4x2m8k0s\","
    "\"street\":{\"id\":\"06d1q4x2m8k0s\",\"name\":\"Mira\"},"
    "\"streets\":{\"count\":1,\"is_more\":false,"
    "\"records\":[{\"id\":\"06d1q4x2m8k0s\",\"name\":\"Mira\"}]},"
    "\"verdict\":[1],\"who\":\"Anna\"}";
#define NUMBER "\"number\":{\"count\":2,\"is_more\":false},"
#define STREET "\"street\":{\"id\":\"06d1q4x2m8k0s\"},"
#define STREETS(records)                                                                           \
    "\"streets\":{\"count\":1,\"is_more\":false,\"records\":[" records "]},\"verdict\":[1]"

/* As JSON; with_role: of a clerk, else of somebody without rights. */
static struct str see(const struct hamlet *hamlet, struct process_library *processes,
                      bool with_role, const char *about)
{
    const struct model *model = hamlet->catalog->model;
    struct request request = {.arena = check_arena(), .catalog = hamlet->catalog};
    struct buf seen = {.arena = check_arena()};
    const struct process *process;
    struct err err;

    request.actor.rights.policy = model->policy;
    if (with_role)
        request.actor.rights.roles = UINT64_C(1)
                                     << policy_role_find(model->policy, STR("clerk"))->index;
    CHECK_OK(process_find(processes, model, STR("hamlet.look"), &process, &err), &err);
    struct flow_form_values values =
        flow_form_values(&request, process, about != NULL ? hamlet_no(hamlet, about) : 0, 0);

    json_canonical(&seen, flow_form_seen(&values, hamlet_json(str_from_z(VALUES)), STR("record")));
    return buf_str(&seen);
}

static void values_are_as_personal_as_the_register_and_records_are_numbers(void)
{
    struct hamlet hamlet;
    struct arena *arena = arena_open(0);
    struct process_library *processes;

    hamlet_open(&hamlet);
    hamlet_write_pack(&hamlet, "1.1.0", NULL);
    hamlet_write(&hamlet, STR("packs/hamlet-1.1.0/processes/look.bpmn"), str_from_z(MODEL));
    hamlet_write(&hamlet, STR("packs/hamlet-1.1.0/forms/look.json"), str_from_z(FORM));
    hamlet_write(&hamlet, STR("packs/hamlet-1.1.0/roles.json"), str_from_z(ROLES));
    hamlet_install(&hamlet);
    processes = process_library_new(arena, hamlet.library);
    CHECK_STR(see(&hamlet, processes, true, "street"),
              STR("{\"damage\":\"35\"," NUMBER STREET STREETS("{\"id\":\"06d1q4x2m8k0s\"}") "}"));
    CHECK_STR(see(&hamlet, processes, false, "street"), STR("{" NUMBER STREETS("") "}"));
    CHECK_STR(see(&hamlet, processes, true, NULL),
              STR("{\"damage\":\"35\"," NUMBER STREET STREETS(
                  "{\"id\":\"06d1q4x2m8k0s\"}") ","
                                                "\"who\":\"Anna\"}"));
    process_library_close(&processes);
    hamlet_close(&hamlet);
    arena_close(&arena);
}

static const struct check_test TESTS[] = {
    CHECK_TEST(values_are_as_personal_as_the_register_and_records_are_numbers),
};

int main(void)
{
    return check_run(TESTS, ARRAY_LEN(TESTS));
}
