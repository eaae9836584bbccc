/** Positions in a flow from one up to another: an echo's number, a datagram's, or bytes of a TCP stream. */
export interface Stretch {
  readonly from: number;
  /** One past the last. */
  readonly to: number;
}

/** A stretch that was seen, and how many times. */
export interface Piece extends Stretch {
  readonly times: number;
}

/** A stretch, and how many times each of several listeners saw it. */
export interface Row extends Stretch {
  readonly times: readonly number[];
}

/** Adds up stretches of any order and overlap to disjoint pieces in ascending order. */
export function countStretches(stretches: readonly Stretch[]): readonly Piece[] {
  const changes = stretches
    .filter(({ from, to }) => to > from)
    .flatMap(({ from, to }) => [
      { at: from, by: 1 },
      { at: to, by: -1 },
    ])
    .sort((a, b) => a.at - b.at);
  const pieces: Piece[] = [];
  let from = 0;
  let times = 0;
  for (const { at, by } of changes) {
    if (times > 0 && at > from) append(pieces, { from, to: at, times });
    from = at;
    times += by;
  }
  return pieces;
}

/** Puts what several listeners saw side by side, cut wherever one of them saw another number of times. */
export function alignPieces(heard: readonly (readonly Piece[])[]): readonly Row[] {
  const cuts = [...new Set(heard.flatMap((pieces) => pieces.flatMap(({ from, to }) => [from, to])))];
  cuts.sort((a, b) => a - b);
  const places = heard.map(() => 0);
  return cuts.slice(1).flatMap((to, index): Row[] => {
    const from = cuts[index] ?? to;
    const times = heard.map((pieces, listener) => {
      let place = places[listener] ?? 0;
      while ((pieces[place]?.to ?? Infinity) <= from) place += 1;
      places[listener] = place;
      const piece = pieces[place];
      return piece !== undefined && piece.from <= from ? piece.times : 0;
    });
    return times.some((count) => count > 0) ? [{ from, to, times }] : [];
  });
}

/** For each position the larger of two counts: of a packet that enters and leaves by one device, which is seen twice. */
export function mostOf(a: readonly Piece[], b: readonly Piece[]): readonly Piece[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const pieces: Piece[] = [];
  for (const { from, to, times } of alignPieces([a, b])) append(pieces, { from, to, times: Math.max(...times) });
  return pieces;
}

/** Neighbors with the same count become one. */
function append(pieces: Piece[], next: Piece): void {
  const last = pieces.at(-1);
  if (last?.to === next.from && last.times === next.times) pieces[pieces.length - 1] = { ...last, to: next.to };
  else pieces.push(next);
}
