/** When a change was begun, and from when to when traffic was watched; tells times as milliseconds from the change. */
export class Moments {
  /** Epoch seconds. */
  readonly start: number;
  readonly change: number;
  readonly end: number;

  constructor(start: number, change: number, end: number) {
    this.start = start;
    this.change = change;
    this.end = end;
  }

  /** Milliseconds from the change to an epoch time. */
  ms(at: number): number {
    return this.round((at - this.change) * 1000);
  }

  /** To a tenth: captures of different nodes agree no better. */
  round(ms: number): number {
    return Math.round(ms * 10) / 10;
  }
}
