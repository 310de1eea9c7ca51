# ESh: everything that a checkout needs. `make demo` and `make test` set up what is missing by themselves.

PREFIX ?= /usr/local
DATA ?= $(HOME)/.local/share/esh
# Where `make serve` shows the desktop to browsers.
HTTP ?= 127.0.0.1:8080
PLUGINS := SchoolPlugin MaxPlatformPlugin SferumBindingPlugin ChatsPlugin ClassJournalPlugin VideoconferencesPlugin
# The executable, what it opens when the network is first needed, the bench of plugin authors, and the plugins.
PRODUCTS := esh EShPlatform EShTesting $(PLUGINS)
# Worked examples: tested, not installed.
EXAMPLES := AnnouncementsPlugin
BIN := .build/debug
RELEASE := .build/release

# What Debian gives: libraries to build with, and (for the tests) a C compiler, a real terminal and real editors.
PACKAGES_BUILD := libjansson-dev libsqlite3-dev libzip-dev zlib1g-dev gcc g++ libc6-dev git
PACKAGES_TEST := $(PACKAGES_BUILD) neovim emacs-nox tmux python3 python3-jsonschema chromium chromium-driver fonts-dejavu-core

.PHONY: help build demo test sanitize serve bench format lint install install-sdk setup setup-test clean

help:
	@echo "make demo | test | sanitize | build | serve | bench | format | lint | install PREFIX=/usr/local"

setup:
	@./Scripts/need-packages $(PACKAGES_BUILD)

setup-test:
	@./Scripts/need-packages $(PACKAGES_TEST)

build: setup
	@for product in $(PRODUCTS); do swift build --product $$product || exit 1; done

demo: build
	SWIFT_BACKTRACE=enable=no $(BIN)/esh demo

test: setup-test
	swift build --build-tests
	@for product in $(PRODUCTS) $(EXAMPLES); do swift build --product $$product || exit 1; done
	@./Scripts/run-tests

# The boundary under the address sanitizer: C plugins, the store, the wire, JSON. A build of its own, some ten minutes.
# Signals stay the host's: tests see what it notes down when a plugin crashes.
sanitize: setup-test
	swift build --sanitize=address --build-tests --scratch-path .build-asan
	ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:handle_segv=0:handle_sigbus=0:handle_sigill=0:handle_sigfpe=0:handle_abort=0 SWIFT_BACKTRACE=enable=no .build-asan/debug/EShPackageTests.xctest \
	  --testing-library swift-testing --no-parallel \
	  --filter 'PluginHostTests|ShellCoreTests|ShellStoreTests|ShellTransportTests|ShellProtocolTests|JanssonTests'

serve: build
	SWIFT_BACKTRACE=enable=no $(BIN)/esh serve --data $(DATA) --http $(HTTP)

release: setup
	@for product in $(PRODUCTS); do swift build -c release --product $$product || exit 1; done

bench: release
	swift build -c release --product shell-bench
	$(RELEASE)/shell-bench

format:
	swift format -rip Sources Plugins Tests Package.swift

lint:
	swift format lint --strict -rp Sources Plugins Tests Package.swift

install: release install-sdk
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/esh/plugins $(DESTDIR)$(PREFIX)/share/esh/manifests $(DESTDIR)$(PREFIX)/include/esh
	install -m 755 $(RELEASE)/esh $(DESTDIR)$(PREFIX)/bin/esh
	install -m 644 $(RELEASE)/libEShPlatform.so $(RELEASE)/libEShTesting.so $(DESTDIR)$(PREFIX)/lib/esh/
	@for plugin in $(PLUGINS); do install -m 644 $(RELEASE)/lib$$plugin.so $(DESTDIR)$(PREFIX)/lib/esh/plugins/ || exit 1; done
	install -m 644 Manifests/*.json $(DESTDIR)$(PREFIX)/share/esh/manifests/

# What a plugin's package builds against, for `esh plugin new`: sources, headers, the manifests' schema. Needs no build.
SDK := $(DESTDIR)$(PREFIX)/share/esh/sdk
install-sdk:
	install -d $(DESTDIR)$(PREFIX)/include/esh $(SDK)
	rm -rf $(SDK)
	install -d $(SDK)
	cd SDK && cp -RLp Package.swift README.md Sources Templates include manifest.schema.json $(abspath $(SDK))/
	install -m 644 Manifests/manifest.schema.json $(DESTDIR)$(PREFIX)/share/esh/
	install -m 644 SDK/include/*.h $(DESTDIR)$(PREFIX)/include/esh/

clean:
	rm -rf .build
