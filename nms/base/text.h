/* text.h - text from agents is octets until proven UTF-8. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/bytes.h"

/* True if b is well-formed UTF-8 (RFC 3629: shortest form, no surrogates). */
bool text_is_utf8(struct bytes b);

/* Octets an agent sent as a text that harms no terminal, JSON, SVG, DOT or log:
 * well-formed UTF-8 as it is, else converted from encoding (an iconv name, NULL
 * = ISO-8859-1); trailing NULs and white space dropped; CR LF, LF and tab to
 * one blank each unless keep_lines (then "\n" stays); other control characters
 * (C0, DEL, C1) and bidirectional overrides dropped. At most limit octets, cut
 * at a character. Appends to *out. */
void text_safe(struct bytes from, const char *encoding, bool keep_lines,
               size_t limit, struct buffer *out);

/* How many octets of UTF-8 fit into so many: whole characters. */
size_t text_fit(struct bytes text, size_t most);

/* UTF-8 that was cut to its room: what is left of a last character that is not
 * whole is taken away. */
void text_end_whole(char *text);

/* Case-blind comparison of ASCII letters; octets else. */
int text_compare_nocase(const char *a, const char *b);

/* True if text contains part, letters' case aside. */
bool text_contains_nocase(const char *text, const char *part);

/* A shell-like pattern (* and ?), letters' case aside, against all of text. */
bool text_matches(const char *pattern, const char *text);

/* text with white space at both ends cut off, in place; returns text. */
char *text_trim(char *text);

/* Appends text as the name of a file of ours: letters, digits, '-', '_', '.'
 * stay, anything else is percent-encoded; "." and ".." and a leading '.' too.
 */
void text_file_name(const char *text, struct buffer *out);

/* Appends text as one TSV field: \t, \n, \r and \\ escaped. */
void text_tsv(const char *text, struct buffer *out);

/* Appends text escaped for XML character data and attributes. */
void text_xml(const char *text, struct buffer *out);

/* Appends octets as lower-case hexadecimal digits with sep between octets
 * ('\0' = none). */
void text_hex(struct bytes b, char sep, struct buffer *out);

/* Appends octets as base64 (RFC 4648, 4), padded, without line ends. */
void text_base64(struct bytes b, struct buffer *out);

#endif
