import { isAddress, normalizeAddress } from "../topology/address.ts";

/** What curl(1) reported through `-w '\n%{json}'`, and the body before it. */
export interface CurlReport {
  /** True for an answer with status 200. */
  readonly answered: boolean;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  readonly body: string;
  /** Bytes of body. */
  readonly bytes: number;
  /** Milliseconds until the connection stood; missing where it never did. */
  readonly connectMs?: number;
  /** Empty where all went well. */
  readonly errors: readonly string[];
}

interface Written {
  readonly response_code: number;
  readonly size_download: number;
  readonly time_connect?: unknown;
  readonly errormsg: string | null;
}

/** Reads the output of curl 7.70 or newer (the first with %{json}); without its JSON, curl died and counts as no answer. */
export function parseCurl(stdout: string, stderr: string): CurlReport {
  const end = stdout.lastIndexOf("\n{");
  const written = end < 0 ? undefined : readWritten(stdout.slice(end + 1));
  if (written === undefined) {
    return { answered: false, status: 0, body: stdout, bytes: 0, errors: [stderr.trim() || "curl printed no report"] };
  }
  const { response_code: status, size_download: bytes, errormsg } = written;
  const failed = errormsg ?? (status === 200 ? undefined : `HTTP status ${status}`);
  const errors = failed === undefined ? [] : [failed];
  const connect = typeof written.time_connect === "number" ? written.time_connect : 0;
  return {
    answered: status === 200 && errormsg === null,
    status,
    body: stdout.slice(0, end),
    bytes,
    ...(connect > 0 ? { connectMs: connect * 1000 } : {}),
    errors,
  };
}

/** Client address that the responder saw, in its one form: without brackets, and IPv4 without the `::ffff:` of dual-stack sockets. */
export function clientAddress(text: string): string {
  const address = text.trim().replace(/^\[(.*)\]$/, "$1");
  return isAddress(address) ? normalizeAddress(address) : address;
}

function readWritten(json: string): Written | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isWritten(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isWritten(value: unknown): value is Written {
  return (
    typeof value === "object" &&
    value !== null &&
    "response_code" in value &&
    typeof value.response_code === "number" &&
    "size_download" in value &&
    typeof value.size_download === "number" &&
    "errormsg" in value &&
    (value.errormsg === null || typeof value.errormsg === "string")
  );
}
