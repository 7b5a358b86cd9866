"""All that a station knows, in one file: made while it works, and brought back elsewhere."""
import contextlib
import grp
import json
import os
import pathlib
import pwd
import shutil
import sqlite3
import subprocess

import pytest

from conftest import USER, Farm, Station, await_true, farm_config, needs_root, read_tsv

pytestmark = [needs_root, pytest.mark.xdist_group('backup')]  # one station for most
SECRETS = {'PORTOLAN_PASSPHRASE': 'correct horse battery'}

def portolan(made, *words, env=None, code=0, **more):
    done = subprocess.run([str(w) for w in (made.bin / 'portolan', '--json', *words)], capture_output=True, text=True, timeout=120,
                          stdin=subprocess.DEVNULL, env={**os.environ, **SECRETS, **(env or {})}, **more)
    assert done.returncode == code, f'{words}: {done.returncode} {done.stdout}{done.stderr}'
    return json.loads(done.stdout) if code == 0 else done.stderr

def backup(made, file, *options, **more):
    return portolan(made, '--socket', made.socket, 'backup', file, *options, **more)

def tables(file):
    """Every table of a database, every row."""
    with contextlib.closing(sqlite3.connect(f'file:{file}?immutable=1', uri=True)) as db:
        names = sorted(n for n, in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))
        return {name: sorted(db.execute(f'SELECT * FROM "{name}"')) for name in names}

def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob('*')) if p.is_file()}

def series(folder):
    """Every file of series; of some, every value as rrdtool reads it."""
    found = files(folder / 'rrd')
    dumped = {name: subprocess.run(['rrdtool', 'dump', folder / 'rrd' / name], capture_output=True, check=True).stdout
              for name in list(found)[::40]}
    return found, dumped

def links(folder):
    return [(r['a_name'], r['a_port'], r['b_name'], r['b_port']) for r in read_tsv(folder / 'links.tsv')]


def unpacked(file, to):
    to.mkdir()
    subprocess.run(['tar', '--zstd', '-xf', file, '-C', to], check=True)
    return to

@pytest.fixture(scope='module')
def busy(programs, shared_place):
    """A station that knew something of every kind, and what was backed up of it while it worked; it is stopped now."""
    net = Farm(programs, shared_place, '--network', 'campus', '--devices', 12)
    made = None
    try:
        more = 'receivers: [{name: hook, webhook: "http://127.0.0.1:9/hidden-hook", headers: ["X-Token: hidden-header"]}]\n'
        made = Station(programs, shared_place, farm_config(net, every='2s').replace('for 1h', 'for 2m') + more)
        made.discover()
        made.administrator()
        node = made.ask('maps', 'physical')['nodes'][0]['id']
        made.cli('map', 'edit', 'physical', f'move:{node}=1,2', f'rename:{node}=Renamed')
        made.cli('map', 'new', 'by-hand')
        made.cli('token', 'new', 'script', '--role', 'viewer')
        made.cli('silence', 'device:nobody-*', '1h', 'for the test')
        made.await_polls(2, 60)
        made.running, made.plain = shared_place / 'running.backup', shared_place / 'plain.tar.zst'
        made.told = backup(made, made.running)
        assert (made.told['station'], made.told['data']) == ('test', str(made.data))
        made.told_plain = backup(made, made.plain, '--without-secrets', '--no-series', env={'PORTOLAN_PASSPHRASE': ''})
        made.refusal = portolan(made, 'restore', made.running, '--config', made.config, '--force', code=1)
        made.foretold = portolan(made, 'restore', made.running, '--config', made.config, '--force', '--dry-run')
        made.before = made.export('before')
        assert made.stop() == 0, made.text()
        yield made
    finally:
        net.stop()
        if made:
            made.stop()


def test_restored_elsewhere_it_is_the_same(busy, place):
    told = busy.told
    assert told['files'] > 10 and told['encrypted'] and told['series'] and told['secrets'] and told['changing'] == 0
    assert busy.running.stat().st_mode & 0o777 == 0o600 and busy.running.read_bytes().startswith(b'portolan-sealed-1\n')
    assert not list(busy.directory.glob('running.backup.*'))
    assert 'at work' in busy.refusal and 'at work' in busy.foretold['in_the_way']
    still, other = place / 'still.backup', place / 'other'
    portolan(busy, 'backup', still, '--config', busy.config)
    assert portolan(busy, 'restore', still, '--data', other, '--config', busy.config, '--dry-run')['dry_run'] and not other.exists()
    back = portolan(busy, 'restore', still, '--data', other, '--config', busy.config)
    assert back['series'] > 0 and back['aside'] == '' and back['config'] == '', back
    assert tables(other / 'state.db') == tables(busy.data / 'state.db')
    assert files(other / 'maps') == files(busy.data / 'maps') and len(files(other / 'maps')) >= 3
    assert files(other / 'spool') == files(busy.data / 'spool')
    assert series(other) == series(busy.data) and len(files(other / 'rrd')) == back['series']
    owner = pwd.getpwnam(USER).pw_uid
    assert {p.stat().st_uid for p in [other, *other.rglob('*')]} == {owner}
    assert {p.stat().st_mode & 0o777 for p in other.rglob('*') if p.is_file()} <= {0o600, 0o640}
    assert {p.stat().st_mode & 0o777 for p in [other, *other.rglob('*')] if p.is_dir()} == {0o750}
    assert (other / 'state.db').stat().st_mode & 0o777 == 0o600
    assert 'not empty' in portolan(busy, 'restore', still, '--data', other, '--config', busy.config, code=1)


