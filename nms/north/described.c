#include "north/described.h"

#include "base/mem.h"

#include <string.h>

#define DEVICE                                                     \
    "name:s,id:s,state:s,status:s,since?:s,silenced:b,acknowledge" \
    "d:b,alerts:i,kind:s,address?:s,vendor?:s,os?:s,version?:s,ha" \
    "rdware?:s,location?:s,latitude?:n,longitude?:n,interfaces:i," \
    "credential?:s,rtt_ms?:n,last_seen?:s,station:b,risk?:n,level" \
    "?:i"
#define LINK                                                            \
    "id:s,a:s,a_port?:s,b:s,b_port?:s,layer:i,kind:s,state:s,evidence?" \
    ":s,a_hears?:s,b_hears?:s,one_sided:b,confidence:i,speed_bps?"      \
    ":i,first_seen?:s,last_seen?:s,why?:s"
#define LOSS                                                       \
    "a:s,a_port?:s,b:s,b_port?:s,evidence?:s,a_hears?:s,b_hears?:" \
    "s,outcome:s,why?:s"
#define ALERT                                                      \
    "id:i,state:s,severity:s,worst:s,type:s,title:s,object:s,clas" \
    "s:s,device?:s,qualifier?:s,text?:s,rule?:s,value?:n,limit?:n" \
    ",unit?:s,risk?:n,evidence:[s],raised?:s,changed?:s,last_seen" \
    "?:s,ceased?:s,cleared?:s,count:i,flaps:i,flapping?:b,acknowl" \
    "edged?:{who:s,text?:s,at?:s},silence?:i,shelved_until?:s,cau" \
    "se?:i,symptoms?:[s],symptom_count?:i"

#define RECEIVER                                                   \
    "to?:s,version?:s,inform?:b,user?:s,auth?:s,priv?:s,webhook?:" \
    "s,format?:s,headers?:[s],mail?:[s],server?:s,from?:s,plain?:" \
    "b,objects?:[s],types?:[s],when?:[s],digest?:s,repeat?:s"

static const struct shape shapes[] = {
    {"Problem", "{type:s,title:s,status:i,detail:s,remedy:s,*:*}"},
    {"Device", "{" DEVICE "}"},
    {"Link", "{" LINK "}"},
    {"Loss", "{" LOSS "}"},
    {"Alert", "{" ALERT "}"},
    {"Event", "{id:i,at:s,last:s,count:i,severity:s,class:s,type:s,object:s"
              ",source?:s,text?:s,values?:*}"},
    {"Silence", "{id:i,object:s,kind:s,holds:b,from?:s,until?:s,next?:s,repea"
                "t?:s,*:*}"},
    {"Edit", "{op:s,id?:s,attributes?:{*:*},step?:i,revision?:i,at?:s,who?"
             ":s,text?:s,status?:s,*:*}"},
    {"Edits", "{name:s,revision:i,edits:[Edit]}"},
    {"Person", "{name:s,role:s,must_change?:b,made?:s,sessions?:i,*:*}"},
    {"Tree", "{name:s,bridges:i,root?:s}"},
    {"Credential", "{name:s,version:s,from:s,line?:i,user?:s,auth?:s,priv?:s}"},
    {"Credentials", "{credentials:[Credential]}"},
    {"Bound", "{value:s,from:s,line?:i}"},
    {"Bounds", "{seeds:[Bound],ranges:[Bound],within:[Bound],exclude:[Bound]"
               "}"},
    {"State", "{state:s}"},
    {"Forgotten", "{instead:s,deleted:i,changed:i,left:[{where:s,why:s}]}"},
    {"Risk", "{class:s,name:s,risk:n,level:i,level_name:s,value?:i,exposur"
             "e?:i}"},
    {"MapNode",
     "{id:s,name:s,kind:s,origin:s,state:s,words?:s,address?:s,add"
     "resses?:s,detail?:s,note?:s,leads?:s,focus?:b,x?:n,y?:n,clou"
     "d?:s,within?:s,bound?:s,joined?:b,collapsed?:b,folded?:b,pinned?:b,hid"
     "den?:b,added?:b,attributes?:{*:s},*:*}"},
    {"MapLink",
     "{id:s,a?:s,b?:s,a_at?:i,b_at?:i,a_port?:s,b_port?:s,layer:i,kind:s,state:s,spe"
     "ed:i,evidence?:s,confidence:i,why?:s,load_ab:n|null,load_ba:"
     "n|null,one_sided?:b,folded?:b,hidden?:b,added?:b,summed?:i,a"
     "ttributes?:{*:s},*:*}"},
    {"CredentialSet",
     "{name?:s,version?:s,community?:s,user?:s,auth?:s,auth_secret"
     "?:s,priv?:s,priv_secret?:s,position?:i}"},
    {"Acknowledged", "{who:s,alert:Alert}"},
    {"Receivers",
     "{receivers:[{name:s,kind:s,severity?:s,waiting:i,told:i,sent"
     ":i,refused:i,dropped:i,seq:i,last_sent?:s,error?:s,from?:s,l"
     "ine?:i,settings?:{" RECEIVER ",run?:s,certificates?:s,secret?:b}}]}"},
    {"ReceiverSet",
     "{name?:s,severity?:s,community?:s,auth_secret?:s,priv_secret"
     "?:s,secret?:s," RECEIVER ",*:*}"},
    {"Rules", "{rules:[{name:s,on:s,off?:b,from?:s,line?:i,standard?:b,page?:"
              "{*:*},*:*}],object?:s,*:*}"},
    {"RuleSet", "{name?:s,on?:s,as?:s,off?:b,value?:s,limit?:s,unit?:s,text?:"
                "s,severity?:s,above?:*,below?:*,clear?:n,for?:s,over?:s,perc"
                "entile?:n,level?:n,spread?:n,least?:n,devices?:[s],not_devic"
                "es?:[s],objects?:[s],not_objects?:[s],sites?:[s],kinds?:[s],"
                "*:*}"},
    {"Site", "{name:s,location?:s,device?:s,prefix?:s,from?:s,line?:i}"},
    {"Sites", "{sites:[Site]}"},
    {"Ports", "{ports:[{expect:s,devices?:[s],ports?:[s],from?:s,line?:i}]}"},
};

