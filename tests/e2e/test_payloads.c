/*
 * What would act on a terminal, by every way that text gets into the client:
 * the bytes that come out are looked at, not what they look like.
 */

#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "drawn.h"
#include "harness.h"
#include "peer.h"
#include "process.h"
#include "scratch.h"
#include "site.h"
#include "term.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/*
 * None has a slash or a colon in it, so that each can stand in a path and in
 * the name of a host. The zeros tell theirs from what is drawn by right.
 */
static const char *const payloads[] = {
    "\033[02J",			      /* erase */
    "\033]0;owned\007",		      /* title */
    "\033]52;c;b3duZWQ=\007",	      /* clipboard */
    "\033[06n",			      /* report the cursor */
    "\033[031;05m",		      /* colours, blink */
    "\302\23302J",		      /* C1 as UTF-8 */
    "\23302J",			      /* C1 as a byte */
    "\033P$q\"p\033\\",		      /* DCS */
    "\007",			      /* bell */
    "\033)0",			      /* line drawing */
    "\342\200\256desrever",	      /* right to left */
    "\033]8;;x\033\\x\033]8;;\033\\", /* link */
    "\005",			      /* who are you */
    "\033c",			      /* reset */
    "\342\200\213\357\273\277",	      /* what cannot be seen */
};

/* All payloads in one string. */
static char *
all_payloads(char *text, size_t size)
{
	text[0] = '\0';
	for (size_t i = 0; i < LENGTH(payloads); i++) {
		assert_true(strlen(text) + strlen(payloads[i]) < size);
		strcat(text, payloads[i]);
	}
	return text;
}

/* The bytes from first to last, without those of except and without NUL. */
static char *
all_bytes(char *text, int first, int last, const char *except)
{
	size_t len = 0;

	for (int byte = first; byte <= last; byte++)
		if (byte != '\0' && strchr(except, byte) == NULL)
			text[len++] = (char)byte;
	text[len] = '\0';
	return text;
}

/* Leaves it, and looks at all that it has ever written. */
static void
leave(struct term *term)
{
	term_type(term, "\004");
	term_expect_exit(term, 0);
	term_expect_restored(term);
	drawn_expect(term);
	term_free(term);
}

/* The same where nothing has been typed: no answer of the terminal's either. */
static void
leave_untouched(struct term *term)
{
	term_wait_row(term, -1, "$>");
	assert_string_equal(term_row(term, term_rows(term) - 1), " $>");
	leave(term);
}

static void
the_check_knows_what_acts(void **state)
{
	static const char good[] = "\033[H\033[2J\033(B\033[m \033[0;2;31m\r\n"
				   "\033[?2004h\xed\x95\x9c\033[3;12H\033[5mx";
	const size_t blink = sizeof(good) - 1 - strlen("\033[5mx");
	char text[64];

	(void)state;
	assert_null(drawn_reject(good, blink));
	assert_ptr_equal(drawn_reject(good, sizeof(good) - 1), good + blink);
	for (size_t i = 0; i < LENGTH(payloads); i++) {
		int len = snprintf(text, sizeof(text), "x%s", payloads[i]);

		assert_ptr_equal(drawn_reject(text, (size_t)len), text + 1);
	}
	for (int byte = 0x80; byte < 0x100; byte++) {
		snprintf(text, sizeof(text), "%cx", byte);
		assert_ptr_equal(drawn_reject(text, 2), text);
	}
}

static void
hear(const char *const *env, int columns)
{
	struct term_options options = {.columns = columns, .env = env};
	struct peer_listener *listener = peer_listen(0);
	struct term *term =
	    client_start(peer_listener_port(listener), NULL, &options);
	struct peer *peer = peer_accept(listener);
	char line[64];

	for (size_t i = 0; i < LENGTH(payloads); i++) {
		snprintf(line, sizeof(line), "<%s>\n", payloads[i]);
		peer_send_text(peer, line);
	}
	for (int byte = 0; byte < 256; byte++) {
		snprintf(line, sizeof(line), "%cx\n", byte);
		peer_send(peer, line, 3);
	}
	peer_send_text(peer, "that is all\n");
	term_wait_text(term, "that is all");
	/* From the beginning, so that all of it has been on the screen. */
	term_type(term, "\033<");
	term_wait_text(term, "<^[[02J>");
	for (int i = 0; i < 20; i++)
		term_key(term, KEY_PGDN, 0);
	term_wait_text(term, "that is all");
	leave(term);
	peer_free(peer);
	peer_listener_free(listener);
}

