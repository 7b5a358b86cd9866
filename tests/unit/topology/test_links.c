/* What links a network gives: whole small networks, each with all links of
 * layer 2 that may come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assert.h>

#include "sim_links.h"

static const struct {
    const char *name, *network, *links;
} cases[] = {
    {"LLDP at both ends",
     "node a switch lldp=on\n"
     "node b switch lldp=on portid=ifname\n"
     "link a:p1 b:p2\n"
     "addr a:br0 10.0.0.1/24\n"
     "addr b:br0 10.0.0.2/24\n",
     "a:p1 b:p2\n"},
    {"LLDP at one end: the other sends, but serves none",
     "node a switch lldp=on\n"
     "node b switch lldp=on agentx=off\n"
     "link a:p1 b:p2\n"
     "addr a:br0 10.0.0.1/24\n"
     "addr b:br0 10.0.0.2/24\n",
     "a:p1 b:p2\n"},
    {"CDP at both ends",
     "node a router cdp=on cdpmib=on\n"
     "node b router cdp=on cdpmib=on\n"
     "link a:eth0 b:eth1\n"
     "addr a:eth0 10.0.0.1/30\n"
     "addr b:eth1 10.0.0.2/30\n",
     "a:eth0 b:eth1\n"},
    {"CDP through a switch that does not speak it: the switch is between",
     "node a router cdp=on cdpmib=on\n"
     "node b router cdp=on cdpmib=on\n"
     "node s switch\n"
     "link a:eth0 s:p1\n"
     "link b:eth1 s:p2\n"
     "addr a:eth0 10.0.0.1/24\n"
     "addr b:eth1 10.0.0.2/24\n"
     "addr s:br0 10.0.0.3/24\n",
     "a:eth0 s:p1\n"
     "b:eth1 s:p2\n"},
    {"CDP through a switch that speaks LLDP: LLDP wins",
     "node a router cdp=on cdpmib=on lldp=on\n"
     "node b router cdp=on cdpmib=on lldp=on\n"
     "node s switch lldp=on fdb=none\n"
     "link a:eth0 s:p1\n"
     "link b:eth1 s:p2\n"
     "addr a:eth0 10.0.0.1/24\n"
     "addr b:eth1 10.0.0.2/24\n"
     "addr s:br0 10.0.0.3/24\n",
     "a:eth0 s:p1\n"
     "b:eth1 s:p2\n"},
    {"switches without LLDP: forwarding tables tell both ports",
     "node r router\n"
     "node a switch\n"
     "node b switch\n"
     "node c switch fdb=dot1d\n"
     "link r:eth0 a:p1\n"
     "link a:p2 b:p1\n"
     "link b:p2 c:p1\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr c:br0 10.0.0.4/24\n",
     "a:p2 b:p1\n"
     "a:p1 r:eth0\n"
     "b:p2 c:p1\n"},
    {"a host is at the deepest port, not on the way",
     "node r router\n"
     "node a switch\n"
     "node b switch\n"
     "node h host\n"
     "node i host snmp=off\n"
     "link r:eth0 a:p1\n"
     "link a:p2 b:p1\n"
     "link h:eth0 b:p2\n"
     "link i:eth0 b:p3\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr h:eth0 10.0.0.4/24\n"
     "addr i:eth0 10.0.0.5/24\n",
     "a:p2 b:p1\n"
     "a:p1 r:eth0\n"
     "b:p2 h:eth0\n"
     "b:p3 i:\n"},
    {"hosts behind a switch that tells no table: somewhere there",
     "node r router\n"
     "node a switch lldp=on\n"
     "node b switch lldp=on fdb=none\n"
     "node h host\n"
     "node i host lldp=on\n"
     "link r:eth0 a:p1\n"
     "link a:p2 b:p1\n"
     "link h:eth0 b:p2\n"
     "link i:eth0 b:p3\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr h:eth0 10.0.0.4/24\n"
     "addr i:eth0 10.0.0.5/24\n",
     "a:p2 b:p1\n"
     "a:p1 r:eth0\n"
     "b: h:eth0 candidate\n"
     "b:p3 i:eth0\n"},
    {"several hosts on one port share a segment",
     "node r router\n"
     "node a switch\n"
     "node d dumb\n"
     "node h host\n"
     "node i host\n"
     "link r:eth0 a:p1\n"
     "link a:p2 d:p1\n"
     "link h:eth0 d:p2\n"
     "link i:eth0 d:p3\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr h:eth0 10.0.0.4/24\n"
     "addr i:eth0 10.0.0.5/24\n",
     "a:p1 r:eth0\n"
     "a:p2 ~: segment\n"
     "h:eth0 ~: segment\n"
     "i:eth0 ~: segment\n"},
    {"a host and one that is nobody's: not alone on the port",
     "node r router\n"
     "node a switch\n"
     "node d dumb\n"
     "node h host\n"
     "node i host fw=all\n"
     "link r:eth0 a:p1\n"
     "link a:p2 d:p1\n"
     "link h:eth0 d:p2\n"
     "link i:eth0 d:p3\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr h:eth0 10.0.0.4/24\n"
     "addr i:eth0 10.0.0.5/24\n",
     "a:p1 r:eth0\n"
     "a:p2 ~: segment\n"
     "h:eth0 ~: segment\n"},
    {"an unmanaged switch in a chain: silence of LLDP gives it away",
     "node r router lldp=on\n"
     "node a switch lldp=on\n"
     "node b switch lldp=on\n"
     "node d dumb\n"
     "link r:eth0 a:p1\n"
     "link a:p2 d:p1\n"
     "link d:p2 b:p1\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n",
     "a:p1 r:eth0\n"
     "a:p2 ~: segment\n"
     "b:p1 ~: segment\n"},
    {"the same, with CDP from afar that is counted as LLDP",
     "node r router lldp=on cdp=on cdpmib=on\n"
     "node a switch lldp=on\n"
     "node b switch lldp=on\n"
     "node d dumb\n"
     "link r:eth0 a:p1\n"
     "link a:p2 d:p1\n"
     "link d:p2 b:p1\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n",
     "a:p1 r:eth0\n"
     "a:p2 ~: segment\n"
     "b:p1 ~: segment\n"},
    {"an unmanaged switch in a chain: its host gives it away",
     "node r router\n"
     "node a switch\n"
     "node b switch\n"
     "node d dumb\n"
     "node h host\n"
     "link r:eth0 a:p1\n"
     "link a:p2 d:p1\n"
     "link d:p2 b:p1\n"
     "link d:p3 h:eth0\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr h:eth0 10.0.0.4/24\n",
     "a:p1 r:eth0\n"
     "a:p2 ~: segment\n"
     "b:p1 ~: segment\n"
     "h:eth0 ~: segment\n"},
    {"CDP through an unmanaged switch between LLDP speakers",
     "node a switch lldp=on cdp=on cdpmib=on\n"
     "node b switch lldp=on cdp=on cdpmib=on\n"
     "node c host lldp=on\n"
     "node d dumb\n"
     "node e host lldp=on\n"
     "link a:p1 c:eth0\n"
     "link a:p2 d:p1\n"
     "link d:p2 b:p1\n"
     "link b:p2 e:eth0\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr c:eth0 10.0.0.4/24\n"
     "addr e:eth0 10.0.0.5/24\n",
     "a:p1 c:eth0\n"
     "a:p2 ~: segment\n"
     "b:p2 e:eth0\n"
     "b:p1 ~: segment\n"},
    {"LLDP-MIB of an agent that speaks CDP alone",
     "node r router lldp=on cdp=on cdpmib=on\n"
     "node a switch lldp=mute cdp=on cdpmib=on\n"
     "node b switch lldp=mute cdp=on cdpmib=on\n"
     "node h host lldp=on\n"
     "link r:eth0 h:eth0\n"
     "link r:eth1 a:p1\n"
     "link a:p2 b:p1\n"
     "addr r:eth0 10.0.1.1/24\n"
     "addr h:eth0 10.0.1.2/24\n"
     "addr r:eth1 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n",
     "a:p2 b:p1\n"
     "a:p1 r:eth1\n"
     "h:eth0 r:eth0\n"},
    {"a router that speaks CDP alone, on a switch that speaks LLDP",
     "node r router cdp=on\n"
     "node a switch lldp=on\n"
     "node b switch lldp=on\n"
     "link r:eth0 a:p1\n"
     "link a:p2 b:p1\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n",
     "a:p2 b:p1\n"
     "a:p1 r:eth0\n"},
    {"a bridge that passes LLDP on: three that hear each other",
     "node a switch lldp=on\n"
     "node b switch lldp=on\n"
     "node c host lldp=on\n"
     "node d dumb fwdmask=on\n"
     "link a:p1 d:p1\n"
     "link b:p1 d:p2\n"
     "link c:eth0 d:p3\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr c:eth0 10.0.0.4/24\n",
     "a:p1 ~: segment\n"
     "b:p1 ~: segment\n"
     "c:eth0 ~: segment\n"},
    {"siblings behind an unmanaged switch keep their own hosts",
     "node r router\n"
     "node a switch\n"
     "node b switch\n"
     "node c switch\n"
     "node d dumb\n"
     "node h host\n"
     "node i host\n"
     "node k host\n"
     "link r:eth0 a:p1\n"
     "link a:p2 d:p1\n"
     "link d:p2 b:p1\n"
     "link d:p3 c:p1\n"
     "link b:p2 h:eth0\n"
     "link c:p2 i:eth0\n"
     "link d:p4 k:eth0\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr c:br0 10.0.0.4/24\n"
     "addr h:eth0 10.0.0.5/24\n"
     "addr i:eth0 10.0.0.6/24\n"
     "addr k:eth0 10.0.0.7/24\n",
     "a:p1 r:eth0\n"
     "a:p2 ~: segment\n"
     "b:p2 h:eth0\n"
     "b:p1 ~: segment\n"
     "c:p2 i:eth0\n"
     "c:p1 ~: segment\n"
     "k:eth0 ~: segment\n"},
    {"a ring: the blocked cable is there, and told apart",
     "node a switch lldp=on stp=on\n"
     "node b switch lldp=on stp=on\n"
     "node c switch lldp=on stp=on\n"
     "link a:p1 b:p1\n"
     "link b:p2 c:p1\n"
     "link c:p2 a:p2\n"
     "addr a:br0 10.0.0.1/24\n"
     "addr b:br0 10.0.0.2/24\n"
     "addr c:br0 10.0.0.3/24\n",
     "a:p1 b:p1\n"
     "a:p2 c:p2\n"
     "b:p2 c:p1 blocked\n"},
    {"a host with a leg in two switches",
     "node r router\n"
     "node a switch\n"
     "node b switch\n"
     "node h host\n"
     "link r:eth0 a:p1\n"
     "link r:eth1 b:p1\n"
     "link h:eth0 a:p2\n"
     "link h:eth1 b:p2\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr r:eth1 10.0.1.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.1.2/24\n"
     "addr h:eth0 10.0.0.5/24\n"
     "addr h:eth1 10.0.1.5/24\n",
     "a:p2 h:eth0\n"
     "a:p1 r:eth0\n"
     "b:p2 h:eth1\n"
     "b:p1 r:eth1\n"},
    {"switches that share a sysName are two",
     "node r router lldp=on\n"
     "node a switch lldp=on sysname=switch\n"
     "node b switch lldp=on sysname=switch\n"
     "link r:eth0 a:p1\n"
     "link a:p2 b:p1\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n",
     "a:p2 b:p1\n"
     "a:p1 r:eth0\n"},
    {"CDP speakers that share a name meet by address",
     "node a router cdp=on cdpmib=on sysname=router\n"
     "node b router cdp=on cdpmib=on sysname=router\n"
     "node c router cdp=on cdpmib=on sysname=router\n"
     "link a:eth0 b:eth0\n"
     "link b:eth1 c:eth0\n"
     "addr a:eth0 10.0.0.1/30\n"
     "addr b:eth0 10.0.0.2/30\n"
     "addr b:eth1 10.0.0.5/30\n"
     "addr c:eth0 10.0.0.6/30\n",
     "a:eth0 b:eth0\n"
     "b:eth1 c:eth0\n"},
    {"the station is where the switch has learned it",
     "node n nms\n"
     "node a switch\n"
     "node b switch\n"
     "node h host\n"
     "link n:eth0 a:p1\n"
     "link a:p2 b:p1\n"
     "link h:eth0 a:p3\n"
     "addr n:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr b:br0 10.0.0.3/24\n"
     "addr h:eth0 10.0.0.4/24\n",
     "a:p2 b:p1\n"
     "a:p3 h:eth0\n"
     "a:p1 n:eth0\n"},
    {"a switch without agent in between: its own address gives it away",
     "node r router\n"
     "node a switch\n"
     "node x switch snmp=off\n"
     "node b switch\n"
     "link r:eth0 a:p1\n"
     "link a:p2 x:p1\n"
     "link x:p2 b:p1\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr a:br0 10.0.0.2/24\n"
     "addr x:br0 10.0.0.3/24\n"
     "addr b:br0 10.0.0.4/24\n",
     "a:p1 r:eth0\n"
     "a:p2 ~: segment\n"
     "b:p1 ~: segment\n"
     "x: ~: segment\n"},
    {"a router's VLANs are on its port, once",
     "node r router\n"
     "node a switch\n"
     "link r:eth0 a:p1\n"
     "addr r:eth0 10.0.0.1/24\n"
     "addr r:eth0.10 10.0.10.1/24\n"
     "addr r:eth0.20 10.0.20.1/24\n"
     "addr a:br0 10.0.0.2/24\n",
     "a:p1 r:eth0\n"},
};

static void networks_give_their_links(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim *s = sim_read(cases[i].network);

        sim_run(s, 100, 1);
        struct topology *t = sim_infer(s);
        assert_links(cases[i].name, t, cases[i].links);
        topology_unref(t);
        sim_free(s);
    }
}

/* ---- the same evidence, the same links ---- */

static char *table_of(const struct topology *t)
{
    struct buffer OWNED_BUFFER out = {0};

    for (size_t i = 0; i < t->links.count; i++) {
        const struct topo_link *l = &t->links.at[i];
        char id[IDENT_TEXT_MAX];
        buffer_format(&out, "%s %s:%s %s:%s\n",
                      ident_format(&l->id, id, sizeof id),
                      t->nodes.at[l->a].name, l->a_port, t->nodes.at[l->b].name,
                      l->b_port);
    }
    return buffer_take(&out);
}

static void order_of_devices_makes_no_difference(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct sim *s = run(cases[i].network);
        struct topology *t = sim_infer(s);
        OWNED(free) char *first = table_of(t);

        for (size_t k = 0; k < s->device_count / 2; k++) {
            struct topo_device kept = s->devices[k];
            s->devices[k] = s->devices[s->device_count - 1 - k];
            s->devices[s->device_count - 1 - k] = kept;
        }
        struct topology *u = sim_infer(s);
        OWNED(free) char *second = table_of(u);
        assert_string_equal(first, second);
        topology_unref(t);
        topology_unref(u);
        sim_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(networks_give_their_links),
        cmocka_unit_test(order_of_devices_makes_no_difference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
