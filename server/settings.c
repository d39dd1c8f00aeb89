#include "settings.h"

#include <err.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "admit.h"
#include "endpoint.h"
#include "units.h"

#define SETTINGS_PORT	      8080
#define SETTINGS_DRAIN_MS     5000
#define SETTINGS_BUFFER_BYTES ((size_t)64 * 1024)
#define SETTINGS_BUFFER_MAX   ((uint64_t)64 * 1024 * 1024)
#define SETTINGS_THREADS_MAX  256
#define SETTINGS_SPIN_MAX_US  ((uint64_t)1000 * 1000)

/*
 * Whether a resolver could know this: letters, digits, dots and hyphens, and a
 * last label that is not a number (RFC 3696), or it is an address gone wrong.
 */
static bool
is_host_name(const char *host)
{
	const char *label;
	size_t len;

	len = strspn(host,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_"
	    "%");
	label = strrchr(host, '.');
	label = label == NULL ? host : label + 1;
	return host[len] == '\0' && label[strspn(label, "0123456789")] != '\0';
}

static const char *
set_bind(void *into, const char *value)
{
	struct settings *settings = into;
	struct endpoint endpoint;

	errno = 0;
	if (endpoint_parse(&endpoint, value, SETTINGS_PORT) == -1 ||
	    (endpoint.family == AF_UNSPEC && !is_host_name(endpoint.host)))
		return errno == ENAMETOOLONG
		    ? "a shorter name or path"
		    : "an address, a host name or unix:/path";
	if (settings->bind_count == ADDRESSES_MAX)
		return "at most 64 addresses";
	settings->binds[settings->bind_count++] = value;
	return NULL;
}

static const char *
set_port(void *into, const char *value)
{
	struct settings *settings = into;
	uint64_t port;

	if (units_parse_number(value, 0, UINT16_MAX, &port) == -1)
		return "a number from 0 to 65535";
	settings->port = (uint16_t)port;
	return NULL;
}

static const char *
set_rule(struct settings *settings, const char *value, bool allow)
{
	if (admit_add(settings->rules, value, allow) == 0)
		return NULL;
	if (errno == ENOMEM)
		return "more memory";
	return "an address, a CIDR such as 192.0.2.0/24, or any";
}

static const char *
set_allow(void *into, const char *value)
{
	return set_rule(into, value, true);
}

static const char *
set_deny(void *into, const char *value)
{
	return set_rule(into, value, false);
}

static const char *
set_threads(void *into, const char *value)
{
	struct settings *settings = into;
	uint64_t threads;
	long cores;

	if (units_parse_number(value, 0, SETTINGS_THREADS_MAX, &threads) == -1)
		return "a number from 0 (as many as cores) to 256";
	if (threads == 0) {
		cores = sysconf(_SC_NPROCESSORS_ONLN);
		threads = cores < 1		   ? 1
		    : cores > SETTINGS_THREADS_MAX ? SETTINGS_THREADS_MAX
						   : (uint64_t)cores;
	}
	settings->threads = (unsigned)threads;
	return NULL;
}

static const char *
set_limit(uint64_t *limit, const char *value)
{
	if (units_parse_number(value, 1, UINT32_MAX, limit) == -1)
		return "a number from 1 to 4294967295";
	return NULL;
}

static const char *
set_max_clients(void *into, const char *value)
{
	struct settings *settings = into;

	return set_limit(&settings->max_clients, value);
}

static const char *
set_max_per_ip(void *into, const char *value)
{
	struct settings *settings = into;

	return set_limit(&settings->max_per_ip, value);
}

static const char *
set_duration(uint64_t *ms, const char *value)
{
	if (units_parse_ms(value, ms) == -1)
		return "a duration such as 500ms, 30s or 5m";
	return NULL;
}

static const char *
set_idle_timeout(void *into, const char *value)
{
	struct settings *settings = into;

	return set_duration(&settings->idle_ms, value);
}

static const char *
set_stall_timeout(void *into, const char *value)
{
	struct settings *settings = into;

	return set_duration(&settings->stall_ms, value);
}

static const char *
set_drain_timeout(void *into, const char *value)
{
	struct settings *settings = into;

	return set_duration(&settings->drain_ms, value);
}

static const char *
set_spin(void *into, const char *value)
{
	struct settings *settings = into;
	uint64_t us;

	if (units_parse_us(value, &us) == -1 || us > SETTINGS_SPIN_MAX_US)
		return "a duration of at most 1s, such as 50us";
	settings->spin_us = us;
	return NULL;
}

static const char *
set_proxy_protocol(void *into, const char *value)
{
	struct settings *settings = into;

	(void)value;
	settings->proxied = true;
	return NULL;
}

static const char *
set_user(void *into, const char *value)
{
	struct settings *settings = into;

	if (value[0] == '\0')
		return "the name of a user";
	settings->user = value;
	return NULL;
}

static const char *
set_no_sandbox(void *into, const char *value)
{
	struct settings *settings = into;

	(void)value;
	settings->no_sandbox = true;
	return NULL;
}

static const char *
set_buffer(void *into, const char *value)
{
	struct settings *settings = into;
	uint64_t bytes;

	if (units_parse_bytes(value, &bytes) == -1 || bytes == 0 ||
	    bytes > SETTINGS_BUFFER_MAX)
		return "a size from 1 to 64M";
	settings->buffer_bytes = (size_t)bytes;
	return NULL;
}

