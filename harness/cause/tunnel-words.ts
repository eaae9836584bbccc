/** Whether a device is one of Calico's tunnels. */
export function isTunnelDevice(device: string | undefined): boolean {
  return device !== undefined && /^(vxlan(-v6)?\.calico|tunl0)$/.test(device);
}
