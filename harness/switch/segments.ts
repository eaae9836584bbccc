import type { Place } from "./place.ts";
import { Wayside } from "./wayside.ts";

/** A segment of a connection as one tap sees it. */
export interface Segment {
  /** As on the wire. */
  readonly sequence: number;
  /** Of payload. */
  readonly bytes: number;
  readonly isReset: boolean;
  /** The server sent it. */
  readonly isAnswer: boolean;
}

/** Data of one direction of a long TCP connection, segment by segment: where it was sent and where it arrived. Times are epoch seconds. */
export class Segments {
  readonly wayside = new Wayside();
  /** What of the answers strayed. */
  readonly answers = { wayside: new Wayside() };
  readonly sent: { readonly at: number; readonly from: number; readonly to: number }[] = [];
  readonly arrived: { readonly at: number; readonly to: number }[] = [];
  /** When a segment with RST was seen at either end (RFC 9293 3.5.3). */
  resetAt: number | undefined;
  #base: number | undefined;

  /** Notes a segment at one tap. Sequence numbers wrap, so all count from the first that was seen. */
  note(place: Place, segment: Segment, at: number, form: number): void {
    if (place.isUnderlay) (segment.isAnswer ? this.answers : this).wayside.note(place, at, form);
    if (segment.isReset && (place.isFirst || place.isLast)) this.resetAt ??= at;
    if (segment.bytes === 0 || segment.isAnswer) return;
    this.#base ??= segment.sequence;
    const from = (segment.sequence - this.#base) | 0;
    const to = from + segment.bytes;
    if (place.isFirst) this.sent.push({ at, from, to });
    if (place.isLast) this.arrived.push({ at, to });
  }
}
