# Portolan: one Makefile, read from top to bottom. `make help` lists the targets.
SHELL       := /bin/bash
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

PREFIX      ?= /usr
DESTDIR     ?=
SYSCONFDIR  ?= /etc
VERSION     := $(shell { [ -e .git ] && git describe --tags --dirty --match 'v*' 2>/dev/null || cat VERSION; } | sed 's/^v//')

# B is where everything that is built goes; another B is another build.
B           ?= build
# The targets that do everything compile with all cores.
ALL_CORES   := --no-print-directory -j$(shell nproc)
ifeq ($(origin CC),default)
CC          := gcc
endif
FUZZ_CC     ?= clang
FUZZ_SECONDS ?= 60
SANITIZE    ?=
COUNT       ?=
WATCHED     ?=

# ---- how it is compiled ------------------------------------------------------
STRICT      := -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
               -Wformat=2 -Wundef -Wvla -Wstrict-prototypes \
               -Wmissing-prototypes -Wswitch-enum -Werror
ifneq ($(COUNT),)
# What runs is counted, also in processes that are killed; tests are not counted.
HARDEN      := -O0 -g -fprofile-instr-generate -fcoverage-mapping
STRICT      += -mllvm -runtime-counter-relocation
$B/obj/tests/%.o: HARDEN := -O0 -g
else ifeq ($(SANITIZE),)
HARDEN      := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
               -fstack-protector-strong -fstack-clash-protection
ifeq ($(shell uname -m),x86_64)
HARDEN      += -fcf-protection
endif
ifneq ($(WATCHED),)
# For who looks on from within the process: no sandbox, as with sanitizers.
HARDEN      += -DSANITIZED
endif
else
# Lines are what a finding names; types and variables would take a fifth more time.
HARDEN      := -O1 -g1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE) \
               -fno-sanitize-recover=all -DSANITIZED
# What is tested is checked for undefined behaviour, the tests need not be, nor
# need they be fast: that takes two thirds of their compiling.
$B/obj/tests/unit/%.o: HARDEN += -O0 -fno-sanitize=undefined
endif
HARDEN_LD   := -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed \
               $(if $(SANITIZE),-fuse-ld=lld)

PACKAGES    := libevent libevent_openssl libssl libcrypto libcurl libnl-3.0 \
               libnl-route-3.0 sqlite3 yaml-0.1 jansson expat libpcre2-8 libcap-ng libseccomp \
               libcgraph zlib libarchive
# Asked once, when something is compiled: `make deps` has to work without them.
PKG_CFLAGS   = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g'))$(PKG_CFLAGS)
PKG_LIBS     = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)) -lnetsnmp -lm -pthread)$(PKG_LIBS)

CPPFLAGS    += -Inms -I. -I$B/made -D_GNU_SOURCE \
               -DPORTOLAN_VERSION='"$(VERSION)"' \
               -DPORTOLAN_PREFIX='"$(PREFIX)"' -DPORTOLAN_ETC='"$(SYSCONFDIR)/portolan"'
CFLAGS      += -fPIE

