/** What has a `then` and is not a promise, as query builders are. */
export function thenable(
  then: (resolve: (value: never) => void, reject: (error: unknown) => void) => unknown,
): PromiseLike<never> {
  return { then } as unknown as PromiseLike<never>;
}

/** What throws as soon as it is looked at. */
export function unreadable(error: () => Error = () => new TypeError("unreadable")): PromiseLike<never> {
  const fail = (): never => {
    throw error();
  };
  return new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail }) as PromiseLike<never>;
}

/** A value that is not a promise, and throws where its class is asked for. */
export function hidingPrototype(): object {
  return new Proxy(
    {},
    {
      getPrototypeOf() {
        throw new TypeError("the prototype is hidden");
      },
    },
  );
}

/** A proxy that throws whenever it is used. */
export function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
