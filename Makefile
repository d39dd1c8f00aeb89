# For GNU make (4.0 or later) and BSD make. CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR and
# MANDIR mean what they always do; B is the directory that is built in, HARDENING=
# does without the hardening, WERROR=-Werror makes warnings errors, Q= shows the
# commands.

B = build
Q = @
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
MANDIR ?= $(PREFIX)/share/man

# A new source is a word more in one of these lists.

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
	watch_event watch_filter watch_keys watch_layout watch_pipe words wrap \
	yodel

HARNESS = bequest capture client console deadline drawn emulator environment \
	job journal network peer process relay scratch server status talk term \
	term_text wire
BENCHMARK = affinity calls choice crowd goals histogram idle instant launch \
	ledger machine pattern pty quartiles report report_chart report_goals \
	report_json seconds serve servers shape shuffle stall talker usage
BENCH_PROGRAMS = bench load screen watch watched
TOOLS = dice film guest party script svg_row
TOOL_PROGRAMS = ansi2svg crowd
SOAK = account caller course ear gauge subject verdict
SOAK_PROGRAMS = soak
PEERS_Linux = peer_epoll
PEERS = peer_kqueue peer_threads $(PEERS_$(SYSTEM)) $(PEERS_FOUND)
SUPPORT = child finder_probe kev kev_model kev_model_check kev_model_ends \
	kev_source keys_seen link_probe log_events log_lines loop_probe \
	session_probe shown typist
TESTS_HARNESS = process term
TESTS_BENCH = bench_crowd bench_goals bench_histogram bench_shape \
	bench_statistics bench_usage
TESTS_SOAK = soak_account soak_gauge
TESTS_TOOLS = film script svg_row
TESTS_COMMON = bytes control_path endpoint endpoint_socket kqueue kqueue_call \
	kqueue_cancel kqueue_crowd kqueue_data kqueue_fd kqueue_file \
	kqueue_flags kqueue_life kqueue_model kqueue_races kqueue_reuse \
	kqueue_rules kqueue_signal kqueue_signal_count kqueue_stream \
	kqueue_threads kqueue_timer kqueue_timer_change kqueue_user \
	kqueue_vnode kqueue_watch lines log log_faults log_flood log_format \
	log_quota log_tap loop loop_calls loop_errors loop_spin loop_timer \
	loop_vnode options units visible visible_safety
TESTS_SERVER = admit bulk census control_clients control_command control_input \
	control_peer control_socket crew datalog gate inbox inherit listener \
	needs notify pool privileges proxy rates sampler sandbox tally untaken \
	yodeld_settings
TESTS_CLIENT = action backlog_file backlog_lines backlog_ring backoff \
	candidates cluster command complete control_find dial echo editor \
	editor_fuzz editor_history editor_rc editor_vi entry_text feed field \
	filter finder finder_view hexdump history history_shared home keys \
	keys_sequence layout link link_data log_style logview logview_model \
	needle outbox pace pane_help paste paster place prefs printer reason \
	record reply report rescue resolver roster roster_text rtt save search \
	search_model segments series session session_down session_hold \
	session_said session_wire shortcut signals strip tail tape transcript \
	tty view view_model watch_keys watch_layout words wrap yodel_sandbox \
	yodel_settings
TESTS_E2E = commands corpus crowd demo flood haproxy life manual \
	network_client network_server outage payloads pipe pipe_terminal \
	screen search status strangers talk tape terminals thrift transcript \
	typing watch watch_pipe watch_strange yodeld_activation \
	yodeld_addresses yodeld_bulk yodeld_control yodeld_control_life \
	yodeld_control_watch yodeld_crowd yodeld_data yodeld_drain yodeld_echo \
	yodeld_faults yodeld_limits yodeld_log yodeld_proxy yodeld_sandbox \
	yodeld_signals yodeld_start yodeld_stream yodeld_threads \
	yodeld_timeouts yodeld_user
