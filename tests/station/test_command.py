"""What the command refuses, and that it says what is wrong and what to do: nothing is asked of a station before."""
import os
import subprocess

from conftest import needs_root

pytestmark = needs_root


def said(bin_dir, *words, **env):
    done = subprocess.run([bin_dir / 'portolan', *words], capture_output=True, text=True, errors='replace', timeout=60,
                          stdin=subprocess.DEVNULL, env={**os.environ, 'PORTOLAN_SOCKET': '/nonexistent/control', **env})
    return done.returncode, done.stderr


def test_a_token_that_cannot_be_read_is_no_other_token(programs, place):
    """The file that was named decides who asks, not what lies in the environment."""
    for name, text, why in (('missing', None, 'No such file'), ('empty', '\n', 'no token'), ('two', 'one\ntwo\n', 'more than a token')):
        file = place / name
        if text is not None:
            file.write_text(text)
        code, err = said(programs, '--url', 'http://127.0.0.1:1', '--token-file', file, 'devices', PORTOLAN_TOKEN='of somebody')
        assert code == 1 and str(file) in err and why in err, err
    for option in ('--token-file', '--ca'):
        code, err = said(programs, option, place / 'two', 'devices')
        assert code == 2 and option in err and '--url' in err, err


def test_wrong_usage_is_told_with_what_to_do(programs):
    for words, remedy in ((('forget', 'device', 'x'), '--yes'), (('shelve', '12'), 'shelve 12 2h'), (('devices', 'a', 'b'), '--help')):
        code, err = said(programs, *words)
        assert code == 2 and remedy in err, err
