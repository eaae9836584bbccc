import type { FilterFact } from "../node-facts.ts";
import { parseIptablesRules, parseNftRules } from "./parse-filter-rules.ts";

/** Statements that change a packet, send it or a copy of it elsewhere, or keep it from being tracked (nft(8), STATEMENTS). */
const changes = /\b(?:dnat|snat|masquerade|redirect|tproxy|notrack|synproxy|reset tcp option|dup to|fwd to)\b| set /;

/** The same of iptables-extensions(8). */
const targets =
  /-j (?:DNAT|SNAT|MASQUERADE|REDIRECT|NETMAP|TPROXY|CT|NOTRACK|TEE|DSCP|TOS|ECN|TTL|HL|TCPMSS|TCPOPTSTRIP|SYNPROXY|CHECKSUM|MARK)\b/;

/** Tables and chains of Calico, of kube-proxy, of the reference dataplane and of what stands for kube-proxy beside real Calico: they change packets by trade. */
const known = /calico|cali-|\bkube-proxy\b|KUBE-|encaplab-services/;

/** Reads `nft list ruleset` for rules of others that change packets. */
export function parseNftRewrites(ruleset: string): readonly FilterFact[] {
  return foreign(parseNftRules(ruleset).filter(({ rule }) => !rule.startsWith("type ") && changes.test(rule)));
}

/** Reads `iptables-save -c` (or ip6tables-save) for the same. */
export function parseIptablesRewrites(saved: string, program: "iptables" | "ip6tables"): readonly FilterFact[] {
  return foreign(parseIptablesRules(saved, program).filter(({ rule }) => targets.test(rule)));
}

/** Devices that a rule names: Calico's may stand in anybody's rule. */
const devices = /\b[io]ifname (?:!= )?(?:\{[^}]*\}|\S+)|\bdevice \S+|\b(?:fwd|dup) to \S+|-[io] \S+/g;

function foreign(rules: readonly FilterFact[]): readonly FilterFact[] {
  return rules.filter(({ where, rule }) => !known.test(where) && !known.test(rule.replace(devices, "")));
}
