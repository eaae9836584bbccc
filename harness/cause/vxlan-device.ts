import { ofTroubles } from "./of-troubles.ts";

/** A tunnel device is not as Felix makes it. */
export const tunnelDeviceWrong = ofTroubles({
  name: "vxlan-device",
  issues: ["#10692", "#6383", "#3271", "#10901"],
  fix: "delete the device (ip link del): Felix makes it again as it must be; see who else changes it",
  chosen: ({ kind }) => kind === "device",
  sentence: (node, troubles) =>
    `${node}: ${troubles
      .slice(0, 2)
      .map(({ text }) => text)
      .join("; ")}`,
});
