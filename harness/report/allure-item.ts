import type { Label, Parameter, Status, StatusDetails } from "allure-js-commons";

/** A test of an Allure report as a value: everything a reader sees of it, before any file is written. */
export interface AllureTest {
  /** Titles of the suites it stands in, outermost first. */
  readonly suites: readonly string[];
  /** What people read. */
  readonly name: string;
  /** What it stays known by from run to run where its name may change; default: the name. */
  readonly id?: string;
  readonly status: Status;
  readonly details?: StatusDetails;
  /** Markdown that stands above the steps; the page takes pictures and styles out of HTML. */
  readonly description?: string;
  readonly labels: readonly Label[];
  readonly parameters?: readonly Parameter[];
  readonly content: readonly AllureContent[];
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly stop: number;
}

/** What a test consists of, in the order in which the page shows it. */
export type AllureContent = AllureStep | AllureAttachment;

/** One question put to a test, with its answer. */
export interface AllureStep {
  readonly kind: "step";
  readonly name: string;
  readonly status: Status;
  readonly details?: StatusDetails;
  readonly parameters?: readonly Parameter[];
  readonly content?: readonly AllureContent[];
}

/** Something to open: text made for the report, or a file that is there already. */
export interface AllureAttachment {
  readonly kind: "attachment";
  readonly name: string;
  /** MIME type; the page chooses by it how to show the attachment. */
  readonly type: string;
  readonly body: { readonly text: string } | { readonly file: string };
}

/** An attachment of text. */
export function attachText(name: string, text: string, type = "text/plain"): AllureAttachment {
  return { kind: "attachment", name, type, body: { text } };
}
