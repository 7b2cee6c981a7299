/** A logger that writes a line of fields, with a level. */
export interface Log {
  info(fields: object): void;
  warn(fields: object): void;
  error(fields: object): void;
}
