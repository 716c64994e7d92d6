#include "lang/feel_scope.h"

#include "core/arena.h"
#include "core/buf.h"
#include "core/utf8.h"
#include "lang/feel_lexer.h"

enum {
    MEMBERS_MAX = 5000,
};

struct feel_scope *feel_scope_new(struct arena *arena, const struct feel_scope *outer)
{
    struct feel_scope *scope = ARENA_NEW(arena, struct feel_scope);

    scope->arena = arena;
    scope->outer = outer;
    scope->root = outer != NULL ? outer->root : scope;
    if (outer != NULL)
        scope->place = outer->place;
    return scope;
}

static void push(struct arena *arena, struct str **names, size_t *count, size_t *cap,
                 struct str name)
{
    if (*count == *cap) {
        size_t more = *cap > 0 ? *cap * 2 : 8;
        *names = arena_grow(arena, *names, *cap * sizeof **names, more * sizeof **names);
        *cap = more;
    }
    (*names)[(*count)++] = name;
}

void feel_scope_add(struct feel_scope *scope, struct str name)
{
    push(scope->arena, &scope->names, &scope->count, &scope->cap, name);
}

/* What the lexer takes for one word needs no dictionary. */
static bool is_one_word(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (strchr(" \t\n./-'+*", name.ptr[i]) != NULL)
            return false;
    return name.len > 0 && (name.ptr[0] < '0' || name.ptr[0] > '9');
}

void feel_scope_add_member(struct feel_scope *scope, struct str name)
{
    struct feel_scope *root = scope->root;

    if (is_one_word(name) || root->member_count == MEMBERS_MAX)
        return;
    for (size_t i = 0; i < root->member_count; i++)
        if (str_equal(root->members[i], name))
            return;
    push(root->arena, &root->members, &root->member_count, &root->member_cap, name);
}

static bool goes_on(struct str rest)
{
    unsigned char c = rest.len > 0 ? (unsigned char)rest.ptr[0] : ' ';

    return c >= 128 || c == '_' || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

size_t feel_scope_match_one(const struct feel_token *tokens, struct str name)
{
    size_t count = 0;

    for (;;) {
        while (name.len > 0 && name.ptr[0] == ' ')
            name = str_slice(name, 1, name.len);
        if (name.len == 0)
            return count;
        const struct feel_token *token = &tokens[count];
        if (token->kind == FEEL_TOKEN_END || token->kind == FEEL_TOKEN_STRING ||
            token->kind == FEEL_TOKEN_AT || !str_starts(name, token->source))
            return 0;
        name = str_slice(name, token->source.len, name.len);
        if (token->kind == FEEL_TOKEN_WORD && goes_on(name))
            return 0;
        count++;
    }
}

static void best_of(const struct str *names, size_t count, const struct feel_token *tokens,
                    size_t *best, struct str *name)
{
    for (size_t i = 0; i < count; i++) {
        size_t taken = feel_scope_match_one(tokens, names[i]);
        if (taken > *best) {
            *best = taken;
            *name = names[i];
        }
    }
}

size_t feel_scope_match(const struct feel_scope *scope, const struct feel_token *tokens,
                        bool with_members, struct str *name)
{
    size_t best = 0;

    for (const struct feel_scope *at = scope; at != NULL; at = at->outer)
        best_of(at->names, at->count, tokens, &best, name);
    if (with_members && scope != NULL)
        best_of(scope->root->members, scope->root->member_count, tokens, &best, name);
    return best;
}

size_t feel_scope_match_member(const struct feel_scope *scope, const struct feel_token *tokens,
                               struct str *name)
{
    /* The properties of FEEL's own values that have several words. */
    static const struct str OWN[] = {STR_INIT("time offset"), STR_INIT("start included"),
                                     STR_INIT("end included")};
    size_t best = 0;

    best_of(OWN, ARRAY_LEN(OWN), tokens, &best, name);

    if (scope != NULL)
        best_of(scope->root->members, scope->root->member_count, tokens, &best, name);
    return best;
}

struct str feel_scope_normalize(struct arena *arena, struct str name)
{
    struct buf buf = {.arena = arena};
    bool has_gap = false;

    for (struct str rest = name; rest.len > 0;) {
        uint32_t code = utf8_next(&rest);
        bool is_space = code == ' ' || (code >= 9 && code <= 13) || code == 0xa0;
        if (!is_space && has_gap && buf.len > 0)
            buf_char(&buf, ' ');
        if (!is_space)
            utf8_put(&buf, code);
        has_gap = is_space;
    }
    return buf_str(&buf);
}
