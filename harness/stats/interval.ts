/** Two ends of an interval, low and high. */
export type Interval = readonly [number, number];
