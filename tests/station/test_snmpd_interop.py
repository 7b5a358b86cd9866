"""Debian's snmpd answers in every version and with every protocol we speak."""
import subprocess

import pytest

from conftest import await_true

AUTH = ['MD5', 'SHA', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512']
PRIV = ['DES', 'AES', 'AES-192', 'AES-256', 'AES-192-C', 'AES-256-C']
AUTH_SECRET, PRIV_SECRET = 'authentic-pass', 'private-pass'


def configuration():
    lines = ['rocommunity public 127.0.0.1', 'sysName interop', 'createUser plain', 'rouser plain noauth']
    for auth in AUTH:
        lines += [f'createUser {auth} {auth} {AUTH_SECRET}', f'rouser {auth} auth']
        for priv in PRIV:
            user = f'{auth}+{priv}'
            lines += [f'createUser {user} {auth} {AUTH_SECRET} {priv} {PRIV_SECRET}', f'rouser {user} priv']
    return '\n'.join(lines)


def users():
    yield 'v1', ['--version', '1']
    yield 'v2c', ['--version', '2c']
    yield 'noAuthNoPriv', ['--version', '3', '--user', 'plain']
    for auth in AUTH:
        alone = ['--version', '3', '--auth', auth, '--auth-secret', AUTH_SECRET]
        yield auth, [*alone, '--user', auth]
        for priv in PRIV:
            yield f'{auth}+{priv}', [*alone, '--user', f'{auth}+{priv}', '--priv', priv, '--priv-secret', PRIV_SECRET]


def test_every_protocol_is_understood(programs, snmpd):
    agent = snmpd(configuration())

    def probe(*options):
        return subprocess.run([programs / 'portolan', 'probe', '--port', str(agent.port), *options, '127.0.0.1'],
                              capture_output=True, text=True, timeout=60)

    await_true(lambda: probe().returncode == 0, 30, 'snmpd answers')
    failed = {}
    for name, options in users():
        done = probe(*options)
        if done.returncode != 0 or 'interop' not in done.stdout:
            failed[name] = done.stdout[-300:] + done.stderr
    assert not failed


@pytest.mark.parametrize('options, word', [
    (['--user', 'nobody', '--auth', 'SHA', '--auth-secret', AUTH_SECRET], 'unknown user'),
    (['--user', 'SHA', '--auth', 'SHA', '--auth-secret', 'wrong-password'], 'authentication secret'),
    (['--user', 'SHA+AES', '--auth', 'SHA', '--auth-secret', AUTH_SECRET, '--priv', 'AES', '--priv-secret', 'wrong-pass'],
     'privacy'),
])
def test_refusals_are_explained(programs, snmpd, options, word):
    agent = snmpd(configuration())

    def probe(*more):
        return subprocess.run([programs / 'portolan', 'probe', '--port', str(agent.port), *more, '127.0.0.1'],
                              capture_output=True, text=True, timeout=60)

    await_true(lambda: probe().returncode == 0, 30, 'snmpd answers')
    done = probe('--version', '3', *options)
    assert done.returncode == 1
    assert word in done.stderr
