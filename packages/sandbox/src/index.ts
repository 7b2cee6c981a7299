/** mintfax on this machine: its API, its sender and a page that shows every attempt, without an account. */
export type { SandboxEndpoint, SandboxOptions } from "./options.ts";
export { createSandbox, type Sandbox } from "./sandbox.ts";
