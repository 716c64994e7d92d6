/* What only a municipality can do: operations, registers, roles and forms that have to be there. */
#include "core/arena.h"
#include "core/json.h"
#include "core/utf8.h"
#include "document/letter_names.h"
#include "notice/message.h"
#include "workflow/bpmn_checker.h"
#include "workflow/conduct.h"

const struct pack_file *bpmn_checker_file(const struct pack_set *set, const struct pack *own,
                                          struct str name, const char *folder, const char *ending)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct str rest = name;
    const struct pack *pack = own;
    struct str id = own->id;

    if (str_find_char(name, '.') < name.len)
        id = str_cut(&rest, '.');
    if (!str_equal(id, own->id))
        pack = pack_set_find(set, id);
    return pack == NULL ? NULL
                        : pack_file_find(pack, str_printf(scratch, "%s/%.*s%s", folder,
                                                          STR_ARG(rest), ending));
}

static bool is_word_of_record(const struct bpmn_node *node, struct str name)
{
    static const char *const WORDS[] = {"id", "valid_from", "valid_to"};

    for (size_t i = 0; i < ARRAY_LEN(WORDS); i++)
        if (str_equal(str_from_z(WORDS[i]), name))
            return i > 0 || !str_equal(node->work->operation, STR("record.create"));
    return false;
}

static void check_fields(const struct bpmn_node *node, const struct pack_file *file,
                         struct bpmn_findings *findings)
{
    struct json *schema;
    struct err err;

    if (!json_parse(findings->arena, file->bytes, NULL, &schema, &err))
        return; /* the register's own checker says so */
    for (size_t i = 0; i < node->work->input_count; i++) {
        struct str name = node->work->inputs[i].to;

        if (!is_word_of_record(node, name) &&
            json_find(json_find(schema, STR("properties")), name) == NULL)
            bpmn_note(findings, false, node, "the register %.*s has no field \"%.*s\"",
                      STR_ARG(node->work->subject), STR_ARG(utf8_head(name, 100)));
    }
}

static bool has_input(const struct bpmn_node *node, struct str name)
{
    for (size_t i = 0; i < node->work->input_count; i++)
        if (str_equal(node->work->inputs[i].to, name))
            return true;
    return false;
}

static void check_record(const struct pack_set *set, const struct pack *pack,
                         const struct bpmn_node *node, struct bpmn_findings *findings)
{
    const struct pack_file *file =
        bpmn_checker_file(set, pack, node->work->subject, "registers", ".json");

    if (node->work->subject.len == 0)
        bpmn_note(findings, false, node, "which register? Give uprava:register");
    else if (file == NULL)
        bpmn_note(findings, false, node,
                  "there is no register \"%.*s\", here or in a pack this one requires",
                  STR_ARG(utf8_head(node->work->subject, 100)));
    else
        check_fields(node, file, findings);
    if (!str_equal(node->work->operation, STR("record.create")) && !has_input(node, STR("id")))
        bpmn_note(findings, false, node, "which record? Give an input \"id\"");
}

static bool letter_has(const struct letter_names *names, struct str name)
{
    for (size_t i = 0; i < names->count; i++)
        if (str_equal(names->items[i], name))
            return true;
    return false;
}

/* What a document knows of itself. */
static bool is_own_of(struct str name)
{
    return str_equal(name, STR("number")) || str_equal(name, STR("date")) ||
           str_equal(name, STR("qr"));
}

static void check_letter(const struct pack *pack, const struct bpmn_node *node,
                         struct bpmn_findings *findings)
{
    struct str letter = node->work->letter;
    struct str path = str_printf(findings->arena, "letters/%.*s.odt", STR_ARG(letter));
    const struct pack_file *file = pack_file_find(pack, path);
    struct str rules = str_printf(findings->arena, "letters/%.*s.json", STR_ARG(letter));
    bool is_registered = pack_file_find(pack, rules) != NULL;
    struct letter_names names;

