import { gzipSync } from "node:zlib";

/** Id of the element of a packed page that holds its files. */
export const packedId = "packed-files";

/**
 * Allure's single page made small: it carries its program and every file as base64, most of which says the same again and again. The
 * files become one that is compressed, the program text. A page of another shape stays as it is.
 */
export function packPage(page: string): string {
  const [before, list, after] = cut(
    page,
    "Promise.allSettled([\n",
    "]).then(function(){window.reportDataReady = true;})",
  );
  const files = list?.trimEnd().split("\n").flatMap(fileOf) ?? [];
  // The element with the files must be there before the script that reads it.
  const at = before.lastIndexOf("<script");
  if (after === undefined || at < 0) return page;
  const holder = `${textStyle}${trendStyle(files)}<script type="text/plain" id="${packedId}">${packFiles(files)}</script>\n    `;
  return withPlainProgram(`${before.slice(0, at)}${holder}${before.slice(at)}${unpack}${after}`);
}

/** Texts of ours stand in columns, which Allure would set in its proportional type. */
const textStyle = `<style>
      .description__text pre, .description__text code { font-family: var(--font-family-mono), monospace; font-size: 12px; line-height: 1.5; }
      .description__text pre, .description__text pre code { white-space: pre-wrap; overflow-wrap: anywhere; }
    </style>
    `;

/** Allure draws trends of two runs and more, and of a first one boxes in which there is nothing to show. */
function trendStyle(files: readonly PageFile[]): string {
  const trend = files.find(({ name }) => name === "widgets/history-trend.json");
  const points = trend === undefined ? [] : (JSON.parse(trend.bytes.toString()) as readonly unknown[]);
  return points.length > 1 ? "" : `<style>.widget[data-id$="-trend"] { display: none; }</style>\n    `;
}

/** What stands before, between and after two marks; the first part alone where they are not there. No expression: megabytes are between. */
function cut(text: string, from: string, to: string): readonly [string, string?, string?] {
  const start = text.indexOf(from);
  const end = start < 0 ? -1 : text.indexOf(to, start);
  if (end < 0) return [text];
  return [text.slice(0, start), text.slice(start + from.length, end), text.slice(end + to.length)];
}

/** A line of the page: `d('name','base64'),`. */
function fileOf(line: string): readonly PageFile[] {
  const [, name, , content] = line.split("'");
  return name === undefined || content === undefined ? [] : [{ name, bytes: Buffer.from(content, "base64") }];
}

interface PageFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** One line that names all files with their lengths, then their bytes. */
function packFiles(files: readonly PageFile[]): string {
  const index = JSON.stringify(files.map(({ name, bytes }) => [name, bytes.length]));
  const all = Buffer.concat([Buffer.from(`${index}\n`), ...files.map(({ bytes }) => bytes)]);
  return gzipSync(all, { level: 9 }).toString("base64");
}

/** Runs in the browser: what Allure asks for is cut out of the one file, as the base64 that it wants. Allure waits for reportDataReady. */
const unpack = `(async function () {
        if (typeof DecompressionStream === "undefined") {
          document.getElementById("alert").textContent =
            "This browser is too old for this page, which needs Chrome 80, Firefox 113 or Safari 16.4; summary.html says the same in short.";
          return;
        }
        const text = atob(document.getElementById("${packedId}").textContent);
        const packed = Uint8Array.from(text, function (one) { return one.charCodeAt(0); });
        const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
        const all = new Uint8Array(await new Response(stream).arrayBuffer());
        let start = all.indexOf(10) + 1;
        const base64 = function (bytes) {
          let binary = "";
          for (let at = 0; at < bytes.length; at += 32768)
            binary += String.fromCharCode.apply(null, bytes.subarray(at, at + 32768));
          return btoa(binary);
        };
        JSON.parse(new TextDecoder().decode(all.subarray(0, start))).forEach(function (file) {
          const bytes = all.subarray(start, (start += file[1]));
          Object.defineProperty(window.reportData, file[0], { enumerable: true, get: function () { return base64(bytes); } });
        });
        window.reportDataReady = true;
      })()`;

/** Three quarters of what base64 takes; \\x3c means < wherever a program may say it: in texts and in expressions. */
function withPlainProgram(page: string): string {
  const [before, program, after] = cut(page, '<script src="data:text/javascript; charset=utf-8;base64,', '"></script>');
  if (program === undefined || after === undefined) return page;
  const text = Buffer.from(program, "base64").toString("utf8");
  return `${before}<script>${text.replace(/<(?=!--|\/?script)/gi, "\\x3c")}</script>${after}`;
}
