import type { Diagnosis, DiagnosisVerdict, Finding } from "@mintfax-webhooks/diagnose";
import { type Colours, coloursFor } from "./colours.ts";
import { columnsOf, wrap } from "./text.ts";

const HEADLINES: Readonly<Record<DiagnosisVerdict, string>> = {
  verified: "VERIFIED: the signature matches, byte for byte.",
  explained: "NOT VERIFIED, and this is why:",
  suspected: "NOT VERIFIED. Nothing could be proven; this is the likely cause:",
  unexplained: "NOT VERIFIED, and none of the known causes explains it.",
  unchecked: "NOT CHECKED: this does not give a whole request.",
};

const LABEL_COLUMNS = 11;

/** A diagnosis for people, wrapped to the terminal. Ends with a line break. */
export function renderDiagnosis(diagnosis: Diagnosis, colours: Colours = coloursFor(process.stdout)): string {
  const { verdict, findings, notes, tried } = diagnosis;
  const paint = verdict === "verified" ? colours.green : colours.red;
  const headline =
    findings.length > 1 && verdict === "explained" ? "NOT VERIFIED, and these are the reasons:" : undefined;
  const parts = [paint(colours.bold(wrap(headline ?? HEADLINES[verdict], 0)))];
  parts.push(
    ...findings.map((finding, index) => found(finding, findings.length > 1 ? `${index + 1}. ` : "", colours)),
  );
  parts.push(
    ...notes.map((note) => `note: ${wrap(note.what, 6).trimStart()}\n${colours.dim(wrap(note.why, 6))}`),
  );
  if (verdict === "verified") parts.push(wrap(IF_REFUSED, 0));
  if (verdict === "unexplained" || verdict === "suspected")
    parts.push(list("Tried, without a match:", tried));
  if (verdict === "unchecked") parts.push(list("These formats can be read:", tried));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

const IF_REFUSED =
  "If your server refuses this same request, it has another secret, or its check sees other bytes. " +
  "Capture the request right before that check (docs/signature-refused.md).";

function found(finding: Finding, number: string, colours: Colours): string {
  const certainty = finding.certainty === "suspected" ? " (suspected)" : "";
  const lines = [
    colours.bold(wrap(`${number}${finding.what}`, 0)),
    labelled("code", `${finding.code}${certainty}`),
    labelled("because", finding.why),
    labelled("fix", finding.fix),
  ];
  // A line of code stays one line, to be copied. Where it does not fit, it begins further left.
  if (finding.example !== undefined) {
    const fits = LABEL_COLUMNS + 2 + finding.example.length <= columnsOf(process.stdout);
    lines.push(`${" ".repeat(fits ? LABEL_COLUMNS + 2 : 4)}${colours.cyan(finding.example)}`);
  }
  return lines.join("\n");
}

function labelled(label: string, text: string): string {
  return `  ${label.padEnd(LABEL_COLUMNS - 2)}${wrap(text, LABEL_COLUMNS).trimStart()}`;
}

function list(heading: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return [heading, ...lines.map((line) => `  - ${wrap(line, 4).trimStart()}`)].join("\n");
}
