# Everything runs on the Node that the project pins, found first on PATH here.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

STACK ?= ozilab
FORMAT ?= text
DO ?= preview up
# Read from the environment: a value written into a command line is run by the shell.
export STACK FORMAT DO
INSTALLED := node_modules/.package-lock.json

.PHONY: plan sandbox test tools check format schema bench

## The whole plan of a stack: no account, no cluster, no Pulumi CLI.
plan: $(INSTALLED)
	@node plan/main.ts --stack="$$STACK" --format="$$FORMAT"

## The stack on the real Pulumi engine, against simulated systems: no account, no cluster.
sandbox: $(INSTALLED)
	@node sandbox/main.ts --stack="$$STACK" --do="$$DO"

## Types, lint, format and tests.
test: check tools
	@vitest run

# What the tests run besides Node, built once and kept in .cache.
tools: $(INSTALLED)
	@node tests/build-tools.ts

check: $(INSTALLED)
	@tsc
	@tsc -p worker/src
	@eslint .
	@prettier --check --log-level warn .

## The JSON Schema of the stack files, after a change of stacks/config/schema.ts.
schema: $(INSTALLED)
	@node stacks/config/write-json-schema.ts
	@prettier --write --log-level warn stacks/schema.json

## What the stack and the Worker cost, measured; writes docs/worker-benchmark.md and docs/sandbox-benchmark.md.
bench: $(INSTALLED)
	@node bench/worker.ts
	@node bench/sandbox.ts

format: $(INSTALLED)
	@prettier --write --log-level warn .

$(INSTALLED): package.json package-lock.json
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@touch $@
