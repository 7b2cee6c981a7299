import { RedisServer } from "test-support/redis-server";
import { onTestFinished } from "vitest";
import { printed, type Scene, withSecretInEnvFile, words } from "./scene.ts";
import { serve } from "./server.ts";

/** A receiver whose path has a slash at its end. */
export const doctoringReceiver: Scene = async (shown) => {
  const there = await serve((req, res) => {
    req.resume().on("end", () => res.writeHead(308, { location: `${req.url}/` }).end());
  });
  const onPage = words(shown).find((word) => word.startsWith("http")) ?? "";
  const args = words(shown).map((word) => (word === onPage ? there : word));
  const output = await printed(args, { cwd: withSecretInEnvFile(), env: {} });
  return output.replaceAll(new URL(there).origin, new URL(onPage).origin);
};

/** A Redis that stores on disk, but evicts. */
export const doctoringRedis: Scene = async (shown) => {
  const memory = ["--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lru"];
  const redis = await RedisServer.start("--appendonly", "yes", ...memory);
  onTestFinished(() => redis.stop());
  return printed(words(shown), { cwd: withSecretInEnvFile(), env: { MINTFAX_STORE_URL: redis.url } });
};
