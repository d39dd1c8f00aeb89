#include "rates.h"

#include "stats.h"

#define RATES_LATE_MS 500 /* so much off, a sample still counts as due */

void
rates_add(struct rates *rates, uint64_t now_ms, const struct stats *stats)
{
	if (rates->count > 0)
		rates->last = (rates->last + 1) % RATES_SAMPLES;
	rates->samples[rates->last] = (struct rates_sample){
	    .at_ms = now_ms,
	    .messages = stats->messages,
	    .in_bytes = stats->in_bytes,
	    .out_bytes = stats->out_bytes,
	};
	if (rates->count < RATES_SAMPLES)
		rates->count++;
}

/* The sample from which the span runs, or the first that there is. */
static const struct rates_sample *
rates_find_base(const struct rates *rates, uint64_t span_ms)
{
	const struct rates_sample *last = &rates->samples[rates->last], *sample;
	size_t i;

	sample = last;
	for (i = 1; i < rates->count; i++) {
		sample = &rates->samples[(rates->last + RATES_SAMPLES - i) %
		    RATES_SAMPLES];
		if (last->at_ms - sample->at_ms + RATES_LATE_MS >= span_ms)
			break;
	}
	return sample;
}

static uint64_t
rates_value(uint64_t before, uint64_t now, uint64_t span_ms)
{
	return (now - before) * 1000 * 1000 / span_ms;
}

/*
 * A sample that is older than the span, or a span that began before the first
 * one, means that nothing passed in between: the span is what counts.
 */
void
rates_over(
    const struct rates *rates, unsigned seconds, struct rates_values *values)
{
	const struct rates_sample *last = &rates->samples[rates->last];
	uint64_t span_ms = (uint64_t)seconds * 1000;
	const struct rates_sample *base = rates_find_base(rates, span_ms);
	const uint64_t past_ms = last->at_ms - base->at_ms;

	if (past_ms + RATES_LATE_MS >= span_ms &&
	    past_ms <= span_ms + RATES_LATE_MS)
		span_ms = past_ms;
	values->messages = rates_value(base->messages, last->messages, span_ms);
	values->in_bytes = rates_value(base->in_bytes, last->in_bytes, span_ms);
	values->out_bytes =
	    rates_value(base->out_bytes, last->out_bytes, span_ms);
}
