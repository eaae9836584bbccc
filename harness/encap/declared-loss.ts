/** How improbable bad luck must be before it is called a fault: a run asks some hundred such questions. */
const badLuck = 1e-6;

/** Loss of a request or of its answer, from the loss in each direction. */
export function roundTripLoss(there: number, back: number): number {
  return 1 - (1 - there) * (1 - back);
}

/** The most packets of so many that a link with this loss may lose by chance; more are lost by something else. */
export function mostLost(sent: number, loss: number): number {
  if (loss <= 0) return 0;
  // Binomial distribution, summed up from no loss.
  let chance = (1 - loss) ** sent;
  let upTo = chance;
  let lost = 0;
  while (lost < sent && 1 - upTo > badLuck) {
    lost += 1;
    chance *= ((sent - lost + 1) / lost) * (loss / (1 - loss));
    upTo += chance;
  }
  return lost;
}

/** How many packets to send over a lossy way so that bad luck can hide no more than half of them: at least `usual`. */
export function packetsFor(usual: number, loss: number): number {
  let packets = usual;
  while (mostLost(packets, loss) * 2 > packets) packets += 1;
  return packets;
}

/** How many packets to send so that at least one arrives: at least `usual`. */
export function packetsForOne(usual: number, loss: number): number {
  return loss <= 0 ? usual : Math.max(usual, Math.ceil(Math.log(badLuck) / Math.log(loss)));
}
