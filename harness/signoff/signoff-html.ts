import { intervalWords, changeWords } from "../report/cost-format.ts";
import { formatFigure } from "../report/format.ts";
import { htmlCell as cell, htmlPage, htmlTable as table, htmlText as text } from "../report/page-html.ts";
import { marks } from "../report/style.ts";
import { element, escapeText } from "../report/xml.ts";
import { coverageTables } from "./coverage-html.ts";
import { groupedFindings } from "./grouped-findings.ts";
import type { SignedCell, Signoff } from "./signoff.ts";
import { causeWords, cellWords, colorOf } from "./status-words.ts";

/** A sign-off as one page: the decision first, then what it rests on. */
export function renderSignoffPage(signoff: Signoff): string {
  const { id, at, decision, verdict, reasons, notes } = signoff;
  const body = [
    text("h1", decision === "go" ? "Go" : "No-go", { class: decision }),
    text("p", verdict, { class: "verdict" }),
    text("p", `Sign-off ${id} · ${at.replace("T", " ").replace(/\.\d+Z$/, " UTC")}`, { class: "faint" }),
    ...section("Why", list(reasons.length > 1 ? reasons : [])),
    ...section("Matrix", matrix(signoff.cells)),
    ...section("Causes", list(causeWords(signoff.cells))),
    ...section("Wrong, inconclusive or waived", findings(signoff)),
    ...section("To be known", list(notes)),
    ...section("Coverage", coverageTables(signoff)),
    ...section("Limits on costs", gates(signoff)),
    ...section("What it costs", costs(signoff)),
    ...section("Against the baseline", differences(signoff)),
    ...section("Waivers", waivers(signoff)),
    ...section("What was tested", tested(signoff)),
    ...section("Runs", runs(signoff)),
  ];
  return htmlPage(`encaplab sign-off ${id}: ${decision}`, body.join("\n"));
}

function section(title: string, content: readonly string[]): readonly string[] {
  return content.length === 0 ? [] : [text("h2", title), ...content];
}

function list(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`<ul>${lines.map((line) => text("li", line)).join("")}</ul>`];
}

function matrix(cells: readonly SignedCell[]): readonly string[] {
  return (["blocking", "informing"] as const).flatMap((group) => {
    const own = cells.filter((one) => one.group === group);
    if (own.length === 0) return [];
    const columns = [...new Set(own.map(({ configuration }) => configuration.title))];
    const rows = [...new Set(own.map(({ mode }) => mode))].map((mode) => [
      text("th", mode, { scope: "row" }),
      ...columns.map((title) => {
        const found = own.find((one) => one.mode === mode && one.configuration.title === title);
        return found === undefined ? cell("not asked", "skip") : cell(cellWords(found), colorOf(found.status));
      }),
    ]);
    const changes = own.flatMap(({ mode, configuration, changed, streak }) => {
      if (changed === undefined || streak?.lastGreen === undefined) return [];
      const what = changed.length === 0 ? "nothing that is recorded changed since" : changed.join("; ");
      return [`${mode} on ${configuration.title}: last green ${streak.lastGreen.at} (${streak.lastGreen.id}); ${what}`];
    });
    return [
      text("h3", group === "blocking" ? "Blocking" : "Informing"),
      table(["", ...columns], rows),
      ...list(changes),
    ];
  });
}

function findings(signoff: Signoff): readonly string[] {
  return groupedFindings(signoff.findings).flatMap(({ first, alike }) => {
    const { status, id, on, check, category = check, expected, observed, reason, waived, group } = first;
    const told = waived === undefined ? group : `waived by ${waived.who} until ${waived.until}: ${waived.reason}`;
    const more = alike === 0 ? "" : `, and ${alike} more alike`;
    const style = waived === undefined ? status : "inconclusive";
    return [
      '<div class="failure">',
      text("h3", `${marks[status]} ${id} — ${category}${more}`, { class: style }),
      table(["expected", "observed"], [[cell(expected), cell(observed, style)]]),
      ...(reason === undefined ? [] : [text("p", reason)]),
      text("p", `${on} · ${told} · run ${first.runs.join(", ")}`, { class: "faint" }),
      "</div>",
    ];
  });
}

