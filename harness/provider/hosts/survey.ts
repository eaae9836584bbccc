import { CommandError } from "../../exec/command-error.ts";
import { LabError } from "../../core/errors.ts";
import type { Executor } from "../../exec/executor.ts";
import type { Capability } from "../../lab/lab.ts";
import { parseRecord, recordFile, type HostRecord, type SavedSetting } from "./host-record.ts";
import { watchedSettings } from "./host-settings.ts";
import { toolNames } from "../../lab/host-tools.ts";
import { parseTrials, trialScript } from "../../lab/capabilities.ts";

/** A network device of a host. */
export interface HostDevice {
  readonly name: string;
  readonly mtu: number;
  readonly mac: string;
  readonly isUp: boolean;
  /** With prefix: `198.18.1.11/24`. */
  readonly addresses: readonly string[];
}

/** What one look at a host finds. */
export interface Survey {
  readonly isRoot: boolean;
  /** ID and ID_LIKE of os-release. */
  readonly distribution: readonly string[];
  readonly missingTools: readonly string[];
  readonly capabilities: ReadonlySet<Capability>;
  readonly devices: readonly HostDevice[];
  readonly settings: readonly SavedSetting[];
  /** Destinations of the routes of the main table. */
  readonly routes: readonly string[];
  readonly record?: HostRecord;
}

const script = `
echo "uid $(id -u)"
( . /etc/os-release 2>/dev/null && echo "os $ID $ID_LIKE" )
for tool in ${toolNames.join(" ")}; do command -v $tool >/dev/null 2>&1 || echo "missing $tool"; done
[ ! -e ${recordFile} ] || echo "record $(cat ${recordFile} 2>/dev/null)"
unshare -n sh -s <<'END' 2>/dev/null | sed 's/^/can /'
${trialScript}END
cd /proc/sys/net
grep -H '' $(ls -d ${watchedSettings.join(" ")} 2>/dev/null) 2>/dev/null | sed 's/^/set /'
for family in 4 6; do ip -$family route show 2>/dev/null | while read -r line; do echo "route $line"; done; done
echo "addr $(ip -j addr 2>/dev/null)"
`;

/** Looks at a host with one command, as root. Needs nothing but sh there; changes nothing. */
export async function surveyHost(executor: Executor): Promise<Survey> {
  const { stdout } = await asRoot(executor, () => executor.run(["sh", "-s"], { input: script, timeoutMs: 60_000 }));
  const lines = stdout.split("\n");
  const all = (word: string): readonly string[] =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const record = parseRecord(all("record")[0] ?? "", executor.where);
  return {
    isRoot: all("uid")[0] === "0",
    distribution: (all("os")[0] ?? "").split(" ").filter((word) => word !== ""),
    missingTools: all("missing"),
    capabilities: new Set(parseTrials(all("can").join("\n"))),
    devices: parseDevices(all("addr")[0] ?? ""),
    settings: all("set").map((line): SavedSetting => {
      // Devices may have colons in their names, values have none.
      const colon = line.lastIndexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1)];
    }),
    routes: all("route").map(destinationOf),
    ...(record === undefined ? {} : { record }),
  };
}

async function asRoot<T>(executor: Executor, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommandError) || !/^sudo: /m.test(error.result?.stderr ?? "")) throw error;
    throw new LabError("the user cannot become root with passwordless sudo", {
      where: executor.where,
      ...(error.details.tail === undefined ? {} : { tail: error.details.tail }),
      fix: "allow it on that host (a line `USER ALL=(ALL) NOPASSWD: ALL` in /etc/sudoers.d), or log in as root",
    });
  }
}

/** Reads `ip -j addr`. */
export function parseDevices(json: string): readonly HostDevice[] {
  if (json.trim() === "") return [];
  const links = JSON.parse(json) as readonly {
    readonly ifname?: string;
    readonly mtu?: number;
    readonly address?: string;
    readonly flags?: readonly string[];
    readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
  }[];
  return links.flatMap(({ ifname, mtu = 0, address = "", flags = [], addr_info = [] }) =>
    ifname === undefined
      ? []
      : {
          name: ifname,
          mtu,
          mac: address,
          isUp: flags.includes("UP"),
          addresses: addr_info.flatMap(({ local, prefixlen }) =>
            local === undefined ? [] : `${local}/${prefixlen ?? ""}`,
          ),
        },
  );
}

/** `blackhole 198.19.0.0/26 proto 80` and `198.19.0.64/26 via …`: the destination of a line of `ip route`. */
function destinationOf(line: string): string {
  const words = line.split(" ");
  const isType = /^(unicast|blackhole|unreachable|prohibit|throw|local|broadcast|multicast)$/.test(words[0] ?? "");
  return words[isType ? 1 : 0] ?? "";
}
