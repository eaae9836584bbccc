/** Prints how many IPv4 packets the node has passed on (RFC 4293, ipForwDatagrams; /proc/net/snmp). */
const passedOn = "awk '/^Ip:/ { value = $7 } END { print value }' /proc/net/snmp";

/** Packets that the culprit passes on before its route changes: more than what goes before the probes, less than what they send. */
export const packetsBefore = 20;

/** Commands of sh(1) that wait until the node has passed on so many packets. */
export const waitForPackets = `start=$(${passedOn}); while [ $(($(${passedOn}) - start)) -lt ${packetsBefore} ]; do sleep 0.02; done`;
