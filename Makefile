# Every target makes its own set-up; `make setup` alone takes seconds when nothing changed.
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)
CITY ?=

# Images of containers often set it; then each of the hundreds of processes that tests start
# compiles our modules anew, and each test worker rewrites all tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup setup-browser check test bench bench-routing demo serve bundle

setup:
	@scripts/setup

setup-browser: setup
	@scripts/setup --browser

check: setup
	ruff format --check .
	ruff check .
	mypy
	lint-imports

test: setup-browser
	@scripts/test

# PEERS=1 installs Meili, which `matching` compares with.
bench: setup-browser
	$(if $(PEERS),uv pip install --quiet --require-hashes -r requirements-peers.lock)
	python -m tests.benchmarks $(ONLY)

# SECONDS, JOBS, SEED and INSTANCES (of the peers) reach it through the environment; PEERS=1 installs other people's solvers.
bench-routing: setup
	$(if $(PEERS),uv pip install --quiet --require-hashes -r requirements-peers.lock)
	python -m tests.benchmarks.routing $(ONLY)

demo: setup
	barfrub demo $(if $(CITY),--file "$(CITY)")

serve: setup
	barfrub serve

bundle: setup
	@scripts/bundle
