import type { ReceiverOptions } from "@mintfax-webhooks/core";
import { ConfigurationError } from "@mintfax-webhooks/core";
import type { FactoryProvider, ModuleMetadata } from "@nestjs/common";

/** Options of {@link MintfaxWebhooksModule.forRoot}. */
// biome-ignore lint/suspicious/noExplicitAny: a request of Express, or Node's own where Fastify is underneath
export interface ModuleOptions<Platform = any, Tx = any> extends ReceiverOptions<Platform, Tx> {
  /** The path of deliveries, from the root or below the global prefix. Default `/webhooks/mintfax`. */
  readonly path?: string;
  /**
   * For one of several modules: its name in decorators, and the default of its `namespace`. Default: none. One module may be
   * without a name.
   */
  readonly name?: string;
}

/** Options of {@link MintfaxWebhooksModule.forRootAsync}. */
export interface AsyncModuleOptions extends Pick<ModuleMetadata, "imports"> {
  /** As in {@link ModuleOptions}. */
  readonly name?: string;
  /** What `useFactory` is given, by their tokens. */
  readonly inject?: FactoryProvider["inject"];
  /** Makes the other options. */
  readonly useFactory: FactoryProvider<Omit<ModuleOptions, "name">>["useFactory"];
}

/** @throws {ConfigurationError} `option_invalid` for the other ways in which Nest's modules take options */
export function factoryFrom(useFactory: AsyncModuleOptions["useFactory"]): AsyncModuleOptions["useFactory"] {
  if (typeof useFactory === "function") return useFactory;
  throw new ConfigurationError(
    "option_invalid",
    "MintfaxWebhooksModule.forRootAsync() has no function as useFactory. In place of useClass or useExisting, write " +
      "inject: [FaxConfig], useFactory: (config) => config.options(), and list the module that exports FaxConfig in imports.",
  );
}

/** @throws {ConfigurationError} `option_invalid` for a factory that has returned no options */
export function optionsFrom(given: unknown): ModuleOptions {
  if (typeof given === "object" && given !== null) return given;
  throw new ConfigurationError(
    "option_invalid",
    `useFactory of MintfaxWebhooksModule.forRootAsync() has returned ${given === null ? "null" : `a value of type ${typeof given}`}; ` +
      "expected an object with the options of forRoot().",
  );
}