# Each of these calls is made to fail; what is not Linux has others.
FAULTS = accept4 bind calloc close connect dup3 epoll_create1 epoll_ctl \
	epoll_wait eventfd fclose fcntl fdopen fopencookie free fstat fsync \
	ftruncate fwrite getaddrinfo getpeername getsockname getsockopt \
	inotify_add_watch inotify_init1 ioctl kevent kqueue listen lstat \
	malloc mkdir mkstemp mmap open pipe2 poll posix_openpt pread \
	pthread_create read realloc recv rename send setsockopt shutdown \
	signalfd socket socketpair splice strdup strndup timerfd_create \
	tsearch unlink write
FAULT = echoer fault fault_calls fault_memory fault_table sweep visitor
TESTS_FAULT_Linux_yes = fault_client fault_server
TESTS_FAULT = $(TESTS_FAULT_$(SYSTEM)_$(WRAPS))
# Each target takes any bytes; see tests/fuzz/fuzz.h.
FUZZ = driver fuzz typed
FUZZ_SERVER = cidr control proxy
FUZZ_CLIENT = editor editrc endpoint history keys lines record units visible
# Each of these calls is simulated.
SIMS = accept4 calloc clock_gettime close fcntl getsockname ioctl kevent \
	kqueue log_event log_is_terminal log_quota_new log_quota_take \
	log_reopen log_wants malloc open pipe2 read realloc recv send \
	setsockopt shutdown splice write
SIMS_CLIENT = backoff_init connect endpoint_resolve getpeername getsockopt \
	pthread_create socket
SIM = sim sim_calls sim_conn sim_dial sim_fd sim_kqueue sim_listen sim_log \
	sim_memory sim_pipe sim_play sim_thread
SIM_SERVER = crowd ledger sim_server
SIM_CLIENT = owner sim_link
TESTS_SIM_Linux_yes = sim_link sim_server
TESTS_SIM = $(TESTS_SIM_$(SYSTEM)_$(WRAPS))
TESTS_THREADED = e2e/test_yodeld_activation e2e/test_yodeld_addresses \
	e2e/test_yodeld_bulk e2e/test_yodeld_control \
	e2e/test_yodeld_control_life e2e/test_yodeld_control_watch \
	e2e/test_yodeld_crowd e2e/test_yodeld_data e2e/test_yodeld_drain \
	e2e/test_yodeld_echo e2e/test_yodeld_faults e2e/test_yodeld_limits \
	e2e/test_yodeld_log e2e/test_yodeld_proxy e2e/test_yodeld_sandbox \
	e2e/test_yodeld_signals e2e/test_yodeld_start e2e/test_yodeld_stream \
	e2e/test_yodeld_threads e2e/test_yodeld_timeouts e2e/test_yodeld_user \
	unit/test_census unit/test_crew unit/test_datalog unit/test_gate \
	unit/test_inbox unit/test_kqueue_cancel unit/test_kqueue_races \
	unit/test_kqueue_signal_count unit/test_kqueue_threads \
	unit/test_kqueue_timer_change unit/test_link unit/test_log \
	unit/test_log_faults unit/test_log_flood unit/test_log_quota \
	unit/test_log_tap unit/test_loop unit/test_loop_calls \
	unit/test_resolver

# What the system and the compiler have: flags and libraries.
CONFIG != sh assets/config.sh '$B' $(CC)
include $B/config.mk

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -Wformat=2 -Wimplicit-fallthrough
COMPILE = $(CC) $(STANDARD) $(HARDENING) $(WARNINGS) $(WERROR) $(CPPFLAGS) \
	-Icommon $(KQUEUE_CFLAGS) $(CURSES_CFLAGS) $(EDIT_CFLAGS) \
	$(UTF8PROC_CFLAGS) $(JANSSON_CFLAGS) $(SECCOMP_CFLAGS) -pthread -MMD -MP $(CFLAGS) -c
