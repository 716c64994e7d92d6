#include "net/http_wheel.h"

static struct http_wheel_node *slot_of(struct http_wheel *wheel, int64_t due)
{
    /* Rounded up: never early.  What is due already rings at the next tick. */
    int64_t tick = due / HTTP_WHEEL_TICK_MS + 1;

    return &wheel->slots[MAX(tick, wheel->tick + 1) % HTTP_WHEEL_SLOTS];
}

static void insert(struct http_wheel_node *head, struct http_wheel_node *node)
{
    node->next = head;
    node->previous = head->previous;
    head->previous->next = node;
    head->previous = node;
}

static void take_out(struct http_wheel_node *node)
{
    node->next->previous = node->previous;
    node->previous->next = node->next;
    node->next = node->previous = NULL;
}

void http_wheel_init(struct http_wheel *wheel, int64_t now)
{
    for (size_t i = 0; i < HTTP_WHEEL_SLOTS; i++)
        wheel->slots[i].next = wheel->slots[i].previous = &wheel->slots[i];
    wheel->tick = now / HTTP_WHEEL_TICK_MS;
    wheel->count = 0;
}

void http_wheel_set(struct http_wheel *wheel, struct http_wheel_node *node, int64_t due)
{
    struct http_wheel_node *slot = slot_of(wheel, due);

    node->due = due;
    if (node->next != NULL && node->slot == slot)
        return;
    http_wheel_clear(wheel, node);
    node->slot = slot;
    insert(slot, node);
    wheel->count++;
}

void http_wheel_clear(struct http_wheel *wheel, struct http_wheel_node *node)
{
    if (node->next == NULL)
        return;
    take_out(node);
    wheel->count--;
}

/* The slot is moved aside first, so that a node set again while it rings waits a turn. */
static void turn_slot(struct http_wheel *wheel, struct http_wheel_node *slot, int64_t now)
{
    struct http_wheel_node aside = {.next = &aside, .previous = &aside};

    if (slot->next == slot)
        return;
    aside.next = slot->next;
    aside.previous = slot->previous;
    aside.next->previous = aside.previous->next = &aside;
    slot->next = slot->previous = slot;
    while (aside.next != &aside) {
        struct http_wheel_node *node = aside.next;

        take_out(node);
        if (node->due > now) {
            insert(slot, node); /* a turn of the wheel or more away */
            continue;
        }
        wheel->count--;
        node->ring(node);
    }
}

void http_wheel_turn(struct http_wheel *wheel, int64_t now)
{
    int64_t last = now / HTTP_WHEEL_TICK_MS;

    /* After a long sleep every slot once is enough. */
    if (last - wheel->tick > HTTP_WHEEL_SLOTS)
        wheel->tick = last - HTTP_WHEEL_SLOTS;
    while (wheel->tick < last) {
        wheel->tick++;
        turn_slot(wheel, &wheel->slots[wheel->tick % HTTP_WHEEL_SLOTS], now);
    }
}
