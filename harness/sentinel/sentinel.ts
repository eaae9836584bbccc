import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { findPlaces, lightBeacon, type CapturePlace } from "../capture/capture-folder.ts";
import { fetchFile } from "../capture/fetch-file.ts";
import { longestCaptureSeconds, parseSummary } from "../capture/tcpdump.ts";
import { whenListening } from "../capture/when-listening.ts";
import type { Scope } from "../core/scope.ts";
import { messageOf } from "../core/errors.ts";
import { settleAll } from "../core/settle.ts";
import type { Network } from "../dataplane/dataplane.ts";
import type { TapId } from "../encap/expectation.ts";
import { everybody } from "../lab/everybody.ts";
import { underlayTaps } from "../encap/taps.ts";
import { vniOf } from "../encap/tunnel.ts";
import type { Executor, RunningCommand } from "../exec/executor.ts";
import { runEverywhere } from "../exec/run-everywhere.ts";
import { spawnCommands } from "../exec/spawn-commands.ts";
import { AddressBook } from "./address-book.ts";
import { heartbeatBytes, sentinelFilter } from "./filter.ts";
import { heartbeatsOf, type Heartbeat } from "./heartbeats.ts";
import { linkFilter } from "./link-filter.ts";
import type { LinkLaw } from "./misaddressed.ts";
import { readTap } from "./read-tap.ts";
import { Stations } from "./stations.ts";
import type { TapReport } from "./tap-report.ts";
import { wireOf, type Wire } from "./vlan-tag.ts";

/** Bytes kept of each packet: QinQ, IPv6, UDP, VXLAN, Ethernet, IPv6 and the begin of TCP. */
const snaplen = 192;

/** Kernel buffer in KiB: what gets here is little, or wrong. */
const bufferKiB = 1024;

/** Offending packets of one tap after which nobody needs more: some 8 MB. */
const maxPackets = 40_000;

/** Looks, 20 ms apart, by the last of which the ping must stand in the file. */
const patience = 150;

/** How one listens. */
export interface SentinelOptions {
  /** Folder on this machine for the files. */
  readonly folder: string;
  /** Nodes and routers that must see nothing, and the filter that sees to it. */
  readonly deaf: { readonly nodes: readonly string[]; readonly filter: string };
  /** Addresses of pods between which plain packets are sent on purpose. */
  readonly exempt: readonly (readonly [string, string])[];
}

/** Listens on every tap between nodes until it is told to stop. */
export interface Sentinel {
  /** What it saw that no packet of the mode may look like, tap by tap. */
  stop(): Promise<readonly TapReport[]>;
}

interface Watch {
  readonly tap: TapId;
  readonly wire: Wire;
  readonly executor: Executor;
  /** Path on the node. */
  readonly file: string;
  readonly shared: boolean;
  readonly tcpdump: RunningCommand;
  /** Why nobody listens there: a device that is down, say. */
  readonly failed?: string;
}

/**
 * Starts one cheap capture per uplink and router port: the kernel passes over what is as it must be, so that it may run beside
 * measurements. Ethernet and not cooked, as only there VLAN tags show. Returns when all of them listen.
 */
export async function startSentinel(network: Network, options: SentinelOptions, scope: Scope): Promise<Sentinel> {
  const taps = underlayTaps(network.lab.plan, network.identities);
  // Absolute, as not every shell of a node starts in this process' folder.
  const beacon = await lightBeacon(resolve(options.folder), scope);
  const members = everybody(network.lab).flatMap(({ name: node, executor }) => {
    const own = taps.filter((tap) => tap.node === node);
    return own.length === 0 ? [] : [{ node, executor, taps: own }];
  });
  const places = await findPlaces(members, beacon, scope);
  const macs = new Map(members.map(({ node }, index) => [node, places[index]?.macs]));
  const stations = new Stations(network.lab.plan, ({ node, device }) => macs.get(node)?.get(device));
  const watched = members.flatMap(({ executor, taps: own }, index) => {
    const place = places[index];
    return place === undefined ? [] : own.map((tap) => watchedAt(network, { tap, executor, place, stations }, options));
  });
  const running = await spawnCommands(watched, { longestSeconds: longestCaptureSeconds }, scope);
  const watches = await settleAll(
    watched.map(async ({ tap, wire, executor, file, shared }, index): Promise<Watch> => {
      const tcpdump = running[index];
      if (tcpdump === undefined) throw new RangeError(`nobody listens at ${tap.device} of ${tap.node}`);
      const watch = { tap, wire, executor, file, shared, tcpdump };
      try {
        await whenListening(tcpdump, tap.node, /^tcpdump: listening on /, watched.length);
        return watch;
      } catch (error) {
        // What is wrong with a device is for the verdicts to say.
        return { ...watch, failed: messageOf(error) };
      }
    }),
  );
  return { stop: () => stopAll(network, watches, stations, options) };
}

