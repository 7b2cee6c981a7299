import type { Certificate, CheckResult } from "@mintfax-webhooks/certify";
import { coloursFor } from "../output/colours.ts";
import { count, wrap } from "../output/text.ts";

export function printHeading(to: URL): void {
  const { bold, dim } = coloursFor(process.stdout);
  print([bold("What a good receiver does"), dim(`to ${to.href}`)]);
}

export function printGroup(group: string): void {
  print(["", coloursFor(process.stdout).bold(group)]);
}

/** One line, and the reason where the receiver does not have the behaviour. */
/** @param saysWhy false where the reason was printed just before */
export function printResult(result: CheckResult, saysWhy: boolean): void {
  const { dim, green, red, yellow } = coloursFor(process.stdout);
  const { title, level, verdict, expected, got, why } = result;
  const marks = { pass: green("✓"), fail: level === "must" ? red("✗") : yellow("!"), unknown: dim("?") };
  const lines = [`${marks[verdict]} ${wrap(title, 2).trimStart()}`];
  if (verdict === "unknown") lines.push(dim(wrap(got, 4)));
  if (verdict === "fail") {
    lines.push(wrap(`expected ${expected}; got ${got}`, 4), ...(saysWhy ? [dim(wrap(why, 4))] : []));
  }
  print(lines);
}

export function printSummary({ passed, results }: Certificate): void {
  const { green, red } = coloursFor(process.stdout);
  const counted = (verdict: CheckResult["verdict"], level?: CheckResult["level"]): number =>
    results.filter((each) => each.verdict === verdict && (level ?? each.level) === each.level).length;
  const parts = [
    `${count(counted("pass"))} of ${count(results.length)} behaviours`,
    `${count(counted("fail", "must"))} missing`,
    `${count(counted("fail", "should"))} advised (!)`,
    `${count(counted("unknown"))} not seen (?, see --runs)`,
  ];
  // All of them have one reason.
  const isNoneGenuine = results.every(({ id, verdict }) => !id.startsWith("genuine.") || verdict === "fail");
  if (isNoneGenuine) print(["", wrap(NONE_GENUINE, 0)]);
  print(["", `${passed ? green("✓") : red("✗")} ${wrap(parts.join(", "), 2).trimStart()}`]);
}

const NONE_GENUINE =
  "No genuine delivery was accepted, so the other lines say little. `mintfax-webhooks trigger fax.delivered` says why.";

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}
