#include "web/wording.h"

#include "web/look.h"
#include "web/refusal.h"
#include "web/view.h"

struct word {
    const char *key;
    const char *text;
};

static struct str with_unit(struct request *request, int64_t number, const char *unit)
{
    struct str text = view_number(request, number);
    struct str word = request_text(request, str_from_z(unit));

    return str_printf(request->arena, "%.*s %.*s", STR_ARG(text), STR_ARG(word));
}

struct str wording_roles(struct request *request, const struct str *ids, size_t count)
{
    struct buf buf = {.arena = request->arena};
    const struct policy *policy;

    if (request->catalog == NULL)
        return (struct str){0}; /* an operator: no roles */
    policy = request->catalog->model->policy;
    for (size_t i = 0; i < count; i++) {
        const struct policy_role *role = policy_role_find(policy, ids[i]);

        buf_add(&buf, buf.len > 0 ? STR(", ") : STR(""));
        buf_add(&buf, role != NULL ? request_pack_text(request, role->title) : ids[i]);
    }
    return buf_str(&buf);
}

struct str wording_pack(struct request *request, const struct pack *pack, struct str id)
{
    struct str language = messages_language(request->web->look->messages[request->language]);
    struct str path = str_printf(request->arena, "i18n/%.*s.po", STR_ARG(language));
    struct messages *messages;
    struct err err = {0};

    for (size_t i = 0; i < pack->file_count; i++)
        if (str_equal(pack->files[i].path, path)) {
            messages = messages_new(request->arena, language);
            return messages_add_po(messages, pack->files[i].bytes, &err)
                       ? messages_get(messages, id)
                       : id;
        }
    return id;
}

static struct str find_word(struct str text, const struct word *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct str key = str_from_z(words[i].key);

        if (str_find(text, key) < text.len)
            return str_from_z(words[i].text);
    }
    return (struct str){0};
}

/* The first that fits counts: each names the older ones it is compatible with. */
struct str wording_browser(struct request *request, struct str agent)
{
    static const struct word BROWSERS[] = {
        {"YaBrowser/", "Яндекс Браузер"},
        {"Edg/", "Edge"},
        {"OPR/", "Opera"},
        {"Firefox/", "Firefox"},
        {"Chrome/", "Chrome"},
        {"Safari/", "Safari"},
        {"curl/", "curl"},
    };
    static const struct word SYSTEMS[] = {
        {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},
        {"Windows", "Windows"}, {"Mac OS", "macOS"},  {"Linux", "Linux"},
    };
    struct str browser = find_word(agent, BROWSERS, ARRAY_LEN(BROWSERS));
    struct str system = find_word(agent, SYSTEMS, ARRAY_LEN(SYSTEMS));

    if (agent.len == 0)
        return request_text(request, STR("unknown program"));
    if (browser.len == 0)
        return agent;
    if (system.len == 0)
        return browser;
    return str_printf(request->arena, "%.*s, %.*s", STR_ARG(browser), STR_ARG(system));
}

struct str wording_size(struct request *request, int64_t bytes)
{
    if (bytes < 1024)
        return with_unit(request, bytes, "B");
    if (bytes < 1024 * 1024)
        return with_unit(request, bytes / 1024, "KB");
    return with_unit(request, bytes / (1024 * 1024), "MB");
}

struct str wording_span(struct request *request, int64_t ms)
{
    int64_t seconds = MAX(ms, INT64_C(0)) / 1000;

    if (seconds < 1)
        return request_text(request, STR("less than a second"));
    if (seconds < 60)
        return with_unit(request, seconds, "s");
    if (seconds < 60 * 60)
        return with_unit(request, seconds / 60, "min");
    return with_unit(request, seconds / (60 * 60), "h");
}

struct str wording_plural(struct request *request, struct str id, struct str plural, int64_t count)
{
    struct buf buf = {.arena = request->arena};

    messages_print_plural(&buf, request->web->look->messages[request->language], id, plural, count);
    return buf_str(&buf);
}

struct str wording_err(struct request *request, const struct err *err)
{
    return refusal_text(request, str_copy(request->arena, str_from_z(err->text)));
}

