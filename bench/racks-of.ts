const racks = 5;

/** Nodes in turn in five racks around one router. */
export function racksOf(nodes: number): string {
  const names = Array.from({ length: racks }, (_, index) => `rack-${index + 1}`);
  return [
    `description: ${nodes} nodes in ${racks} racks`,
    "subnets:",
    ...names.map((name, index) => `  ${name}: { cidr: 198.18.${index + 1}.0/24 }`),
    "routers:",
    `  tor: { subnets: [${names.join(", ")}] }`,
    "nodes:",
    ...Array.from({ length: nodes }, (_, index) => `  n${index + 1}: { subnet: ${names[index % racks] ?? ""} }`),
    "",
  ].join("\n");
}