static void
nothing_of_what_a_server_says_acts(void **state)
{
	static const char *const ascii[] = {"LC_ALL=C", NULL};

	(void)state;
	hear(NULL, 80);
	hear(NULL, 120);
	hear(ascii, 80);
}

/*
 * A host of this name. Its empty label keeps it from being asked for anywhere.
 */
static void
expect_no_such_host(const char *name)
{
	char host[256];
	const char *screen[] = {
	    process_yodel(), "--no-reconnect", host, "1", NULL};
	const char *piped[] = {process_yodel(), "--pipe", host, "1", NULL};
	struct term *term;

	assert_true(
	    snprintf(host, sizeof(host), "x%s..x", name) < (int)sizeof(host));
	term = term_start(screen, NULL);
	term_wait_text(term, "no such host: x");
	leave_untouched(term);
	term = term_start(piped, NULL);
	term_wait_text(term, "no such host: x");
	term_expect_exit(term, 1);
	drawn_expect(term);
	term_free(term);
}

static void
nothing_of_a_host_name_acts(void **state)
{
	char text[256];

	(void)state;
	expect_no_such_host(all_payloads(text, sizeof(text)));
	for (int first = 0; first < 256; first += 64)
		expect_no_such_host(all_bytes(text, first, first + 63, ":"));
}

static void
expect_complaint(const char *const *argv, const char *const *env, int status)
{
	struct term_options options = {.env = env};
	struct term *term = term_start(argv, &options);

	term_wait_text(term, "yodel: ");
	term_expect_exit(term, status);
	drawn_expect(term);
	term_free(term);
}

static void
nothing_of_a_wrong_command_line_acts(void **state)
{
	char text[256], option[300], type[300];
	const char *unknown[] = {process_yodel(), option, NULL};
	const char *value[] = {process_yodel(), "--wait", text, NULL};
	const char *place[] = {process_yodel(), "[", text, NULL};
	const char *plain[] = {process_yodel(), NULL};
	const char *env[] = {type, NULL};

	(void)state;
	for (int bytes = 0; bytes < 2; bytes++) {
		if (bytes == 0)
			all_payloads(text, sizeof(text));
		else
			all_bytes(text, 1, 255, "");
		snprintf(option, sizeof(option), "--%s", text);
		snprintf(type, sizeof(type), "TERM=%s", text);
		expect_complaint(unknown, NULL, 2);
		expect_complaint(value, NULL, 2);
		expect_complaint(place, NULL, 2);
		expect_complaint(plain, env, 1);
	}
}

