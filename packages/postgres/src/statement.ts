/** A row as the database's driver gives it. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * One SQL statement with named holes. It is kept in pieces for tagged templates such as Prisma's, and with numbers for `pg`.
 */
export class Statement<Hole extends string = never> {
  /** The text between the holes. */
  readonly strings: TemplateStringsArray;
  /** The name under which the server keeps its plan. */
  readonly name: string;
  /** With `$1`, `$2` for the holes. */
  readonly text: string;
  /** By position between the strings; one name may come several times. */
  readonly #holes: readonly Hole[];
  readonly #numbered: readonly Hole[];

  /** @param sql with holes in braces: `SELECT {id}::text` */
  constructor(sql: string) {
    const parts = sql.split(/\{(\w+)\}/);
    const strings = parts.filter((_, index) => index % 2 === 0);
    this.strings = Object.assign(strings, { raw: strings });
    this.#holes = parts.filter((_, index) => index % 2 === 1) as Hole[];
    this.#numbered = [...new Set(this.#holes)];
    this.text = sql.replace(/\{(\w+)\}/g, (_, hole) => `$${this.#numbered.indexOf(hole) + 1}`);
    this.name = `mintfax_${fingerprint(this.text)}`;
  }

  /** The values to put between the strings. */
  valuesOf(args: Readonly<Record<Hole, string>>): string[] {
    return this.#holes.map((hole) => args[hole]);
  }

  /** With literals for the holes. */
  textWith(args: Readonly<Record<Hole, string>>): string {
    return this.text.replace(/\$(\d+)/g, (_, number) => literal(args[this.#numbered[number - 1] as Hole]));
  }

  /** Runs the plan that the server keeps for the connection. */
  executionWith(args: Readonly<Record<Hole, string>>): string {
    let values = "";
    for (const hole of this.#numbered) values += `${values === "" ? "" : ", "}${literal(args[hole])}`;
    return `EXECUTE ${this.name} (${values})`;
  }

  /** The values by number. */
  numberedValuesOf(args: Readonly<Record<Hole, string>>): string[] {
    return this.#numbered.map((hole) => args[hole]);
  }
}

/** Means the same whether `standard_conforming_strings` is on or off. */
function literal(value: string): string {
  if (!value.includes("'") && !value.includes("\\")) return `'${value}'`;
  return `E'${value.replace(/[\\']/g, "$&$&")}'`;
}

/** FNV-1a. One connection may serve stores with several tables, so each text needs a name of its own. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16);
}
