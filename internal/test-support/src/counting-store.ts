import type { LeaseStore } from "@mintfax-webhooks/core";

/** A store that counts every call made to it. */
export function counting(store: LeaseStore): { readonly store: LeaseStore; readonly calls: string[] } {
  const calls: string[] = [];
  const counted = new Proxy(store, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        calls.push(String(name));
        return member.apply(target, args);
      };
    },
  });
  return { store: counted, calls };
}
