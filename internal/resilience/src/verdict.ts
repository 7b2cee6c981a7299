/** The last line of a run. @returns the exit code: 0 where everything held */
export function printVerdict(problems: number): 0 | 1 {
  console.log(problems === 0 ? "\neverything held" : `\n${problems.toLocaleString("en")} problems`);
  return problems === 0 ? 0 : 1;
}
