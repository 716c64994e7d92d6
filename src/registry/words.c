#include "registry/words.h"

#include <pthread.h>
#include <stdlib.h>

#include <libstemmer.h>

#include "core/arena.h"
#include "core/utf8.h"

enum {
    WORD_MAX = 96, /* bytes; a longer run of letters is no word people look for */
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

/* Takes the next run of letters and digits off *rest, folded into word. */
static bool next_word(struct str *rest, struct buf *word)
{
    struct str run = {0};

    while (rest->len > 0) {
        struct str before = *rest;

        if (is_word_code(utf8_next(rest))) {
            if (run.len == 0)
                run.ptr = before.ptr;
            run.len += before.len - rest->len;
        } else if (run.len > 0) {
            break;
        }
    }
    word->len = 0;
    utf8_fold(word, run);
    return run.len > 0;
}

static struct str find_synonym(const struct map *synonyms, struct str word)
{
    const struct str *other = synonyms == NULL ? NULL : map_find(synonyms, word);

    return other == NULL ? word : *other;
}

static void put_word(struct words *words, const struct map *synonyms, struct buf *buf,
                     struct str word)
{
    word = find_synonym(synonyms, word);
    if (word.len == 0 || word.len > WORD_MAX)
        return;
    buf_add(buf, stem(words, word));
    buf_char(buf, ' ');
}

/* "12а": where the letters begin, when there are one or two behind digits; else 0. */
static size_t letter_part(struct str word)
{
    size_t digits = 0;

    while (digits < word.len && word.ptr[digits] >= '0' && word.ptr[digits] <= '9')
        digits++;
    if (digits == 0 || digits == word.len || utf8_length(str_slice(word, digits, word.len)) > 2)
        return 0;
    return digits;
}

void words_add(struct words *words, const struct map *synonyms, struct buf *buf, struct str text)
{
    char room[4 * WORD_MAX];
    struct buf word = {.ptr = room, .cap = sizeof room, .arena = buf->arena};
    struct str rest = text.len > WORDS_TEXT_MAX ? utf8_head(text, WORDS_TEXT_MAX / 4) : text;

    while (next_word(&rest, &word)) {
        struct str found = buf_str(&word);
        size_t letters = letter_part(found);

        put_word(words, synonyms, buf, found);
        if (letters > 0) {
            put_word(words, synonyms, buf, str_slice(found, 0, letters));
            put_word(words, synonyms, buf, str_slice(found, letters, found.len));
        }
    }
}

size_t words_ask(struct words *words, const struct map *synonyms, struct arena *arena,
                 struct str text, struct str list[WORDS_ASK_MAX], bool *is_prefix)
{
    struct buf word = {.arena = arena};
    struct str rest = text;
    size_t count = 0;

    *is_prefix = false;
    while (count < WORDS_ASK_MAX && next_word(&rest, &word)) {
        struct str found = find_synonym(synonyms, buf_str(&word));

        if (found.len == 0 || found.len > WORD_MAX)
            continue;
        *is_prefix = rest.len == 0 && !(found.ptr[0] >= '0' && found.ptr[0] <= '9');
        list[count++] = str_copy(arena, stem(words, found));
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
