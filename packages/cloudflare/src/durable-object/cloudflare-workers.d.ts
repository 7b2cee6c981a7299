/** As in `@cloudflare/workers-types` and in what `wrangler types` writes, without their globals. */
declare module "cloudflare:workers" {
  import { CloudflareWorkersModule } from "@cloudflare/workers-types";
  export = CloudflareWorkersModule;
}
