import { open, stat } from "node:fs/promises";

/** Whether this is a bundle and no capture: a folder, a tar archive, or one packed with gzip (a capture may be packed, too). */
export async function isBundle(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined);
  if (status?.isDirectory() === true) return true;
  if (status?.isFile() !== true) return false;
  const { gzip, tar } = await packingOf(path);
  return tar || (gzip && /\.(tar\.gz|tgz)$/i.test(path));
}

/** Offset and magic of a tar archive (POSIX.1-1988 ustar, also in GNU tar's own format). */
const tarMagic = { offset: 257, text: "ustar" } as const;

/** How a file is packed, by its first bytes. */
export async function packingOf(path: string): Promise<{ readonly gzip: boolean; readonly tar: boolean }> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    const head = buffer.subarray(0, bytesRead);
    const { offset, text } = tarMagic;
    return {
      gzip: head[0] === 0x1f && head[1] === 0x8b,
      tar: head.toString("latin1", offset, offset + text.length) === text,
    };
  } finally {
    await file.close();
  }
}
