import { ConfigurationError } from "@mintfax-webhooks/core";
import { type DynamicModule, Inject, type ModuleMetadata, Optional, type Provider } from "@nestjs/common";
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from "@nestjs/core";
import { Endpoint } from "./endpoint.ts";
import { type AsyncModuleOptions, factoryFrom, type ModuleOptions, optionsFrom } from "./options.ts";
import { getWebhooksToken, MintfaxWebhooks } from "./webhooks.ts";

const OPTIONS = Symbol("the options of a MintfaxWebhooksModule");

/**
 * Receives mintfax's webhooks in NestJS, on Express and on Fastify. Providers handle them in methods with `@OnFax`. It takes
 * deliveries before body parsers, middleware, guards, pipes and interceptors; other requests pass through untouched.
 */
export class MintfaxWebhooksModule {
  /** Nest makes it. @throws {ConfigurationError} `parentheses_missing` where `forRoot()` was not called */
  constructor(endpoint?: Endpoint) {
    if (endpoint !== undefined) return;
    throw new ConfigurationError(
      "parentheses_missing",
      "MintfaxWebhooksModule is imported without options. Write imports: [MintfaxWebhooksModule.forRoot()].",
    );
  }

  /**
   * The module with a receiver, for `imports` of the root module. What is wrong with the options is thrown at boot.
   *
   * @example
   * ```ts
   * @Module({ imports: [MintfaxWebhooksModule.forRoot()], providers: [FaxService] })
   * export class AppModule {}
   * ```
   */
  static forRoot({ name, ...options }: ModuleOptions = {}): DynamicModule {
    return moduleWith(name, { provide: OPTIONS, useValue: options });
  }

  /**
   * The same, with options that are made of other providers.
   *
   * @example
   * ```ts
   * MintfaxWebhooksModule.forRootAsync({
   *   inject: [ConfigService],
   *   useFactory: (config: ConfigService) => ({ secret: config.getOrThrow("MINTFAX_WEBHOOK_SECRET") }),
   * });
   * ```
   */
  static forRootAsync({ name, imports, inject = [], useFactory }: AsyncModuleOptions): DynamicModule {
    return moduleWith(name, { provide: OPTIONS, inject, useFactory: factoryFrom(useFactory) }, imports);
  }
}

// Node strips types and leaves decorators, so they are called as functions here.
Optional()(MintfaxWebhooksModule, undefined, 0);
Inject(Endpoint)(MintfaxWebhooksModule, undefined, 0);

function moduleWith(
  name: string | undefined,
  options: Provider,
  imports: ModuleMetadata["imports"] = [],
): DynamicModule {
  const token = getWebhooksToken(name);
  return {
    module: MintfaxWebhooksModule,
    // Handlers are in any module, and so is who injects the receiver.
    global: true,
    imports,
    providers: [
      options,
      {
        provide: Endpoint,
        inject: [OPTIONS, HttpAdapterHost, ApplicationConfig, ModulesContainer],
        useFactory: (given: unknown, ...nest: [HttpAdapterHost, ApplicationConfig, ModulesContainer]) => {
          const options = optionsFrom(given);
          return new Endpoint(name === undefined ? options : { ...options, name }, ...nest);
        },
      },
      {
        provide: token,
        inject: [Endpoint],
        useFactory: ({ webhooks }: Endpoint) => new MintfaxWebhooks(webhooks),
      },
    ],
    exports: [token],
  };
}