LINK = $(CC) $(HARDENING_LINK) $(CFLAGS) $(LDFLAGS) -pthread
CLIENT_LIBS = $(CURSES_LIBS) $(EDIT_LIBS) $(UTF8PROC_LIBS) $(JANSSON_LIBS) \
	$(UTIL_LIBS) $(SECCOMP_LIBS)
FAULT_LIBS = $(FAULTS:%=-Wl,--wrap=%) $(CMOCKA_LIBS) $(SECCOMP_LIBS)
test_fault_server_CFLAGS = -Iserver
test_fault_server_LIBS = $(FAULT_LIBS)
test_fault_client_CFLAGS = -Itui-client
test_fault_client_LIBS = $(FAULT_LIBS) $(CLIENT_LIBS)
SIM_LIBS = $(SIMS:%=-Wl,--wrap=%) $(CMOCKA_LIBS)
test_sim_server_LIBS = $(SIM_LIBS)
test_sim_link_LIBS = $(SIMS_CLIENT:%=-Wl,--wrap=%) $(SIM_LIBS)
TEST_LIBS = $(CMOCKA_LIBS) $(VTERM_LIBS) $(CLIENT_LIBS)

KQUEUE = $(KQUEUE_$(SYSTEM))
COMMON_SRCS = $(COMMON:%=common/%.c) $(KQUEUE:%=common/kqueue/%.c)
SERVER_SRCS = $(SERVER:%=server/%.c)
CLIENT_SRCS = $(CLIENT:%=tui-client/%.c)
HARNESS_SRCS = $(HARNESS:%=tests/harness/%.c) $(SUPPORT:%=tests/unit/%.c)
BENCH_SRCS = $(BENCHMARK:%=tests/bench/%.c)
BENCH_MAINS = $(BENCH_PROGRAMS:%=tests/bench/%.c) $(PEERS:%=tests/bench/%.c)
TOOLS_SRCS = $(TOOLS:%=tests/tools/%.c)
SOAK_SRCS = $(SOAK:%=tests/soak/%.c)
SOAK_MAINS = $(SOAK_PROGRAMS:%=tests/soak/%.c)
TOOLS_MAINS = $(TOOL_PROGRAMS:%=tests/tools/%.c)
SOAK_TESTS = $(TESTS_SOAK:%=tests/unit/test_%.c)
TOOLS_TESTS = $(TESTS_TOOLS:%=tests/unit/test_%.c)
BENCH_TESTS = $(TESTS_BENCH:%=tests/unit/test_%.c)
FAULT_SRCS = $(FAULT:%=tests/fault/%.c)
FAULT_TESTS = $(TESTS_FAULT:%=tests/fault/test_%.c)
FUZZ_SRCS = $(FUZZ:%=tests/fuzz/%.c)
FUZZ_SERVER_SRCS = $(FUZZ_SERVER:%=tests/fuzz/fuzz_%.c)
FUZZ_CLIENT_SRCS = $(FUZZ_CLIENT:%=tests/fuzz/fuzz_%.c)
SIM_SRCS = $(SIM:%=tests/sim/%.c)
SIM_SERVER_SRCS = $(SIM_SERVER:%=tests/sim/%.c)
SIM_CLIENT_SRCS = $(SIM_CLIENT:%=tests/sim/%.c)
SIM_TESTS = $(TESTS_SIM:%=tests/sim/test_%.c)
COMMON_TESTS = $(TESTS_HARNESS:%=tests/unit/test_%.c) \
	$(TESTS_COMMON:%=tests/unit/test_%.c)
SERVER_TESTS = $(TESTS_SERVER:%=tests/unit/test_%.c)
CLIENT_TESTS = $(TESTS_CLIENT:%=tests/unit/test_%.c)
E2E_TESTS = $(TESTS_E2E:%=tests/e2e/test_%.c)

