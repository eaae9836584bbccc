import { HarnessError, messageOf } from "../../core/errors.ts";
import { shellQuote } from "../../exec/quote.ts";
import { overlaps, isCidr } from "../../topology/address.ts";
import { externalProblems } from "../../lab/external-problems.ts";
import { uplinkProblems } from "../../lab/uplink-problems.ts";
import type { Plan } from "../../topology/plan.ts";
import type { Capability, Problem } from "../../lab/lab.ts";
import { findUplinks } from "./find-uplinks.ts";
import type { HostExecutor } from "./host-executor.ts";
import { installArgv, packagesOf } from "../../lab/host-tools.ts";
import type { Member } from "./match-inventory.ts";
import { surveyHost, type Survey } from "./survey.ts";
import { dataplaneDevicePattern } from "./undo-host.ts";

/** A machine of a lab with the way to it. */
export interface Post extends Member {
  readonly executor: HostExecutor;
}

/** A machine that answered, and what was found there. */
export interface SurveyedPost extends Post {
  readonly survey: Survey;
}

/** What a look at all hosts gives: those that answered, and every problem of all of them. */
export interface HostsCheck {
  readonly posts: readonly SurveyedPost[];
  readonly problems: readonly Problem[];
}

/** Looks at all hosts side by side; everything that keeps a plan from them is a problem with the host's name and a fix. */
export async function checkHosts(plan: Plan, posts: readonly Post[], mayInstall: boolean): Promise<HostsCheck> {
  const looks = await Promise.all(
    posts.map(async (post) => {
      try {
        return { post, survey: await surveyHost(post.executor) };
      } catch (error) {
        return { post, problem: problemOf(post, error) };
      }
    }),
  );
  return {
    posts: looks.flatMap(({ post, survey }) => (survey === undefined ? [] : { ...post, survey })),
    problems: [
      ...linkProblems(plan),
      ...uplinkProblems(plan),
      ...externalProblems(plan),
      ...looks.flatMap(({ post, survey, problem }) =>
        survey === undefined ? [problem] : hostProblems(plan, post, survey, mayInstall),
      ),
    ],
  };
}

/** Over the same devices the hosts are reached, and others work there. */
function linkProblems({ nodes, topology }: Plan): readonly Problem[] {
  if (nodes.every(({ uplink }) => uplink.link === undefined)) return [];
  const what = "loss, delay and rate cannot be set on the links of existing machines";
  return [{ what, fix: `remove them from ${topology.source}, or use another provider` }];
}

/** Capabilities that all nodes have; routers only forward. */
export function commonCapabilities(posts: readonly SurveyedPost[]): readonly Capability[] {
  const [first, ...others] = posts.filter(({ role }) => role === "node").map(({ survey }) => survey.capabilities);
  return [...(first ?? [])].filter((capability) => others.every((other) => other.has(capability)));
}

/** A connection that failed, as a problem: the error's message has the host's name. */
function problemOf({ name }: Post, error: unknown): Problem {
  if (!(error instanceof HarnessError)) throw error;
  const { fix, cause } = error.details;
  const message = error.message.includes(name) ? error.message : `${name}: ${error.message}`;
  return {
    what: cause === undefined ? message : `${message} (${messageOf(cause)})`,
    fix: fix ?? `log in to ${name} by hand`,
  };
}

function hostProblems(plan: Plan, post: Post, survey: Survey, mayInstall: boolean): readonly Problem[] {
  if (!survey.isRoot) return [notRoot(post)];
  return [
    ...toolProblems(post, survey, mayInstall),
    ...usedProblems(post, survey),
    // Without ip(8) nothing is known of its devices.
    ...(survey.missingTools.includes("ip") ? [] : findUplinks(plan, post, survey).problems),
    ...foreignProblems(plan, post, survey),
    ...(post.role === "node" && plan.families.includes(6) && !survey.capabilities.has("ipv6")
      ? [{ what: `${post.name} has no IPv6, which this plan uses`, fix: "--family 4, or boot it with IPv6" }]
      : []),
  ];
}

function notRoot({ name, host }: Post): Problem {
  const fix = `put \`become: sudo\` under hosts.${name}, or log in as root`;
  return { what: `${host.user} is not root on ${name}`, fix };
}

function toolProblems({ name }: Post, { missingTools, distribution }: Survey, mayInstall: boolean): readonly Problem[] {
  if (missingTools.length === 0) return [];
  const packages = packagesOf(missingTools, distribution);
  const argv = installArgv(packages, distribution);
  if (mayInstall && argv !== undefined) return [];
  const byHand = argv === undefined ? `install the packages ${packages.join(", ")}` : shellQuote(argv);
  const fix =
    argv === undefined ? `on ${name}: ${byHand}` : `on ${name}: ${byHand}; or let it be done: --install-on-hosts`;
  return [{ what: `${name} lacks ${missingTools.join(", ")}`, fix }];
}

function usedProblems({ name }: Post, { record }: Survey): readonly Problem[] {
  if (record === undefined) return [];
  const { runId, owner, member } = record;
  const what = `${name} is in use by lab ${runId} (as ${member}, process ${owner.pid} on ${owner.hostname})`;
  return [{ what, fix: `wait for it, or take it down: npm run lab -- down ${runId}` }];
}

/** What is on a host already and would be taken for the lab's own: it would be removed with it. */
function foreignProblems(plan: Plan, { name, role }: Post, { devices, routes, record }: Survey): readonly Problem[] {
  if (record !== undefined || role === "router") return [];
  const pattern = new RegExp(dataplaneDevicePattern);
  const isForeign = ({ name: device, addresses }: Survey["devices"][number]): boolean =>
    pattern.test(device) || (device === "tunl0" && addresses.length > 0);
  const foreign = devices.filter(isForeign).map((device) => device.name);
  const inside = routes.filter((route) => isCidr(route) && ownNetworks(plan).some((own) => overlaps(own, route)));
  return [
    ...(foreign.length === 0
      ? []
      : [
          {
            what: `${name} has ${foreign.slice(0, 3).join(", ")}: Calico is or was installed there`,
            fix: "use a host without Calico; do not build labs on the nodes of a running cluster",
          },
        ]),
    ...(inside.length === 0
      ? []
      : [
          {
            what: `${name} has a route to ${inside.slice(0, 3).join(", ")}, inside the lab's own pools`,
            fix: "use other pools and services in the topology",
          },
        ]),
  ];
}

/** Networks that belong to a lab alone. */
export function ownNetworks(plan: Plan): readonly string[] {
  return [
    ...plan.topology.pools.filter(({ family }) => plan.families.includes(family)).map(({ cidr }) => cidr),
    ...plan.families.flatMap((family) => plan.topology.services[family] ?? []),
  ];
}
