/** mintfax on this machine: its API, its sender and its attempts, without an account. */
export { createSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";