interface Tapped {
  readonly tap: TapId;
  readonly executor: Executor;
  readonly place: CapturePlace;
  readonly stations: Stations;
}

function watchedAt(
  network: Network,
  { tap, executor, place, stations }: Tapped,
  { deaf, exempt }: SentinelOptions,
): Omit<Watch, "tcpdump"> & { readonly argv: readonly string[] } {
  const file = place.file.replace(/\.pcap$/, `-${tap.device.replaceAll(/[^\w.-]/g, "_")}.pcap`);
  const wire = wireOf(network.lab.plan, tap);
  const links = linkFilter(network.lab.plan, network.identities, stations, tap);
  const filter = deaf.nodes.includes(tap.node)
    ? deaf.filter
    : sentinelFilter(network, tap, exempt, { links, ...(wire.vlan === undefined ? {} : { vlan: wire.vlan }) });
  return { tap, wire, executor, file, shared: place.shared, argv: argvOf(wire, file, filter) };
}

function argvOf({ device }: TapId, file: string, filter: string): readonly string[] {
  return [
    ...["tcpdump", "-i", device, "-p", "-y", "EN10MB", "--immediate-mode", "-U", "-n", "-Z", "root"],
    ...["-s", String(snaplen), "-B", String(bufferKiB), "-c", String(maxPackets), "-w", file, filter],
  ];
}

async function stopAll(
  network: Network,
  watches: readonly Watch[],
  stations: Stations,
  options: SentinelOptions,
): Promise<readonly TapReport[]> {
  const beats = heartbeatsOf(network.lab.plan);
  await sendHeartbeats(
    watches.filter(({ failed }) => failed === undefined),
    beats,
  );
  const { lab, identities, mode } = network;
  const book = new AddressBook(lab.plan, identities);
  const links: LinkLaw = { stations, book, strangers: lab.borrowed === true };
  const law = {
    mode,
    vni: vniOf(lab.plan),
    book,
    shared: lab.shared === true,
    nodePorts: identities.services.flatMap(({ nodePorts: ports }) =>
      ports === undefined ? [] : [ports.masqueraded, ports.local],
    ),
    exempt: new Set(options.exempt.flatMap(([one, other]) => [`${one} ${other}`, `${other} ${one}`])),
  };
  const beating = new Set(beats.map(({ from, device }) => `${from} ${device}`));
  return settleAll(
    watches.map(async (watch) => {
      const { tap, wire, file, executor, shared, tcpdump, failed } = watch;
      if (failed !== undefined)
        return { tap: wire, packets: 0, offences: [], misaddressed: [], doubts: [`nobody listened there (${failed})`] };
      const { stderr } = await tcpdump.stop("SIGINT");
      const local = shared ? file : join(options.folder, file.split("/").at(-1) ?? "");
      if (!shared) await fetchFile(executor, file, local);
      const mustBeat = beating.has(`${tap.node} ${tap.device}`);
      const laws = { law: { ...law, wire }, links, station: stations.at(tap) };
      const report = await readTap(wire, local, laws, doubtsOf(stderr), mustBeat);
      // What shows nothing astray is of no use to anybody.
      if (report.offences.length + (report.misaddressed ?? []).length === 0) await rm(local, { force: true });
      return report;
    }),
  );
}

/** Each tap's own ping, sent over its device; a place waits until the last of them stands in its files. */
async function sendHeartbeats(watches: readonly Watch[], beats: readonly Heartbeat[]): Promise<void> {
  const placed = [...new Set(watches.map(({ executor }) => executor))].map((executor) => {
    const own = watches.filter((watch) => watch.executor === executor);
    const script = own.flatMap(({ tap, file }, index) => {
      const beat = beats.find(({ from, device }) => from === tap.node && device === tap.device);
      if (beat === undefined) return [];
      const size = `$(wc -c < '${file}')`;
      return [
        `before${index}=${size}`,
        `ping -n -q -c 1 -W 1 -s ${heartbeatBytes} ${beat.to} >/dev/null 2>&1 &`,
        `tries=0; while [ "${size}" = "$before${index}" ] && [ $tries -lt ${patience} ]; do tries=$((tries + 1)); sleep 0.02; done`,
      ];
    });
    return { executor, script: [...script, "wait"].join("\n") };
  });
  await runEverywhere(placed);
}

function doubtsOf(stderr: string): readonly string[] {
  const summary = parseSummary(stderr);
  if (summary === undefined) return [`tcpdump died without its summary: ${stderr.trim().split("\n").at(-1) ?? ""}`];
  const { captured, droppedByKernel } = summary;
  return [
    ...(droppedByKernel > 0 ? [`the kernel dropped ${droppedByKernel} packets`] : []),
    ...(captured >= maxPackets ? [`it was full after ${captured} packets`] : []),
  ];
}
