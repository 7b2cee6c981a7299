export type { CapturedRequest } from "./captured-request.ts";
export { type DiagnoseOptions, diagnose } from "./diagnose.ts";
export type { Diagnosis, DiagnosisVerdict, Finding, FindingCode } from "./finding.ts";
