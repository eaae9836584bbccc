import { LabError, messageOf } from "../../core/errors.ts";
import type { Scope } from "../../core/scope.ts";
import { settleAll } from "../../core/settle.ts";
import { shellQuote } from "../../exec/quote.ts";
import { recordingExecutor } from "../../exec/recording.ts";
import type { Plan } from "../../topology/plan.ts";
import type { ProviderContext } from "../context.ts";
import { untaggedWires } from "../../lab/untagged-wires.ts";
import type { Capability, Lab, LabLabel, LabNode, LabRef, Problem } from "../../lab/lab.ts";
import type { Provider } from "../provider.ts";
import { checkHosts, commonCapabilities, type HostsCheck, type Post } from "./check-hosts.ts";
import type { ConnectOptions } from "./connect-host.ts";
import { findRecords, labsOf, silenceNotices, type FoundRecord, type Reachable } from "./discover-hosts.ts";
import { withRealDevices } from "../../lab/with-real-devices.ts";
import { findUplinks } from "./find-uplinks.ts";
import { hostExecutor, type HostExecutor } from "./host-executor.ts";
import { hostNamespacePrefix, replaceRecord, type HostRecord } from "./host-record.ts";
import type { Inventory } from "./inventory.ts";
import { matchInventory, type Member } from "./match-inventory.ts";
import { ownerOf } from "../../lab/owner-machine.ts";
import { incompleteLab, noSuchLab, refuseOtherPlan } from "../../lab/identity-errors.ts";
import { takeHost } from "./take-hosts.ts";
import { undoHost } from "./undo-host.ts";
import { walkHosts } from "./walk-hosts.ts";

const name = "hosts";

/** Milliseconds after which connections that no lab holds are closed. */
const idleMs = 2_000;

export interface HostsOptions extends ConnectOptions {
  readonly inventory: Inventory;
  /** Let the hosts' package managers install what is missing; default: name it as a problem. */
  readonly install?: boolean;
  /** Told of what the user should know and no error says: hosts that do not answer, packages that stay. */
  readonly onNotice?: (text: string) => void;
}

/** Provider of labs on existing machines, reached over ssh: nothing is built, and what is changed on them is undone. */
export function hostsProvider(context: ProviderContext, options: HostsOptions): Provider {
  const capabilities = new Set<Capability>();
  const hosts = new Hosts(context, options);
  return {
    name,
    capabilities,
    kernelHas: "the hosts have",
    withheld: untaggedWires,
    check: async (plan) => {
      const { problems, found } = await hosts.check(plan);
      capabilities.clear();
      for (const capability of found) capabilities.add(capability);
      return problems;
    },
    provision: (plan, runId, scope) => hosts.provision(plan, runId, scope),
    label: (lab, label) => hosts.label(lab.runId, label),
    discover: async () => labsOf(await hosts.records(), name),
    attach: (ref, plan) => hosts.attach(ref, plan),
    destroy: ({ runId }) => hosts.undo(runId),
  };
}

/** The machines of one inventory, with one way to each that is shared by all questions to it. */
class Hosts {
  readonly #context: ProviderContext;
  readonly #options: HostsOptions;
  readonly #reachable: readonly Reachable[];

