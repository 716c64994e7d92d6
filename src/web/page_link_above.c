/* The publisher on another server: entered with a file, followed over the line, looked at, left. */
#include "auth/journal.h"
#include "link/edition_file.h"
#include "link/fetch.h"
#include "web/answer.h"
#include "web/input.h"
#include "web/link_view.h"
#include "web/page_link.h"
#include "web/wording.h"

struct looking {
    struct request *request;
    struct tenant *mirror; /* NULL: there is none */
    struct peer peer;
    bool is_shared;
    struct str address;
    struct str fingerprint; /* as they were typed */
    struct str error;
    struct str wrong; /* the name of the field it is about; empty: of none */
    struct probe_result probe;
    bool is_probed;
    int status;
};

static void close_looking(struct looking *looking)
{
    store_release(&looking->mirror);
}

static struct tenancy tenancy_of(struct request *request)
{
    return (struct tenancy){
        .store = request->web->store, .library = request->web->library, .now = request->now};
}

static bool find(struct request *request, struct looking *looking, struct err *err)
{
    CLEANUP(tx_done) struct tx tx = {0};
    struct tenancy by = tenancy_of(request);
    struct err absent = {0};

    *looking = (struct looking){.request = request, .status = 200};
    if (!request_admin(request, POLICY_SETTINGS, err))
        return false;
    if (!mirror_find(request->web->store, request->arena, tenant_info(request->tenant)->name, 0,
                     &looking->mirror, &absent)) {
        if (absent.code != ERR_ABSENT)
            *err = absent;
        return absent.code == ERR_ABSENT;
    }
    return tx_read(&tx, looking->mirror, err) &&
           peer_above(&tx, request->arena, &looking->peer, err) &&
           mirror_is_shared(&by, request->arena, looking->mirror, &looking->is_shared, err);
}

static bool need(const struct looking *looking, struct err *err)
{
    return looking->mirror != NULL ||
           err_set(err, ERR_ABSENT, "nobody on another server is above this municipality");
}

static void add_new_fields(const struct looking *looking, struct json *view, const char *name)
{
    struct request *request = looking->request;
    struct json *fields = view_list(request, view, name);
    struct json *file = input_add(request, fields, "is_file", "file",
                                  request_text(request, STR("A file with an edition from them")));
    struct json *key = input_add(request, fields, "is_text", "fingerprint",
                                 request_text(request, STR("The key of their server")));

    input_hint(request, file,
               request_text(request, STR("It tells who they are. Nothing is taken from it yet.")));
    input_hint(request, key,
               request_text(request, STR("Ring them up: eight groups, as they read them out")));
    input_value(request, key, looking->fingerprint);
    link_view_error(request, view, file, looking->wrong, looking->error);
    link_view_error(request, view, key, looking->wrong, looking->error);
}

static void add_fields(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    struct json *fields = view_list(request, view, "fields");
    struct json *address = input_add(request, fields, "is_text", "address",
                                     request_text(request, STR("Address of their pages")));
    struct json *token =
        input_add(request, fields, "is_text", "token", request_text(request, STR("Token")));

    input_value(request, address,
                looking->address.len > 0 ? looking->address : looking->peer.address);
    input_hint(request, address, request_text(request, STR("As https://region.example/name")));
    input_hint(request, token,
               request_text(request, looking->peer.token.len > 0
                                         ? STR("Leave it empty to keep the one that is here")
                                         : STR("The publisher makes it and gives it to you")));
    if (looking->peer.token.len > 0)
        input_optional(request, token);
    link_view_error(request, view, address, looking->wrong, looking->error);
    link_view_error(request, view, token, looking->wrong, looking->error);
}

/* What came of a look at the line, or what is wrong and of no field. */
static void add_finding(const struct looking *looking, struct json *view)
{
    struct request *request = looking->request;
    bool is_refused = looking->error.len > 0 && looking->wrong.len == 0;
    struct json *finding;

    view_none(request, view, "finding");
    if (!looking->is_probed && !is_refused)
        return;
    finding = view_object(request, view, "finding");
    view_text(request, finding, "text",
              is_refused ? looking->error : link_view_probe(request, &looking->probe));
    view_text(request, finding, "kind",
              is_refused                           ? STR("bad")
              : link_view_is_good(&looking->probe) ? STR("ok")
                                                   : STR("warn"));
}

static bool show(const struct looking *looking, struct err *err)
{
    struct request *request = looking->request;
    bool is_there = looking->mirror != NULL;
    struct json *view = view_new(request);
    struct str heading = is_there ? looking->peer.title
                                  : request_text(request, STR("A publisher on another server"));
    struct tx *tx;

    if (!request_read(request, &tx, err))
        return false;
    page_title(request, view, heading);
    page_crumb(request, view, request_text(request, STR("Links to other servers")),
               STR("/admin/links"));
    view_text(request, view, "heading", heading);
    view_bool(request, view, "is_there", is_there);
    view_bool(request, view, "is_shared", looking->is_shared);
    view_text(request, view, "action", page_href(request, "/admin/links/above"));
    view_text(request, view, "follow_action", page_href(request, "/admin/links/above/follow"));
    view_text(request, view, "check_action", page_href(request, "/admin/links/above/check"));
    view_text(request, view, "leave_action", page_href(request, "/admin/links/above/leave"));
    input_errors_begin(request, view);
    if (is_there)
        add_fields(looking, view);
    add_new_fields(looking, view, is_there ? "key_fields" : "fields");
    link_view_key(request, view, "key",
                  is_there ? edition_fingerprint(request->arena, looking->peer.key)
                           : (struct str){0});
    add_finding(looking, view);
    return answer_page(request, looking->status, STR("page/link-above"), view, err);
}

