#include "registry/words.h"

#include <pthread.h>
#include <stdlib.h>

#include <libstemmer.h>

#include "core/arena.h"
#include "core/utf8.h"

enum {
    WORD_MAX = 96, /* bytes; a longer run of letters is no word people look for */
    PARTS_MAX = 4, /* "д5к2" */
};

struct words {
    struct sb_stemmer *russian;
    struct sb_stemmer *english;
};

static pthread_key_t mine;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void close_words(void *data)
{
    struct words *words = data;

    sb_stemmer_delete(words->russian);
    sb_stemmer_delete(words->english);
    free(words); /* thread-local, so no arena can own it */
}

static void make_key(void)
{
    if (pthread_key_create(&mine, close_words) != 0)
        abort();
}

struct words *words_mine(void)
{
    pthread_once(&once, make_key);

    struct words *words = pthread_getspecific(mine);
    if (words == NULL) {
        words = calloc(1, sizeof *words);
        if (words == NULL)
            abort();
        words->russian = sb_stemmer_new("russian", "UTF_8");
        words->english = sb_stemmer_new("english", "UTF_8");
        pthread_setspecific(mine, words);
    }
    return words;
}

static bool is_kyrgyz(struct str word)
{
    return str_find(word, STR("ң")) < word.len || str_find(word, STR("ө")) < word.len ||
           str_find(word, STR("ү")) < word.len;
}

static struct str stem(struct words *words, struct str word)
{
    struct sb_stemmer *stemmer =
        (unsigned char)word.ptr[0] < 0x80 ? words->english : words->russian;

    if (word.ptr[0] >= '0' && word.ptr[0] <= '9')
        return word;
    if (is_kyrgyz(word))
        return word;

    const sb_symbol *text = sb_stemmer_stem(stemmer, (const sb_symbol *)word.ptr, (int)word.len);
    return (struct str){(const char *)text, (size_t)sb_stemmer_length(stemmer)};
}

static bool is_word_code(uint32_t code)
{
    return utf8_is_letter(code) || utf8_is_digit(code);
}

/*
 * Runs of letters and digits are parted where one goes over into the other: "5к2" is
 * 5, к, 2.  Runs of many parts are names of machines' making (UUIDs) and stay whole.
 */
struct scan {
    struct str rest; /* behind the run */
    struct str run;  /* what is left of the present run */
    bool is_whole;
    bool is_glued; /* the part stands right behind the one before it */
};

static struct str cut_run(struct str *rest)
{
    struct str run = {0};

    while (rest->len > 0) {
        struct str before = *rest;

        if (is_word_code(utf8_next(rest))) {
            if (run.len == 0)
                run.ptr = before.ptr;
            run.len += before.len - rest->len;
        } else if (run.len > 0) {
            *rest = before; /* what stands behind a question's last word matters */
            break;
        }
    }
    return run;
}

static bool is_number(struct str word)
{
    return word.len > 0 && word.ptr[0] >= '0' && word.ptr[0] <= '9';
}

static struct str cut_part(struct str *run)
{
    bool is_digits = is_number(*run);
    struct str part = {run->ptr, 0};

    while (part.len < run->len && is_number(str_slice(*run, part.len, 1)) == is_digits)
        part.len++;
    *run = str_slice(*run, part.len, run->len);
    return part;
}

static bool has_many_parts(struct str run)
{
    int parts = 0;

    while (run.len > 0 && parts <= PARTS_MAX) {
        cut_part(&run);
        parts++;
    }
    return parts > PARTS_MAX;
}

/* The next part; empty at the end. */
static struct str next_part(struct scan *scan)
{
    struct str part = scan->run;

    scan->is_glued = scan->run.len > 0;
    if (!scan->is_glued) {
        scan->run = cut_run(&scan->rest);
        scan->is_whole = has_many_parts(scan->run);
        part = scan->run;
    }
    if (!scan->is_whole)
        return cut_part(&scan->run);
    scan->run = (struct str){0};
    return part;
}

