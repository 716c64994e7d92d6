#include "link/reply.h"

#include "core/id.h"
#include "core/json_put.h"
#include "core/time.h"

#define LETTER "reply"

static void print_proposal(struct buf *out, const struct proposal *one)
{
    json_put_text(out, "uuid", one->uuid);
    json_put_text(out, "state", one->state);
    json_put_text(out, "answer", one->answer);
    if (one->decided_at > 0)
        json_put_moment(out, "decided_at", one->decided_at);
    json_put_int(out, "number", one->there);
}

static void print_report(struct buf *out, const struct report *one)
{
    json_put_id(out, "child", one->child.id);
    json_put_text(out, "kind", one->kind);
    json_put_text(out, "period", one->period);
    json_put_int(out, "version", one->version);
    json_put_text(out, "sha256", one->digest);
    json_put_moment(out, "received_at", one->received_at);
    json_put_int(out, "number", one->number);
}

struct printing {
    struct buf *out;
    const struct reply *reply;
    const struct secret_key *key;
    size_t proposals, reports; /* that are printed */
};

/* As many as go into one letter. */
static void print_one(struct printing *printing)
{
    const struct reply *reply = printing->reply;
    struct buf body = {.arena = printing->out->arena};
    struct letter letter = {0};
    const char *comma = "";

    buf_add(&body, STR("{\"uprava_reply\":1"));
    json_put_id(&body, "publisher", reply->publisher);
    json_put_id(&body, "reader", reply->reader);
    json_put_moment(&body, "made_at", reply->made_at);
    buf_add(&body, STR(",\"proposals\":["));
    for (; printing->proposals < reply->proposal_count && body.len < REPLY_BODY_SOFT; comma = ",") {
        buf_printf(&body, "%s{", comma);
        print_proposal(&body, &reply->proposals[printing->proposals++]);
        buf_char(&body, '}');
    }
    buf_add(&body, STR("],\"reports\":["));
    comma = "";
    for (; printing->reports < reply->report_count && body.len < REPLY_BODY_SOFT; comma = ",") {
        buf_printf(&body, "%s{", comma);
        print_report(&body, &reply->reports[printing->reports++]);
        buf_char(&body, '}');
    }
    buf_add(&body, STR("]}"));
    letter.body = buf_str(&body);
    letter_sign(&letter, body.arena, LETTER, printing->key);
    letter_print(printing->out, &letter);
}

void reply_print(struct buf *out, const struct reply *reply, const struct secret_key *key)
{
    struct printing printing = {out, reply, key, 0, 0};

    do
        print_one(&printing);
    while (printing.proposals < reply->proposal_count || printing.reports < reply->report_count);
}

static bool is_state(struct str text)
{
    return str_equal(text, STR("open")) || str_equal(text, STR("accepted")) ||
           str_equal(text, STR("declined")) || str_equal(text, STR("refused"));
}

static bool read_moment(const struct json *json, struct str name, int64_t *at)
{
    struct str text = json_find_text(json, name);

    *at = 0;
    return text.len == 0 || time_parse_moment(text, at);
}

static bool read_proposal(const struct json *json, struct proposal *one)
{
    *one = (struct proposal){
        .uuid = json_find_text(json, STR("uuid")),
        .state = json_find_text(json, STR("state")),
        .answer = json_find_text(json, STR("answer")),
        .there = json_find_int(json, STR("number"), 0),
    };
    return one->uuid.len == PROPOSAL_UUID_LEN && is_state(one->state) && one->there > 0 &&
           one->answer.len <= 4 * PROPOSAL_REASON_MAX &&
           read_moment(json, STR("decided_at"), &one->decided_at);
}

static bool read_report(const struct json *json, struct report *one)
{
    *one = (struct report){
        .kind = json_find_text(json, STR("kind")),
        .period = json_find_text(json, STR("period")),
        .version = json_find_int(json, STR("version"), 0),
        .digest = json_find_text(json, STR("sha256")),
        .number = json_find_int(json, STR("number"), 0),
    };
    return id_parse(json_find_text(json, STR("child")), &one->child.id) && one->number > 0 &&
           read_moment(json, STR("received_at"), &one->received_at);
}

static bool read_body(struct arena *arena, const struct json *json, struct reply *reply)
{
    const struct json *proposals = json_find(json, STR("proposals"));
    const struct json *reports = json_find(json, STR("reports"));

    if (json_find_int(json, STR("uprava_reply"), 0) != 1 ||
        !id_parse(json_find_text(json, STR("publisher")), &reply->publisher) ||
        !id_parse(json_find_text(json, STR("reader")), &reply->reader) ||
        !read_moment(json, STR("made_at"), &reply->made_at) || proposals == NULL || reports == NULL)
        return false;
    reply->proposals = ARENA_ARRAY(arena, struct proposal, proposals->count + 1);
    for (const struct json *one = proposals->first; one != NULL; one = one->next)
        if (!read_proposal(one, &reply->proposals[reply->proposal_count++]))
            return false;
    reply->reports = ARENA_ARRAY(arena, struct report, reports->count + 1);
    for (const struct json *one = reports->first; one != NULL; one = one->next)
        if (!read_report(one, &reply->reports[reply->report_count++]))
            return false;
    return true;
}

bool reply_parse(struct arena *arena, struct str *rest, struct reply *reply,
                 unsigned char key[SECRET_PUBLIC_SIZE], struct err *err)
{
    struct letter letter;
    struct json *json;

    *reply = (struct reply){0};
    if (!letter_next(arena, rest, &letter, &json, err))
        return false;
    if (!read_body(arena, json, reply))
        return err_set(err, ERR_INPUT, "it holds no answers of a publisher");
    memcpy(key, letter.key, sizeof letter.key);
    return letter_check(arena, &letter, LETTER, err);
}
