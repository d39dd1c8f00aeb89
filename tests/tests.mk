# The tests' lists and how they are built and run, a part of the Makefile. A new
# source is a word more in one of these lists.

HARNESS = bequest capture client console deadline drawn effort emulator \
	environment heap job journal network peer process refuse region relay \
	scratch server site status talk term term_text wire
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
	kev_signal kev_source kev_timer kev_watched keys_seen link_probe \
	log_events log_lines loop_probe session_probe shown typist
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
	control_peer control_socket crew datalog gate guise inbox inherit \
	listener listeners needs notify pool privileges proxy rates sampler \
	sandbox spare stats tally untaken yodeld_settings
TESTS_CLIENT = action backlog_file backlog_lines backlog_ring backoff \
	candidates cluster command complete control_find dial echo editor \
	editor_fuzz editor_history editor_rc editor_vi entry_text feed field \
	filter finder finder_view hexdump history history_shared home keys \
	keys_sequence layout link link_data log_style logview logview_model \
	lookout needle outbox pace pane_header pane_help paste paster place \
	prefs printer reason record reply report rescue resolver roster \
	roster_text rtt save search search_model segments series session \
	session_down session_hold session_said session_wire shortcut signals \
	strip summary tail tape transcript tty view view_model watch_keys \
	watch_layout words wrap yodel_sandbox yodel_settings
TESTS_E2E = commands corpus crowd demo flood haproxy life manual \
	network_client network_server outage payloads pipe pipe_terminal \
	screen search status strangers talk tape terminals thrift transcript \
	typing watch watch_file watch_pipe watch_strange yodeld_activation \
	yodeld_addresses yodeld_bulk yodeld_control yodeld_control_life \
	yodeld_control_watch yodeld_crowd yodeld_data yodeld_denied \
	yodeld_drain yodeld_echo yodeld_faults yodeld_limits yodeld_log \
	yodeld_proxy yodeld_sandbox yodeld_signals yodeld_start yodeld_stream \
	yodeld_threads yodeld_thrift yodeld_timeouts yodeld_user
# Each of these calls is made to fail; what is not Linux has others.
FAULTS = accept4 bind calloc close connect dup3 epoll_create1 epoll_ctl \
	epoll_wait eventfd fclose fcntl fdopen fopen fopencookie free fstat \
	fsync ftruncate fwrite getaddrinfo getpeername getsockname getsockopt \
	grantpt inotify_add_watch inotify_init1 ioctl kevent kqueue listen \
	lstat malloc mkdir mkstemp mmap open pipe2 poll posix_openpt pread \
	pthread_create ptsname read realloc recv rename send setsockopt \
	shutdown signalfd socket socketpair splice strdup strndup \
	timerfd_create tsearch unlink unlockpt write
FAULT = echoer fault fault_calls fault_memory fault_table superior sweep \
	visitor
TESTS_FAULT_Linux_yes = fault_client fault_server fault_watch
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
	unit/test_inbox unit/test_kqueue unit/test_kqueue_call \
	unit/test_kqueue_cancel unit/test_kqueue_crowd unit/test_kqueue_data \
	unit/test_kqueue_fd unit/test_kqueue_file unit/test_kqueue_flags \
	unit/test_kqueue_life unit/test_kqueue_model unit/test_kqueue_races \
	unit/test_kqueue_reuse unit/test_kqueue_rules unit/test_kqueue_signal \
	unit/test_kqueue_signal_count unit/test_kqueue_stream \
	unit/test_kqueue_threads unit/test_kqueue_timer \
	unit/test_kqueue_timer_change unit/test_kqueue_user \
	unit/test_kqueue_vnode unit/test_kqueue_watch unit/test_link \
	unit/test_log unit/test_log_faults unit/test_log_flood \
	unit/test_log_quota unit/test_log_tap unit/test_loop \
	unit/test_loop_calls unit/test_needs unit/test_resolver \
	unit/test_sampler unit/test_spare