/* What is written to the journal, in words. */
static const struct word ACTIONS[] = {
    {"attach", "file attached"},
    {"create", "new record"},
    {"change", "change of a record"},
    {"delete", "deletion of a record"},
    {"detach", "file removed"},
    {"case.leave", "given up by the applicant"},
    {"charge.correct", "correction of a payment"},
    {"charge.pay", "payment of a charge"},
    {"consent.withdraw", "consent withdrawn"},
    {"document.register", "document registered"},
    {"document.revoke", "document revoked"},
    {"document.sign", "signature attached to a document"},
    {"erase", "erasure of a record"},
    {"restore", "return of the municipality to an earlier state, on the server itself"},
    {"read", "look at personal data"},
    {"export", "export of data"},
    {"import.upload", "upload of a file"},
    {"import.start", "import of a file"},
    {"import.check", "check of a file"},
    {"import.undo", "undoing of an import"},
    {"sign-in", "sign-in"},
    {"sign-out", "sign-out"},
    {"sign-in.lock", "too many wrong passwords"},
    {"token.create", "new access token"},
    {"session.end", "end of a session"},
    {"account.create", "new user"},
    {"account.change", "change of a user"},
    {"account.password", "new password"},
    {"account.contact", "change of how a user is reached"},
    {"account.identify", "identifying of a resident"},
    {"account.untie", "account taken off a card"},
    {"account.remove", "removal of an account"},
    {"tenant.create", "new municipality"},
    {"tenant.domain", "change of a municipality's domain"},
    {"tenant.export", "copy of the whole municipality taken away"},
    {"tenant.import", "municipality brought from another server"},
    {"tenant.limits", "change of a municipality's limits"},
    {"tenant.rename", "new name of the municipality"},
    {"tenant.restore", "return of the municipality to an earlier state"},
    {"tenant.resume", "end of a suspension"},
    {"tenant.suspend", "suspension of the municipality"},
    {"pack.install", "installing of a pack"},
    {"pack.draft", "draft of a file of a pack"},
    {"pack.draft.drop", "draft of a file of a pack dropped"},
    {"setting.change", "change of a setting"},
    {"flow.begin", "process begun"},
    {"flow.answer", "step of a process done"},
    {"flow.claim", "task taken"},
    {"flow.release", "task given back"},
    {"flow.hand", "task handed over"},
    {"substitute.set", "substitute of somebody who is away"},
    {"substitute.end", "end of a substitution"},
    {"flow.retry", "stuck process tried again"},
    {"flow.cancel", "process cancelled"},
    {"flow.values", "values of a process changed"},
    {"flow.message", "message to a process"},
    {"flow.message.deliver", "message to processes delivered again"},
    {"flow.message.drop", "message to processes dropped"},
    {"flow.message.put", "message to processes sent"},
    {"flow.signal", "signal to a process"},
    {"flow.signal.put", "signal to processes sent"},
    {"flow.timer", "term of a process came"},
    {"flow.migrate", "process moved to another version"},
    {"meeting.attend", "who is at a meeting noted"},
    {"meeting.call", "meeting of a commission called"},
    {"meeting.call_off", "meeting of a commission called off"},
    {"meeting.close", "meeting of a commission closed"},
    {"meeting.record", "decision of a commission noted"},
    {"meeting.vote", "vote in a commission"},
    {"offer.put", "offer of a pack to those below"},
    {"offer.remove", "end of an offer"},
    {"publication.put", "change of a publication"},
    {"publication.remove", "end of a publication"},
    {"publication.publish", "new edition of a register"},
    {"proposal.put", "proposal of a correction"},
    {"proposal.receive", "correction proposed from below"},
    {"proposal.accept", "correction accepted"},
    {"proposal.decline", "correction declined"},
    {"proposal.answer", "answer to a proposed correction"},
    {"service.offer", "service offered to a person"},
    {"service.agreed", "offered service taken up"},
    {"service.declined", "offered service declined"},
    {"service.over", "offer of a service over"},
    {"subscription.take", "subscription to a register"},
    {"subscription.drop", "end of a subscription"},
    {"peer.put", "reader on another server"},
    {"peer.remove", "end of a reader on another server"},
    {"edition.upload", "upload of a file with an edition"},
    {"mirror.enter", "publisher of another server entered"},
    {"mirror.leave", "publisher of another server removed"},
    {"mirror.trust", "new key of a publisher"},
    {"mirror.follow", "address of a publisher"},
    {"report.receive", "report from below"},
};
/* What only the journal of the node has, or that of a publisher of another server. */
static const struct word NODE_ACTIONS[] = {
    {"sweep.packs", "upgrade of packs begun"},
    {"sweep.tables", "upgrade of tables begun"},
    {"sweep.pause", "upgrade paused"},
    {"sweep.resume", "upgrade goes on"},
    {"sweep.stop", "upgrade stopped"},
    {"sweep.retry", "upgrade of those that failed begun again"},
    {"mirror.create", "publisher of another server entered"},
};

struct str wording_action_at(size_t place)
{
    return place < ARRAY_LEN(ACTIONS) ? str_from_z(ACTIONS[place].key) : (struct str){0};
}

static const char *find_action(const struct word *words, size_t count, struct str action)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(action, str_from_z(words[i].key)))
            return words[i].text;
    return NULL;
}

struct str wording_action(struct request *request, struct str action)
{
    const char *text = find_action(ACTIONS, ARRAY_LEN(ACTIONS), action);

    if (text == NULL)
        text = find_action(NODE_ACTIONS, ARRAY_LEN(NODE_ACTIONS), action);
    return text != NULL ? request_text(request, str_from_z(text)) : action;
}
