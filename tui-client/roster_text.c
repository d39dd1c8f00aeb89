#include <inttypes.h>
#include <stdio.h>

#include "roster_text.h"
#include "units.h"

#define SECOND_MS 1000
#define HOUR_MS	  (UINT64_C(3600) * SECOND_MS)
#define DAY_MS	  (24 * HOUR_MS)
#define CLOCK_MS  (100 * HOUR_MS) /* from then on in days: as many columns */

const struct roster_heading *
roster_text_heading(enum roster_column column)
{
	static const struct roster_heading headings[ROSTER_COLUMNS] = {
	    [ROSTER_ID] = {"id", 6, 0, true},
	    [ROSTER_PEER] = {"peer", 21, 1, true},
	    [ROSTER_AGE] = {"age", 8, 6, false},
	    [ROSTER_IDLE] = {"idle", 8, 4, false},
	    [ROSTER_IN] = {"in", 8, 5, false},
	    [ROSTER_OUT] = {"out", 8, 7, false},
	    [ROSTER_RATE] = {"rate", 10, 2, false},
	    [ROSTER_QUEUED] = {"queued", 8, 3, false},
	};

	return &headings[column];
}

static void
format_span(char *buf, size_t size, uint64_t ms)
{
	if (ms >= CLOCK_MS)
		(void)snprintf(buf, size, "%" PRIu64 "d %02" PRIu64 "h",
		    ms / DAY_MS, ms % DAY_MS / HOUR_MS);
	else
		(void)units_format_age(buf, size, ms);
}

/* Tenths as long as they can be told apart from one answer to the next. */
static void
format_idle(char *buf, size_t size, uint64_t ms)
{
	if (ms < 60 * SECOND_MS)
		(void)snprintf(buf, size, "%" PRIu64 ".%" PRIu64 " s",
		    ms / SECOND_MS, ms % SECOND_MS / 100);
	else
		format_span(buf, size, ms);
}

/* Nothing is a plain 0: what there is stands out. */
static void
format_bytes(char *buf, size_t size, uint64_t bytes, const char *per)
{
	char text[16];

	if (bytes == 0)
		(void)snprintf(buf, size, "0");
	else
		(void)snprintf(buf, size, "%s%s",
		    units_format_bytes(text, sizeof(text), bytes), per);
}

char *
roster_text_cell(char buf[ROSTER_TEXT_BYTES], const struct roster_row *row,
    enum roster_column column)
{
	const size_t size = ROSTER_TEXT_BYTES;

	*buf = '\0';
	switch (column) {
	case ROSTER_ID:
		if (row->nameless)
			(void)snprintf(buf, size, "#?");
		else
			(void)snprintf(buf, size, "#%" PRIu64, row->id);
		break;
	case ROSTER_PEER:
		(void)snprintf(buf, size, "%s", row->peer);
		break;
	case ROSTER_AGE:
		format_span(buf, size, row->age_ms);
		break;
	case ROSTER_IDLE:
		format_idle(buf, size, row->idle_ms);
		break;
	case ROSTER_IN:
		format_bytes(buf, size, row->in, "");
		break;
	case ROSTER_OUT:
		format_bytes(buf, size, row->out, "");
		break;
	case ROSTER_RATE:
		format_bytes(buf, size, row->rate, "/s");
		break;
	case ROSTER_QUEUED:
		format_bytes(buf, size, row->queued, "");
		break;
	case ROSTER_COLUMNS:
		break;
	}
	return buf;
}
