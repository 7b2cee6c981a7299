import {
  ConfigurationError,
  type EventPattern,
  type Handler,
  type HandlerContext,
  type Webhooks,
} from "@mintfax-webhooks/core";
import { type ContextId, ContextIdFactory, ModuleRef, type ModulesContainer } from "@nestjs/core";
import { isObservable, lastValueFrom } from "rxjs";
import { decoratedMethods, type Handles } from "./decorated.ts";

type Module = ModulesContainer extends Map<string, infer Value> ? Value : never;
/** What Nest knows of a provider. */
type Wrapper = ReturnType<Module["getProviderByKey"]>;
type Context = HandlerContext<object, unknown>;
type Method = (event: unknown, context: Context) => unknown;
type Instance = Readonly<Record<string | symbol, Method>>;

/** A decorated method of a provider or controller. */
interface Decorated extends Handles {
  readonly module: Module;
  readonly wrapper: Wrapper;
  readonly method: string | symbol;
}

/**
 * Makes every method of the application that is decorated for a receiver its handler.
 *
 * @param receiver the name of the receiver
 * @param receivers the names of all of the application's receivers
 * @throws {ConfigurationError} `handler_duplicate` for two methods of a pattern; `option_unknown` for a method of a
 *   receiver that there is not
 */
export function registerHandlers(
  // biome-ignore lint/suspicious/noExplicitAny: what methods declare as their platform and transaction is not known
  webhooks: Pick<Webhooks<any, any>, "on">,
  receiver: string | undefined,
  receivers: readonly (string | undefined)[],
  modules: ModulesContainer,
): void {
  const handlers = new Map<EventPattern, Decorated>();
  for (const decorated of decoratedIn(modules)) {
    if (!receivers.includes(decorated.receiver)) throw receiverUnknown(decorated, receivers);
    if (decorated.receiver !== receiver) continue;
    const { pattern } = decorated;
    const other = handlers.get(pattern);
    if (other !== undefined) throw handledTwice(pattern, other, decorated);
    handlers.set(pattern, decorated);
  }
  for (const [pattern, decorated] of handlers) webhooks.on(pattern, handlerOf(decorated) as never);
}

function* decoratedIn(modules: ModulesContainer): Generator<Decorated> {
  const seen = new Set<unknown>();
  for (const module of modules.values()) {
    for (const wrapper of [...module.providers.values(), ...module.controllers.values()]) {
      // One object may be provided under several tokens.
      if (wrapper.isAlias || (wrapper.instance && seen.has(wrapper.instance))) continue;
      seen.add(wrapper.instance);
      for (const [method, all] of decoratedMethods(prototypeOf(wrapper))) {
        for (const handles of all) yield { ...handles, module, wrapper, method };
      }
    }
  }
}

function prototypeOf({ instance, metatype }: Wrapper): object {
  if (typeof instance === "object" && instance !== null) return Object.getPrototypeOf(instance) ?? {};
  return (metatype as { readonly prototype?: object } | null)?.prototype ?? {};
}

function handlerOf({ module, wrapper, method }: Decorated): Handler<unknown, Context> {
  const call = async (instance: Instance, event: unknown, context: Context): Promise<unknown> => {
    const result = await (instance[method] as Method).call(instance, event, context);
    // Nothing happens in an observable until it is subscribed to.
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  };
  if (wrapper.isDependencyTreeStatic() && !wrapper.isTransient) {
    return (event, context) => call(wrapper.instance as Instance, event, context);
  }
  // The provider, or one that it needs, belongs to a request: it is made for each delivery.
  const moduleRef: ModuleRef = module.getProviderByKey(ModuleRef).instance;
  return async (event, context) => {
    const { platform } = context;
    const id: ContextId = ContextIdFactory.getByRequest(platform);
    moduleRef.registerRequestByContextId(wrapper.isDependencyTreeDurable() ? id.payload : platform, id);
    return call(await moduleRef.resolve<Instance>(wrapper.token as string, id), event, context);
  };
}

function handledTwice(pattern: EventPattern, one: Decorated, other: Decorated): ConfigurationError {
  return new ConfigurationError(
    "handler_duplicate",
    `${nameOf(one)} and ${nameOf(other)} both handle "${pattern}". A pattern has one handler, because a retry would run both ` +
      "again: decorate a third method that calls both. A provider listed in two modules counts twice: list it in one, and export it.",
  );
}

function receiverUnknown(
  decorated: Decorated,
  receivers: readonly (string | undefined)[],
): ConfigurationError {
  const { pattern, receiver } = decorated;
  return new ConfigurationError(
    "option_unknown",
    `${nameOf(decorated)} handles "${pattern}" of ${quoted(receiver)}. Expected one of the modules that there are: ` +
      `${receivers.map(quoted).join(", ")}. Give the name as the decorator's last argument, or as forRoot's \`name\`.`,
  );
}

function quoted(receiver: string | undefined): string {
  return receiver === undefined ? "the module without a name" : `the module named "${receiver}"`;
}

function nameOf({ module, wrapper, method }: Decorated): string {
  return `${wrapper.name}.${String(method)} of ${module.name}`;
}
