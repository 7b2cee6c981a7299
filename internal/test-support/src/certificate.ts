import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unprivileged } from "./server-process.ts";

/** Whether `openssl` is on the PATH. */
export const HAS_OPENSSL: boolean =
  spawnSync("openssl", ["version"]).status === 0 || process.env.CI === "true";

/** A self-signed certificate for 127.0.0.1, and its key, as PEM files that every test server may read. */
export class Certificate {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "certificate-"));
  readonly certFile: string = join(this.#folder, "cert.pem");
  readonly keyFile: string = join(this.#folder, "key.pem");

  constructor() {
    const kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const files = ["-keyout", this.keyFile, "-out", this.certFile];
    execFileSync("openssl", ["req", ...kind, ...subject, ...files], { stdio: "ignore" });
    // PostgreSQL refuses a key of another user.
    const { uid, gid } = unprivileged(this.#folder);
    if (uid !== undefined && gid !== undefined) {
      for (const file of [this.certFile, this.keyFile]) chownSync(file, uid, gid);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}
