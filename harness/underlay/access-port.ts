/**
 * An object file for BPF with two programs for tc(8), which do at a port what a switch does for an access port of IEEE 802.1Q; any kernel with
 * cls_bpf can, where a bridge that filters VLANs is an option that not all have. "in": drops what has a tag (__sk_buff.vlan_present), else
 * bpf_skb_vlan_push(htons(0x8100), VLAN). "out": bpf_skb_vlan_pop() where the tag is the VLAN's, else drop. Made by
 * `llvm-mc -triple bpf -filetype=obj` with VLAN 4094.
 */
const programs = [
  "f0VMRgIBAQAAAAAAAAAAAAEA9wABAAAAAAAAAAAAAAAAAAAAAAAAAGgBAAAAAAAAAAAAAEAAAAAAAEAABwABAGESFAAAAAAAVQIGAAAAAAC3AgAAgQAAALcD",
  "AAD+DwAAhQAAABIAAABVAAIAAAAAALcAAAAAAAAAlQAAAAAAAAC3AAAAAgAAAJUAAAAAAAAAYRIUAAAAAAAVAgcAAAAAAGESGAAAAAAAVwIAAP8PAABVAgQA",
  "/g8AAIUAAAATAAAAVQACAAAAAAC3AAAAAAAAAJUAAAAAAAAAtwAAAAIAAACVAAAAAAAAAEdQTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAABIA",
  "AwAAAAAAAAAAAFAAAAAAAAAADgAAABIABAAAAAAAAAAAAFgAAAAAAAAAAC50ZXh0AG91dABpbgB1bnRhZwBsaWNlbnNlAC5zdHJ0YWIALnN5bXRhYgAAAAAA",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABwAAAADAAAAAAAAAAAAAAAAAAAAAAAAADgB",
  "AAAAAAAALAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAQAAAAYAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAEAAAA",
  "AAAAAAAAAAAAAAAACwAAAAEAAAAGAAAAAAAAAAAAAAAAAAAAQAAAAAAAAABQAAAAAAAAAAAAAAAAAAAACAAAAAAAAAAAAAAAAAAAAAcAAAABAAAABgAAAAAA",
  "AAAAAAAAAAAAAJAAAAAAAAAAWAAAAAAAAAAAAAAAAAAAAAgAAAAAAAAAAAAAAAAAAAAUAAAAAQAAAAMAAAAAAAAAAAAAAAAAAADoAAAAAAAAAAQAAAAAAAAA",
  "AAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAJAAAAAIAAAAAAAAAAAAAAAAAAAAAAAAA8AAAAAAAAABIAAAAAAAAAAEAAAABAAAACAAAAAAAAAAYAAAAAAAAAA==",
].join("");

/** Where the number of the VLAN stands in the file: in "in" and in "out". */
const vlanOffsets = [92, 180] as const;

/** sh(1) commands for the fabric's namespace: what comes from a port goes into a VLAN, and nothing but that VLAN goes to it, without tag. */
export function accessPortCommands(bridgePort: string, vlan: number): readonly string[] {
  const filter = (hook: string, section: string): string =>
    `tc filter add dev ${bridgePort} ${hook} bpf direct-action object-file "$access" section ${section}`;
  return [
    "access=$(mktemp)",
    `echo ${programFor(vlan)} | base64 -d >"$access"`,
    `tc qdisc add dev ${bridgePort} clsact`,
    filter("ingress", "in"),
    filter("egress", "out"),
    'rm "$access"',
  ];
}

function programFor(vlan: number): string {
  const file = Buffer.from(programs, "base64");
  for (const offset of vlanOffsets) file.writeUInt32LE(vlan, offset);
  return file.toString("base64");
}