COMMON_OBJS = $(COMMON_SRCS:%.c=$B/%.o)
SERVER_OBJS = $(SERVER_SRCS:%.c=$B/%.o)
CLIENT_OBJS = $(CLIENT_SRCS:%.c=$B/%.o)
HARNESS_OBJS = $(HARNESS_SRCS:%.c=$B/%.o)
BENCH_OBJS = $(BENCH_SRCS:%.c=$B/%.o)
TOOLS_OBJS = $(TOOLS_SRCS:%.c=$B/%.o)
SOAK_OBJS = $(SOAK_SRCS:%.c=$B/%.o)
TOOLS_BUILT = $(TOOLS_MAINS:%.c=$B/%)
FAULT_OBJS = $(FAULT_SRCS:%.c=$B/%.o)
FUZZ_OBJS = $(FUZZ_SRCS:%.c=$B/%.o)
SIM_OBJS = $(SIM_SRCS:%.c=$B/%.o) $(SIM_SERVER_SRCS:%.c=$B/%.o) \
	$(SIM_CLIENT_SRCS:%.c=$B/%.o)
UNIT_PROGRAMS = $(COMMON_TESTS:%.c=$B/%) $(SERVER_TESTS:%.c=$B/%) \
	$(CLIENT_TESTS:%.c=$B/%) $(BENCH_TESTS:%.c=$B/%) \
	$(SOAK_TESTS:%.c=$B/%) $(TOOLS_TESTS:%.c=$B/%)
E2E_PROGRAMS = $(E2E_TESTS:%.c=$B/%)
FAULT_PROGRAMS = $(FAULT_TESTS:%.c=$B/%)
FUZZ_PROGRAMS = $(FUZZ_SERVER_SRCS:%.c=$B/%) $(FUZZ_CLIENT_SRCS:%.c=$B/%)
SIM_PROGRAMS = $(SIM_TESTS:%.c=$B/%)
THREADED_PROGRAMS = $(TESTS_THREADED:%=$B/tests/%)
SUITE_PROGRAMS = $(UNIT_PROGRAMS) $(FAULT_PROGRAMS) $(FUZZ_PROGRAMS) \
	$(SIM_PROGRAMS) $(E2E_PROGRAMS)

all: $B/yodeld $B/yodel

$B/yodeld: $(SERVER_OBJS) $(COMMON_OBJS)
	@echo '  LINK  $@'
	$Q$(LINK) -o $@ $(SERVER_OBJS) $(COMMON_OBJS) $(SECCOMP_LIBS)

$B/yodel: $(CLIENT_OBJS) $(COMMON_OBJS)
	@echo '  LINK  $@'
	$Q$(LINK) -o $@ $(CLIENT_OBJS) $(COMMON_OBJS) $(CLIENT_LIBS)

