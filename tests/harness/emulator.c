#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vterm.h>

#include "emulator.h"
#include "harness.h"

#define WHEEL_UP   4
#define WHEEL_DOWN 5
#define CELL_TEXT  sizeof(((struct emulator_cell *)NULL)->text)
#define WIDE_RIGHT ((uint32_t)-1) /* libvterm's mark of a right half */
#define PASTE_MODE "[?2004"	  /* behind ESC and before h or l */

struct emulator {
	VTerm *vt;
	VTermScreen *screen;
	struct emulator_modes modes;
	size_t paste_seen; /* how much of PASTE_MODE has passed */
	void (*reply)(void *arg, const char *data, size_t len);
	void *arg;
};

static const VTermKey keys[] = {
    [KEY_UP] = VTERM_KEY_UP,
    [KEY_DOWN] = VTERM_KEY_DOWN,
    [KEY_LEFT] = VTERM_KEY_LEFT,
    [KEY_RIGHT] = VTERM_KEY_RIGHT,
    [KEY_HOME] = VTERM_KEY_HOME,
    [KEY_END] = VTERM_KEY_END,
    [KEY_PGUP] = VTERM_KEY_PAGEUP,
    [KEY_PGDN] = VTERM_KEY_PAGEDOWN,
    [KEY_INSERT] = VTERM_KEY_INS,
    [KEY_DELETE] = VTERM_KEY_DEL,
    [KEY_ENTER] = VTERM_KEY_ENTER,
    [KEY_TAB] = VTERM_KEY_TAB,
    [KEY_BACKSPACE] = VTERM_KEY_BACKSPACE,
    [KEY_ESCAPE] = VTERM_KEY_ESCAPE,
    [KEY_F1] = VTERM_KEY_FUNCTION(1),
    [KEY_F2] = VTERM_KEY_FUNCTION(2),
    [KEY_F3] = VTERM_KEY_FUNCTION(3),
    [KEY_F4] = VTERM_KEY_FUNCTION(4),
};

static int
on_property(VTermProp property, VTermValue *value, void *arg)
{
	struct emulator *e = arg;

	if (property == VTERM_PROP_ALTSCREEN)
		e->modes.alternate = value->boolean;
	else if (property == VTERM_PROP_CURSORVISIBLE)
		e->modes.cursor_shown = value->boolean;
	else if (property == VTERM_PROP_MOUSE)
		e->modes.mouse = value->number != VTERM_PROP_MOUSE_NONE;
	return 1;
}

static int
on_bell(void *arg)
{
	struct emulator *e = arg;

	e->modes.bells++;
	return 1;
}

static const VTermScreenCallbacks callbacks = {
    .settermprop = on_property,
    .bell = on_bell,
};

static void
on_output(const char *data, size_t len, void *arg)
{
	struct emulator *e = arg;

	e->reply(e->arg, data, len);
}

struct emulator *
emulator_new(int rows, int columns,
    void (*reply)(void *arg, const char *data, size_t len), void *arg)
{
	struct emulator *e = calloc(1, sizeof(*e));

	if (e == NULL)
		fail_msg("no memory");
	e->vt = vterm_new(rows, columns);
	if (e->vt == NULL)
		fail_msg("no terminal emulator");
	e->reply = reply;
	e->arg = arg;
	e->modes.cursor_shown = true;
	vterm_set_utf8(e->vt, 1);
	vterm_output_set_callback(e->vt, on_output, e);
	e->screen = vterm_obtain_screen(e->vt);
	vterm_screen_set_callbacks(e->screen, &callbacks, e);
	vterm_screen_enable_altscreen(e->screen, 1);
	vterm_screen_reset(e->screen, 1);
	return e;
}

void
emulator_free(struct emulator *e)
{
	if (e == NULL)
		return;
	vterm_free(e->vt);
	free(e);
}

/* libvterm keeps this mode to itself. */
static void
watch_paste_mode(struct emulator *e, char c)
{
	if (c == '\033')
		e->paste_seen = 1;
	else if (e->paste_seen == sizeof(PASTE_MODE)) {
		if (c == 'h' || c == 'l')
			e->modes.bracketed_paste = c == 'h';
		e->paste_seen = 0;
	} else if (e->paste_seen > 0 && PASTE_MODE[e->paste_seen - 1] == c)
		e->paste_seen++;
	else
		e->paste_seen = 0;
}

