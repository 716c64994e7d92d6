#include "document/qr.h"

#include <errno.h>
#include <string.h>

#include <qrencode.h>
#include <zlib.h>

#include "core/arena.h"

enum {
    PIXELS_MAX = 64,
    GRAY = 0, /* PNG's type of colour */
};

static void drop_code(QRcode **code)
{
    QRcode_free(*code); /* takes NULL */
}

bool qr_make(struct arena *arena, struct str text, struct qr *qr, struct err *err)
{
    CLEANUP(drop_code) QRcode *code = NULL;
    unsigned char *dots;
    size_t count;

    if (text.len == 0 || memchr(text.ptr, '\0', text.len) != NULL)
        return err_set(err, ERR_INPUT, "there is nothing to make a QR code of");
    if (text.len > QR_TEXT_MAX)
        return err_set(err, ERR_LIMIT, "a QR code holds at most %d bytes", QR_TEXT_MAX);
    code = QRcode_encodeString(str_to_z(arena, text), 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL)
        return err_set(err, errno == ENOMEM ? ERR_BROKEN : ERR_LIMIT, "the QR code was not made");
    count = (size_t)code->width * (size_t)code->width;
    dots = arena_alloc(arena, count);
    for (size_t i = 0; i < count; i++)
        dots[i] = code->data[i] & 1; /* the other bits tell what the dot is for */
    *qr = (struct qr){code->width, dots};
    return true;
}

static bool is_dark(const struct qr *qr, int x, int y)
{
    x -= QR_MARGIN;
    y -= QR_MARGIN;
    return x >= 0 && y >= 0 && x < qr->width && y < qr->width && qr->dots[y * qr->width + x] != 0;
}

static void put_word(struct buf *buf, size_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_char(buf, (char)(unsigned char)(value >> shift & 0xff));
}

/* Length, name, bytes, and the checksum of the last two (PNG 5.3). */
static void put_chunk(struct buf *buf, const char *name, struct str bytes)
{
    uLong crc = crc32(0, (const Bytef *)name, 4);

    if (bytes.len > 0)
        crc = crc32(crc, (const Bytef *)bytes.ptr, (uInt)bytes.len);
    put_word(buf, bytes.len);
    buf_add(buf, str_from_z(name));
    buf_add(buf, bytes);
    put_word(buf, crc);
}

/* One bit a pixel, the first one highest; 1 is white.  Before each row the filter: none. */
static void put_rows(struct buf *rows, const struct qr *qr, int pixels)
{
    int side = (qr->width + 2 * QR_MARGIN) * pixels;
    size_t len = ((size_t)side + 7) / 8;

    for (int y = 0; y < side; y++) {
        unsigned char *row = (unsigned char *)buf_room(rows, len + 1);

        memset(row, 0xff, len + 1);
        row[0] = 0;
        for (int x = 0; x < side; x++)
            if (is_dark(qr, x / pixels, y / pixels))
                row[1 + x / 8] &= (unsigned char)~(0x80 >> x % 8);
        rows->len += len + 1;
    }
}

void qr_print_png(struct buf *buf, const struct qr *qr, int pixels)
{
    CLEANUP(arena_close) struct arena *scratch = arena_open(0);
    struct buf rows = {.arena = scratch};
    struct buf head = {.arena = scratch};
    struct buf packed = {.arena = scratch};
    uLongf len;

    pixels = MAX(1, MIN(pixels, PIXELS_MAX));
    put_word(&head, (size_t)((qr->width + 2 * QR_MARGIN) * pixels));
    put_word(&head, (size_t)((qr->width + 2 * QR_MARGIN) * pixels));
    buf_add(&head, (struct str){(const char[]){1, GRAY, 0, 0, 0}, 5});
    put_rows(&rows, qr, pixels);
    len = compressBound(rows.len);
    /* There is room for the worst case, and without memory for it zlib's own arena ends us. */
    if (compress2((Bytef *)buf_room(&packed, len), &len, (const Bytef *)rows.ptr, rows.len,
                  Z_BEST_COMPRESSION) != Z_OK)
        len = 0;
    packed.len = len;
    buf_add(buf, (struct str){"\x89PNG\r\n\x1a\n", 8});
    put_chunk(buf, "IHDR", buf_str(&head));
    put_chunk(buf, "IDAT", buf_str(&packed));
    put_chunk(buf, "IEND", (struct str){0});
}

static void put_escaped(struct buf *buf, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c == '&' || c == '<' || c == '>' || c == '"')
            buf_printf(buf, "&#%d;", c);
        else
            buf_char(buf, c);
    }
}

/* A path of runs of dark dots, row by row. */
void qr_print_svg(struct buf *buf, const struct qr *qr, struct str label)
{
    int side = qr->width + 2 * QR_MARGIN;

    buf_printf(buf,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
               " shape-rendering=\"crispEdges\"><title>",
               side, side);
    put_escaped(buf, label);
    buf_printf(buf, "</title><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"", side, side);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int from = x;

            while (is_dark(qr, x, y))
                x++;
            if (x > from)
                buf_printf(buf, "M%d %dh%dv1h-%dz", from, y, x - from, x - from);
        }
    buf_add(buf, STR("\"/></svg>"));
}
