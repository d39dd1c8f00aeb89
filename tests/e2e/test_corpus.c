/* 100,000 lines of Korean, English, emoji and stray bytes, there and back. */

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "harness.h"
#include "process.h"
#include "scratch.h"
#include "server.h"
#include "term.h"

#define LINES	   100000
#define WORDS_MAX  12
#define LINE_BYTES 256

static const char *const words[] = {"hello", "world", "kqueue", "echo", "a",
    "안녕하세요", "메아리", "글을", "쓰다", "한글", "여러분", "🎉",
    "👩‍👩‍👧", "😀", "🇰🇷", "e\xcc\x81", "漢字", "\x80", "\xff\xfe",
    "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\2332J", "\xe2\x80\xae", "\t"};

/* The same numbers everywhere (Knuth's constants). */
static uint32_t
next_number(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static size_t
make_line(char *line, unsigned number, uint64_t *seed)
{
	unsigned count = next_number(seed) % WORDS_MAX;
	size_t len = 0;

	while (count-- > 0)
		len += (size_t)snprintf(line + len, LINE_BYTES - len, "%s ",
		    words[next_number(seed) %
			(sizeof(words) / sizeof(words[0]))]);
	return len +
	    (size_t)snprintf(line + len, LINE_BYTES - len, "%u", number);
}

/* The whole of it, a newline after each line; the caller frees it. */
static char *
make_corpus(size_t *len)
{
	char *corpus = malloc((size_t)LINES * (LINE_BYTES + 1));
	uint64_t seed = 8080;

	assert_non_null(corpus);
	*len = 0;
	for (unsigned i = 0; i < LINES; i++) {
		*len += make_line(corpus + *len, i, &seed);
		corpus[(*len)++] = '\n';
	}
	corpus[*len] = '\0';
	return corpus;
}

static void
a_pipe_brings_every_byte_back(void **state)
{
	struct server *server = server_start(NULL);
	char path[256], place[32];
	const char *argv[] = {process_yodel(), place, NULL};
	struct process_options options = {0};
	struct process *process;
	size_t len, out_len;
	char *corpus = make_corpus(&len);
	const char *out;

	(void)state;
	scratch_path(path, sizeof(path), "corpus");
	scratch_write(path, corpus, len);
	snprintf(place, sizeof(place), "127.0.0.1:%u", server_port(server));
	options.stdin_fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(options.stdin_fd, -1);
	process = process_start(argv, &options);
	process_expect_exit(process, 0);
	close(options.stdin_fd);
	out = process_output(process, PROCESS_OUT, &out_len);
	assert_int_equal(out_len, len);
	assert_memory_equal(out, corpus, len);
	process_free(process);
	free(corpus);
	server_stop(server);
}

static void
a_paste_comes_back_verified_line_by_line(void **state)
{
	struct term_options wide = {.rows = 30, .columns = 120};
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), NULL, &wide);
	size_t len;
	char *corpus = make_corpus(&len);

	(void)state;
	term_type(term, "\033[200~");
	term_send(term, corpus, len);
	term_type(term, "\033[201~");
	term_wait_text(term, "paste: 100000 lines");
	term_type(term, "s");
	term_wait_text(term, "100000 verified");
	term_wait_text(term, "sent   100000 lines");
	term_wait_text(term, "back   100000 lines");
	assert_null(strstr(term_screen(term), "differ"));
	client_quit(term);
	free(corpus);
	server_stop(server);
}

static void
typed_lines_come_back_verified(void **state)
{
	static const char *const none[] = {"--history", "none", NULL};
	struct term_options wide = {.rows = 30, .columns = 120};
	struct server *server = server_start(NULL);
	struct term *term = client_connect(server_port(server), none, &wide);
	uint64_t seed = 8080;
	char line[LINE_BYTES];

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		size_t len = make_line(line, i, &seed);

		/* A tab at the keyboard completes. */
		for (size_t at = 0; at < len; at++)
			if (line[at] == '\t')
				line[at] = ' ';
		term_send(term, line, len);
		term_type(term, "\r");
	}
	term_wait_text(term, "1000 verified");
	client_quit(term);
	server_stop(server);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(
		a_pipe_brings_every_byte_back, process_teardown),
	    TEST(a_paste_comes_back_verified_line_by_line),
	    TEST(typed_lines_come_back_verified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
