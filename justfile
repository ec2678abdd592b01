# What one types while working. `just` lists it.

python := ".venv/bin/"

default:
    @just --list

# A virtual environment with everything for work on the code.
setup:
    python3 -m venv .venv
    {{python}}pip install -q -U pip
    {{python}}pip install -q -e '.[train,report,ray,datatrove]' --group dev

# The tests, without the wheel's.
test *arguments:
    {{python}}pytest {{arguments}}

# Build the wheel, install it into an empty environment, run it.
wheel:
    {{python}}pytest -m wheel

# Format, then lint.
lint:
    {{python}}ruff format .
    {{python}}ruff check --fix .

# Types of the code and of the public API, and the direction of imports.
types:
    {{python}}mypy
    {{python}}mypy tests/typing/api.py
    {{python}}lint-imports

# All that CI does, from nothing.
ci:
    .ci/run