function gates({ gates: all }: Signoff): readonly string[] {
  const rows = all.map(({ id, on, expected, observed, status }) => [
    cell(`${marks[status]} ${id}`, status),
    cell(on),
    cell(expected),
    cell(observed),
  ]);
  return rows.length === 0 ? [] : [table(["limit on", "configuration", "allowed", "measured"], rows)];
}

function costs({ costs: all }: Signoff): readonly string[] {
  const rows = all.map((cost) => [
    cell(cost.id),
    cell(cost.on),
    cell(changeWords(cost.ratio)),
    cell(cost.finding === "indicative" ? "indicative" : intervalWords(cost)),
  ]);
  return rows.length === 0 ? [] : [table(["cost", "configuration", "change", "95 %"], rows)];
}

function differences({ baseline }: Signoff): readonly string[] {
  return baseline.flatMap(({ configuration, before, diff, lost }) => {
    const rows = [
      ...diff.verdicts.map((one) => [
        cell(`${one.id} ${one.check}`),
        cell(one.before ?? "not asked"),
        cell(one.after ?? "not asked"),
      ]),
      ...lost.map((id) => [cell(id), cell("certified", "pass"), cell("not any more", "fail")]),
      ...[...diff.overhead, ...diff.mtu, ...diff.convergence].map(({ id, before: old, after, unit }) => [
        cell(id),
        cell(`${formatFigure(old)} ${unit}`),
        cell(`${formatFigure(after)} ${unit}`),
      ]),
      ...diff.costs.map(({ id, change }) => [cell(id), cell("1"), cell(changeWords(change.ratio))]),
    ];
    const title = text("h3", `${before} → ${configuration}`);
    const alike = text("p", `${diff.alike} figures differ by no more than noise`, { class: "faint" });
    return [title, rows.length === 0 ? text("p", "No difference.") : table(["what", "before", "after"], rows), alike];
  });
}

function waivers({ waivers: all }: Signoff): readonly string[] {
  const styles = { "in use": "inconclusive", expired: "fail", "not needed": "skip" };
  const rows = all.map(({ id, check, on, reason, who, until, state, waives }) => [
    cell([id, check, on].filter((part) => part !== undefined).join(" · ")),
    cell(reason),
    cell(who),
    cell(until),
    cell(state === "in use" ? `waives ${waives}` : state, styles[state]),
  ]);
  return rows.length === 0 ? [] : [table(["waiver", "reason", "who", "until", "state"], rows)];
}

function tested({ tested: names, subjects }: Signoff): readonly string[] {
  const rows = subjects.map(({ name, sha256 }) => [cell(name), cell(sha256)]);
  const none = "No digest of a Calico is known: this bundle attests nothing but itself.";
  return [
    text("p", names.join(", ")),
    rows.length === 0 ? text("p", none, { class: "faint" }) : table(["content", "SHA-256"], rows),
  ];
}

/** Of the environment; every tool's release is in signoff.json. */
const named = ["encaplab", "kernel", "os", "Node", "CPUs", "memory"];

function runs({ runs: all }: Signoff): readonly string[] {
  const rows = all.map(({ id, startedAt, seconds, exitCode, command, repeatedBy, environment }) => [
    element("td", {}, [element("a", { href: `runs/${id}/summary.html` }, [escapeText(id)])]),
    cell(startedAt),
    cell(`${formatFigure(seconds)} s`),
    cell(repeatedBy === undefined ? `exit ${exitCode}` : `lab error, repeated by ${repeatedBy}`),
    cell(command),
    cell(named.flatMap((name) => (environment[name] === undefined ? [] : [`${name} ${environment[name]}`])).join(", ")),
  ]);
  return [table(["run", "began", "took", "ended", "command", "environment"], rows)];
}
