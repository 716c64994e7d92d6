#include "workflow/dmn_edit.h"

#include "core/buf.h"
#include "core/vec.h"
#include "xml/xml_edit.h"

enum {
    IDS_MAX = 100000, /* tried for a new rule */
};

static bool is_named(const struct xml_edit_element *element, const struct xml_edit_element *like,
                     const char *name)
{
    return str_equal(element->name, str_from_z(name)) && str_equal(element->space, like->space);
}

static struct str text_in(const struct xml_edit *xml, const struct xml_edit_element *element)
{
    const struct xml_edit_element *text = element == NULL ? NULL : xml_edit_child(element, "text");

    return text == NULL ? STR("") : str_trim(xml_edit_content(xml, text));
}

static struct str title_of(const struct xml_edit *xml, const struct xml_edit_element *column,
                           bool is_output)
{
    struct str title = xml_edit_value(xml, column, STR(""), "label");

    if (title.len == 0 && is_output)
        title = xml_edit_value(xml, column, STR(""), "name");
    if (title.len == 0 && !is_output)
        title = text_in(xml, xml_edit_child(column, "inputExpression"));
    return title;
}

/* The entries of a rule, inputs first as the standard has them. */
static const struct xml_edit_element *next_entry(const struct xml_edit_element *rule,
                                                 const struct xml_edit_element *one)
{
    for (one = one == NULL ? rule->first : one->next; one != NULL; one = one->next)
        if (is_named(one, rule, "inputEntry") || is_named(one, rule, "outputEntry"))
            return one;
    return NULL;
}

static size_t count_named(const struct xml_edit_element *table, const char *name)
{
    size_t count = 0;

    for (const struct xml_edit_element *one = table->first; one != NULL; one = one->next)
        count += is_named(one, table, name);
    return count;
}

static void read_columns(struct arena *arena, const struct xml_edit *xml,
                         const struct xml_edit_element *element, struct dmn_edit_table *table)
{
    table->columns = ARENA_ARRAY(arena, struct dmn_edit_column,
                                 count_named(element, "input") + count_named(element, "output"));
    for (int is_output = 0; is_output < 2; is_output++)
        for (const struct xml_edit_element *one = element->first; one != NULL; one = one->next)
            if (is_named(one, element, is_output ? "output" : "input"))
                table->columns[table->column_count++] =
                    (struct dmn_edit_column){title_of(xml, one, is_output), is_output};
}

static void read_cells(struct arena *arena, const struct xml_edit *xml,
                       const struct xml_edit_element *element, struct dmn_edit_table *table)
{
    table->cells = ARENA_ARRAY(arena, struct str,
                               (count_named(element, "rule") + 1) * (table->column_count + 1));
    for (const struct xml_edit_element *rule = element->first; rule != NULL; rule = rule->next) {
        const struct xml_edit_element *entry = NULL;

        if (!is_named(rule, element, "rule"))
            continue;
        for (size_t i = 0; i < table->column_count; i++) {
            if (i == 0 || entry != NULL)
                entry = next_entry(rule, entry);
            table->cells[table->rule_count * table->column_count + i] = text_in(xml, entry);
        }
        table->rule_count++;
    }
}

/* The table of a decision; NULL when its logic is something else. */
static const struct xml_edit_element *table_of(const struct xml_edit_element *root,
                                               const struct xml_edit_element *decision)
{
    return is_named(decision, root, "decision") ? xml_edit_child(decision, "decisionTable") : NULL;
}

bool dmn_edit_read(struct arena *arena, struct str text, struct dmn_edit_table **tables,
                   size_t *count, struct err *err)
{
    VEC(struct dmn_edit_table) found = {0};
    struct xml_edit *xml;

    if (!xml_edit_open(arena, text, &xml, err))
        return false;
    const struct xml_edit_element *root = xml_edit_root(xml);
    for (const struct xml_edit_element *one = root->first; one != NULL; one = one->next) {
        const struct xml_edit_element *element = table_of(root, one);
        struct dmn_edit_table table = {.id = xml_edit_value(xml, one, STR(""), "id"),
                                       .name = xml_edit_value(xml, one, STR(""), "name")};

        if (element == NULL)
            continue;
        table.policy = xml_edit_value(xml, element, STR(""), "hitPolicy");
        if (table.policy.len == 0)
            table.policy = STR("UNIQUE");
        read_columns(arena, xml, element, &table);
        read_cells(arena, xml, element, &table);
        VEC_PUSH(arena, &found, table);
    }
    *tables = found.items;
    *count = found.count;
    return true;
}

