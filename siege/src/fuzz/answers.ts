/** One answer of a server, as it came. */
interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Node's parser and its timeouts answer these on their own, without a body. */
const NODES_OWN: ReadonlySet<number> = new Set([400, 408, 413, 414, 417, 431, 505]);
/** For paths that are nobody's. */
const FRAMEWORKS_OWN: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/** Outcomes that an answer to a stranger, or to a good delivery, may have. */
const STATUSES: Readonly<Record<string, readonly number[]>> = {
  processed: [200],
  duplicate: [200],
  unhandled: [200],
  busy: [409],
  refused: [400, 405, 408, 413, 415],
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
    return FRAMEWORKS_OWN.has(status) ? undefined : `status ${status} of nobody's`;
  }
  if (body === "") return undefined;
  let said: Record<string, unknown>;
  try {
    said = JSON.parse(body);
  } catch {
    return "an answer that is not JSON";
  }
  const { outcome } = said;
  if (typeof outcome !== "string" || !STATUSES[outcome]?.includes(status)) return `${status} with ${outcome}`;
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
