import type { Place } from "./place.ts";
import { Wayside } from "./wayside.ts";

/** The numbered packets of one direction of a stream: when each was sent and delivered, and in which form it left its node. Times are epoch seconds. */
export class Flight {
  readonly wayside = new Wayside();
  /** By number; holes are packets that nobody saw. */
  readonly sentAt: (number | undefined)[] = [];
  readonly heardAt: (number | undefined)[] = [];
  readonly exitForm: (number | undefined)[] = [];
  readonly exitAt: (number | undefined)[] = [];
  duplicated = 0;
  reordered = 0;
  #highest = -1;

  /** Notes a packet at one tap, in the order of that tap's capture. */
  note(place: Place, number: number, at: number, form: number): void {
    if (place.isFirst) this.sentAt[number] ??= at;
    if (place.isExit && this.exitAt[number] === undefined) {
      this.exitAt[number] = at;
      this.exitForm[number] = form;
    }
    if (place.isUnderlay) this.wayside.note(place, at, form);
    if (place.isLast) this.#deliver(number, at);
  }

  #deliver(number: number, at: number): void {
    if (this.heardAt[number] !== undefined) {
      this.duplicated += 1;
      return;
    }
    this.heardAt[number] = at;
    if (number < this.#highest) this.reordered += 1;
    this.#highest = Math.max(this.#highest, number);
  }
}
