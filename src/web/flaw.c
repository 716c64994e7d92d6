#include "web/flaw.h"

/* Sentences by the flaw's id; %s is its detail.  They are translated in ui/i18n. */
static const struct {
    const char *id;
    const char *text;
} TEXTS[] = {
    {"additionalProperties", "There is no such field."},
    {"code", "There is no such value in the list."},
    {"code-date", "This value of the list is not valid on that date: %s."},
    {"ended", "The state address register no longer has this object: it ended on %s."},
    {"enum", "Choose one of the values offered."},
    {"exclusiveMaximum", "It must be less than %s."},
    {"exclusiveMinimum", "It must be more than %s."},
    {"geometry", "The place on the map is not right: %s."},
    {"maxItems", "There are too many entries; at most %s."},
    {"maxLength", "It is too long; at most %s characters."},
    {"maximum", "It must be %s at most."},
    {"minItems", "There are too few entries; at least %s."},
    {"minLength", "It is too short; at least %s characters."},
    {"minimum", "It must be %s at least."},
    {"multipleOf", "Too many digits after the point; the smallest step is %s."},
    {"order", "The first day must be before the last one."},
    {"pattern", "It is not written in the right form."},
    {"ref", "Choose a record that exists."},
    {"repeat", "Line %s of this file speaks of the same record; of the two that one counts."},
    {"required", "Fill this in."},
    {"type", "This is not the right kind of value."},
    {"uniqueItems", "The same entry stands here twice."},
};

static const struct {
    const char *name;
    const char *text;
} FORMATS[] = {
    {"bik", "A BIK has 9 digits."},
    {"cadastral-number", "A cadastral number looks like 24:50:0400012:318."},
    {"date", "Write the date as day, month and year: 09.03.2026."},
    {"date-time", "Write the date and time as 2026-03-09T10:30:00+03:00."},
    {"email", "Write an e-mail address: name@example.org."},
    {"inn", "An INN has 10 or 12 digits, and its check digits must be right."},
    {"inn-organization", "An organisation's INN has 10 digits, the last is a check digit."},
    {"inn-person", "A person's INN has 12 digits, the last two are check digits."},
    {"kpp", "A KPP has 9 characters."},
    {"ogrn", "An OGRN has 13 digits, the last is a check digit."},
    {"ogrnip", "An OGRNIP has 15 digits, the last is a check digit."},
    {"oktmo", "An OKTMO code has 8 or 11 digits."},
    {"phone", "Write the telephone number with its code: +7 000 123-45-67."},
    {"postcode", "A postcode has 6 digits."},
    {"snils", "A SNILS has 11 digits, the last two are check digits."},
    {"uuid", "An identifier looks like 6f9619ff-8b86-d011-b42d-00cf4fc964ff."},
};

static struct str format_sentence(struct str name)
{
    for (size_t i = 0; i < ARRAY_LEN(FORMATS); i++)
        if (str_equal(str_from_z(FORMATS[i].name), name))
            return str_from_z(FORMATS[i].text);
    return STR("It is not written in the right form.");
}

static struct str sentence(const struct flaw *flaw)
{
    if (str_equal(str_from_z(flaw->id), STR("format")))
        return format_sentence(flaw->detail);
    if (str_equal(str_from_z(flaw->id), STR("type")) && str_equal(flaw->detail, STR("number")))
        return STR("Write a number with digits: 1234,5.");
    if (str_equal(str_from_z(flaw->id), STR("type")) && str_equal(flaw->detail, STR("integer")))
        return STR("Write a whole number with digits.");
    for (size_t i = 0; i < ARRAY_LEN(TEXTS); i++)
        if (str_equal(str_from_z(TEXTS[i].id), str_from_z(flaw->id)))
            return str_from_z(TEXTS[i].text);
    return STR("This value does not fit.");
}

struct str flaw_text(const struct request *request, const struct flaw *flaw)
{
    struct str text = request_text(request, sentence(flaw));
    struct buf out = {.arena = request->arena};
    size_t at = str_find(text, STR("%s"));

    buf_add(&out, str_slice(text, 0, at));
    if (at < text.len) {
        buf_add(&out, flaw->detail);
        buf_add(&out, str_slice(text, at + 2, text.len));
    }
    return buf_str(&out);
}
