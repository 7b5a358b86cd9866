/* complaint.h - what is wrong with something a person wrote, where, and what
 * to do about it. */
#ifndef BASE_COMPLAINT_H
#define BASE_COMPLAINT_H

struct complaint {
    char place[160];  /* "profiles/acme.yaml:12:3" */
    char what[240];   /* "poll interval 5 ms is below 1 s" */
    char remedy[160]; /* "write it with a unit, such as 30s" */
};

/* Fills *why, which may be NULL, and returns rc, a negative errno. Texts that
 * are too long are cut at a character boundary. */
int complain(struct complaint *why, int rc, const char *place,
             const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 5, 6), warn_unused_result));

#endif
