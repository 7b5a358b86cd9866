#!/usr/bin/env python3
"""The folder law: who may include whom. Prints each breach; exit 1 if there is one."""
import re
import subprocess
import sys

# folder -> folders it may include besides itself
LAW = {
    'nms/base': set(),
    'mibs': {'base'},
    'topology': {'base', 'mibs'},
    'graphs': {'base', 'mibs'},
    'nms/wire': {'base', 'mibs'},
    'nms/station': {'base', 'mibs', 'wire', 'topology', 'graphs'},
    'nms/north': {'base', 'mibs', 'station', 'topology', 'graphs'},
}
# north reads the station through its published snapshot and commands
PUBLISHED = {'snapshot', 'station', 'explain', 'maps', 'gap', 'gaps', 'recall', 'series', 'store',
             'events', 'worker', 'alert', 'alerts', 'objects', 'risk', 'rules', 'silences',
             'receiver', 'notify', 'child', 'changes', 'people', 'keys', 'password',
             'trap_log', 'settings', 'probe', 'forget'}
# the command needs no station: it may use what a main may
COMMAND = re.compile(r'nms/north/cli_')
# libraries that belong to one place
LIBRARY = {
    'sqlite3.h': {'nms/station'},
    'archive': {'nms/station/bundle.c', 'nms/station/bundle_read.c'},
    'graphviz/gvc.h': {'nms/portolan-render.c', 'topology/render.c', 'topology/layout.c'},
    'net-snmp/': {'mibs'},
    'netlink/': {'nms/wire'},
    'openssl/': {'nms/wire', 'nms/station/config_credential.c', 'nms/station/receiver.c',
                 'nms/station/password.c', 'nms/station/keys.c', 'nms/station/seal.c', 'nms/station/bundle_parts.h',
                 'nms/north/notice_form.c', 'nms/north/http_tls.c', 'nms/north/http_certificate.c'},
    'sys/socket.h': {'nms/base', 'nms/wire', 'nms/station', 'nms/north'},
    'event2/': {'nms/wire', 'nms/station', 'nms/north'},
}
SIZE_FILE = 600


def folder_of(path):
    return path.rsplit('/', 1)[0]


def breaches(path, text):
    folder = folder_of(path)
    allowed = LAW.get(folder)
    own = folder.split('/')[-1]
    main = re.fullmatch(r'nms/[^/]+\.c', path)
    for n, line in enumerate(text.splitlines(), 1):
        include = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if not include:
            continue
        kind, name = include.groups()
        if '..' in name:
            yield f'{path}:{n}: "{name}" points upwards'
        if kind == '"' and allowed is not None and not COMMAND.match(path):
            target = name.split('/')[0]
            if '/' not in name:
                yield f'{path}:{n}: "{name}" does not name its folder'
            elif target != own and target not in allowed:
                yield f'{path}:{n}: {folder} may not include {target}'
            elif own == 'north' and target == 'station' and name.split('/')[1][:-2] not in PUBLISHED:
                yield f'{path}:{n}: north reads the station through what it publishes, not {name}'
        for library, homes in LIBRARY.items():
            if kind == '<' and name.startswith(library) and not main \
                    and allowed is not None and folder not in homes and path not in homes \
                    and not COMMAND.match(path):
                yield f'{path}:{n}: <{name}> belongs to {", ".join(sorted(homes))}'


def main():
    files = subprocess.run(['git', 'ls-files', '*.c', '*.h'], capture_output=True, text=True, check=True).stdout.split()
    bad = []
    for path in files:
        with open(path, encoding='utf-8') as f:
            text = f.read()
        if not path.startswith('tests/'):
            bad += breaches(path, text)
        if text.count('\n') > SIZE_FILE:
            bad.append(f'{path}: {text.count(chr(10))} lines, more than {SIZE_FILE}')
    print('\n'.join(bad) if bad else f'folder law: {len(files)} files, no breach')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
