#include <sys/ioctl.h>

#include <curses.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "rescue.h"
#include "screen.h"
#include "visible.h"
#include "wrap.h"

/*
 * Bracketed paste, and mouse buttons in SGR coordinates for the wheel.
 * Terminals that do not know these modes have no alternate screen in terminfo
 * either.
 */
#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

struct screen {
	SCREEN *curses;
	struct termios termios; /* as it was found */
	int rows, columns;
	bool utf8, modes, mouse;
	attr_t attr[SCREEN_STYLES];
	short pair[SCREEN_STYLES];
};

static const char *
screen_capability(const char *name)
{
	/* tigetstr(3) takes what it only reads without const. */
	char copy[16];
	const char *value;

	(void)snprintf(copy, sizeof(copy), "%s", name);
	value = tigetstr(copy);
	return value == (const char *)-1 ? NULL : value;
}

static void
screen_write(const char *text)
{
	(void)fputs(text, stdout);
	(void)fflush(stdout);
}

static void
screen_style(struct screen *s, enum screen_style style, attr_t attr, int colour)
{
	s->attr[style] = attr;
	if (colour >= 0 && init_pair((short)style, (short)colour, -1) != ERR)
		s->pair[style] = (short)style;
}

static void
screen_styles(struct screen *s)
{
	const char *no_color = getenv("NO_COLOR");
	bool colours = (no_color == NULL || *no_color == '\0') &&
	    has_colors() && start_color() != ERR && use_default_colors() != ERR;

	screen_style(s, SCREEN_DIM, A_DIM, -1);
	screen_style(s, SCREEN_ACCENT, A_NORMAL, colours ? COLOR_CYAN : -1);
	screen_style(s, SCREEN_STRONG, A_BOLD, -1);
	screen_style(s, SCREEN_ALERT, A_BOLD, colours ? COLOR_RED : -1);
	screen_style(s, SCREEN_SPELT, A_DIM | A_UNDERLINE, -1);
	screen_style(s, SCREEN_MATCH, A_UNDERLINE, colours ? COLOR_CYAN : -1);
	screen_style(s, SCREEN_MATCH_HERE, A_REVERSE, -1);
}

static void
screen_modes_on(struct screen *s)
{
	raw();
	noecho();
	nonl();
	typeahead(-1);
	if (s->modes)
		screen_write(PASTE_ON);
	if (s->modes && s->mouse)
		screen_write(MOUSE_ON);
}

static void
screen_modes_off(struct screen *s)
{
	if (s->modes)
		screen_write(MOUSE_OFF PASTE_OFF);
	endwin();
	tcsetattr(STDIN_FILENO, TCSADRAIN, &s->termios);
}

static void
screen_guard(const struct screen *s)
{
	const char *parts[] = {s->modes ? MOUSE_OFF PASTE_OFF : NULL,
	    screen_capability("sgr0"), screen_capability("cnorm"),
	    screen_capability("rmcup")};
	char text[256] = "";

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i] != NULL)
			strncat(
			    text, parts[i], sizeof(text) - strlen(text) - 1);
	rescue_arm(STDOUT_FILENO, &s->termios, text);
}

/*
 * newterm(3) takes signals for itself, and which ones are left to it is not the
 * same everywhere; here they are all the application's. SIGTSTP is ignored, at
 * least: where curses finds the default action, each update sets it aside for
 * its own time, and a stop that waits for the loop is lost.
 */
static SCREEN *
screen_newterm(void)
{
	static const int taken[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
	struct sigaction before[sizeof(taken) / sizeof(taken[0])];
	SCREEN *curses;
	size_t i;

	(void)signal(SIGTSTP, SIG_IGN);
	for (i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
		(void)sigaction(taken[i], NULL, &before[i]);
	curses = newterm(NULL, stdout, stdin);
	while (i-- > 0)
		(void)sigaction(taken[i], &before[i], NULL);
	return curses;
}

/*
 * A terminal that newterm(3) takes, and that can do the least that is needed.
 */
static int
screen_start(struct screen *s, char *error, size_t size)
{
	const char *term = getenv("TERM");
	char name[64];

	if (term == NULL || *term == '\0') {
		(void)snprintf(error, size,
		    "TERM is not set: the full screen has "
		    "to know its terminal; or use --pipe");
		return -1;
	}
	visible_text(name, sizeof(name), term, strlen(term), 40, VISIBLE_QUOTE);
	s->curses = screen_newterm();
	if (s->curses == NULL) {
		(void)snprintf(error, size,
		    "TERM: the terminal type '%s' is not "
		    "known here; or use --pipe",
		    name);
		return -1;
	}
	if (screen_capability("cup") == NULL) {
		screen_modes_off(s);
		delscreen(s->curses);
		(void)snprintf(error, size,
		    "TERM: a terminal of type '%s' can't "
		    "move its cursor; use --pipe",
		    name);
		return -1;
	}
	return 0;
}

struct screen *
screen_open(char *error, size_t size)
{
	struct screen *s = calloc(1, sizeof(*s));

	if (s == NULL || tcgetattr(STDIN_FILENO, &s->termios) == -1) {
		(void)snprintf(error, size, "standard input: %s",
		    s == NULL ? "out of memory" : "not a terminal");
		free(s);
		return NULL;
	}
	if (screen_start(s, error, size) == -1) {
		free(s);
		return NULL;
	}
	s->modes = screen_capability("smcup") != NULL;
	s->mouse = true;
	s->utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	screen_styles(s);
	screen_modes_on(s);
	screen_guard(s);
	s->rows = LINES;
	s->columns = COLS;
	/* LINES and COLUMNS of the environment may be an older truth. */
	screen_resize(s);
	return s;
}

void
screen_close(struct screen *s)
{
	if (s == NULL)
		return;
	screen_modes_off(s);
	rescue_disarm();
	delscreen(s->curses);
	free(s);
}

void
screen_suspend(struct screen *s)
{
	screen_modes_off(s);
	rescue_disarm();
}

void
screen_resume(struct screen *s)
{
	refresh();
	screen_modes_on(s);
	screen_guard(s);
	screen_resize(s);
	screen_repaint(s);
}

bool
screen_resize(struct screen *s)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_row == 0 ||
	    size.ws_col == 0)
		return false;
	if (size.ws_row == s->rows && size.ws_col == s->columns)
		return false;
	/*
	 * Not resizeterm(), which would queue a KEY_RESIZE that nobody reads.
	 */
	if (resize_term(size.ws_row, size.ws_col) == ERR)
		return false;
	s->rows = size.ws_row;
	s->columns = size.ws_col;
	screen_repaint(s);
	return true;
}

