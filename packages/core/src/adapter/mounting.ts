import { createPathMatcher, DEFAULT_PATH } from "../path.ts";
import { print } from "../print.ts";
import { safeText } from "../safe-text.ts";

/** How many characters of a request's path are printed. */
const PRINTED_CHARACTERS = 200;

/**
 * For adapters: which requests are the receiver's own, by where the framework has mounted it, and one line on standard
 * error for a delivery that is answered 404 because the receiver is mounted elsewhere.
 *
 * @example
 * ```ts
 * const mounting = new Mounting(options.path);
 * if (mounting.isOwn(pathname)) return handler(c);
 * if (mounting.takes(pathname, "/api/*", isDelivery)) return handler(c);
 * await next();
 * if (isDelivery && c.res.status === 404) mounting.missed(pathname);
 * ```
 */
export class Mounting {
  /** Whether a path is the receiver's own from the root. Nearly all are; for the rest, ask {@link Mounting.takes}. */
  readonly isOwn: (pathname: string) => boolean;
  readonly #path: string;
  #hasTold = false;

  /**
   * @param path where deliveries arrive, from the root or from where the framework has mounted the receiver
   * @throws {ConfigurationError} where `path` does not start with a slash
   */
  constructor(path: string = DEFAULT_PATH) {
    this.#path = path;
    this.isOwn = createPathMatcher(path);
  }

  /**
   * The receiver's own path is its `path` from the root; its `path` behind a mount point, however much of it the mount
   * point repeats; and a path that the framework was given for this receiver, also where `path` is another.
   *
   * @param pathname of the request, from the root
   * @param pattern of the framework, from the root: `/api/fax` for one path, `/api/*` for a mount point
   * @param isDelivery whether it has the marks of one; at a mount point itself nothing else is taken, since there may be a page
   */
  takes(pathname: string, pattern: string, isDelivery: boolean): boolean {
    if (this.isOwn(pathname)) return true;
    const wildcard = pattern.indexOf("*");
    if (wildcard === -1) return depthOf(pattern) === depthOf(pathname);
    // 0 for middleware without a path, which is not a mount point.
    const mountDepth = depthOf(pattern.slice(0, wildcard));
    if (isDelivery && mountDepth > 0 && mountDepth === depthOf(pathname)) return true;
    let rest = pathname;
    for (let taken = 0; taken < mountDepth; taken += 1) {
      rest = withoutFirst(rest);
      if (this.isOwn(rest)) return true;
    }
    return false;
  }

  /** Says on standard error, once, where a delivery went and where it would have been taken. */
  missed(pathname: string): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    print(
      `a delivery to ${safeText(JSON.stringify(pathname), PRINTED_CHARACTERS)} did not reach this receiver and was ` +
        `answered 404. The receiver takes deliveries to ${this.#path}, from the root or from where it is mounted. Set \`path\`, or ` +
        "mount `webhooks.handler` on a route of that path. This is reported once.",
    );
  }
}

/** For adapters: whether a request has the marks of a delivery. Not authentic: any sender can make them. */
export function isDelivery(method: string | undefined, signature: unknown): boolean {
  return method === "POST" && signature !== undefined && signature !== null;
}

/** In segments: 0 for the root, 2 for `/api/fax`, with or without a slash behind it. */
function depthOf(path: string): number {
  return path.split("/").filter((segment) => segment !== "").length;
}

/** The path without its first segment. */
function withoutFirst(pathname: string): string {
  return `/${pathname.split("/").slice(2).join("/")}`;
}