static const char *
set_log(void *into, const char *value)
{
	struct settings *settings = into;

	if (value[0] == '\0')
		return "the path of a file";
	settings->log_path = value;
	return NULL;
}

static const char *
set_log_format(void *into, const char *value)
{
	struct settings *settings = into;

	settings->log_json = strcmp(value, "json") == 0;
	if (!settings->log_json && strcmp(value, "text") != 0)
		return "text or json";
	return NULL;
}

static const char *
set_log_data(void *into, const char *value)
{
	struct settings *settings = into;

	if (strcmp(value, "on") == 0)
		settings->log_data = SETTINGS_DATA_ON;
	else if (strcmp(value, "off") == 0)
		settings->log_data = SETTINGS_DATA_OFF;
	else if (strcmp(value, "auto") == 0)
		settings->log_data = SETTINGS_DATA_AUTO;
	else
		return "on, off or auto";
	return NULL;
}

static const char *
set_control(void *into, const char *value)
{
	struct settings *settings = into;

	if (value[0] == '\0')
		return "the path of a socket, or none";
	settings->no_control = strcmp(value, "none") == 0;
	settings->control = settings->no_control ? NULL : value;
	return NULL;
}

static const char *
set_verbose(void *into, const char *value)
{
	struct settings *settings = into;

	(void)value;
	settings->verbose = true;
	settings->quiet = false;
	return NULL;
}

static const char *
set_quiet(void *into, const char *value)
{
	struct settings *settings = into;

	(void)value;
	settings->quiet = true;
	settings->verbose = false;
	return NULL;
}

static const struct options_entry settings_entries[] = {
    {'b', "bind", "ADDR",
	"listen on this IPv4 or IPv6 address, host name or unix:/path, "
	"repeatable (default 127.0.0.1 and ::1)",
	set_bind},
    {'p', "port", "N",
	"the port; 0 lets the system choose one for all addresses "
	"(default 8080)",
	set_port},
    {'t', "threads", "N",
	"worker threads; 0 is as many as there are cores (default 1)",
	set_threads},
    {0, "allow", "CIDR",
	"let these connect, repeatable; the first match of --allow and --deny "
	"decides; 'any' is everyone; needed to listen beyond loopback",
	set_allow},
    {0, "deny", "CIDR", "refuse these, repeatable", set_deny},
    {0, "max-clients", "N",
	"clients at once (default: what the limit of descriptors allows)",
	set_max_clients},
    {0, "max-per-ip", "N", "clients at once from one address (default: any)",
	set_max_per_ip},
    {0, "idle-timeout", "DUR",
	"close a client that sent nothing for so long (default: never)",
	set_idle_timeout},
    {0, "stall-timeout", "DUR",
	"close a client that takes nothing of its echo for so long "
	"(default: never)",
	set_stall_timeout},
    {0, "drain-timeout", "DUR", "how long a shutdown may take (default 5s)",
	set_drain_timeout},
    {0, "buffer", "BYTES",
	"bytes that wait for one client at most (default 64K)", set_buffer},
    {0, "proxy-protocol", NULL,
	"every client begins with a PROXY header (version 1 or 2), as a load "
	"balancer sends it",
	set_proxy_protocol},
    {0, "spin", "DUR",
	"ask for so long whether there is more, before sleeping (default 0)",
	set_spin},
    {'l', "log", "FILE", "append the log to this file (default: stderr)",
	set_log},
    {0, "log-format", "FORMAT", "text or json (default text)", set_log_format},
    {0, "log-data", "WHEN",
	"a line for what each client says: on, off or auto, which is on where "
	"the log is a terminal, or with -v (default auto)",
	set_log_data},
    {0, "control", "PATH",
	"the control socket; or none (default: yodeld-PORT.sock in "
	"$XDG_RUNTIME_DIR, else in a directory of the user's in /tmp)",
	set_control},
    {0, "user", "NAME", "become this user once the sockets are bound",
	set_user},
    {0, "no-sandbox", NULL,
	"do without the confinement that follows the set-up", set_no_sandbox},
    {'v', "verbose", NULL, "log more", set_verbose},
    {'q', "quiet", NULL, "log only warnings and errors", set_quiet},
};

static const struct options_program settings_program = {
    .name = "yodeld",
    .operands = "",
    .summary = "A TCP echo server: what a client sends comes back to it.",
    .footer =
	"DUR is a number with a unit: 500ms, 30s, 5m; for --spin also 50us. "
	"BYTES\nmay end in K, M or "
	"G.\n"
	"TERM and INT end the server once all is sent, a second one at once; "
	"HUP opens\nthe log again; USR1 logs the statistics.\n"
	"Exit status: 0 after a shutdown, 1 if it cannot start, 2 for wrong "
	"usage.",
    .entries = settings_entries,
    .count = sizeof(settings_entries) / sizeof(settings_entries[0]),
    .max_operands = 0,
};

enum options_result
settings_parse(struct settings *settings, int argc, char **argv)
{
	int first;

	memset(settings, 0, sizeof(*settings));
	settings->port = SETTINGS_PORT;
	settings->threads = 1;
	settings->drain_ms = SETTINGS_DRAIN_MS;
	settings->buffer_bytes = SETTINGS_BUFFER_BYTES;
	settings->rules = admit_new();
	if (settings->rules == NULL) {
		warn("settings");
		return OPTIONS_USAGE;
	}
	return options_parse(&settings_program, argc, argv, settings, &first);
}

void
settings_end(struct settings *settings)
{
	admit_free(settings->rules);
	settings->rules = NULL;
}
