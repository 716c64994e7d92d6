#include "web/link_view.h"

#include "web/input.h"

enum {
    GROUP = 4,
};

void link_view_key(struct request *request, struct json *view, const char *name,
                   struct str fingerprint)
{
    struct json *key, *groups;
    struct str rest = fingerprint;

    if (fingerprint.len == 0) {
        view_none(request, view, name);
        return;
    }
    key = view_object(request, view, name);
    view_text(request, key, "fingerprint", fingerprint);
    groups = view_list(request, key, "groups");
    while (rest.len > 0) {
        struct json *group = view_push(request, groups);

        view_text(request, group, "no", view_number(request, (int64_t)groups->count));
        view_text(request, group, "text", str_cut(&rest, '-'));
    }
}

struct str link_view_probe(struct request *request, const struct probe_result *result)
{
    static const struct str SENTENCES[] = {
        [PROBE_GOOD] = STR_INIT("All is well: the publisher's server answers, and its key is the "
                                "one that was compared."),
        [PROBE_NO_ADDRESS] =
            STR_INIT("No address is known: editions come as files. Enter the address and the "
                     "token if there is a line."),
        [PROBE_BAD_ADDRESS] = STR_INIT("The address is none. It is that of the publisher's pages, "
                                       "as https://region.example/name."),
        [PROBE_SILENT] = STR_INIT("The publisher's server does not answer. Is the address right, "
                                  "and is there a line?"),
        [PROBE_UNTRUSTED] = STR_INIT("The certificate of the publisher's server is not trusted "
                                     "here. The operator of this server can let it be trusted."),
        [PROBE_NO_TENANT] = STR_INIT("A server answers, but there is no such municipality at this "
                                     "address. Compare the address."),
        [PROBE_NO_TOKEN] = STR_INIT("The publisher's server does not accept the token. Ask the "
                                    "publisher for a new one."),
        [PROBE_NO_READER] = STR_INIT("The token is accepted, but the publisher has not entered "
                                     "its account as a reader."),
        [PROBE_FAULT] = STR_INIT("The publisher's server has a fault of its own. Try again later, "
                                 "then ring the publisher up."),
        [PROBE_OTHER] = STR_INIT("What answers at this address is no server of this kind. Compare "
                                 "the address."),
        [PROBE_OTHER_KEY] =
            STR_INIT("The publisher's server has another key than the one that was compared. "
                     "Ring the publisher up before anything is taken from it."),
        [PROBE_NOTHING] = STR_INIT("All is well with the line and the key, but nothing is "
                                   "published to us. Ask the publisher."),
    };

    return request_text(request, SENTENCES[result->finding]);
}

bool link_view_is_good(const struct probe_result *result)
{
    return result->finding == PROBE_GOOD;
}

void link_view_error(struct request *request, struct json *view, struct json *field,
                     struct str wrong, struct str error)
{
    if (wrong.len > 0 && str_equal(json_find_text(field, STR("name")), wrong))
        input_error(request, view, field, error);
}
