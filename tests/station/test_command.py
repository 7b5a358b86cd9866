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


def test_an_empty_name_is_no_other_command(programs):
    """What a script has in a variable that was not set: neither all devices, nor nothing."""
    for words in (('device', ''), ('alerts', ''), ('alerts', 'types'), ('risk', ''), ('remove', ''), ('user', 'delete', ''), ('map', 'show', ''),
                  ('user', 'role', '', 'viewer'), ('path', 'a', ''), ('add', '192.0.2.1', ''), ('ack', ''), ('ack', 'x'), ('silence', '', '2h')):
        code, err = said(programs, *words)
        assert code == 2 and ('is none' in err or 'is no ID' in err), (words, err)
    for words in (('devices', ''), ('events', ''), ('ack', '12', ''), ('silence', 'core-1', '2h', '')):
        assert 'no station answers' in said(programs, *words)[1], words  # texts and filters may be empty


def test_words_that_are_no_utf8_are_refused_whole(programs):
    """They would be left out, and what is left is done: a round instead of one address, no text where there was one."""
    for words in (('discover', b'm\xfcnchen'), ('add', b'\xff'), ('ack', '12', b'M\xfcller'), ('map', 'edit', 'physical', 'hide:a', b'rename:b=B\xfcro'),
                  ('alerts', 'ports', b'\xe4', '--expect', 'up'), ('backup', b'\xe4.backup', '--json'), ('silence', 'core-1', '2h', b'\xfc')):
        code, err = said(programs, *words)
        assert code == 2 and f'word {len(words) - ("--json" in words) - 2 * ("up" in words)} of' in err, (words, err)


def test_help_of_what_is_not_there_is_none(programs):
    for words in (('nonsense', '--help'), ('help', 'nonsense'), ('map', 'nonsense', '--help'), ('--help', 'nonsense')):
        code, err = said(programs, *words)
        assert code == 2 and 'there is no command' in err, (words, err)
    for words in (('help',), ('--help',), ('help', 'map'), ('map', '--help'), ('help', 'map', 'show'), ('device', '--help'), ('help', '--help')):
        assert said(programs, *words) == (0, ''), words
