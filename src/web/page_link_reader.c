/* A reader on another server: entered, changed, given access, removed; what goes to it by hand. */
#include "auth/account.h"
#include "auth/session.h"
#include "registry/publication.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/link_view.h"
#include "web/page_link.h"
#include "web/wording.h"

struct looking {
    struct request *request;
    bool is_new;
    struct peer peer;
    struct str typed_key; /* as it was typed, when it was wrong */
    struct str error;
    struct str wrong; /* the name of the field it is about */
    struct str token; /* made just now, shown once */
    int status;
};

static struct str reader_path(const struct looking *looking, const char *what)
{
    return page_href(looking->request, "/admin/links/readers/%.*s%s",
                     STR_ARG(looking->is_new ? STR("new") : looking->peer.name), what);
}

static void add_fields(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    struct json *fields = view_list(request, view, "fields");
    struct json *title =
        input_add(request, fields, "is_text", "title", request_text(request, STR("Who it is")));
    struct json *name = input_add(request, fields, looking->is_new ? "is_text" : "is_readonly",
                                  "name", request_text(request, STR("Short name")));
    struct json *key = input_add(request, fields, "is_text", "fingerprint",
                                 request_text(request, STR("The key of their server")));

    input_value(request, title, looking->peer.title);
    view_text(request, title, "maxlength", STR("200"));
    input_value(request, name, looking->peer.name);
    input_hint(request, name,
               request_text(request, STR("Small Latin letters, digits and hyphens, as district")));
    if (!looking->is_new)
        input_optional(request, name);
    input_optional(request, key);
    input_value(request, key, looking->typed_key);
    input_hint(request, key,
               request_text(request, STR("Eight groups, as they read them out by phone. Large or "
                                         "small letters, Latin or Russian: all the same.")));
    link_view_error(request, view, title, looking->wrong, looking->error);
    link_view_error(request, view, name, looking->wrong, looking->error);
    link_view_error(request, view, key, looking->wrong, looking->error);
}

static void say(struct request *request, struct json *list, const char *text, struct str what)
{
    struct json *row = view_push(request, list);

    view_text(request, row, "text", request_text(request, str_from_z(text)));
    view_maybe(request, row, "what", what);
}

