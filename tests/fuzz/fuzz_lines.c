/* lines: any split gives the same lines, which are the stream and bounded. */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "lines.h"

struct seen {
	size_t limit;
	const uint8_t *left; /* of the stream */
	size_t left_len;
	uint64_t shape; /* a sum of where lines begin, and how they end */
};

static void
expect(struct seen *seen, const char *text, size_t len)
{
	FUZZ_CHECK(len <= seen->left_len);
	FUZZ_CHECK(memcmp(seen->left, text, len) == 0);
	seen->left += len;
	seen->left_len -= len;
}

static void
see(void *arg, const struct line *line)
{
	struct seen *seen = arg;
	uint64_t shape = line->len << 4 | (size_t)line->first |
	    (size_t)line->last << 1 | (size_t)line->crlf << 2 |
	    (size_t)line->ended << 3;

	FUZZ_CHECK(line->len <= seen->limit);
	FUZZ_CHECK(line->last || (!line->ended && !line->crlf));
	FUZZ_CHECK(line->ended || !line->crlf);
	FUZZ_CHECK(memchr(line->text, '\n', line->len) == NULL);
	expect(seen, line->text, line->len);
	if (line->crlf)
		expect(seen, "\r\n", 2);
	else if (line->ended)
		expect(seen, "\n", 1);
	seen->shape = (seen->shape ^ shape) * 1099511628211u;
}

/* In pieces of so many bytes; 0: of any size. Returns the shape. */
static uint64_t
feed(size_t limit, const uint8_t *data, size_t size, size_t each)
{
	struct fuzz_random random = fuzz_random_of(data, size);
	struct seen seen = {.limit = limit, .left = data, .left_len = size};
	struct lines *lines = lines_new(limit);
	size_t n;

	FUZZ_CHECK(lines != NULL);
	for (size_t i = 0; i < size; i += n) {
		char *piece;

		n = each > 0 ? each : 1 + fuzz_random_next(&random, 64);
		n = n < size - i ? n : size - i;
		piece = fuzz_copy(data + i, n);
		FUZZ_CHECK(lines_feed(lines, piece, n, see, &seen) == 0);
		FUZZ_CHECK(lines_pending(lines) <= limit + 1);
		free(piece);
	}
	lines_finish(lines, see, &seen);
	FUZZ_CHECK(lines_pending(lines) == 0);
	FUZZ_CHECK(seen.left_len == 0);
	lines_free(lines);
	return seen.shape;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole;
	size_t limit;

	if (size == 0)
		return 0;
	/* The first byte is the bound. */
	limit = 2 + data[0] % 64;
	data++;
	size--;
	whole = feed(limit, data, size, size + 1);
	for (size_t each = 0; each < 3; each++)
		FUZZ_CHECK(feed(limit, data, size, each) == whole);
	return 0;
}
