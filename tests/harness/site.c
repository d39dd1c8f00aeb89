#include <stddef.h>

#include "client.h"
#include "server.h"
#include "site.h"

/* What cmocka has for it reaches the tests, and not the functions they share. */
static struct server *server;

int
site_open(void **state)
{
	(void)state;
	server = server_start(NULL);
	return 0;
}

int
site_close(void **state)
{
	(void)state;
	server_stop(server);
	server = NULL;
	return 0;
}

struct server *
site_server(void)
{
	return server;
}

struct term *
site_client(const char *const *args, const struct term_options *options)
{
	return client_connect(server_port(server), args, options);
}
