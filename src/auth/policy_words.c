#include "auth/policy_words.h"

#include "auth/policy.h"

struct word {
    const char *text;
    unsigned bit;
};

static unsigned bit_of(const struct word *words, size_t count, struct str text)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(str_from_z(words[i].text), text))
            return words[i].bit;
    return 0;
}

unsigned policy_action_of(struct str word)
{
    static const struct word WORDS[] = {
        {"read", POLICY_READ},       {"create", POLICY_CREATE}, {"change", POLICY_CHANGE},
        {"delete", POLICY_DELETE},   {"import", POLICY_IMPORT}, {"export", POLICY_EXPORT},
        {"history", POLICY_HISTORY},
    };

    return bit_of(WORDS, ARRAY_LEN(WORDS), word);
}

unsigned policy_class_of(struct str word)
{
    static const struct word WORDS[] = {
        {"public", POLICY_PUBLIC},
        {"internal", POLICY_INTERNAL},
        {"personal", POLICY_PERSONAL},
        {"secret", POLICY_SECRET},
    };

    return bit_of(WORDS, ARRAY_LEN(WORDS), word);
}

unsigned policy_admin_of(struct str word)
{
    static const struct word WORDS[] = {
        {"users", POLICY_USERS},         {"packs", POLICY_PACKS},
        {"journal", POLICY_JOURNAL},     {"jobs", POLICY_JOBS},
        {"settings", POLICY_SETTINGS},   {"identify", POLICY_IDENTIFY},
        {"documents", POLICY_DOCUMENTS},
    };

    return bit_of(WORDS, ARRAY_LEN(WORDS), word);
}

unsigned policy_process_of(struct str word)
{
    static const struct word WORDS[] = {
        {"begin", POLICY_BEGIN},
        {"watch", POLICY_WATCH},
        {"manage", POLICY_MANAGE},
        {"assign", POLICY_ASSIGN},
    };

    return bit_of(WORDS, ARRAY_LEN(WORDS), word);
}

unsigned policy_pack_of(struct str word)
{
    static const struct word WORDS[] = {
        {"draw", POLICY_DRAW},
        {"live", POLICY_LIVE},
    };

    return bit_of(WORDS, ARRAY_LEN(WORDS), word);
}

bool policy_pattern_fits(struct str pattern, struct str full_name)
{
    if (str_equal(pattern, STR("*")))
        return true;
    if (str_ends(pattern, STR(".*")))
        return str_starts(full_name, str_slice(pattern, 0, pattern.len - 1));
    return pattern.len > 0 && str_equal(pattern, full_name);
}
