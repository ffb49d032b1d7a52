# Two commands matter: `make demo` shows batten at work, `make test` runs every
# check. Both set up first what this machine lacks, and say so.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := build
.PHONY: build demo demo-recordings pictures test test-vm bench generate generate-check lint setup clean

# Where Go's own archive unpacks to, which sudo's PATH leaves out.
export PATH := $(PATH):/usr/local/go/bin:/usr/sbin:/sbin

GO ?= go
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
# Version of clang that the committed eBPF objects were made with.
BPF_CLANG := 14

# Without the libseccomp headers batten builds too, only without compiling each
# profile before writing it.
CGO = $(shell command -v gcc >/dev/null && pkg-config --exists libseccomp 2>/dev/null && echo 1 || echo 0)
# Git refuses to answer for a tree of another user, and Go then refuses to build.
VCS = $(shell git rev-parse HEAD >/dev/null 2>&1 && echo auto || echo false)
BUILD = $(GO) build -trimpath -buildvcs=$(VCS)

build:
	@scripts/setup.sh build
	@$(MAKE) --no-print-directory bin/batten

# Go knows better than make what is up to date.
.PHONY: bin/batten
bin/batten:
	@if [ $(CGO) = 0 ]; then echo "building without libseccomp: profiles will not be compiled before they are written" >&2; fi
	CGO_ENABLED=$(CGO) $(BUILD) -o bin/batten ./cmd/batten

demo: build
	@./bin/batten demo

setup:
	@scripts/setup.sh test

test: setup
	@$(MAKE) --no-print-directory bin/batten
	CGO_ENABLED=$(CGO) $(BUILD) ./...
	CGO_ENABLED=0 $(BUILD) ./...
	CGO_ENABLED=0 GOOS=linux GOARCH=arm64 $(BUILD) ./...
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory generate-check
	CGO_ENABLED=$(CGO) $(GO) test -count=1 -p 2 -timeout 30m ./...

# The pictures of the manual and the frames that tests compare, from what is drawn now.
pictures:
	BATTEN_UPDATE=1 CGO_ENABLED=$(CGO) $(GO) test -count=1 -run TestThePictures ./cmd/batten
	BATTEN_UPDATE=1 CGO_ENABLED=$(CGO) $(GO) test -count=1 -run 'Frames|KeyPage' ./tui

# The tests that run in a virtual machine, a part of `make test`, alone.
test-vm: setup
	CGO_ENABLED=$(CGO) $(GO) test -count=1 -timeout 30m ./internal/audit ./internal/vm/... ./internal/confined

lint:
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt these:" $$unformatted >&2; exit 1; fi
	CGO_ENABLED=$(CGO) $(GO) vet ./...
	CGO_ENABLED=$(CGO) $(GO) run $(STATICCHECK) ./...

bench:
	@scripts/setup.sh test
	CGO_ENABLED=$(CGO) $(GO) test -run '^$$' -bench . -timeout 30m ./internal/bench
	CGO_ENABLED=$(CGO) $(GO) test -run '^$$' -bench . -benchmem -p 1 -timeout 30m $$($(GO) list ./... | grep -v internal/bench)

generate:
	$(GO) generate ./trace/ebpf

generate-check:
	@scripts/generate-check.sh $(BPF_CLANG)

# Records the demonstration's project anew; see internal/demo/shop/README.md.
demo-recordings: setup
	@$(MAKE) --no-print-directory bin/batten
	@scripts/demo-recordings.sh bin/batten

clean:
	rm -rf bin
