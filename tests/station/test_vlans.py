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


V3 = 'monitor:SHA-256:secret-of-auth:AES-128:secret-of-priv'
SECRETS = ('name: farm, version: 3, user: monitor, auth: SHA-256, auth_secret: secret-of-auth, '
           'priv: AES-128, priv_secret: secret-of-priv')


def test_bridges_of_each_vlan_are_read_in_their_contexts(station, farm):
    """By community@VLAN and by the context vlan-VLAN of version 3, where the bridge without one tells of VLAN 1 alone."""
    net = farm('--network', 'campus', '--devices', 12, '--user', V3)
    by_community = farm_config(net)
    for config in by_community, by_community.replace('name: farm, version: 2c, community: public', SECRETS):
        made = station(config)
        made.discover()
        told = {row['name'] for row in made.table('devices') if row['os'] == 'ios'}
        assert told

        def learned(rows):
            return {(row['name'], row['vlan'], row['mac']) for row in rows if row['name'] in told and row['vlan'] not in ('', '1')}
        wanted = learned(net.table('fdb'))
        assert wanted and learned(made.table('fdb')) >= wanted
        assert made.stop() == 0
