/** Names of sets and what is in them, shortened: "@blocked" to "198.18.1.11, 198.18.2.0/24, …". */
export type SetMembers = ReadonlyMap<string, string>;

/** Members that are told: a list of thousands says no more than its first few. */
const mostTold = 4;

/** Reads `nft list ruleset`, whose lists of elements may be cut short, by "table" ("ip x") and name ("@blocked"). */
export function nftSetMembers(ruleset: string): SetMembers {
  const found = new Map<string, string>();
  let table = "";
  let set = "";
  let open: string[] | undefined;
  const close = (isWhole: boolean): void => {
    if (open !== undefined) found.set(`${table} @${set}`, shortened(open.join(" "), isWhole));
    open = undefined;
  };
  for (const line of ruleset.split("\n").map((raw) => raw.trim())) {
    const [word = "", ...rest] = line.split(" ");
    const isMember = open !== undefined && !["table", "chain", "set", "map", "}", ""].includes(word);
    if (!isMember) close(false);
    if (word === "table") table = rest.slice(0, 2).join(" ");
    if (word === "set" || word === "map") set = rest[0] ?? "";
    if (line.startsWith("elements = {")) open = [line.slice("elements = {".length)];
    else if (isMember) open?.push(line);
    if (open?.at(-1)?.endsWith("}") === true) close(true);
  }
  close(false);
  return found;
}

/** Reads `ipset save`, which may be cut short, by name. */
export function ipsetMembers(saved: string): SetMembers {
  const found = new Map<string, string[]>();
  for (const [, name = "", member = ""] of saved.matchAll(/^add (\S+) (\S+)/gm))
    found.set(name, [...(found.get(name) ?? []), member]);
  return new Map([...found].map(([name, members]) => [name, shortened(members.join(", "), true)]));
}

/** What a set's elements say beside themselves: how long they stay, what they counted. */
const aside = /\s+(?:counter packets|timeout|expires|comment|limit|quota|ct count)\b.*$/;

function shortened(elements: string, isWhole: boolean): string {
  const members = elements
    .replace(/\}\s*$/, "")
    .replaceAll(/"[^"]*"/g, "")
    .split(",")
    .map((member) => member.trim().replace(aside, ""))
    .filter((member) => member !== "");
  const told = members.slice(0, mostTold);
  return [...told, ...(isWhole && told.length === members.length ? [] : ["…"])].join(", ");
}
