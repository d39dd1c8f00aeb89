#include <stdio.h>
#include <time.h>

#include "clock.h"
#include "link.h"
#include "pane_status_text.h"
#include "screen.h"

bool
pane_status_is_up(const struct link_status *status)
{
	return status->state == LINK_CONNECTED;
}

const char *
pane_status_glyph(const struct screen *s, const struct link_status *status)
{
	return pane_status_is_up(status) ? screen_glyph(s, "●", "*")
					 : screen_glyph(s, "○", "o");
}

char *
pane_status_since(char *buf, size_t size, const struct link_status *status)
{
	uint64_t wall_ms =
	    clock_wall_ms() - (clock_now_ms() - status->since_ms);
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(buf, size, "%H:%M:%S", &tm) == 0)
		*buf = '\0';
	return buf;
}

unsigned
pane_status_retry_s(const struct link_status *status)
{
	uint64_t now = clock_now_ms();

	if (status->retry_at_ms <= now)
		return 0;
	return (unsigned)((status->retry_at_ms - now + 999) / 1000);
}

unsigned long long
pane_status_reconnects(const struct link_status *status)
{
	return status->connects > 0 ? status->connects - 1 : 0;
}
