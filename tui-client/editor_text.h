/* editor_text: UTF-8 <-> the wide characters that libedit edits. Pure. */

#ifndef YODEL_EDITOR_TEXT_H
#define YODEL_EDITOR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <wchar.h>

/* At most this many bytes of UTF-8 come of one wide character. */
#define EDITOR_TEXT_BYTES	4

/*
 * Decodes text[0..len) into out, which has room for len + 1, and terminates it.
 * A bad byte becomes U+FFFD. Returns the wide characters.
 */
size_t		 editor_text_decode(wchar_t *out, const char *text, size_t len);

/*
 * As that, made fit for a line: controls go, but tab; ends of lines become
 * spaces.
 */
size_t		 editor_text_decode_line(wchar_t *out, const char *text,
		    size_t len);

/*
 * Encodes text[0..len) into out, which has room for EDITOR_TEXT_BYTES * len +
 * 1, and terminates it. What is no character becomes U+FFFD, a NUL nothing.
 * Returns the bytes.
 */
size_t		 editor_text_encode(char *out, const wchar_t *text, size_t len);

/* As those two, in memory of its own; NULL with ENOMEM. */
wchar_t		*editor_text_widen(const char *text, size_t *len);
char		*editor_text_narrow(const wchar_t *text, size_t len);

/* U+0000..U+001F and U+007F..U+009F: never text that is typed. */
bool		 editor_text_is_control(wchar_t);

#endif
