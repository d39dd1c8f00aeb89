# For GNU make (4.0 or later) and BSD make. CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR and
# MANDIR mean what they always do; B is the directory that is built in, HARDENING=
# does without the hardening, WERROR=-Werror makes warnings errors, Q= shows the
# commands.

B = build
Q = @
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man
# What newcomers and checks build, they build with all processors.
JOBS != getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1

# A new source is a word more in one of these lists; the tests are in tests/tests.mk.

KQUEUE_Linux = kq_collect kq_core kq_data kq_fd kq_file kq_note kq_ready \
	kq_signal kq_table kq_timer kq_user kq_vnode kq_watch kqueue
COMMON = bytes clock control_path eintr endpoint endpoint_socket lines log \
	log_field log_format log_queue log_quota log_ring log_shared log_sink \
	log_tap log_thread loop loop_tasks options spin syscalls thread units \
	visible visible_table
SERVER = addresses admit bulk census client client_echo client_header confine \
	control control_action control_answer control_clients control_command \
	control_input control_peer control_socket control_stats crew datalog \
	gate guise inbox inherit kick listener listeners muster needs notify \
	pool privileges proxy rates remote sampler sandbox server settings \
	spare stats tally untaken worker yodeld
CLIENT = action app app_event app_open app_tape backlog_file backlog_lines \
	backlog_ring backoff bars candidates cluster command complete \
	control_find dial echo editor editor_bind editor_command editor_cursor \
	editor_feed editor_keys editor_macro editor_rc editor_recall \
	editor_search editor_sink editor_text editor_undo entry_text feed \
	field filter finder folder frame hexdump history history_code \
	history_file history_mark home keys keys_sequence keys_table layout \
	link log_style logview logview_list logview_move logview_seek lookout \
	needle outbox outlet pace pane_dump pane_header pane_help pane_input \
	pane_lit pane_log pane_page pane_roster pane_small pane_status \
	pane_status_text pane_strip pane_text pane_transcript paste paster pen \
	pipe place prefs printer reason record record_json record_line \
	record_text reply report rescue resolver roster roster_order \
	roster_text rtt sandbox save screen search segments series session \
	session_hold settings shortcut signals spot stage stream strip summary \
	tail tape target transcript tty view view_place watch watch_draw \
	watch_event watch_filter watch_keys watch_layout watch_move watch_pipe \
	words wrap yodel

# What the system and the compiler have: flags and libraries.
CONFIG != sh assets/config.sh '$B' $(CC)
include $B/config.mk

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Wimplicit-fallthrough
COMPILE = $(CC) $(STANDARD) $(HARDENING) $(WARNINGS) $(WERROR) $(CPPFLAGS) \
	-Icommon $(KQUEUE_CFLAGS) $(CURSES_CFLAGS) $(EDIT_CFLAGS) \
	$(UTF8PROC_CFLAGS) $(JANSSON_CFLAGS) $(SECCOMP_CFLAGS) -pthread \
	-MMD -MP $(CFLAGS) -c
LINK = $(CC) $(HARDENING_LINK) $(CFLAGS) $(LDFLAGS) -pthread
CLIENT_LIBS = $(CURSES_LIBS) $(EDIT_LIBS) $(UTF8PROC_LIBS) $(JANSSON_LIBS) \
	$(UTIL_LIBS) $(SECCOMP_LIBS)

KQUEUE = $(KQUEUE_$(SYSTEM))
COMMON_SRCS = $(COMMON:%=common/%.c) $(KQUEUE:%=common/kqueue/%.c)
SERVER_SRCS = $(SERVER:%=server/%.c)
CLIENT_SRCS = $(CLIENT:%=tui-client/%.c)
COMMON_OBJS = $(COMMON_SRCS:%.c=$B/%.o)
SERVER_OBJS = $(SERVER_SRCS:%.c=$B/%.o)
CLIENT_OBJS = $(CLIENT_SRCS:%.c=$B/%.o)

all: $B/yodeld $B/yodel

$B/yodeld: $(SERVER_OBJS) $(COMMON_OBJS)
	@echo '  LINK  $@'
	$Q$(LINK) -o $@ $(SERVER_OBJS) $(COMMON_OBJS) $(SECCOMP_LIBS)

$B/yodel: $(CLIENT_OBJS) $(COMMON_OBJS)
	@echo '  LINK  $@'
	$Q$(LINK) -o $@ $(CLIENT_OBJS) $(COMMON_OBJS) $(CLIENT_LIBS)

include tests/tests.mk
include tests/check.mk

# One rule for each object and each program; the makes have no loop in common.
RULES != r='sh assets/rules.sh $B'; { \
	$$r objects '' $(COMMON_SRCS) $(SERVER_SRCS) $(CLIENT_SRCS); \
	$(TEST_RULES) \
	$$r headers; } >$B/rules.mk.$$$$ && mv $B/rules.mk.$$$$ $B/rules.mk
include $B/rules.mk

# Says what is missing, and the command that gets it; installs nothing.
$B/ready:
	@sh assets/setup.sh --check build
	@touch $@

# For newcomers: these install what is missing first, and say so.
run:
	@sh assets/setup.sh build
	@$(MAKE) -j$(JOBS) all
	@sh assets/run.sh $B

demo:
	@sh assets/setup.sh demo
	@$(MAKE) -j$(JOBS) all $(TOOLS_BUILT)
	@sh assets/demo.sh $B

test:
	@sh assets/setup.sh test
	@$(MAKE) -j$(JOBS) suite

lint:
	@sh assets/lint.sh

# The README's pictures, and the one that moves.
shots: all $(TOOLS_BUILT)
	@sh assets/shots.sh $B

recording: all $(TOOLS_BUILT)
	@sh assets/recording.sh $B

install: all
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(MANDIR)/man1 \
	    $(DESTDIR)$(MANDIR)/man8
	install -m 755 $B/yodeld $B/yodel $(DESTDIR)$(PREFIX)/bin
	install -m 644 tui-client/yodel.1 $(DESTDIR)$(MANDIR)/man1
	install -m 644 server/yodeld.8 $(DESTDIR)$(MANDIR)/man8

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/yodeld $(DESTDIR)$(PREFIX)/bin/yodel \
	    $(DESTDIR)$(MANDIR)/man1/yodel.1 $(DESTDIR)$(MANDIR)/man8/yodeld.8

clean:
	rm -rf $B

.PHONY: all run demo test lint shots recording install uninstall clean
