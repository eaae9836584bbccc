import { statSync } from "node:fs";
import { basename } from "node:path";
import { UsageError } from "../../core/errors.ts";
import type { CalicoSource } from "./calico-source.ts";

/** What `--calico` names: one release for all nodes, and others for some of them. */
export interface CalicoWords {
  readonly source: CalicoSource;
  readonly nodes?: ReadonlyMap<string, CalicoSource>;
}

/** The releases that are to be run one after the other: one, unless the words name several and no nodes. */
export function releasesIn(words: readonly string[]): readonly string[] {
  return words.some((word) => nodeIn(word) !== undefined) ? [] : words;
}

/** What a release is called among others: the name of its file, folder or image. */
export function releaseName(word: string): string {
  return basename(word).replace(/\.tar(\.\w+)?$/, "");
}

/**
 * Reads the words of `--calico`: a folder of programs, an archive or an image, for all nodes; or `a1=…,*=…` for each node by itself,
 * and the star for the rest. UsageError where they say nothing clear.
 */
export function readCalicoWords(words: readonly string[]): CalicoWords {
  const [first, ...others] = words;
  const byNode = words.flatMap((word) => nodeIn(word) ?? []);
  if (first === undefined) throw new UsageError("--calico names no release");
  if (byNode.length === 0 && others.length === 0) return { source: sourceOf(first) };
  if (byNode.length === 0) {
    throw new UsageError(`--calico names ${words.length} releases, and a lab runs one`, {
      fix: "suite runs them one after the other; for one lab say which nodes run which: --calico 'a1=A,*=B'",
    });
  }
  const rest = byNode.filter(({ node }) => node === "*");
  const [star] = rest;
  if (star === undefined || rest.length > 1 || byNode.length < words.length) {
    throw new UsageError(`--calico ${words.join(",")} does not say which release every node runs`, {
      fix: "name nodes and one release for the rest: --calico 'a1=A,*=B'",
    });
  }
  const named = byNode.filter((one) => one !== star);
  return { source: sourceOf(star.word), nodes: new Map(named.map(({ node, word }) => [node, sourceOf(word)])) };
}

/** The word for the nodes that no word names: what all of them run once they have been upgraded. */
export function wordOfTheRest(words: readonly string[]): string {
  const rest = words.flatMap((word) => nodeIn(word) ?? []).find(({ node }) => node === "*");
  if (rest === undefined) throw new RangeError(`${words.join(",")} names no release for the rest of the nodes`);
  return rest.word;
}

/** `a1=…`; what stands before the sign must look like a node, as paths may hold one too. */
function nodeIn(word: string): { readonly node: string; readonly word: string } | undefined {
  const [, node, rest] = /^(\*|[a-z0-9][a-z0-9-]*)=(.+)$/.exec(word) ?? [];
  return node === undefined || rest === undefined ? undefined : { node, word: rest };
}

function sourceOf(word: string): CalicoSource {
  const found = statSync(word, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return { kind: "bin", folder: word };
  if (found !== undefined) return { kind: "archive", file: word };
  if (!/^[./]|\.tar(\.\w+)?$/.test(word)) return { kind: "image", reference: word };
  throw new UsageError(`--calico ${word}: there is no such file or folder`, { fix: "check the path" });
}
