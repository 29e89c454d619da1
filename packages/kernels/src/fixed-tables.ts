import type { CurveModule } from './curve-module.ts';

const SIZE = 32;

/** Tables kept; the one longest unused makes room (about 100 to 150 KB each). */
const MAX_TABLES = 128;
/** Bases whose use is counted. */
const MAX_COUNTED = 1024;
/** A table is made once its base has been used this often: making one costs about as much. */
const WORTH = 64;
/** A batch that uses bases this often gets all of its tables at once; a shorter one two, so that its caller does not wait long. */
const MANY_USES = 64;

/** Tables of the bases that a module has met often. */
export class FixedTables {
  readonly #module: CurveModule;
  /** Least recently used first. */
  readonly #tables: Map<string, number> = new Map();
  readonly #uses: Map<string, number> = new Map();
  #scratch: number | undefined;

  constructor(module: CurveModule) {
    this.#module = module;
  }

  /**
   * The tables of bases that are about to be used `uses` times each; `undefined` for a base that is not worth one yet, or has to wait.
   * @param bases n × 32 bytes
   */
  ready(bases: Uint8Array, uses: number): (number | undefined)[] {
    const keys = Array.from({ length: bases.length / SIZE }, (_, i) =>
      Buffer.from(bases.subarray(i * SIZE, (i + 1) * SIZE)).toString('latin1'),
    );
    const wanted = [...new Set(keys)].filter((key) => this.#count(key, uses) >= WORTH).slice(0, MAX_TABLES);
    for (const key of wanted) {
      const known = this.#tables.get(key);
      if (known === undefined) continue;
      this.#tables.delete(key);
      this.#tables.set(key, known);
    }
    const missing = wanted.filter((key) => !this.#tables.has(key));
    const made = uses < MANY_USES ? Math.min(2, missing.length) : missing.length;
    for (let i = 0; i < made; i += 2) this.#make(missing[i]!, missing[i + 1]);
    return keys.map((key) => this.#tables.get(key));
  }

  #count(key: string, uses: number): number {
    const total = (this.#uses.get(key) ?? 0) + uses;
    this.#uses.delete(key);
    this.#uses.set(key, total);
    if (this.#uses.size > MAX_COUNTED) this.#uses.delete(this.#uses.keys().next().value!);
    return total;
  }

  /** Two lanes make two tables at once. */
  #make(first: string, second: string | undefined): void {
    const { run, layout } = this.#module;
    this.#scratch ??= this.#module.allocate(layout.fixedTableBytes);
    const pair = Buffer.concat([Buffer.from(first, 'latin1'), Buffer.from(second ?? first, 'latin1')]);
    this.#module.decode(pair, 0, 2);
    const places = [this.#place(first), second === undefined ? this.#scratch : this.#place(second)] as const;
    run.makeTables(places[0], places[1], layout.fixedWindows);
  }

  #place(key: string): number {
    let place: number;
    if (this.#tables.size < MAX_TABLES) place = this.#module.allocate(this.#module.layout.fixedTableBytes);
    else {
      const [oldest, reused] = this.#tables.entries().next().value!;
      this.#tables.delete(oldest);
      place = reused;
    }
    this.#tables.set(key, place);
    return place;
  }
}