def test_in_place_from_one_made_while_it_worked(busy, place):
    kept = place / 'kept'
    shutil.copytree(busy.data, kept)
    back = portolan(busy, 'restore', busy.running, '--config', busy.config, '--force')
    assert files(pathlib.Path(back['aside'])) == files(kept) and back['config'] == ''
    try:
        busy.start()
        after = busy.export('after')
        for name in ('devices', 'ports'):
            assert (after / f'{name}.tsv').read_text() == (busy.before / f'{name}.tsv').read_text()
        await_true(lambda: links(busy.export('again')) == links(busy.before), 30, 'the same links')
        assert 'by-hand' in busy.cli('map', 'list') and 'script' in busy.cli('token', 'list')
        assert 'Renamed' in json.dumps(busy.ask('maps', 'physical')['nodes'])
        busy.administrator()  # signs in with the password that was chosen
    finally:
        busy.stop()
        shutil.rmtree(busy.data)
        pathlib.Path(back['aside']).rename(busy.data)


def test_from_an_older_version(busy, place):
    """As one that had no record of changes yet made it: the start brings it forward, and -t foretells it."""
    found, old = unpacked(busy.plain, place / 'x'), place / 'old.tar.zst'
    with contextlib.closing(sqlite3.connect(found / 'data' / 'state.db')) as db:
        db.executescript("DROP TABLE audit_1; DROP TABLE audit_part; DELETE FROM migration WHERE version = 4; VACUUM")
    about = json.loads((found / 'portolan-backup.json').read_text())
    (found / 'portolan-backup.json').write_text(json.dumps({**about, 'schema': 3, 'version': '0.0.9'}))
    names = ['portolan-backup.json', *sorted(set(files(found)) - {'portolan-backup.json', 'SHA256SUMS'})]
    sums = subprocess.run(['sha256sum', *names], cwd=found, capture_output=True, text=True, check=True).stdout
    (found / 'SHA256SUMS').write_text(sums)
    subprocess.run(['tar', '--zstd', '-cf', old, *names, 'SHA256SUMS'], cwd=found, check=True)
    back = portolan(busy, 'restore', old, '--config', busy.config, '--force')
    try:
        told = subprocess.run([busy.bin / 'portoland', '-t', '-c', busy.config], capture_output=True, text=True, timeout=60)
        assert told.returncode == 0 and 'state: version 3 becomes 4, in 1 step;' in told.stdout, told.stdout + told.stderr
        busy.start()
        assert 'by-hand' in busy.cli('map', 'list') and len(busy.devices()) >= 12
        assert (busy.data / 'state.db.version-3').stat().st_mode & 0o777 == 0o600
        busy.cli('map', 'delete', 'by-hand')
        assert [c['object'] for c in busy.json('audit')['audit']] == ['maps/by-hand']
    finally:
        busy.stop()
        shutil.rmtree(busy.data)
        pathlib.Path(back['aside']).rename(busy.data)
        pathlib.Path(back['config']).unlink()


def test_without_secrets_there_are_none(busy, place):
    assert not busy.told_plain['encrypted'] and not busy.told_plain['secrets']
    found = unpacked(busy.plain, place / 'x')
    subprocess.run(['sha256sum', '--quiet', '-c', 'SHA256SUMS'], cwd=found, check=True)
    about = json.loads((found / 'portolan-backup.json').read_text())
    assert about['format'] == 1 and about['station'] == 'test' and about['config'] == 'portolan.yaml'
    everything = b''.join(files(found).values())
    for secret in (b'scrypt:', b'hidden-hook', b'hidden-header', b'community: public'):
        assert secret not in everything, secret
    rows = tables(found / 'data' / 'state.db')['object']
    assert not [r for r in rows if r[0] == 'key'] and [r for r in rows if r[0] == 'person']
    assert b'left out of the backup' in (found / 'etc' / 'portolan.yaml').read_bytes()
    assert not (found / 'data' / 'first-password').exists() and not (found / 'data' / 'rrd').exists()


