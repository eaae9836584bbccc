import { basename, dirname, relative, resolve } from "node:path";
import { groupBy } from "../core/group-by.ts";
import type { Mode } from "../encap/mode.ts";
import { enumeratePaths } from "../encap/enumerate.ts";
import type { Path } from "../encap/path.ts";
import type { Plan } from "../topology/plan.ts";

/** The text of a Mocha suite that proves one path of each kind, and what the topology's incident makes of the paths it names. */
export function newSuite(file: string, plan: Plan, mode: Mode, topology: string): string {
  const name = basename(file, ".suite.ts");
  const paths = enumeratePaths(plan, mode, "full").filter(({ traffic }) => traffic === "pod-to-pod");
  const firsts = [...groupBy(paths, ({ locality, family }) => `${locality} ${family}`).values()].flatMap(
    ([first]) => first ?? [],
  );
  const wrong = (plan.topology.incident ?? []).flatMap(({ node, to }) =>
    paths.filter(({ source, target }) => source.node === node && target.node === to).slice(0, 1),
  );
  const lab = `{ topology: ${JSON.stringify(besides(file, topology))}, mode: "${mode.calicoName}" }`;
  return [
    'import { useLab } from "encaplab";',
    "",
    `describe(${JSON.stringify(name)}, () => {`,
    `  const net = useLab(${lab});`,
    "",
    `  it("is on the wire what ${mode.calicoName} asks", async () => {`,
    `    (await net.prove(${listed(firsts.map(patternOf))})).mustPass();`,
    "  });",
    ...(wrong.length === 0 ? [] : incidentTest(wrong.map(patternOf))),
    "});",
    "",
  ].join("\n");
}

/** A path's id without its mode, which the lab has. */
function patternOf({ id }: Path): string {
  return id.slice(id.indexOf("/") + 1);
}

/** An array as a person would write it in this place: a line for each where there are several. */
function listed(words: readonly string[]): string {
  const [first, ...others] = words.map((word) => JSON.stringify(word));
  if (first === undefined || others.length === 0) return `[${first ?? ""}]`;
  return ["[", ...[first, ...others].map((word) => `      ${word},`), "    ]"].join("\n");
}

/** Turns green with the cluster: take the line with `inject` out to see it so. */
function incidentTest(paths: readonly string[]): readonly string[] {
  return [
    "",
    '  it("stays so with what the bundle shows (red until the cause is gone)", async () => {',
    '    await net.inject("incident");',
    `    (await net.prove(${listed(paths)})).mustPass();`,
    "  });",
  ];
}

/** A topology's file is named from the suite's own folder, so that both can be moved together. */
function besides(file: string, topology: string): string {
  if (!/[/\\]|\.ya?ml$/.test(topology)) return topology;
  const path = relative(dirname(resolve(file)), resolve(topology));
  return path.startsWith(".") ? path : `./${path}`;
}
