#include "web/flow_drawing.h"

#include <math.h>

enum {
    PARTS_MAX = 1500, /* shapes and edges: more is no picture any more */
    MARGIN = 24,
    TITLE = 30,       /* the strip of a pool or lane that holds its name */
    LABEL_WIDTH = 96, /* of a name that stands below its element */
    LABEL_HEIGHT = 40,
    ICON = 8, /* from the corner of an activity */
    WIDE = 760,
    ARROW = 9,
};

struct drawer {
    struct request *request;
    const struct flow_drawing *drawing;
    const struct bpmn *model;
    int plane;
    struct json *areas, *lines, *nodes, *labels, *tokens;
    double left, top, right, bottom;
};

static const char *const TRIGGERS[] = {
    [BPMN_MESSAGE] = "M-8-5h16v10h-16zM-8-5l8 6l8-6",
    [BPMN_TIMER] = "M0-8a8 8 0 1 0 0 16a8 8 0 1 0 0-16M0-5v5l4 2",
    [BPMN_SIGNAL] = "M0-8l8 13h-16z",
    [BPMN_ERROR] = "M-7 7l4-13l5 8l5-9l-4 14l-5-8z",
    [BPMN_ESCALATION] = "M0-8l6 15l-6-6l-6 6z",
    [BPMN_CONDITION] = "M-6-8h12v16h-12zM-4-4h8M-4 0h8M-4 4h8",
    [BPMN_TERMINATE] = "M0-8a8 8 0 1 0 0 16a8 8 0 1 0 0-16z",
    [BPMN_COMPENSATE] = "M-1-6v12l-7-6zM7-6v12l-7-6z",
    [BPMN_CANCEL] = "M-6-6l12 12M-6 6l12-12",
    [BPMN_LINK] = "M-8-3h8v-4l8 7l-8 7v-4h-8z",
};

/* By kind of node; activities from their corner, gateways from their middle. */
static const char *const KINDS[] = {
    [BPMN_EXCLUSIVE] = "M-7-7l14 14M-7 7l14-14",
    [BPMN_PARALLEL] = "M-10 0h20M0-10v20",
    [BPMN_INCLUSIVE] = "M0-10a10 10 0 1 0 0 20a10 10 0 1 0 0-20",
    [BPMN_EVENT_GATEWAY] = "M0-11a11 11 0 1 0 0 22a11 11 0 1 0 0-22M0-6l6 4l-2 7h-8l-2-7z",
    [BPMN_COMPLEX] = "M-10 0h20M0-10v20M-7-7l14 14M-7 7l14-14",
    [BPMN_USER] = "M7 1a3 3 0 1 0 0 6a3 3 0 1 0 0-6M1 14c0-4 3-6 6-6s6 2 6 6z",
    [BPMN_MANUAL] = "M2 6l4-4h3l-2 3h6M13 5v3M13 8h-4M13 8l-1 3h-3M12 11l-1 2h-7l-2-3v-4",
    [BPMN_SERVICE] = "M7 4a3 3 0 1 0 0 6a3 3 0 1 0 0-6M7 0v3M7 11v3M0 7h3M11 7h3M2 2l2 2"
                     "M10 10l2 2M12 2l-2 2M4 10l-2 2",
    [BPMN_SEND] = "M1 3h12v8h-12zM1 3l6 4l6-4",
    [BPMN_RECEIVE] = "M1 3h12v8h-12zM1 3l6 4l6-4",
    [BPMN_SCRIPT] = "M3 1h9M2 4h8M3 7h9M2 10h8M3 13h9",
    [BPMN_RULE] = "M1 2h12v10h-12zM1 5h12M5 5v7",
    [BPMN_AD_HOC] = NULL,
};