# Tests take from these what they need; main() is in none of it.
$B/common.a: $(COMMON_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(COMMON_OBJS)

$B/server.a: $(SERVER_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(SERVER_OBJS)
	$Q$(AR) -d $@ yodeld.o

$B/client.a: $(CLIENT_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(CLIENT_OBJS)
	$Q$(AR) -d $@ yodel.o

$B/harness.a: $(HARNESS_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(HARNESS_OBJS)

$B/bench.a: $(BENCH_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(BENCH_OBJS)

$B/tools.a: $(TOOLS_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(TOOLS_OBJS)
$B/soak.a: $(SOAK_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(SOAK_OBJS)

$B/fault.a: $(FAULT_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(FAULT_OBJS)

# The driver's main() is taken only where libFuzzer does not bring its own.
$B/fuzz.a: $(FUZZ_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(FUZZ_OBJS)

$B/sim.a: $(SIM_OBJS)
	@rm -f $@
	@echo '  AR    $@'
	$Q$(AR) -rcs $@ $(SIM_OBJS)

# One rule for each object and each test; the makes have no loop in common.
RULES != r='sh assets/rules.sh $B'; { \
	$$r objects '' $(COMMON_SRCS) $(SERVER_SRCS) $(CLIENT_SRCS); \
	$$r objects '-Itests/harness -Itests -Itui-client' $(HARNESS_SRCS); \
	$$r tests '-Itests/harness -Itests' \
	    '$B/harness.a $B/common.a' $(COMMON_TESTS) $(E2E_TESTS); \
	$$r tests '-Iserver -Itests/harness -Itests' \
	    '$B/harness.a $B/server.a $B/common.a' $(SERVER_TESTS); \
	$$r tests '-Itui-client -Itests/harness -Itests' \
	    '$B/harness.a $B/client.a $B/common.a' $(CLIENT_TESTS); \
	$$r objects '-Itests/bench' $(BENCH_SRCS); \
	$$r programs '-Itests/bench' '$B/bench.a $B/common.a' $(BENCH_MAINS); \
	$$r tests '-Itests/bench -Itests/harness -Itests' \
	    '$B/harness.a $B/bench.a $B/common.a' $(BENCH_TESTS); \
	$$r objects '-Itests/tools' $(TOOLS_SRCS); \
	$$r programs '-Itests/tools' '$B/tools.a $B/common.a' $(TOOLS_MAINS); \
	$$r tests '-Itests/tools -Itests/harness -Itests' \
	    '$B/harness.a $B/tools.a $B/common.a' $(TOOLS_TESTS); \
	$$r objects '-Itests/bench -Itests/tools' $(SOAK_SRCS); \
	$$r programs '-Itests/soak' \
	    '$B/soak.a $B/bench.a $B/tools.a $B/common.a' $(SOAK_MAINS); \
	$$r tests '-Itests/soak -Itests/harness -Itests' \
	    '$B/harness.a $B/soak.a $B/common.a' $(SOAK_TESTS); \
	$$r objects '-Itests' $(FAULT_SRCS); \
	$$r programs '-Itests/fault -Itests' \
	    '$B/fault.a $B/server.a $B/harness.a $B/common.a' \
	    tests/fault/test_fault_server.c; \
	$$r programs '-Itests/fault -Itests' \
	    '$B/fault.a $B/client.a $B/harness.a $B/common.a' \
	    tests/fault/test_fault_client.c; \
	$$r objects '-Itests -Itui-client' $(FUZZ_SRCS); \
	$$r tests '-Itests/fuzz -Iserver' \
	    '$B/fuzz.a $B/server.a $B/harness.a $B/common.a' \
	    $(FUZZ_SERVER_SRCS); \
	$$r tests '-Itests/fuzz -Itui-client' \
	    '$B/fuzz.a $B/client.a $B/harness.a $B/common.a' \
	    $(FUZZ_CLIENT_SRCS); \
	$$r objects '-Itests' $(SIM_SRCS); \
	$$r objects '-Iserver' $(SIM_SERVER_SRCS); \
	$$r objects '-Itui-client' $(SIM_CLIENT_SRCS); \
	$$r programs '-Itests' \
	    '$B/sim.a $B/server.a $B/harness.a $B/common.a $B/sim.a' \
	    tests/sim/test_sim_server.c; \
	$$r programs '-Itests' \
	    '$B/sim.a $B/client.a $B/harness.a $B/common.a $B/sim.a' \
	    tests/sim/test_sim_link.c; \
	$$r headers; } >$B/rules.mk.$$$$ && mv $B/rules.mk.$$$$ $B/rules.mk
include $B/rules.mk

# Says what is missing, and the command that gets it; installs nothing.
$B/ready:
	@sh assets/setup.sh --check build
	@touch $@

# For newcomers: these install what is missing first, and say so.
run:
	@sh assets/setup.sh build
	@$(MAKE) all
	@sh assets/run.sh $B

demo:
	@sh assets/setup.sh demo
	@$(MAKE) all $(TOOLS_BUILT)
	@sh assets/demo.sh $B

test:
	@sh assets/setup.sh test
	@$(MAKE) suite

# What the above are made of, for when all is installed.
suite: all programs
	@YODEL_HARDENING='$(HARDENING) $(HARDENING_LINK)' \
	    sh tests/run.sh $B tests/hardening.sh $(SUITE_PROGRAMS)

units: $(UNIT_PROGRAMS)
	@sh tests/run.sh $B $(UNIT_PROGRAMS)

faults: $(FAULT_PROGRAMS)
	@sh tests/run.sh $B $(FAULT_PROGRAMS)

fuzzed: $(FUZZ_PROGRAMS)
	@sh tests/run.sh $B $(FUZZ_PROGRAMS)

fuzzers: $(FUZZ_PROGRAMS)
	@sh tests/fuzz/run.sh '$B' '$(FUZZ_SECONDS)' $(FUZZ_PROGRAMS)

simulations: $(SIM_PROGRAMS)
	@sh tests/run.sh $B $(SIM_PROGRAMS)

threaded: all $(THREADED_PROGRAMS)
	@sh tests/run.sh $B $(THREADED_PROGRAMS)

programs: $(TOOLS_BUILT) $(SUITE_PROGRAMS)

# The slower proofs. Sanitizers and analyzer do without the hardening; a crash is
# left to the program, which has a terminal to restore; what is kept in a ring is a
# leak to gcc 12's analyzer, the sanitizer knows better.
PLAIN = HARDENING=-fPIE WERROR=-Werror
ASAN = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined
ASAN_ENV = ASAN_OPTIONS=handle_segv=0 \
	LSAN_OPTIONS=print_suppressions=0:suppressions=tests/lsan.supp \
	YODEL_TEST_SECONDS=600
LIBFUZZER = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=undefined \
	-fsanitize=fuzzer-no-link,address,undefined
TSAN = -O1 -g -fsanitize=thread
TSAN_ENV = TSAN_OPTIONS=suppressions=tests/tsan.supp YODEL_TEST_SECONDS=600
MEMCHECK = valgrind -q --error-exitcode=99 --suppressions=tests/valgrind.supp
ANALYZER = -O2 -fanalyzer -Wno-analyzer-malloc-leak

# Half an hour on two cores; what each part may take of it is its second word.
PART = @sh tests/part.sh

check:
	@sh assets/setup.sh test
	$(PART) 'address, undefined behaviour' 360 sh $(ASAN_ENV) YODEL_LONG=1 \
	    YODEL_TEST_SECONDS=300 \
	    $(MAKE) $(PLAIN) B=$B/asan CFLAGS='$(ASAN)' suite
	$(PART) 'threads' 330 sh $(TSAN_ENV) YODEL_LONG=1 \
	    $(MAKE) $(PLAIN) B=$B/tsan CFLAGS='$(TSAN)' threaded
	$(PART) 'memory, as valgrind sees it' 240 valgrind \
	    YODEL_TEST_WITH='$(MEMCHECK)' $(MAKE) units
	$(PART) 'macOS' 60 sh sh tests/macos.sh '$B' \
	    '-std=c11 $(WARNINGS) -Werror' $(COMMON:%=common/%.c) $(SERVER_SRCS)
	$(PART) 'every call fails once, in every way' 180 sh \
	    YODEL_FAULT=all YODEL_TEST_SECONDS=900 $(MAKE) faults
	$(PART) 'any bytes' 240 sh $(MAKE) FUZZ_SECONDS=30 fuzz
	$(PART) 'soak' 90 sh $(MAKE) SOAK_SECONDS=60 soak
	$(PART) 'analyzer' 120 gcc \
	    $(MAKE) $(PLAIN) CC=gcc B=$B/analyzer CFLAGS='$(ANALYZER)' all
	$(PART) 'clang-tidy' 180 clang-tidy $(MAKE) tidy

tidy:
	@sh tests/tidy.sh '$(STANDARD) -Icommon $(KQUEUE_CFLAGS) $(CURSES_CFLAGS) \
	    $(EDIT_CFLAGS) $(UTF8PROC_CFLAGS) $(JANSSON_CFLAGS) \
	    $(SECCOMP_CFLAGS)' \
	    $(COMMON_SRCS) $(SERVER_SRCS) $(CLIENT_SRCS)

# How much of common/ and server/ the tests come to; see tests/coverage/README.md.
COVERAGE = -O0 -g --coverage -fprofile-update=atomic
COUNTING = counts
COUNTS = $B/counts.o -Wl,--wrap=syscall,--wrap=_exit
COVERED = $(COMMON_TESTS:%.c=$B/%) $(SERVER_TESTS:%.c=$B/%) $(FAULT_PROGRAMS) \
	$(E2E_PROGRAMS)

coverage:
	@$(MAKE) CC=gcc B=$B/coverage CFLAGS='$(COVERAGE)' HARDENING= \
	    HARDENING_LINK= counted

counted:
	@mkdir -p $B
	@$(CC) $(STANDARD) -O1 -DCOUNTS_DIR="\"$$PWD/$B\"" -c -o $B/counts.o \
	    $(COUNTING:%=tests/coverage/%.c)
	@$(MAKE) LDFLAGS='$(COUNTS)' all $(TOOLS_BUILT) $(COVERED)
	@sh tests/coverage/run.sh $B $(COVERED)

# Fuzzes each target for so long, two of them at a time: with libFuzzer where clang
# has it, which finds its way into the code, else as the tests do.
FUZZ_CC ?= clang
FUZZ_SECONDS ?= 600

fuzz:
	@if sh tests/fuzz/probe.sh '$B' $(FUZZ_CC); then \
	    $(MAKE) $(PLAIN) CC='$(FUZZ_CC)' B=$B/fuzz CFLAGS='$(LIBFUZZER)' \
	    LDFLAGS=-fsanitize=fuzzer fuzzers; \
	    else FUZZ_SECONDS=$(FUZZ_SECONDS) YODEL_TEST_JOBS=2 \
	    YODEL_TEST_SECONDS=$$(($(FUZZ_SECONDS) + 60)) $(MAKE) fuzzed; fi

# Echo servers against each other; see tests/bench/bench.c. BENCH=full has more loads,
# CASES names them, SERVERS names who takes part.
BENCH ?= quick
ROUNDS ?= 12
SECONDS ?= 0.3
CASES_quick = 1x64x1 50x64x1 1000x64x1 50x64x16 50x64Kx1
CASES_full = $(CASES_quick) 1x64x16 1000x64x16 10000x64x1 10000x64x16 50x1Mx1
CASES ?= $(CASES_$(BENCH))
SERVERS ?=

bench:
	@sh assets/setup.sh bench || echo 'bench: goes on with what is installed'
	@$(MAKE) benchmark

benchmark: $B/yodeld $(BENCH_MAINS:%.c=$B/%)
	@$B/tests/bench/bench --build '$B' --rounds '$(ROUNDS)' \
	    --seconds '$(SECONDS)' --servers '$(SERVERS)' $(CASES)

# What the client costs in a terminal, and in a pipe against nc -N.
PAIRS ?= 7

bench-client: all $B/tests/bench/screen $B/tests/bench/watch
	@$B/tests/bench/screen '$B'
	@$B/tests/bench/watch '$B'
	@sh tests/bench/pipe.sh '$B' '$(PAIRS)'

# Mixed clients for a long time; SOAK_SEED chooses what they do.
SOAK_SECONDS ?= 900
SOAK_SEED ?= 1

soak: $B/yodeld $B/tests/soak/soak
	@$B/tests/soak/soak --seconds '$(SOAK_SECONDS)' --seed '$(SOAK_SEED)' \
	    $B/yodeld

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

.PHONY: all run demo test check coverage counted tidy bench bench-client \
	benchmark lint shots recording install uninstall clean soak suite \
	units faults fuzz fuzzed fuzzers simulations threaded programs
