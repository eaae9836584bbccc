import type { Executor } from "../exec/executor.ts";

/** What a figure of throughput depends on at one device. */
export interface DeviceConditions {
  readonly device: string;
  /** Missing where the device does not exist. */
  readonly mtu?: number;
  /** Offload features (ethtool's names) that are on; empty also where ethtool is missing. */
  readonly offloads: readonly string[];
}

/** The features that decide whether the wire sees packets or frames of up to 64 KiB, and who makes checksums. */
const decisive: readonly string[] = [
  "tcp-segmentation-offload",
  "generic-segmentation-offload",
  "generic-receive-offload",
  "tx-udp_tnl-segmentation",
  "tx-checksumming",
  "rx-checksumming",
];

/** Reads MTU and offloads of devices, with one command. */
export async function readConditions(
  executor: Executor,
  devices: readonly string[],
): Promise<readonly DeviceConditions[]> {
  const script = 'for d; do echo "device $d"; ip -o link show dev "$d"; ethtool -k "$d"; done 2>/dev/null; true';
  const { stdout } = await executor.run(["sh", "-c", script, "sh", ...devices]);
  return parseConditions(stdout);
}

/** Reads blocks of "device NAME", `ip -o link` and `ethtool -k`. */
export function parseConditions(text: string): readonly DeviceConditions[] {
  return text
    .split(/^device /m)
    .slice(1)
    .map((block) => {
      const device = block.slice(0, block.indexOf("\n"));
      const mtu = / mtu (\d+) /.exec(block)?.[1];
      const offloads = decisive.filter((feature) => new RegExp(`^\\s*${feature}: on`, "m").test(block));
      return { device, ...(mtu === undefined ? {} : { mtu: Number(mtu) }), offloads };
    });
}
