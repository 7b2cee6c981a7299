import { ConfigurationError, ShutdownIncompleteError, type Webhooks } from "@mintfax-webhooks/core";
import { createReceiver, DEFAULT_PATH, Mounting, splitOptions } from "@mintfax-webhooks/core/adapter";
import type { OnApplicationShutdown, OnModuleDestroy, OnModuleInit } from "@nestjs/common";
import type { ApplicationConfig, HttpAdapterHost, ModulesContainer } from "@nestjs/core";
import { Entrance } from "./entrance.ts";
import { registerHandlers } from "./handlers.ts";
import type { ModuleOptions } from "./options.ts";

/** What a drain may take beside a handler's time: its result is to be recorded, and work given to `waitUntil` to end. */
const DRAIN_MARGIN_MS = 15_000;

/** The receiver of one module, from boot to shutdown. */
export class Endpoint implements OnModuleInit, OnModuleDestroy, OnApplicationShutdown {
  readonly name: string | undefined;
  readonly path: string;
  // biome-ignore lint/suspicious/noExplicitAny: modules do not know what handlers find as their platform
  readonly webhooks: Webhooks<any, any>;
  readonly #modules: ModulesContainer;
  readonly #entrance: Entrance;
  readonly #drainLimitMs: number;

  /** @throws {ConfigurationError} if the secret or an option is missing or invalid */
  constructor(
    { name, ...others }: ModuleOptions,
    host: HttpAdapterHost,
    config: ApplicationConfig,
    modules: ModulesContainer,
  ) {
    // Two endpoints may be sent the same event. In one store they have to be kept apart.
    const options = name === undefined ? others : { namespace: name, ...others };
    const { path = DEFAULT_PATH, receiverOptions } = splitOptions(options);
    const receiver = createReceiver(receiverOptions);
    this.#entrance = new Entrance(receiver, new Mounting(path), host, config);
    this.name = name;
    this.path = path;
    this.webhooks = receiver;
    this.#modules = modules;
    this.#drainLimitMs = (receiverOptions.deadlineMs ?? 25_000) + DRAIN_MARGIN_MS;
  }

  /** @throws {ConfigurationError} where two modules have one name or one path, or handlers do not fit */
  onModuleInit(): void {
    const endpoints = endpointsIn(this.#modules);
    for (const other of endpoints) {
      if (other !== this && other.name === this.name) throw sameName(this.name);
      if (other !== this && other.path === this.path) throw samePath(this.path);
    }
    const names = endpoints.map(({ name }) => name);
    registerHandlers(this.webhooks, this.name, names, this.#modules);
    this.#entrance.open();
  }

  /**
   * Nest will close the server, and wait for its connections. The first of its hooks: in a later one, another provider's
   * hook may already have let a handler end, and its answer would keep the connection.
   */
  onModuleDestroy(): void {
    this.#entrance.endConnections();
  }

  /** By then the server is closed. @throws {ShutdownIncompleteError} for work that does not end */
  async onApplicationShutdown(): Promise<void> {
    const limitMs = this.#drainLimitMs;
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      const late = new ShutdownIncompleteError(limitMs, "drain(): a handler, or work given to waitUntil()");
      timer = setTimeout(() => reject(late), limitMs);
    });
    try {
      await Promise.race([this.webhooks.drain(), limit]);
    } finally {
      clearTimeout(timer);
    }
  }
}

function endpointsIn(modules: ModulesContainer): Endpoint[] {
  return [...modules.values()]
    .flatMap(({ providers }) => [...providers.values()])
    .map(({ instance }) => instance)
    .filter((instance) => instance instanceof Endpoint);
}

function sameName(name: string | undefined): ConfigurationError {
  const called = name === undefined ? "without a name" : `with the name "${name}"`;
  return new ConfigurationError(
    "option_invalid",
    `MintfaxWebhooksModule.forRoot() is called twice ${called}. Call it once, in the root module: it is global. For another ` +
      'endpoint, give the second call a name of its own: forRoot({ name: "billing", path, secret }).',
  );
}

function samePath(path: string): ConfigurationError {
  return new ConfigurationError(
    "option_invalid",
    `Two modules take deliveries to ${path}. Give each call of MintfaxWebhooksModule.forRoot() a \`path\` of its own.`,
  );
}
