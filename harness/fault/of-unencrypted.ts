/** What else turns red where packets go as the pool's mode says in the place of WireGuard. */
export const ofUnencrypted = [
  ...["symmetry", "sentinel", "no-leak", "reached", "conservation", "source-address", "outer-endpoints"],
  "outer-header",
] as const;
