import { createReadStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { HarnessError, UsageError } from "../core/errors.ts";
import { limits } from "./bundle.ts";
import type { FileCollector } from "./collect-files.ts";

/** Reads a tar archive from end to end; nothing is unpacked to disk, links and devices are passed over. */
export async function readArchive(path: string, gzip: boolean, collector: FileCollector): Promise<void> {
  const archive = extract();
  archive.on("entry", (header, stream, next) => {
    stream.on("end", next);
    // The archive's own error says it all; unheard, the same of its current entry would end the process.
    stream.on("error", () => undefined);
    if (header.type !== "file") {
      if (header.type === "symlink" || header.type === "link") collector.passOverLink(header.name);
      stream.resume();
      return;
    }
    let wanted: boolean;
    try {
      wanted = collector.wants(header.name, header.size);
    } catch (error) {
      archive.destroy(error instanceof Error ? error : undefined);
      return;
    }
    if (wanted)
      keep(stream, (content) => {
        collector.add(header.name, content);
      });
    else stream.resume();
  });
  try {
    const file = createReadStream(path);
    if (gzip) await pipeline(file, createGunzip(), boundedTo(limits.unpacked, path), archive);
    else await pipeline(file, archive);
  } catch (cause) {
    if (cause instanceof HarnessError) throw cause;
    throw new UsageError(`${path} is not a whole archive`, {
      cause,
      fix: "check that `tar tzf` lists it completely, and fetch it again",
    });
  }
}

function keep(stream: NodeJS.EventEmitter, done: (content: Buffer) => void): void {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => {
    done(Buffer.concat(chunks));
  });
}

/** Ends an archive that unpacks to far more than it is. */
function boundedTo(most: number, path: string): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      seen += chunk.length;
      if (seen > most)
        next(new UsageError(`${path} unpacks to more than ${most} bytes`, { fix: "leave out its logs" }));
      else next(null, chunk);
    },
  });
}
