#include "rates.h"

#include "stats.h"

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

/* The one that is back samples older than the last one. */
static const struct rates_sample *
rates_sample(const struct rates *rates, size_t back)
{
	return &rates->samples[(rates->last + RATES_SAMPLES - back) %
	    RATES_SAMPLES];
}

/* How many samples are younger than the moment at which a span began. */
static size_t
rates_count_since(const struct rates *rates, uint64_t span_ms)
{
	const uint64_t now_ms = rates_sample(rates, 0)->at_ms;
	size_t back;

	for (back = 0; back < rates->count; back++)
		if (now_ms - rates_sample(rates, back)->at_ms >= span_ms)
			break;
	return back;
}

/* The part of a growth that falls into part_ms of whole_ms; can't overflow. */
static uint64_t
rates_part(uint64_t growth, uint64_t part_ms, uint64_t whole_ms)
{
	return growth / whole_ms * part_ms +
	    growth % whole_ms * part_ms / whole_ms;
}

/* What was counted up to a moment between two samples: it grew evenly. */
static struct rates_sample
rates_between(const struct rates_sample *before,
    const struct rates_sample *after, uint64_t at_ms)
{
	const uint64_t whole_ms = after->at_ms - before->at_ms;
	const uint64_t rest_ms = after->at_ms - at_ms;

	return (struct rates_sample){
	    .at_ms = at_ms,
	    .messages = after->messages -
		rates_part(
		    after->messages - before->messages, rest_ms, whole_ms),
	    .in_bytes = after->in_bytes -
		rates_part(
		    after->in_bytes - before->in_bytes, rest_ms, whole_ms),
	    .out_bytes = after->out_bytes -
		rates_part(
		    after->out_bytes - before->out_bytes, rest_ms, whole_ms),
	};
}

/* Before the first sample nothing passed. */
static struct rates_sample
rates_begin(const struct rates *rates, uint64_t span_ms)
{
	const size_t since = rates_count_since(rates, span_ms);
	const struct rates_sample *last = rates_sample(rates, 0);

	if (since == rates->count)
		return *rates_sample(rates, since == 0 ? 0 : since - 1);
	return rates_between(rates_sample(rates, since),
	    rates_sample(rates, since - 1), last->at_ms - span_ms);
}

static uint64_t
rates_value(uint64_t before, uint64_t now, uint64_t span_ms)
{
	return (now - before) * 1000 * 1000 / span_ms;
}

void
rates_over(
    const struct rates *rates, unsigned seconds, struct rates_values *values)
{
	const uint64_t span_ms = (uint64_t)seconds * 1000;
	const struct rates_sample *last = rates_sample(rates, 0);
	const struct rates_sample begin = rates_begin(rates, span_ms);

	values->messages = rates_value(begin.messages, last->messages, span_ms);
	values->in_bytes = rates_value(begin.in_bytes, last->in_bytes, span_ms);
	values->out_bytes =
	    rates_value(begin.out_bytes, last->out_bytes, span_ms);
}
