/** One of the known values, or any other string: mintfax may add members to its enumerations. */
export type OpenString<Known extends string> = Known | (string & Record<never, never>);

/** The verified JSON body of a delivery, in mintfax's own word. */
export interface Envelope<Type extends string, Resource> {
  /** The event's id, starting with `evt_`; the same on every attempt to deliver it. */
  readonly id: string;
  /** The event's name. */
  readonly type: Type;
  /** Unix seconds at which the event was generated (not sent). */
  readonly created: number;
  readonly data: {
    /** The resource as it was when the event fired. */
    readonly object: Resource;
  };
}
