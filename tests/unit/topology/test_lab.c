/* The networks of the lab, simulated: every cable that somebody's tables show
 * must be a link with both ports, and nothing else may be one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <assert.h>

#include "sim.h"

static const char small[] =
    "node nms nms\n"
    "node r1 router lldp=on cdp=on cdpmib=on\n"
    "node r2 router lldp=on cdp=on\n"
    "node sw1 switch lldp=on fdb=both\n"
    "node sw2 switch lldp=on cdp=on cdpmib=on portid=ifname fdb=both\n"
    "node sw3 switch lldp=on portid=ifname fdb=dot1d\n"
    "node cdp1 cdp cdp=ladvd\n"
    "node h1 host lldp=on\n"
    "node h2 host\n"
    "node h3 host\n"
    "node h4 host snmp=off\n"
    "node h5 host icmp=off\n"
    "node h6 host fw=all\n"
    "link nms:eth0 sw1:p1\n"
    "link r1:eth0 sw1:p2\n"
    "link cdp1:eth0 sw1:p3\n"
    "link h6:eth0 sw1:p4\n"
    "link r1:eth1 r2:eth0\n"
    "link r2:eth1 sw2:p1\n"
    "link sw2:p2 sw3:p1\n"
    "link h1:eth0 sw2:p3\n"
    "link h2:eth0 sw2:p4\n"
    "link h3:eth0 sw3:p2\n"
    "link h4:eth0 sw3:p3\n"
    "link h5:eth0 sw3:p4\n"
    "addr nms:eth0 10.10.0.10/24\n"
    "addr cdp1:eth0 10.10.0.30/24\n"
    "addr h6:eth0 10.10.0.46/24\n"
    "addr sw1:br0 10.10.0.11/24\n"
    "addr r1:eth0 10.10.0.1/24 fd00:10::1/64\n"
    "addr r1:eth1 10.10.12.1/30\n"
    "addr r1:lo 10.10.255.1/32\n"
    "addr r2:eth0 10.10.12.2/30\n"
    "addr r2:eth1 10.10.20.1/24\n"
    "addr r2:lo 10.10.255.2/32\n"
    "addr sw2:br0 10.10.20.12/24\n"
    "addr sw3:br0 10.10.20.13/24\n"
    "addr h1:eth0 10.10.20.41/24\n"
    "addr h2:eth0 10.10.20.42/24\n"
    "addr h3:eth0 10.10.20.43/24\n"
    "addr h4:eth0 10.10.20.44/24\n"
    "addr h5:eth0 10.10.20.45/24\n";

static const char campus[] =
    "node nms nms\n"
    "node core1 router lldp=on cdp=on cdpmib=on\n"
    "node core2 router lldp=on cdp=on cdpmib=on\n"
    "node edge1 router lldp=on\n"
    "node dist1 switch lldp=on cdp=on cdpmib=on portid=ifname stp=on fdb=both\n"
    "node dist2 switch lldp=on cdp=on cdpmib=on portid=ifname stp=on fdb=both\n"
    "node acc1 switch lldp=on portid=ifname stp=on fdb=both\n"
    "node acc2 switch lldp=on portid=ifname stp=on fdb=dot1q\n"
    "node acc3 switch lldp=on stp=on fdb=both\n"
    "node acc4 switch lldp=on agentx=off stp=on fdb=dot1d\n"
    "node msw1 switch lldp=on portid=ifname fdb=both\n"
    "node brsw1 switch lldp=on fdb=both\n"
    "node brsw2 switch fdb=dot1d\n"
    "node cdp1 cdp cdp=on\n"
    "node h1 host lldp=on\n"
    "node h2 host\n"
    "node h3 host snmp=off\n"
    "node h4 host lldp=on\n"
    "node h5 host\n"
    "node h6 host snmp=off\n"
    "node h7 host icmp=off\n"
    "node h8 host fw=all\n"
    "node h9 host\n"
    "node h10 host lldp=on\n"
    "node h11 host snmp=off\n"
    "node h12 host\n"
    "node n1 host\n"
    "node h16 host lldp=on\n"
    "node h17 host snmp=off\n"
    "node h18 host\n"
    "link core1:eth0 dist1:p1\n"
    "link core2:eth0 dist2:p1\n"
    "link dist1:p2 dist2:p2\n"
    "link acc1:p1 dist1:p3\n"
    "link acc1:p2 dist2:p3\n"
    "link acc2:p1 dist1:p4\n"
    "link acc2:p2 dist2:p4\n"
    "link acc3:p1 dist1:p5\n"
    "link acc3:p2 dist2:p5\n"
    "link acc4:p1 dist1:p6\n"
    "link acc4:p2 dist2:p6\n"
    "link core1:eth1 core2:eth1\n"
    "link core1:eth2 edge1:eth0\n"
    "link core2:eth2 edge1:eth1\n"
    "link core1:eth3 msw1:p1\n"
    "link nms:eth0 msw1:p2\n"
    "link cdp1:eth0 msw1:p3\n"
    "link n1:eth0 msw1:p4\n"
    "link edge1:eth2 brsw1:p1\n"
    "link brsw1:p2 brsw2:p1\n"
    "link h1:eth0 acc1:p3\n"
    "link h2:eth0 acc1:p4\n"
    "link h3:eth0 acc1:p5\n"
    "link h4:eth0 acc2:p3\n"
    "link h5:eth0 acc2:p4\n"
    "link h6:eth0 acc2:p5\n"
    "link h7:eth0 acc3:p3\n"
    "link h8:eth0 acc3:p4\n"
    "link h9:eth0 acc3:p5\n"
    "link h10:eth0 acc4:p3\n"
    "link h11:eth0 acc4:p4\n"
    "link h12:eth0 acc4:p5\n"
    "link h16:eth0 brsw1:p3\n"
    "link h17:eth0 brsw1:p4\n"
    "link h18:eth0 brsw2:p2\n"
    "addr nms:eth0 10.50.200.10/24\n"
    "addr cdp1:eth0 10.50.200.30/24\n"
    "addr n1:eth0 10.50.200.21/24\n"
    "addr msw1:br0 10.50.200.11/24\n"
    "addr core1:lo 10.50.255.1/32\n"
    "addr core1:eth0 10.50.0.1/24\n"
    "addr core1:eth0.10 10.50.10.1/24\n"
    "addr core1:eth0.20 10.50.20.1/24\n"
    "addr core1:eth1 10.50.250.1/30\n"
    "addr core1:eth2 10.50.250.5/30\n"
    "addr core1:eth3 10.50.200.1/24 fd00:50:200::1/64\n"
    "addr core2:lo 10.50.255.2/32\n"
    "addr core2:eth0 10.50.0.2/24\n"
    "addr core2:eth0.10 10.50.10.2/24\n"
    "addr core2:eth0.20 10.50.20.2/24\n"
    "addr core2:eth1 10.50.250.2/30\n"
    "addr core2:eth2 10.50.250.9/30\n"
    "addr edge1:lo 10.50.255.3/32\n"
    "addr edge1:eth0 10.50.250.6/30\n"
    "addr edge1:eth1 10.50.250.10/30\n"
    "addr edge1:eth2 10.50.60.1/24\n"
    "addr dist1:br0 10.50.0.11/24\n"
    "addr dist2:br0 10.50.0.12/24\n"
    "addr acc1:br0 10.50.0.21/24\n"
    "addr acc2:br0 10.50.0.22/24\n"
    "addr acc3:br0 10.50.0.23/24\n"
    "addr acc4:br0 10.50.0.24/24\n"
    "addr brsw1:br0 10.50.60.11/24\n"
    "addr brsw2:br0 10.50.60.12/24\n"
    "addr h1:eth0 10.50.10.101/24\n"
    "addr h2:eth0 10.50.10.102/24\n"
    "addr h3:eth0 10.50.20.103/24\n"
    "addr h4:eth0 10.50.10.104/24\n"
    "addr h5:eth0 10.50.20.105/24\n"
    "addr h6:eth0 10.50.20.106/24\n"
    "addr h7:eth0 10.50.10.107/24\n"
    "addr h8:eth0 10.50.20.108/24\n"
    "addr h9:eth0 10.50.20.109/24\n"
    "addr h10:eth0 10.50.10.110/24\n"
    "addr h11:eth0 10.50.10.111/24\n"
    "addr h12:eth0 10.50.20.112/24\n"
    "addr h16:eth0 10.50.60.116/24\n"
    "addr h17:eth0 10.50.60.117/24\n"
    "addr h18:eth0 10.50.60.118/24\n";

static void judge(const char *text)
{
    struct sim *s = sim_read(text);

    sim_run(s, 100, 1);
    struct topology *t = sim_infer(s);
    int wrong = sim_count_false(s, t) + sim_count_missing(s, t, true);

    if (wrong > 0 || getenv("SHOW") != NULL)
        sim_show(t);
    assert_int_equal(wrong, 0);
    topology_unref(t);
    sim_free(s);
}

static void small_is_found_whole(void **state)
{
    (void)state;
    judge(small);
}

static void campus_is_found_whole(void **state)
{
    (void)state;
    judge(campus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_is_found_whole),
        cmocka_unit_test(campus_is_found_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
