import { ConfigurationError, type EventPattern } from "@mintfax-webhooks/core";
import { SetMetadata } from "@nestjs/common";
import { Reflector } from "@nestjs/core";

const KEY = "mintfax-webhooks:handles";
const reflector = new Reflector();

/** What a decorated method handles. */
export interface Handles {
  readonly pattern: EventPattern;
  /** Of the module whose deliveries it handles; undefined for the one without a name. */
  readonly receiver: string | undefined;
}

type Method = (...args: never[]) => unknown;
type Prototype = object;

/**
 * Notes that a method handles events.
 *
 * @param decorator its name, for the message
 * @throws {ConfigurationError} `handler_invalid` for what is not a method of instances
 */
export function decorate(
  decorator: string,
  pattern: EventPattern,
  receiver: string | undefined,
): (target: unknown, nameOrContext: unknown, descriptor?: unknown) => void {
  return (target, nameOrContext, descriptor) => {
    const added: Handles = { pattern, receiver };
    if (isPrototype(target, descriptor)) onPrototype(target, nameOrContext as string | symbol, added);
    else if (isMethod(target, nameOrContext)) SetMetadata(KEY, [...handledBy(target), added])(target);
    else
      throw new ConfigurationError(
        "handler_invalid",
        `@${decorator}(${JSON.stringify(pattern)}) is not on a method that instances have. Expected a method of a provider, ` +
          "neither static nor private; a property that holds an arrow function is not one.",
      );
  };
}

/** Of `experimentalDecorators`. */
function isPrototype(target: unknown, descriptor: unknown): target is Prototype {
  return (
    typeof target === "object" && typeof (descriptor as PropertyDescriptor | undefined)?.value === "function"
  );
}

/** Of the standard's decorators. */
function isMethod(target: unknown, context: unknown): target is Method {
  if (typeof context !== "object") return false;
  const { kind, static: isStatic, private: isPrivate } = context as ClassMethodDecoratorContext;
  return typeof target === "function" && kind === "method" && !isStatic && !isPrivate;
}

/** By the method's name, since a decorator above this one may replace the method. Prototypes inherit metadata. */
function onPrototype(prototype: Prototype, name: string | symbol, added: Handles): void {
  const methods = methodsOf(prototype);
  const { of, handles } = methods.get(name) ?? {};
  const own = { of: prototype, handles: of === prototype && handles ? [...handles, added] : [added] };
  SetMetadata(KEY, new Map(methods).set(name, own))(prototype as never);
}

interface DecoratedMethod {
  /** Where it was decorated last: a class does not add to what one that it extends has said of a method. */
  readonly of: Prototype;
  readonly handles: readonly Handles[];
}

function methodsOf(prototype: Prototype): ReadonlyMap<string | symbol, DecoratedMethod> {
  return reflector.get(KEY, prototype as never) ?? new Map();
}

function handledBy(method: Method): readonly Handles[] {
  return reflector.get(KEY, method) ?? [];
}

/** The decorated methods of a prototype, inherited ones too. What overrides one need not be decorated again. */
export function decoratedMethods(prototype: Prototype): ReadonlyMap<string | symbol, readonly Handles[]> {
  const found = new Map([...methodsOf(prototype)].map(([name, { handles }]) => [name, handles]));
  for (
    let at: Prototype | null = prototype;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at)
  ) {
    for (const name of Reflect.ownKeys(at)) {
      const { value } = Object.getOwnPropertyDescriptor(at, name) ?? {};
      const handles = typeof value === "function" ? handledBy(value) : [];
      if (handles.length > 0 && !found.has(name)) found.set(name, handles);
    }
  }
  return found;
}
