/** A file or an image that a result speaks of. */
export interface TestedFile {
  /** "calico-node", the name of an archive, the reference of an image. */
  readonly name: string;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}
