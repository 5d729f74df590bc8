# Everything runs on the Node that the project pins, found first on PATH here.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Node keeps compiled modules here: the offline plan takes a third less time from its second run on.
export NODE_COMPILE_CACHE := $(CURDIR)/.cache/node

STACK ?= ozilab
FORMAT ?= text
DO ?= preview up
BASE ?= origin/main
OFFLINE ?=
ISSUES ?=
EVENT ?=
REPORT ?= .cache/ci
NAME ?=
OUTPUTS ?=
METRICS ?=
IMAGE ?=
SCHEDULE ?= 17 * * * *
METRICS_NODE ?=
FROM ?=
WATCH ?=
IMPORT ?=
POLICY ?=
# Some shells export HOST as this machine's name, so only the command line counts.
DOCTOR_HOST := $(if $(filter command,$(origin HOST)),$(HOST))
ANSWERS ?=
# Read from the environment: a value written into a command line would be run by the shell.
export STACK FORMAT DO BASE EVENT REPORT NAME ANSWERS OUTPUTS METRICS FROM IMAGE SCHEDULE METRICS_NODE DOCTOR_HOST
export IMPORT POLICY
INSTALLED := node_modules/.package-lock.json
SOURCES := index.ts components stacks plan live providers explain adopt doctor ci worker sandbox tools bench tests

CI_COMMANDS := ci-preview ci-comment ci-up ci-drift ci-doctor
PLAIN_COMMANDS := help plan adopt explain doctor doctor-cronjob stack sandbox rehearse
.PHONY: $(CI_COMMANDS) $(PLAIN_COMMANDS) test test-sandbox test-all tools check words format schema bench

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

plan: $(INSTALLED) ## Print what a stack declares, from its files alone (STACK=ozilab FORMAT=text|json|yaml)
	@node plan/main.ts --stack="$$STACK" --format="$$FORMAT"

adopt: $(INSTALLED) ## Compare a stack with what exists, and write what pulumi import needs (STACK=ozilab IMPORT=adopt.json POLICY=write)
	@node adopt/main.ts --stack="$$STACK" --import-file="$$IMPORT" --policy="$$POLICY"

explain: $(INSTALLED) ## Name the causes that a cluster shows for an update that failed (STACK=ozilab)
	@node explain/main.ts --stack="$$STACK"

doctor: $(INSTALLED) ## Check a deployed stack on the live systems (STACK=ozilab HOST= FORMAT=text|json|html|prometheus METRICS= FROM=client|elsewhere WATCH=1)
	@node doctor/main.ts --stack="$$STACK" --host="$$DOCTOR_HOST" --format="$$FORMAT" --outputs="$$OUTPUTS" --metrics="$$METRICS" --from="$$FROM" $(if $(WATCH),--watch)

doctor-cronjob: $(INSTALLED) ## Print the manifests that run the doctor in the cluster (IMAGE= STACK=ozilab SCHEDULE=)
	@node doctor/cronjob/main.ts --stack="$$STACK" --image="$$IMAGE" --schedule="$$SCHEDULE" \
		--outputs="$$OUTPUTS" --metrics="$$METRICS" --node="$$METRICS_NODE"

stack: $(INSTALLED) ## Write a new stack's files, from questions or options (NAME=homelab ANSWERS="--tailnet=…")
	@node plan/new-stack/main.ts --name="$$NAME" $$ANSWERS

sandbox: $(INSTALLED) ## Run a stack on the real Pulumi engine and simulated systems (STACK=ozilab DO="preview up")
	@node sandbox/main.ts --stack="$$STACK" --do="$$DO"

rehearse: $(INSTALLED) ## Lose the sandbox's cluster, its state, or both, and restore them as docs/runbook.md says
	@node sandbox/rehearse/main.ts

test: check tools ## Types, lint, format, and the everyday tests
	@vitest run --project everyday

test-sandbox: tools ## The tests of the simulated systems on the engine
	@vitest run --project slow tests/sandbox/providers tests/sandbox/shell tests/bench

test-all: check tools ## Everything in test, and the slow tests: the simulated systems, every lifecycle, every cut-off
	@vitest run

check: $(INSTALLED) words ## Types, lint, import rules, wording, workflows and format
	@tsc
	@tsc -p worker/src
	@eslint .
	@depcruise --config .dependency-cruiser.js --output-type err $(SOURCES)
	@node tools/workflows/lint.ts
	@prettier --check --log-level warn .

words:
	@if git grep -nIiwE -f tools/plain-english.txt -- . ':!tools/plain-english.txt' ':!package-lock.json' ':!LICENSE'; then \
		echo 'use plain words instead of these: see tools/plain-english.txt' >&2; exit 1; fi

format: $(INSTALLED) ## Format all files
	@prettier --write --log-level warn .

schema: $(INSTALLED) ## Write stacks/schema.json, after a change of the schemas in stacks/config
	@node stacks/config/write-json-schema.ts
	@prettier --write --log-level warn stacks/schema.json

ci-preview: $(INSTALLED) ## Preview the stacks that a change touches (BASE=origin/main OFFLINE=true EVENT=<file>)
	@node ci/preview.ts --base="$$BASE" $(if $(OFFLINE),--offline) $(if $(EVENT),--description="$$EVENT")

ci-comment: $(INSTALLED) ## Write the comment of a pull request from its report (EVENT=<file> REPORT=.cache/ci)
	@node ci/comment.ts --event="$$EVENT" --report="$$REPORT"

ci-up: $(INSTALLED) ## Deploy every stack, one after the other
	@node ci/up.ts

ci-drift: $(INSTALLED) ## Compare every stack with the live systems (ISSUES=true)
	@node ci/drift.ts $(if $(ISSUES),--issues)

ci-doctor: $(INSTALLED) ## Check every stack on the live systems (ISSUES=true)
	@node ci/doctor.ts $(if $(ISSUES),--issues)

bench: $(INSTALLED) ## Measure the stack, the Worker and the doctor, some 25 minutes; writes docs/*-benchmark.md
	@node bench/worker.ts
	@node bench/worker-pool.ts
	@node bench/doctor.ts
	@node bench/sandbox.ts

# What the tests run besides Node, built once and kept in .cache.
tools: $(INSTALLED)
	@node tests/build-tools.ts

$(INSTALLED): package.json package-lock.json
	@npm ci --no-audit --no-fund --loglevel=error >&2
	@touch $@
