"""Walks an agent with pysnmp and holds each value against its module: the type on the wire, ranges and sizes, names of
numbers, bits, indexes, columns of a table that no row has. One line for each breach, then how many values were seen.

typed.py PORT COMMUNITY MIBS MIBS_COMPILED MODULES ROOT...   MIBS: directories, with ":"; MODULES: with ","
"""
import sys

from pysnmp.hlapi import CommunityData, ContextData, ObjectIdentity, ObjectType, SnmpEngine, UdpTransportTarget, bulkCmd
from pysnmp.proto import rfc1905
from pysnmp.smi import builder, compiler, error, view
from pyasn1.error import PyAsn1Error

HIDDEN = ('notaccessible', 'accessiblefornotify')


def loaded(directories, compiled, modules):
    made = builder.MibBuilder()
    compiler.addMibCompiler(made, sources=[f'file://{d}' for d in directories], destination=compiled)
    made.loadModules(*modules)
    return made


def walk(port, community, root):
    for failed, status, _, binds in bulkCmd(
            SnmpEngine(), CommunityData(community), UdpTransportTarget(('127.0.0.1', port), timeout=5), ContextData(), 0, 50,
            ObjectType(ObjectIdentity(root)), lexicographicMode=False, lookupMib=False):
        assert not failed and not status, f'{root}: {failed or status.prettyPrint()}'
        for name, value in binds:
            if not isinstance(value, rfc1905.EndOfMibView):
                yield tuple(name), value


def spare_bits(syntax, value):
    """Bits that have no name."""
    known = {n for _, n in syntax.namedValues.items()}
    return [i for i, octet in enumerate(bytes(value)) for b in range(8) if octet & 0x80 >> b and 8 * i + b not in known]


class Holder:
    def __init__(self, made):
        self.made, self.view = made, view.MibViewController(made)
        self.types = {n: made.importSymbols('SNMPv2-SMI', n)[0] for n in ('MibScalar', 'MibTableColumn', 'Bits')}
        self.rows, self.columns, self.breaches, self.seen = {}, {}, [], 0

    def node(self, name):
        known, _, rest = self.view.getNodeNameByOid(name)
        module, symbol, _ = self.view.getNodeLocation(known)
        return self.made.importSymbols(module, symbol)[0], symbol, tuple(rest)

    def breach(self, symbol, rest, what):
        self.breaches.append(f'{symbol}.{".".join(map(str, rest))}: {what}')

    def take(self, name, value):
        node, symbol, rest = self.node(name)
        self.seen += 1
        if not isinstance(node, (self.types['MibScalar'], self.types['MibTableColumn'])):
            self.breach(symbol, rest, 'is no object')
            return
        syntax = node.getSyntax()
        if node.getMaxAccess().replace('-', '') in HIDDEN:
            self.breach(symbol, rest, f'is {node.getMaxAccess()}')
        if isinstance(node, self.types['MibTableColumn']):
            self.index(node, symbol, rest)
        elif rest != (0,):
            self.breach(symbol, rest, 'a scalar has the instance 0')
        if value.tagSet != syntax.tagSet:
            self.breach(symbol, rest, f'is {type(value).__name__}, not {type(syntax).__name__}')
            return
        self.fits(syntax, symbol, rest, value)

    def fits(self, syntax, symbol, rest, value):
        try:
            made = syntax.clone(bytes(value) if hasattr(value, 'asOctets') else tuple(value) if hasattr(value, 'asTuple') else int(value))
        except (PyAsn1Error, error.SmiError) as e:
            self.breach(symbol, rest, f'{value.prettyPrint()}: {str(e)[:160]}')
            return
        named = getattr(made, 'namedValues', None)
        if isinstance(syntax, self.types['Bits']):
            if spare_bits(syntax, value):
                self.breach(symbol, rest, f'{value.prettyPrint()}: bits without a name')
        elif named and len(named) and int(made) not in {n for _, n in named.items()}:
            self.breach(symbol, rest, f'{int(made)} has no name')

    def index(self, node, symbol, rest):
        row = node.name[:-1]
        self.rows.setdefault(row, set()).add(rest)
        self.columns.setdefault(row, {}).setdefault(node.name[-1], set()).add(rest)
        entry, _, _ = self.node(row)
        try:
            entry.getIndicesFromInstId(rest)
        except (PyAsn1Error, error.SmiError) as e:
            self.breach(symbol, rest, f'its index: {str(e)[:160]}')

    def holes(self):
        """Columns of a table that a row lacks, as name -> how many rows."""
        for row, columns in self.columns.items():
            entry, _, _ = self.node(row)
            indexes = {name for _, _, name in entry.getIndexNames()}  # pysmi does not tell which of them are accessible
            for _, column in sorted(self.made.mibSymbols[self.view.getNodeLocation(row)[0]].items()):
                if (isinstance(column, self.types['MibTableColumn']) and column.name[:-1] == entry.name and
                        column.label not in indexes and column.getMaxAccess().replace('-', '') not in HIDDEN):
                    lacking = len(self.rows[row]) - len(columns.get(column.name[-1], ()))
                    if lacking:
                        self.breaches.append(f'{column.label}: {lacking} of {len(self.rows[row])} rows have none')


def main():
    port, community, directories, compiled, modules, *roots = sys.argv[1:]
    holder = Holder(loaded(directories.split(':'), compiled, modules.split(',')))
    for root in roots:
        for name, value in walk(int(port), community, root):
            holder.take(name, value)
    holder.holes()
    print('\n'.join([*holder.breaches, f'values: {holder.seen}']))


main()