# Some of each program, where nothing is said of its descriptors, its files' size
# or a sandbox, in which a checker has no room.
TESTS_MEMCHECKED = commands outage transcript typing watch_file yodeld_bulk \
	yodeld_control_watch yodeld_data yodeld_drain yodeld_echo \
	yodeld_proxy yodeld_signals yodeld_stream yodeld_threads

FAULT_LIBS = $(FAULTS:%=-Wl,--wrap=%) $(CMOCKA_LIBS) $(SECCOMP_LIBS)
test_fault_server_CFLAGS = -Iserver
test_fault_server_LIBS = $(FAULT_LIBS)
test_fault_client_CFLAGS = -Itui-client
test_fault_client_LIBS = $(FAULT_LIBS) $(CLIENT_LIBS)
test_fault_watch_CFLAGS = -Itui-client
test_fault_watch_LIBS = $(FAULT_LIBS) $(CLIENT_LIBS)
SIM_LIBS = $(SIMS:%=-Wl,--wrap=%) $(CMOCKA_LIBS)
test_sim_server_LIBS = $(SIM_LIBS)
test_sim_link_LIBS = $(SIMS_CLIENT:%=-Wl,--wrap=%) $(SIM_LIBS)
TEST_LIBS = $(CMOCKA_LIBS) $(VTERM_LIBS) $(CLIENT_LIBS)

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

TOOLS_BUILT = $(TOOLS_MAINS:%.c=$B/%)
UNIT_PROGRAMS = $(COMMON_TESTS:%.c=$B/%) $(SERVER_TESTS:%.c=$B/%) \
	$(CLIENT_TESTS:%.c=$B/%) $(BENCH_TESTS:%.c=$B/%) \
	$(SOAK_TESTS:%.c=$B/%) $(TOOLS_TESTS:%.c=$B/%)
E2E_PROGRAMS = $(E2E_TESTS:%.c=$B/%)
FAULT_PROGRAMS = $(FAULT_TESTS:%.c=$B/%)
FUZZ_PROGRAMS = $(FUZZ_SERVER_SRCS:%.c=$B/%) $(FUZZ_CLIENT_SRCS:%.c=$B/%)
SIM_PROGRAMS = $(SIM_TESTS:%.c=$B/%)
MEMCHECKED_PROGRAMS = $(TESTS_MEMCHECKED:%=$B/tests/e2e/test_%)
THREADED_PROGRAMS = $(TESTS_THREADED:%=$B/tests/%)
SUITE_PROGRAMS = $(UNIT_PROGRAMS) $(FAULT_PROGRAMS) $(FUZZ_PROGRAMS) \
	$(SIM_PROGRAMS) $(E2E_PROGRAMS)

# What of these is built of what: the archives, from which a program takes what it
# needs, and the programs. The makes have no loop in common: assets/rules.sh has it.
TEST_RULES = \
	$$r archive common $(COMMON_SRCS); \
	$$r archive server $(SERVER_SRCS); \
	$$r archive client $(CLIENT_SRCS); \
	$$r archive harness $(HARNESS_SRCS); \
	$$r archive bench $(BENCH_SRCS); \
	$$r archive tools $(TOOLS_SRCS); \
	$$r archive soak $(SOAK_SRCS); \
	$$r archive fault $(FAULT_SRCS); \
	$$r archive fuzz $(FUZZ_SRCS); \
	$$r archive sim $(SIM_SRCS) $(SIM_SERVER_SRCS) $(SIM_CLIENT_SRCS); \
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
	    tests/fault/test_fault_client.c tests/fault/test_fault_watch.c; \
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
	    tests/sim/test_sim_link.c;

# What the above are made of, for when all is installed.
suite: all programs
	@YODEL_HARDENING='$(HARDENING) $(HARDENING_LINK)' \
	    YODEL_FAULTS='$(FAULTS)' sh tests/run.sh $B tests/hardening.sh \
	    tests/swept.sh $(SUITE_PROGRAMS)

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

.PHONY: suite units faults fuzzed fuzzers simulations threaded programs
