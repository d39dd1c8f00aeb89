#include "log_format.h"
#include "log_style.h"
#include "record.h"

/* Where in the text a value begins and, returned, ends; 0: there is none. */
static size_t
head_end(const struct record *r, const char *key, size_t *start)
{
	const struct record_field *field = record_find(r, key);
	size_t len;

	if (field == NULL || record_kind(r) == RECORD_PLAIN)
		return 0;
	record_place(r, field, start, &len);
	return *start + len;
}

void
log_style_init(struct log_style *style, struct record *r,
    const struct filter *filter, size_t from)
{
	int level = record_level(r);
	size_t len, start = 0, end;

	*style = (struct log_style){.loud = SCREEN_PLAIN};
	(void)record_text(r, &len);
	if (filter != NULL)
		style->count = filter_ranges(
		    filter, r, from, style->ranges, LOG_STYLE_RANGES);
	end = head_end(r, "ts", &start);
	if (end > 0 && start == 0)
		style->quiet_end = end;
	if (level == RECORD_NO_LEVEL)
		return;
	end = head_end(r, "level", &start);
	if (level < LOG_LEVEL_WARNING) {
		style->quiet_end = end;
		return;
	}
	style->loud = level == LOG_LEVEL_ERROR ? SCREEN_ALERT : SCREEN_STRONG;
	style->loud_start = start;
	style->loud_end = end;
	end = head_end(r, "event", &start);
	/* Further on it is one field among others. */
	if (end > 0 && start <= style->loud_end + LOG_LEVEL_COLUMNS)
		style->loud_end = end;
}

enum screen_style
log_style_of(void *arg, size_t at, size_t end, bool spelt)
{
	struct log_style *style = arg;

	for (; style->next < style->count; style->next++) {
		const struct filter_range *range = &style->ranges[style->next];

		if (range->start >= end)
			break;
		if (range->start + range->len > at)
			return SCREEN_MATCH;
	}
	if (spelt)
		return SCREEN_SPELT;
	if (at < style->quiet_end)
		return SCREEN_DIM;
	return at >= style->loud_start && at < style->loud_end ? style->loud
							       : SCREEN_PLAIN;
}
