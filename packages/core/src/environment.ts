type Environment = Readonly<Record<string, string | undefined>>;

/** The environment variables; undefined on platforms that have none. */
export function environment(): Environment | undefined {
  // Typed loosely because not every platform has a `process`.
  return (globalThis as { process?: { env?: Environment } }).process?.env;
}

/** The script that was run: `build`, `build:prod`, `vercel-build`. */
const BUILD_SCRIPT = /(?:^|[:_-])build(?::|$)/;

/**
 * Whether this process builds an application rather than serves it. Next.js and others load the modules of an
 * application to build it, on machines that have no secrets; a receiver that threw there would break the build.
 */
export function isBuild(): boolean {
  const env = environment();
  try {
    return env?.NEXT_PHASE === "phase-production-build" || BUILD_SCRIPT.test(env?.npm_lifecycle_event ?? "");
  } catch {
    // Deno without --allow-env.
    return false;
  }
}

/** Whether `NODE_ENV` says that this process serves users. */
export function isProduction(): boolean {
  try {
    return environment()?.NODE_ENV === "production";
  } catch {
    // Deno without --allow-env.
    return false;
  }
}
