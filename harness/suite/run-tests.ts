import Mocha from "mocha";
import { UsageError } from "../core/errors.ts";
import type { RunListener, TestRecord, Trouble } from "../run/record.ts";
import { troublesOf } from "../run/troubles.ts";
import type { Verdict } from "../verify/verdict.ts";
import type { TestFile } from "./find-suite-files.ts";
import { keepingGlobals } from "./globals.ts";
import { importSuite } from "./import-suite.ts";
import { withSession, TestSession } from "./session.ts";
import type { LabDefaults, LabSource } from "./lab-source.ts";
import { TestLog } from "./test-log.ts";
import { endedVerdict, skippedVerdict, testId, thrownVerdict } from "./test-outcome.ts";

/** What came of Mocha files. */
export interface TestsOutcome {
  readonly tests: readonly TestRecord[];
  /** One for each test. */
  readonly verdicts: readonly Verdict[];
  readonly troubles: readonly Trouble[];
}

/** What the tests of a run work with. */
interface TestServices {
  readonly labs: LabSource;
  readonly listener: RunListener;
  readonly signal: AbortSignal;
  /** Written on everything that comes of it. */
  readonly variant?: string;
}

/** Mocha files that are loaded and can be run: again on each release that a run compares. */
export interface LoadedTests {
  run(services: TestServices): Promise<TestsOutcome>;
  /** Lets go of the files; nothing can be run afterwards. */
  dispose(): void;
}

/** Time limit of a test or hook that sets none: a proof on emulated machines takes a minute, and what hangs hangs for good. */
const defaultTimeoutMs = 600_000;

/** Loads Mocha files; nothing is built yet. UsageError where one cannot be loaded or has no test. */
export async function loadTests(files: readonly TestFile[], defaults: LabDefaults): Promise<LoadedTests> {
  const session = new TestSession(defaults);
  // The base of all reporters prints nothing: reports are made of the record.
  const mocha = new Mocha({ ui: "bdd", timeout: defaultTimeoutMs, reporter: Mocha.reporters.Base });
  mocha.cleanReferencesAfterRun(false);
  const filesOf = await withSession(session, () => keepingGlobals(() => load(mocha, files, session)));
  return {
    run: (services) => {
      session.provide(services.labs);
      return new TestRun(mocha, session, services, filesOf).finish();
    },
    dispose: () => {
      mocha.dispose();
    },
  };
}

/** Loads each file into a suite of its own, so that a test knows its file. */
async function load(
  mocha: Mocha,
  files: readonly TestFile[],
  session: TestSession,
): Promise<ReadonlyMap<Mocha.Suite, TestFile>> {
  const filesOf = new Map<Mocha.Suite, TestFile>();
  for (const file of files) {
    const suite = Mocha.Suite.create(mocha.suite, "");
    filesOf.set(suite, file);
    session.loading = file.file;
    Mocha.interfaces.bdd(suite);
    suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, file.file, mocha);
    const module = await importSuite(file.file);
    suite.emit(Mocha.Suite.constants.EVENT_FILE_REQUIRE, module, file.file, mocha);
    suite.emit(Mocha.Suite.constants.EVENT_FILE_POST_REQUIRE, globalThis, file.file, mocha);
    session.loading = undefined;
    if (suite.total() === 0)
      throw new UsageError("the file has no test", { where: file.file, fix: "write it(…) in a describe(…)" });
  }
  await Promise.all(session.topologies);
  return filesOf;
}

class TestRun {
  readonly #mocha: Mocha;
  readonly #session: TestSession;
  readonly #services: TestServices;
  readonly #filesOf: ReadonlyMap<Mocha.Suite, TestFile>;
  readonly #tests: TestRecord[] = [];
  readonly #verdicts: Verdict[] = [];
  readonly #troubles: Trouble[] = [];
  readonly #told = new Set<Mocha.Test>();
  #startedAt = new Date();
  #telling: Promise<void> = Promise.resolve();

