#include "base/file.h"
#include "topology/render.h"

#include <errno.h>

enum { ICON_MAX = 64 << 10, ICONS_MAX = 100 };

struct finishing {
    const char *icons; /* folder */
    struct buffer body, symbols;
    struct names ARRAY_OF(char *) names; /* of icons met: "kind-router" */
};

/* Appends the symbol of an icon: what its file has between <svg ...> and
 * </svg>, with its viewBox. */
static void add_symbol(struct finishing *f, const char *path, const char *id)
{
    struct buffer OWNED_BUFFER file = {0};
    struct buffer OWNED_BUFFER name = {0};

    buffer_format(&name, "%s/%s", f->icons, path);
    if (file_read(name.at, ICON_MAX, &file) < 0)
        return;
    const char *svg = strstr(file.at, "<svg");
    const char *inner = svg != NULL ? strchr(svg, '>') : NULL;
    const char *end = inner != NULL ? strstr(inner, "</svg>") : NULL;
    if (end == NULL)
        return;
    buffer_format(&f->symbols,
                  "<symbol id=\"%s\" viewBox=\"0 0 24 24\">%.*s</symbol>\n", id,
                  (int)(end - inner - 1), inner + 1);
}

/* The id of an icon's symbol; its symbol is added when it is met first. NULL
 * for a path that is none of ours: letters, '-' and one '/'. */
static const char *icon_id(struct finishing *f, const char *path, size_t len)
{
    char *copy;

    if (len < 5 || len > 60 || f->names.count >= ICONS_MAX ||
        strncmp(path + len - 4, ".svg", 4) != 0)
        return NULL;
    for (size_t i = 0; i < len - 4; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-/", path[i]) == NULL)
            return NULL;
    copy = mem_text_of(path, len - 4);
    char *slash = strchr(copy, '/');
    if (slash != NULL)
        *slash = '-';
    for (size_t i = 0; i < f->names.count; i++)
        if (strcmp(f->names.at[i], copy) == 0) {
            free(copy);
            return f->names.at[i];
        }
    char *file = mem_text_of(path, len);
    add_symbol(f, file, copy);
    free(file);
    *array_add(&f->names) = copy;
    return copy;
}

/* Copies an <image .../> as a use of its symbol; at is behind "<image". Gives
 * where it ends. */
static const char *finish_image(struct finishing *f, const char *at)
{
    static const char href[] = "xlink:href=\"";
    const char *end = strstr(at, "/>");
    const char *path = strstr(at, href);

    if (end == NULL || path == NULL || path > end)
        return end;
    path += strlen(href);
    const char *quote = strchr(path, '"');
    const char *id =
        quote == NULL ? NULL : icon_id(f, path, (size_t)(quote - path));
    if (id != NULL)
        buffer_format(&f->body, "<use xlink:href=\"#%s\"%.*s/>", id,
                      (int)(end - quote - 1), quote + 1);
    return end + 2;
}

static bool begins(const char *at, const char *with)
{
    return strncmp(at, with, strlen(with)) == 0;
}

/* Drops what is for Graphviz alone, and puts symbols in the place of images. */
static void finish_body(struct finishing *f, const char *at)
{
    while (*at != '\0') {
        const char *next = strchr(at + 1, '<');
        const char *end = NULL;

        if (begins(at, "<!--"))
            end = strstr(at, "-->\n");
        else if (begins(at, "<title>"))
            end = strstr(at, "</title>\n");
        if (end != NULL) {
            at = strchr(end, '\n') + 1;
            continue;
        }
        if (begins(at, "<image")) {
            at = finish_image(f, at + strlen("<image"));
            if (at == NULL)
                return;
            continue;
        }
        if (next == NULL)
            next = at + strlen(at);
        buffer_add(&f->body, at, (size_t)(next - at));
        at = next;
    }
}

/* No control character is part of a picture, wherever it came from. */
static void drop_controls(char *text)
{
    char *to = text;

    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at >= ' ' || *at == '\n' || *at == '\t')
            *to++ = *at;
    *to = '\0';
}

int render_svg_finish(struct bytes svg, const char *icons, struct buffer *out,
                      struct complaint *why)
{
    OWNED(free) char *text = mem_text_of(svg.at, svg.len);
    struct finishing f = {.icons = icons != NULL ? icons : ""};

    drop_controls(text);
    const char *root = strstr(text, "<svg");
    const char *inner = root != NULL ? strchr(root, '>') : NULL;

    if (inner == NULL)
        return complain(why, -EBADMSG, "picture", "this is a fault of ours",
                        "Graphviz drew no SVG");
    finish_body(&f, inner + 1);
    buffer_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    buffer_add(out, root, (size_t)(inner + 1 - root));
    if (f.symbols.len > 0)
        buffer_format(out, "\n<defs>\n%s</defs>", f.symbols.at);
    buffer_add(out, f.body.at, f.body.len);
    for (size_t i = 0; i < f.names.count; i++)
        free(f.names.at[i]);
    array_fini(&f.names);
    buffer_fini(&f.body);
    buffer_fini(&f.symbols);
    return 0;
}
