/*
 * finder_probe: a finder with a view of 10 rows of 80 columns on a transcript
 * with the entries 0..99, which are their numbers: "apple" is behind those of
 * 0, 20, 40, 60 and 80, and 50 is "메아리 apples". All of it fails the test
 * where it does not work.
 */

#ifndef UNIT_FINDER_PROBE_H
#define UNIT_FINDER_PROBE_H

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

#include "keys.h"
#include "view.h"

#define FINDER_PROBE_ENTRIES 1000 /* at most */

struct finder_probe {
	struct transcript *transcript;
	struct view view;
	struct finder *finder;
};

/* Fixtures for *state. */
int		 finder_probe_setup(void **state);
int		 finder_probe_teardown(void **state);

/* An entry more. */
void		 finder_probe_add(struct finder_probe *, const char *text);

/* A key. True where the finder took it. */
bool		 finder_probe_press(struct finder_probe *, enum keys_code);
bool		 finder_probe_press_char(struct finder_probe *, uint32_t ch);
bool		 finder_probe_paste(struct finder_probe *, const char *text);

#define finder_probe_control(f, letter) \
	finder_probe_press_char(f, (letter) - '@')
#define finder_probe_enter(f) finder_probe_control(f, 'M')

/* Characters, all of which it has to take. */
void		 finder_probe_type(struct finder_probe *, const wchar_t *text);

/* Until there is no more to do. */
void		 finder_probe_work(struct finder_probe *);

/* What its line has to say. */
void		 finder_probe_expect_line(struct finder_probe *,
		    const char *pattern, const char *count);

/* Whether the view has a row of this entry. */
bool		 finder_probe_shows(struct finder_probe *, uint64_t id);

#endif
