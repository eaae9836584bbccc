/** What providers withhold whose nodes get their wires from elsewhere: nothing there puts them into VLANs. */
export const untaggedWires = { vlan: "its wires carry no VLAN tags" } as const;
