/* heap.h - how memory comes from the system, and goes back to it. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

/* Large blocks come from the system and go back to it, however many there were
 * before: inferring takes much memory, for a moment. */
void heap_return(void);

/* Where the heap ends now. */
char *heap_end(void);

/* The heap from begin on is to be in large pages. */
void heap_widen(char *begin);

#endif
