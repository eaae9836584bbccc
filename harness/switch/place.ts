/** What a tap is on the way of one direction of a stream. */
export interface Place {
  /** Where packets come from: what is not seen here was not sent. */
  readonly isFirst: boolean;
  /** Where they are delivered. */
  readonly isLast: boolean;
  /** The uplink of the node that gives them their form. */
  readonly isExit: boolean;
  /** Between nodes: forms are judged here. */
  readonly isUnderlay: boolean;
  readonly tap: string;
  /** Forms that either mode gives to packets between nodes. */
  readonly allowed: ReadonlySet<number>;
  /** Neither mode leads here. */
  readonly offTheWay: boolean;
}
