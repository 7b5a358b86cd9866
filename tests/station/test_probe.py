"""`portolan probe`: one agent, without a station."""
import subprocess

from conftest import needs_root


def test_report_tells_a_vendor_what_is_broken(farm, programs):
    """--report: the rule, the table, what follows, and nothing of the credential."""
    net = farm('--network', 'campus', '--devices', '12', '--fault', 'backwards', '--fault', 'short=3')
    done = subprocess.run([programs / 'portolan', 'probe', net.base, '--port', str(net.port), '--report',
                           '--profiles', programs.parent / 'share/portolan/profiles'],
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    report = done.stdout
    faults = report[report.index('\nFaults: '):report.index('\nRemarks: ')]
    assert 'RFC 3416, 4.2.2' in faults, report     # rows out of order
    assert 'What a manager has to do' in faults, report
    assert 'ifTable' in report[report.index('Tables that were told'):], report
    assert 'public' not in report, report


@needs_root
def test_a_host_is_asked_at_each_of_its_addresses(farm, programs, place):
    """localhost is ::1 first in many a /etc/hosts, and the agent listens at 127.0.0.1."""
    net = farm('--network', 'campus', '--devices', '12')
    (place / 'hosts').write_text(f'::1 twofold\n127.0.0.9 twofold\n{net.base} twofold\n')
    command = f'mount --bind {place}/hosts /etc/hosts && exec {programs}/portolan --json probe twofold --port {net.port} --community public'
    done = subprocess.run(['unshare', '-m', 'sh', '-c', command], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and 'sysName' in done.stdout, done.stdout + done.stderr
