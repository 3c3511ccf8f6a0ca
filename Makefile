# The project's chores. `make run` and `make test` do everything on a fresh Debian 12 machine with Python 3.11 and make.

PYTHON ?= python3
VENV = .venv/bin/python
SOAK_ROUNDS ?= 20
TWO_HOURS = 720
# What measures times, or how good picture and sound are, has both cores for itself. All the rest mostly waits, for databases, sockets and
# browsers: it runs more than two at a time.
ALONE = tests/bench tests/unit/services/test_host.py::test_a_killed_server_comes_back_and_everybody_keeps_their_place tests/e2e/media \
	$(addprefix tests/e2e/test_,demo.py session_recovery.py recovery_network.py program_killed.py session_media.py) \
	tests/e2e/test_page_check.py::test_through_a_real_relay \
	$(addprefix tests/ui/test_,quickness.py calendar_quickness.py::test_a_year_of_thousands_leaves_the_window_alive)

export PYTHONPYCACHEPREFIX = $(CURDIR)/build/pycache
unexport PYTHONDONTWRITEBYTECODE
export PYTHONUTF8 = 1
# Playwright's driver, the identity provider of the tests and tsc start from code that is compiled already.
export NODE_COMPILE_CACHE = $(CURDIR)/build/node-cache

.DEFAULT_GOAL := help
# One after the other, but for what says BESIDE.
ifndef BESIDE
.NOTPARALLEL:
endif
.PHONY: help run test check audit soak bench bench-server chaos shots docs-shots handbook fresh-test package package-test package-again package-start handbook-test lock clean \
	set-up-run set-up-check set-up-test set-up-package \
	static ruff mypy contracts page-types texts tree node-tests collected

help:  ## these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' Makefile

run: set-up-run  ## all set-up, then the program; without a display the unattended demonstration
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then exec $(VENV) -m app; else exec $(VENV) -m app demo --unattended; fi

test: set-up-test  ## all set-up, then every check and test (as root)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target BESIDE=1 static node-tests $(if $(PYTEST_ARGS),,collected)
ifdef PYTEST_ARGS
	@$(VENV) -m pytest -q $(PYTEST_ARGS)
else
	@$(VENV) -m pytest -q -n 4 tests/unit tests/contract $(addprefix --deselect=,$(ALONE))
	@$(VENV) -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder tests/e2e tests/ui $(addprefix --deselect=,$(ALONE))
	@$(VENV) -m pytest -q $(ALONE)
endif

check: set-up-check static  ## ruff, mypy, import contracts, tsc over the page, catalogues, tree (all of them: make -k check)

soak: set-up-test  ## the long repeats: the same tests with VB_SOAK_ROUNDS times the rounds, and two hours of media
	@VB_SOAK_ROUNDS=$(SOAK_ROUNDS) $(VENV) -m pytest -q --timeout=0 $(PYTEST_ARGS)
	@$(VENV) -m tools.disclosure_audit --worlds 500
	@VB_SOAK_ROUNDS=$(TWO_HOURS) $(VENV) -m pytest -q -s --timeout=0 tests/e2e/media/test_memory.py

bench: set-up-test  ## the benchmarks, each beside its reference in the same run
	@mkdir -p build/bench
	@$(VENV) -m app bench call --json build/bench/call.json --markdown build/bench/call.md --plot build/bench/call.svg
	@$(VENV) -m app bench store --json build/bench/store.json
	@$(VENV) -m app bench evaluate --json build/bench/evaluate.json
	@$(VENV) -m app bench flood --json build/bench/flood.json

bench-server: set-up-test  ## 10,000 waiting clients on one server process, beside a PeerJS server; takes a quarter of an hour
	@mkdir -p build/bench
	@$(VENV) -m tests.support.with_databases $(VENV) -m app bench server --database {database} --redis {redis} --json build/bench/server.json

chaos: set-up-test  ## breaks an agency's servers under 200 waiting clients and 20 conversations, prints what it cost (4 minutes)
	@$(VENV) -m tests.support.chaos --json build/chaos.json

