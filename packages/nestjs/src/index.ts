export * from "@mintfax-webhooks/core";
export { createShutdown, type ShutdownOptions, type ShutdownServer } from "@mintfax-webhooks/core/node";
export {
  type BalancePattern,
  type FaxPattern,
  type HandlerDecorator,
  OnAnyEvent,
  OnBalance,
  OnFax,
} from "./decorators.ts";
export { MintfaxWebhooksModule } from "./module.ts";
export type { AsyncModuleOptions, ModuleOptions } from "./options.ts";
export { getWebhooksToken, MintfaxWebhooks } from "./webhooks.ts";
