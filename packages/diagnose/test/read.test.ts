import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CapturedRequest, diagnose } from "@mintfax-webhooks/diagnose";
import { afterEach, describe, expect, test } from "vitest";
import { readCurl } from "../src/read/curl.ts";
import { UnreadableCaptureError } from "../src/read/error.ts";
import { readHeaderText } from "../src/read/header-text.ts";
import { readCapture } from "../src/read/read-capture.ts";
import { EVENT, PRETTY, SECRET, send, signed } from "./captures/send.ts";
import { closeAll, onTheWire } from "./captures/wire.ts";

const delivery = signed(PRETTY);
const pairs = Object.entries(delivery.headers);
const lines = pairs.map(([name, value]) => `${name}: ${value}`);

function verdict(request: CapturedRequest): string {
  return diagnose(request, SECRET).verdict;
}

describe("raw HTTP", () => {
  afterEach(closeAll);

  test("is read as it goes over the wire", async () => {
    const request = readCapture(await onTheWire((url) => send(url, delivery)));
    expect(request).toMatchObject({ method: "POST", url: "/webhooks/mintfax" });
    expect(verdict(request)).toBe("verified");
  });

  test("is read in chunks of any size", async () => {
    const body = [7, 30, 31, 200].map((start, index, all) =>
      delivery.body.subarray(all[index - 1] ?? 0, start),
    );
    const wire = await onTheWire((url) =>
      send(url, { ...delivery, body: [...body, delivery.body.subarray(200)] }),
    );
    expect(wire.toString()).toContain("\r\n0\r\n\r\n");
    expect(Buffer.from(readCapture(wire).body)).toEqual(Buffer.from(delivery.body));
  });

  test("is read with line feeds as line ends, and without a request line", () => {
    const text = `${lines.join("\n")}\n\n${PRETTY}`;
    expect(verdict(readCapture(Buffer.from(text)))).toBe("verified");
    expect(verdict(readCapture(Buffer.from(`POST /x HTTP/2\n${text}`)))).toBe("verified");
  });

  test("is read with empty lines or a byte order mark in front of it", () => {
    const text = `POST /x HTTP/1.1\n${lines.join("\n")}\n\n${PRETTY}`;
    for (const front of ["\n", "\r\n\r\n", "\ufeff", "\ufeff\n"]) {
      const request = readCapture(Buffer.from(front + text));
      expect(request).toMatchObject({ method: "POST", url: "/x" });
      expect(verdict(request)).toBe("verified");
    }
  });

  test("is read from a logger that keeps Transfer-Encoding and joins the chunks", () => {
    const text = `Transfer-Encoding: chunked\r\n${lines.join("\r\n")}\r\n\r\n${PRETTY}`;
    expect(verdict(readCapture(Buffer.from(text)))).toBe("verified");
  });

  test("an editor's line break at the end of the file is found by Content-Length", async () => {
    const wire = await onTheWire((url) => send(url, delivery));
    const request = readCapture(Buffer.concat([wire, Buffer.from("\n")]));
    expect(diagnose(request, SECRET).findings.map(({ code }) => code)).toEqual([
      "body_trailing_newline_added",
    ]);
  });

  test("duplicates of a header are kept, in their order", () => {
    const { headers } = readCapture(Buffer.from("POST / HTTP/1.1\r\nA: 1\r\nb: 2\r\na:3\r\n\r\n"));
    expect(headers).toEqual([
      ["A", "1"],
      ["b", "2"],
      ["a", "3"],
    ]);
  });

  test.each(["", "hello", PRETTY, "\u0000\u0001"])("a text that is not a request is refused: %j", (text) => {
    expect(() => readCapture(Buffer.from(text))).toThrow(UnreadableCaptureError);
  });
});

describe("headers on their own", () => {
  const har = pairs.map(([name, value]) => ({ name, value }));
  const forms: Record<string, string> = {
    lines: lines.join("\n"),
    "lines as curl -v prints them": lines.map((line) => `> ${line}`).join("\r\n"),
    "an object": JSON.stringify(delivery.headers),
    "an object of lists": JSON.stringify(Object.fromEntries(pairs.map(([name, value]) => [name, [value]]))),
    pairs: JSON.stringify(pairs),
    "names and values in turn (rawHeaders)": JSON.stringify(pairs.flat()),
    HAR: JSON.stringify(har),
    Postman: JSON.stringify(har.map(({ name, value }) => ({ key: name, value }))),
  };
  test.each(Object.entries(forms))("%s", (_, text) => {
    expect(readHeaderText(Buffer.from(text))).toEqual(pairs);
  });

  test.each(["", "{}", "[1]", "{", "no headers here"])("a text without headers is refused: %j", (text) => {
    expect(() => readHeaderText(Buffer.from(text))).toThrow(UnreadableCaptureError);
  });
});