def test_the_configuration_takes_the_place_of_none(busy, place):
    config = place / 'etc' / 'portolan.yaml'
    config.parent.mkdir()
    config.write_text(f'station: {{user: {USER}}}\n' + 'credentials: []\ndiscovery: {local: false}\n')
    own = config.read_bytes()
    back = portolan(busy, 'restore', busy.plain, '--data', place / 'a', '--config', config)
    assert back['config'] == f'{config}.restored' and config.read_bytes() == own and os.path.exists(back['config'])
    back = portolan(busy, 'restore', busy.running, '--data', place / 'b', '--config', config, '--replace-config', '--no-series')
    assert back['config'] == str(config) and config.read_bytes() == busy.config.read_bytes() and back['series'] == 0
    assert pathlib.Path(back['config_aside']).read_bytes() == own
    config.unlink()
    if any(u.pw_name == 'portolan' for u in pwd.getpwall()):  # whose it is, is not known without a configuration
        assert portolan(busy, 'restore', busy.plain, '--data', place / 'c', '--config', config)['config'] == str(config)
    else:
        assert 'there is no user' in portolan(busy, 'restore', busy.plain, '--data', place / 'c', '--config', config, code=1)


def test_a_faulty_configuration_hinders_no_restore(busy, place):
    config, data = place / 'portolan.yaml', place / 'target'
    config.write_text(f'station: {{data: {data}, user: {USER}}}\ncredentials: [{{version: 3, user: x, auth_secret_file: core.auth}}]\n'
                      'discovery: {seeds: somewhere}\n')
    assert portolan(busy, 'restore', busy.plain, '--config', config)['data'] == str(data)
    assert (data / 'state.db').stat().st_uid == pwd.getpwnam(USER).pw_uid
    config.write_text('station: {data: \n')
    assert str(config) in portolan(busy, 'restore', busy.plain, '--config', config, '--force', code=78)
    back = portolan(busy, 'restore', busy.plain, '--config', config, '--data', data, '--force', '--replace-config')
    assert back['config'] == str(config) and config.read_text() != 'station: {data: \n'
    assert (data / 'state.db').stat().st_uid == pwd.getpwnam(USER).pw_uid


