import { createMemoryStore } from "./dedup/memory-store.ts";
import { memberOf } from "./foreign.ts";
import { isPromiseLike, type MaybePromise } from "./maybe-promise.ts";
import { type OptionsResolver, type RequestOptions, settingsWith } from "./options.ts";
import { type Ending, endingOf } from "./outcome/ending.ts";
import { mistakeIn } from "./outcome/endings.ts";
import { logProblems } from "./outcome/log.ts";
import type { OutcomeHook } from "./outcome/record.ts";
import type { Settings } from "./settings.ts";
import { KeyCache } from "./signature/key-cache.ts";
import { resolvedInTime } from "./signature/resolver.ts";
import type { LeaseStore } from "./store/contract.ts";

/**
 * Settings from options that are known per request only. Nothing but the options says which requests belong together:
 * some platforms make new bindings for every request, and one set of bindings may serve several tenants. So the options
 * are asked for every time, and what has to last goes by their secrets: prepared keys, and the default store, without
 * which nothing would be a duplicate.
 *
 * A stranger's request gets this far too, so nothing is kept, touched or evicted until a delivery is authentic.
 */
export class SettingsResolver<Platform, Tx> {
  readonly #resolve: OptionsResolver<Platform, Tx>;
  readonly #keys = new KeyCache();
  readonly #stores = new DefaultStores();
  /** The hook of the last options that worked, for deliveries whose options fail. */
  #onOutcome: OutcomeHook = logProblems;

  constructor(resolve: OptionsResolver<Platform, Tx>) {
    this.#resolve = resolve;
  }

  /**
   * Neither throws nor rejects.
   *
   * @param platformOf asked within, since a platform may be a getter that throws
   * @returns a promise only where the options come as one
   */
  settingsFor(platformOf: () => Platform): MaybePromise<Settings<Platform, Tx> | OptionsFailure> {
    try {
      const answer = this.#resolve(platformOf());
      return isPromiseLike(answer)
        ? resolvedInTime(answer, "options").then(
            (options) => this.#settingsOrFailure(options),
            (error) => new OptionsFailure(error, this.#onOutcome),
          )
        : this.#settingsOrFailure(answer);
    } catch (error) {
      return new OptionsFailure(error, this.#onOutcome);
    }
  }

  #settingsOrFailure(options: RequestOptions<Tx>): Settings<Platform, Tx> | OptionsFailure {
    try {
      const settings = this.#settingsFrom(options);
      this.#onOutcome = settings.onOutcome;
      return settings;
    } catch (error) {
      const hook = memberOf(options, "onOutcome");
      return new OptionsFailure(error, typeof hook === "function" ? (hook as OutcomeHook) : this.#onOutcome);
    }
  }

  #settingsFrom(options: RequestOptions<Tx>): Settings<Platform, Tx> {
    const stores = this.#stores;
    // The secrets of these options; those that cannot be used throw before a store is asked for.
    let secrets!: readonly string[];
    return settingsWith<Platform, Tx>(
      options,
      (secret) => {
        const keys = this.#keys.find(secret as RequestOptions["secret"]);
        secrets = keys.secrets;
        return keys;
      },
      () => stores.of(secrets),
    );
  }
}

/** The function that makes the options failed, or the options are invalid. */
export class OptionsFailure {
  readonly error: unknown;
  readonly onOutcome: OutcomeHook;

  constructor(error: unknown, onOutcome: OutcomeHook) {
    this.error = error;
    this.onOutcome = onOutcome;
  }

  get ending(): Ending {
    const { error } = this;
    if (memberOf(error, "code") === "resolver_timeout") {
      const message =
        "The function that makes this server's options did not answer in time; see the server's log.";
      return endingOf("secret_unavailable", message, error);
    }
    const message = `The function that makes this server's options failed, or its options are invalid${mistakeIn(error)}; see its log.`;
    return endingOf("internal_error", message, error);
  }
}

/** The memory store of each tenant: as long as this process runs, since what it holds must not be forgotten. */
class DefaultStores {
  readonly #bySecret = new Map<string, LeaseStore>();

  /** The one store of secrets any of which was seen before: a rotation changes them one by one. */
  of(secrets: readonly string[]): LeaseStore {
    const known = secrets.map((secret) => this.#bySecret.get(secret)).find((store) => store !== undefined);
    const store = known ?? createMemoryStore();
    for (const secret of secrets) this.#bySecret.set(secret, store);
    return store;
  }
}