  constructor(context: ProviderContext, options: HostsOptions) {
    this.#context = context;
    this.#options = options;
    this.#reachable = options.inventory.hosts.map((host) => ({
      name: host.name,
      executor: this.#recorded(hostExecutor(host, { ...options, idleMs })),
    }));
  }

  async check(plan: Plan): Promise<{ readonly problems: readonly Problem[]; readonly found: readonly Capability[] }> {
    const { posts, problems } = await this.#look(plan);
    const found = commonCapabilities(posts);
    if (problems.length > 0) return { problems, found };
    const switches = plan.families.map((family) => (family === 4 ? "ipv4/ip_forward" : "ipv6/conf/all/forwarding"));
    const forwards = posts
      .filter(({ role }) => role === "router")
      .every(({ survey }) => switches.every((path) => new Map(survey.settings).get(path) === "1"));
    const real = withRealDevices(plan, devicesIn(plan, posts));
    return { problems: await walkHosts(real, (node) => this.#executor(node), forwards), found };
  }

  async provision(plan: Plan, runId: string, scope: Scope): Promise<Lab> {
    const begun: string[] = [];
    scope.defer(`undo lab ${runId} on its hosts: npm run lab -- down ${runId}`, () => this.undo(runId, begun));
    const owner = await ownerOf(this.#context.ownerPid ?? process.pid);
    const { posts, problems } = await this.#look(plan);
    if (problems.length > 0) throw notReady(problems);
    const onNotice = this.#options.onNotice ?? (() => undefined);
    begun.push(...posts.map((post) => post.name));
    await settleAll(posts.map((post) => takeHost({ plan, runId, owner, onNotice }, post)));
    const real = withRealDevices(plan, devicesIn(plan, posts));
    const unreached = await walkHosts(real, (node) => this.#executor(node), true);
    if (unreached.length > 0) throw notReady(unreached);
    return this.#labOf(real, { runId, owner }, posts, scope);
  }

  async label(runId: string, label: LabLabel): Promise<void> {
    const own = (await this.records()).filter(({ record }) => record.runId === runId);
    if (own.length === 0) throw noSuchLab(runId, "on these hosts");
    await Promise.all(own.map(({ host, record }) => replaceRecord(this.#way(host), { ...record, label })));
  }

  async attach({ runId }: LabRef, plan: Plan): Promise<Lab> {
    const own = (await this.records()).filter(({ record }) => record.runId === runId);
    const [first] = own;
    if (first === undefined) throw noSuchLab(runId, "on these hosts");
    for (const { record } of own) refuseOtherPlan(runId, record, plan);
    const { members } = matchInventory(plan, this.#options.inventory);
    const missing = members.filter((member) => !own.some(({ host }) => host === member.name));
    if (missing.length > 0) throw incompleteLab(runId, `${missing.map(({ name }) => name).join(", ")} missing`);
    return this.#labOf(withRealDevices(plan, devicesRecorded(own)), first.record, members);
  }

  /** Undoes a lab on all hosts; one that resists or is down does not keep it on the others. */
  async undo(runId: string, only?: readonly string[]): Promise<void> {
    const hosts = this.#reachable.filter((host) => only?.includes(host.name) ?? true);
    const undone = await Promise.allSettled(hosts.map(({ executor }) => undoHost(executor, runId)));
    const failures = undone.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
    const [first] = failures;
    if (failures.length === 1) throw first;
    if (failures.length === 0) return;
    throw new LabError(`lab ${runId} could not be undone on ${failures.length} hosts`, {
      tail: failures.map(messageOf).join("\n"),
      cause: first,
      fix: `bring them up, then: npm run lab -- down ${runId}`,
    });
  }

  /** The records of all hosts that answer; throws when none does, and gives notice of those that do not. */
  async records(): Promise<readonly FoundRecord[]> {
    const findings = await findRecords(this.#reachable);
    if (findings.silent.length > 0 && findings.silent.length === this.#reachable.length)
      throw findings.silent[0]?.error;
    for (const notice of silenceNotices(findings)) this.#options.onNotice?.(notice);
    return findings.found;
  }

  async #look(plan: Plan): Promise<HostsCheck> {
    const { members, problems } = matchInventory(plan, this.#options.inventory);
    const posts = members.map((member): Post => ({ ...member, executor: this.#way(member.name) }));
    const looked = await checkHosts(plan, posts, this.#options.install === true);
    return { posts: looked.posts, problems: [...problems, ...looked.problems] };
  }

  #labOf(plan: Plan, id: Pick<HostRecord, "runId" | "owner">, members: readonly Member[], scope?: Scope): Lab {
    const env = { ENCAPLAB_RUN: `${id.runId}:${id.owner.pid}` };
    const nodes = members.map((member): LabNode => {
      // Without a scope nobody closes it.
      const life = scope === undefined ? { idleMs } : {};
      const executor = this.#recorded(hostExecutor(member.host, { ...this.#options, ...life, env, role: member.role }));
      scope?.onLeave(`close ssh to ${member.name}`, () => executor.close());
      const enter = enterHost(member.host);
      return { name: member.name, role: member.role, executor, enter, namespacePrefix: hostNamespacePrefix(id) };
    });
    const of = (role: LabNode["role"]): readonly LabNode[] => nodes.filter((node) => node.role === role);
    return { runId: id.runId, provider: name, plan, nodes: of("node"), routers: of("router"), borrowed: true };
  }

  #recorded(executor: HostExecutor): HostExecutor {
    const { onCommand } = this.#context;
    return onCommand === undefined ? executor : { ...executor, ...recordingExecutor(executor, onCommand) };
  }

  #executor(host: string): HostExecutor | undefined {
    return this.#reachable.find((each) => each.name === host)?.executor;
  }

  #way(host: string): HostExecutor {
    const executor = this.#executor(host);
    if (executor === undefined) throw new LabError(`host ${host} is not in ${this.#options.inventory.source}`);
    return executor;
  }
}

/** As a person logs in, or runs a program there as root on a terminal; in the shell, how they become root is left to them. */
function enterHost({ address, port, user, key, become }: Inventory["hosts"][number]): LabNode["enter"] {
  const login = [
    "ssh",
    ...(port === 22 ? [] : ["-p", String(port)]),
    ...(key === undefined ? [] : ["-i", key]),
    `${user}@${address}`,
  ];
  const asRoot = become === "sudo" ? ["sudo"] : [];
  return (program) => (program === undefined ? login : [...login, "-t", shellQuote([...asRoot, ...program])]);
}

function devicesIn(plan: Plan, posts: HostsCheck["posts"]): Parameters<typeof withRealDevices>[1] {
  const found = new Map(posts.map((post) => [post.name, findUplinks(plan, post, post.survey).devices]));
  return (member) => found.get(member) ?? [];
}

function devicesRecorded(own: readonly FoundRecord[]): Parameters<typeof withRealDevices>[1] {
  const found = new Map(
    own.map(({ host, record }) => [host, record.devices.map((device) => ({ name: device, mac: "" }))]),
  );
  return (member) => found.get(member) ?? [];
}

function notReady(problems: readonly Problem[]): LabError {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) return new LabError(first.what, { fix: first.fix });
  const rows = problems.map(({ what, fix }) => `${what}\n  fix: ${fix}`);
  return new LabError(`the hosts cannot be used: ${problems.length} problems`, { tail: rows.join("\n") });
}
