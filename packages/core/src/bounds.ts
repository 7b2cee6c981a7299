import { ConfigurationError } from "./errors.ts";

/**
 * @param why what a bound follows from, where that is not obvious
 * @throws {ConfigurationError} for a value that is no number from `min` to `max`
 */
export function within(name: string, value: number, min: number, max: number, why = ""): number {
  if (typeof value === "number" && value >= min && value <= max) return value;
  throw new ConfigurationError(
    "option_out_of_bounds",
    `${name} is ${value}; expected a number from ${min} to ${max}${why}.`,
  );
}

/** Standard Webhooks leaves the number open; 300 s either way is what its reference library allows. */
export function toleranceFrom(toleranceSeconds: number = 300): number {
  return within("toleranceSeconds", toleranceSeconds, 1, 86_400);
}
