# Every target sets itself up: a clone needs Python 3.11 or newer, make and git, nothing else.
PYTHON ?= python3
# Most tests wait for servers, so more of them run at a time than there are processors.
JOBS ?= 3
LOG ?= $(or $(DEALREG_LOG),postgres)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
CODE := dealreg services shared migrations

export DEALREG_LOG := $(LOG)
# A data folder belongs to one log, so each log has its own.
ifeq ($(LOG),kafka)
export DEALREG_DATA_DIR ?= .dealreg-kafka
endif
export PYTHONUNBUFFERED := 1
# Where it is set, as in many containers, each of the processes that tests start compiles 400 modules again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup clients client browser pages pictures provider run demo test check apidocs fuzz simulate faults soak bench lock clean

help: ## Show this list
	@echo "dealreg: partner deal registration. LOG=postgres (default) or LOG=kafka chooses the log."
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/.ready ## Install into .venv and fetch what the Kafka log needs
	@$(BIN)/dealreg setup

run: .venv/.ready ## Start everything on one port with the demo's data
	@$(BIN)/dealreg run --demo

demo: .venv/.ready ## Import the sample pipeline, decide it, print the result as JSON
	@$(BIN)/dealreg demo

clients: .venv/clients/.ready ## Install the generator of clients, which has an environment of its own

client: clients ## Generate the Python client from docs/openapi.json and build its wheel into clients/python/dist
	@PATH="$(CURDIR)/.venv/clients/bin:$$PATH" .venv/clients/bin/python -m openapi_python_client generate --path docs/openapi.json \
	  --meta none --overwrite --output-path clients/python/dealreg_client/generated >/dev/null
	@cd clients/python && "$(CURDIR)/$(BIN)/python" -m hatchling build --target wheel

provider: ## Install the identity provider that tests sign in by, where Node is installed
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory .venv/provider/.ready; \
	  else echo "provider: skipped, since npm is not installed; the tests that sign in by it are skipped too"; fi

.venv/provider/.ready: tests/oidc/package.json tests/oidc/package-lock.json tests/oidc/.npmrc
	@mkdir -p .venv/provider
	@cp tests/oidc/package.json tests/oidc/package-lock.json tests/oidc/.npmrc .venv/provider
	@cd .venv/provider && npm ci --silent
	@touch $@

browser: .venv/browser/.ready ## Install the library that drives a browser, and the rules of accessibility

pictures: setup browser ## Take the pictures of docs/pictures/ anew: the demo's console in the installed Chromium
	@$(BIN)/python -m tests.e2e.browser.pictures

pages: setup browser ## Look at every page of the console in a browser, as each role in both directions
	@BROWSER_CASES=4 $(BIN)/python -m pytest -v tests/e2e/browser

