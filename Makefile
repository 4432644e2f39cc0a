# Everything a newcomer needs: make run, make test. `make help` lists the rest.

LISTEN ?= 127.0.0.1:8080
STATE_DIR ?= .build/state

# What the build links, and what the tests drive. Swift itself is expected to be there.
BUILD_PACKAGES = libbpf-dev libmicrohttpd-dev libgnutls28-dev libelf-dev zlib1g-dev pkg-config linux-libc-dev
TEST_PACKAGES = chromium chromium-driver curl nodejs openssl python3 python3-venv

# Environments of Python, with packages of PyPI: .build/python/NAME has those that
# Tests/NAME/requirements.txt names. Where they cannot be had, what needs them is skipped, and says so.
PYTHON = .build/python

# What bench drives the service with, beside its own programs.
BENCH_PACKAGES = python3 wrk

# What boots other kernels for the tests. Where it cannot be had, they are skipped.
VM_PACKAGES = binutils busybox-static cpio qemu-system-x86

# For test-vm: which kernel, and a regular expression that takes some of the tests.
KERNEL ?= 6.1
FILTER ?=

# Seconds of random input: in test, and in fuzz; and an input to try again.
FUZZ_SECONDS ?= 60
SECONDS ?= 600
REPLAY ?=

# For bench: options of Tests/Benchmarks/run, such as --only methods or --no-guests.
BENCH ?=

SWIFT = $(shell command -v swift)
SUDO = $(if $(filter 0,$(shell id -u)),,sudo)

# For install: packages set DESTDIR, a folder that stands for /.
PREFIX ?= /usr/local
DESTDIR ?=

.PHONY: help build install run test test-contract test-vm fuzz sanitize bench lint format reference clean packages test-packages bench-packages vm-packages

help:
	@echo 'make run     build, and serve on $(LISTEN) with the pipe2 policy'
	@echo 'make test    every test, real kernels and a real browser included (as root)'
	@echo 'make test-vm KERNEL=6.1 FILTER=PipeTests'
	@echo '             some of them in a virtual machine with Linux 6.1, or 6.12'
	@echo 'make test-contract'
	@echo '             random requests by openapi/openapi.yaml, which have to be answered as it says'
	@echo 'make fuzz SECONDS=600'
	@echo '             random requests, policies and kernel records, other ones each time;'
	@echo '             REPLAY=.build/fuzz/policy.input tries one again'
	@echo 'make sanitize'
	@echo '             tests under AddressSanitizer, with leaks, and under ThreadSanitizer'
	@echo 'make build   the release binary, .build/release/martlet'
	@echo 'make install [PREFIX=/usr/local]'
	@echo '             put it and the systemd unit in place (as root)'
	@echo 'make bench   figures beside their budgets, against a hand-written program, on three kernels'
	@echo '             BENCH="--only methods --no-guests" measures a part, on this kernel alone'
	@echo 'make lint    formatting and style; make format mends formatting'
	@echo 'make reference'
	@echo '             write the parts of documents that describe the policy format'
	@echo 'make clean   remove what was built'

build: packages
	swift build -c release --product martlet --static-swift-stdlib

install:
	@test -x .build/release/martlet || { echo 'make build comes first' >&2; exit 1; }
	install -D -m 755 .build/release/martlet $(DESTDIR)$(PREFIX)/bin/martlet
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	sed 's|/usr/local/bin|$(PREFIX)/bin|' martlet.service \
		>$(DESTDIR)$(PREFIX)/lib/systemd/system/martlet.service

run: build
	$(SUDO) .build/release/martlet serve --listen $(LISTEN) --state-dir $(STATE_DIR) \
		--policy public/policies/pipe2.yaml

# Failing every step of loading keeps the kernel busy with what others trace, so it comes by
# itself. Guests take both cores, so they come last.
test: packages test-packages vm-packages $(PYTHON)/Clients lint build
	node --test Tests/Viewer
	$(MAKE) --no-print-directory test-contract PHASES=examples,fuzzing EXAMPLES=25
	swift build --build-tests
	$(SUDO) $(SWIFT) test --skip-build \
		--skip 'KernelMatrixTests|(Install|Registry)FaultTests'
	$(SUDO) $(SWIFT) test --skip-build --filter '(Install|Registry)FaultTests'
	$(SUDO) .build/debug/fuzz --seed 1 --seconds $(FUZZ_SECONDS)
	$(SUDO) env MARTLET_MATRIX=1 $(SWIFT) test --skip-build --filter KernelMatrixTests

# Examples of the contract, values at its limits (which takes minutes), and random ones.
PHASES ?= examples,coverage,fuzzing
EXAMPLES ?= 25