static int
listen_at(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_int_not_equal(fd, -1);
	assert_true(strlen(path) < sizeof(sun.sun_path));
	strcpy(sun.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	return fd;
}

/* Connected to it, thrown out, and not let in again. */
static void
expect_peer_at(const char *name)
{
	char path[100], place[128];
	const char *argv[] = {process_yodel(), place, NULL};
	struct term *term;
	int listener, peer;

	scratch_path(path, sizeof(path), name);
	snprintf(place, sizeof(place), "unix:%s", path);
	listener = listen_at(path);
	term = term_start(argv, NULL);
	term_wait_text(term, "connected to unix:");
	peer = accept(listener, NULL, NULL);
	assert_int_not_equal(peer, -1);
	close(listener);
	close(peer);
	unlink(path);
	term_wait_text(term, "closed by peer");
	client_say(term, "/reconnect");
	term_wait_text(term, "no such socket: unix:");
	leave_untouched(term);
}

static void
nothing_of_a_peers_name_acts(void **state)
{
	char name[64];

	(void)state;
	for (size_t i = 0; i < LENGTH(payloads); i++) {
		snprintf(name, sizeof(name), "s%s", payloads[i]);
		expect_peer_at(name);
	}
	for (int first = 0; first < 256; first += 32) {
		name[0] = 'b';
		all_bytes(name + 1, first, first + 31, "/");
		expect_peer_at(name);
	}
}

/* A path that not even root can make: it goes on behind a file. */
static char *
impossible_path(char *path, size_t size, const char *name)
{
	char file[256];

	scratch_write(scratch_path(file, sizeof(file), "file"), "", 0);
	assert_true(snprintf(path, size, "%s/%s", file, name) < (int)size);
	return path;
}

/* Where the log or the history is wanted, possible and not. */
static void
nothing_of_a_files_name_acts(void **state)
{
	static const char *const options[] = {"--log", "--history"};
	char name[256], path[512];

	(void)state;
	all_payloads(name, sizeof(name));
	for (size_t i = 0; i < LENGTH(options); i++) {
		const char *args[] = {options[i], path, NULL};
		struct term *term;

		scratch_path(path, sizeof(path), name);
		term = site_client(args, NULL);
		client_say_verified(term, "goes on");
		leave_untouched(term);
		impossible_path(path, sizeof(path), name);
		term = site_client(args, NULL);
		term_wait_text(term, "Not a directory");
		client_say_verified(term, "goes on");
		leave_untouched(term);
	}
}

static void
paste(struct term *term, const char *before, const char *text)
{
	term_type(term, "\033[200~");
	term_type(term, before);
	term_type(term, text);
	term_type(term, "\033[201~");
}

static void
nothing_of_a_paste_acts(void **state)
{
	struct term *term = site_client(NULL, NULL);
	char text[300], path[600];

	(void)state;
	paste(term, "one line: ", all_payloads(text, sizeof(text)));
	term_wait_row(term, -1, "<U+FEFF>");
	term_type(term, "\001");
	term_wait_row(term, -1, "$> one line: ");
	term_type(term, "\r");
	term_wait_text(term, "‹ one line: ");
	paste(term, "bytes: ", all_bytes(text, 1, 255, "\r\n"));
	term_type(term, "\001");
	term_wait_row(term, -1, "$> bytes: ");
	term_type(term, "\r");
	term_wait_text(term, "‹ bytes: ");
	all_payloads(text, sizeof(text));
	strcat(text, "\nand more");
	paste(term, "two lines: ", text);
	term_wait_text(term, "paste: 2 lines");
	term_type(term, "s");
	term_wait_text(term, "‹ and more");
	paste(term, "/connect x", all_payloads(text, sizeof(text)));
	term_type(term, "..x 1\r");
	term_wait_text(term, "no such host");
	impossible_path(path, sizeof(path), all_payloads(text, sizeof(text)));
	paste(term, "/save ", path);
	term_type(term, "\r");
	term_wait_text(term, "Not a directory");
	paste(term, "/", all_payloads(text, sizeof(text)));
	term_type(term, "\r");
	term_wait_text(term, "no such command");
	leave_untouched(term);
}

/* As libedit spells what is not a letter. */
static void
write_spelt(FILE *file, const char *text)
{
	for (; *text != '\0'; text++)
		fprintf(file, "\\%03o", (unsigned)(unsigned char)*text);
	fputc('\n', file);
}

/* Spelt, as it should be, and raw, as whoever wrote it may have liked. */
static void
write_both(FILE *file, const char *text, int number)
{
	char line[300];

	fprintf(file, "raw%s %d, raw\n", text, number);
	snprintf(line, sizeof(line), "number %d<%s> %d", number, text, number);
	write_spelt(file, line);
}

static void
write_history(const char *path)
{
	FILE *file = fopen(path, "w");
	char bytes[300];
	int number = 0;

	assert_non_null(file);
	fputs("_HiStOrY_V2_\n", file);
	write_spelt(file, "the oldest");
	for (size_t i = 0; i < LENGTH(payloads); i++)
		write_both(file, payloads[i], number++);
	for (int first = 0; first < 256; first += 64)
		write_both(file, all_bytes(bytes, first, first + 63, "\r\n"),
		    number++);
	assert_int_equal(fclose(file), 0);
}

static bool
is_another(struct term *term, void *before)
{
	return strcmp(term_row(term, -1), before) != 0;
}

/* Up to the oldest, one by one: a key too many would ring the bell. */
static void
walk_up(struct term *term)
{
	char before[256];

	do {
		snprintf(before, sizeof(before), "%s", term_row(term, -1));
		term_key(term, KEY_UP, 0);
		term_wait(term, is_another, before, "another line");
	} while (strstr(term_row(term, -1), "the oldest") == NULL);
}

static void
nothing_of_a_history_acts(void **state)
{
	char path[256];
	const char *args[] = {"--history", path, NULL};
	struct term *term;

	(void)state;
	write_history(scratch_path(path, sizeof(path), "history"));
	term = site_client(args, NULL);
	walk_up(term);
	term_type(term, "\003\022number 0");
	term_wait_row(term, -1, "number 0<^[");
	term_type(term, "\r");
	term_wait_text(term, "‹ number 0<^[");
	leave_untouched(term);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, term_teardown)
	const struct CMUnitTest tests[] = {
	    TEST(the_check_knows_what_acts),
	    TEST(nothing_of_what_a_server_says_acts),
	    TEST(nothing_of_a_host_name_acts),
	    TEST(nothing_of_a_wrong_command_line_acts),
	    TEST(nothing_of_a_peers_name_acts),
	    TEST(nothing_of_a_files_name_acts),
	    TEST(nothing_of_a_paste_acts),
	    TEST(nothing_of_a_history_acts),
	};

	return cmocka_run_group_tests(tests, site_open, site_close);
}
