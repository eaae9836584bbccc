import { join } from "node:path";
import type { Executor } from "../../exec/executor.ts";
import { shellQuote } from "../../exec/quote.ts";
import { runScript } from "../../exec/script.ts";
import { logTail } from "./log-tail.ts";
import { bgpServices, entrance, nodeCommand, nodeEnvironment, nodeServices, type NodeCalico } from "./node-command.ts";
import { renderEntrance } from "./private-mounts.ts";
import { startServices } from "../process/supervise.ts";

/** Milliseconds for one of start-up's one-time commands; large Go programs on a busy machine. */
const onceTimeoutMs = 60_000;

/**
 * Starts Calico on a node as the node image's entrypoint does: start-up registers the node and makes what the datastore
 * lacks, then the tunnel addresses, then everything that keeps running.
 */
export async function startNode(executor: Executor, calico: NodeCalico): Promise<void> {
  await prepareFolder(executor, calico);
  const { calicoNode } = calico.files;
  await run(executor, calico, "startup", [calicoNode, "-startup"]);
  const tunnels = [calicoNode, "-allocate-tunnel-addrs", "-allocate-tunnel-addrs-run-once"];
  await run(executor, calico, "tunnel-addresses", tunnels);
  await startServices(executor, calico.folder, nodeServices(calico));
  if (calico.bgp) await startBgp(executor, calico);
}

/** Starts BIRD and confd on a node that runs without them. */
export async function startBgp(executor: Executor, calico: NodeCalico): Promise<void> {
  await writeEntrance(executor, calico);
  await run(executor, calico, "confd-once", [calico.files.calicoNode, "-confd", "-confd-run-once"]);
  await startServices(executor, calico.folder, bgpServices(calico));
}

/**
 * The folder, with stand-ins for what the node image has on its PATH: confd checks configurations with bird and tells
 * runit's sv to make it read them again.
 */
async function prepareFolder(executor: Executor, calico: NodeCalico): Promise<void> {
  const { folder, files } = calico;
  const { bgp } = files;
  const links =
    bgp === undefined
      ? []
      : [`ln -sf ${shellQuote([bgp.bird])} bin/bird`, `ln -sf ${shellQuote([bgp.bird6])} bin/bird6`];
  const copies = bgp === undefined ? [] : [`cp -a ${shellQuote([`${files.root ?? ""}${bgp.confd}`])} etc/confd`];
  const script = [
    `mkdir -p ${shellQuote([folder])}`,
    `cd ${shellQuote([folder])}`,
    "mkdir -p run lib etc hold bin",
    ": >xtables.lock",
    ...links,
    ...copies,
    ...(bgp === undefined ? [] : ["mkdir -p etc/confd/config"]),
    `cat >bin/sv <<'END'\n#!/bin/sh\n[ "$1" = hup ] && exec kill -HUP "$(cat ${join(folder, '"$2".pid')})"\nEND`,
    `ln -sf ${shellQuote([files.cniPlugin])} bin/calico-ipam`,
    "chmod 755 bin/sv",
  ];
  await runScript(executor, script.join("\n"));
  await writeEntrance(executor, calico);
}

/** In one step: a program that is just being started reads the old or the new script, and never half of one. */
async function writeEntrance(executor: Executor, calico: NodeCalico): Promise<void> {
  const { folder, files } = calico;
  const file = entrance(calico);
  const input = renderEntrance(folder, nodeEnvironment(calico), files.root);
  const write = 'cat >"$1.new" && chmod 755 "$1.new" && mv "$1.new" "$1"';
  await executor.run(["sh", "-ec", write, "write-entrance", file], { input });
}

/** Runs a command to its end with its output in a log of that name, of which a failure shows the end. */
async function run(executor: Executor, calico: NodeCalico, name: string, argv: readonly string[]): Promise<void> {
  const log = join(calico.folder, `${name}.log`);
  const command = shellQuote(nodeCommand(calico, argv));
  try {
    await executor.run(["sh", "-c", `exec ${command} >>${shellQuote([log])} 2>&1`], {
      timeoutMs: onceTimeoutMs * calico.patience,
    });
  } catch (error) {
    throw await logTail(error, executor, log);
  }
}