struct str flow_drawing_name(const struct request *request, const struct bpmn_node *node)
{
    static const char *const WORDS[] = {
        [BPMN_PROCESS] = "process",
        [BPMN_START] = "beginning",
        [BPMN_CATCH] = "event",
        [BPMN_THROW] = "event",
        [BPMN_BOUNDARY] = "event",
        [BPMN_END] = "end",
        [BPMN_EXCLUSIVE] = "choice",
        [BPMN_PARALLEL] = "fork or join",
        [BPMN_INCLUSIVE] = "choice of several",
        [BPMN_EVENT_GATEWAY] = "choice by event",
        [BPMN_COMPLEX] = "choice",
        [BPMN_TASK] = "task",
        [BPMN_MANUAL] = "task",
        [BPMN_USER] = "task of a person",
        [BPMN_SERVICE] = "task of the system",
        [BPMN_SEND] = "message",
        [BPMN_RECEIVE] = "message",
        [BPMN_SCRIPT] = "computation",
        [BPMN_RULE] = "decision",
        [BPMN_CALL] = "another process",
        [BPMN_SUB_PROCESS] = "part of the process",
        [BPMN_TRANSACTION] = "part of the process",
        [BPMN_AD_HOC] = "part of the process",
    };

    return node->name.len > 0 ? request_pack_text(request, node->name)
                              : request_text(request, str_from_z(WORDS[node->kind]));
}

static int64_t whole(double value)
{
    return (int64_t)lround(fmin(fmax(value, -1e6), 1e6));
}

static void put_number(struct drawer *drawer, struct json *part, const char *name, double value)
{
    view_int(drawer->request, part, name, whole(value));
}

/* Everything that is drawn makes the picture larger. */
static void reach(struct drawer *drawer, double x, double y)
{
    drawer->left = fmin(drawer->left, x);
    drawer->top = fmin(drawer->top, y);
    drawer->right = fmax(drawer->right, x);
    drawer->bottom = fmax(drawer->bottom, y);
}

static void put_box(struct drawer *drawer, struct json *part, struct bpmn_box box)
{
    put_number(drawer, part, "x", box.x);
    put_number(drawer, part, "y", box.y);
    put_number(drawer, part, "width", box.width);
    put_number(drawer, part, "height", box.height);
    reach(drawer, box.x, box.y);
    reach(drawer, box.x + box.width, box.y + box.height);
}

static void put_label(struct drawer *drawer, struct str text, struct bpmn_box box)
{
    struct json *label;

    if (text.len == 0)
        return;
    label = view_push(drawer->request, drawer->labels);
    put_box(drawer, label, box);
    view_text(drawer->request, label, "text", text);
}

static struct str state_of(const struct drawer *drawer, int node)
{
    const struct flow_past_place *place = &drawer->drawing->past->nodes[node];

    if (place->fault.len > 0)
        return STR("is-stuck");
    if (place->tokens > 0)
        return STR("is-here");
    return place->was_there ? STR("is-done") : (struct str){0};
}

/* Where its name stands when it is not inside: as the author put it, but never too narrow. */
static struct bpmn_box label_box(const struct bpmn_box *label, struct bpmn_box below)
{
    double width = fmax(label->width, LABEL_WIDTH);

    if (label->width <= 0)
        return below;
    return (struct bpmn_box){label->x + label->width / 2 - width / 2, label->y, width,
                             fmax(label->height, 16)};
}

static struct bpmn_box below(struct bpmn_box box)
{
    return (struct bpmn_box){box.x + box.width / 2 - LABEL_WIDTH / 2, box.y + box.height + 3,
                             LABEL_WIDTH, LABEL_HEIGHT};
}

static void put_token(struct drawer *drawer, const struct bpmn_node *node, struct bpmn_box box)
{
    struct request *request = drawer->request;
    const struct flow_past_place *place = &drawer->drawing->past->nodes[node->index];
    bool is_stuck = place->fault.len > 0;
    struct json *token;

    if (place->tokens == 0 && !(place->is_done && bpmn_is_activity(node)))
        return;
    token = view_push(request, drawer->tokens);
    put_number(drawer, token, "x", box.x + box.width);
    put_number(drawer, token, "y", box.y);
    reach(drawer, box.x + box.width + 14, box.y - 14);
    view_text(request, token, "state", state_of(drawer, node->index));
    view_bool(request, token, "is_passed", place->tokens == 0);
    view_text(request, token, "sign",
              is_stuck            ? STR("!")
              : place->tokens > 1 ? str_printf(request->arena, "%d", MIN(place->tokens, 99))
                                  : (struct str){0});
    view_text(
        request, token, "label",
        str_printf(request->arena, "%.*s: %.*s",
                   STR_ARG(request_text(request, is_stuck ? STR("Stuck here") : STR("Now here"))),
                   STR_ARG(flow_drawing_name(request, node))));
}

