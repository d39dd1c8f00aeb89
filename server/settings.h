/* settings: what yodeld's command line says. */

#ifndef YODEL_SETTINGS_H
#define YODEL_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addresses.h"
#include "options.h"

struct admit;

enum settings_log_data { SETTINGS_DATA_AUTO, SETTINGS_DATA_ON,
	SETTINGS_DATA_OFF };

/* Texts are argv's own. */
struct settings {
	const char *binds[ADDRESSES_MAX];
	size_t	 bind_count;		/* 0: the default addresses */
	uint16_t port;
	unsigned threads;		/* workers, at least 1 */
	struct admit *rules;
	uint64_t max_clients;		/* 0: by the limit of descriptors */
	uint64_t max_per_ip;		/* 0: no such limit */
	uint64_t idle_ms;		/* 0: never */
	uint64_t stall_ms;		/* 0: never */
	uint64_t drain_ms;
	size_t	 buffer_bytes;
	bool	 proxied;		/* PROXY headers are required */
	uint64_t spin_us;		/* 0: sleep at once */
	const char *log_path;		/* NULL: stderr */
	bool	 log_json;
	enum settings_log_data log_data;
	const char *control;		/* NULL: the default path */
	bool	 no_control;
	bool	 verbose;
	bool	 quiet;
	bool	 no_sandbox;
	const char *user;		/* NULL: stay who we are */
};

/*
 * Sets the defaults, then parses; a wrong option or value has been told on
 * stderr. settings_end() in any case. Where memory lacks: OPTIONS_USAGE, told
 * too.
 */
enum options_result settings_parse(struct settings *, int argc, char **argv);
void		 settings_end(struct settings *);

#endif
