import type { CurveModule } from './curve-module.ts';

/** Multiples of 4·G in the table: 2^20, in 2^21 slots of 8 bytes (16 MiB). */
const BABIES = 2 ** 20;
const SLOTS = 2 * BABIES;
/** Points around a giant step that one block covers, to each side and in all. */
const SIDE = 255;
const BLOCK = 2 * SIDE + 1;
/** Giant steps are so long that the table answers for all between two of them. */
const GIANT = 2 * BABIES - 1;
/** Centres that are built together, at most: about 10 ms. */
const MOST_CENTRES = 32;
/** Building goes on for about so many milliseconds at a time. */
const BUILD_MS = 8;
const HITS_AT = 16;

/** What the search needs from the curve. */
export interface SmallLogCurve {
  /** v·G, encoded. */
  readonly multiple: (v: bigint) => Uint8Array;
}

/**
 * Baby-step giant-step for v·G, |v| ≤ 2^40 + 1 (Shanks; on 4·P in affine coordinates, where P and −P share y). For results that are public anyway: the time tells v.
 */
export class CurveSmallLog {
  readonly #module: CurveModule;
  readonly #curve: SmallLogCurve;
  #state: 'none' | 'building' | 'ready' = 'none';
  #centres = 1;

  constructor(module: CurveModule, curve: SmallLogCurve) {
    this.#module = module;
    this.#curve = curve;
  }

  /** Builds a part of the table. @returns true when it is complete */
  prepare(): boolean {
    const { run } = this.#module;
    if (this.#state === 'ready') return true;
    if (this.#state === 'none') {
      const table = this.#module.allocate(SLOTS * 8);
      this.#load(this.#curve.multiple(1n));
      run.logBegin(table, SLOTS - 1, BABIES);
      this.#state = 'building';
    }
    // One centre to begin with: until an engine has optimised the code, it takes thirty times as long.
    const start = performance.now();
    for (let centres = this.#centres; run.logBuild(centres) !== 0; centres = Math.min(MOST_CENTRES, 2 * centres)) {
      const took = performance.now() - start;
      if (took < BUILD_MS / 4) continue;
      this.#centres = took < BUILD_MS ? Math.min(MOST_CENTRES, 2 * this.#centres) : Math.max(1, this.#centres >> 1);
      return false;
    }
    this.#load(this.#curve.multiple(BigInt(GIANT)));
    run.logGiant();
    this.#state = 'ready';
    return true;
  }

  /**
   * v with from ≤ |v| < to and v·G = element, if there is one.
   * @param element 32 bytes
   */
  find(element: Uint8Array, from: number, to: number): number | undefined {
    while (!this.prepare());
    const { run, layout } = this.#module;
    this.#load(element);
    // Giant steps c with |c| in this range reach every v asked for; block b holds those around ±b·BLOCK.
    const least = Math.max(0, Math.ceil((from - BABIES + 1) / GIANT));
    const most = Math.floor((to - 1 + BABIES - 1) / GIANT);
    const end = Math.ceil(Math.max(0, most - SIDE) / BLOCK) + 1;
    let block = Math.max(0, Math.floor((least + SIDE) / BLOCK) - 1);
    while (block < end) {
      run.logSolve(block, end);
      const answer = this.#module.view32(layout.hits, 2);
      const count = answer[0]!;
      const next = answer[1]!;
      const hits = new Int32Array(run.memory.buffer, layout.hits + HITS_AT, 2 * count).slice();
      for (let h = 0; h < count; h++) {
        const center = -hits[2 * h]! * GIANT;
        const found = [center + hits[2 * h + 1]!, center - hits[2 * h + 1]!].find(
          (v) => Math.abs(v) >= from && Math.abs(v) < to && this.#verifies(v, element),
        );
        if (found !== undefined) return found + 0;
      }
      // Fingerprints can agree by chance, and a value outside the range can turn up: the search goes on behind that block.
      if (count > 0 && next < end) this.#load(element);
      block = next;
    }
    return undefined;
  }

  /** 4 × an element into both lanes of the first working point. */
  #load(element: Uint8Array): void {
    const pair = new Uint8Array(64);
    pair.set(element);
    pair.set(element, 32);
    this.#module.decode(pair, 0, 2);
    this.#module.run.double(2);
    this.#module.run.double(2);
  }

  #verifies(v: number, element: Uint8Array): boolean {
    return Buffer.compare(this.#curve.multiple(BigInt(v)), element) === 0;
  }
}
