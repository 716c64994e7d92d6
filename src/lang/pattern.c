#include "lang/pattern.h"

#include <string.h>

#include "core/arena.h"
#include "core/utf8.h"
#include "lang/charset.h"

/*
 * The pattern is read into a tree, the tree is written out as steps of a machine (Thompson
 * 1968), and the machine is in all its states at once.
 *
 * 1. Each step enters the set of states at most once per character, so a character costs
 *    at most PATTERN_STEPS_MAX.
 * 2. A repetition is written out as copies of its tree; step_add refuses what grows too long.
 */

enum {
    WORK_MAX = 10 * PATTERN_STEPS_MAX,
};

enum node_kind {
    NODE_EMPTY,
    NODE_CHAR,
    NODE_SET,
    NODE_BEGIN,
    NODE_END,
    NODE_JOIN,   /* left, then right */
    NODE_EITHER, /* left or right */
    NODE_REPEAT, /* left, low to high times */
};

struct node {
    enum node_kind kind;
    uint32_t code;
    struct charset *set;
    struct node *left;
    struct node *right;
    int low;
    int high; /* -1: without end */
};

enum step_kind {
    STEP_CHAR,
    STEP_SET,
    STEP_BEGIN,
    STEP_END,
    STEP_FORK, /* to both next and other */
    STEP_MATCH,
};

struct step {
    enum step_kind kind;
    uint32_t code;
    const struct charset *set;
    uint16_t next;
    uint16_t other;
};

struct pattern {
    struct step *steps;
    size_t count;
    uint16_t start;
};

struct reader {
    struct arena *arena;   /* for what the pattern keeps */
    struct arena *scratch; /* for the tree */
    size_t work;
    struct str text;
    size_t at;
    int depth;
    struct err *err;
};

static bool fail(struct reader *reader, const char *what)
{
    size_t chars = utf8_length(str_slice(reader->text, 0, reader->at));

    return err_set(reader->err, ERR_INPUT, "the pattern at character %zu: %s", chars + 1, what);
}

static char peek(const struct reader *reader)
{
    return reader->at < reader->text.len ? reader->text.ptr[reader->at] : '\0';
}

static bool take(struct reader *reader, char c)
{
    if (reader->at >= reader->text.len || reader->text.ptr[reader->at] != c)
        return false;
    reader->at++;
    return true;
}

static uint32_t take_code(struct reader *reader)
{
    struct str rest = str_slice(reader->text, reader->at, reader->text.len);
    uint32_t code = utf8_next(&rest);

    reader->at = reader->text.len - rest.len;
    return code;
}

static struct node *node_new(struct reader *reader, enum node_kind kind, struct node *left,
                             struct node *right)
{
    struct node *node = ARENA_NEW(reader->scratch, struct node);

