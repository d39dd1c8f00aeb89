/*
 * peer_libuv: libuv at its best: one buffer for all, and uv_try_write. What a
 * socket does not take at once is copied and goes the way of the samples.
 * `peer_libuv sample PORT` does everything as the echo server of libuv's guide:
 * a buffer and a request for each message.
 */

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "serve.h"

struct request {
	uv_write_t write;
	char *bytes;
};

static void
on_closed(uv_handle_t *client)
{
	free(client);
}

static void
client_close(uv_stream_t *client)
{
	if (!uv_is_closing((uv_handle_t *)client))
		uv_close((uv_handle_t *)client, on_closed);
}

static void
on_written(uv_write_t *write, int status)
{
	struct request *request = (struct request *)(void *)write;

	if (status < 0)
		client_close(write->handle);
	free(request->bytes);
	free(request);
}

/* Takes bytes over. */
static void
write_later(uv_stream_t *client, char *bytes, size_t len)
{
	struct request *request = malloc(sizeof(*request));
	uv_buf_t out = uv_buf_init(bytes, (unsigned)len);

	if (request == NULL || bytes == NULL) {
		free(request);
		free(bytes);
		client_close(client);
		return;
	}
	request->bytes = bytes;
	if (uv_write(&request->write, client, &out, 1, on_written) != 0) {
		free(request);
		free(bytes);
		client_close(client);
	}
}

static void
sample_alloc(uv_handle_t *client, size_t suggested, uv_buf_t *buf)
{
	(void)client;
	*buf = uv_buf_init(malloc(suggested), (unsigned)suggested);
}

static void
sample_read(uv_stream_t *client, ssize_t n, const uv_buf_t *buf)
{
	if (n > 0) {
		write_later(client, buf->base, (size_t)n);
		return;
	}
	if (n < 0)
		client_close(client);
	free(buf->base);
}

static void
tuned_alloc(uv_handle_t *client, size_t suggested, uv_buf_t *buf)
{
	static char buffer[SERVE_BYTES];

	(void)client;
	(void)suggested;
	*buf = uv_buf_init(buffer, sizeof(buffer));
}

static void
tuned_read(uv_stream_t *client, ssize_t n, const uv_buf_t *buf)
{
	uv_buf_t out;
	int done = 0;
	char *rest;

	if (n < 0)
		client_close(client);
	if (n <= 0)
		return;
	out = uv_buf_init(buf->base, (unsigned)n);
	/* an order must be kept: behind what waits, nothing goes at once */
	if (uv_stream_get_write_queue_size(client) == 0)
		done = uv_try_write(client, &out, 1);
	if (done < 0)
		done = 0;
	if (done == (int)n)
		return;
	rest = malloc((size_t)(n - done));
	if (rest != NULL)
		memcpy(rest, buf->base + done, (size_t)(n - done));
	write_later(client, rest, (size_t)(n - done));
}

static void
on_client(uv_stream_t *listener, int status)
{
	uv_tcp_t *client = status < 0 ? NULL : malloc(sizeof(*client));
	const bool *sample = listener->data;
	int error;

	if (client == NULL)
		return;
	if (uv_tcp_init(listener->loop, client) != 0) {
		free(client);
		return;
	}
	error = uv_accept(listener, (uv_stream_t *)client);
	if (error == 0)
		error = uv_tcp_nodelay(client, 1);
	if (error == 0)
		error = uv_read_start((uv_stream_t *)client,
		    *sample ? sample_alloc : tuned_alloc,
		    *sample ? sample_read : tuned_read);
	if (error != 0)
		client_close((uv_stream_t *)client);
}

int
main(int argc, char **argv)
{
	bool sample = argc == 3 && strcmp(argv[1], "sample") == 0;
	uv_loop_t *loop = uv_default_loop();
	uv_tcp_t listener;
	int error, fd;

	fd = serve_listen(serve_port(argc - sample, argv + sample));
	if (loop == NULL || uv_tcp_init(loop, &listener) != 0)
		errx(1, "no loop");
	listener.data = &sample;
	error = uv_tcp_open(&listener, fd);
	if (error == 0)
		error = uv_listen(
		    (uv_stream_t *)&listener, SERVE_BACKLOG, on_client);
	if (error != 0)
		errx(1, "%s", uv_strerror(error));
	return uv_run(loop, UV_RUN_DEFAULT);
}
