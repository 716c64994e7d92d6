#include "document/letter_picture.h"

#include "core/arena.h"
#include "xml/xml_tree.h"

#define MARK     STR(LETTER_PICTURE_MARK)
#define PNG_HEAD "\x89PNG\r\n\x1a\n"

struct search {
    struct str marked; /* of the frame with the mark */
    int shown;         /* how often that picture is shown: counted when it is known */
    int marks;
};

static struct str value(const struct xml_tree *element, const char *name)
{
    for (size_t i = 0; i < element->count; i++)
        if (str_equal(element->attributes[i].name, str_from_z(name)))
            return element->attributes[i].value;
    return (struct str){0};
}

static bool is_named(const struct xml_tree *element, const char *name)
{
    return str_equal(element->name, str_from_z(name));
}

/* draw:name, svg:title and svg:desc: where office suites put what people call a picture. */
static bool has_mark(const struct xml_tree *frame)
{
    if (str_equal(str_trim(value(frame, "name")), MARK))
        return true;
    for (const struct xml_tree *one = frame->first; one != NULL; one = one->next)
        if ((is_named(one, "title") || is_named(one, "desc")) &&
            str_equal(str_trim(one->text), MARK))
            return true;
    return false;
}

static struct str picture_of(const struct xml_tree *frame)
{
    for (const struct xml_tree *one = frame->first; one != NULL; one = one->next)
        if (is_named(one, "image")) {
            struct str name = value(one, "href");

            return str_starts(name, STR("./")) ? str_slice(name, 2, name.len) : name;
        }
    return (struct str){0};
}

/* The tree has a bounded depth. */
static void look(struct search *search, const struct xml_tree *element, bool is_counting)
{
    if (is_named(element, "frame")) {
        struct str picture = picture_of(element);

        if (is_counting)
            search->shown += picture.len > 0 && str_equal(picture, search->marked);
        else if (has_mark(element)) {
            search->marks++;
            search->marked = picture;
        }
    }
    for (const struct xml_tree *one = element->first; one != NULL; one = one->next)
        look(search, one, is_counting);
}

/* Both files have been read before, so their XML is fine. */
static bool look_in(struct arena *arena, const struct odt_zip *zip, struct search *search,
                    bool is_counting, struct err *err)
{
    static const char *const PARTS[] = {"content.xml", "styles.xml"};
    struct xml_tree *root;

    for (size_t i = 0; i < ARRAY_LEN(PARTS); i++) {
        const struct odt_zip_entry *entry = odt_zip_find(zip, str_from_z(PARTS[i]));

        if (entry == NULL)
            continue;
        if (!xml_tree_parse(arena, entry->bytes, NULL, &root, err))
            return err_while(err, "%s", PARTS[i]);
        look(search, root, is_counting);
    }
    return true;
}

static bool mentions(const struct odt_zip *zip, const char *part)
{
    const struct odt_zip_entry *entry = odt_zip_find(zip, str_from_z(part));

    return entry != NULL && str_find(entry->bytes, MARK) < entry->bytes.len;
}

static bool check(const struct odt_zip *zip, const struct search *search, struct err *err)
{
    const struct odt_zip_entry *picture = odt_zip_find(zip, search->marked);

    if (search->marks > 1)
        return err_set(err, ERR_INPUT, "more than one picture is called " LETTER_PICTURE_MARK);
    if (picture == NULL || !str_starts(picture->bytes, STR(PNG_HEAD)))
        return err_set(err, ERR_INPUT,
                       "the picture called " LETTER_PICTURE_MARK
                       " is no PNG inside the letter: insert any PNG file, not as a link");
    return search->shown == 1 || err_set(err, ERR_INPUT,
                                         "the picture called " LETTER_PICTURE_MARK
                                         " is shown elsewhere in the letter, too: insert one of "
                                         "its own");
}

bool letter_picture_find(const struct odt_zip *zip, struct str *name, struct err *err)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct search search = {0};
    const struct odt_zip_entry *entry;

    *name = (struct str){0};
    if (!mentions(zip, "content.xml") && !mentions(zip, "styles.xml"))
        return true;
    if (!look_in(scratch, zip, &search, false, err))
        return false;
    if (search.marks == 0)
        return true; /* it stands in the text: the address */
    if (!look_in(scratch, zip, &search, true, err) || !check(zip, &search, err))
        return false;
    entry = odt_zip_find(zip, search.marked);
    *name = entry->name;
    return true;
}
