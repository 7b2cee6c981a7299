import fc from "fast-check";
import { hidingPrototype, revoked, thenable, unreadable } from "test-support/foreign-values";

/** Foreign code: what it does when it is called, in place of what it should do. */
export interface Conduct {
  readonly name: string;
  /** @param good does what the code should do. @param released resolves when what hangs may end */
  act(good: () => unknown, released: Promise<void>): unknown;
}

const error = (): Error => new Error("hostile");

const GOOD: readonly Conduct[] = [
  { name: "good", act: (good) => good() },
  { name: "good, later", act: async (good) => good() },
  {
    name: "good, a lazy thenable",
    act: (good) =>
      thenable((resolve, reject) => void (async () => resolve((await good()) as never))().catch(reject)),
  },
  {
    name: "good, answered twice",
    act: (good) =>
      thenable((resolve, reject) => {
        const answer = good();
        resolve(answer as never);
        resolve(undefined as never);
        reject(error());
      }),
  },
];

const THROWING: readonly Conduct[] = [
  {
    name: "throws",
    act() {
      throw error();
    },
  },
  {
    name: "throws what cannot be read",
    act() {
      throw revoked();
    },
  },
  {
    name: "throws nothing",
    act() {
      throw undefined;
    },
  },
  { name: "rejects", act: () => Promise.reject(error()) },
  { name: "rejects with what cannot be read", act: () => Promise.reject(unreadable()) },
  {
    name: "a thenable that throws",
    act: () =>
      thenable(() => {
        throw error();
      }),
  },
  {
    name: "a promise whose own then throws",
    act() {
      const then = (): never => {
        throw error();
      };
      return Object.assign(Promise.resolve(), { then });
    },
  },
  {
    name: "a promise whose own then fulfils and rejects",
    act() {
      const then = (resolve: () => void, reject: (error: unknown) => void): void => {
        resolve();
        reject(error());
      };
      return Object.assign(Promise.resolve(), { then });
    },
  },
  {
    name: "works, then throws",
    async act(good) {
      await good();
      throw error();
    },
  },
];

const HANGING: readonly Conduct[] = [
  { name: "hangs", act: (_, released) => released },
  { name: "hangs, then works", act: (good, released) => released.then(good) },
  { name: "hangs, then rejects", act: (_, released) => released.then(() => Promise.reject(error())) },
  {
    name: "hangs as a thenable",
    act: (_, released) => thenable((resolve) => void released.then(() => resolve(undefined as never))),
  },
  {
    name: "works, then hangs",
    async act(good, released) {
      const answer = await good();
      await released;
      return answer;
    },
  },
];

const JUNK: readonly Conduct[] = [
  undefined,
  null,
  0,
  Number.NaN,
  "",
  "claimed",
  "ok",
  true,
  Symbol("junk"),
  {},
  [],
  { state: "busy" },
  { state: "claimed" },
  { state: "claimed", fence: "1" },
].map((junk, index) => ({
  name: `answers junk (${index}: ${typeof junk})`,
  act: () => junk,
}));

const UNREADABLE: readonly Conduct[] = [
  { name: "answers what cannot be read", act: () => unreadable() },
  { name: "answers what hides its prototype", act: () => hidingPrototype() },
  { name: "resolves with junk", act: async () => ({ state: "lost?" }) },
];

/** Good about as often as not, since what is never reached shows nothing. */
export const conduct: fc.Arbitrary<Conduct> = fc.oneof(
  { arbitrary: fc.constantFrom(...GOOD), weight: 5 },
  { arbitrary: fc.constantFrom(...THROWING), weight: 2 },
  { arbitrary: fc.constantFrom(...HANGING), weight: 2 },
  { arbitrary: fc.constantFrom(...JUNK, ...UNREADABLE), weight: 1 },
);

/** For code that is not waited for with a limit of ours, as the platform's own. */
export const promptConduct: fc.Arbitrary<Conduct> = fc.oneof(
  { arbitrary: fc.constantFrom(...GOOD), weight: 5 },
  { arbitrary: fc.constantFrom(...THROWING), weight: 2 },
  { arbitrary: fc.constantFrom(...JUNK, ...UNREADABLE), weight: 1 },
);

/** For code that has to answer at once: a promise of its own that rejects would be its own fault. */
export const synchronousConduct: fc.Arbitrary<Conduct> = fc.constantFrom(
  ...GOOD.slice(0, 1),
  ...THROWING.slice(0, 3),
  ...JUNK,
  ...UNREADABLE.slice(0, 1),
);