shots: set-up-test  ## pictures of the window and of the page, light and dark, 100 % and 200 %, into build/shots
	@$(VENV) -m tests.ui.shots build/shots/window
	@$(VENV) -m tests.ui.shots build/shots/window dark
	@QT_SCALE_FACTOR=2 $(VENV) -m tests.ui.shots build/shots/window
	@QT_SCALE_FACTOR=2 $(VENV) -m tests.ui.shots build/shots/window dark
	@$(VENV) -m tests.support.page_shots build/shots/page-de
	@$(VENV) -m tests.support.page_shots build/shots/page-en dark en

docs-shots: set-up-test  ## the handbook's pictures, into docs/handbook/pictures
	@$(VENV) -m tools.docs_shots

fresh-test:  ## both commands in a new, bare Debian 12 root (as root)
	@tools/fresh_machine.sh

handbook: set-up-check  ## the handbooks as pages to be read without a network, into build/handbook
	@$(VENV) -m tools.handbook

package: set-up-package  ## freezes and packs all that this machine can build into build/package (SYSTEMS=linux: that alone)
	@$(PYTHON) -m tools.package $(SYSTEMS)

package-test: set-up-package  ## installs, tries out and removes those packages in bare Debian 12 and 13 roots and in Wine (as root)
	@tools/package_test.sh
	@$(PYTHON) -m tools.package_windows_test

package-again: set-up-package  ## builds the packages of HEAD a second time in a clone of its own, and says what differs from the first
	@rm -rf build/package/again && git clone --quiet . build/package/again
	@mkdir -p build/package/again/build/package/windows  # the same key of a trial signs both
	@if [ -d build/package/windows/signing ]; then cp -r build/package/windows/signing build/package/again/build/package/windows/; fi
	@$(MAKE) --no-print-directory -C build/package/again package SYSTEMS="$(SYSTEMS)"
	@for system in $(or $(SYSTEMS),linux windows); do \
		$(PYTHON) -m tools.package_compare build/package/$$system build/package/again/build/package/$$system || exit 1; done

package-start: set-up-package  ## how much longer the packed program takes to its window than the unpacked one (at most 1.3 times)
	@$(PYTHON) -m tools.package_start

handbook-test:  ## the servers' handbook, command by command, on a bare Debian 12 root (as root, after make package)
	@tools/handbook_test.sh

audit: set-up-check  ## known vulnerabilities of what is inside, and whether one is older than SECURITY.md promises (asks the network)
	@$(PYTHON) -m tools.set_up audit
	@$(PYTHON) -m tools.audit

lock: set-up-check  ## writes the lock files (needs uv); LOCK=--upgrade moves everything to the newest
	@$(PYTHON) -m tools.lock $(LOCK)

clean:  ## removes everything that set-up and tests have made
	rm -rf .venv node_modules build .mypy_cache .ruff_cache .import_linter_cache .hypothesis

set-up-run:
	@$(PYTHON) -m tools.set_up run
	@$(PYTHON) -m tools.preflight run

set-up-check:
	@$(PYTHON) -m tools.set_up check

set-up-test:
	@$(PYTHON) -m tools.set_up test
	@$(PYTHON) -m tools.preflight test

set-up-package:
	@$(PYTHON) -m tools.set_up package

# The longest first: it has a core for itself while the others have theirs.
static: mypy ruff contracts page-types texts tree

ruff:
	@$(VENV) -m ruff check --quiet
	@$(VENV) -m ruff format --check --quiet

mypy:
	@$(VENV) -m mypy --no-error-summary

contracts:
	@mkdir -p build
	@.venv/bin/lint-imports --no-logo >build/contracts.txt 2>&1 || { cat build/contracts.txt; exit 1; }

page-types:
	@.venv/bin/node node_modules/typescript/bin/tsc

texts:
	@$(VENV) -m tools.check_texts

tree:
	@$(VENV) -m tools.check_tree

node-tests:
	@.venv/bin/node --test 'tests/unit/web/**/*.test.js'

# Every file of tests can be imported. It is compiled by that, once and not by each of pytest's processes anew.
collected:
	@mkdir -p build
	@$(VENV) -m pytest --collect-only -qq >build/collected.txt 2>&1 || { cat build/collected.txt; exit 1; }
