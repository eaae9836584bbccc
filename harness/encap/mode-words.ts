import { UsageError } from "../core/errors.ts";
import { didYouMean } from "../core/closest-name.ts";
import { modes, poolsMode, type Mode, type PoolMode } from "./mode.ts";

/** Value of --encap: which encapsulation a word without one (Always, CrossSubnet, all) stands for. */
export type EncapWord = "ipip" | "vxlan" | "all";

/** Calico's short words; each stands for every mode with that policy. */
const policyWords: readonly string[] = [...new Set(modes.map(({ policy }) => policy))].sort();

/** Every word that names a mode or several, as Calico spells them. */
const modeWords: readonly string[] = [...policyWords, ...modes.map((mode) => mode.calicoName), "all"];

/**
 * Reads --mode: Calico's words or canonical ids in any case, repeated or comma separated; in canonical order, each once.
 * `encap` leaves out the modes of the other encapsulation. UsageError where a word is unknown or nothing is left.
 */
export function parseModes(words: readonly string[], encap: EncapWord): PoolMode[] {
  const asked = words.flatMap((word) => word.split(",")).map((word) => word.trim());
  if (asked.length === 0 || asked.includes("")) {
    throw new UsageError("--mode names no mode", { fix: `give one of ${modeWords.join(", ")}` });
  }
  const meant = asked.flatMap(modesOfWord);
  const left = modes.filter((mode) => meant.includes(mode) && fits(mode, encap));
  if (left.length === 0) {
    throw new UsageError(`--encap ${encap} leaves no mode of --mode ${asked.join(",")}`, {
      fix: "leave --encap out, or name a mode with that encapsulation",
    });
  }
  return left;
}

/** The mode of that id, which may be the one in which each pool has its own. */
export function modeWithId(id: string): Mode {
  return id === poolsMode.id ? poolsMode : (parseModes([id], "all")[0] ?? poolsMode);
}

/** The option by which commands name a mode. */
export function modeOption(mode: Pick<Mode, "id" | "calicoName">): readonly string[] {
  return mode.id === poolsMode.id ? ["--pools"] : ["--mode", mode.calicoName];
}

function modesOfWord(word: string): readonly PoolMode[] {
  const wanted = word.toLowerCase();
  if (wanted === "all") return modes;
  if (wanted === poolsMode.id) {
    throw new UsageError(`${word} is no mode of all pools`, {
      fix: "say --pools, and give each pool of the topology its encapsulation",
    });
  }
  const found = modes.filter(({ id, calicoName, policy }) =>
    [id, calicoName.toLowerCase(), policy.toLowerCase()].includes(wanted),
  );
  if (found.length > 0) return found;
  const candidates = [...modeWords, ...modes.map((mode) => mode.id)];
  const near = candidates.map((candidate) => candidate.toLowerCase());
  const guess = didYouMean(wanted, near).replace(/mean (.*)\?/, (_, name: string) => {
    return `mean ${candidates[near.indexOf(name)] ?? name}?`;
  });
  throw new UsageError(`unknown mode "${word}"${guess}`, { fix: `give one of ${modeWords.join(", ")}` });
}

/** No encapsulation at all fits either. */
function fits(mode: PoolMode, encap: EncapWord): boolean {
  return encap === "all" || mode.encapsulation === "none" || mode.encapsulation === encap;
}