static struct json *new_node(struct drawer *drawer, const struct bpmn_shape *shape,
                             const char *kind)
{
    static const char *const FLAGS[] = {"is_task", "is_event", "is_gateway", "is_note", "is_data"};
    struct request *request = drawer->request;
    struct json *node = view_push(request, drawer->nodes);

    for (size_t i = 0; i < ARRAY_LEN(FLAGS); i++)
        view_bool(request, node, FLAGS[i], str_equal(str_from_z(FLAGS[i]), str_from_z(kind)));
    put_box(drawer, node, shape->box);
    view_text(request, node, "state",
              shape->node >= 0 ? state_of(drawer, shape->node) : (struct str){0});
    view_text(request, node, "look", (struct str){0});
    view_text(request, node, "text", (struct str){0});
    view_none(request, node, "icon");
    view_bool(request, node, "has_ring", false);
    view_bool(request, node, "is_more", false);
    return node;
}

static void put_icon(struct drawer *drawer, struct json *node, const char *path, double x, double y)
{
    struct json *icon;

    if (path == NULL)
        return;
    icon = view_object(drawer->request, node, "icon");
    view_text(drawer->request, icon, "path", str_from_z(path));
    put_number(drawer, icon, "left", x);
    put_number(drawer, icon, "up", y);
}

static void put_activity(struct drawer *drawer, const struct bpmn_shape *shape,
                         const struct bpmn_node *node)
{
    struct request *request = drawer->request;
    struct json *task = new_node(drawer, shape, "is_task");
    bool is_scope = bpmn_is_scope(node);

    view_text(request, task, "text", flow_drawing_name(request, node));
    view_text(request, task, "look",
              node->kind == BPMN_CALL ? STR("thick")
              : node->is_event_sub    ? STR("dashed")
                                      : (struct str){0});
    view_bool(request, task, "is_more", is_scope || node->kind == BPMN_CALL);
    put_number(drawer, task, "middle", shape->box.x + shape->box.width / 2);
    put_number(drawer, task, "base", shape->box.y + shape->box.height);
    if (!is_scope && node->kind != BPMN_CALL)
        put_icon(drawer, task, KINDS[node->kind], shape->box.x + ICON, shape->box.y + ICON);
}

static void put_event(struct drawer *drawer, const struct bpmn_shape *shape,
                      const struct bpmn_node *node)
{
    struct request *request = drawer->request;
    struct json *event = new_node(drawer, shape, "is_event");
    double radius = fmin(shape->box.width, shape->box.height) / 2;
    double x = shape->box.x + shape->box.width / 2;
    double y = shape->box.y + shape->box.height / 2;
    bool is_thrown = node->kind == BPMN_THROW || node->kind == BPMN_END;
    bool is_beside =
        !node->is_interrupting && (node->kind == BPMN_BOUNDARY || node->kind == BPMN_START);

    put_number(drawer, event, "cx", x);
    put_number(drawer, event, "cy", y);
    put_number(drawer, event, "radius", radius);
    put_number(drawer, event, "inner", fmax(radius - 4, 1));
    view_bool(request, event, "has_ring", node->kind >= BPMN_CATCH && node->kind <= BPMN_BOUNDARY);
    view_text(request, event, "look",
              node->kind == BPMN_END ? STR("thick filled")
              : is_thrown            ? STR("filled")
              : is_beside            ? STR("dashed")
                                     : (struct str){0});
    if (node->event_count > 0)
        put_icon(drawer, event, TRIGGERS[node->events[0].trigger], x, y);
    if (node->name.len > 0)
        put_label(drawer, flow_drawing_name(request, node),
                  label_box(&shape->label, below(shape->box)));
}

