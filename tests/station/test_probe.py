"""`portolan probe`: one agent, without a station."""
import subprocess


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
