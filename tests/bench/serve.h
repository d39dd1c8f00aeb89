/* serve: what the peers have in common before the first byte. */

#ifndef BENCH_SERVE_H
#define BENCH_SERVE_H

#define SERVE_BACKLOG	4096
#define SERVE_BYTES	(64 * 1024)	/* what each of them reads at once */

/*
 * The port that the only argument names; ends the program where it names none.
 */
int		 serve_port(int argc, char **argv);

/*
 * A socket that listens on that port of 127.0.0.1, blocking; ends the program
 * with a message where that fails.
 */
int		 serve_listen(int port);

/* The next client, TCP_NODELAY set, or -1 with errno. */
int		 serve_accept(int listener);

#endif
