import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import { shellQuote } from "../../exec/quote.ts";
import { hostNamespacePrefix, readRecord, recordFile, recordFolder, type HostRecord } from "./host-record.ts";
import { writeSettings } from "./host-settings.ts";

/** Milliseconds to undo all on one host. */
const undoTimeoutMs = 60_000;

/**
 * Undoes on a host what a lab changed there: its processes, namespaces, devices, routes and tables, temporary folders, settings; last
 * the record by which it is found. A host that the lab does not have (any more) is left alone.
 */
export async function undoHost(executor: Executor, runId: string): Promise<void> {
  const record = await readRecord(executor);
  if (record?.runId !== runId) return;
  const result = await executor.tryRun(["sh", "-s"], { input: undoScript(record), timeoutMs: undoTimeoutMs });
  if (result.exitCode === 0) return;
  throw new LabError(`lab ${runId} could not be undone on ${record.member}`, {
    where: executor.where,
    tail: `${result.stdout}${result.stderr}`.trim(),
    fix: `look at what is named there, then again: npm run lab -- down ${runId}`,
  });
}

/** The names that a dataplane's devices have; a host that has such a device before is not taken (see check). */
export const dataplaneDevicePattern = "^(vxlan\\.calico|vxlan-v6\\.calico|cali[0-9a-f]{11})$";

/** What undoes a record: exit code 1 and `left …` lines when something resists; then the record stays. */
function undoScript(record: HostRecord): string {
  return `run=${shellQuote([record.runId])} prefix=${shellQuote([hostNamespacePrefix(record)])}
PATH=$PATH:/usr/sbin:/sbin; export PATH
own() { ip netns list 2>/dev/null | while read -r name _; do case $name in "$prefix"*) echo "$name" ;; esac; done; }
pids() { grep -ls "ENCAPLAB_RUN=$run:" /proc/[0-9]*/environ 2>/dev/null | cut -d/ -f3; for name in $(own); do ip netns pids "$name"; done; }
round=0
while found=$(pids); [ -n "$found" ] && [ $round -lt 50 ]; do
  kill -s KILL $found 2>/dev/null; round=$((round + 1)); sleep 0.1
done
for name in $(own); do ip netns del "$name"; done
devices() { ip -o link show 2>/dev/null | cut -d' ' -f2 | sed 's/[:@].*//' | grep -E '${dataplaneDevicePattern}'; }
for device in $(devices); do ip link del "$device"; done
${record.networks.map((network) => `ip route flush root ${network} 2>/dev/null`).join("\n")}
for family in -4 -6; do ip $family rule del fwmark 0x100000/0x100000 2>/dev/null; done
if [ -e /proc/sys/net/ipv4/conf/tunl0 ]; then ip addr flush dev tunl0; ip link set tunl0 down; fi
for family in ip ip6; do for table in calico calico-reference encaplab-services; do nft delete table $family $table 2>/dev/null; done; done
for kind in iptables-legacy ip6tables-legacy iptables-nft ip6tables-nft; do
  command -v $kind-save >/dev/null || continue
  $kind-save 2>/dev/null | grep -q cali || continue
  $kind-save 2>/dev/null | grep -v -e cali -e '^#' | $kind-restore
done
for set in $(ipset list -n 2>/dev/null | grep ^cali); do ipset destroy $set 2>/dev/null; done
rm -rf /tmp/encaplab-$run.*
${writeSettings(record.saved)}
left=$resisted
for thing in $(own) $(devices) $(pids); do echo "left $thing"; left=1; done
[ -z "$left" ] || exit 1
rm -rf ${recordFolder}/commands
rm ${recordFile} && { rmdir ${recordFolder} 2>/dev/null || true; }
`;
}
