/**
 * What commands cost before they do anything: `lab list`, and `lab explain` of a small capture, beside Node alone and tshark; and what it
 * costs to list every path of a hundred nodes.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "simple-statistics";
import { ethernet, ipv4, udp } from "../harness/packet/build.ts";
import { IpProtocol } from "../harness/packet/ip-protocol.ts";
import { pcapBytes } from "../harness/packet/write-pcap.ts";
import { processorTime } from "./processor-time.ts";
import { racksOf } from "./racks-of.ts";
import { printFigures, type Figures } from "./row.ts";

const turns = 5;
const bootstrap = join(dirname(fileURLToPath(import.meta.url)), "..", "scripts", "bootstrap.mjs");
const folder = await mkdtemp(join(tmpdir(), "encaplab-bench-"));
try {
  const capture = join(folder, "small.pcap");
  const topology = join(folder, "racks-100.yaml");
  await writeFile(topology, racksOf(100));
  const large = ["--topology", topology, "--mode", "VXLANCrossSubnet", "--profile", "full"];
  await writeFile(capture, pcapBytes([{ bytes: smallFrame(), timeSeconds: 1_700_000_000 }]));
  const commands: Readonly<Record<string, readonly string[]>> = {
    node: [process.execPath, "-e", "0"],
    list: [process.execPath, bootstrap, "lab", "list", "--mode", "all"],
    "list of 100 nodes": [process.execPath, bootstrap, "lab", "list", ...large],
    explain: [process.execPath, bootstrap, "lab", "explain", capture],
    tshark: ["tshark", "-n", "-r", capture],
  };
  const times = new Map<string, number[]>();
  // The first turn fills caches and counts for nobody.
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const [name, argv] of Object.entries(commands)) {
      const seconds = await processorTime(argv);
      if (turn > 0 && seconds !== undefined) times.set(name, [...(times.get(name) ?? []), seconds]);
    }
  }
  report(new Map([...times].map(([name, samples]) => [name, median(samples)])));
} finally {
  await rm(folder, { recursive: true, force: true });
}

function report(seconds: ReadonlyMap<string, number>): void {
  for (const [name, value] of seconds) console.log(`  ${name.padEnd(17)} ${value.toFixed(2)} s of processor time`);
  const figures: Figures = Object.fromEntries(
    ["list", "explain", "list of 100 nodes"].flatMap((name) =>
      (name === "list of 100 nodes" ? ["node"] : ["node", "tshark"]).flatMap((peer) => {
        const [own, other] = [seconds.get(name), seconds.get(peer)];
        if (own === undefined || other === undefined) return [];
        return [[`start-up: ${name} / ${peer}`, { value: own / other, better: "lower", noise: 0.3 }] as const];
      }),
    ),
  );
  printFigures(figures);
}

function smallFrame(): Buffer {
  const addresses = { source: "198.18.1.11", destination: "198.18.2.11", protocol: IpProtocol.udp };
  const datagram = udp({ sourcePort: 1024, destinationPort: 9 }, Buffer.from("hello"));
  return ethernet({ source: "02:00:00:00:00:01", destination: "02:00:00:00:00:02" }, ipv4(addresses, datagram));
}
