/*
 * feed: what a yodeld says over its control socket: its events, its figures.
 *
 * One connection for all, which comes back by itself as a link does, and
 * watches from the first moment on. An event is a line that begins with
 * {"ts":" and is handed on as it came, unread: it may be cut, or hold anything.
 * All other lines answer the commands, in their order, and are read strictly:
 * who says something else is no yodeld, and the connection ends with words that
 * say so.
 */

#ifndef YODEL_FEED_H
#define YODEL_FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct feed;
struct link_options;
struct link_status;
struct loop;
struct record;

#define FEED_LINE_MAX	16384	/* bytes; longer ones are no yodeld's */

enum feed_command {
	FEED_WATCH,	/* the feed's own, at each connect */
	FEED_STATS,
	FEED_CLIENTS,
	FEED_KICK,	/* id: the client */
	FEED_DRAIN,
	FEED_DATA_ON,	/* log-data on, off */
	FEED_DATA_OFF
};

/*
 * Called from the loop; any may be NULL, none may call feed_free(). What they
 * are given is valid during the call, and was not made visible.
 */
struct feed_handler {
	/* What feed_status() or feed_is_ready() say has changed. */
	void	(*changed)(void *arg);
	/* A line of the log as JSON, without its newline. */
	void	(*event)(void *arg, const char *line, size_t len);
	/* The summary of stats. */
	void	(*stats)(void *arg, const struct record *);
	/* A row of clients; and when those were all. */
	void	(*client)(void *arg, const struct record *);
	void	(*clients_end)(void *arg);
	/*
	 * What became of a kick, drain or log-data, and of any command that was
	 * refused; id as it was asked, error is NULL where ok.
	 */
	void	(*answered)(void *arg, enum feed_command, uint64_t id, bool ok,
		    const char *error);
	void	*arg;
};

/*
 * Connects to the control socket at path; the options are those of its link. A
 * server that owes an answer and says nothing for their connect_timeout_ms is
 * left. Returns NULL with errno, ENAMETOOLONG for a path that is no socket's.
 */
struct feed	*feed_new(struct loop *, const char *path,
		    const struct link_options *, const struct feed_handler *);
void		 feed_free(struct feed *); /* NULL is fine; calls nobody */

/*
 * Sends a command (id: of FEED_KICK, else ignored). What is unanswered when the
 * connection ends is forgotten. Returns 0, or -1 with ENOTCONN unless
 * feed_is_ready(), EALREADY where the same is unanswered yet (stats, clients),
 * or ENOBUFS for too many.
 */
int		 feed_ask(struct feed *, enum feed_command, uint64_t id);

/* Tries at once, whatever the wait. */
void		 feed_reconnect(struct feed *);

/* Stops and resumes reading: the server counts what it drops meanwhile. */
void		 feed_pause(struct feed *, bool paused);

/* Connected, and the server has answered as a yodeld does. */
bool		 feed_is_ready(const struct feed *);

/* Its peer is "unix:PATH"; its reason also says what was no answer of yodeld. */
const struct link_status *feed_status(const struct feed *);

#endif
