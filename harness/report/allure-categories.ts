import { Status } from "allure-js-commons";
import type { Cause } from "../cause/cause.ts";
import type { RunRecord } from "../run/record.ts";
import type { Category } from "../verify/verdict.ts";

/** An Allure category as categories.json holds it. */
export interface AllureCategory {
  readonly name: string;
  readonly description: string;
  readonly messageRegex: string;
  readonly matchedStatuses: Status[];
}

/** The message by which Allure sorts a test into its category. */
export function categorized(category: Category, message: string): string {
  return `${category}: ${message}`;
}

/** The message by which Allure sorts a failure that a cause explains into the category of that cause. */
export function causedBy({ sentence }: Pick<Cause, "sentence">): string {
  return `cause: ${sentence}`;
}

/** What a category means, in one sentence. */
export function meaningOf(category: Category): string {
  return meanings[category];
}

/**
 * One Allure category per cause that a run found, named by it, whatever its failures look like; then one per kind of trouble.
 * Allure matches the whole message, line ends included.
 */
export function allureCategories({ scenarios }: Pick<RunRecord, "scenarios">): AllureCategory[] {
  const sentences = new Set(scenarios.flatMap(({ causes = [] }) => causes.map(({ sentence }) => sentence)));
  const caused = [...sentences].map((sentence) => ({
    name: sentence,
    description: "One cause explains these failures; each test says what it looks like there.",
    messageRegex: escapeRegex(causedBy({ sentence })),
    matchedStatuses: [Status.FAILED],
  }));
  const kinds = Object.entries(meanings).map(([name, description]) => ({
    name,
    description,
    messageRegex: `${name}: .*`,
    matchedStatuses: [brokenOnly.has(name) ? Status.BROKEN : Status.FAILED],
  }));
  return [...caused, ...kinds];
}

/** Java and JavaScript read expressions; what is special in both is taken literally. */
function escapeRegex(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

const brokenOnly: ReadonlySet<string> = new Set<Category>(["inconclusive", "lab trouble"]);

const meanings: Readonly<Record<Category, string>> = {
  leak: "Packets of this path appeared where none may, or left without the encapsulation they must have.",
  "needless encapsulation": "Packets were encapsulated on a path that must be plain.",
  asymmetric: "The two directions of a path took different forms.",
  "wrong outer address": "The outer headers do not name the two nodes, or the VXLAN header is wrong.",
  "wrong outer header":
    "DSCP, ECN, TTL, DF, checksum or source ports of the outer header are not as Linux makes them for Calico's device.",
  "wrong checksum": "An IP, UDP, TCP or ICMP checksum is wrong, and was not left to the device.",
  "wrong next hop": "Frames between nodes bear another MAC than those of their last and their next hop.",
  "wrong source address": "The inner packet, or the server, saw another source address than Calico documents.",
  "not reached": "The probe did not arrive, or no answer came back.",
  "lost on the way": "Fewer packets left a hop than arrived at it.",
  "duplicated on the way": "More packets left a hop than arrived at it.",
  "changed on the way": "Somebody wrote another DSCP or TTL into packets.",
  "size-dependent loss": "Packets of some sizes are lost, and smaller and larger ones pass.",
  "unequal shares": "A backend of several gets no share of a Service's connections, or far too many of them.",
  "flow-dependent loss": "Some flows are lost and others pass, as if one of several equal-cost paths were broken.",
  "answered by another": "Requests were answered by something that is not the path's target.",
  "wrong MTU": "A packet of pod MTU did not fit, or a larger one did.",
  "too costly": "Encapsulation costs more than a limit allows, beyond the noise of the measurement.",
  interrupted: "A change of mode kept packets from arriving for longer than a limit allows.",
  "left behind":
    "A change of mode left something on a node, or did not make something, that a lab born in the mode has.",
  "control plane": "Routes, devices, FDB, neighbors or BGP sessions differ from what the mode must program.",
  assertion: "A test of your own did not find what it asserts.",
  inconclusive: "The captures cannot prove it either way; the reason says what would.",
  "lab trouble": "The lab could not be built, run or torn down; this says nothing about encapsulation.",
};
