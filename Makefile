# Every task of the project; `make` alone lists them.
# All a machine needs for them is make and Python 3.11 or newer with either its venv module or pip.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo run test check lint format types imports deps locks e2e kill faults drill simulate alert-load dst crashes properties mutants bench lock docs build wheel try-wheel clean reference seed

PY    ?= python3
V     ?= .venv
ARGS  ?=
KILLS ?= 50
STORIES ?= 2
MUTANTS ?=

BIN := $(V)/bin

# Debian's bare python3 makes a venv but cannot put pip into it; then the pip outside installs into it.
# Asked anew at each use, because the venv is made in between.
PIP = $$(test -x $(BIN)/pip && echo $(BIN)/python -m pip || echo $(PY) -m pip --python $(BIN)/python)

# Hashes: exactly the files that were locked. Only wheels: nobody needs a compiler, and no setup.py runs.
INSTALL = $(PIP) install --quiet --require-hashes --only-binary :all: --requirement

export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo '  ARGS="..." goes to demo and run; PY=python3.12 chooses the Python; KILLS=50 is for kill, MUTANTS=40 for a sample.'

# --- use it ---

setup: $(V)/.run ## make .venv from the locked requirements, with the program in it
	@echo '$(V) is ready. make demo shows the program without a token.'

demo: $(V)/.run ## the practice clinic: phones in the browser, made-up patients, no token (ARGS=--once: show it once and end)
	@$(BIN)/followupbot demo $(ARGS)

run: $(V)/.run ## the bot, the clock and the pages, as set in .env
	@$(BIN)/followupbot run $(ARGS)

# --- work on it ---

test: $(V)/.dev ## the tests
	@$(BIN)/python -m pytest -q -n 3 $(ARGS)

check: lint types imports deps locks test ## everything that must pass before a commit: style, types, imports, locks, tests

lint: $(V)/.dev ## style
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

format: $(V)/.dev ## put the style right
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

types: $(V)/.dev ## types
	@$(BIN)/mypy

imports: $(V)/.dev ## who may import whom
	@$(BIN)/lint-imports

deps: $(V)/.dev ## each requirement is used, and each thing used is a requirement
	@$(BIN)/deptry src