int
screen_rows(const struct screen *s)
{
	return s->rows;
}

int
screen_columns(const struct screen *s)
{
	return s->columns;
}

void
screen_repaint(struct screen *s)
{
	(void)s;
	/* Without it rows of the old size stay on the terminal. */
	clearok(curscr, TRUE);
}

void
screen_set_mouse(struct screen *s, bool on)
{
	if (s->mouse == on)
		return;
	s->mouse = on;
	if (s->modes)
		screen_write(on ? MOUSE_ON : MOUSE_OFF);
}

void
screen_bell(struct screen *s)
{
	(void)s;
	beep();
}

void
screen_begin(struct screen *s)
{
	(void)s;
	erase();
}

void
screen_end(struct screen *s, int row, int column)
{
	(void)curs_set(row >= 0);
	if (row >= 0 && row < s->rows && column >= 0 && column < s->columns)
		move(row, column);
	wnoutrefresh(stdscr);
	doupdate();
}

/* One unit of visible's, in one cell; its width is known to fit. */
static void
screen_unit(int row, int column, const char *text, size_t len)
{
	wchar_t wide[VISIBLE_TEXT_MAX + 1];
	mbstate_t state;
	size_t n;

	memset(&state, 0, sizeof(state));
	n = mbsnrtowcs(wide, &text, len, VISIBLE_TEXT_MAX, &state);
	if (n == (size_t)-1)
		return;
	wide[n] = L'\0';
	mvaddwstr(row, column, wide);
}

static int
screen_put_units(struct screen *s, int row, int column, int max,
    enum screen_style style, const char *text, size_t len, bool tabs)
{
	int start = column, end = column + max;

	if (end > s->columns)
		end = s->columns;
	while (len > 0 && column < end && row >= 0 && row < s->rows) {
		struct visible v;
		size_t used = tabs
		    ? wrap_unit(text, len, (unsigned)(column - start), &v)
		    : visible_next(text, len, &v);
		enum screen_style shown = v.escaped ? SCREEN_SPELT : style;
		bool fits = v.width <= end - column;

		text += used;
		len -= used;
		if (!fits && !v.escaped)
			break;
		attr_set(s->attr[shown], s->pair[shown], NULL);
		screen_unit(row, column, v.text,
		    fits ? v.text_len : (size_t)(end - column));
		column += v.width;
	}
	attr_set(A_NORMAL, 0, NULL);
	return column < end ? column : end;
}

int
screen_put(struct screen *s, int row, int column, int max,
    enum screen_style style, const char *text, size_t len)
{
	return screen_put_units(s, row, column, max, style, text, len, false);
}

int
screen_puts(struct screen *s, int row, int column, int max,
    enum screen_style style, const char *text)
{
	return screen_put(s, row, column, max, style, text, strlen(text));
}

int
screen_put_row(struct screen *s, int row, int column, int max,
    enum screen_style style, const char *text, size_t len)
{
	return screen_put_units(s, row, column, max, style, text, len, true);
}

void
screen_rule(struct screen *s, int row, int from, int to)
{
	const char *dash = screen_glyph(s, "\342\224\200", "-");

	for (int column = from; column < to; column++)
		screen_puts(s, row, column, 1, SCREEN_DIM, dash);
}

bool
screen_is_utf8(const struct screen *s)
{
	return s->utf8;
}

const char *
screen_glyph(const struct screen *s, const char *utf8, const char *ascii)
{
	return s->utf8 ? utf8 : ascii;
}
