import { LabError, messageOf } from "../core/errors.ts";
import type { Executor } from "../exec/executor.ts";
import { inNamespace } from "../exec/namespace/namespace.ts";
import type { LabLabel } from "./lab.ts";
import { parseLabel } from "./lab-state.ts";
import { labNamespaces } from "./leftovers.ts";

/** Longest interface alias that the kernel keeps, in bytes (IFALIASZ 256 with its terminator, linux/if.h). */
const aliasBytes = 255;

/** Devices that carry a label: the fabric's lo, and bridges without ports for what does not fit there. */
const carrier = (index: number): string => (index === 0 ? "lo" : `label${index}`);

/** Writes the label as aliases of interfaces in the fabric: it lives and dies with the lab, and needs no state file. */
export async function writeLabel(host: Executor, fabric: string, label: LabLabel): Promise<void> {
  const text = toAscii(JSON.stringify(label));
  const chunks = text.match(new RegExp(`.{1,${aliasBytes}}`, "g")) ?? [];
  const previous = await readCarriers(host, fabric);
  const lines = [
    ...[...previous.keys()].filter((device) => device !== carrier(0)).map((device) => `link del ${device}`),
    ...chunks.flatMap((chunk, index) => [
      ...(index === 0 ? [] : [`link add ${carrier(index)} type bridge`]),
      // ip(8) in batch mode has shell-like quotes but no escapes; JSON with ' as \\u0027 fits between single ones.
      `link set ${carrier(index)} alias '${chunk}'`,
    ]),
  ];
  await inFabric(host, fabric).run(["ip", "-batch", "-"], { input: lines.map((line) => `${line}\n`).join("") });
}

/** The label of a lab; undefined when it never got one. Throws a LabError when what is written there is no label. */
export async function readLabel(host: Executor, fabric: string): Promise<LabLabel | undefined> {
  const carriers = await readCarriers(host, fabric);
  let text = "";
  for (let index = 0; carriers.has(carrier(index)); index += 1) text += carriers.get(carrier(index)) ?? "";
  if (text === "") return undefined;
  try {
    return parseLabel(text);
  } catch (error) {
    throw new LabError(`the label of a lab cannot be read: ${messageOf(error)}`, { where: fabric, tail: text });
  }
}

async function readCarriers(host: Executor, fabric: string): Promise<ReadonlyMap<string, string>> {
  const { exitCode, stdout, stderr } = await inFabric(host, fabric).tryRun(["ip", "-j", "link"]);
  if (exitCode !== 0) {
    // A lab that is being removed while we look has no label; one that is there and does not answer may have any.
    if (!(await labNamespaces()).some(({ name }) => name === fabric)) return new Map();
    throw new LabError(`the label of a lab cannot be read: ${stderr.trim()}`, { where: fabric });
  }
  const links = JSON.parse(stdout || "[]") as readonly { readonly ifname: string; readonly ifalias?: string }[];
  return new Map(
    links.filter(({ ifname }) => /^(lo|label\d+)$/.test(ifname)).map((link) => [link.ifname, link.ifalias ?? ""]),
  );
}

function inFabric(host: Executor, fabric: string): Executor {
  return inNamespace(host, fabric, `fabric (netns ${fabric})`);
}

function toAscii(json: string): string {
  return json.replaceAll(/[^\x20-\x26\x28-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
