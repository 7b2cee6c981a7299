/** What Node, Bun and Deno have; other platforms have some of it or nothing. */
interface Platform {
  readonly process?: {
    readonly pid?: unknown;
    getBuiltinModule?(name: "os"): { hostname(): unknown } | undefined;
  };
  readonly navigator?: { readonly userAgent?: unknown };
}

/** A longer host name keeps its end, which tells the pods of a deployment apart. */
const HOST_MAX_LENGTH = 32;
const RANDOM_BYTES = 9;

/**
 * `host/pid/start/random`: where this process runs, its id there (0 if it has none), when it made its first claim (seconds since
 * 1970, in base 36), and 72 random bits. At most 64 characters, each a letter, a digit or one of `-_/`.
 */
export function processName(): string {
  const { process, navigator } = globalThis as Platform;
  const isWorker = navigator?.userAgent === "Cloudflare-Workers";
  const pid = !isWorker && Number.isSafeInteger(process?.pid) ? process?.pid : 0;
  const start = Math.floor(Date.now() / 1_000).toString(36);
  return `${isWorker ? "cloudflare-workers" : hostName(process)}/${pid}/${start}/${random()}`;
}

function hostName(process: Platform["process"]): string {
  try {
    const [name] = String(process?.getBuiltinModule?.("os")?.hostname() ?? "").split(".");
    const safe = (name ?? "").replaceAll(/[^A-Za-z0-9_-]/g, "-").slice(-HOST_MAX_LENGTH);
    if (safe !== "") return safe;
  } catch {
    // Deno without --allow-sys.
  }
  return "unknown-host";
}

function random(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