  constructor(mocha: Mocha, session: TestSession, services: TestServices, filesOf: ReadonlyMap<Mocha.Suite, TestFile>) {
    this.#mocha = mocha;
    this.#session = session;
    this.#services = services;
    this.#filesOf = filesOf;
  }

  async finish(): Promise<TestsOutcome> {
    await new Promise<void>((resolve) => {
      const runner = this.#mocha.run(() => {
        resolve();
      });
      this.#listen(runner);
      const abort = (): void => {
        runner.abort();
      };
      this.#services.signal.addEventListener("abort", abort, { once: true });
      if (this.#services.signal.aborted) abort();
    });
    await this.#telling;
    return { tests: this.#tests, verdicts: this.#verdicts, troubles: this.#troubles };
  }

  #listen(runner: Mocha.Runner): void {
    const { EVENT_TEST_BEGIN, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;
    runner.on(EVENT_TEST_BEGIN, () => {
      this.#startedAt = new Date();
    });
    runner.on(EVENT_TEST_PASS, (test) => {
      this.#record(test, (id) => endedVerdict(id, test.title, this.#session.log.forgotten));
    });
    runner.on(EVENT_TEST_PENDING, (test) => {
      this.#record(test, (id) => skippedVerdict(id, test.title, this.#skipReason(test)));
    });
    runner.on(EVENT_TEST_FAIL, (runnable, error: unknown) => {
      if (runnable instanceof Mocha.Test) this.#failed(runnable, error);
      else this.#hookFailed(runnable, error);
    });
  }

  #failed(test: Mocha.Test, error: unknown): void {
    this.#record(test, (id, { file }) => thrownVerdict(id, test.title, error, file));
  }

  /** A hook that fails before tests takes them all with it; one that fails after them is trouble of the lab. */
  #hookFailed(hook: Mocha.Runnable, error: unknown): void {
    const left = testsOf(hook.parent).filter((test) => !this.#told.has(test) && test.state === undefined);
    for (const test of left) this.#failed(test, error);
    if (left.length === 0) this.#troubles.push(...troublesOf(hook.title, error));
  }

  #record(test: Mocha.Test, judge: (id: string, file: TestFile) => Verdict): void {
    const file = this.#fileOf(test);
    if (file === undefined || this.#told.has(test)) return;
    this.#told.add(test);
    const titles = test.titlePath().filter((title) => title !== "");
    const { variant } = this.#services;
    const mark = variant === undefined ? {} : { variant };
    const verdict = { ...judge(testId(file.name, titles), file), ...mark };
    const { commands, proofs, lab } = this.#session.log;
    const record: TestRecord = {
      id: verdict.id,
      ...mark,
      file: file.file,
      titles,
      startedAt: this.#startedAt.toISOString(),
      durationMs: test.duration ?? Date.now() - this.#startedAt.getTime(),
      ...(lab === undefined ? {} : { lab }),
      commands,
      proofs,
    };
    this.#session.log = new TestLog();
    this.#tests.push(record);
    this.#verdicts.push(verdict);
    this.#telling = this.#telling.then(() => this.#services.listener.on({ kind: "test-ended", test: record, verdict }));
  }

  #fileOf(test: Mocha.Runnable): TestFile | undefined {
    return parentsOf(test.parent)
      .map((suite) => this.#filesOf.get(suite))
      .find((file) => file !== undefined);
  }

  #skipReason(test: Mocha.Test): string {
    const reasons = parentsOf(test.parent).map((suite) => this.#session.skips.get(suite));
    return reasons.find((reason) => reason !== undefined) ?? "the test says so";
  }
}

function parentsOf(suite: Mocha.Suite | undefined): readonly Mocha.Suite[] {
  return suite === undefined ? [] : [suite, ...parentsOf(suite.parent)];
}

function testsOf(suite: Mocha.Suite | undefined): readonly Mocha.Test[] {
  return suite === undefined ? [] : [...suite.tests, ...suite.suites.flatMap(testsOf)];
}
