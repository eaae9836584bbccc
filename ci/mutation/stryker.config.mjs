// How mutants of one folder of harness/ are made and tested: FOLDER=stats. ci/mutation.sh sets it, once per folder.
import { fileURLToPath } from "node:url";

const folder = process.env.FOLDER ?? "stats";
const files = process.env.ONLY ?? "*.ts";

export default {
  plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/mocha-runner"))],
  testRunner: "mocha",
  // The runner's process loads TypeScript as our tests do; nothing is compiled first.
  testRunnerNodeArgs: ["--import", "tsx"],
  mochaOptions: { spec: [`harness/${folder}/**/*.test.ts`], "no-package": true },
  mutate: [`harness/${folder}/**/${files}`, "!**/*.test.ts", "!**/*.fixture.ts", "!**/*.contract.ts"],
  coverageAnalysis: "perTest",
  // What runs once while a module loads (a table of constants) would need a process of its own per mutant. Where tests look at what a
  // before hook has computed, that is "static" too, and must not be left out: it would all look as if no test noticed.
  ignoreStatic: folder !== "observe",
  concurrency: Number(process.env.CONCURRENCY ?? 1),
  // Ten seconds and more for what takes milliseconds: a busy machine must not look like a mutant that was found.
  timeoutMS: 20_000,
  // The captures of docs/wire are what tests of packet/ read.
  ignorePatterns: ["/results", "/dist", "/ci", "/.mutants", "/bench", "/suites", ".git"],
  tempDirName: `.mutants/${folder}`,
  reporters: ["clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportMutants: false },
  jsonReporter: { fileName: `results/mutation/${folder}.json` },
  thresholds: { high: 95, low: 90, break: null },
  allowEmpty: false,
};