/* When it came last with a token; 0: it has none, -1: it has one and never came. */
static bool find_seen(const struct looking *looking, int64_t *seen_at, struct err *err)
{
    struct request *request = looking->request;
    struct session_view *views;
    size_t count;

    *seen_at = 0;
    if (looking->peer.account == 0)
        return true;
    if (!session_list(&request->tx, request->arena, looking->peer.account, &views, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (views[i].is_token)
            *seen_at = MAX(*seen_at == 0 ? -1 : *seen_at,
                           views[i].seen_at > views[i].created_at ? views[i].seen_at : -1);
    return true;
}

static void add_access(const struct looking *looking, struct json *view, struct json *list,
                       int64_t seen_at)
{
    struct request *request = looking->request;
    const struct peer *peer = &looking->peer;

    view_maybe(request, view, "seen",
               seen_at > 0 ? view_moment(request, seen_at) : (struct str){0});
    if (seen_at == 0)
        say(request, list, "They have no token: what is published reaches them as files only.",
            (struct str){0});
    if (seen_at < 0)
        say(request, list, "They have a token and have never come with it.", (struct str){0});
    if (!peer->has_key && peer->expected.len == 0)
        say(request, list, "Their key is not known. Ring them up and enter it.", (struct str){0});
    if (!peer->has_key && peer->expected.len > 0)
        say(request, list, "Their key is entered; nothing signed with it has come yet.",
            (struct str){0});
}

/* A file of each register that is published to them, and what is wrong with that. */
static bool add_files(const struct looking *looking, struct json *view, struct json *list,
                      struct err *err)
{
    struct request *request = looking->request;
    struct json *files = view_list(request, view, "files");
    struct publication *publications;
    size_t published, found = 0;

    if (!publication_list(&request->registry, &publications, &published, err))
        return false;
    for (size_t i = 0; i < published; i++) {
        const struct publication *one = &publications[i];
        struct str title = request_pack_text(request, one->type->title);
        struct json *file;

        if (publication_reader_of(one, looking->peer.id) == NULL)
            continue;
        found++;
        if (one->newest.no == 0) {
            say(request, list, "No edition has been issued yet of:", title);
            continue;
        }
        file = view_push(request, files);
        view_text(request, file, "title", title);
        view_text(request, file, "edition", view_number(request, one->newest.no));
        view_text(request, file, "action",
                  page_href(request, "/admin/links/%.*s", STR_ARG(one->type->id)));
        view_text(request, file, "reader", looking->peer.name);
        view_text(request, file, "id", str_printf(request->arena, "since-%zu", i));
    }
    view_bool(request, view, "has_files", files->count > 0);
    if (found == 0)
        say(request, list, "Nothing is published to them: name them on the page Publications.",
            (struct str){0});
    return true;
}

static bool add_standing(const struct looking *looking, struct json *view, struct err *err)
{
    struct request *request = looking->request;
    const struct peer *peer = &looking->peer;
    struct json *list = view_list(request, view, "findings");
    int64_t seen_at;

    if (!find_seen(looking, &seen_at, err))
        return false;
    add_access(looking, view, list, seen_at);
    if (!add_files(looking, view, list, err))
        return false;
    view_bool(request, view, "has_findings", list->count > 0);
    link_view_key(request, view, "key",
                  peer->has_key ? edition_fingerprint(request->arena, peer->key) : peer->expected);
    view_bool(request, view, "has_key", peer->has_key || peer->expected.len > 0);
    view_text(request, view, "reader", peer->name);
    view_text(request, view, "mail_action", page_href(request, "/admin/links/mail"));
    view_text(request, view, "reply_action", reader_path(looking, "/reply"));
    view_text(request, view, "token_action", reader_path(looking, "/token"));
    view_text(request, view, "remove_action", reader_path(looking, "/remove"));
    view_maybe(request, view, "new_token", looking->token);
    return true;
}

static bool show(struct looking *looking, struct err *err)
{
    struct request *request = looking->request;
    struct json *view = view_new(request);
    struct str heading = looking->is_new
                             ? request_text(request, STR("New reader on another server"))
                             : looking->peer.title;
    struct tx *tx;

    if (!request_read(request, &tx, err))
        return false;
    page_title(request, view, heading);
    page_crumb(request, view, request_text(request, STR("Links to other servers")),
               STR("/admin/links"));
    view_text(request, view, "heading", heading);
    view_bool(request, view, "is_new", looking->is_new);
    view_text(request, view, "action", reader_path(looking, ""));
    input_errors_begin(request, view);
    add_fields(looking, view);
    if (!looking->is_new && !add_standing(looking, view, err))
        return false;
    return answer_page(request, looking->status, STR("page/link-reader"), view, err);
}

static bool find(struct request *request, struct looking *looking, struct err *err)
{
    struct tx *tx;

    *looking = (struct looking){.request = request, .status = 200};
    return request_admin(request, POLICY_SETTINGS, err) && request_read(request, &tx, err) &&
           peer_below(tx, request->arena, request->parts[0], &looking->peer, err);
}

bool page_link_reader_new(struct request *request, struct err *err)
{
    struct looking looking = {.request = request, .is_new = true, .status = 200};

    return request_admin(request, POLICY_SETTINGS, err) && show(&looking, err);
}

bool page_link_reader(struct request *request, struct err *err)
{
    struct looking looking;

    return find(request, &looking, err) && show(&looking, err);
}

struct writing {
    struct request *request;
    struct peer_wish wish;
    bool is_new;
    struct str token;
};

/* /admin/links/readers/new is no reader's page. */
static bool is_page(struct str name)
{
    return str_equal(name, STR("new"));
}

static bool run_enter(struct tx *tx, void *data, struct err *err)
{
    const struct writing *writing = data;
    struct err absent = {0};
    struct peer peer;

    if (writing->is_new && is_page(writing->wish.name))
        return err_set(err, ERR_CONFLICT, "that word stands for another page: choose another");
    if (writing->is_new &&
        peer_below(tx, writing->request->arena, writing->wish.name, &peer, &absent))
        return err_set(err, ERR_CONFLICT, "there is a reader of that name already");
    return peer_enter(tx, writing->request->arena, &writing->wish, err);
}

/* In the order in which peer_enter looks. */
static struct str wrong_field(const struct peer_wish *wish, const struct err *why)
{
    if (why->code == ERR_CONFLICT || !store_is_name(wish->name))
        return STR("name");
    return wish->title.len == 0 || wish->title.len > PEER_TITLE_MAX ? STR("title")
                                                                    : STR("fingerprint");
}

static bool save(struct looking *looking, struct err *err)
{
    struct request *request = looking->request;
    struct writing writing = {
        .request = request,
        .is_new = looking->is_new,
        .wish = {.name = looking->is_new ? str_trim(request_field(request, STR("name")))
                                         : looking->peer.name,
                 .title = str_trim(request_field(request, STR("title"))),
                 .keeps_account = true,
                 .fingerprint = request_field(request, STR("fingerprint")),
                 .actor = request->actor.account,
                 .now = request->now},
    };
    struct err why = {0};

    if (request_write_wait(request, run_enter, &writing, &why)) {
        answer_notice(request, STR("ok"), request_text(request, STR("The reader is saved.")));
        return answer_redirect(request, str_printf(request->arena, "/admin/links/readers/%.*s",
                                                   STR_ARG(writing.wish.name)));
    }
    if (why.code != ERR_INPUT && why.code != ERR_CONFLICT) {
        *err = why;
        return false;
    }
    looking->error = wording_err(request, &why);
    looking->wrong = wrong_field(&writing.wish, &why);
    looking->peer.title = writing.wish.title;
    looking->peer.name = looking->is_new ? writing.wish.name : looking->peer.name;
    looking->typed_key = writing.wish.fingerprint;
    looking->status = 422;
    return show(looking, err);
}

bool page_link_reader_create(struct request *request, struct err *err)
{
    struct looking looking = {.request = request, .is_new = true};

    return request_admin(request, POLICY_SETTINGS, err) && request_form(request, err) &&
           save(&looking, err);
}

bool page_link_reader_change(struct request *request, struct err *err)
{
    struct looking looking;

    return find(request, &looking, err) && request_form(request, err) && save(&looking, err);
}

/* An account without roles that nobody signs in to: its tokens read editions and nothing else. */
static bool make_account(struct tx *tx, struct arena *arena, const struct writing *writing,
                         const struct peer *peer, struct account *account, struct err *err)
{
    struct account_by by = {writing->wish.actor, writing->wish.now};
    struct str hash;

    if (peer->account != 0)
        return account_get(tx, arena, peer->account, account, err);
    *account = (struct account){.login = str_printf(arena, "link-%.*s", STR_ARG(peer->name)),
                                .name = peer->title,
                                .state = STR("active")};
    struct str login = account->login;
    if (!account_find(tx, arena, login, account, &hash, err))
        return false;
    if (account->id != 0 && account->role_count == 0)
        return true;
    if (account->id != 0)
        return err_set(err, ERR_CONFLICT, "the account of that name has roles: remove it first");
    *account = (struct account){.login = login, .name = peer->title, .state = STR("active")};
    return account_create(tx, account, (struct str){0}, by, &account->id, err);
}

/* One token at a time: whoever has an old one comes in no more. */
static bool end_tokens(struct tx *tx, const struct writing *writing, int64_t account,
                       struct err *err)
{
    struct session_view *views;
    size_t count;

    if (!session_list(tx, writing->request->arena, account, &views, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (views[i].is_token &&
            !session_end_by_digest(tx, account, views[i].digest, writing->wish.actor,
                                   writing->wish.now, err))
            return false;
    return true;
}

static bool run_token(struct tx *tx, void *data, struct err *err)
{
    struct writing *writing = data;
    struct arena *arena = writing->request->arena;
    struct session_wish session = {.label = STR("link"), .is_token = true};
    struct account account;
    struct peer peer;

    if (!peer_below(tx, arena, writing->wish.name, &peer, err) ||
        !make_account(tx, arena, writing, &peer, &account, err) ||
        !end_tokens(tx, writing, account.id, err))
        return false;
    session.account = &account;
    session.now = writing->wish.now;
    writing->wish.title = peer.title;
    writing->wish.account = account.id;
    return peer_enter(tx, arena, &writing->wish, err) &&
           session_start(tx, arena, &session, &writing->token, err);
}

/* The answer is the page itself: the token is shown this once and stands in no address. */
bool page_link_reader_token(struct request *request, struct err *err)
{
    struct looking looking;
    struct writing writing = {.request = request};

    if (!find(request, &looking, err) || !request_form(request, err))
        return false;
    writing.wish = (struct peer_wish){
        .name = looking.peer.name, .actor = request->actor.account, .now = request->now};
    if (!request_write_wait(request, run_token, &writing, err) || !find(request, &looking, err))
        return false;
    looking.token = writing.token;
    return show(&looking, err);
}

static bool run_remove(struct tx *tx, void *data, struct err *err)
{
    const struct writing *writing = data;
    struct peer peer;

    return peer_below(tx, writing->request->arena, writing->wish.name, &peer, err) &&
           (peer.account == 0 || end_tokens(tx, writing, peer.account, err)) &&
           peer_end(tx, writing->request->arena, &writing->wish, err);
}

bool page_link_reader_remove(struct request *request, struct err *err)
{
    struct writing writing = {.request = request};
    struct looking looking;

    if (!find(request, &looking, err) || !request_form(request, err))
        return false;
    writing.wish = (struct peer_wish){
        .name = looking.peer.name, .actor = request->actor.account, .now = request->now};
    if (!request_write_wait(request, run_remove, &writing, err))
        return false;
    answer_notice(
        request, STR("ok"),
        request_text(request, STR("The reader is removed. What it has got stays there.")));
    return answer_redirect(request, STR("/admin/links"));
}
