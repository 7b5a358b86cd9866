"""PORTOLAN-MIB is sound, and is printed with the number that is configured."""
import os
import subprocess

import pytest

from conftest import TREE

STANDARD = TREE / 'tests' / 'mibs'


@pytest.fixture(scope='module')
def printed(programs, tmp_path_factory):
    directory = tmp_path_factory.mktemp('mib')
    config = directory / 'portolan.yaml'
    config.write_text('credentials: [{name: lab, version: 2c, community: public}]\n'
                      'discovery: {seeds: [127.0.0.1]}\nagentx: {enterprise: 4711}\n')
    done = subprocess.run([programs / 'portolan', 'mib', '-c', config], capture_output=True, text=True, check=True)
    module = directory / 'PORTOLAN-MIB.txt'
    module.write_text(done.stdout)
    return module


@pytest.mark.parametrize('configured', [False, True])
def test_smilint_has_nothing_to_say(printed, configured):
    module = printed if configured else TREE / 'mibs' / 'PORTOLAN-MIB.txt'
    done = subprocess.run(['smilint', '-l', '6', module], capture_output=True, text=True,
                          env={**os.environ, 'SMIPATH': str(STANDARD)})
    assert done.stdout + done.stderr == '' and done.returncode == 0


def test_root_has_the_configured_number(printed):
    done = subprocess.run(['snmptranslate', '-M', f'{STANDARD}:{printed.parent}', '-m', 'PORTOLAN-MIB', '-On',
                           'PORTOLAN-MIB::portolanObjName'], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == '.1.3.6.1.4.1.4711.1.1.2.1.2'
    assert done.stderr == ''
