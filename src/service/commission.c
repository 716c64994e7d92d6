#include "service/commission.h"

#include "core/arena.h"
#include "core/json.h"
#include "core/utf8.h"

enum {
    TITLE_MAX = 200, /* letters */
};

static const struct str QUORUMS[] = {[COMMISSION_MORE_THAN_HALF] = STR_INIT("more_than_half"),
                                     [COMMISSION_HALF] = STR_INIT("half"),
                                     [COMMISSION_TWO_THIRDS] = STR_INIT("two_thirds")};
static const struct str MAJORITIES[] = {
    [COMMISSION_OF_PRESENT] = STR_INIT("present"), [COMMISSION_OF_MEMBERS] = STR_INIT("members")};
static const struct str TIES[] = {[COMMISSION_TIE_CHAIR] = STR_INIT("chair"),
                                  [COMMISSION_TIE_REFUSED] = STR_INIT("refused"),
                                  [COMMISSION_TIE_POSTPONED] = STR_INIT("postponed")};
static const struct str VOTES[] = {
    [COMMISSION_NO_VOTE] = STR_INIT(""),          [COMMISSION_FOR] = STR_INIT("for"),
    [COMMISSION_AGAINST] = STR_INIT("against"),   [COMMISSION_ABSTAINED] = STR_INIT("abstained"),
    [COMMISSION_CONFLICT] = STR_INIT("conflict"), [COMMISSION_AWAY] = STR_INIT("away")};
static const struct str OUTCOMES[] = {[COMMISSION_GRANTED] = STR_INIT("granted"),
                                      [COMMISSION_REFUSED] = STR_INIT("refused"),
                                      [COMMISSION_POSTPONED] = STR_INIT("postponed"),
                                      [COMMISSION_NO_QUORUM] = STR_INIT("no_quorum"),
                                      [COMMISSION_WITHDRAWN] = STR_INIT("withdrawn")};
static const struct str FORMS[] = {[0] = STR_INIT(""),
                                   [COMMISSION_PRESENT] = STR_INIT("present"),
                                   [COMMISSION_ABSENT] = STR_INIT("absent")};

struct reading {
    struct arena *arena;
    const struct pack *pack;
    const struct pack_file *file;
    struct pack_findings *findings;
    const struct json *json;
    bool has_failed;
};

/* -1: none of them. */
static int find_word(const struct str *words, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (text.len > 0 && str_equal(words[i], text))
            return (int)i;
    return -1;
}

static void complain(struct reading *reading, const char *pointer, const char *what)
{
    pack_find(reading->findings, reading->file->path,
              pack_line(reading->file->bytes, str_from_z(pointer)), "%s", what);
    reading->has_failed = true;
}

/* A misspelt member would be passed over in silence. */
static void check_names(struct reading *reading)
{
    static const char *const NAMES[] = {"$schema", "title",    "chair", "secretary", "members",
                                        "quorum",  "majority", "tie",   "forms",     "protocol"};

    for (const struct json *one = reading->json->first; one != NULL; one = one->next) {
        bool is_known = false;

        for (size_t i = 0; i < ARRAY_LEN(NAMES); i++)
            is_known |= str_equal(str_from_z(NAMES[i]), one->name);
        if (!is_known) {
            pack_find(reading->findings, reading->file->path,
                      pack_line(reading->file->bytes,
                                str_printf(reading->arena, "/%.*s", STR_ARG(one->name))),
                      "a commission has no member \"%.*s\"", STR_ARG(utf8_head(one->name, 60)));
            reading->has_failed = true;
        }
    }
}

static struct str read_role(struct reading *reading, const char *name, const char *what)
{
    struct str role = json_find_text(reading->json, str_from_z(name));

    if (role.len == 0)
        complain(reading, str_printf(reading->arena, "/%s", name).ptr, what);
    return role;
}

static int read_word(struct reading *reading, const char *pointer, const struct str *words,
                     size_t count, const char *what)
{
    const struct json *value = json_find(reading->json, str_from_z(pointer + 1));
    int found = find_word(words, count, json_text(value));

    if (value != NULL && found < 0)
        complain(reading, pointer, what);
    return MAX(found, 0);
}

static unsigned read_forms(struct reading *reading)
{
    const struct json *forms = json_find(reading->json, STR("forms"));
    bool is_known = forms == NULL || forms->kind == JSON_ARRAY;
    unsigned found = 0;

    if (forms == NULL)
        return COMMISSION_PRESENT | COMMISSION_ABSENT;
    for (const struct json *one = forms->first; one != NULL; one = one->next) {
        enum commission_form form = commission_form_read(json_text(one));

        is_known &= form != 0;
        found |= form;
    }
    if (!is_known || found == 0)
        complain(reading, "/forms", "forms is a list of present and absent");
    return found;
}