test-contract: build $(PYTHON)/Contract
	@if [ -d $(PYTHON)/Contract ]; then \
		$(SUDO) env PHASES=$(PHASES) EXAMPLES=$(EXAMPLES) Tests/Contract/run .build/release/martlet \
			$(PYTHON)/Contract/bin/schemathesis; \
	else echo 'skipped: random requests by the contract; PyPI cannot be had'; fi

$(PYTHON)/%: Tests/%/requirements.txt
	@rm -rf $@
	python3 -m venv $@ && $@/bin/pip install --quiet --requirement $< || rm -rf $@

test-vm: build vm-packages
	swift build --build-tests
	$(SUDO) Tests/VM/run $(KERNEL) '$(FILTER)'

# In test the inputs are the same each time; here they are not. The second half of the time is
# libFuzzer's, which needs coverage. What fails is printed, and kept in .build/fuzz.
fuzz: packages
	swift build --product fuzz
ifneq ($(REPLAY),)
	$(SUDO) .build/debug/fuzz --replay $(REPLAY)
else
	swift build --product fuzz --scratch-path .build/guided $(GUIDED)
	$(SUDO) .build/debug/fuzz --seconds $$(($(SECONDS) / 2))
	for target in record policy; do $(SUDO) env $(ADDRESS) .build/guided/debug/fuzz guided \
		--seconds $$(($(SECONDS) / 4)) $$target || exit 1; done
endif

GUIDED = --sanitize address \
	-Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp \
	-Xlinker -u -Xlinker LLVMFuzzerRunDriver \
	-Xlinker --export-dynamic-symbol=LLVMFuzzerRunDriver -Xlinker -lstdc++ -Xlinker \
	$(shell clang -print-resource-dir)/lib/linux/libclang_rt.fuzzer_no_main-$(shell uname -m).a

# Tests of all but what the kernel does, under both. They do not see into libraries that are built
# without them: of libmicrohttpd and libbpf they only see the calls of the C library, and of Swift's
# Mutex what Tests/Sanitizers/mutex.c tells. Leaks that are none, and why, are in leaks.supp.
SANITIZED = --filter '^(Policy|Lowering|Events|HTTP|API|Tracing)Tests[.]' \
	--skip '(Install|Registry)FaultTests'
ADDRESS = ASAN_OPTIONS=detect_leaks=1:suppressions=$(CURDIR)/Tests/Sanitizers/memory.supp \
	LSAN_OPTIONS=suppressions=$(CURDIR)/Tests/Sanitizers/leaks.supp
THREAD = LD_PRELOAD=$(CURDIR)/.build/thread/mutex.so

sanitize: packages
	swift build --build-tests --sanitize address --scratch-path .build/address
	$(SUDO) env $(ADDRESS) $(SWIFT) test --skip-build --sanitize address \
		--scratch-path .build/address $(SANITIZED)
	$(SUDO) env $(ADDRESS) .build/address/debug/fuzz --seed 1 --seconds $(FUZZ_SECONDS)
	swift build --build-tests --sanitize thread --scratch-path .build/thread
	clang -O1 -shared -fPIC -o .build/thread/mutex.so Tests/Sanitizers/mutex.c
	$(SUDO) env $(THREAD) $(SWIFT) test --skip-build --sanitize thread \
		--scratch-path .build/thread $(SANITIZED)
	$(SUDO) env $(THREAD) .build/thread/debug/fuzz --seed 1 --seconds $(FUZZ_SECONDS)

bench: packages bench-packages vm-packages
	Tests/Benchmarks/run $(BENCH)

lint:
	swift-format lint --strict --recursive --parallel Package.swift Sources Tests

format:
	swift-format format --in-place --recursive --parallel Package.swift Sources Tests

# A test compares both documents with the table that policies are checked by.
reference:
	swift build --product martlet
	.build/debug/martlet reference --as markdown > public/docs/policy.md
	.build/debug/martlet reference --as openapi > .build/openapi-schemas.yaml
	sed -i -e '/# The format of policies/,/# The end of the format/{//!d}' \
		-e '/# The format of policies/r .build/openapi-schemas.yaml' openapi/openapi.yaml

clean:
	rm -rf .build

# Installs what dpkg does not know yet, and asks for nothing where all is there.
define install
	@missing="$$(for package in $(1); do \
		dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
			|| echo $$package; done)"; \
	if [ -n "$$missing" ]; then \
		echo "installing:" $$missing; \
		$(SUDO) apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq \
			--no-install-recommends $$missing >/dev/null; \
	fi
endef

packages:
	$(call install,$(BUILD_PACKAGES))

test-packages:
	$(call install,$(TEST_PACKAGES))

bench-packages:
	$(call install,$(BENCH_PACKAGES))

vm-packages:
	-$(call install,$(VM_PACKAGES))