# ---- what it is made of ------------------------------------------------------
FOLDERS     := nms/base mibs topology graphs nms/wire nms/station nms/north
PROGRAMS    := portoland portolan portolan-render
LIB_SRC     := $(wildcard $(addsuffix /*.c,$(FOLDERS)))
LIB_OBJ     := $(LIB_SRC:%.c=$B/obj/%.o)
LIB         := $B/libportolan.a
FARM_SRC    := $(wildcard tests/farm/*.c)
UNIT_SRC    := $(wildcard tests/unit/*/*.c)
UNIT        := $(UNIT_SRC:tests/unit/%.c=$B/unit/%)
FUZZ_SRC    := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC   := $(wildcard tests/bench/*.c)
BENCHES     := $(BENCH_SRC:tests/bench/%.c=$B/bench/%)

.PHONY: all
all: programs $B/web/.made ## build the programs and the page
.PHONY: programs
programs: $(PROGRAMS:%=$B/%) $B/farm

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	@echo 'CC $<'
	@$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STRICT) $(HARDEN) $(CFLAGS) -MMD -MP -c -o $@ $<

# The templates of pictures, as octets of a C array.
$B/made/graphs/templates.inc: graphs/templates.yaml
	@mkdir -p $(@D)
	@od -An -v -tu1 $< | sed 's/  */,/g; s/^,//; s/$$/,/' >$@
$B/obj/graphs/template.o: $B/made/graphs/templates.inc

# The module that describes what the agent serves, too.
$B/made/mibs/PORTOLAN-MIB.inc: mibs/PORTOLAN-MIB.txt
	@mkdir -p $(@D)
	@od -An -v -tu1 $< | sed 's/  */,/g; s/^,//; s/$$/,/' >$@
$B/obj/nms/north/mib_module.o: $B/made/mibs/PORTOLAN-MIB.inc

# What is told at compile time: who uses it is compiled anew when it changes.
$B/told: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(PREFIX) $(SYSCONFDIR)' | cmp -s - $@ || echo '$(VERSION) $(PREFIX) $(SYSCONFDIR)' >$@
$(patsubst %.c,$B/obj/%.o,$(shell grep -lE 'PORTOLAN_(VERSION|PREFIX|ETC)' $(LIB_SRC) nms/*.c)): $B/told
.PHONY: FORCE
FORCE:

$(LIB): $(LIB_OBJ)
	@rm -f $@
	@$(AR) rcs $@ $^

# The farm's archive comes before the one it uses, by name.
LINK         = @echo 'LD $@'; $(CC) $(HARDEN) $(CFLAGS) $(HARDEN_LD) -o $@ $(filter %.o,$^) $(sort $(filter %.a,$^)) $(PKG_LIBS) $(LDFLAGS)

# Its functions have names while it runs: for the log, when it crashes or is held up.
$B/portoland $B/unit/base/test_holdup: private LDFLAGS += -rdynamic
$B/portoland: $B/obj/nms/portoland.o $(LIB)
	$(LINK)
$B/portolan: $B/obj/nms/portolan.o $(LIB)
	$(LINK)
$B/portolan-render: $B/obj/nms/portolan-render.o $(LIB)
	$(LINK) $$(pkg-config --libs libgvc)
$B/farm: $(FARM_SRC:%.c=$B/obj/%.o) $(LIB)
	$(LINK)

# ---- the page ----------------------------------------------------------------
# Its files as they are, and the modules that its lock file names; a source
# archive has these with it, and fetches nothing.
WEB_SRC     := $(shell find nms/web -type f -not -name 'package*.json' -not -name '.npmrc')
WEB_VENDOR  := cytoscape/dist/cytoscape.esm.min.mjs uplot/dist/uPlot.esm.js uplot/dist/uPlot.min.css
SHIPPED     := $(wildcard nms/web/vendor)
$B/npm/.made: nms/web/package.json nms/web/package-lock.json
	@mkdir -p $(@D)/vendor
	@echo 'NPM $<'
	@cp nms/web/package*.json nms/web/.npmrc $(@D)/
	@cd $(@D) && npm ci --ignore-scripts --silent
	@cp $(WEB_VENDOR:%=$(@D)/node_modules/%) $(@D)/vendor/
	@for m in cytoscape uplot; do cp $(@D)/node_modules/$$m/LICENSE $(@D)/vendor/$$m.LICENSE; done
	@touch $@
$B/web/.made: $(if $(SHIPPED),,$B/npm/.made) $(WEB_SRC) etc/setup/web-ahead
	@rm -rf $(@D) && mkdir -p $(@D)
	@echo 'WEB $(@D)'
	@cp -r nms/web/. $(@D)/ && rm -f $(@D)/package*.json $(@D)/.npmrc
	@$(if $(SHIPPED),,cp -r $B/npm/vendor $(@D)/)
	@etc/setup/web-ahead $(@D)
	@touch $@
.PHONY: web
web: $B/web/.made ## put the page together

# ---- tests -------------------------------------------------------------------
FARM_PARTS  := $(filter-out %/main.o %/farm.o,$(FARM_SRC:%.c=$B/obj/%.o))
$B/libfarm.a: $(FARM_PARTS)
	@rm -f $@
	@$(AR) rcs $@ $^

$B/unit/%: $B/obj/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka
$(filter $B/unit/farm/%,$(UNIT)): $B/libfarm.a
$B/unit/topology/test_layout $B/unit/topology/test_draw_name $B/unit/topology/test_draw_text: LDFLAGS += $$(pkg-config --libs libgvc)

.PHONY: unit
unit: $(UNIT) ## build the unit tests

# Harnesses are of the sanitized build: the whole made by clang, for libFuzzer,
# AddressSanitizer and UBSan at once; its unit tests and programs are tested too.
SANITIZED   := +$(MAKE) $(ALL_CORES) B=$B/sanitized CC=$(FUZZ_CC) SANITIZE=fuzzer-no-link,address,undefined
$B/fuzz/%: private HARDEN += -fsanitize=fuzzer
$B/fuzz/%: $B/obj/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	$(LINK)
$B/fuzz/fuzz_snmprec: $B/libfarm.a

.PHONY: fuzzers fuzz
fuzzers: $(FUZZ_SRC:tests/fuzz/%.c=$B/fuzz/%)
fuzz: deps-check ## run every fuzz harness for FUZZ_SECONDS
	$(SANITIZED) fuzzers
	tests/check.py $B --only fuzz --fuzz-seconds $(FUZZ_SECONDS)

.PHONY: check clang tsan
clang: ## compile everything with clang too, warnings as errors, sanitizers on
	$(SANITIZED) programs unit fuzzers
tsan: deps-check all ## every unit test and the life of a station under clang's thread sanitizer ($B/tsan)
	+$(MAKE) $(ALL_CORES) B=$B/tsan CC=$(FUZZ_CC) SANITIZE=thread programs unit
	BUILD=$B /usr/bin/python3 -m pytest -q -p no:cacheprovider -n $(shell nproc) tests/threads
check: deps-check ## install what tests need, build, run every test
	+$(MAKE) $(ALL_CORES) all $(BENCHES)
	tests/check.py $B

.PHONY: bench soak faults valgrind
bench: deps-check all $(BENCHES) ## measure all, or PARTS="engine icmp"; ratios within the run
	tests/bench/run $B $(PARTS)
$B/bench/%: $B/obj/tests/bench/%.o $(LIB)
	@mkdir -p $(@D)
	$(LINK)

# Which lines and branches tests run. One program with all of the product in it
# tells the tools what there is.
.PHONY: coverage coverage-devices
WITH        ?= $(patsubst %,tests/station/test_%.py,first_light alerts settings notifications)
$B/whole: $B/obj/nms/portoland.o $(LIB)
	@echo 'LD $@'; $(CC) $(HARDEN) $(CFLAGS) $(HARDEN_LD) -o $@ $< -Wl,--whole-archive $(LIB) -Wl,--no-whole-archive $(PKG_LIBS) $$(pkg-config --libs libgvc)
coverage: deps-check deps-look ## lines and branches that unit tests, fuzz seeds and some tests of the station (WITH="FILE ...") run, by folder; HTML
	+$(MAKE) $(ALL_CORES) B=$B/covered CC=$(FUZZ_CC) COUNT=yes all unit fuzzers $B/covered/whole
	tests/coverage/lines.py $B/covered --html $B/coverage/lines $(WITH)
COVERAGE     = $(if $(DEVICES),--devices "$(DEVICES)") $(if $(TABLES),--tables $(TABLES)) $(if $(PROFILES),--profiles $(PROFILES)) \
               $(if $(RECORDINGS),--recordings $(RECORDINGS)) $(if $(SHOW),--show $(SHOW)) $(if $(FIELDS),--fields) $(if $(BY_OS),--by-os)
coverage-devices: all ## recorded devices against what a peer makes of them: DEVICES="ios*" TABLES=ports,links PROFILES=DIR SHOW=10
	tests/coverage/devices.py $B $(COVERAGE)
faults: deps-check all clang ## what docs/promises.md promises, at length: 100 kills and the like, with the sanitized build too
	FAULTS=long BUILD=$B /usr/bin/python3 -m pytest -q -s -p no:cacheprovider tests/faults
	FAULTS=long BUILD=$B/sanitized /usr/bin/python3 -m pytest -q -s -p no:cacheprovider tests/faults
valgrind: deps-check deps-look all ## the life of a station under valgrind's memcheck
	+$(MAKE) $(ALL_CORES) B=$B/watched WATCHED=yes $B/watched/portoland
	BUILD=$B /usr/bin/python3 -m pytest -q -s -p no:cacheprovider tests/valgrind
soak: deps-check all ## the long run under churn: SOAK_MINUTES (50), SOAK_DEVICES (500), SOAK_SPEED (60)
	BUILD=$B /usr/bin/python3 -m pytest -q -s -p no:cacheprovider tests/soak

# ---- trying it ---------------------------------------------------------------
.PHONY: run demo stop
run: deps ## start a station on this machine, or SEEDS="..." COMMUNITY=... [WITHIN="..."]
	+@$(MAKE) $(ALL_CORES) all
	@etc/setup/run-station $B
demo: deps ## the same, with a simulated network of DEMO_DEVICES (200)
	+@$(MAKE) $(ALL_CORES) all
	@etc/setup/run-station $B demo
stop: ## end what run and demo started
	@etc/setup/stop-station $${RUN_DIR:-/var/tmp/portolan}

# ---- what it needs: Debian packages ------------------------------------------
DEPS        := gcc make pkg-config git ca-certificates \
               libevent-dev libssl-dev libcurl4-openssl-dev libsnmp-dev \
               libnl-3-dev libnl-route-3-dev libgraphviz-dev graphviz \
               libsqlite3-dev libyaml-dev libjansson-dev libexpat1-dev libpcre2-dev \
               libcap-ng-dev libseccomp-dev uthash-dev zlib1g-dev libarchive-dev rrdcached rrdtool snmpd procps passwd \
               fonts-noto-core fonts-noto-mono fonts-noto-cjk
# Node.js tells the page what it asks for; npm, which comes with it where it is
# not Debian's, fetches its modules.
DEPS        += $(if $(shell command -v node),,nodejs) $(if $(SHIPPED)$(shell command -v npm),,npm)
DEPS_CHECK  := clang clang-format lld libclang-rt-14-dev libcmocka-dev \
               python3 python3-pytest python3-pytest-xdist snmp snmptrapd smitools lldpd ladvd frr frr-snmp \
               nftables iproute2 iputils-ping fping tcpdump libsnmp-perl python3-pysnmp4 python3-pysmi xz-utils \
               chromium chromium-driver python3-selenium systemd zsh fish
DEPS_LOOK   := llvm clang-tidy cppcheck valgrind libc6-dbg
DEPS_DEB    := debhelper dpkg-dev fakeroot lintian
DEPS_MACHINE := debootstrap qemu-system-x86 e2fsprogs

.PHONY: deps deps-check deps-look deps-deb deps-machine
deps: ## install what building and running need
	@etc/setup/install-packages "to build and run" $(DEPS)
deps-check: deps ## install what the tests need
	@etc/setup/install-packages "to test" $(DEPS_CHECK)
deps-look: deps
	@etc/setup/install-packages "to look into it" $(DEPS_LOOK)
deps-deb: deps
	@etc/setup/install-packages "to make packages" $(DEPS_DEB)
deps-machine: deps-check
	@etc/setup/install-packages "to boot a machine" $(DEPS_MACHINE)

# ---- installing it -----------------------------------------------------------
BIN         := $(DESTDIR)$(PREFIX)/bin
SBIN        := $(DESTDIR)$(PREFIX)/sbin
LIBEXEC     := $(DESTDIR)$(PREFIX)/libexec/portolan
SHARE       := $(DESTDIR)$(PREFIX)/share/portolan
MAN         := $(DESTDIR)$(PREFIX)/share/man
UNITDIR     := $(DESTDIR)$(PREFIX)/lib/systemd/system
COMPLETION  := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSH         := $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions
FISH        := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

.PHONY: install uninstall dist deb check-deb check-machine
install: all ## install below DESTDIR and PREFIX
	install -d $(BIN) $(SBIN) $(LIBEXEC) $(SHARE)/profiles $(SHARE)/icons/kind $(SHARE)/icons/state $(SHARE)/icons/ui $(SHARE)/graphs $(SHARE)/mibs $(SHARE)/snmp $(UNITDIR) $(COMPLETION) $(ZSH) $(FISH) $(DESTDIR)$(SYSCONFDIR)/portolan/profiles $(DESTDIR)$(SYSCONFDIR)/portolan/graphs
	install -m 755 $B/portolan $(BIN)/
	install -m 755 $B/portoland $(SBIN)/
	install -m 755 $B/portolan-render $(LIBEXEC)/
	install -m 644 mibs/profiles/*.yaml $(SHARE)/profiles/
	install -m 644 graphs/templates.yaml $(SHARE)/graphs/
	install -m 644 mibs/PORTOLAN-MIB.txt $(SHARE)/mibs/
	install -m 644 etc/snmp/*.conf $(SHARE)/snmp/
	for d in kind state ui; do install -m 644 nms/web/icons/$$d/*.svg $(SHARE)/icons/$$d/; done
	rm -rf $(SHARE)/web && cp -r $B/web $(SHARE)/web && rm $(SHARE)/web/.made && chmod -R a+rX,go-w $(SHARE)/web
	for n in 1 5 8; do install -d $(MAN)/man$$n; install -m 644 etc/man/*.$$n $(MAN)/man$$n/; done
	install -m 644 etc/portolan.bash-completion $(COMPLETION)/portolan
	install -m 644 etc/portolan.zsh-completion $(ZSH)/_portolan
	install -m 644 etc/portolan.fish-completion $(FISH)/portolan.fish
	sed 's|@SBIN@|$(PREFIX)/sbin|; s|@ETC@|$(SYSCONFDIR)/portolan|' etc/portolan.service > $(UNITDIR)/portolan.service
	[ -e $(DESTDIR)$(SYSCONFDIR)/portolan/portolan.yaml ] || install -m 640 etc/portolan.yaml $(DESTDIR)$(SYSCONFDIR)/portolan/
uninstall: ## remove what install put there, configuration and data excepted
	rm -f $(BIN)/portolan $(SBIN)/portoland $(UNITDIR)/portolan.service $(COMPLETION)/portolan $(ZSH)/_portolan $(FISH)/portolan.fish
	rm -f $(MAN)/man1/portolan*.1 $(MAN)/man5/portolan*.5 $(MAN)/man8/portolan*.8
	rm -rf $(LIBEXEC) $(SHARE)
dist: $B/npm/.made ## a source archive of the committed tree, the page's modules with it: $B/portolan-VERSION.tar.gz
	git archive --prefix=portolan-$(DIST)/nms/web/vendor/ $$(printf -- "--add-file=%s " $B/npm/vendor/*) --prefix=portolan-$(DIST)/ \
		--add-virtual-file=portolan-$(DIST)/VERSION:$(DIST) -o $B/portolan-$(DIST).tar.gz HEAD
deb: deps-deb dist ## Debian packages of the committed tree: $B/deb/*.deb
	rm -rf $B/deb && mkdir -p $B/deb
	tar -xzf $B/portolan-$(DIST).tar.gz -C $B/deb
	mv $B/deb/portolan-$(DIST)/etc/debian $B/deb/portolan-$(DIST)/debian
	printf 'portolan (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' '$(subst -,+,$(DIST))' \
		"$$(sed -n 's/^Maintainer: //p' etc/debian/control)" "$$(git log -1 --format=%aD)" >$B/deb/portolan-$(DIST)/debian/changelog
	cd $B/deb/portolan-$(DIST) && $(OFFLINE) dpkg-buildpackage -us -uc -b
	lintian --fail-on error $B/deb/*.changes
check-deb: deb ## the packages installed, started, upgraded and purged in a root of their own
	BUILD=$B /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/package/test_package.py
dist deb: DIST := $(VERSION:%-dirty=%)
check-machine: deb deps-machine ## the same on a Debian of nothing else that boots with systemd, in a virtual machine (20 minutes)
	BUILD=$B /usr/bin/python3 -m pytest -q -p no:cacheprovider tests/package/test_machine.py
# It needs no network: root shows that.
deb: OFFLINE := $(shell [ "$$(id -u)" = 0 ] && echo unshare --net)

# ---- keeping it tidy ---------------------------------------------------------
.PHONY: format lint tidy cppcheck clean help
format: ## format every C file
	clang-format -i $$(git ls-files '*.c' '*.h')
# A file is looked at again when its object was made anew.
TIDY_SRC    := $(LIB_SRC) $(PROGRAMS:%=nms/%.c)
TIDY        ?=
$B/lint/%.tidy: %.c $B/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo 'TIDY $<'
	@clang-tidy --quiet --warnings-as-errors='*' $(TIDY) $< -- $(CPPFLAGS) $(PKG_CFLAGS) -std=c17 2>$@.log || { cat $@.log; false; }
	@touch $@
tidy: $(TIDY_SRC:%.c=$B/lint/%.tidy)
CPPCHECK    := cppcheck --quiet --error-exitcode=1 --std=c11 --enable=warning,performance,portability --inline-suppr \
               --suppressions-list=.cppcheck --template='{file}:{line}: {severity}: {message} [{id}]' -j$(shell nproc) --include=/usr/include/jansson.h
cppcheck: $B/made/graphs/templates.inc $B/made/mibs/PORTOLAN-MIB.inc
	@mkdir -p $B/lint/cppcheck
	$(CPPCHECK) --cppcheck-build-dir=$B/lint/cppcheck $(CPPFLAGS) $(LIB_SRC) $(PROGRAMS:%=nms/%.c) $(FARM_SRC) $(UNIT_SRC) $(FUZZ_SRC) $(BENCH_SRC)
lint: deps-check deps-look ## clang-tidy and cppcheck over every C file: minutes at first; a part: make tidy TIDY_SRC="FILE ..."
	+$(MAKE) $(ALL_CORES) tidy cppcheck
clean: ## remove what was built
	rm -rf $B
help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

-include $(shell find $B -path $B/deb -prune -o -path $B/machine -prune -o -name '*.d' -type f -print 2>/dev/null)
