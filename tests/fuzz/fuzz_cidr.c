/*
 * cidr: admit decides as rules compared bit by bit do. An input is an address
 * and rules, a line each: "+" allows and "-" denies, "+10.0.0.0/8".
 */

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdlib.h>
#include <string.h>

#include "admit.h"
#include "fuzz.h"
#include "remote.h"

struct rule {
	uint8_t bits[16]; /* as remote has them */
	size_t prefix;
	bool any;
};

static bool
read_address(const char *text, uint8_t bits[16])
{
	memset(bits, 0, 16);
	if (inet_pton(AF_INET, text, bits + 12) == 1) {
		bits[10] = bits[11] = 0xff;
		return true;
	}
	return inet_pton(AF_INET6, text, bits) == 1;
}

static bool
is_mapped(const uint8_t bits[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(bits, mapped, sizeof(mapped)) == 0;
}

/* Whether it is one. */
static bool
read_rule(char *text, struct rule *rule)
{
	char *slash = strchr(text, '/');
	size_t most, prefix = 0;

	rule->any = strcmp(text, "any") == 0;
	if (slash != NULL)
		*slash++ = '\0';
	if (rule->any)
		return true;
	if (!read_address(text, rule->bits))
		return false;
	most = strchr(text, ':') == NULL ? 32 : 128;
	rule->prefix = 128;
	if (slash == NULL)
		return true;
	if (*slash == '\0' || strspn(slash, "0123456789") != strlen(slash))
		return false;
	for (; *slash != '\0' && prefix <= most; slash++)
		prefix = prefix * 10 + (size_t)(*slash - '0');
	rule->prefix = 128 - most + prefix;
	return prefix <= most;
}

static bool
matches(const struct rule *rule, const struct remote *remote)
{
	if (rule->any)
		return true;
	if (rule->prefix < 96 && is_mapped(remote->address))
		return false;
	for (size_t i = 0; i < rule->prefix; i++)
		if ((rule->bits[i / 8] ^ remote->address[i / 8]) &
		    0x80u >> i % 8)
			return false;
	return true;
}

/* What the rules so far say. */
struct model {
	bool decided, allowed, has_allow;
};

static void
take_rule(struct admit *admit, struct model *model, const char *line,
    const struct remote *remote)
{
	bool allow = line[0] == '+';
	struct rule rule;
	char *text = fuzz_string(line + 1, strlen(line + 1));
	int added = admit_add(admit, text, allow);

	FUZZ_CHECK((added == 0) == read_rule(text, &rule));
	if (added == 0) {
		model->has_allow = model->has_allow || allow;
		if (!model->decided && matches(&rule, remote)) {
			model->decided = true;
			model->allowed = allow;
		}
	}
	free(text);
}

static void
check(const struct admit *admit, const struct model *model,
    const struct remote *remote)
{
	bool allowed = model->decided ? model->allowed : !model->has_allow;

	if (remote_is_unix(remote))
		allowed = true;
	FUZZ_CHECK(admit_has_allow(admit) == model->has_allow);
	FUZZ_CHECK(admit_check(admit, remote) == allowed);
	FUZZ_CHECK(admit_denies(admit, remote) ==
	    (model->decided && !model->allowed && !remote_is_unix(remote)));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct admit *admit = admit_new();
	struct model model = {0};
	struct remote remote = {0};
	char *text = fuzz_string(data, size), *rest = text, *line;

	FUZZ_CHECK(admit != NULL);
	if ((line = strtok_r(text, "\n", &rest)) != NULL)
		(void)read_address(line, remote.address);
	while ((line = strtok_r(NULL, "\n", &rest)) != NULL) {
		take_rule(admit, &model, line, &remote);
		check(admit, &model, &remote);
	}
	check(admit, &model, &remote);
	admit_free(admit);
	free(text);
	return 0;
}