    if (letter.len == 0)
        bpmn_note(findings, false, node,
                  "which letter? Give uprava:letter, the name of a file of letters/ without .odt");
    else if (file == NULL)
        bpmn_note(findings, false, node, "there is no letters/%.*s.odt in its pack",
                  STR_ARG(utf8_head(letter, 100)));
    if (file == NULL || !letter_names_read(findings->arena, file->bytes, &names))
        return; /* the letter's own checker says so */
    for (size_t i = 0; i < names.count; i++)
        if (!has_input(node, names.items[i]) && !(is_registered && is_own_of(names.items[i])))
            bpmn_note(findings, false, node,
                      "the letter has a field {{%.*s}}: give an input of that name",
                      STR_ARG(utf8_head(names.items[i], 100)));
    for (size_t i = 0; i < node->work->input_count; i++) {
        struct str name = node->work->inputs[i].to;

        if (!str_equal(name, STR("id")) && !str_equal(name, STR("name")) &&
            !letter_has(&names, name))
            bpmn_note(findings, false, node, "the letter has no field {{%.*s}} for its input",
                      STR_ARG(utf8_head(name, 100)));
    }
}

static void check_document(const struct pack_set *set, const struct pack *pack,
                           const struct bpmn_node *node, struct bpmn_findings *findings)
{
    struct str type = node->work->subject;

    check_letter(pack, node, findings);
    if (type.len > 0 && bpmn_checker_file(set, pack, type, "registers", ".json") == NULL)
        bpmn_note(findings, false, node,
                  "there is no register \"%.*s\", here or in a pack this one requires",
                  STR_ARG(utf8_head(type, 100)));
    if (type.len > 0 && !has_input(node, STR("id")))
        bpmn_note(findings, false, node,
                  "which record gets the file? Give an input \"id\", or leave out uprava:register: "
                  "then it is the one the flow is about");
    if (type.len == 0 && has_input(node, STR("id")))
        bpmn_note(findings, false, node, "of which register is its \"id\"? Give uprava:register");
}

static bool message_has(const struct message *message, struct str name)
{
    for (size_t i = 0; i < message->name_count; i++)
        if (str_equal(message->names[i], name))
            return true;
    return false;
}

/* What is wrong within the message its own checker says. */
static void check_message_file(const struct bpmn_node *node, const struct pack_file *file,
                               bool is_first, struct bpmn_findings *findings)
{
    struct message message;

    message_read(findings->arena, file->bytes, &message);
    for (size_t i = 0; i < message.name_count; i++)
        if (!has_input(node, message.names[i]))
            bpmn_note(findings, false, node,
                      "%.*s has a field {{%.*s}}: give an input of that name", STR_ARG(file->path),
                      STR_ARG(utf8_head(message.names[i], 100)));
    for (size_t i = 0; is_first && i < node->work->input_count; i++) {
        struct str name = node->work->inputs[i].to;

        if (!str_equal(name, STR("to")) && !message_has(&message, name))
            bpmn_note(findings, false, node, "%.*s has no field {{%.*s}} for its input",
                      STR_ARG(file->path), STR_ARG(utf8_head(name, 100)));
    }
}

static void check_message(const struct pack *pack, const struct bpmn_node *node,
                          struct bpmn_findings *findings)
{
    static const struct str LANGUAGES[] = {STR_INIT("ru"), STR_INIT("ky"), STR_INIT("en")};
    struct str name = node->work->message;
    const struct pack_file *first = message_find(pack, name, LANGUAGES[0]);

    if (name.len == 0)
        bpmn_note(findings, false, node,
                  "which message? Give uprava:message, the name of a file of messages/ without "
                  ".mustache");
    else if (first == NULL)
        bpmn_note(findings, false, node, "there is no messages/%.*s.mustache in its pack",
                  STR_ARG(utf8_head(name, 100)));
    for (size_t i = 0; first != NULL && i < ARRAY_LEN(LANGUAGES); i++) {
        const struct pack_file *file = message_find(pack, name, LANGUAGES[i]);

        if (i == 0 || file != first)
            check_message_file(node, file, i == 0, findings);
    }
}

static void check_process(const struct pack_set *set, const struct pack *pack,
                          const struct bpmn_node *node, struct str name,
                          struct bpmn_findings *findings)
{
    name = str_slice(name, 0, str_find_char(name, '#'));
    if (name.len == 0)
        bpmn_note(findings, false, node, "which process? Give uprava:process");
    else if (bpmn_checker_file(set, pack, name, "processes", ".bpmn") == NULL)
        bpmn_note(findings, false, node,
                  "there is no process \"%.*s\", here or in a pack this one requires",
                  STR_ARG(utf8_head(name, 100)));
}

