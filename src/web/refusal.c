#include "web/refusal.h"

#include "web/look.h"

/* More telling ones first: a %s takes whatever stands there. */
static const struct str PATTERNS[] = {
    STR_INIT("%s does not answer: %s"),
    STR_INIT("%s does not publish it to this municipality any more"),
    STR_INIT("%s has another one above it than %s: one mirror cannot stand between"),
    STR_INIT("%s has reported from another server before"),
    STR_INIT("%s is in this node itself: its subscribers need no mirror"),
    STR_INIT("%s is in this node itself"),
    STR_INIT("%s proposals of that municipality are undecided"),
    STR_INIT("%s was changed after its draft was begun: look at both, and save the draft again"),
    STR_INIT("%s was changed here, and in the new version, too: take what was changed here as "
             "drafts"),
    STR_INIT("%s: its certificate is not to be trusted: %s"),
    STR_INIT("a file has at most %s kB"),
    STR_INIT("another edition %s is here: its publisher has gone back to a backup. Ask them, and "
             "take the whole edition anew"),
    STR_INIT("at most %s letters go together"),
    STR_INIT("it comes from %s, and here is kept what %s publishes"),
    STR_INIT("it comes from %s, not from %s"),
    STR_INIT("it holds only what changed since edition %s, and none is here yet: ask for the whole "
             "edition"),
    STR_INIT("it holds what changed since edition %s, and here is edition %s: ask for the changes "
             "since that one, or for the whole edition"),
    STR_INIT("it holds what changed since edition %s, and here is not all of what follows on "
             "edition %s: ask for the changes since that one, or for the whole edition"),
    STR_INIT("it is older than what is here: edition %s, here is edition %s"),
    STR_INIT("it is signed with a key that is not known here (%s). If %s has a new one, compare it "
             "by phone and enter it (uprava mirror trust)"),
    STR_INIT("it is signed with the key %s. Ask %s by phone whether that is theirs, and enter it"),
    STR_INIT("it is signed with the key %s. Ask %s by phone whether that is theirs, and give it "
             "with --fingerprint"),
    STR_INIT("it was made for another reader: %s"),
    STR_INIT("its certificate is not to be trusted: %s"),
    STR_INIT("nobody above %s stands for this publisher: make its mirror first (uprava mirror "
             "create)"),
    STR_INIT("the field %s is not published"),
    STR_INIT("the municipality has changed the pack %s: somebody must say whether its changes are "
             "kept or become drafts"),
    STR_INIT("the gateway answers %s"),
    STR_INIT("the pack %s of the register %s is not installed here: uprava pack install %s %s"),
    STR_INIT("the register %s is made otherwise there (pack %s %s): bring both nodes to the same "
             "version of the pack"),
    STR_INIT("the server answers %s: %s"),
    STR_INIT("the server answers %s"),
    STR_INIT("the server does not answer: %s"),
    STR_INIT("the server does not take login and password: %s"),
    STR_INIT("this server has no pack %s, to which the register belongs"),
    STR_INIT("what was changed is told in at most %s letters"),
};

bool refusal_match(struct str pattern, struct str text, struct str parts[REFUSAL_PARTS])
{
    static const struct str GAP = STR_INIT("%s");
    size_t gap = str_find(pattern, GAP), count = 0;

    if (!str_starts(text, str_slice(pattern, 0, gap)))
        return false;
    text = str_slice(text, gap, text.len);
    while (gap < pattern.len) {
        struct str literal;
        size_t end;

        pattern = str_slice(pattern, gap + GAP.len, pattern.len);
        gap = str_find(pattern, GAP);
        literal = str_slice(pattern, 0, gap);
        end = literal.len > 0 ? str_find(text, literal) : text.len;
        if (count == REFUSAL_PARTS || end + literal.len > text.len)
            return false;
        parts[count++] = str_slice(text, 0, end);
        text = str_slice(text, end + literal.len, text.len);
    }
    return text.len == 0;
}

static struct str fill(struct arena *arena, struct str pattern,
                       const struct str parts[REFUSAL_PARTS])
{
    static const struct str GAP = STR_INIT("%s");
    struct buf out = {.arena = arena};

    for (size_t i = 0; i < REFUSAL_PARTS; i++) {
        size_t gap = str_find(pattern, GAP);

        buf_add(&out, str_slice(pattern, 0, gap));
        if (gap >= pattern.len)
            return buf_str(&out);
        buf_add(&out, parts[i]);
        pattern = str_slice(pattern, gap + GAP.len, pattern.len);
    }
    buf_add(&out, pattern);
    return buf_str(&out);
}

/* "base.street: …", as err_while puts it. */
static size_t prefix_of(struct str text)
{
    size_t colon = str_find(text, STR(": "));
    struct str head = str_slice(text, 0, colon);

    return colon < text.len && str_find(head, STR(".")) < head.len &&
                   str_find(head, STR(" ")) >= head.len
               ? colon + 2
               : 0;
}

struct str refusal_text(const struct request *request, struct str text)
{
    const struct messages *messages = request->web->look->messages[request->language];
    size_t prefix;

    if (messages_has(messages, text))
        return request_text(request, text);
    for (size_t i = 0; i < ARRAY_LEN(PATTERNS); i++) {
        struct str parts[REFUSAL_PARTS] = {0};

        if (refusal_match(PATTERNS[i], text, parts))
            return fill(request->arena, request_text(request, PATTERNS[i]), parts);
    }
    prefix = prefix_of(text);
    if (prefix == 0)
        return text;
    return str_printf(request->arena, "%.*s%.*s", STR_ARG(str_slice(text, 0, prefix)),
                      STR_ARG(refusal_text(request, str_slice(text, prefix, text.len))));
}
