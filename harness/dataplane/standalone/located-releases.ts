import { join } from "node:path";
import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Lab } from "../../lab/lab.ts";
import type { TestedFile } from "../../lab/tested-file.ts";
import type { Requirement } from "../dataplane.ts";
import type { CalicoFiles, CalicoSource } from "./calico-source.ts";
import { locateCalico, type Located } from "./locate.ts";
import type { Release } from "./node-calico.ts";
import type { RuleBackend } from "./node-command.ts";
import { releaseArgv } from "./release-argv.ts";
import { digestOf } from "./unpack-archive.ts";

/** Where releases come from: one for all nodes, and others for some. */
interface Sources {
  readonly source?: CalicoSource;
  readonly nodes?: ReadonlyMap<string, CalicoSource>;
  readonly cache?: string;
}

/** The releases of a lab, each looked for once: an archive is read from one end to the other. */
export interface LocatedReleases {
  /** That of all nodes first. */
  located(): Promise<readonly Located[]>;
  /** LabError where one is not to be had. */
  releaseOn(lab: Lab, rules: RuleBackend): Promise<Release>;
}

/** Looks for releases when they are first asked for. */
export function locatedReleases({ source, nodes = new Map(), cache }: Sources): LocatedReleases {
  const found = new Map<CalicoSource | undefined, Promise<Located>>();
  const locate = (each: CalicoSource | undefined): Promise<Located> => {
    const known = found.get(each) ?? locateCalico(each, cache);
    found.set(each, known);
    return known;
  };
  const known = new Map<CalicoSource | undefined, Promise<Release>>();
  const releaseOf = (each: CalicoSource | undefined, lab: Lab, rules: RuleBackend): Promise<Release> => {
    const release = known.get(each) ?? locate(each).then((located) => read(lab, filesOf(located), rules));
    known.set(each, release);
    return release;
  };
  return {
    located: () => Promise.all([source, ...new Set(nodes.values())].map(locate)),
    releaseOn: async (lab, rules) => {
      const [release, ...others] = await Promise.all(
        [source, ...nodes.values()].map((each) => releaseOf(each, lab, rules)),
      );
      if (release === undefined) throw new TypeError("no release");
      const names = [...nodes.keys()];
      return others.length === 0
        ? release
        : { ...release, others: new Map(others.map((each, i) => [names[i] ?? "", each])) };
    },
  };
}

/** What keeps some nodes from running another release than the rest. */
export function misplaced({ plan, machines }: Lab, nodes: readonly string[]): readonly Requirement[] {
  const unknown = nodes.filter((name) => !plan.nodes.some((node) => node.name === name));
  const known = plan.nodes.map(({ name }) => name).join(", ");
  return [
    ...unknown.map((name) => ({ reason: `the lab has no node ${name}`, fix: `--calico names nodes of ${known}` })),
    ...(nodes.length > 0 && machines !== undefined
      ? [
          {
            reason: "machines carry one release of Calico for all of them",
            fix: "take a provider whose nodes are namespaces of this host",
          },
        ]
      : []),
  ];
}

function filesOf(located: Located): CalicoFiles {
  if ("files" in located) return located.files;
  throw new LabError(located.problem.what, { fix: located.problem.fix });
}

async function read(lab: Lab, files: CalicoFiles, rules: RuleBackend): Promise<Release> {
  const [version, bird] = await Promise.all([versionOf(lab, files), birdOf(lab, files)]);
  const tested = await testedOf(files, version);
  return { files, rules, version, tested, ...(bird === undefined ? {} : { bird }) };
}

/** By content, whatever they came in. */
async function testedOf(
  { root = "", calicoNode, cniPlugin, bgp, archive }: CalicoFiles,
  version: string,
): Promise<readonly TestedFile[]> {
  const programs = {
    "calico-node": calicoNode,
    "CNI plugin calico": cniPlugin,
    ...(bgp === undefined ? {} : { "bird of Calico": bgp.bird }),
  };
  const digests = Object.entries(programs).map(async ([name, path]) => {
    return { name: `${name} ${version}`, sha256: await digestOf(join(root, path)) };
  });
  return [...(archive === undefined ? [] : [archive]), ...(await Promise.all(digests))];
}

/** "v3.32.1", as the program itself says. */
async function versionOf(lab: Lab, { calicoNode, root }: CalicoFiles): Promise<string> {
  const { stdout } = await runnerOf(lab).run(releaseArgv(calicoNode, root));
  return /v\d+\.\d+\.\d+\S*/.exec(stdout)?.[0] ?? stdout.trim().split("\n")[0] ?? "";
}

/** "v0.3.3+birdv1.6.8"; undefined where there is no BIRD, or none that says so. */
async function birdOf(lab: Lab, { bgp, root }: CalicoFiles): Promise<string | undefined> {
  if (bgp === undefined) return undefined;
  const { stdout, stderr } = await runnerOf(lab).tryRun(releaseArgv(bgp.bird, root, "--version"));
  return /BIRD version (\S+)/.exec(stdout + stderr)?.[1];
}

/** On this host even where nodes are machines, which would take a second to load a program: they run the same files. */
function runnerOf(lab: Lab): Executor {
  const executor = lab.machines?.host ?? lab.nodes[0]?.executor;
  if (executor === undefined) throw new LabError(`lab ${lab.runId} has no node`);
  return executor;
}