    *node = (struct node){.kind = kind, .left = left, .right = right};
    return node;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly count digits, or 1 to 6 of them and a brace when count is 0. */
static bool read_hex(struct reader *reader, int count, uint32_t *code)
{
    int seen = 0;

    *code = 0;
    for (; seen < (count > 0 ? count : 6) && hex_value(peek(reader)) >= 0; seen++)
        *code = *code * 16 + (uint32_t)hex_value(reader->text.ptr[reader->at++]);
    if (seen == 0 || (count > 0 && seen < count) || (count == 0 && !take(reader, '}')))
        return fail(reader, "a hexadecimal number is expected");
    if (*code > 0x10ffff || (*code >= 0xd800 && *code < 0xe000))
        return fail(reader, "this is no character; write \\u{…} for those beyond FFFF");
    return true;
}

static bool read_property(struct reader *reader, struct charset_part *part)
{
    static const struct {
        const char *name;
        enum charset_kind kind;
    } PROPERTIES[] = {{"{L}", CHARSET_LETTER},
                      {"{Lu}", CHARSET_UPPER},
                      {"{Ll}", CHARSET_LOWER},
                      {"{N}", CHARSET_NUMBER}};
    struct str rest = str_slice(reader->text, reader->at, reader->text.len);

    for (size_t i = 0; i < ARRAY_LEN(PROPERTIES); i++) {
        struct str name = str_from_z(PROPERTIES[i].name);

        if (str_starts(rest, name)) {
            reader->at += name.len;
            part->kind = PROPERTIES[i].kind;
            return true;
        }
    }
    return fail(reader, "only \\p{L}, \\p{Lu}, \\p{Ll} and \\p{N} are known");
}

static bool escape_char(struct reader *reader, char c, uint32_t *code)
{
    static const char FROM[] = "tnrfv";
    static const char TO[] = "\t\n\r\f\v";
    const char *at = c != '\0' ? strchr(FROM, c) : NULL;

    if (at != NULL) {
        *code = (uint32_t)TO[at - FROM];
        return true;
    }
    if (c == 'x')
        return read_hex(reader, 2, code);
    if (c == 'u')
        return read_hex(reader, take(reader, '{') ? 0 : 4, code);
    if (c != '\0' && strchr("^$\\.*+?()[]{}|/-", c) != NULL) {
        *code = (uint32_t)c;
        return true;
    }
    return fail(reader, "this escape is not understood (no back references, no \\b)");
}

/* Behind a backslash: a set of characters, or one character (a range of one). */
static bool read_escape(struct reader *reader, struct charset_part *part)
{
    static const char SETS[] = "dDwWsSpP";
    static const enum charset_kind KINDS[] = {CHARSET_DIGIT, CHARSET_WORD, CHARSET_SPACE,
                                              CHARSET_LETTER};
    char c = peek(reader);
    const char *at = c != '\0' ? strchr(SETS, c) : NULL;

    *part = (struct charset_part){0};
    if (reader->at < reader->text.len)
        reader->at++;
    if (at == NULL) {
        if (!escape_char(reader, c, &part->low))
            return false;
        part->high = part->low;
        return true;
    }
    part->kind = KINDS[(at - SETS) / 2];
    part->is_negated = (at - SETS) % 2 == 1;
    return (c != 'p' && c != 'P') || read_property(reader, part);
}

static bool read_set_part(struct reader *reader, struct charset_part *part)
{
    if (reader->at >= reader->text.len)
        return fail(reader, "] is missing");
    if (take(reader, '\\'))
        return read_escape(reader, part);
    if (peek(reader) == '[')
        return fail(reader, "write \\[ within brackets");
    uint32_t code = take_code(reader);
    *part = (struct charset_part){.low = code, .high = code};
    return true;
}

static bool read_set(struct reader *reader, struct node **node)
{
    struct charset *set = ARENA_NEW(reader->arena, struct charset);

    set->is_negated = take(reader, '^');
    while (!take(reader, ']')) {
        struct charset_part part;
        struct charset_part end;

        if (!read_set_part(reader, &part))
            return false;
        bool is_range = peek(reader) == '-' && reader->at + 1 < reader->text.len &&
                        reader->text.ptr[reader->at + 1] != ']';
        if (is_range) {
            reader->at++;
            if (!read_set_part(reader, &end))
                return false;
            if (part.kind != CHARSET_RANGE || end.kind != CHARSET_RANGE || part.low > end.high)
                return fail(reader, "this is no range of characters");
            part.high = end.high;
        }
        VEC_PUSH(reader->arena, &set->parts, part);
    }
    *node = node_new(reader, NODE_SET, NULL, NULL);
    (*node)->set = set;
    return true;
}

static struct node *set_of_one(struct reader *reader, struct charset_part part)
{
    struct node *node = node_new(reader, NODE_SET, NULL, NULL);

    node->set = ARENA_NEW(reader->arena, struct charset);
    VEC_PUSH(reader->arena, &node->set->parts, part);
    return node;
}

static struct node *char_node(struct reader *reader, uint32_t code)
{
    struct node *node = node_new(reader, NODE_CHAR, NULL, NULL);

