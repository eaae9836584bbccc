import { UsageError } from "../core/errors.ts";
import { holdsObjects, limits, nodePartOf } from "./bundle.ts";

/** Gathers the files of a bundle that anything is read from, within the limits. */
export class FileCollector {
  readonly #name: string;
  readonly #files = new Map<string, string>();
  readonly #notes: string[] = [];
  #entries = 0;
  #held = 0;

  constructor(name: string) {
    this.#name = name;
  }

  get files(): ReadonlyMap<string, string> {
    return this.#files;
  }

  get notes(): readonly string[] {
    return this.#notes;
  }

  /** Counts an entry; true if its content is wanted. Links and odd names never are. */
  wants(path: string, size: number): boolean {
    this.#entries += 1;
    if (this.#entries > limits.entries) throw this.#tooLarge(`more than ${limits.entries} files`);
    const name = path.split("/").at(-1) ?? "";
    const most = nodePartOf(name) !== undefined ? limits.nodeFile : holdsObjects(name) ? limits.objectFile : 0;
    if (most === 0) return false;
    if (!isPlainPath(path)) return this.#passOver(path, "its name leads out of the bundle");
    if (size > most) return this.#passOver(path, `${size} bytes, more than ${most}`);
    if (this.#held + size > limits.held) throw this.#tooLarge(`more than ${limits.held} bytes to read`);
    this.#held += size;
    return true;
  }

  /** A link is not followed, wherever it leads; one that is named like a file that matters is told. */
  passOverLink(path: string): void {
    const name = path.split("/").at(-1) ?? "";
    if (nodePartOf(name) !== undefined || holdsObjects(name))
      this.#passOver(path, "a link, and links are not followed");
  }

  add(path: string, content: Buffer): void {
    // `kubectl exec -t` ends lines as a terminal does.
    this.#files.set(path.replace(/^(\.\/)+/, ""), content.toString("utf8").replaceAll("\r", ""));
  }

  #passOver(path: string, because: string): false {
    // A stranger's name must not move a terminal's cursor.
    this.#notes.push(`not read: ${path.replace(/[\u0000-\u001f\u007f-\u009f]/g, "?").slice(0, 200)} (${because})`);
    return false;
  }

  #tooLarge(what: string): UsageError {
    return new UsageError(`${this.#name} is too large for a bundle of diagnostics: ${what}`, {
      fix: "keep its folders nodes/ and cluster/ alone, without logs",
    });
  }
}

function isPlainPath(path: string): boolean {
  return !path.startsWith("/") && !path.split("/").includes("..") && !path.includes("\0");
}