static const struct described all[] = {
    {API_GET, "status", "", "",
     "{name:s,version:s,data:s,engine_id?:s,started:s,now:s,device"
     "s_up:i,devices_suspect:i,devices_down:i,devices_unknown:i,po"
     "rts_polled:i,requests_per_second:n,poll_lateness_p99_ms:i,po"
     "ll_lateness_max_ms:i,loop_lag_ms:i,loop_held_max_ms:i,polls:"
     "i,poll_failures:i,poll_overruns:i,bad_samples:i,samples_weig"
     "hed:i,conditions:i,gaps:i,sample_lead_ms:i,samples_durable:i"
     ",requests_in_flight:i,requests_waiting:i,timeouts:i,retries:"
     "i,socket_drops:i,overloaded:b,isolated:b,verdicts_withheld:i"
     ",fenced:i,store_queue:i,series_queue:i,spool_bytes:i,series_"
     "files_created:i,series_bytes:i,series_bytes_foretold:i,disk_"
     "free_bytes:i,series_fit:b,series_folders_to_renew:i,series_f"
     "olders_renewed:i,rrdcached_up:b,memory_bytes:i,notifications"
     ":i,notifications_strange:i,notifications_kept:i,notification"
     "s_dropped:i,notification_storms:i,profiles:i,profile_faults:"
     "i,agentx:s,states:{up:i,warning:i,minor:i,major:i,critical:i"
     ",down:i,unreachable:i,unknown:i,silenced:i,unmanaged:i},aler"
     "ts:{critical:i,major:i,minor:i,warning:i,indeterminate:i,sym"
     "ptoms:i,silenced:i,shelved:i},risk:{all:n,devices:{very high"
     ":i,high:i,medium:i,low:i,very low:i}},doubt?:s,loop_held_at?"
     ":s,*:*}"},
    {API_GET, "stream", "kinds after", "", "text/event-stream"},
    {API_GET, "session", "", "",
     "{user:s,role:s,kind:s,station:s,version:s,first:b,zone:s,mus"
     "t_change:b,language?:s,*:*}"},
    {API_POST, "session", "", "{user:s,password:s}", "{*:*}"},
    {API_PATCH, "session", "", "{language?:s}", "{*:*}"},
    {API_DELETE, "session", "", "", "{*:*}"},
    {API_POST, "session/password", "", "{old:s,new:s}", "{*:*}"},
    {API_GET, "users", "", "", "{users:[Person]}"},
    {API_POST, "users", "", "{name:s,role:s,password?:s,language?:s}",
     "{user:Person,*:*}"},
    {API_PATCH, "users/+", "", "{role?:s,password?:s,language?:s}",
     "{user:Person,*:*}"},
    {API_DELETE, "users/+", "", "", "{*:*}"},
    {API_POST, "users/+/forget", "", "", "Forgotten"},
    {API_GET, "tokens", "", "", "{tokens:[{name:s,role:s,by?:s,made?:s,*:*}]}"},
    {API_POST, "tokens", "", "{name:s,role:s}",
     "{name:s,role:s,by?:s,made?:s,token:s,*:*}"},
    {API_DELETE, "tokens/+", "", "", "{*:*}"},
    {API_GET, "discovery", "", "",
     "{running:b,round:i,started?:s,ended?:s,addresses_found:i,add"
     "resses_asked:i,addresses_answered:i,addresses:{*:i},addresses_outside:i,beyo"
     "nd_limits:i,waiting:i,interviews:i,devices_new:i,devices:i,k"
     "inds:{*:i},links?:i,*:*}"},
    {API_POST, "discovery", "", "?{targets?:[s],within?:[s]}", "State"},
    {API_DELETE, "discovery", "", "", "State"},
    {API_POST, "discovery/probe", "", "{address:s,credential?:*}",
     "{address:s,answers:b,name?:s,sysDescr?:s,vendor?:s,os?:s,ver"
     "sion?:s,hardware?:s,kind?:s,whole?:b,interfaces?:i,neighbors"
     "?:i,within?:[s],prefixes?:[s],reason?:s,detail?:s,remedy?:s,"
     "trouble?:s}"},
    {API_GET, "discovery/addresses", "state limit:i after:i", "",
     "{addresses:[{address:s,state:s,device?:s}],next?:i}"},
    {API_GET, "discovery/bounds", "", "", "Bounds"},
    {API_PATCH, "discovery/bounds", "",
     "{seeds?:[s],ranges?:[s],within?:[s],exclude?:[s]}", "Bounds"},
    {API_GET, "credentials", "", "", "Credentials"},
    {API_POST, "credentials", "", "CredentialSet", "Credentials"},
    {API_PATCH, "credentials/+", "", "CredentialSet", "Credentials"},
    {API_DELETE, "credentials/+", "", "", "Credentials"},
    {API_GET, "sites", "", "", "Sites"},
    {API_PATCH, "sites", "", "Sites", "Sites"},
    {API_GET, "devices", "q limit:i after", "", "{next?:s,devices:[Device]}"},
    {API_POST, "devices", "", "{addresses:[s]}", "State"},
    {API_GET, "devices/+", "", "",
     "{" DEVICE ",addresses:[s],serial?:s,features?:s,profile?:s,sysName?:s,s"
     "ysDescr?:s,sysObjectID?:s,contact?:s,engineID?:s,uptime_s?:i"
     ",why?:s,first_seen?:s,collected_at?:s,neighbors:i,members:[*"
     "],depends_on?:[s],poll:{*:*},quirks:[*],habits:[*],tables:[*"
     "],metrics:[*],*:*}"},
    {API_DELETE, "devices/+", "", "", "State"},
    {API_POST, "devices/+/forget", "", "", "Forgotten"},
    {API_POST, "devices/+/poll", "", "", "State"},
    {API_GET, "devices/+/interfaces", "", "",
     "{interfaces:[{ifIndex:i,name:s,descr?:s,alias?:s,type?:s,spe"
     "ed_bps?:i,mac?:s,admin?:s,oper?:s,rates:{*:n},at?:s,gap?:s,f"
     "ile?:s,*:*}],*:*}"},
    {API_GET, "devices/+/sensors", "", "",
     "{sensors:[{class:s,index:s,descr?:s,value?:n,unit?:s,used_by"
     "tes?:n,total_bytes?:n,high_crit?:n,state?:s,severity?:s,*:*}"
     "]}"},
    {API_GET, "devices/+/neighbors", "", "",
     "{neighbors:[{protocol:s,port?:s,name?:s,remote_port?:s,remot"
     "e_port_descr?:s,platform?:s,address?:s,*:*}]}"},
    {API_GET, "devices/+/addresses", "", "",
     "{known:[s],addresses:[{address:s,prefix_length?:i,interface?"
     ":s}]}"},
    {API_GET, "devices/+/software", "", "", "{software:[*]}"},
    {API_GET, "devices/+/processes", "", "", "{processes:[*]}"},
    {API_GET, "devices/+/identity", "", "",
     "{why:s,decisions:[{address?:s,by:s,at?:s,why?:s,agree?:[s],d"
     "iffer?:[s],evidence?:[*],*:*}],shared:[*],pins:[*],*:*}"},
    {API_GET, "discovery/doubles", "", "",
     "{doubles:[{device:s,address?:s,by:s,at?:s,why?:s,agree?:[s],differ?:[s]"
     ",evidence?:[*],runner_up?:{device:s,why?:s,may_be:b},*:*}],more:b}"},
    {API_GET, "pins", "", "", "{pins:[*]}"},
    {API_POST, "pins", "", "{merge?:[s],apart?:[s],split?:s,undo?:b}", "{*:*}"},
    {API_GET, "links", "device limit:i after", "",
     "{next?:s,links:[Link],lost:[Loss],conflicts:[s],at?:s}"},
    {API_GET, "links/busiest", "limit:i", "",
     "{links:[{id:s,a:s,a_port:s,b:s,b_port:s,speed_bps:i,load_ab:n|null,load"
     "_ba:n|null}]}"},
    {API_GET, "links/why", "a b", "",
     "{links:[{" LINK
     ",proofs:[{evidence:s,by:s,table:s,says:s,at?:s,age_s?:n}]}],"
     "lost:[{" LOSS
     ",proofs:[{evidence:s,by:s,table:s,says:s,at?:s,age_s?:n}]}],at?:s}"},
    {API_GET, "path", "from to", "", "{nodes:[s],links:[Link]}"},
    {API_GET, "topology/diff", "from to", "",
     "{from:s,to:s,kept_from?:s,more:i,changes:[*],*:*}"},
    {API_GET, "maps", "", "",
     "{maps:[{name:s,title?:s,view:s,made:b,nodes:i,links?:i,laid_"
     "out:b,revision:i,changed?:s}]}"},
    {API_GET, "maps/+", "at ports:i brief:i shown:i open fold", "",
     "+{name:s,view:s,revision:i,title?:s,prefix?:s,up?:s,nodes:[M"
     "apNode],links:[MapLink],*:*}"},
    {API_POST, "maps", "", "{name:s}", "Edits"},
    {API_POST, "maps/+", "replace:i", "*/*", "Edits"},
    {API_PATCH, "maps/+", "", "*", "Edits"},
    {API_DELETE, "maps/+", "", "", "{*:*}"},
    {API_GET, "maps/+/edits", "", "", "Edits"},
    {API_GET, "layers", "", "",
     "{vlans:[{vlan:i,name?:s,devices:i}],trees:[Tree]}"},
    {API_GET, "layers/+", "", "",
     "{layer:s,vlan?:i,name?:s,nodes?:*,links?:*,untold?:[s],cloud"
     "s?:{*:{risk:n,level:i}},trees?:[Tree],blocked?:[s],ports?:*,s"
     "ubnets?:[{id:s,name:s}]}"},
    {API_GET, "find", "q", "",
     "{found:[{map:s,view:s,id:s,name:s,kind:s,address?:s,clouds?:"
     "s,leads?:s}]}"},
    {API_GET, "search", "q", "",
     "{devices:[Device],ports:[{device:s,name:s,*:*}],addresses:[*"
     "],*:*}"},
    {API_GET, "alerts/rules", "object", "", "{rules:[{*:*}],object?:s,*:*}"},
    {API_POST, "alerts/rules", "", "RuleSet", "Rules"},
    {API_PATCH, "alerts/rules/+", "", "RuleSet", "Rules"},
    {API_DELETE, "alerts/rules/+", "", "", "Rules"},
    {API_GET, "alerts/ports", "", "", "Ports"},
    {API_PATCH, "alerts/ports", "", "Ports", "Ports"},
    {API_GET, "alerts", "state severity object type q limit:i", "",
     "{alerts:[Alert],total:i,symptoms:i,silenced:i,shelved:i,chan"
     "ged?:s}"},
    {API_GET, "alerts/types", "", "",
     "{types:[{type:s,title:s,class:s,severity:s,model:i,event_typ"
     "e:i,probable_cause:i}]}"},
    {API_GET, "alerts/+", "", "",
     "{" ALERT ",told?:[{receiver:s,severity?:s,at?:s,error?:s,*:*}]}"},
    {API_POST, "alerts/+/ack", "", "?{text?:s}", "Acknowledged"},
    {API_DELETE, "alerts/+/ack", "", "", "Acknowledged"},
    {API_POST, "alerts/+/shelf", "", "{duration:s}", "Acknowledged"},
    {API_DELETE, "alerts/+/shelf", "", "", "Acknowledged"},
    {API_GET, "receivers", "", "", "Receivers"},
    {API_POST, "receivers", "", "ReceiverSet", "Receivers"},
    {API_PATCH, "receivers/+", "", "ReceiverSet", "Receivers"},
    {API_DELETE, "receivers/+", "", "", "Receivers"},
    {API_POST, "receivers/+/test", "", "", "State"},
    {API_GET, "silences", "", "", "{silences:[Silence]}"},
    {API_POST, "silences", "",
     "{object:s,duration:s,from?:s,repeat?:s,text?:s}", "Silence"},
    {API_DELETE, "silences/+", "", "", "{who:s,*:*}"},
    {API_GET, "risk", "all:i limit:i", "", "{all?:Risk,risk:[Risk],total:i}"},
    {API_GET, "risk/+", "", "",
     "{class:s,name:s,risk:n,level:i,level_name:s,value?:i,exposur"
     "e?:i,value_why?:s,exposure_why?:s,formula?:s,alerts?:[*],hig"
     "hest?:n,rest?:n,count?:i,members?:[{name:s,risk:n}],history:"
     "[{at:s,risk:n}],*:*}"},
    {API_POST, "risk/+", "", "{value:i}", "{value:i}"},
    {API_GET, "events",
     "object class type severity source text from to limit:i befor"
     "e:i after:i",
     "", "{events:[Event],next?:i}"},
    {API_GET, "events/histogram",
     "object class type severity source text from to buckets:i", "",
     "{counts:[i],worst:[s|null],from:s,to:s,span_s:n}"},
    {API_GET, "audit",
     "who method operation object status:i text from to limit:i be"
     "fore:i after:i",
     "",
     "{audit:[{id:i,at:s,who:s,method:s,operation:s,object:s,statu"
     "s:i,by:s,from?:s,body?:*,before?:*,after?:*}],next?:i}"},
    {API_GET, "series/+", "", "", "{files:[{series:s,object?:s,file:s}]}"},
    {API_GET, "series/+/+", "from to step max:i", "", "{*:*}"},
    {API_GET, "graphs/+/+", "with from to width:i height:i dark:i stacked:i",
     "", "image/*"},
    {API_GET, "walk", "target oid", "", "text/plain"},
    {API_GET, "get", "target oid", "", "text/plain"},
    {API_GET, "export/+", "", "", "text/tab-separated-values"},
    {API_GET, "mib", "", "", "text/plain"},
    {API_GET, "openapi.json", "", "",
     "{openapi:s,info:{*:*},paths:{*:*},components:{*:*}}"},
    {API_GET, "/metrics", "", "", "text/plain"},
    {API_GET, "/health", "", "", "{status:s}"},
};

const struct described *described_find(const struct api_route *route)
{
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (all[i].method == route->method &&
            strcmp(all[i].pattern, route->pattern) == 0)
            return &all[i];
    return NULL;
}

const struct shape *described_shapes(size_t *count)
{
    *count = COUNT_OF(shapes);
    return shapes;
}
