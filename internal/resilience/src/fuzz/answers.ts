/** One answer of a server, as it came. */
interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Node's parser and its timeouts answer these on their own, without a body. */
const NODES_OWN: ReadonlySet<number> = new Set([400, 408, 413, 414, 417, 431, 505]);
/** For paths that belong to no receiver. */
const FRAMEWORKS_OWN: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/** Answers without a code. */
const PLAIN: ReadonlySet<string> = new Set(["200 processed", "200 duplicate", "200 unhandled"]);
/** Answers with one, that a stranger or a good delivery may get (docs/signature-refused.md has them all). */
const CODED: Readonly<Record<string, string>> = {
  method_not_allowed: "405 refused",
  header_missing: "400 refused",
  header_repeated: "400 refused",
  id_malformed: "400 refused",
  timestamp_malformed: "400 refused",
  timestamp_too_old: "400 refused",
  timestamp_too_new: "400 refused",
  signature_malformed: "400 refused",
  content_encoding_unsupported: "415 refused",
  content_length_malformed: "400 refused",
  body_too_large: "413 refused",
  body_timeout: "408 refused",
  body_incomplete: "400 refused",
  signature_mismatch: "400 refused",
  body_not_json: "400 refused",
  envelope_malformed: "400 refused",
  in_progress: "409 busy",
};
const KEYS: ReadonlySet<string> = new Set(["outcome", "code", "message", "id"]);
/** What mintfax shows of an answer. */
const SHOWN_BYTES = 4_096;

/** What is wrong with what a server said; undefined where nothing is. */
export function faultIn(text: string, hidden: readonly string[]): string | undefined {
  for (const secret of hidden) if (text.includes(secret)) return "a secret was told";
  const answers = answersIn(text);
  if (typeof answers === "string") return answers;
  for (const answer of answers) {
    const fault = faultOf(answer);
    if (fault !== undefined) return `${fault}: ${JSON.stringify(answer.body.slice(0, 200))}`;
  }
  return undefined;
}

function faultOf({ status, headers, body }: RawAnswer): string | undefined {
  if (status === 101) return "switched protocols";
  if (headers.get("content-type") !== "application/json") {
    if (body === "" && NODES_OWN.has(status)) return undefined;
    return FRAMEWORKS_OWN.has(status)
      ? undefined
      : `status ${status}, which neither a receiver nor a framework answers`;
  }
  if (body === "") return undefined;
  let said: Record<string, unknown>;
  try {
    said = JSON.parse(body);
  } catch {
    return "an answer that is not JSON";
  }
  const { outcome, code } = said;
  const told = `${status} ${outcome}`;
  if (code === undefined ? !PLAIN.has(told) : CODED[String(code)] !== told)
    return `${told} ${code}, which is in no table`;
  if (body.length > SHOWN_BYTES) return `an answer of ${body.length} bytes`;
  const odd = Object.keys(said).find((key) => !KEYS.has(key));
  return odd === undefined ? undefined : `an answer with ${odd}`;
}

/** Every whole answer, one behind the other; what is wrong where they cannot be told apart. */
function answersIn(text: string): RawAnswer[] | string {
  const answers: RawAnswer[] = [];
  let rest = text;
  while (rest !== "") {
    const headEnd = rest.indexOf("\r\n\r\n");
    if (!rest.startsWith("HTTP/1.1 ")) return `no status line: ${JSON.stringify(rest.slice(0, 80))}`;
    // The connection was cut in the midst of it.
    if (headEnd === -1) break;
    const [statusLine = "", ...lines] = rest.slice(0, headEnd).split("\r\n");
    const status = Number(statusLine.split(" ")[1]);
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
      }),
    );
    rest = rest.slice(headEnd + 4);
    if (status < 200 && status !== 101) continue;
    const [body, after] = bodyOf(rest, headers);
    answers.push({ status, headers, body });
    rest = after;
  }
  return answers;
}

function bodyOf(rest: string, headers: ReadonlyMap<string, string>): [body: string, after: string] {
  // An answer to HEAD has a length and no body.
  if (rest === "" || rest.startsWith("HTTP/1.1 ")) return ["", rest];
  if (headers.get("transfer-encoding") === "chunked") {
    const end = rest.indexOf("0\r\n\r\n");
    return end === -1 ? [rest, ""] : [rest.slice(0, end), rest.slice(end + 5)];
  }
  const length = Number(headers.get("content-length") ?? rest.length);
  // The connection was cut in the midst of it.
  if (rest.length < length) return ["", ""];
  return [rest.slice(0, length), rest.slice(length)];
}
