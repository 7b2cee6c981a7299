import { memberOf } from "./foreign.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variables; undefined on platforms that have none. */
export function environment(): Environment | undefined {
  // Not every platform has a `process`, and a sandbox may have one that cannot be read.
  return memberOf(memberOf(globalThis, "process"), "env") as Environment | undefined;
}

/** The script that was run: `build`, `build:prod`, `vercel-build`. */
const BUILD_SCRIPT = /(?:^|[:_-])build(?::|$)/;

/**
 * Whether this process builds an application rather than serves it. Next.js and others load the modules of an
 * application to build it, on machines that have no secrets; a receiver that threw there would break the build.
 */
export function isBuild(): boolean {
  return (
    environmentVariable("NEXT_PHASE") === "phase-production-build" ||
    BUILD_SCRIPT.test(environmentVariable("npm_lifecycle_event") ?? "")
  );
}

/** Whether `NODE_ENV` says that this process serves users. */
export function isProduction(): boolean {
  return environmentVariable("NODE_ENV") === "production";
}

/** Undefined where it cannot be read, as in Deno without --allow-env. */
export function environmentVariable(name: string): string | undefined {
  return memberOf(environment(), name) as string | undefined;
}