static void check_decide(const struct bpmn_node *node, struct bpmn_findings *findings)
{
    if (!has_input(node, STR("result")))
        bpmn_note(findings, false, node,
                  "how is the case decided? Give an input result: \"granted\" or \"refused\"");
}

static void check_service(const struct pack_set *set, const struct pack *pack,
                          const struct bpmn_node *node, struct bpmn_findings *findings)
{
    struct str operation = node->work->operation;

    if (operation.len == 0)
        bpmn_note(findings, false, node, "what does it do? Give uprava:operation");
    else if (!conduct_knows(operation))
        bpmn_note(findings, false, node,
                  "nobody does \"%.*s\": there are record.create, record.change, record.read, "
                  "record.find, record.count, document.make, message.send, charge.make, "
                  "commission.put, case.decide, process.begin, and exchange.* for what other "
                  "systems answer",
                  STR_ARG(utf8_head(operation, 100)));
    else if (str_equal(operation, STR("record.find")) || str_equal(operation, STR("record.count")))
        bpmn_checker_find(set, pack, node, findings);
    else if (str_starts(operation, STR("record.")))
        check_record(set, pack, node, findings);
    else if (str_equal(operation, STR("document.make")))
        check_document(set, pack, node, findings);
    else if (str_equal(operation, STR("message.send")))
        check_message(pack, node, findings);
    else if (str_equal(operation, STR("case.decide")))
        check_decide(node, findings);
    else if (str_equal(operation, STR("process.begin")))
        check_process(set, pack, node, node->work->subject, findings);
}

static bool is_role_of(const struct pack *pack, struct str role, struct arena *arena)
{
    const struct pack_file *file = pack_file_find(pack, STR("roles.json"));
    struct json *roles;
    struct err err;

    if (file == NULL || !json_parse(arena, file->bytes, NULL, &roles, &err))
        return false;
    for (const struct json *one = roles->first; one != NULL; one = one->next)
        if (!str_equal(json_find_text(one, STR("id")), STR("guest")) &&
            (str_equal(json_find_text(one, STR("id")), role) ||
             str_equal(json_find_text(one, STR("title")), role)))
            return true;
    return false;
}

/* Forms are of the own pack only, by their bare name (process_form). */
static void check_form(const struct pack *pack, const struct bpmn_node *node,
                       struct bpmn_findings *findings)
{
    struct str form = node->work->form;
    struct str path = str_printf(findings->arena, "forms/%.*s.json", STR_ARG(form));

    if (form.len > 0 && pack_file_find(pack, path) == NULL)
        bpmn_note(findings, false, node, "there is no forms/%.*s.json in its pack",
                  STR_ARG(utf8_head(form, 100)));
}

bool bpmn_checker_has_role(const struct pack_set *set, const struct pack *pack, struct str role,
                           struct arena *arena)
{
    bool is_known = is_role_of(pack, role, arena);

    for (size_t i = 0; i < set->count && !is_known; i++)
        is_known = is_role_of(set->packs[i], role, arena);
    return is_known;
}

static void check_task(const struct pack_set *set, const struct pack *pack,
                       const struct bpmn_node *node, struct bpmn_findings *findings)
{
    struct str role = node->work->role.len > 0 ? node->work->role : node->lane;
    /* Who ordered the service, whatever their roles are. */
    bool is_known =
        policy_is_applicant(role) || bpmn_checker_has_role(set, pack, role, findings->arena);

    if (role.len == 0)
        bpmn_note(findings, false, node,
                  "who does it? Give uprava:role, or put it in a lane named as a role");
    else if (!is_known)
        bpmn_note(findings, false, node, "there is no role \"%.*s\" in roles.json",
                  STR_ARG(utf8_head(role, 100)));
}

void bpmn_checker_work(const struct pack_set *set, const struct pack *pack,
                       const struct bpmn_node *node, struct bpmn_findings *findings)
{
    if (node->kind == BPMN_USER)
        check_task(set, pack, node, findings);
    if (node->kind == BPMN_USER || node->kind == BPMN_START)
        check_form(pack, node, findings);
    if (node->kind == BPMN_SERVICE || (node->kind == BPMN_SEND && node->work->operation.len > 0))
        check_service(set, pack, node, findings);
    if (node->kind == BPMN_CALL && node->called < 0 && node->work->called.len > 0)
        check_process(set, pack, node, node->work->called, findings);
    bpmn_checker_charge(node, findings);
}