    node->code = code;
    return node;
}

static bool read_either(struct reader *reader, struct node **node);

static bool read_group(struct reader *reader, struct node **node)
{
    if (take(reader, '?') && !take(reader, ':'))
        return fail(reader, "of the groups with ? only (?:…) is understood");
    if (++reader->depth > PATTERN_DEPTH_MAX)
        return fail(reader, "too many groups within groups");
    if (!read_either(reader, node))
        return false;
    reader->depth--;
    return take(reader, ')') || fail(reader, ") is missing");
}

static bool read_atom(struct reader *reader, struct node **node)
{
    struct charset_part part;

    if (take(reader, '('))
        return read_group(reader, node);
    if (take(reader, '['))
        return read_set(reader, node);
    if (take(reader, '\\')) {
        if (!read_escape(reader, &part))
            return false;
        *node = part.kind == CHARSET_RANGE ? char_node(reader, part.low) : set_of_one(reader, part);
        return true;
    }
    if (take(reader, '.'))
        *node = set_of_one(reader, (struct charset_part){CHARSET_LINE_END, true, 0, 0});
    else if (take(reader, '^'))
        *node = node_new(reader, NODE_BEGIN, NULL, NULL);
    else if (take(reader, '$'))
        *node = node_new(reader, NODE_END, NULL, NULL);
    else if (peek(reader) != '\0' && strchr("*+?{}]", peek(reader)) != NULL)
        return fail(reader, "this sign repeats nothing; put \\ before it if it is meant itself");
    else
        *node = char_node(reader, take_code(reader));
    return true;
}

static bool read_count(struct reader *reader, int *count)
{
    if (peek(reader) < '0' || peek(reader) > '9')
        return fail(reader, "a number is expected");
    for (*count = 0; peek(reader) >= '0' && peek(reader) <= '9';) {
        *count = *count * 10 + (reader->text.ptr[reader->at++] - '0');
        if (*count > PATTERN_REPEAT_MAX)
            return fail(reader, "over 1000 repetitions");
    }
    return true;
}

/* Sets *low to -1 when nothing is repeated here. */
static bool read_repeat(struct reader *reader, int *low, int *high)
{
    *low = -1;
    *high = -1;
    if (take(reader, '*')) {
        *low = 0;
    } else if (take(reader, '+')) {
        *low = 1;
    } else if (take(reader, '?')) {
        *low = 0;
        *high = 1;
    } else if (take(reader, '{')) {
        if (!read_count(reader, low))
            return false;
        *high = *low;
        if (take(reader, ',')) {
            *high = -1;
            if (peek(reader) != '}' && !read_count(reader, high))
                return false;
        }
        if (!take(reader, '}'))
            return fail(reader, "} is missing");
        if (*high >= 0 && *high < *low)
            return fail(reader, "the numbers in {} are out of order");
    }
    return true;
}

static bool read_piece(struct reader *reader, struct node **node)
{
    int low;
    int high;

    if (!read_atom(reader, node) || !read_repeat(reader, &low, &high))
        return false;
    if (low < 0)
        return true;
    if ((*node)->kind == NODE_BEGIN || (*node)->kind == NODE_END)
        return fail(reader, "^ and $ cannot be repeated");
    take(reader, '?'); /* lazy or not is the same to a yes or no */
    *node = node_new(reader, NODE_REPEAT, *node, NULL);
    (*node)->low = low;
    (*node)->high = high;
    return true;
}

static bool read_join(struct reader *reader, struct node **node)
{
    *node = node_new(reader, NODE_EMPTY, NULL, NULL);
    while (reader->at < reader->text.len && peek(reader) != '|' && peek(reader) != ')') {
        struct node *piece;

        if (!read_piece(reader, &piece))
            return false;
        *node = (*node)->kind == NODE_EMPTY ? piece : node_new(reader, NODE_JOIN, *node, piece);
    }
    return true;
}

static bool read_either(struct reader *reader, struct node **node)
{
    if (!read_join(reader, node))
        return false;
    while (take(reader, '|')) {
        struct node *other;

        if (!read_join(reader, &other))
            return false;
        *node = node_new(reader, NODE_EITHER, *node, other);
    }
    return true;
}

static bool too_long(struct reader *reader)
{
    return err_set(reader->err, ERR_LIMIT,
                   "the pattern is too long when its repetitions are written out");
}

/* Steps are written from the end to the beginning, so each knows what follows it. */
static bool step_add(struct reader *reader, struct pattern *pattern, struct step step,
                     uint16_t *start)
{
    if (pattern->count == PATTERN_STEPS_MAX)
        return too_long(reader);
    pattern->steps[pattern->count] = step;
    *start = (uint16_t)pattern->count++;
    return true;
}

static bool emit(struct reader *reader, struct pattern *pattern, const struct node *node,
                 uint16_t next, uint16_t *start);

/* low copies, then a loop or (high - low) copies that may be left out. */
static bool emit_repeat(struct reader *reader, struct pattern *pattern, const struct node *node,
                        uint16_t next, uint16_t *start)
{
    struct step fork = {.kind = STEP_FORK, .next = next, .other = next};
    uint16_t at = next;

    if (node->high < 0) {
        uint16_t body;

        if (!step_add(reader, pattern, fork, &at) || !emit(reader, pattern, node->left, at, &body))
            return false;
        pattern->steps[at].other = body;
    }
    for (int i = node->low; i < node->high; i++) {
        if (!emit(reader, pattern, node->left, at, &fork.other) ||
            !step_add(reader, pattern, fork, &at))
            return false;
    }
    for (int i = 0; i < node->low; i++)
        if (!emit(reader, pattern, node->left, at, &at))
            return false;
    *start = at;
    return true;
}

static bool emit_either(struct reader *reader, struct pattern *pattern, const struct node *node,
                        uint16_t next, uint16_t *start)
{
    struct step fork = {.kind = STEP_FORK};

    return emit(reader, pattern, node->left, next, &fork.next) &&
           emit(reader, pattern, node->right, next, &fork.other) &&
           step_add(reader, pattern, fork, start);
}

/* Joins lean to the left, so their length is walked, not descended. */
static bool emit_join(struct reader *reader, struct pattern *pattern, const struct node *node,
                      uint16_t next, uint16_t *start)
{
    for (; node->kind == NODE_JOIN; node = node->left)
        if (!emit(reader, pattern, node->right, next, &next))
            return false;
    return emit(reader, pattern, node, next, start);
}

static bool emit(struct reader *reader, struct pattern *pattern, const struct node *node,
                 uint16_t next, uint16_t *start)
{
    struct step step = {.next = next, .code = node->code, .set = node->set};

    /* Repeated emptiness adds no step and would go round for ever. */
    if (++reader->work > WORK_MAX)
        return too_long(reader);
    switch (node->kind) {
    case NODE_EMPTY:
        *start = next;
        return true;
    case NODE_CHAR:
        step.kind = STEP_CHAR;
        break;
    case NODE_SET:
        step.kind = STEP_SET;
        break;
    case NODE_BEGIN:
        step.kind = STEP_BEGIN;
        break;
    case NODE_END:
        step.kind = STEP_END;
        break;
    case NODE_JOIN:
        return emit_join(reader, pattern, node, next, start);
    case NODE_EITHER:
        return emit_either(reader, pattern, node, next, start);
    case NODE_REPEAT:
        return emit_repeat(reader, pattern, node, next, start);
    }
    return step_add(reader, pattern, step, start);
}

bool pattern_compile(struct arena *arena, struct str text, struct pattern **pattern,
                     struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct step steps[PATTERN_STEPS_MAX];
    struct reader reader = {.arena = arena, .scratch = scratch, .text = text, .err = err};
    struct pattern draft = {.steps = steps};
    struct node *root;
    uint16_t match;

    if (text.len > PATTERN_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "the pattern is longer than %d bytes", PATTERN_TEXT_MAX);
    if (!read_either(&reader, &root))
        return false;
    if (reader.at < text.len)
        return fail(&reader, "this ) closes nothing");
    if (!step_add(&reader, &draft, (struct step){.kind = STEP_MATCH}, &match) ||
        !emit(&reader, &draft, root, match, &draft.start))
        return false;

    *pattern = ARENA_NEW(arena, struct pattern);
    **pattern = draft;
    (*pattern)->steps = ARENA_ARRAY(arena, struct step, draft.count);
    memcpy((*pattern)->steps, steps, draft.count * sizeof steps[0]);
    return true;
}

/* The states the machine is in before one character. */
struct states {
    uint16_t at[PATTERN_STEPS_MAX];
    size_t count;
};

struct run {
    const struct pattern *pattern;
    bool is_begin; /* of the text */
    bool is_end;
    bool matched;
    uint32_t turn;
    uint32_t seen[PATTERN_STEPS_MAX]; /* the turn in which a step was entered (invariant 1) */
};

/* Enters a step and whatever is reached from it without taking a character. */
static void enter(struct run *run, struct states *states, uint16_t start)
{
    uint16_t open[2 * PATTERN_STEPS_MAX + 1]; /* a step puts two here, once */
    size_t count = 0;

    open[count++] = start;
    while (count > 0) {
        uint16_t at = open[--count];
        const struct step *step = &run->pattern->steps[at];

        if (run->seen[at] == run->turn)
            continue;
        run->seen[at] = run->turn;
        if (step->kind == STEP_CHAR || step->kind == STEP_SET)
            states->at[states->count++] = at;
        run->matched |= step->kind == STEP_MATCH;
        if (step->kind == STEP_FORK) {
            open[count++] = step->other;
            open[count++] = step->next;
        }
        if ((step->kind == STEP_BEGIN && run->is_begin) || (step->kind == STEP_END && run->is_end))
            open[count++] = step->next;
    }
}

static void step_over(struct run *run, const struct states *from, struct states *to, uint32_t code)
{
    for (size_t i = 0; i < from->count; i++) {
        const struct step *step = &run->pattern->steps[from->at[i]];

        if (step->kind == STEP_CHAR ? step->code == code : charset_has(step->set, code))
            enter(run, to, step->next);
    }
}

bool pattern_matches(const struct pattern *pattern, struct str text)
{
    struct states sets[2];
    struct states *now = &sets[0];
    struct states *then = &sets[1];
    struct run run;

    run.pattern = pattern;
    run.turn = 1;
    run.matched = false;
    run.is_begin = true;
    run.is_end = text.len == 0;
    memset(run.seen, 0, pattern->count * sizeof run.seen[0]);
    now->count = 0;
    enter(&run, now, pattern->start);

    while (!run.matched && text.len > 0) {
        uint32_t code = utf8_next(&text);
        struct states *spare = now;

        run.turn++;
        run.is_begin = false;
        run.is_end = text.len == 0;
        then->count = 0;
        step_over(&run, now, then, code);
        enter(&run, then, pattern->start); /* the match may begin at any character */
        now = then;
        then = spare;
    }
    return run.matched;
}
