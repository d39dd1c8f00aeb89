#include <stdio.h>
#include <string.h>

#include "term.h"

#define WHAT_MAX 256

/* The first row that shows text; -1 without one. */
static int
find_row(struct term *t, const char *text)
{
	for (int row = 0; row < term_rows(t); row++)
		if (strstr(term_row(t, row), text) != NULL)
			return row;
	return -1;
}

static bool
is_shown(struct term *t, void *arg)
{
	return find_row(t, arg) != -1;
}

static bool
is_not_shown(struct term *t, void *arg)
{
	return find_row(t, arg) == -1;
}

int
term_wait_text(struct term *t, const char *text)
{
	term_wait(t, is_shown, (void *)(uintptr_t)text, text);
	return find_row(t, text);
}

void
term_wait_no_text(struct term *t, const char *text)
{
	char what[WHAT_MAX];

	snprintf(what, sizeof(what), "nowhere is: %s", text);
	term_wait(t, is_not_shown, (void *)(uintptr_t)text, what);
}

struct row_text {
	const char *text;
	int row;
};

static bool
is_in_row(struct term *t, void *arg)
{
	const struct row_text *r = arg;

	return strstr(term_row(t, r->row), r->text) != NULL;
}

void
term_wait_row(struct term *t, int row, const char *text)
{
	struct row_text r = {text, row};
	char what[WHAT_MAX];

	snprintf(what, sizeof(what), "in row %d is: %s", row, text);
	term_wait(t, is_in_row, &r, what);
}

static bool
is_cursor_at(struct term *t, void *arg)
{
	const int *at = arg;
	int row, column;

	term_cursor(t, &row, &column);
	return row == at[0] && column == at[1];
}

void
term_wait_cursor(struct term *t, int row, int column)
{
	int at[2] = {row, column};
	char what[WHAT_MAX];

	snprintf(what, sizeof(what), "the cursor at %d, %d", row, column);
	term_wait(t, is_cursor_at, at, what);
}
