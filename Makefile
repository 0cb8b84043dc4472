# The commands of this project. `make run` and `make test` need Python 3.11+ and nothing else.
#
#   make run        set up, migrate, load the demo data on the first start, serve on 127.0.0.1:$PORT (5000)
#                   make run DEMO=0 starts empty; make run PORT=5001 serves elsewhere
#   make setup      only set up
#   make test       set up and run all tests; make test ARGS="tests/cases -x" runs some
#   make test-all   the same, everything on both databases
#   make test-long  the tests that take minutes, properties with many examples, and defects put into the rules to see whether their tests notice
#   make fixture    what this version leaves, for the tests of later ones (once, before the version is raised)
#   make lint       style, formatting, types
#   make bench      the figures of the pages with 1,000 to 100,000 cases
#   make lock       write the lock files again after a change of requirements*.txt (needs uv)

# The first Python that is new enough; `make PYTHON=/folder/python3.12 …` names another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$python"; exit; }; \
	done; echo python3)
PREPARE = @command -v "$(PYTHON)" >/dev/null || { echo "没有找到 Python。请安装 Python 3.11 或更新版本后重试。" >&2; exit 1; }; \
	"$(PYTHON)" deploy/prepare.py
UV ?= uv
ARGS ?=
# What was compiled is kept, whatever the shell says: each process and each command that a test starts needs it again.
unexport PYTHONDONTWRITEBYTECODE
# One process for each core; who is done early takes tests over from the others.
PYTEST = .venv/bin/pytest --numprocesses logical --dist worksteal

.DEFAULT_GOAL := run
.PHONY: run setup setup-dev test test-all test-long fixture lint bench lock

setup:
	$(PREPARE)

setup-dev:
	$(PREPARE) --dev

run: setup
	@exec .venv/bin/python deploy/serve.py

test: setup-dev
	$(PYTEST) $(ARGS)

test-all: setup-dev
	$(PYTEST) --database both $(ARGS)

test-long: setup-dev
	$(PYTEST) -m "long or hypothesis" $(ARGS)
	.venv/bin/python -m tests.mutants

fixture: setup-dev
	.venv/bin/python tests/fixtures/make.py

lint: setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy tracker config.py wsgi.py

bench: setup-dev
	.venv/bin/python -m benchmarks $(ARGS)

lock:
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements.txt -o requirements.lock
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
		--custom-compile-command "make lock" requirements-dev.txt -o requirements-dev.lock
