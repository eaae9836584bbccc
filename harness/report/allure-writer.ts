import { createHash, randomUUID } from "node:crypto";
import { copyFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Stage, type Attachment, type StepResult, type TestResult } from "allure-js-commons";
import { getEnvironmentLabels, getHostLabel, getSuiteLabels, stringifyEnvInfo } from "allure-js-commons/sdk/reporter";
import type { AllureAttachment, AllureContent, AllureStep, AllureTest } from "./allure-item.ts";

/** What stands in allure-results beside the tests. */
export interface AllureSurroundings {
  readonly environment: Readonly<Record<string, string>>;
  readonly categories: readonly object[];
  readonly executor: object;
}

/**
 * Writes allure-results: one file per test, one per different attachment, and what surrounds them. The folder is emptied
 * first. The writer of allure-js-commons waits for the disk after each of some 450 files, which takes seconds; these
 * files can be made again from run.json at any time, so nothing is lost without.
 */
export async function writeResults(
  resultsDir: string,
  tests: Iterable<AllureTest>,
  surroundings: AllureSurroundings,
  /** Tells a topology's tests from another's in the history. */
  topology: string,
): Promise<number> {
  await rm(resultsDir, { recursive: true, force: true });
  await mkdir(resultsDir, { recursive: true });
  const attachments = attachmentStore(resultsDir);
  let count = 0;
  for (const test of tests) {
    const result = resultOf(test, topology, attachments.add);
    await Promise.all([attachments.written(), writeJson(join(resultsDir, `${result.uuid}-result.json`), result)]);
    count += 1;
  }
  await Promise.all([
    writeFile(join(resultsDir, "environment.properties"), stringifyEnvInfo({ ...surroundings.environment })),
    writeJson(join(resultsDir, "categories.json"), surroundings.categories),
    writeJson(join(resultsDir, "executor.json"), surroundings.executor),
  ]);
  return count;
}

/** Names attachments by what is in them, so that what many tests share is kept once, on disk and in the page. */
function attachmentStore(resultsDir: string): {
  readonly add: (attachment: AllureAttachment) => Attachment;
  readonly written: () => Promise<unknown>;
} {
  const known = new Set<string>();
  let writing: Promise<void>[] = [];
  return {
    add({ name, type, body }) {
      const content = "file" in body ? `file ${body.file}` : `text ${body.text}`;
      const source = `${digest(`${type} ${content}`)}-attachment${extensions[type] ?? ""}`;
      if (!known.has(source)) {
        known.add(source);
        const to = join(resultsDir, source);
        writing.push("file" in body ? copyFile(body.file, to) : writeFile(to, body.text));
      }
      return { name, type, source };
    },
    written() {
      const now = writing;
      writing = [];
      return Promise.all(now);
    },
  };
}

const extensions: Readonly<Record<string, string>> = {
  "text/plain": ".txt",
  "text/html": ".html",
  "text/csv": ".csv",
  "image/svg+xml": ".svg",
  "application/json": ".json",
  "application/vnd.tcpdump.pcap": ".pcap",
};

type Add = (attachment: AllureAttachment) => Attachment;

function resultOf(test: AllureTest, topology: string, add: Add): TestResult {
  const { suites, name, id = name, start, stop, description } = test;
  // Id and history must neither depend on the folder that encaplab runs in nor on the provider or the run.
  const stable = digest(`${topology}\n${suites.join(" ")}\n${id}`);
  return {
    uuid: randomUUID(),
    historyId: stable,
    testCaseId: stable,
    name,
    fullName: [program, ...suites, id].join(" > "),
    titlePath: [program, ...suites],
    status: test.status,
    statusDetails: test.details ?? {},
    stage: Stage.FINISHED,
    ...(description === undefined ? {} : { description }),
    steps: test.content.map((item) => contentOf(item, test, add)),
    attachments: [],
    parameters: [...(test.parameters ?? [])],
    labels: [
      ...getEnvironmentLabels(),
      { name: "framework", value: program },
      { name: "package", value: program },
      getHostLabel(),
      ...test.labels,
      ...getSuiteLabels(suites),
    ],
    links: [],
    start,
    stop,
  };
}

const program = "encaplab";

interface Times {
  readonly start: number;
  readonly stop: number;
}

function contentOf(item: AllureContent, times: Times, add: Add): StepResult {
  return item.kind === "step" ? stepOf(item, times, add) : attachmentStep(item, times, add);
}

function stepOf(step: AllureStep, { start, stop }: Times, add: Add): StepResult {
  return {
    name: step.name,
    status: step.status,
    statusDetails: step.details ?? {},
    stage: Stage.FINISHED,
    steps: (step.content ?? []).map((one) => contentOf(one, { start, stop }, add)),
    attachments: [],
    parameters: [...(step.parameters ?? [])],
    start,
    stop,
  };
}

/** An attachment as a step of its own, so that the page shows it where it stands and not below all steps. */
function attachmentStep(attachment: AllureAttachment, { start, stop }: Times, add: Add): StepResult {
  const { name } = attachment;
  return {
    name,
    statusDetails: {},
    stage: Stage.FINISHED,
    steps: [],
    attachments: [add(attachment)],
    parameters: [],
    start,
    stop,
  };
}

function digest(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function writeJson(file: string, value: unknown): Promise<void> {
  return writeFile(file, JSON.stringify(value));
}
