import { groupBy } from "../core/group-by.ts";
import { listOf } from "../verify/words.ts";
import type { NodeJudgment } from "../verify/node-troubles.ts";
import type { Trouble } from "../verify/trouble.ts";
import { failuresOf, type Cause, type Incident, type Rule, shownLines } from "./cause.ts";

/**
 * Packets that must be encrypted miss WireGuard: a node lacks the device, the rule, the routes, or others do not know its key. They then
 * take the pool's own form, or none, and arrive, which is why nobody notices.
 */
export const unencrypted: Rule = {
  name: "unencrypted",
  find: (incident) => {
    const found = incident.nodes.flatMap((judgment) =>
      judgment.troubles.filter((trouble) => isEncryption(trouble, judgment)).map((trouble) => ({ judgment, trouble })),
    );
    if (found.length === 0) return [];
    // A node without device is known to none of the others: one cause, told of the node that it is about.
    const own = groupBy(found, nodeOf);
    return [...own].map(([node, all]) => causeOf(incident, node, all));
  },
};

interface Found {
  readonly judgment: NodeJudgment;
  readonly trouble: Trouble;
}

/** The node that a trouble is about: itself, where nobody is encrypted to, otherwise the peer. */
function nodeOf({ judgment: { expected, troubles }, trouble }: Found): string {
  const peers = (expected.encrypted ?? []).flatMap((one) => one.peers.map(({ node }) => node));
  const missed = new Set(troubles.flatMap(({ kind, peer }) => (kind === "encryption" ? (peer ?? []) : [])));
  return trouble.peer === undefined || peers.every((peer) => missed.has(peer)) ? expected.node : trouble.peer;
}

function isEncryption({ kind, text }: Trouble, { expected }: NodeJudgment): boolean {
  if (kind === "encryption") return true;
  return kind === "device" && (expected.encrypted ?? []).some(({ device }) => text.includes(device));
}

function causeOf(incident: Incident, node: string, all: readonly Found[]): Cause {
  const ofItself = all.filter(({ judgment }) => judgment.expected.node === node);
  const others = [...new Set(all.map(({ judgment }) => judgment.expected.node))].filter((name) => name !== node);
  const isItself = ofItself.length > 0;
  const [first] = isItself ? ofItself : all;
  const ends = others.map((other) => `control-plane/${other}`);
  const ofNodes = incident.failed.map(({ id }) => id).filter((id) => ends.some((end) => id.endsWith(end)));
  const paths = isItself ? failuresOf(incident, node) : between(incident, node, others);
  return {
    name: "unencrypted",
    sentence: `${isItself ? node : listOf(others)}: ${first?.trouble.text ?? ""}: packets from and to its pods travel as the pool's mode says, readable on the wire`,
    fix: isItself
      ? `see whether ${node} has the wireguard module and calico-node there published a key (Node status.wireguardPublicKey)`
      : `see whether the key of ${node} is in its Node's status (wireguardPublicKey), and whether calico-node on ${listOf(others)} has read it`,
    issues: ["#3760", "#8039"],
    evidence: all.map(({ judgment, trouble }) => `${judgment.expected.node}: ${trouble.text}`).slice(0, shownLines),
    explains: [...new Set([...paths, ...ofNodes])],
  };
}

/** Failures on paths between a node and some others. */
function between(incident: Incident, node: string, others: readonly string[]): readonly string[] {
  const own = new Set(failuresOf(incident, node));
  return failuresOf(incident, ...others).filter((id) => own.has(id));
}