locks: $(V)/.dev ## the locks fit pyproject.toml and name no address
	@if grep -n '://' requirements/*.lock; then echo 'locks: an address in a lock (see above)' >&2; exit 1; fi
	@$(PIP) check

.PHONY: sbom audit
sbom: $(V)/.dev ## what the program is made of, for other programs: build/sbom.json, CycloneDX, from the lock
	@$(BIN)/python -m tests.supply.sbom build/sbom.json

audit: $(V)/.audit ## look everything locked up among known holes (needs the network; fails loudly when it can't ask)
	@for lock in run dev; do \
		PYTHONPATH=$(V)/.audit $(BIN)/python -m pip_audit --strict --disable-pip --require-hashes --progress-spinner off \
			--requirement requirements/$$lock.lock || \
		{ printf '\nmake audit: requirements/%s.lock was NOT found free of known holes.\n' $$lock; \
		  echo 'Either a hole is listed above, or the source of them could not be asked: then NOTHING is known. Try again with a network.'; \
		  exit 1; } >&2; done

e2e: $(V)/.e2e ## the pages in a real browser (needs Chromium; on Debian: apt-get install chromium)
	@chromium=$$(command -v chromium || command -v chromium-browser) || \
		{ echo 'make e2e needs Chromium. On Debian: apt-get install chromium' >&2; exit 1; }; \
	CHROMIUM=$$chromium $(BIN)/python -m pytest -q -m browser $(ARGS)

# CI: make kill KILLS=6, about 45 s. The figure of docs/promises.md: make kill KILLS=1000, about 50 minutes.
kill: $(V)/.dev ## kill -9 the program KILLS times on each database, at any moment, and count what was lost
	@KILLS=$(KILLS) STORIES=$(STORIES) $(BIN)/python -m pytest -q -n $(STORIES) -m long --timeout 7200 tests/kill/test_kill.py $(ARGS)

# CI: make outages OUTAGES=1, about 115 s.
OUTAGES ?= 3
.PHONY: outages wave
outages: $(V)/.dev ## PostgreSQL stopped and started, and SQLite full, under load, OUTAGES times; what was lost
	@OUTAGES=$(OUTAGES) $(BIN)/python -m pytest -q -m long --timeout 3600 tests/kill/test_outage.py $(ARGS)

# CI: make wave, about 40 s a database. The figure of docs/promises.md: make wave WAVE=10000, about 8 minutes a database.
WAVE ?= 300
wave: $(V)/.dev ## WAVE check-ins due at one moment, with alerts that come up in it: the rate, the delay, 429
	@WAVE=$(WAVE) $(BIN)/python -m pytest -q -m long --timeout 3600 tests/wave $(ARGS)

FAULTS ?= long or fault
.PHONY: races
races: $(V)/.dev ## a press and the clock at one instant, 10,000 times on each database: one outcome each time
	@$(BIN)/python -m pytest -q -m long --timeout 3600 tests/storage/test_ack_race.py $(ARGS)

faults: $(V)/.dev ## the real program, also with databases locked, full and stopped, and handlers that fail; FAULTS=fault is short
	@$(BIN)/python -m pytest -q -n 2 -m "$(FAULTS)" --timeout 3600 tests/process $(ARGS)

RESTORED ?= 2000
drill: $(V)/.dev ## back up a clinic at work, lose its machine, and restore it on another, on both databases (RESTORED=2000)
	@PATIENTS=$(RESTORED) $(BIN)/python -m pytest -q -s -m long --timeout 3600 tests/drill $(ARGS)

SEEDS ?= 20
PATIENTS ?= 300
YEARS ?= 5
simulate: $(V)/.dev ## PATIENTS for YEARS on the real program in virtual time, with faults, once for each of SEEDS seeds: 10 minutes each; in CI one of 10 for a year: 20 s
	@for seed in $$(seq 1 $(SEEDS)); do \
		$(BIN)/followupbot simulate --patients $(PATIENTS) --years $(YEARS) --seed $$seed --faults $(ARGS) || exit 1; done

alert-load: $(V)/.dev ## alerts by tier and week of 10,000 patients in a year, by the domain alone: 140 s
	@$(BIN)/followupbot simulate --alert-load --patients 10000 --years 1 $(ARGS)

dst: $(V)/.dev ## a million wall-clock times around every clock change of 2020 to 2045, against another library: 10 s
	@$(BIN)/python -m pytest -q -s -m "long or not long" --timeout 3600 tests/domain/test_dst.py $(ARGS)

EVERY ?= 1
crashes: $(V)/.dev ## crash at every boundary from the link to the resolved alert: 3 minutes; EVERY=25, as in CI: 15 s
	@EVERY=$(EVERY) $(BIN)/python -m pytest -q -s -m long --timeout 3600 tests/simulation/test_crashes.py $(ARGS)

STEPS ?= 10000
properties: $(V)/.dev ## STEPS of whatever people and machines do, in any order, on the real program: 15 minutes; STEPS=60, as in CI: 10 s
	@STEPS=$(STEPS) $(BIN)/python -m pytest -q -s -m long --timeout 7200 tests/simulation/test_properties.py $(ARGS)

mutants: $(V)/.dev ## change the shipped protocol in each small way that there is, and list what no vignette notices
	@PYTHONPATH=src:. $(BIN)/python -m tests.programme.mutants $(MUTANTS)

ANSWERS ?= 1000000
DATA ?= build/seeded
seed: $(V)/.dev ## ANSWERS of made-up patients with a past in a database in DATA, for pages and bench; a million: 5 to 10 minutes
	@$(BIN)/python -m bench.seed --answers $(ANSWERS) --data $(DATA) $(ARGS)

bench: $(V)/.dev ## measure it
	@$(BIN)/python -m bench $(ARGS)

docs: $(V)/.dev ## the handbook as pages for browser and paper, in build/handbook; what README and docs say is so: 20 s
	@$(BIN)/python -m tests.docs.handbook
	@$(BIN)/python -m pytest -q -m "not browser and not fault" tests/docs $(ARGS)

PICTURES ?= docs/pictures
.PHONY: pictures
pictures: $(V)/.e2e ## the pictures and the story of README and docs anew, by the tests' own runs
	@mkdir -p $(PICTURES)
	@$(MAKE) --no-print-directory e2e ARGS='-k pictures $(ARGS)' PICTURES=$(abspath $(PICTURES))
	@$(BIN)/python -m tests.docs.story

.PHONY: fuzz
fuzz: $(V)/.dev ## 100,000 updates of strangers and of a patient who tries things, broken at random: 5 minutes
	@$(BIN)/python -m pytest -q -s -m long --timeout 3600 tests/attacks $(ARGS)

.PHONY: hazards
hazards: $(V)/.dev ## run every test that holds a hazard of docs/hazards.yaml, and write docs/hazards.md
	@$(BIN)/python -m tests.docs.hazards

reference: $(V)/.dev ## write docs/reference.md anew from the code
	@$(BIN)/python -m tests.docs.reference

# The wheel is made out of the source archive, as pip makes it, so that one try shows both whole.
build: $(V)/.run ## the source archive and the wheel, in dist/
	@rm -rf dist build/archive && mkdir -p build/archive
	@$(BIN)/python -m hatchling build --target sdist
	@tar xzf dist/*.tar.gz -C build/archive --strip-components 1
	@cd build/archive && $(abspath $(BIN))/python -m hatchling build --target wheel --directory $(abspath dist)

wheel: build ## try the wheel: an environment with nothing else in it, outside the checkout
	@rm -rf build/empty
	@$(MAKE) --no-print-directory V=build/empty try-wheel

try-wheel: $(V)/.locked
	@$(PIP) install --quiet --no-deps --no-index dist/*.whl
	@cd / && $(abspath $(BIN))/followupbot --version
	@cd / && $(abspath $(BIN))/followupbot demo --once >/dev/null && echo 'the wheel plays the story'

# uv is needed for this alone, so it is no requirement. `make lock ARGS=--upgrade` takes the newest versions.
# --no-build: what has no wheel for some platform or Python fails here, not at a user's.
lock: $(V)/.made ## write requirements/*.lock anew from pyproject.toml
	@uv=$$(command -v uv) || { uv=$(V)/.uv/bin/uv; test -x $$uv || $(PIP) install --quiet --target $(V)/.uv uv; }; \
	lock() { $$uv pip compile --quiet --no-config --universal --python-version 3.11 --no-build --generate-hashes \
		--custom-compile-command 'make lock' $(ARGS) "$$@" >/dev/null; }; \
	mkdir -p requirements && \
	lock pyproject.toml --group build -o requirements/run.lock && \
	lock pyproject.toml --group dev -c requirements/run.lock -o requirements/dev.lock && \
	lock --group audit -o requirements/audit.lock && \
	lock --group e2e -c requirements/dev.lock -o requirements/e2e.lock && \
	{ ! grep -n '://' requirements/*.lock; }

clean: ## remove what make made; data/ stays
	@rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find alembic bench src tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# --- how .venv is made: each file stands for a finished step ---

$(V)/.made:
	@command -v $(PY) >/dev/null || { echo 'followupbot needs Python 3.11 or newer, and $(PY) is not there. On Debian: apt-get install python3 python3-venv' >&2; exit 1; }
	@$(PY) -c 'import sys; v = sys.version.split()[0]; sys.exit(None if sys.version_info >= (3, 11) else f"followupbot needs Python 3.11 or newer; $(PY) is {v}. Choose another: make setup PY=python3.12")'
	@if $(PY) -c 'import ensurepip' 2>/dev/null; then $(PY) -m venv $(V); \
	elif $(PY) -m pip help 2>/dev/null | grep -q -e '--python '; then $(PY) -m venv --without-pip $(V); \
	else echo '$(PY) can neither make a venv with pip nor use a pip (22.3 or newer) of its own. On Debian: apt-get install python3-venv' >&2; exit 1; fi
	@touch $@

$(V)/.locked: requirements/run.lock $(V)/.made
	@echo 'Installing what the program needs into $(V), about half a minute ...'
	@$(INSTALL) requirements/run.lock
	@touch $@

# Without isolation, because the build backend is in the lock too: nothing unlocked is ever fetched.
$(V)/.run: pyproject.toml $(V)/.locked
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(V)/.dev: requirements/dev.lock $(V)/.run
	@echo 'Installing what the tests need into $(V) ...'
	@$(INSTALL) requirements/dev.lock
	@touch $@

$(V)/.e2e: requirements/e2e.lock $(V)/.dev
	@echo 'Installing what the browser tests need into $(V) ...'
	@$(INSTALL) requirements/e2e.lock
	@touch $@

# In a folder of its own: what it needs never meets what the program runs with.
$(V)/.audit: requirements/audit.lock $(V)/.made
	@rm -rf $@
	@$(INSTALL) requirements/audit.lock --target $@
	@touch $@
