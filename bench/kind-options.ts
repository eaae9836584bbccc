/** What a cluster needs that no machine has by itself; the same words as those of `suite`. */
export const kindOptions = {
  "node-image": { type: "string" },
  "image-archive": { type: "string" },
  "calico-manifests": { type: "string" },
  kind: { type: "string" },
  kubectl: { type: "string" },
} as const;
