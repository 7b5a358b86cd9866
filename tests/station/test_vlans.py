"""VLANs and the spanning tree, port by port, of bridges that a station found."""
from conftest import farm_config, needs_root

pytestmark = needs_root


def test_ports_tell_their_vlans_and_their_role(station, farm):
    net = farm('--network', 'campus', '--devices', 12)
    made = station(farm_config(net))
    made.discover()
    ports = [port for name in made.devices() for port in made.ask('devices', name, 'interfaces')['interfaces']]
    members = [port for port in ports if 'pvid' in port]
    assert members, 'bridges tell the VLANs of their ports'
    assert all(port.get('untagged') or port.get('tagged') for port in members), members
    roles = {port['stp_role'] for port in ports if 'stp_role' in port}
    assert {'root', 'designated'} <= roles <= {'root', 'designated', 'alternate', 'backup', 'disabled'}
    exported = made.table('port_vlans')
    assert {row['ifIndex'] for row in exported} & {str(port['ifIndex']) for port in members}