void
emulator_write(struct emulator *e, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		watch_paste_mode(e, data[i]);
	vterm_input_write(e->vt, data, len);
	vterm_screen_flush_damage(e->screen);
}

/* A wide character that meets a single column is too much for libvterm 0.1. */
void
emulator_resize(struct emulator *e, int rows, int columns)
{
	vterm_set_size(e->vt, rows, columns > 1 ? columns : 2);
}

void
emulator_size(const struct emulator *e, int *rows, int *columns)
{
	vterm_get_size(e->vt, rows, columns);
}

void
emulator_key(struct emulator *e, enum emulator_key key, int modifiers)
{
	VTermModifier m = VTERM_MOD_NONE;

	if (modifiers & KEY_SHIFT)
		m |= VTERM_MOD_SHIFT;
	if (modifiers & KEY_ALT)
		m |= VTERM_MOD_ALT;
	if (modifiers & KEY_CTRL)
		m |= VTERM_MOD_CTRL;
	vterm_keyboard_key(e->vt, keys[key], m);
}

void
emulator_wheel(struct emulator *e, int row, int column, bool up)
{
	vterm_mouse_move(e->vt, row, column, VTERM_MOD_NONE);
	vterm_mouse_button(
	    e->vt, up ? WHEEL_UP : WHEEL_DOWN, true, VTERM_MOD_NONE);
}

void
emulator_paste(struct emulator *e, const char *text)
{
	vterm_keyboard_start_paste(e->vt);
	e->reply(e->arg, text, strlen(text));
	vterm_keyboard_end_paste(e->vt);
}

static size_t
put_utf8(char *at, uint32_t c)
{
	if (c < 0x80) {
		at[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		at[0] = (char)(0xc0 | c >> 6);
		at[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		at[0] = (char)(0xe0 | c >> 12);
		at[1] = (char)(0x80 | (c >> 6 & 0x3f));
		at[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	at[0] = (char)(0xf0 | (c >> 18 & 7));
	at[1] = (char)(0x80 | (c >> 12 & 0x3f));
	at[2] = (char)(0x80 | (c >> 6 & 0x3f));
	at[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static int
colour_of(const VTermColor *c)
{
	if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
		return EMULATOR_DEFAULT;
	if (VTERM_COLOR_IS_INDEXED(c))
		return c->indexed.idx;
	return EMULATOR_RGB | c->rgb.red << 16 | c->rgb.green << 8 |
	    c->rgb.blue;
}

struct emulator_cell
emulator_cell(const struct emulator *e, int row, int column)
{
	VTermPos at = {.row = row, .col = column};
	struct emulator_cell cell = {0};
	VTermScreenCell c;
	size_t n = 0;

	if (!vterm_screen_get_cell(e->screen, at, &c))
		fail_msg("no cell at row %d, column %d", row, column);
	cell.colour = colour_of(&c.fg);
	cell.background = colour_of(&c.bg);
	cell.bold = c.attrs.bold;
	cell.underline = c.attrs.underline != VTERM_UNDERLINE_OFF;
	cell.italic = c.attrs.italic;
	cell.blink = c.attrs.blink;
	cell.reverse = c.attrs.reverse;
	if (c.chars[0] == WIDE_RIGHT)
		return cell;
	cell.width = c.width;
	for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && c.chars[i] != 0; i++)
		n += put_utf8(cell.text + n, c.chars[i]);
	return cell;
}

char *
emulator_row(const struct emulator *e, int row)
{
	int rows, columns;
	size_t len = 0;
	char *text;

	emulator_size(e, &rows, &columns);
	text = malloc((size_t)columns * CELL_TEXT + 1);
	if (text == NULL)
		fail_msg("no memory");
	for (int column = 0; column < columns; column++) {
		struct emulator_cell cell = emulator_cell(e, row, column);
		const char *shown = cell.text[0] != '\0' ? cell.text : " ";

		if (cell.width > 0)
			len += (size_t)sprintf(text + len, "%s", shown);
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	text[len] = '\0';
	return text;
}

void
emulator_cursor(const struct emulator *e, int *row, int *column)
{
	VTermPos at;

	vterm_state_get_cursorpos(vterm_obtain_state(e->vt), &at);
	*row = at.row;
	*column = at.col;
}

struct emulator_modes
emulator_modes(const struct emulator *e)
{
	return e->modes;
}
