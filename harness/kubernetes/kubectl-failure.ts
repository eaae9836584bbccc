import { LabError } from "../core/errors.ts";
import type { CommandResult } from "../exec/executor.ts";
import { shellQuote } from "../exec/quote.ts";
import { unreachable } from "./patience.ts";

/** What kubectl says when something is wrong, what that means, and what to do. The first that fits counts. */
const meanings: readonly { readonly says: RegExp; readonly means: (match: RegExpExecArray) => string; fix: string }[] =
  [
    {
      says: /context "?([^"\n]*?)"? does not exist|context was not found for specified context: (\S+)/,
      means: (match) => `the kubeconfig has no context ${match[1] ?? match[2] ?? ""}`,
      fix: "kubectl config get-contexts lists them; choose one with --context",
    },
    {
      says: /stat (\S+): no such file|error loading config file "?([^":]+)/i,
      means: (match) => `the kubeconfig ${match[1] ?? match[2] ?? ""} cannot be read`,
      fix: "give the path of a kubeconfig that you can read with --kubeconfig",
    },
    {
      says: /Unauthorized|must be logged in|provide credentials|certificate has expired|token (has )?expired|executable .* (failed|not found)|getting credentials/i,
      means: () => "the cluster does not accept the kubeconfig's credentials",
      fix: "they may have expired: renew the kubeconfig, then try `kubectl get nodes` with it",
    },
    {
      says: /x509: ([^\n]*)/,
      means: (match) => `the API server's certificate is not trusted: ${match[1] ?? ""}`,
      fix: "use a kubeconfig with this cluster's certificate authority and the server name that it was issued for",
    },
    {
      says: /User "([^"]*)" cannot (\S+) resource "([^"]*)"(?: in API group "([^"]*)")?/,
      means: (match) => `${match[1] ?? ""} may not ${match[2] ?? ""} ${resource(match[3], match[4])}`,
      fix: "grant the permissions that `npm run lab -- doctor --kubeconfig FILE` prints",
    },
    {
      says: /forbidden: ([^\n]*)/i,
      means: (match) => `the cluster forbids it: ${match[1] ?? ""}`,
      fix: "see the admission rules of the cluster; encaplab's namespace must be allowed Pod Security level privileged",
    },
    {
      says: unreachable,
      means: () => "the cluster's API cannot be reached",
      fix: "check that the API server runs and that the kubeconfig's server address leads to it from here",
    },
  ];

/** The error of a kubectl command that failed: what it means where that is known, and what kubectl said. */
export function kubectlFailure(result: CommandResult, where: string, silentMs?: number, server?: string): LabError {
  const { argv, stderr, exitCode } = result;
  // kubectl logs each of its own attempts before it says what is wrong.
  const said = stderr.split("\n").filter((line) => !/^[EWI]\d{4} /.test(line));
  const details = { where, command: shellQuote(argv), tail: said.join("\n").trim().split("\n").slice(-8).join("\n") };
  for (const { says, means, fix } of meanings) {
    const match = says.exec(stderr);
    if (match === null) continue;
    const silent =
      silentMs === undefined || silentMs < 1000 ? "" : `; it has not answered for ${(silentMs / 1000).toFixed(0)} s`;
    return new LabError(`${means(match)}${silent}${server === undefined ? "" : ` (${server})`}`, { ...details, fix });
  }
  return new LabError(`kubectl failed (exit ${exitCode})`, details);
}

/** Whether kubectl says that there is no such kind of resource, or no such object. */
export function saysNotThere({ stderr }: Pick<CommandResult, "stderr">): boolean {
  return /doesn't have a resource type|could not find the requested resource|\(NotFound\)|no matches for kind/.test(
    stderr,
  );
}

function resource(name = "", group = ""): string {
  return group === "" ? name : `${name}.${group}`;
}
