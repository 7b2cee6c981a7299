import { Injectable } from "@nestjs/common";

/** Faxes that have arrived. In a real application: a table of its database. */
@Injectable()
export class FaxRepository {
  readonly #arrived: string[] = [];

  add(id: string): void {
    this.#arrived.push(id);
  }

  all(): readonly string[] {
    return this.#arrived;
  }
}