/* The letter of a house ("12а", "12 а"), and not of a part of it ("5к2", "5 к 2"). */
static bool is_letter_of(const struct scan *scan, struct str number, struct str part)
{
    struct scan ahead = *scan;
    size_t length;

    if (!is_number(number) || part.len == 0 || is_number(part) || scan->is_whole)
        return false;
    length = utf8_length(part);
    return length <= (scan->is_glued ? 2 : 1) && !is_number(next_part(&ahead));
}

static struct str find_synonym(const struct map *synonyms, struct str word)
{
    const struct str *other = synonyms == NULL ? NULL : map_find(synonyms, word);

    return other == NULL ? word : *other;
}

static void put_word(struct words *words, struct buf *buf, struct str word)
{
    if (word.len == 0 || word.len > WORD_MAX)
        return;
    buf_add(buf, stem(words, word));
    buf_char(buf, ' ');
}

void words_add(struct words *words, const struct map *synonyms, struct buf *buf, struct str text)
{
    char room[4 * WORD_MAX];
    struct buf word = {.ptr = room, .cap = sizeof room, .arena = buf->arena};
    struct scan scan = {.rest =
                            text.len > WORDS_TEXT_MAX ? utf8_head(text, WORDS_TEXT_MAX / 4) : text};
    struct str before = {0};

    for (struct str part = next_part(&scan); part.len > 0; part = next_part(&scan)) {
        bool is_letter = is_letter_of(&scan, before, part);

        word.len = 0;
        utf8_fold(&word, part);
        /* "12г": the letter is no abbreviation of a town, as it is in "12, г. Москва". */
        put_word(words, buf,
                 is_letter && scan.is_glued ? buf_str(&word)
                                            : find_synonym(synonyms, buf_str(&word)));
        if (is_letter) {
            word.len = 0;
            buf_add(&word, before);
            utf8_fold(&word, part);
            put_word(words, buf, buf_str(&word));
        }
        before = part;
    }
}

size_t words_ask(struct words *words, const struct map *synonyms, struct arena *arena,
                 struct str text, struct str list[WORDS_ASK_MAX], bool *is_prefix)
{
    struct buf word = {.arena = arena};
    struct scan scan = {.rest = text};
    struct str before = {0}; /* the part that is the last word of the list; else empty */
    size_t count = 0;

    *is_prefix = false;
    for (struct str part = next_part(&scan); part.len > 0; part = next_part(&scan)) {
        bool is_letter = is_letter_of(&scan, before, part);
        struct str found;

        word.len = 0;
        utf8_fold(&word, part);
        found = find_synonym(synonyms, buf_str(&word));
        if (is_letter && (scan.is_glued || str_equal(found, buf_str(&word)))) {
            list[count - 1] =
                str_printf(arena, "%.*s%.*s", STR_ARG(before), STR_ARG(buf_str(&word)));
            before = (struct str){0};
            continue;
        }
        before = (struct str){0};
        if (found.len == 0 || found.len > WORD_MAX)
            continue;
        if (count == WORDS_ASK_MAX)
            break;
        *is_prefix = scan.rest.len == 0 && scan.run.len == 0 && !is_number(found);
        list[count++] = str_copy(arena, stem(words, found));
        before = part;
    }
    return count;
}

void words_read_synonyms(struct map *synonyms, struct str text)
{
    while (text.len > 0) {
        struct str others = str_cut(&text, '\n');
        struct str head = str_trim(str_cut(&others, ':'));
        struct str *target = ARENA_NEW(synonyms->arena, struct str);

        if (head.len == 0 || head.ptr[0] == '#')
            continue;
        if (!str_equal(head, STR("-"))) {
            struct buf folded = {.arena = synonyms->arena};

            utf8_fold(&folded, head);
            *target = buf_str(&folded);
        }
        for (others = str_trim(others); others.len > 0; others = str_trim(others)) {
            struct buf folded = {.arena = synonyms->arena};

            utf8_fold(&folded, str_cut(&others, ' '));
            map_put(synonyms, buf_str(&folded), target);
        }
    }
}
