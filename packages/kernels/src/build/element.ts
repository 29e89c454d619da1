import { InexactError } from './exact.ts';
import type { Place } from './wat.ts';

/** Vectors (two elements each) that one call of the module works on at most. */
export const VECTORS = 64;
export const LANES: number = 2 * VECTORS;

/** A vector of two field elements in memory, and how many units its limbs can have here. */
export class Fe {
  readonly place: Place;
  /** A place that loops or other functions write too: it never holds more than this. */
  readonly limit: number | undefined;
  #units: number;

  constructor(place: Place, limit?: number) {
    this.place = place;
    this.limit = limit;
    this.#units = limit ?? 0;
  }

  get units(): number {
    if (this.#units === 0) throw new InexactError('a field element is read before this straight line wrote it');
    return this.#units;
  }

  set units(count: number) {
    if (this.limit === undefined) this.#units = count;
    else if (count > this.limit) throw new InexactError(`${count} units do not fit a place for ${this.limit}`);
  }

  forget(): void {
    if (this.limit === undefined) this.#units = 0;
  }
}

/** An extended point X, Y, Z, T (x = X/Z, y = Y/Z, xy = T/Z), every part at most one unit. */
export interface Point {
  readonly at: Place;
  readonly x: Fe;
  readonly y: Fe;
  readonly z: Fe;
  readonly t: Fe;
}