static void put_gateway(struct drawer *drawer, const struct bpmn_shape *shape,
                        const struct bpmn_node *node)
{
    struct request *request = drawer->request;
    struct json *gateway = new_node(drawer, shape, "is_gateway");
    struct bpmn_box box = shape->box;
    int64_t x = whole(box.x + box.width / 2);
    int64_t y = whole(box.y + box.height / 2);

    view_text(request, gateway, "points",
              str_printf(request->arena, "%lld,%lld %lld,%lld %lld,%lld %lld,%lld", (long long)x,
                         (long long)whole(box.y), (long long)whole(box.x + box.width), (long long)y,
                         (long long)x, (long long)whole(box.y + box.height),
                         (long long)whole(box.x), (long long)y));
    put_icon(drawer, gateway, KINDS[node->kind], (double)x, (double)y);
    if (node->name.len > 0)
        put_label(drawer, flow_drawing_name(request, node),
                  label_box(&shape->label,
                            (struct bpmn_box){box.x + box.width / 2 - LABEL_WIDTH / 2,
                                              box.y + box.height + 3, LABEL_WIDTH, LABEL_HEIGHT}));
}

/* A pool, a lane, a group, a sub-process one looks into: what lies in it is drawn over it. */
static void put_area(struct drawer *drawer, const struct bpmn_shape *shape, bool has_strip)
{
    struct request *request = drawer->request;
    struct json *area = view_push(request, drawer->areas);
    struct bpmn_box box = shape->box;
    double x = box.x + TITLE / 2.0;
    double y = box.y + box.height / 2;

    put_box(drawer, area, box);
    view_bool(request, area, "is_round", shape->node >= 0);
    view_text(request, area, "state",
              shape->node >= 0 ? state_of(drawer, shape->node) : (struct str){0});
    view_text(request, area, "title", request_pack_text(request, shape->name));
    view_bool(request, area, "is_upright", has_strip);
    put_number(drawer, area, "middle", has_strip ? x + 4 : box.x + 10);
    put_number(drawer, area, "line", has_strip ? y : box.y + 20);
}

static bool is_kind(const struct bpmn_shape *shape, const char *kind)
{
    return str_equal(shape->kind, str_from_z(kind));
}

static bool is_area(const struct drawer *drawer, const struct bpmn_shape *shape)
{
    if (shape->node >= 0)
        return bpmn_is_scope(&drawer->model->nodes[shape->node]) && shape->is_expanded;
    return is_kind(shape, "participant") || is_kind(shape, "lane") || is_kind(shape, "group");
}

static void put_other(struct drawer *drawer, const struct bpmn_shape *shape)
{
    struct request *request = drawer->request;
    struct str text = request_pack_text(request, shape->name);

    if (is_kind(shape, "textAnnotation")) {
        view_text(request, new_node(drawer, shape, "is_note"), "text", text);
        return;
    }
    new_node(drawer, shape, "is_data");
    put_label(drawer, text, label_box(&shape->label, below(shape->box)));
}

static void put_shape(struct drawer *drawer, const struct bpmn_shape *shape)
{
    const struct bpmn_node *node;

    if (is_area(drawer, shape)) {
        put_area(drawer, shape,
                 shape->node < 0 && !is_kind(shape, "group") && shape->is_horizontal);
        return;
    }
    if (shape->node < 0) {
        put_other(drawer, shape);
        return;
    }
    node = &drawer->model->nodes[shape->node];
    if (bpmn_is_activity(node))
        put_activity(drawer, shape, node);
    else if (node->kind >= BPMN_EXCLUSIVE)
        put_gateway(drawer, shape, node);
    else
        put_event(drawer, shape, node);
    put_token(drawer, node, shape->box);
}

/* The tip of a line, along its last part. */
static struct str print_arrow(struct drawer *drawer, const double *points, size_t count)
{
    double x = points[2 * count - 2];
    double y = points[2 * count - 1];
    double dx = x - points[2 * count - 4];
    double dy = y - points[2 * count - 3];
    double length = fmax(hypot(dx, dy), 1e-6);

    dx *= ARROW / length;
    dy *= ARROW / length;
    return str_printf(drawer->request->arena, "%lld,%lld %lld,%lld %lld,%lld", (long long)whole(x),
                      (long long)whole(y), (long long)whole(x - dx - dy / 2),
                      (long long)whole(y - dy + dx / 2), (long long)whole(x - dx + dy / 2),
                      (long long)whole(y - dy - dx / 2));
}

/* The middle of its longest part. */
static struct bpmn_box middle_of(const struct bpmn_edge *edge)
{
    double longest = -1;
    struct bpmn_box box = {0};

