/* quartiles: see quartiles.h. */

#include <stdlib.h>

#include "quartiles.h"

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
quarter(const double *sorted, size_t count, unsigned quarters)
{
	size_t scaled = (count - 1) * quarters, i = scaled / 4;
	double rest = (double)(scaled % 4) / 4;

	if (i + 1 == count)
		return sorted[i];
	return sorted[i] + rest * (sorted[i + 1] - sorted[i]);
}

struct quartiles
quartiles_of(double *values, size_t count)
{
	struct quartiles q = {0};

	if (count == 0)
		return q;
	qsort(values, count, sizeof(*values), compare);
	q.low = quarter(values, count, 1);
	q.median = quarter(values, count, 2);
	q.high = quarter(values, count, 3);
	q.count = count;
	return q;
}
