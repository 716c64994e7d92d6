/*
 * The words of texts as the search index keeps them: folded, stemmed by Snowball's
 * Russian and English rules (libstemmer); words with Kyrgyz letters stay as they are.
 * Letters and digits are parted ("д5к2" is д 5 к 2), but for the letter of a house: the
 * text "12а" or "12 а" has the words 12, а and 12а; the question "12а" asks for 12а.
 *
 * Packs may bring words/<any>.txt: a line "улица: ул" makes "ул" the word "улица"; a line
 * "-: город г" leaves those words out, in texts and in questions alike.
 */
#pragma once

#include "core/buf.h"
#include "core/map.h"

enum {
    WORDS_ASK_MAX = 12,         /* words of a question; more are passed over */
    WORDS_TEXT_MAX = 64 * 1024, /* bytes of a record's text that are indexed */
};

struct words;

/* One for the present thread, made at first use and freed with the thread. */
struct words *words_mine(void);
/* Reads a pack's file of synonyms into map (folded word → struct str). */
void words_read_synonyms(struct map *synonyms, struct str text);
/* Appends the words of text to buf, each followed by a space. synonyms may be NULL. */
void words_add(struct words *words, const struct map *synonyms, struct buf *buf, struct str text);
/*
 * The words of a question; *is_prefix: the last one may go on (it is no number and no
 * space stands behind it).
 */
size_t words_ask(struct words *words, const struct map *synonyms, struct arena *arena,
                 struct str text, struct str list[WORDS_ASK_MAX], bool *is_prefix);
