#include <stdint.h>
#include <string.h>

#include "roster_order.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Two runs of digits, as numbers; both are moved behind them. */
static int
compare_digits(const char **a, const char **b)
{
	size_t len_a, len_b;
	int order;

	while (**a == '0' && is_digit((*a)[1]))
		(*a)++;
	while (**b == '0' && is_digit((*b)[1]))
		(*b)++;
	len_a = strspn(*a, "0123456789");
	len_b = strspn(*b, "0123456789");
	order =
	    len_a != len_b ? (len_a < len_b ? -1 : 1) : strncmp(*a, *b, len_a);
	*a += len_a;
	*b += len_b;
	return order;
}

static int
compare_peers(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		int order = 0;

		if (is_digit(*a) && is_digit(*b))
			order = compare_digits(&a, &b);
		else if (*a == *b) {
			a++;
			b++;
		} else
			order = (unsigned char)*a - (unsigned char)*b;
		if (order != 0)
			return order;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

static uint64_t
number_of(const struct roster_row *row, enum roster_column column)
{
	switch (column) {
	case ROSTER_AGE:
		return row->age_ms;
	case ROSTER_IDLE:
		return row->idle_ms;
	case ROSTER_IN:
		return row->in;
	case ROSTER_OUT:
		return row->out;
	case ROSTER_RATE:
		return row->rate;
	case ROSTER_QUEUED:
		return row->queued;
	default:
		return row->id;
	}
}

static int
compare(const struct roster_row *a, const struct roster_row *b,
    enum roster_column column)
{
	uint64_t x, y;

	if (column == ROSTER_PEER)
		return compare_peers(a->peer, b->peer);
	x = number_of(a, column);
	y = number_of(b, column);
	return x < y ? -1 : x > y;
}

/* Merges from[left..middle) and from[middle..right) into to. */
static void
merge(const struct roster_row **to, const struct roster_row **from, size_t left,
    size_t middle, size_t right, enum roster_column column, bool descending)
{
	size_t a = left, b = middle;

	for (size_t i = left; i < right; i++) {
		int order = a == middle ? 1
		    : b == right	? -1
		    : descending	? compare(from[b], from[a], column)
					: compare(from[a], from[b], column);

		to[i] = order <= 0 ? from[a++] : from[b++];
	}
}

/* qsort(3) is not stable, and knows of no column. */
void
roster_order(const struct roster_row **order, const struct roster_row **spare,
    size_t count, enum roster_column column, bool descending)
{
	const struct roster_row **from = order, **to = spare, **swap;

	for (size_t width = 1; width < count; width *= 2) {
		for (size_t left = 0; left < count; left += 2 * width) {
			size_t middle = left + width;
			size_t right = middle + width;

			middle = middle < count ? middle : count;
			right = right < count ? right : count;
			merge(
			    to, from, left, middle, right, column, descending);
		}
		swap = from;
		from = to;
		to = swap;
	}
	if (from != order)
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): of pointers */
		memcpy(order, from, count * sizeof(*order));
}
