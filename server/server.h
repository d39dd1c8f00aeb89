/*
 * server: yodeld as a whole: who listens, who serves, and the signals that tell
 * it what to do.
 */

#ifndef YODEL_SERVER_H
#define YODEL_SERVER_H

struct addresses;
struct log;
struct server;
struct settings;

/*
 * Listens, but accepts nobody before server_run(). All that is passed stays the
 * caller's and has to outlive it. Returns NULL with a text in
 * error[ADDRESSES_ERROR_MAX].
 */
struct server	*server_new(const struct settings *, const struct addresses *,
		    struct log *, char *error);
void		 server_free(struct server *); /* NULL is fine */

/*
 * Serves until TERM or INT has come and the clients have been drained. The last
 * event that it logs is "stop". Returns 0, or -1 with errno.
 */
int		 server_run(struct server *);

#endif
