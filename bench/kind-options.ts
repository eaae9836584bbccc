/** What a cluster needs that no machine has by itself; the same words as those of `suite`. */
export const kindOptions = {
  "node-image": { type: "string" },
  "image-archive": { type: "string" },
  "calico-manifests": { type: "string" },
  kind: { type: "string" },
  kubectl: { type: "string" },
} as const;

/** Their values as words of a command, those that were given. */
export function kindWords(values: {
  readonly [Name in keyof typeof kindOptions]?: string | undefined;
}): readonly string[] {
  return Object.keys(kindOptions).flatMap((name) => {
    const value = values[name as keyof typeof kindOptions];
    return value === undefined ? [] : [`--${name}`, value];
  });
}
