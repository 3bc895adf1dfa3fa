# Thin on purpose: each target says in one or two commands what it runs.
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check check-format check-lint check-types check-imports check-policies check-pictures check-go dot bench docs diagrams clean
BIN := .venv/bin

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Make the virtual environment .venv (at once where it is up to date)
	@tools/setup

demo: setup ## Set up all there is to set up, deploy the web design locally, send it requests
	@$(BIN)/archkit demo

test: setup ## Run every test, those on Docker and in three zones included
	@tools/test

test-fast: dot ## Run the tests that need neither Docker nor the engine
	$(BIN)/pytest --numprocesses=auto --dist=loadfile -m "not live and not lab"
	@echo "left out: tests marked live (on Docker) and lab (three zones); \`make test\` runs them"

check: check-format check-lint check-types check-imports check-policies check-pictures check-go ## Format, lint, types, import rules, policies, pictures
check-format: setup
	$(BIN)/ruff format --check --quiet --output-format concise
check-lint: setup
	$(BIN)/ruff check
check-types: setup
	$(BIN)/pyright
check-imports: setup
	$(BIN)/lint-imports
check-policies: setup
	@for stack in $(notdir $(basename $(wildcard stacks/config/*.yaml))); do $(BIN)/archkit check $$stack || exit 1; done
check-pictures: dot
	$(BIN)/archkit diagram --check
dot: setup
	@command -v dot >/dev/null || $(BIN)/archkit doctor --target diagrams --fix
check-go:
	@tools/check-go

bench: setup ## Measure, and write docs/benchmarks.md
	$(BIN)/archkit bench

docs: setup ## Write the pages again that are made from the code
	$(BIN)/python -m archkit.reference

diagrams: setup ## Draw the checked-in pictures again
	$(BIN)/archkit diagram

clean: ## Remove .venv and the tools' caches; stacks and their state (.archkit) stay
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache
