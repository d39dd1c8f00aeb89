/* save: the transcript as a text file. */

#ifndef YODEL_SAVE_H
#define YODEL_SAVE_H

#include <stdint.h>

struct transcript;

/*
 * Writes a line an entry, as entry_text has it, to a new file at path (0600; an
 * existing one is not touched: EEXIST). Returns the number of entries, or -1
 * with errno and no file left behind.
 */
int64_t		 save_transcript(const struct transcript *, const char *path);

#endif
