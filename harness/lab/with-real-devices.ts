import type { Plan, Port } from "../topology/plan.ts";

/** A network device of a member as it is found there. */
export interface RealDevice {
  readonly name: string;
  readonly mac: string;
}

/** The plan with the names and MACs of real devices; the plan itself where nothing differs. */
export function withRealDevices(plan: Plan, devicesOf: (member: string) => readonly RealDevice[]): Plan {
  const real = (port: Port, device: RealDevice | undefined): Port =>
    device === undefined ? port : { ...port, device: device.name, mac: device.mac };
  const differs = [...plan.routers, ...plan.nodes].some((member) =>
    ("ports" in member ? member.ports : [member.uplink]).some(({ device }, index) => {
      return (devicesOf(member.name)[index]?.name ?? device) !== device;
    }),
  );
  if (!differs) return plan;
  return {
    ...plan,
    routers: plan.routers.map((router) => {
      const devices = devicesOf(router.name);
      const renamed = new Map(router.ports.map((port, index) => [port.device, devices[index]?.name ?? port.device]));
      return {
        ...router,
        ports: router.ports.map((port, index) => real(port, devices[index])),
        routes: router.routes.map((route) => ({ ...route, device: renamed.get(route.device) ?? route.device })),
      };
    }),
    nodes: plan.nodes.map((node) => {
      const uplink = real(node.uplink, devicesOf(node.name)[0]);
      return { ...node, uplink, routes: node.routes.map((route) => ({ ...route, device: uplink.device })) };
    }),
  };
}
