import { type CapturedRequest, diagnose } from "@mintfax-webhooks/diagnose";
import { readCapture, readHeaderText, UnreadableCaptureError } from "@mintfax-webhooks/diagnose/read";
import { describe, expect, test } from "vitest";
import { COMPACT, SECRET, signed } from "./captures/send.ts";

const { headers, body } = signed();
const lines = Object.entries({ Host: "fax.example", ...headers }).map(([name, value]) => `${name}: ${value}`);
const HEAD = `POST /webhooks/mintfax HTTP/1.1\n${lines.join("\n")}`;
const RAW = `${HEAD}\n\n${COMPACT}`;
const CURL = `curl https://fax.example/hooks ${lines.map((line) => `-H '${line}'`).join(" ")} --data-raw '${COMPACT}'`;
const PRINTED = `{\n  headers: {\n${Object.entries(headers)
  .map(([name, value]) => `    '${name}': '${value}'`)
  .join(",\n")}\n  },\n  body: '${COMPACT}'\n}`;
const pythonOf = (named: object): string => JSON.stringify(named).replaceAll('"', "'");
const SIGNATURE = headers["webhook-signature"] ?? "";

const each = (text: string, prefix: string): string => text.replace(/^/gm, prefix);
const wrapped = (text: string): string =>
  text.replace(SIGNATURE, `${SIGNATURE.slice(0, 20)}\n${SIGNATURE.slice(20)}`);

function verdictOf(text: string): string {
  try {
    const { verdict, findings } = diagnose(readCapture(Buffer.from(text)), SECRET);
    return [verdict, ...findings.map(({ code }) => code)].join(" ");
  } catch (error) {
    if (!(error instanceof UnreadableCaptureError)) throw error;
    return [error.diagnosis.verdict, ...error.diagnosis.findings.map(({ code }) => code)].join(" ");
  }
}

describe("a whole request verifies", () => {
  test.each([
    ["in a fence of Markdown", `\`\`\`http\n${RAW}\n\`\`\`\n`],
    ["in a fence without a language", `\n\`\`\`\n${CURL}\n\`\`\``],
    ["quoted in a mail", each(RAW, "> ")],
    ["in docker compose logs", each(PRINTED, "fax-1  | ")],
    ["in pm2 logs", each(PRINTED, "0|fax      | ")],
    ["in kubectl logs --prefix", each(PRINTED, "[pod/fax-7d9/web] ")],
    ["in journalctl", each(PRINTED, "Nov 27 03:12:44 fax-1 node[812]: ")],
    ["in heroku logs", each(PRINTED, "2026-11-27T03:12:44.123456+00:00 app[web.1]: ")],
    ["in docker logs -t", each(PRINTED, "2026-11-27T03:12:44.123456789Z ")],
    ["behind zsh's prompt", `➜  fax git:(main) ✗ ${CURL}`],
    ["behind a command and its output", `ops@fax-1:~$ ${CURL}\n{"outcome":"refused"}\nops@fax-1:~$ `],
    ["behind the command that showed it", `$ cat request.http\n${RAW}`],
    ["behind bytes of tcpdump", `03:12:44.1 IP a > b: Flags [P.]\nE..@....P...${RAW}`],
    [
      "between two others of its connection",
      `GET /health HTTP/1.1\nHost: a\n\n${RAW}\nGET / HTTP/1.1\nHost: a\n\n`.replace(`${COMPACT}\n`, COMPACT),
    ],
    ["with its signature broken by the terminal", wrapped(RAW)],
    ["with headers in a table", RAW.replaceAll(/^([\w-]+): /gm, "$1\t")],
    [
      "logged with the body as base64",
      JSON.stringify({ headers, rawBody: Buffer.from(body).toString("base64") }),
    ],
    ["logged with the body as a Buffer", JSON.stringify({ headers, rawBody: Buffer.from(body) })],
    ["logged with its headers as text", JSON.stringify({ headers: lines.join("\r\n"), body: COMPACT })],
    ["printed with its answer two lines below", `${RAW}\n\n\nHTTP/1.1 400 Bad Request\nServer: a\n\n{}\n`],
    ["in an editor's .http file", `### a delivery\n${RAW}\n\n### another\nGET https://fax.example/health\n`],
    ["indented, in a list", each(RAW, "    ")],
    ["indented by a tab", each(RAW, "\t")],
    ["indented below its first line", each(RAW, "    ").trimStart()],
    ["printed by Python", `${pythonOf(headers)}\nb'${COMPACT.replaceAll("\\", "\\\\")}'`],
    [
      "with its headers and its body on two lines of a log",
      `[Nest] 12 - LOG headers: ${JSON.stringify(headers)}\n[Nest] 12 - LOG body: ${COMPACT}`,
    ],
    [
      "exported from Insomnia",
      JSON.stringify({ resources: [{ headers, body: { mimeType: "application/json", text: COMPACT } }] }),
    ],
    [
      "exported from Hoppscotch",
      JSON.stringify({ headers, body: { contentType: "application/json", body: COMPACT } }),
    ],
    [
      "as a value of a larger document",
      JSON.stringify([{ a: { b: JSON.stringify({ headers, body: COMPACT }) } }]),
    ],
  ])("%s", (_, text) => {
    expect(verdictOf(text)).toBe("verified");
  });
});

