# The slower proofs and what is measured, a part of the Makefile.

# Sanitizers and analyzer do without the hardening; a crash is
# left to the program, which has a terminal to restore; what is kept in a ring is a
# leak to gcc 12's analyzer, the sanitizer knows better.
PLAIN = HARDENING=-fPIE WERROR=-Werror
ASAN = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=undefined
ASAN_ENV = ASAN_OPTIONS=handle_segv=0 \
	LSAN_OPTIONS=print_suppressions=0:suppressions=tests/lsan.supp \
	YODEL_TEST_SECONDS=300
LIBFUZZER = -O1 -g -fno-omit-frame-pointer -fno-sanitize-recover=undefined \
	-fsanitize=fuzzer-no-link,address,undefined
TSAN = -O1 -g -fsanitize=thread
TSAN_ENV = TSAN_OPTIONS=suppressions=tests/tsan.supp YODEL_TEST_SECONDS=600
# Without the hardening, which gives each local variable a value.
BARE = -O1 -g
MEMCHECK = valgrind -q --vgdb=no --error-exitcode=99
ANALYZER = -O2 -fanalyzer -Wno-analyzer-malloc-leak

# Half an hour on two cores; what each part may take of it is its second word. The
# long form of the simulations, the model and the networks is in the first.
PART = @sh tests/part.sh $B/check.notes

# What waits more than it works: one more at a time than there are processors.
WAITING = $$(($(JOBS) + 1))

check:
	@sh assets/setup.sh check || echo 'check: goes on with what is installed'
	@mkdir -p $B && rm -f $B/check.notes
	$(PART) 'address, undefined behaviour' 340 sh $(ASAN_ENV) YODEL_LONG=1 \
	    YODEL_TEST_JOBS=$(WAITING) \
	    $(MAKE) -j$(JOBS) $(PLAIN) B=$B/asan CFLAGS='$(ASAN)' suite
	$(PART) 'threads' 130 sh $(TSAN_ENV) YODEL_LONG=1 \
	    $(MAKE) -j$(JOBS) $(PLAIN) B=$B/tsan CFLAGS='$(TSAN)' threaded
	$(PART) 'valgrind, units' 220 valgrind YODEL_BRIEF=1 \
	    YODEL_TEST_WITH='$(MEMCHECK) --suppressions=tests/valgrind.supp' \
	    $(MAKE) -j$(JOBS) $(PLAIN) B=$B/bare CFLAGS='$(BARE)' units
	$(PART) 'valgrind, programs' 140 valgrind \
	    $(MAKE) -j$(JOBS) $(PLAIN) B=$B/bare CFLAGS='$(BARE)' memcheck
	$(PART) 'macOS' 70 sh sh tests/macos.sh '$B' \
	    '-std=c11 $(WARNINGS) -Werror' $(COMMON:%=common/%.c) $(SERVER_SRCS)
	$(PART) 'every call fails once, in every way' 245 sh \
	    YODEL_FAULT=all YODEL_TEST_SECONDS=900 $(MAKE) -j$(JOBS) faults
	$(PART) 'any bytes' 125 sh $(MAKE) -j$(JOBS) FUZZ_SECONDS=10 fuzz
	$(PART) 'soak' 90 sh $(MAKE) -j$(JOBS) SOAK_SECONDS=60 soak
	$(PART) 'planted defects' 205 patch YODEL_TEST_JOBS=$(WAITING) \
	    $(MAKE) -j$(JOBS) planted
	$(PART) 'analyzer' 30 gcc \
	    $(MAKE) -j$(JOBS) $(PLAIN) CC=gcc B=$B/analyzer CFLAGS='$(ANALYZER)' all
	$(PART) 'clang-tidy' 95 clang-tidy $(MAKE) -j$(JOBS) tidy
	$(PART)

memcheck: all $(MEMCHECKED_PROGRAMS)
	@YODEL_TEST_JOBS=$(WAITING) YODEL_TEST_SECONDS=300 \
	    sh tests/memcheck.sh '$B' '$(MEMCHECK)' $(MEMCHECKED_PROGRAMS)

tidy:
	@sh tests/tidy.sh '$(STANDARD) -Icommon $(KQUEUE_CFLAGS) $(CURSES_CFLAGS) \
	    $(EDIT_CFLAGS) $(UTF8PROC_CFLAGS) $(JANSSON_CFLAGS) \
	    $(SECCOMP_CFLAGS)' \
	    $(COMMON_SRCS) $(SERVER_SRCS) $(CLIENT_SRCS)

# How much of common/ and server/ the tests come to; see tests/coverage/README.md.
COVERAGE = -O0 -g --coverage -fprofile-update=atomic
COUNTING = counts
COUNTS = $B/counts.o -Wl,--wrap=syscall,--wrap=_exit
# Without the floods: how fast the client is tells nothing without optimisation.
COVERED = $(COMMON_TESTS:%.c=$B/%) $(SERVER_TESTS:%.c=$B/%) $(FAULT_PROGRAMS) \
	$(E2E_PROGRAMS:$B/tests/e2e/test_flood=)

coverage:
	@$(MAKE) -j$(JOBS) CC=gcc B=$B/coverage CFLAGS='$(COVERAGE)' HARDENING= \
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
	    $(MAKE) -j$(JOBS) $(PLAIN) CC='$(FUZZ_CC)' B=$B/fuzz CFLAGS='$(LIBFUZZER)' \
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

# Whether each proof still fails where it has to; see tests/planted.sh.
planted: all programs $B/tests/soak/soak
	@sh tests/planted.sh '$B' '$(MAKE)'

.PHONY: check memcheck tidy coverage counted fuzz bench benchmark bench-client soak \
	planted
