import { groupBy } from "../core/group-by.ts";
import { isCalm } from "../switch/calm.ts";
import { pathWithoutMode } from "../switch/stream.ts";
import type { SwitchRecord } from "../switch/switch-record.ts";
import { csvText } from "./csv.ts";
import { changeTitle, renderSwitchSvg } from "./switch-svg.ts";

/** A picture with its numbers. */
type Drawn = Readonly<Record<"name" | "title" | "svg" | "csv", string>>;

/** One picture of all streams through a change, with its figures. */
export function switchPicture(change: SwitchRecord): Drawn {
  const title = `${changeTitle(change)} under traffic`;
  const rows = change.streams.flatMap(({ path, kind, directions, tcp }) =>
    directions.map((direction) => [
      ...[path, kind, direction.direction, direction.before, direction.after, direction.sent, direction.lost],
      ...[direction.duplicated, direction.reordered, direction.gapMs, direction.firstNewMs, direction.lastOldMs],
      ...[direction.leaks.reduce((sum, { packets }) => sum + packets, 0), tcp?.outcome, tcp?.stallMs],
    ]),
  );
  const head = ["path", "stream", "direction", "before", "after", "sent", "lost", "duplicated", "reordered", "gap ms"];
  const csv = csvText([[...head, "first new ms", "last old ms", "leaked", "TCP", "stall ms"], ...rows]);
  const drawn = change.streams.filter(({ kind }) => kind !== "connections");
  const told = drawn.filter((stream) => !isCalm(stream));
  return { name: "switch", title, svg: renderSwitchSvg(title, change, told, drawn.length - told.length), csv };
}

/** A picture of each path through a change, by the path's id. */
export function pathPictures(change: SwitchRecord): ReadonlyMap<string, string> {
  const drawn = change.streams.filter(({ kind }) => kind !== "connections");
  return new Map(
    [...groupBy(drawn, ({ path }) => path)].map(([path, streams]) => {
      const title = `${changeTitle(change)}: ${pathWithoutMode(path)}`;
      return [path, renderSwitchSvg(title, change, streams)] as const;
    }),
  );
}