describe("what is not a whole request proves nothing", () => {
  test.each([
    ["nothing", ""],
    ["blank lines", "\n \n\t\n"],
    ["the answer", "HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n{}"],
    ["one header", `webhook-id: ${headers["webhook-id"]}`],
    ["the signature", SIGNATURE],
    ["the secret", SECRET],
    ["an .env file", `MINTFAX_WEBHOOK_SECRET=${SECRET}\nPORT=3000\n`],
    ["the body", COMPACT],
    ["half of the body", COMPACT.slice(0, 80)],
    ["the head", HEAD],
    ["half of a curl command", CURL.slice(0, CURL.indexOf("webhook-timestamp"))],
    ["a curl command for another URL", "curl -s https://fax.example/health"],
    ["half of what was printed", PRINTED.slice(0, PRINTED.indexOf("webhook-signature"))],
    ["a line of npm", "npm error code ELIFECYCLE\nnpm error errno 1"],
    ["source code", "await fetch(url, { method: 'POST', headers, body: JSON.stringify(event) });"],
    ["a call that is cut", 'fetch("https://fax.example", {\n  "headers": {\n    "accept": "*/*",'],
    ["a list of steps", "Steps:\n1: restart\n2: host: fax-1\n"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"],
    ["a log without requests", '{"level":30,"msg":"listening"}\n{"level":30,"msg":"bye"}\n'],
    ["another request", "GET /health HTTP/1.1\nHost: fax.example\n\n"],
    ["numbers", "[1,2,3]"],
    ["YAML", `method: POST\nheaders:\n${each(lines.join("\n"), "  ")}\nbody: '${COMPACT}'\n`],
  ])("%s", (_, text) => {
    expect(verdictOf(text)).toMatch(/^unchecked capture_(?:not_recognised|incomplete)/);
    expect(verdictOf(text)).not.toMatch(/missing|empty|not_post/);
  });
});

describe("headers alone, as a page shows them", () => {
  const verdict = (headersRead: CapturedRequest["headers"]) =>
    diagnose({ headers: headersRead, body }, SECRET).verdict;
  test.each([
    ["name and value in a table", lines.map((line) => line.replace(": ", "\t")).join("\n")],
    ["the value below its name", lines.map((line) => line.replace(": ", "\n")).join("\n")],
    ["the value below its name and a colon", lines.map((line) => line.replace(": ", ":\r\n")).join("\r\n")],
    ["UTF-16", Buffer.from(`\ufeff${lines.join("\r\n")}`, "utf16le")],
  ])("%s", (_, text) => {
    expect(verdict(readHeaderText(Buffer.from(text)))).toBe("verified");
  });
});
