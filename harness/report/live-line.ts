import type { Clock } from "../core/clock.ts";
import { formatMs } from "./format.ts";

/** One line at the bottom of a terminal that tells what is going on and for how long. */
export interface LiveLine {
  /** Adds an activity, or restarts its time. */
  begin(activity: string): void;
  end(activity: string): void;
  /** Prints lasting text above the line. */
  print(text: string): void;
  close(): void;
}

export interface LiveLineOptions {
  readonly write: (text: string) => void;
  /** Width of the terminal; the line is cut so that it never wraps. */
  readonly columns: number;
  readonly clock: Clock;
}

/** A spinner that redraws itself until closed; its timer keeps no process alive. */
export function liveLine({ write, columns, clock }: LiveLineOptions): LiveLine {
  const start = clock.now();
  const activities = new Map<string, number>();
  let frame = 0;
  let timer: NodeJS.Timeout | undefined;

  const draw = (): void => {
    const now = clock.now();
    const list = [...activities].map(([name, since]) => `${name} ${formatMs(now - since)}`).join(", ");
    const text = `${frames[frame % frames.length] ?? ""} ${list} · ${formatMs(now - start)} in all`;
    write(`${clearLine}${text.slice(0, Math.max(0, columns - 1))}`);
  };
  const redraw = (): void => {
    if (activities.size > 0) draw();
    else write(clearLine);
  };
  return {
    begin(activity) {
      activities.set(activity, clock.now());
      timer ??= setInterval(() => {
        frame++;
        redraw();
      }, frameMs).unref();
      redraw();
    },
    end(activity) {
      activities.delete(activity);
      redraw();
    },
    print(text) {
      write(`${clearLine}${text}`);
      if (activities.size > 0) draw();
    },
    close() {
      clearInterval(timer);
      timer = undefined;
      activities.clear();
      write(clearLine);
    },
  };
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const frameMs = 100;
const clearLine = "\r\u001b[2K";
