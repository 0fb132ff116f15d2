# The project's commands; `make` alone lists them. How things get installed is told in packaging/.

BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help install run test lint bench clean system-packages

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

install: .venv/.installed ## install everything into .venv; PYTHON=... names the Python to make it with

run: install ## install, then show the whole story on the demo X-rays
	@$(BIN)/xraydemo demo

# Qt's offscreen platform draws the same with and without a display, and opens no window on yours.
test: install ## install, then run the tests
	@QT_QPA_PLATFORM=offscreen $(BIN)/pytest -n 2 --ignore=tests/benchmarks

lint: install ## check style, types and which room imports which
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: install ## measure speed and memory
	@$(BIN)/python -m tests.benchmarks

clean: ## remove caches and build leftovers (.venv stays: it is several GB to fetch again)
	rm -rf build dist .*_cache .benchmarks .hypothesis
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# The libraries are looked at every time, because .venv outlives what they are installed in
# (a container, say); only pyproject.toml decides whether pip runs again.
.venv/.installed: pyproject.toml | system-packages
	@packaging/install.sh

system-packages:
	@packaging/system-packages.sh
