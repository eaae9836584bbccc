/** Traffic that is counted as plain and may be a tunnel all the same: what it looks like is no proof. */
export interface Suspicion {
  readonly source: string;
  readonly destination: string;
  /** "UDP 9999" */
  readonly port: string;
  readonly looksLike: "ESP" | "OpenVPN" | "STT" | "DTLS" | "Tailscale";
  readonly packets: number;
}

/** Kinds of suspicions that are told apart at most. */
const mostKinds = 100;

/** Counts packets that look like a tunnel's, by their ends. */
export class Suspicions {
  private readonly counted = new Map<string, Suspicion>();

  add(source: string, destination: string, port: string, looksLike: Suspicion["looksLike"], packets = 1): void {
    const key = `${source} ${destination} ${port} ${looksLike}`;
    const known = this.counted.get(key);
    if (known === undefined && this.counted.size >= mostKinds) return;
    this.counted.set(key, { source, destination, port, looksLike, packets: (known?.packets ?? 0) + packets });
  }

  get all(): readonly Suspicion[] {
    return [...this.counted.values()];
  }
}

/** What each look means, and what it is not: "UDP 9999: 12 packets look like ESP …". */
const meanings: Readonly<Record<Suspicion["looksLike"], string>> = {
  ESP: "look like ESP (a first word that stays, a second that counts, then what looks encrypted): perhaps a tunnel, counted as plain",
  OpenVPN:
    "look like OpenVPN's data (its opcode and a peer that stay, then what looks encrypted): perhaps a tunnel, counted as plain",
  STT: "look like later parts of STT's frames, without the first: perhaps a tunnel, counted as plain",
  DTLS: "are DTLS's data, which AnyConnect and others use for tunnels, WebRTC and CoAP for their own: counted as plain",
  Tailscale:
    "are Tailscale's path discovery: its tunnel is WireGuard's, and what it relays over TCP 443 cannot be told",
};

/** A sentence for each kind at each port. */
export function suspicionHints(suspicions: readonly Suspicion[]): string[] {
  const sums = new Map<string, { port: string; looksLike: Suspicion["looksLike"]; packets: number }>();
  for (const { port, looksLike, packets } of suspicions) {
    const key = `${port} ${looksLike}`;
    sums.set(key, { port, looksLike, packets: (sums.get(key)?.packets ?? 0) + packets });
  }
  return [...sums.values()].map(
    ({ port, looksLike, packets }) => `${port}: ${packets} packet${packets === 1 ? "" : "s"} ${meanings[looksLike]}`,
  );
}