static void read_members(struct reading *reading, struct commission *commission)
{
    commission->title = json_find_text(reading->json, STR("title"));
    if (commission->title.len == 0 || utf8_length(commission->title) > TITLE_MAX)
        complain(reading, "/title", "a commission has a title of 1 to 200 letters");
    commission->chair = read_role(reading, "chair", "who chairs it? Name a role of roles.json");
    commission->secretary =
        read_role(reading, "secretary", "who calls its meetings? Name a role of roles.json");
    commission->member = read_role(reading, "members", "who votes? Name a role of roles.json");
    commission->quorum = (enum commission_quorum)read_word(
        reading, "/quorum", QUORUMS, ARRAY_LEN(QUORUMS),
        "the quorum is more_than_half, half or two_thirds of the members");
    commission->majority = (enum commission_majority)read_word(
        reading, "/majority", MAJORITIES, ARRAY_LEN(MAJORITIES),
        "the majority is that of those present, or of all members");
    commission->tie =
        (enum commission_tie)read_word(reading, "/tie", TIES, ARRAY_LEN(TIES),
                                       "a tie is decided by chair, or it is refused or postponed");
    commission->forms = read_forms(reading);
    commission->protocol = json_find_text(reading->json, STR("protocol"));
    if (json_find(reading->json, STR("protocol")) != NULL &&
        pack_file_find(reading->pack, str_printf(reading->arena, "letters/%.*s.odt",
                                                 STR_ARG(commission->protocol))) == NULL)
        complain(reading, "/protocol", "its pack has no such letter in letters/");
}

static struct str stem(struct str path)
{
    size_t from = str_find_char(path, '/') + 1;

    return str_slice(path, from, str_find_char(str_slice(path, from, path.len), '.'));
}

struct commission *commission_read(struct arena *arena, const struct pack *pack,
                                   const struct pack_file *file, struct pack_findings *findings)
{
    struct reading reading = {arena, pack, file, findings, NULL, false};
    struct commission *commission = ARENA_NEW(arena, struct commission);
    struct json *json;
    struct err err;

    *commission = (struct commission){.name = commission_name(arena, pack->id, stem(file->path)),
                                      .pack = pack};
    if (!json_parse(arena, file->bytes, NULL, &json, &err) || json->kind != JSON_OBJECT) {
        complain(&reading, "", "is not an object of JSON");
        return NULL;
    }
    reading.json = json;
    check_names(&reading);
    read_members(&reading, commission);
    return reading.has_failed ? NULL : commission;
}

struct str commission_name(struct arena *arena, struct str pack, struct str name)
{
    return name.len == 0 || str_find_char(name, '.') < name.len
               ? name
               : str_printf(arena, "%.*s.%.*s", STR_ARG(pack), STR_ARG(name));
}

bool commission_has_quorum(const struct commission *commission,
                           const struct commission_count *count)
{
    if (count->present == 0)
        return false;
    if (commission->quorum == COMMISSION_TWO_THIRDS)
        return count->present * 3 >= count->members * 2;
    return commission->quorum == COMMISSION_HALF ? count->present * 2 >= count->members
                                                 : count->present * 2 > count->members;
}

static enum commission_outcome decide_tie(const struct commission *commission,
                                          const struct commission_count *count)
{
    if (commission->tie == COMMISSION_TIE_REFUSED)
        return COMMISSION_REFUSED;
    if (commission->tie == COMMISSION_TIE_POSTPONED)
        return COMMISSION_POSTPONED;
    return count->chair == COMMISSION_FOR       ? COMMISSION_GRANTED
           : count->chair == COMMISSION_AGAINST ? COMMISSION_REFUSED
                                                : COMMISSION_POSTPONED;
}

enum commission_outcome commission_decide(const struct commission *commission,
                                          const struct commission_count *count)
{
    int64_t of = commission->majority == COMMISSION_OF_MEMBERS ? count->members : count->present;

    if (!commission_has_quorum(commission, count))
        return COMMISSION_NO_QUORUM;
    if (count->votes_for * 2 > of)
        return COMMISSION_GRANTED;
    if (count->votes_against * 2 > of)
        return COMMISSION_REFUSED;
    if (count->votes_for == count->votes_against && count->votes_for > 0)
        return decide_tie(commission, count);
    return COMMISSION_POSTPONED;
}

enum commission_vote commission_vote_read(struct str text)
{
    return (enum commission_vote)MAX(find_word(VOTES, ARRAY_LEN(VOTES), text), 0);
}

struct str commission_vote_text(enum commission_vote vote)
{
    return VOTES[vote];
}

struct str commission_outcome_text(enum commission_outcome outcome)
{
    return OUTCOMES[outcome];
}

bool commission_outcome_read(struct str text, enum commission_outcome *outcome)
{
    int found = find_word(OUTCOMES, ARRAY_LEN(OUTCOMES), text);

    *outcome = (enum commission_outcome)MAX(found, 0);
    return found >= 0;
}

enum commission_form commission_form_read(struct str text)
{
    return (enum commission_form)MAX(find_word(FORMS, ARRAY_LEN(FORMS), text), 0);
}

struct str commission_form_text(enum commission_form form)
{
    return FORMS[form];
}
