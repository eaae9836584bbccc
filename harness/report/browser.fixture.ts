import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pathToFileURL } from "node:url";

/** For tests only: what a browser showed of a page on disk, and what it asked for meanwhile. */
export interface Seen {
  /** All text that is shown. */
  readonly text: string;
  /** Addresses that were asked for, the page's own file left out. */
  readonly requests: readonly string[];
  /** Errors of scripts. */
  readonly errors: readonly string[];
  /** Pixels by which the page is wider than the window. */
  readonly overflow: number;
}

/** How a page is looked at. */
export interface View {
  /** Behind the file: Allure shows by it what is chosen. */
  readonly hash?: string;
  readonly width?: number;
  /** Of the window, and so of the picture; default: 900. */
  readonly height?: number;
  readonly dark?: boolean;
  /** Text without which the page is not ready yet. */
  readonly until?: string;
  /** Where a picture of the window goes, WebP. */
  readonly picture?: string;
}

/** The name of the browser here; undefined where there is none. */
export function browserHere(): string | undefined {
  return ["chromium", "chromium-browser", "google-chrome"].find((name) => spawnSync(name, ["--version"]).status === 0);
}

/** A headless browser, spoken to by Chrome's DevTools protocol over pipes; no port is opened. */
export class Browser {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #waiting = new Map<number, (answer: Message) => void>();
  readonly #listeners = new Set<(event: Message) => void>();
  #last = 0;

  private constructor(child: ChildProcess, profile: string) {
    this.#child = child;
    this.#profile = profile;
    let rest = "";
    (child.stdio[4] as Readable).on("data", (chunk: Buffer) => {
      const parts = (rest + chunk.toString()).split("\0");
      rest = parts.pop() ?? "";
      for (const part of parts) this.#take(JSON.parse(part) as Message);
    });
  }

  static async start(program: string): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), "encaplab-browser-"));
    const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"];
    const quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update"];
    const argv = [...flags, ...quiet, "--remote-debugging-pipe", `--user-data-dir=${profile}`];
    const child = spawn(program, argv, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
    return new Browser(child, profile);
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    await this.#send("Browser.close");
    await ended;
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Opens a page from disk in a window of its own and looks until it is ready. */
  async look(file: string, view: View = {}): Promise<Seen> {
    const { targetId } = await this.#send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.#send("Target.attachToTarget", { targetId, flatten: true });
    const session = String(sessionId);
    const page = pathToFileURL(file).href;
    const requests: string[] = [];
    const errors: string[] = [];
    const listen = ({ method, params, sessionId: from }: Message): void => {
      if (from !== session) return;
      if (method === "Network.requestWillBeSent") requests.push((params as Requested).request.url);
      if (method === "Runtime.exceptionThrown") errors.push(JSON.stringify(params));
    };
    this.#listeners.add(listen);
    const send = (method: string, params: object = {}): Promise<Answer> => this.#send(method, params, session);
    for (const domain of ["Network", "Runtime", "Page"]) await send(`${domain}.enable`);
    const { width = 1280, height = 900, dark = false, hash = "" } = view;
    await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: width < 600 });
    const features = [{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }];
    await send("Emulation.setEmulatedMedia", { features });
    await send("Page.navigate", { url: page + hash });
    const text = await this.#textOf(send, view.until);
    const overflow = Number(await valueOf(send, "document.documentElement.scrollWidth - window.innerWidth"));
    if (view.picture !== undefined) {
      const { data } = await send("Page.captureScreenshot", { format: "webp", quality: 75 });
      await writeFile(view.picture, Buffer.from(String(data), "base64"));
    }
    this.#listeners.delete(listen);
    await this.#send("Target.closeTarget", { targetId });
    const foreign = requests.filter((url) => url.split("#", 1)[0] !== page && !/^(data|blob):/.test(url));
    return { text, requests: foreign, errors, overflow };
  }

  async #textOf(send: Send, until: string | undefined): Promise<string> {
    const deadline = Date.now() + readyTimeoutMs;
    for (;;) {
      const ready = await valueOf(send, "document.readyState === 'complete'");
      const text = String(await valueOf(send, "document.body ? document.body.innerText : ''"));
      if (ready === true && (until === undefined || text.includes(until))) return text;
      if (Date.now() > deadline) throw new Error(`the page does not show ${String(until)}:\n${text.slice(0, 3000)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  #send(method: string, params: object = {}, sessionId?: string): Promise<Answer> {
    const id = ++this.#last;
    const session = sessionId === undefined ? {} : { sessionId };
    (this.#child.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, ({ result, error }) => {
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${JSON.stringify(error)}`));
      });
    });
  }

  #take(message: Message): void {
    if (message.id === undefined) for (const listener of this.#listeners) listener(message);
    else this.#waiting.get(message.id)?.(message);
  }
}

/** Milliseconds for a page of some megabytes on a machine that does other things meanwhile. */
const readyTimeoutMs = 30_000;

type Answer = Readonly<Record<string, unknown>>;
type Send = (method: string, params?: object) => Promise<Answer>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: Answer;
  readonly error?: unknown;
  readonly sessionId?: string;
}

interface Requested {
  readonly request: { readonly url: string };
}

async function valueOf(send: Send, expression: string): Promise<unknown> {
  const { result } = await send("Runtime.evaluate", { expression, returnByValue: true });
  return (result as { readonly value?: unknown } | undefined)?.value;
}
