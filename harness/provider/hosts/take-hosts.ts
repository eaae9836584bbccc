import { LabError } from "../../core/errors.ts";
import { shellQuote } from "../../exec/quote.ts";
import type { Plan } from "../../topology/plan.ts";
import { ownNetworks, type SurveyedPost } from "./check-hosts.ts";
import { findUplinks } from "./find-uplinks.ts";
import { parseRecord, replaceRecord, takeScript, type HostRecord } from "./host-record.ts";
import { wantedSettings, writeSettings } from "./host-settings.ts";
import { installArgv, packagesOf, removeArgv } from "../../lab/host-tools.ts";
import type { HostsOwner } from "../../lab/owner-machine.ts";

/** Milliseconds for a package manager. */
const installTimeoutMs = 300_000;

/** A lab that takes hosts. */
export interface Taking {
  readonly plan: Plan;
  readonly runId: string;
  readonly owner: HostsOwner;
  /** Told of what stays on a host when the lab goes: packages. */
  readonly onNotice: (text: string) => void;
}

/** Writes the record, then what it undoes: a host that was taken half-way is found and undone. Gives the host's devices. */
export async function takeHost(taking: Taking, post: SurveyedPost): Promise<HostRecord> {
  const { plan, runId, owner } = taking;
  const { executor, survey, name } = post;
  const { devices } = findUplinks(plan, post, survey);
  const record: HostRecord = {
    version: 1,
    runId,
    member: name,
    owner,
    digest: plan.digest,
    devices: devices.map((device) => device.name),
    saved: survey.settings,
    networks: ownNetworks(plan),
    installed: [],
  };
  const wanted = wantedSettings(post, record.devices, plan.families.includes(6), survey.settings);
  const input = `${takeScript(record)}${writeSettings(wanted)}[ -z "$resisted" ]\n`;
  const result = await executor.tryRun(["sh", "-s"], { input });
  if (result.exitCode === 17) throw inUse(name, executor.where, result.stdout);
  if (result.exitCode !== 0) {
    const tail = `${result.stdout}${result.stderr}`.trim();
    throw new LabError(`${name} could not be set up`, { where: executor.where, tail, fix: "npm run lab -- doctor" });
  }
  return install(taking, post, record);
}

/** Installs what is missing; it stays, because others may have come to need it by the end, and the user is told. */
async function install({ onNotice }: Taking, post: SurveyedPost, record: HostRecord): Promise<HostRecord> {
  const { executor, survey, name } = post;
  const packages = packagesOf(survey.missingTools, survey.distribution);
  const argv = installArgv(packages, survey.distribution);
  if (packages.length === 0 || argv === undefined) return record;
  const withPackages = { ...record, installed: packages };
  await replaceRecord(executor, withPackages);
  await executor.run(argv, { timeoutMs: installTimeoutMs });
  const undo = shellQuote(removeArgv(packages, survey.distribution));
  onNotice(
    `${name}: installed ${packages.join(", ")}, which stay; to remove them there: ${undo} ${packages.join(" ")}`,
  );
  return withPackages;
}

function inUse(name: string, where: string, text: string): LabError {
  const other = parseRecord(text, where);
  return new LabError(`${name} is in use by lab ${other?.runId ?? "(unknown)"}`, {
    where,
    fix: `wait for it, or take it down: npm run lab -- down ${other?.runId ?? ""}`,
  });
}
