# Portolan: one Makefile, read from top to bottom. `make help` lists the targets.
SHELL       := /bin/bash
.DEFAULT_GOAL := all

PREFIX      ?= /usr
DESTDIR     ?=
SYSCONFDIR  ?= /etc
VERSION     := $(shell git describe --tags --dirty --match 'v*' 2>/dev/null || cat VERSION)

# B is where everything that is built goes; another B is another build.
B           ?= build
CC          ?= gcc
FUZZ_CC     ?= clang
FUZZ_SECONDS ?= 60
SANITIZE    ?=

# ---- how it is compiled ------------------------------------------------------
STRICT      := -std=c17 -Wall -Wextra -Wpedantic -Wshadow -Wconversion \
               -Wformat=2 -Wundef -Wvla -Wstrict-prototypes \
               -Wmissing-prototypes -Wswitch-enum -Werror
ifeq ($(SANITIZE),)
HARDEN      := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
               -fstack-protector-strong -fstack-clash-protection
ifeq ($(shell uname -m),x86_64)
HARDEN      += -fcf-protection
endif
else
HARDEN      := -O1 -g -fno-omit-frame-pointer -fsanitize=$(SANITIZE) \
               -fno-sanitize-recover=all
endif
HARDEN_LD   := -pie -Wl,-z,relro,-z,now,-z,noexecstack

PACKAGES    := libevent libevent_openssl libcrypto libcurl libnl-3.0 \
               libnl-route-3.0 sqlite3 yaml-0.1 jansson libpcre2-8 libcap-ng \
               libcgraph
PKG_CFLAGS   = $(shell pkg-config --cflags $(PACKAGES) | sed 's/-I/-isystem /g')
PKG_LIBS     = $(shell pkg-config --libs $(PACKAGES)) -lnetsnmp -lm -pthread

CPPFLAGS    += -Inms -I. -D_GNU_SOURCE \
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
FUZZERS     := $(FUZZ_SRC:tests/fuzz/%.c=$B/fuzz/%)
BENCH_SRC   := $(wildcard tests/bench/*.c)
BENCHES     := $(BENCH_SRC:tests/bench/%.c=$B/bench/%)

.PHONY: all
all: $(PROGRAMS:%=$B/%) $B/farm ## build the programs

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(PKG_CFLAGS) $(STRICT) $(HARDEN) $(CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(LIB_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

LINK         = $(CC) $(HARDEN) $(CFLAGS) $(HARDEN_LD) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(PKG_LIBS) $(LDFLAGS)

$B/portoland: $B/obj/nms/portoland.o $(LIB)
	$(LINK)
$B/portolan: $B/obj/nms/portolan.o $(LIB)
	$(LINK)
$B/portolan-render: $B/obj/nms/portolan-render.o $(LIB)
	$(LINK) $$(pkg-config --libs libgvc)
$B/farm: $(FARM_SRC:%.c=$B/obj/%.o) $(LIB)
	$(LINK)

# ---- tests -------------------------------------------------------------------
$B/unit/%: $B/obj/tests/unit/%.o $(LIB)
	@mkdir -p $(@D)
	$(LINK) -lcmocka

.PHONY: unit
unit: $(UNIT) ## unit tests alone
	@tests/run-unit $(UNIT)

-include $(shell find $B -name '*.d' 2>/dev/null)
