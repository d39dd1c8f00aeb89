#include "pane_text.h"
#include "visible.h"
#include "wrap.h"

size_t
pane_text_draw(struct screen *s, int row, int column, int max, const char *text,
    size_t start, size_t len,
    enum screen_style (*style)(void *arg, size_t at, size_t end, bool spelt),
    void *arg)
{
	size_t at = start, end = start + len;
	int done = 0;

	while (at < end && done < max) {
		const char *p = text + at;
		struct visible unit;
		size_t used = wrap_unit(p, end - at, (unsigned)done, &unit);
		int room = unit.width < max - done ? unit.width : max - done;
		enum screen_style shown =
		    style(arg, at, at + used, unit.escaped);

		/* What is as it came is drawn with what a joiner looks at. */
		if (unit.escaped || *p == '\t')
			screen_put(s, row, column + done, room, shown,
			    unit.text, unit.text_len);
		else
			screen_put(
			    s, row, column + done, room, shown, p, end - at);
		done += unit.width;
		if (done > max)
			break;
		at += used;
	}
	return at;
}