describe("a JSON object with headers and body", () => {
  const { headers } = delivery;
  test.each([
    [
      "an AWS Lambda event",
      { httpMethod: "POST", headers, body: Buffer.from(PRETTY).toString("base64"), isBase64Encoded: true },
    ],
    ["a log record", { method: "POST", url: "/hooks", headers: pairs.flat(), body: PRETTY }],
    ["one with rawBody", { headers, body: JSON.parse(PRETTY), rawBody: PRETTY }],
  ])("%s", (_, record) => {
    expect(verdict(readCapture(Buffer.from(JSON.stringify(record))))).toBe("verified");
  });

  test("a body that was parsed is reported", () => {
    const request = readCapture(Buffer.from(JSON.stringify({ headers, body: EVENT })));
    expect(diagnose(request, SECRET).findings.map(({ code }) => code)).toEqual(["body_reserialized"]);
  });
});

describe("curl commands", () => {
  const ansi = PRETTY.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n");
  const bytes = (text: string) =>
    Buffer.from(text)
      .toString("latin1")
      .replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  const octal = (text: string) =>
    Buffer.from(text)
      .toString("latin1")
      .replace(/[\x80-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8)}`);
  const unicode = (text: string) =>
    text.replace(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const quoted: Record<string, string> = {
    "in single quotes": `'${PRETTY}'`,
    "in double quotes": `"${PRETTY.replace(/["\\$`]/g, "\\$&")}"`,
    "in $'...'": `$'${ansi}'`,
    "in $'...' as Chrome writes letters": `$'${unicode(ansi)}'`,
    "in $'...' byte by byte": `$'${bytes(ansi)}'`,
    "in $'...' as bash's %q writes it": `$'${octal(ansi)}'`,
    "in pieces": `'${PRETTY.slice(0, 50)}'"${PRETTY.slice(50).replace(/["\\$`]/g, "\\$&")}"`,
  };

  test.each(Object.entries(quoted))("a body %s is what bash makes of it", async (_, body) => {
    const command = `curl 'https://a.example/hooks' \\\n  -H 'content-type: application/json' \\\n  --data-raw ${body}`;
    const words = await wordsOf(command);
    expect(words.at(-1)).toBe(PRETTY);
    expect(Buffer.from(readCurl(command).body).toString()).toBe(words.at(-1));
  });

  test("a command with its headers verifies, in every way of writing options", () => {
    const headers = lines
      .map((line, index) => (index % 2 === 0 ? `-H'${line}'` : `--header "${line}"`))
      .join(" \\\r\n ");
    const command = `$ curl -sSkX POST ${headers} --max-time 5 -o /dev/null --data-binary '${PRETTY}' https://a.example/hooks`;
    const request = readCapture(Buffer.from(command));
    expect(request).toMatchObject({ method: "POST", url: "https://a.example/hooks", headers: pairs });
    expect(verdict(request)).toBe("verified");
  });

  test("a file that a command names is opened only by the caller's own function", () => {
    const command = `curl x --data-binary @${import.meta.filename}`;
    expect(() => readCurl(command)).toThrow(/put the body itself into the command/);
    expect(() => readCapture(Buffer.from(command))).toThrow(UnreadableCaptureError);
  });

  test("the files of a command are read, and --data drops line breaks from them as curl does", () => {
    const folder = mkdtempSync(join(tmpdir(), "diagnose-"));
    try {
      const file = join(folder, "body.json");
      writeFileSync(file, PRETTY);
      expect(Buffer.from(readCurl(`curl x --data-binary @${file}`, readFileSync).body).toString()).toBe(
        PRETTY,
      );
      expect(Buffer.from(readCurl(`curl x -d @${file}`, readFileSync).body).toString()).toBe(
        PRETTY.replaceAll("\n", ""),
      );
      expect(() => readCurl(`curl x -d @${file}.none`, readFileSync)).toThrow(/cannot be read \(ENOENT\)/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ["wget http://a.example", /no curl command/],
    ["curl -d 'cut off", /quote is not closed/],
    ['curl -d ^"cut off', /quote is not closed/],
    ['curl -d ^"N^ rnberg^" x', /spaces in place of letters/],
    ["curl -F a=b x", /sends a form/],
    ["curl -d @- x", /standard input/],
  ])("%s", (command, why) => {
    expect(() => readCurl(command)).toThrow(why);
  });
});

/** What bash makes of a curl command: its arguments. */
function wordsOf(command: string): Promise<string[]> {
  const print = "console.log(JSON.stringify(process.argv.slice(1)))";
  const script = `curl() { "$NODE" -e '${print}' -- "$@"; }\n${command}`;
  const env = { ...process.env, NODE: process.execPath, LC_ALL: "C.UTF-8" };
  return new Promise((resolve, reject) => {
    execFile("bash", ["-c", script], { env }, (error, stdout) =>
      error ? reject(error) : resolve(JSON.parse(stdout)),
    );
  });
}