bool page_link_above(struct request *request, struct err *err)
{
    CLEANUP(close_looking) struct looking looking = {0};

    return find(request, &looking, err) && show(&looking, err);
}

/* What is wrong with what was typed is said on the page; the rest is an error. */
static bool refuse(struct looking *looking, const struct err *why, struct err *err)
{
    if (why->code == ERR_BROKEN || why->code == ERR_UNAVAILABLE) {
        *err = *why;
        return false;
    }
    looking->error = wording_err(looking->request, why);
    looking->status = 422;
    return show(looking, err);
}

struct noting {
    const struct request *request;
    const char *action;
};

static bool run_note(struct tx *tx, void *data, struct err *err)
{
    const struct noting *noting = data;
    struct journal_entry entry = {.at = noting->request->now,
                                  .actor = noting->request->actor.account,
                                  .action = str_from_z(noting->action)};

    return journal_add(tx, &entry, err);
}

/* Who did it stands in the municipality's own journal: the mirror and the node know no accounts. */
static bool note(struct request *request, const char *action, struct err *err)
{
    struct noting noting = {request, action};

    return request_write_wait(request, run_note, &noting, err);
}

/* Others may read through it: their operator speaks for all of them. */
static bool may_change(const struct looking *looking, struct err *err)
{
    return need(looking, err) &&
           (!looking->is_shared ||
            err_set(err, ERR_DENIED,
                    "others on this server read from this publisher, too: ask its operator"));
}

static bool enter(struct looking *looking, const struct multipart_part *file, struct err *err)
{
    struct request *request = looking->request;
    struct tenancy by = tenancy_of(request);
    struct edition_head head;
    struct mirror_wish wish = {.fingerprint = looking->fingerprint,
                               .head = &head,
                               .children = &tenant_info(request->tenant)->name,
                               .child_count = 1};

    if (file == NULL || file->fd < 0 || file->size == 0)
        return err_set(err, ERR_INPUT, "Choose a file.");
    if (!edition_file_head(file->fd, request->arena, &head, err))
        return false;
    return looking->mirror != NULL
               ? mirror_trust(looking->mirror, &head, looking->fingerprint, request->now, err)
               : mirror_enter(&by, request->arena, &wish, err);
}

bool page_link_above_enter(struct request *request, struct err *err)
{
    CLEANUP(multipart_done) struct multipart multipart = {0};
    CLEANUP(close_looking) struct looking looking = {0};
    const struct multipart_part *key;
    struct err why = {0};

    if (!request_multipart(request, &multipart, err) || !find(request, &looking, err))
        return false;
    if (looking.mirror != NULL && !may_change(&looking, err))
        return false;
    key = multipart_find(&multipart, STR("fingerprint"));
    looking.fingerprint = key != NULL ? key->text : (struct str){0};
    if (!enter(&looking, multipart_find(&multipart, STR("file")), &why)) {
        looking.wrong = why.code == ERR_DENIED ? STR("fingerprint") : STR("file");
        return refuse(&looking, &why, err);
    }
    if (!note(request, looking.mirror != NULL ? "mirror.trust" : "mirror.enter", err))
        return false;
    answer_notice(request, STR("ok"),
                  request_text(request, looking.mirror != NULL
                                            ? STR("The new key is saved.")
                                            : STR("The publisher is entered. Now take the file "
                                                  "with the edition, and subscribe to its "
                                                  "registers.")));
    return answer_redirect(request, STR("/admin/links"));
}

static bool run_start(struct tx *tx, void *data, struct err *err)
{
    const struct request *request = data;

    return fetch_start(tx, request->now, err);
}

bool page_link_above_follow(struct request *request, struct err *err)
{
    CLEANUP(close_looking) struct looking looking = {0};
    struct err why = {0};

    if (!find(request, &looking, err) || !may_change(&looking, err) || !request_form(request, err))
        return false;
    looking.address = str_trim(request_field(request, STR("address")));
    if (!mirror_follow(looking.mirror, looking.address, request_field(request, STR("token")),
                       request->now, &why)) {
        looking.wrong = mirror_is_address(looking.address) ? STR("token") : STR("address");
        return refuse(&looking, &why, err);
    }
    if (!tenant_write_wait(looking.mirror, run_start, request, err) ||
        !note(request, "mirror.follow", err))
        return false;
    if (request->web->workers != NULL)
        worker_wake(request->web->workers, tenant_info(looking.mirror)->name);
    answer_notice(request, STR("ok"), request_text(request, STR("The address is saved.")));
    return answer_redirect(request, STR("/admin/links/above"));
}

bool page_link_above_check(struct request *request, struct err *err)
{
    CLEANUP(close_looking) struct looking looking = {0};

    if (!find(request, &looking, err) || !need(&looking, err) || !request_form(request, err))
        return false;
    probe_publisher(&looking.peer, request->arena, request->web->link_ca, &looking.probe);
    looking.is_probed = true;
    return show(&looking, err);
}

bool page_link_above_leave(struct request *request, struct err *err)
{
    CLEANUP(close_looking) struct looking looking = {0};
    struct tenancy by = tenancy_of(request);
    struct err why = {0};

    if (!find(request, &looking, err) || !need(&looking, err) || !request_form(request, err))
        return false;
    if (!mirror_leave(&by, request->arena, tenant_info(request->tenant)->name, looking.mirror,
                      &why))
        return refuse(&looking, &why, err);
    if (!note(request, "mirror.leave", err))
        return false;
    answer_notice(request, STR("ok"),
                  request_text(request, STR("The publisher is removed. Nothing more is taken from "
                                            "it.")));
    return answer_redirect(request, STR("/admin/links"));
}
