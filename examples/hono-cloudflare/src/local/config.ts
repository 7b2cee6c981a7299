import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Environment {
  readonly durable_objects: {
    readonly bindings: readonly { readonly name: string; readonly class_name: string }[];
  };
}

interface WranglerConfig extends Environment {
  readonly compatibility_date: string;
  readonly compatibility_flags?: readonly string[];
  readonly env: Readonly<Record<string, Environment>>;
}

/**
 * What workerd needs to know, out of what wrangler is told: https://github.com/cloudflare/workerd, `workerd.capnp`.
 * Durable Objects are kept in the directory `state`, which is named on the command line.
 */
export function workerdConfig(): string {
  const { compatibility_date, compatibility_flags = [], durable_objects } = readWranglerConfig();
  const objects = durable_objects.bindings;
  const bindings = objects.map(
    ({ name, class_name }) => `(name = "${name}", durableObjectNamespace = "${class_name}")`,
  );
  const namespaces = objects.map(
    ({ class_name }) => `(className = "${class_name}", uniqueKey = "${class_name}", enableSql = true)`,
  );
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = ${JSON.stringify(compatibility_date)},
      compatibilityFlags = ${JSON.stringify(compatibility_flags)},
      bindings = [
        ${bindings.join(", ")},
        (name = "MINTFAX_WEBHOOK_SECRET", fromEnvironment = "MINTFAX_WEBHOOK_SECRET"),
      ],
      durableObjectNamespaces = [${namespaces.join(", ")}],
      durableObjectStorage = (localDisk = "state"),
    )),
    (name = "state", disk = (writable = true)),
  ],
  sockets = [(name = "http", http = (), service = "main")],
);
`;
}

/** `wrangler.jsonc`, as wrangler reads it. */
export function readWranglerConfig(): WranglerConfig {
  const text = readFileSync(join(import.meta.dirname, "../../wrangler.jsonc"), "utf8");
  return JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as WranglerConfig;
}
