export { type Certificate, type CertifyOptions, certify } from "./certify.ts";
export { CertifyError } from "./error.ts";
export type { CheckResult, Level, Verdict } from "./result.ts";
export { type Vector, type VectorFile, vectorFile } from "./vectors/file.ts";
