/* site: a yodeld that all tests of a program share, and clients of it. */

#ifndef HARNESS_SITE_H
#define HARNESS_SITE_H

struct server;
struct term;
struct term_options;

/* The set-up and the tear-down of a cmocka group: a yodeld as it is by default. */
int		 site_open(void **state);
int		 site_close(void **state);

struct server	*site_server(void);

/* As client_connect() does; the options may be NULL. */
struct term	*site_client(const char *const *args,
		    const struct term_options *);

#endif
