/*
 * endpoint: what was understood and is written down is understood the same; but
 * for a host called unix, which "unix:8080" does not mean.
 */

#include <sys/socket.h>

#include <stdlib.h>
#include <string.h>

#include "endpoint.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct endpoint endpoint, again;
	char text[ENDPOINT_TEXT_MAX], second[ENDPOINT_TEXT_MAX];
	char *named = fuzz_string(data, size);

	if (endpoint_parse(&endpoint, named, 8080) == 0 &&
	    strcmp(endpoint.host, "unix") != 0) {
		FUZZ_CHECK(endpoint.host[0] != '\0');
		FUZZ_CHECK(strlen(endpoint.host) < sizeof(endpoint.host));
		(void)endpoint_format(text, sizeof(text), &endpoint);
		FUZZ_CHECK(endpoint_parse(&again, text, 1) == 0);
		FUZZ_CHECK(again.family == endpoint.family);
		FUZZ_CHECK(again.port == endpoint.port);
		FUZZ_CHECK(strcmp(again.host, endpoint.host) == 0);
		(void)endpoint_format(second, sizeof(second), &again);
		FUZZ_CHECK(strcmp(second, text) == 0);
	}
	free(named);
	return 0;
}
