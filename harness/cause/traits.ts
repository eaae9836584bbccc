import { describeForm } from "../encap/describe.ts";
import type { Lot } from "./crossings.ts";
import { listOf } from "../verify/words.ts";

/** What lost packets have in common and the others of the same place have not, in plain words: "only UDP with odd source ports (12 of 24)". */
export function traitsOf(lots: readonly Lot[]): string {
  const whole = split(lots);
  if (whole.passed.length === 0) return `all packets (${sum(whole.lost, "lost")} of ${sum(lots, "came")})`;
  const form = formOf(whole);
  const sameForm = split(form === undefined ? lots : lots.filter(form.includes));
  const kind = kindOf(sameForm);
  const sameKind = split(kind === undefined ? sameForm.all : sameForm.all.filter(kind.includes));
  const family = familyOf(sameKind);
  const alike = split(family === undefined ? sameKind.all : sameKind.all.filter(family.includes));
  const words = [form?.words, kind?.words, family?.words, portsOf(alike), sizeOf(alike), tosOf(alike)].filter(
    (word) => word !== undefined,
  );
  const count = `${sum(alike.lost, "lost")} of ${sum(alike.all, "came")}`;
  if (words.length === 0) return `packets of every kind (${count})`;
  return `only ${form === undefined && kind === undefined ? "packets " : ""}${words.join(" ")}${kind?.more ?? ""} (${count}), while others pass`;
}

/** Packets of a place: those of which some were lost, and those of which some passed. */
interface Split {
  readonly all: readonly Lot[];
  readonly lost: readonly Lot[];
  readonly passed: readonly Lot[];
}

function split(all: readonly Lot[]): Split {
  return { all, lost: all.filter((lot) => lot.lost > 0), passed: all.filter((lot) => lot.came > lot.lost) };
}

function formOf({ lost, passed }: Split): Kind | undefined {
  const forms = [...new Set(lost.map(({ form }) => form))];
  const [form] = forms;
  if (form === undefined || forms.length > 1) return undefined;
  const includes = (lot: Lot): boolean => lot.form === form;
  const others = passed.filter((lot) => !includes(lot));
  return isTelling(lost, passed.filter(includes), others) ? { words: describeForm(form), includes } : undefined;
}

interface Kind {
  readonly words: string;
  /** What stands behind everything else. */
  readonly more?: string;
  readonly includes: (lot: Lot) => boolean;
}

/** Protocol, or which packets of a TCP connection. */
function kindOf({ lost, passed }: Split): Kind | undefined {
  const has = (lots: readonly Lot[], ...kinds: readonly Lot["kind"][]): boolean =>
    lots.some(({ kind }) => kinds.includes(kind));
  if (!has(lost, "ping", "datagram", "data", "ACK")) {
    const first = lost.every(({ came, lost: gone }) => came > gone);
    const names = listOf([...new Set(lost.map(({ kind }) => kind))]);
    const includes = ({ kind }: Lot): boolean => lost.some((lot) => lot.kind === kind);
    if (!first) return { words: `${names}s of TCP`, includes };
    return { words: `the first ${names} of a connection`, more: ", which passes when sent again", includes };
  }
  if (!has(lost, "ping", "datagram", "SYN", "SYN-ACK") && has(passed, "SYN", "SYN-ACK")) {
    const isOpen = (lot: Lot): boolean => lot.protocol === "TCP" && !lot.kind.startsWith("SYN");
    if (!passed.some(isOpen)) return { words: "TCP packets after a connection's SYN", includes: isOpen };
  }
  const protocols = [...new Set(lost.map(({ protocol }) => protocol))];
  const includes = ({ protocol }: Lot): boolean => protocols.includes(protocol);
  const others = passed.filter((lot) => !includes(lot));
  if (!isTelling(lost, passed.filter(includes), others)) return undefined;
  return { words: listOf(protocols), includes };
}

/** One of two families is lost, and the other passes. */
function familyOf({ lost, passed }: Split): Kind | undefined {
  const [family, ...others] = new Set(lost.map((lot) => lot.family));
  if (family === undefined || others.length > 0) return undefined;
  const includes = (lot: Lot): boolean => lot.family === family;
  const other = passed.filter((lot) => !includes(lot));
  return isTelling(lost, passed.filter(includes), other) ? { words: `over IPv${family}`, includes } : undefined;
}

/** Packets below which "all the others pass" may be chance. */
const fewest = 3;

/** Whether it is no accident that none of the others was lost: at the rate of the lost kind at least three of them would have been (1 in 20 that none is). */
function isTelling(lost: readonly Lot[], alike: readonly Lot[], others: readonly Lot[]): boolean {
  const gone = sum(lost, "lost");
  const kept = alike.reduce((total, lot) => total + lot.came - lot.lost, 0);
  return (gone / (gone + kept)) * sum(others, "came") >= fewest;
}

/** Bytes of IP packet that tell lost packets from passed ones. */
function sizeOf({ lost, passed }: Split): string | undefined {
  const [smallest, largest] = [Math.min(...lost.map(sized)), Math.max(...lost.map(sized))];
  const below = passed.filter(({ bytes }) => bytes < smallest);
  const above = passed.filter(({ bytes }) => bytes > largest);
  const most = Math.max(...below.map(sized));
  const alike = passed.filter(({ bytes }) => bytes >= smallest && bytes <= largest);
  if (above.length === 0 && isTelling(lost, alike, below)) return `larger than ${most} bytes`;
  if (alike.length > 0 || sum(above, "came") < fewest) return undefined;
  if (below.length === 0) return `smaller than ${Math.min(...above.map(sized))} bytes`;
  return smallest === largest ? `of ${smallest} bytes` : `of ${smallest} to ${largest} bytes`;
}

function sized({ bytes }: Lot): number {
  return bytes;
}

/** Equal ways are chosen by ports: those of one rest are lost, the others pass. */
function portsOf({ lost, passed }: Split): string | undefined {
  // TCP chooses another way, and so another port of the tunnel, whenever it sends again (sk_rethink_txhash): such a flow tells nothing.
  const portsIn = (lots: readonly Lot[]): readonly number[] => [
    ...new Set(lots.flatMap(({ ports }) => (ports.length === 1 ? ports : []))),
  ];
  const passing = portsIn(passed);
  const losing = portsIn(lost).filter((port) => !passing.includes(port));
  if (losing.length < fewest || passing.length < fewest || losing.length < portsIn(lost).length) return undefined;
  for (const modulus of [2, 4, 8, 16]) {
    const rests = new Set(losing.map((port) => port % modulus));
    const [rest = 0] = rests;
    if (rests.size !== 1 || passing.some((port) => port % modulus === rest)) continue;
    if (modulus === 2) return `with ${rest === 1 ? "odd" : "even"} source ports on the wire`;
    return `with source ports on the wire that are ${rest} modulo ${modulus}`;
  }
  return undefined;
}

function tosOf({ lost, passed }: Split): string | undefined {
  const marks = [...new Set(lost.map(({ tos }) => tos))];
  const [tos = 0] = marks;
  if (marks.length !== 1 || passed.length === 0 || passed.some((lot) => lot.tos === tos)) return undefined;
  return `with DSCP ${tos >> 2}${(tos & 3) === 0 ? "" : ` and ECN ${tos & 3}`}`;
}

function sum(lots: readonly Lot[], what: "came" | "lost"): number {
  return lots.reduce((total, lot) => total + lot[what], 0);
}
