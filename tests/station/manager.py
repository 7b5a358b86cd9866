"""A manager that is not net-snmp's: receives notifications with pysnmp, decodes them with PORTOLAN-MIB, and writes one line of
JSON for each: {"trap": NAME, "engine": HEX, "values": {NAME: TEXT}}. Says "ready" first.

manager.py PORT MIBS MIBS_COMPILED [ENGINE_ID]   MIBS: directories, with ":"; ENGINE_ID: of who sends v3 traps, in hex
"""
import json
import sys

from pyasn1.type import univ
from pysnmp.carrier.asyncore.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.proto.rfc1902 import ObjectName
from pysnmp.smi import builder, compiler, rfc1902, view

USER = ('noc', config.usmHMAC192SHA256AuthProtocol, 'auth-secret', config.usmAesCfb128Protocol, 'priv-secret')
SNMP_TRAP_OID = '1.3.6.1.6.3.1.1.4.1.0'


def mibs(directories, compiled):
    """What names and types of PORTOLAN-MIB and of what it imports are known by."""
    made = builder.MibBuilder()
    compiler.addMibCompiler(made, sources=[f'file://{d}' for d in directories], destination=compiled)
    made.loadModules('PORTOLAN-MIB', 'SNMPv2-MIB')
    return view.MibViewController(made)


def main():
    port, directories, compiled, *engine_id = sys.argv[1:]
    names = mibs(directories.split(':'), compiled)
    snmp = engine.SnmpEngine()
    config.addTransport(snmp, udp.domainName, udp.UdpTransport().openServerMode(('127.0.0.1', int(port))))
    config.addV1System(snmp, 'area', 'x')
    config.addV3User(snmp, *USER)
    if engine_id:
        config.addV3User(snmp, *USER, securityEngineId=univ.OctetString(hexValue=engine_id[0]))

    def on_notification(_engine, _reference, _context_engine, _context, binds, _arg):
        values, trap = {}, ''
        for name, value in binds:
            known = rfc1902.ObjectType(rfc1902.ObjectIdentity(name), value).resolveWithMib(names)
            if str(name) == SNMP_TRAP_OID:
                trap = rfc1902.ObjectIdentity(ObjectName(value)).resolveWithMib(names).prettyPrint()
            else:
                values[known[0].prettyPrint()] = known[1].prettyPrint()
        print(json.dumps({'trap': trap, 'values': values}), flush=True)
    ntfrcv.NotificationReceiver(snmp, on_notification)
    snmp.transportDispatcher.jobStarted(1)
    print('ready', flush=True)
    snmp.transportDispatcher.runDispatcher()


main()
