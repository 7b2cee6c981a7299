import type { CheckResult } from "@mintfax-webhooks/certify";

/** The results as JUnit XML: what is only advice, or was not seen, is a skipped test. */
export function junitOf(results: readonly CheckResult[]): string {
  const failures = results.filter(isFailure).length;
  const skipped = results.filter((result) => isSkipped(result)).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="mintfax-webhooks certify" tests="${results.length}" failures="${failures}" skipped="${skipped}">`,
    ...results.map(testCase),
    "</testsuite>",
    "",
  ].join("\n");
}

function testCase(result: CheckResult): string {
  const { id, title, expected, got, why } = result;
  const name = `<testcase classname="${escaped(id)}" name="${escaped(title)}"`;
  const message = escaped(`expected ${expected}; got ${got}`);
  if (isFailure(result))
    return `  ${name}><failure message="${message}">${escaped(why)}</failure></testcase>`;
  if (isSkipped(result)) return `  ${name}><skipped message="${message}"/></testcase>`;
  return `  ${name}/>`;
}

function isFailure({ level, verdict }: CheckResult): boolean {
  return verdict === "fail" && level === "must";
}

function isSkipped(result: CheckResult): boolean {
  return result.verdict !== "pass" && !isFailure(result);
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