    for (size_t i = 1; i < edge->point_count; i++) {
        const double *a = &edge->points[2 * i - 2];
        double length = hypot(a[2] - a[0], a[3] - a[1]);

        if (length <= longest)
            continue;
        longest = length;
        box = (struct bpmn_box){(a[0] + a[2]) / 2 - LABEL_WIDTH / 2, (a[1] + a[3]) / 2 - 18,
                                LABEL_WIDTH, 16};
    }
    return box;
}

static void put_edge(struct drawer *drawer, const struct bpmn_edge *edge)
{
    struct request *request = drawer->request;
    struct buf points = {.arena = request->arena};
    const struct bpmn_flow *flow = edge->flow >= 0 ? &drawer->model->flows[edge->flow] : NULL;
    struct json *line;

    if (edge->point_count < 2)
        return;
    line = view_push(request, drawer->lines);
    for (size_t i = 0; i < edge->point_count; i++) {
        buf_printf(&points, "%s%lld,%lld", i > 0 ? " " : "", (long long)whole(edge->points[2 * i]),
                   (long long)whole(edge->points[2 * i + 1]));
        reach(drawer, edge->points[2 * i], edge->points[2 * i + 1]);
    }
    view_text(request, line, "points", buf_str(&points));
    view_text(request, line, "state",
              flow == NULL                                ? STR("loose")
              : drawer->drawing->past->flows[flow->index] ? STR("is-done")
                                                          : (struct str){0});
    view_maybe(request, line, "arrow",
               flow == NULL ? (struct str){0}
                            : print_arrow(drawer, edge->points, edge->point_count));
    if (flow != NULL)
        put_label(drawer, request_pack_text(request, flow->name),
                  label_box(&edge->label, middle_of(edge)));
}

/* The plane the process is drawn on; -1: it is not. */
static int find_plane(const struct flow_drawing *drawing)
{
    const struct bpmn *model = drawing->model;

    for (size_t i = 0; i < model->shape_count; i++)
        if (model->shapes[i].node >= 0 &&
            model->nodes[model->shapes[i].node].process == drawing->process)
            return model->shapes[i].plane;
    return -1;
}

static void put_frame(struct drawer *drawer, struct json *diagram)
{
    struct request *request = drawer->request;
    int64_t width = whole(drawer->right - drawer->left + 2 * MARGIN);
    int64_t height = whole(drawer->bottom - drawer->top + 2 * MARGIN);

    view_text(
        request, diagram, "view_box",
        str_printf(request->arena, "%lld %lld %lld %lld", (long long)whole(drawer->left - MARGIN),
                   (long long)whole(drawer->top - MARGIN), (long long)width, (long long)height));
    view_int(request, diagram, "wide", width);
    view_int(request, diagram, "high", height);
    view_bool(request, diagram, "is_wide", width > WIDE);
}

void flow_drawing_fill(struct request *request, const struct flow_drawing *drawing,
                       struct json *view)
{
    const struct bpmn *model = drawing->model;
    struct json *diagram = json_new(request->arena, JSON_OBJECT);
    struct drawer drawer = {
        .request = request,
        .drawing = drawing,
        .model = model,
        .plane = find_plane(drawing),
        .areas = view_list(request, diagram, "areas"),
        .lines = view_list(request, diagram, "lines"),
        .nodes = view_list(request, diagram, "nodes"),
        .labels = view_list(request, diagram, "labels"),
        .tokens = view_list(request, diagram, "tokens"),
        .left = 1e6,
        .top = 1e6,
        .right = -1e6,
        .bottom = -1e6,
    };

    view_none(request, view, "diagram");
    view_bool(request, diagram, "is_plain", false);
    if (drawer.plane < 0 || model->shape_count + model->edge_count > PARTS_MAX)
        return;
    for (size_t i = 0; i < model->shape_count; i++)
        if (model->shapes[i].plane == drawer.plane)
            put_shape(&drawer, &model->shapes[i]);
    for (size_t i = 0; i < model->edge_count; i++)
        if (model->edges[i].plane == drawer.plane)
            put_edge(&drawer, &model->edges[i]);
    put_frame(&drawer, diagram);
    json_set(view, STR("diagram"), diagram);
}