static void put_entry(struct xml_edit *xml, const struct xml_edit_element *entry, struct str value)
{
    const struct xml_edit_element *text = xml_edit_child(entry, "text");

    if (str_equal(text_in(xml, entry), value))
        return;
    if (text != NULL)
        xml_edit_put_text(xml, text, value);
    else
        xml_edit_add(xml, entry, true, "text", STR(""), value);
}

static struct str new_id(struct arena *arena, const struct xml_edit *xml, struct str table)
{
    struct str id = {0};

    for (int i = 1; i < IDS_MAX; i++) {
        id = str_printf(arena, "%.*s_rule_%d", STR_ARG(table), i);
        if (xml_edit_find(xml, id) == NULL)
            break;
    }
    return id;
}

/* "-" takes anything; what comes out has to be filled in. */
static void add_rule(struct arena *arena, struct xml_edit *xml,
                     const struct xml_edit_element *element, struct str decision)
{
    struct str id = new_id(arena, xml, decision);
    struct str rule = xml_edit_qualify(xml, element, "rule");
    struct str text = xml_edit_qualify(xml, element, "text");
    struct buf out = {.arena = arena};
    size_t inputs = count_named(element, "input");
    size_t all = inputs + count_named(element, "output");

    buf_printf(&out, "<%.*s id=\"%.*s\">", STR_ARG(rule), STR_ARG(id));
    for (size_t i = 0; i < all; i++) {
        struct str entry =
            xml_edit_qualify(xml, element, i < inputs ? "inputEntry" : "outputEntry");

        buf_printf(&out, "<%.*s id=\"%.*s_%zu\"><%.*s>%s</%.*s></%.*s>", STR_ARG(entry),
                   STR_ARG(id), i + 1, STR_ARG(text), i < inputs ? "-" : "", STR_ARG(text),
                   STR_ARG(entry));
    }
    buf_printf(&out, "</%.*s>", STR_ARG(rule));
    xml_edit_insert(xml, element, NULL, buf_str(&out));
}

static void write_rules(struct xml_edit *xml, const struct xml_edit_element *element,
                        const struct dmn_edit_change *change)
{
    size_t columns = count_named(element, "input") + count_named(element, "output");
    int no = 0;

    for (const struct xml_edit_element *rule = element->first; rule != NULL; rule = rule->next) {
        const struct xml_edit_element *entry = NULL;

        if (!is_named(rule, element, "rule"))
            continue;
        if (no == change->remove) {
            xml_edit_remove(xml, rule);
        } else {
            for (size_t i = 0; i < columns && (i == 0 || entry != NULL); i++) {
                entry = next_entry(rule, entry);
                if (entry != NULL)
                    put_entry(xml, entry, change->cells[(size_t)no * columns + i]);
            }
        }
        no++;
    }
}

bool dmn_edit_write(struct arena *arena, struct str text, const struct dmn_edit_change *change,
                    struct str *changed, struct err *err)
{
    const struct xml_edit_element *decision, *element;
    struct xml_edit *xml;

    if (!xml_edit_open(arena, text, &xml, err))
        return false;
    decision = xml_edit_find(xml, change->id);
    element = decision == NULL ? NULL : table_of(xml_edit_root(xml), decision);
    if (element == NULL)
        return err_set(err, ERR_ABSENT, "there is no such element");
    write_rules(xml, element, change);
    if (change->adds)
        add_rule(arena, xml, element, change->id);
    *changed = xml_edit_print(xml);
    return true;
}
