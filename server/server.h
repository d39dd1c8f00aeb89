/*
 * server: yodeld as a whole: who listens, who serves, and the signals that tell
 * it what to do.
 */

#ifndef YODEL_SERVER_H
#define YODEL_SERVER_H

struct listener;
struct listeners;
struct log;
struct notify;
struct server;
struct settings;

#define SERVER_ERROR_MAX	256

/* What a server is made of; all is the caller's and has to outlive it. */
struct server_parts {
	const struct settings *settings;
	struct log *log;
	struct notify *notify;	/* NULL: nobody wants to be told */
};

/*
 * Takes the listeners over, and the one of the control socket (NULL: there is
 * none), also when it fails. Returns NULL with a text in
 * error[SERVER_ERROR_MAX].
 */
struct server	*server_new(const struct server_parts *, struct listeners *,
		    struct listener *control, char *error);
void		 server_free(struct server *); /* NULL is fine */

/*
 * Starts the threads, logs where it listens, and says that it is ready: nobody
 * is accepted before. Returns 0, or -1 with a text in error[SERVER_ERROR_MAX].
 */
int		 server_start(struct server *, char *error);

/*
 * Then serves until TERM or INT has come and the clients have been drained. The
 * last event that it logs is "stop", or an "error". Returns 0, or -1.
 */
int		 server_run(struct server *);

#endif
