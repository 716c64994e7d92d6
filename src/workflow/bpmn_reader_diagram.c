/* Where the elements are drawn (BPMN DI): for pages that show a flow's tokens on its diagram. */
#include "core/num.h"
#include "workflow/bpmn_reader.h"

#define SPACE_DI "http://www.omg.org/spec/BPMN/20100524/DI"

enum {
    DRAWN_MAX = 50000, /* shapes, edges, and the points of one edge */
};

struct drawing {
    int plane;
    VEC(struct bpmn_shape) shapes;
    VEC(struct bpmn_edge) edges;
};

static double number_of(const struct xml_tree *element, const char *name)
{
    double value;

    return num_parse_double(xml_tree_value(element, name), &value) ? value : 0;
}

/* References to what is drawn are QNames. */
static struct str element_of(const struct xml_tree *drawn)
{
    struct str element = str_trim(xml_tree_value(drawn, "bpmnElement"));
    size_t colon = str_find_char(element, ':');

    return colon < element.len ? str_slice(element, colon + 1, element.len) : element;
}

static const struct xml_tree *child_of(const struct xml_tree *element, const char *name)
{
    for (const struct xml_tree *one = element->first; one != NULL; one = one->next)
        if (bpmn_reader_is(one->name, name))
            return one;
    return NULL;
}

static struct bpmn_box read_box(const struct xml_tree *bounds)
{
    if (bounds == NULL)
        return (struct bpmn_box){0};
    return (struct bpmn_box){number_of(bounds, "x"), number_of(bounds, "y"),
                             number_of(bounds, "width"), number_of(bounds, "height")};
}

static struct bpmn_box read_label(const struct xml_tree *element)
{
    const struct xml_tree *label = child_of(element, "BPMNLabel");

    return label == NULL ? (struct bpmn_box){0} : read_box(child_of(label, "Bounds"));
}

/* What is written at it: its name, or the text of an annotation. */
static struct str read_name(const struct xml_tree *element)
{
    const struct xml_tree *text = xml_tree_find(element, "text");

    return str_trim(text != NULL ? text->text : xml_tree_value(element, "name"));
}

static void read_shape(struct bpmn_reader *reader, struct drawing *drawing,
                       const struct xml_tree *element)
{
    const struct xml_tree *bounds = child_of(element, "Bounds");
    struct str id = element_of(element);
    const struct xml_tree *drawn = map_find(&reader->elements, id);
    struct bpmn_shape shape = {
        .element = id,
        .kind = drawn != NULL ? drawn->name : (struct str){0},
        .name = drawn != NULL ? read_name(drawn) : (struct str){0},
        .node = -1,
        .plane = drawing->plane,
        .box = read_box(bounds),
        .label = read_label(element),
        .is_expanded = bpmn_reader_is(xml_tree_value(element, "isExpanded"), "true"),
        .is_horizontal = bpmn_reader_is(xml_tree_value(element, "isHorizontal"), "true"),
    };

    if (bounds != NULL && drawing->shapes.count < DRAWN_MAX)
        VEC_PUSH(reader->arena, &drawing->shapes, shape);
}

static void read_edge(struct bpmn_reader *reader, struct drawing *drawing,
                      const struct xml_tree *element)
{
    struct bpmn_edge edge = {.element = element_of(element),
                             .flow = -1,
                             .plane = drawing->plane,
                             .label = read_label(element)};
    VEC(double) points = {0};

    if (drawing->edges.count >= DRAWN_MAX)
        return;
    for (const struct xml_tree *one = element->first; one != NULL; one = one->next) {
        if (!bpmn_reader_is(one->name, "waypoint") || points.count >= DRAWN_MAX)
            continue;
        VEC_PUSH(reader->arena, &points, number_of(one, "x"));
        VEC_PUSH(reader->arena, &points, number_of(one, "y"));
    }
    edge.points = points.items;
    edge.point_count = points.count / 2;
    VEC_PUSH(reader->arena, &drawing->edges, edge);
}

static void read_plane(struct bpmn_reader *reader, struct drawing *drawing,
                       const struct xml_tree *plane)
{
    for (const struct xml_tree *one = plane->first; one != NULL; one = one->next) {
        if (bpmn_reader_is(one->name, "BPMNShape"))
            read_shape(reader, drawing, one);
        if (bpmn_reader_is(one->name, "BPMNEdge"))
            read_edge(reader, drawing, one);
    }
}

void bpmn_reader_diagram(struct bpmn_reader *reader, const struct xml_tree *definitions)
{
    struct drawing drawing = {0};

    for (const struct xml_tree *one = definitions->first; one != NULL; one = one->next) {
        const struct xml_tree *plane = child_of(one, "BPMNPlane");

        if (xml_tree_is(one, STR(SPACE_DI), "BPMNDiagram") && plane != NULL) {
            read_plane(reader, &drawing, plane);
            drawing.plane++;
        }
    }
    reader->model->shapes = drawing.shapes.items;
    reader->model->shape_count = drawing.shapes.count;
    reader->model->edges = drawing.edges.items;
    reader->model->edge_count = drawing.edges.count;
}