def test_what_is_damaged_touches_nothing(busy, place):
    file, data = place / 'whole.backup', place / 'target'
    portolan(busy, 'backup', file, '--config', busy.config, '--no-series')
    whole = file.read_bytes()
    bad = place / 'bad.backup'

    def refused(octets, *options, **more):
        bad.write_bytes(octets)
        said = portolan(busy, 'restore', bad, '--data', data, '--config', busy.config, *options, code=1, **more)
        assert not data.exists() and not list(place.glob('target*'))
        return said
    assert 'not the passphrase' in refused(whole, env={'PORTOLAN_PASSPHRASE': 'another passphrase'})
    assert 'passphrase is needed' in refused(whole, env={'PORTOLAN_PASSPHRASE': ''})
    refused(whole[:len(whole) // 2])
    refused(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    # Nothing that was made is left behind where the disk is full, or the target cannot be written.
    small = place / 'small'
    small.mkdir()
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', small], check=True)
    try:
        said = portolan(busy, 'backup', small / 'b.backup', '--config', busy.config, code=1)
        assert 'full' in said and str(small / 'b.backup') in said and 'state.db:' not in said, 'which disk'
        assert list(small.iterdir()) == []
        assert portolan(busy, 'restore', file, '--data', small / 'data', '--config', busy.config, code=1)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(['umount', small], check=True)
    # A file system of its own cannot be renamed: what is in it is.
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64m', 'none', small], check=True)
    try:
        (small / 'old').write_text('old')
        back = portolan(busy, 'restore', file, '--data', small, '--config', busy.config, '--force')
        assert (pathlib.Path(back['aside']) / 'old').read_text() == 'old' and (small / 'state.db').exists()
    finally:
        subprocess.run(['umount', small], check=True)


@pytest.mark.parametrize('mount, said', [(('-t', 'tmpfs', 'none'), 'file system of its own'), (('--bind', 'beside'), 'cannot be renamed')])
def test_what_cannot_be_moved_leaves_all_in_its_place(busy, place, mount, said):
    """In a data directory that is a file system of its own lies another one, or a part of it once more."""
    file, small = place / 'whole.backup', place / 'small'
    portolan(busy, 'backup', file, '--config', busy.config, '--no-series')
    small.mkdir()
    subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64m', 'none', small], check=True)
    for name in ('a', 'beside', 'mounted', 'z'):
        (small / name).mkdir()
        (small / name / 'old').write_text(name)
    subprocess.run(['mount', *mount[:-1], small / mount[-1] if mount[0] == '--bind' else mount[-1], small / 'mounted'], check=True)
    try:
        before = files(small)
        assert said in portolan(busy, 'restore', file, '--data', small, '--config', busy.config, '--force', code=1)
        assert files(small) == before and {p.name for p in small.iterdir()} == {'a', 'beside', 'mounted', 'z'}
    finally:
        subprocess.run(['umount', small / 'mounted', small], check=True)


def test_what_changed_since(busy, place):
    whole, more = place / 'whole.backup', place / 'more.backup'
    old = next((busy.data / 'rrd').rglob('*.rrd'))
    for p in (busy.data / 'rrd').rglob('*.rrd'):
        os.utime(p, (1, 1))
    first = portolan(busy, 'backup', whole, '--config', busy.config)
    os.utime(old)
    (busy.data / 'maps' / 'by-hand.gv').unlink()
    second = portolan(busy, 'backup', more, '--config', busy.config, '--since', whole)
    assert second['kept'] > 0 and second['files'] + second['kept'] == first['files'] - 1 and second['octets'] < first['octets']
    other = place / 'other'
    assert 'only what changed' in portolan(busy, 'restore', more, '--data', other, '--config', busy.config, code=1)
    assert 'another backup' in portolan(busy, 'restore', more, '--base', more, '--data', other, '--config', busy.config, code=1)
    portolan(busy, 'restore', more, '--base', whole, '--data', other, '--config', busy.config)
    assert series(other) == series(busy.data) and files(other / 'maps') == files(busy.data / 'maps')
    assert tables(other / 'state.db') == tables(busy.data / 'state.db')


@pytest.mark.long
def test_by_itself(station, farm, place):
    """The newest are kept, readable by the station alone; -t tells what there is and changes nothing."""
    net = farm('--network', 'campus', '--devices', 12)
    secret = place / 'passphrase'
    secret.write_text('correct horse battery\n')
    secret.chmod(0o640)
    shutil.chown(secret, group=grp.getgrgid(pwd.getpwnam(USER).pw_gid).gr_name)
    made = station(farm_config(net) + f'backup: {{every: 10s, keep: 2, passphrase_secret_file: {secret}}}\n')
    folder = made.data / 'backups'

    def kept():
        return sorted(folder.glob('state-*.backup')) if folder.exists() else []
    first = await_true(kept, 60, 'a backup')[0]
    await_true(lambda: len(kept()) == 2 and first not in kept(), 60, 'the oldest is gone')
    made.stop()
    newest = kept()[-1]
    assert newest.stat().st_mode & 0o777 == 0o600 and folder.stat().st_mode & 0o777 == 0o700
    back = portolan(made, 'restore', newest, '--data', place / 'other', '--config', made.config)
    assert back['secrets'] and back['series'] == 0
    assert tables(place / 'other' / 'state.db')['migration'] == tables(made.data / 'state.db')['migration']
    before = {p: p.stat().st_mtime_ns for p in made.data.rglob('*')}
    done = subprocess.run([made.bin / 'portoland', '-t', '-c', made.config], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and 'state: version 4, as it is' in done.stdout, done.stdout + done.stderr
    assert 'series: files are as they should be' in done.stdout and 'profiles: as they were' in done.stdout
    assert {p: p.stat().st_mtime_ns for p in made.data.rglob('*')} == before
    with contextlib.closing(sqlite3.connect(made.data / 'state.db')) as db:
        db.executescript("INSERT INTO migration VALUES (99, 0); UPDATE object SET body = '9.8.7' WHERE kind = 'program'")
    done = subprocess.run([made.bin / 'portoland', '-t', '-c', made.config], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and 'version 99' in done.stdout, done.stdout + done.stderr
    done = subprocess.run([made.bin / 'portoland', '-f', '-c', made.config], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and 'version 9.8.7 made the database of version 99' in done.stderr, done.stderr


def test_one_that_fails_is_an_alert(station, place):
    folder = place / 'backups'
    folder.write_text('in the way')
    made = station(f'credentials: []\ndiscovery: {{local: false}}\nbackup: {{every: 10s, directory: {folder}}}\n')

    def alert():
        return next((a for a in made.ask('alerts', state='active')['alerts'] if a['type'] == 'station.backup'), None)
    assert str(folder) in await_true(alert, 30, 'it is told')['text']
    folder.unlink()
    folder.mkdir()
    shutil.chown(folder, USER)
    await_true(lambda: not alert(), 40, 'it is over')
    assert list(folder.glob('state-*.backup'))