test: setup clients browser provider ## Run every test but the benchmarks and what takes minutes; JOBS=3 at a time, each with servers of its own
	@$(BIN)/python -m pytest tests --durations=25 --ignore=tests/bench --ignore=tests/broker/cluster --ignore=tests/e2e/whole $(if $(filter-out 0 1,$(JOBS)),-n $(JOBS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0)

check: .venv/.ready apidocs ## Lint, formatting, strict types, import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict $(CODE)
	@$(BIN)/lint-imports

# The rules that matter are Python tests too, so a machine without Node loses the second opinion alone.
apidocs: ## Lint both API documents and compile a TypeScript client, where Node is installed
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory .venv/apidocs/checked; \
	  else echo "apidocs: skipped, since npm is not installed; make test checks the rules that matter"; fi

.venv/apidocs/.ready: tests/openapi/package.json tests/openapi/package-lock.json tests/openapi/.npmrc
	@mkdir -p .venv/apidocs
	@cp tests/openapi/package.json tests/openapi/package-lock.json tests/openapi/.npmrc .venv/apidocs
	@cd .venv/apidocs && npm ci --silent
	@touch $@

.venv/apidocs/checked: .venv/apidocs/.ready docs/openapi.json docs/asyncapi.json $(wildcard tests/openapi/*.yaml)
	@for name in openapi asyncapi; do \
	  .venv/apidocs/node_modules/.bin/spectral lint --quiet --fail-severity=hint --ruleset tests/openapi/$$name.yaml docs/$$name.json \
	    || exit 1; done
	@.venv/apidocs/node_modules/.bin/openapi-typescript docs/openapi.json --output .venv/apidocs/api.d.ts >/dev/null
	@.venv/apidocs/node_modules/.bin/tsc --noEmit --strict .venv/apidocs/api.d.ts
	@touch $@

fuzz: setup ## Hostile values in every place of every operation, then schemathesis; EACH=0 (all) and EXAMPLES=200 choose how many
	@FUZZ_EACH=$(or $(EACH),0) FUZZ_PHASES=examples,coverage,fuzzing FUZZ_EXAMPLES=$(or $(EXAMPLES),200) FUZZ_SEED=$(or $(SEED),$(shell date +%s)) \
	  $(BIN)/python -m pytest -v -s -o session_timeout=86400 tests/fuzz

simulate: .venv/.ready ## Random histories under random faults; SEEDS=1000, FROM=0 choose
	@$(BIN)/python -m tests.simulation --seeds $(or $(SEEDS),1000) --from $(or $(FROM),0)

faults: setup ## What dies, freezes, lies or is lost: crash points, servers, brokers, poison
	@FAULTS_EACH=1 $(BIN)/python -m pytest -v tests/crash tests/broker tests/e2e/whole \
	  tests/unit/attribution/test_faults.py tests/integration/attribution/test_poison.py \
	  tests/integration/projections/test_poison.py tests/integration/registration/test_failures.py

soak: setup ## All of it under load while processes are killed; MINUTES=60 of it, RATE=300 a second, SEED chooses
	@$(BIN)/python -m tests.soak --minutes $(or $(MINUTES),60) --rate $(or $(RATE),300) --log $(LOG) $(if $(SEED),--seed $(SEED))

bench: setup ## Measure both logs, or the one named; BENCH="--quick --only decide" chooses, BASE=commit compares
	@$(BIN)/python -m tests.bench $(if $(filter command environment,$(origin LOG)),--log $(LOG)) $(BENCH) \
	  $(if $(BASE),--base $(BASE))

lock: .venv/.ready ## Look for newer libraries within pyproject's bounds and write both locks again
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra parquet pyproject.toml --output-file requirements.lock
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) pyproject.toml --group dev --extra mcp --output-file requirements-dev.lock
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) tests/bench/peer/requirements.in --output-file tests/bench/peer/requirements.lock
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) tests/clients/requirements.in --output-file tests/clients/requirements.lock
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) tests/browser/requirements.in --output-file tests/browser/requirements.lock

LOCK_OPTIONS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-strip-extras \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

clean: ## Remove the virtual environment and what the tools left (data folders stay)
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage htmlcov dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each stamp comes last, so an interrupted installation goes on where it stopped.
.venv/.ready: pyproject.toml .venv/.locked
	@$(PIP) --no-build-isolation --no-deps --editable .
	@touch $@

# Its libraries are not ours: it wants an older typer than the command line does.
.venv/clients/.ready: tests/clients/requirements.lock .venv/.locked
	@echo "setup: the generator of clients"
	@$(PYTHON) -m venv --clear .venv/clients
	@.venv/clients/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r $<
	@touch $@

# It brings a runtime of 150 MB, which nobody needs who runs dealreg: a folder beside the libraries, not among them.
.venv/browser/.ready: tests/browser/requirements.lock tests/browser/package.json tests/browser/package-lock.json .venv/.locked
	@echo "setup: the library that drives a browser"
	@rm -rf .venv/browser
	@$(PIP) --require-hashes --target .venv/browser/lib -r $<
	@cp tests/browser/package.json tests/browser/package-lock.json tests/browser/.npmrc .venv/browser
	@if command -v npm >/dev/null; then cd .venv/browser && npm ci --silent; \
	  else echo "browser: npm is not installed, so the rules of accessibility are not either"; fi
	@touch $@

.venv/.locked: requirements-dev.lock
	@command -v $(PYTHON) >/dev/null || { echo "error: $(PYTHON) not found; name one with make PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "error: dealreg needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) -V 2>&1); name one with make PYTHON=…" >&2; exit 1; }
	@echo "setup: .venv with $$($(PYTHON) -V 2>&1)"
	@$(PYTHON) -m venv .venv
	@echo "setup: the locked libraries (about a minute the first time)"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
