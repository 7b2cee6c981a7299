/** What tools put in front of every line. */
const PREFIXES: readonly RegExp[] = [
  // docker compose logs, pm2
  /^\w[\w.|-]{0,60} *\| ?/,
  // kubectl logs --prefix
  /^\[pod\/[^\]\n]{1,200}\] /,
  // journalctl, syslog
  /^[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d \S{1,200} [^\s:]{1,100}: ?/,
  // heroku logs
  /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) \S{1,100}\[\S{1,100}\]: ?/,
  // docker logs -t, kubectl logs --timestamps
  /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) /,
  // an answer to a mail
  /^> ?/,
];
const FENCE = /^\s*```[^\n]*\n(?<inside>.*?)\r?\n?```\s*$/s;

/** The first line of a request. Some tools indent all others below it. */
const REQUEST_LINE = /^(?:POST|PUT|GET) \S/;

/** The text without the fence of Markdown around it, and without what stands in front of each of its lines. */
export function unwrappedText(text: string): string {
  const inside = dedented(text.includes("```") ? (FENCE.exec(text)?.groups?.inside ?? text) : text);
  const [first = ""] = inside.trimStart().split("\n", 1);
  const prefix = PREFIXES.find((pattern) => pattern.test(first));
  if (prefix === undefined) return inside;
  const lines = inside.split("\n");
  if (!lines.every((line) => line.trim() === "" || prefix.test(line))) return inside;
  return lines.map((line) => line.replace(prefix, "")).join("\n");
}

/** Without the blanks that a list or a tool put in front of every line. */
function dedented(text: string): string {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const isBelow = REQUEST_LINE.test(lines[first] ?? "");
  const [indent = ""] = /^(?: {2,}|\t+)/.exec(lines[isBelow ? first + 1 : first] ?? "") ?? [];
  if (indent === "") return text;
  const isIndented = (line: string, index: number): boolean =>
    line.startsWith(indent) || line.trim() === "" || (isBelow && index === first);
  if (!lines.every(isIndented)) return text;
  return lines.map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line)).join("\n");
}
