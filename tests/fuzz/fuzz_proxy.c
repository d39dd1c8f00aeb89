/* proxy: a header means the same however its bytes come, and is bounded. */

#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "proxy.h"

#define LINE_MAX_BYTES 107 /* of version 1 */

struct answer {
	ssize_t n;
	struct proxy proxy;
	const char *error;
};

static struct answer
parse(const uint8_t *data, size_t len)
{
	struct answer answer = {0};
	uint8_t *exact = fuzz_copy(data, len);
	size_t most =
	    len > 0 && data[0] == 'P' ? LINE_MAX_BYTES : PROXY_HEADER_MAX;

	answer.n = proxy_parse(&answer.proxy, exact, len, &answer.error);
	free(exact);
	FUZZ_CHECK(answer.n >= -1 && answer.n <= (ssize_t)len);
	FUZZ_CHECK(answer.n != -1 || answer.error != NULL);
	FUZZ_CHECK(answer.n != 0 || len < most);
	return answer;
}

static void
check_same(const struct answer *a, const struct answer *b)
{
	FUZZ_CHECK(a->n == b->n);
	if (a->n == -1) {
		FUZZ_CHECK(strcmp(a->error, b->error) == 0);
		return;
	}
	FUZZ_CHECK(a->proxy.own == b->proxy.own);
	FUZZ_CHECK(a->proxy.source.port == b->proxy.source.port);
	FUZZ_CHECK(memcmp(a->proxy.source.address, b->proxy.source.address,
		       sizeof(a->proxy.source.address)) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer whole = parse(data, size), part = {0};
	size_t len = 0;

	/* As the bytes come: at first each, then more at a time. */
	while (part.n == 0 && len < size) {
		len += len < 240 ? 1 : 64;
		len = len < size ? len : size;
		part = parse(data, len);
	}
	if (whole.n > 0 && part.n > 0) {
		/* Nothing behind the header matters. */
		struct answer exact = parse(data, (size_t)whole.n);

		check_same(&whole, &exact);
	}
	check_same(&whole, &part);
	return 0;
}
