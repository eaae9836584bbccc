/**
 * What a capture of probes may take. Bytes kept of each packet: outer headers, VXLAN, inner headers and the ping's token fit twice. Packets
 * per node after which it ends by itself: some 100 MB, far above what probes send.
 */
export const captureLimits = { snaplen: 256, maxPackets: 400_000 } as const;
