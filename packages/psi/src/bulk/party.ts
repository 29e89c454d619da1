import { createPace, giveBack, type Pace } from '@vouchsafe/core';
import type { BulkKernel } from '@vouchsafe/kernels/bulk';
import { AES_PIECE, type Permutation, permutation, type Stream } from './aes.ts';
import { derive } from './derive.ts';
import { type BulkIds, countIds, hashIds } from './ids.ts';
import { mixingChoices } from './mixing.ts';
import { type BulkGroup, type BulkParameters, FIELD, FIELD_BITS } from './parameters.ts';
import { sortEntries } from './sort.ts';

const RECORD = 32;
const ROW = 16;
/** Row blocks that are mixed before the event loop may have its turn. */
const MIX_BLOCKS = 256;
const MIX_STEP = 24;

/** What both parties do: digests in bins, records, columns to rows, masks. One session's working memory. */
export class Party {
  readonly kernel: BulkKernel;
  readonly parameters: BulkParameters;
  readonly pace: Pace = createPace();
  readonly sid: Uint8Array;
  readonly mask: bigint;
  /** Own elements: how many, and where each bin's begin among them. */
  readonly n: number;
  readonly #starts: Uint32Array;
  /** Digests bin by bin; group by group they become mask entries. */
  readonly #digests: number;
  /** Each one's number in the set; 0: not kept. */
  readonly #numbers: number;
  readonly #record: Permutation;
  readonly #choices: number;
  readonly #maskKey: number;
  /** K or V of all rows, 16 bytes each, from {@link openWork} to {@link closeWork}. */
  rows = 0;
  /** Where memory begins that is taken back when the check has passed. */
  readonly #kept: number;
  #pieces = 0;
  #columns = 0;
  #records = 0;
  #decoded = 0;
  #hashed = 0;
  #stride = 0;
  #zeros: Uint8Array = new Uint8Array(0);

  constructor(
    kernel: BulkKernel,
    {
      parameters,
      sid,
      n,
      numbered,
    }: { readonly parameters: BulkParameters; readonly sid: Uint8Array; readonly n: number; readonly numbered: boolean },
  ) {
    this.kernel = kernel;
    this.parameters = parameters;
    this.sid = sid;
    this.n = n;
    this.mask = (1n << BigInt(parameters.l)) - 1n;
    this.#starts = new Uint32Array(parameters.bins + 1);
    this.#digests = kernel.allocate(ROW * (n + 4));
    this.#numbers = numbered ? kernel.allocate(4 * n) : 0;
    this.#record = permutation(derive('record', sid, 16));
    this.#choices = kernel.place(mixingChoices(sid, parameters.columns));
    this.#maskKey = kernel.place(derive('mask', sid));
    this.#kept = kernel.mark;
  }

  /** Digests of the set, each in its bin. */
  async digest(ids: BulkIds): Promise<void> {
    const { kernel, parameters } = this;
    const mark = kernel.mark;
    const raw = kernel.allocate(ROW * countIds(ids));
    const key = derive('digest', this.sid);
    const counts = kernel.place(new Uint8Array(4 * parameters.bins));
    await hashIds(this, { ids, key }, (hashes, first, count) => {
      kernel.bytes.copyWithin(raw + ROW * first, hashes, hashes + ROW * count);
      kernel.run.countBins(hashes, count, parameters.bins, counts);
    });
    const next = kernel.view32(counts, parameters.bins);
    for (let bin = 0; bin < parameters.bins; bin++) {
      this.#starts[bin + 1] = this.#starts[bin]! + next[bin]!;
      next[bin] = this.#starts[bin]!;
    }
    const piece = 65_536;
    for (let first = 0; first < this.n; first += piece) {
      const count = Math.min(piece, this.n - first);
      kernel.run.scatterBins(raw + ROW * first, count, first, parameters.bins, counts, this.#digests, this.#numbers);
      if (this.pace.due()) await this.pace.rest();
    }
    kernel.release(mark);
  }

  /** Own elements in a bin. */
  load(bin: number): number {
    return this.#starts[bin + 1]! - this.#starts[bin]!;
  }

  /** Memory for rows and groups, when digests are made: what these needed is used again. */
  openWork(): void {
    const { kernel, parameters } = this;
    const { groups, columns } = parameters;
    const most = Math.max(...groups.map(({ firstBin, bins }) => this.#starts[firstBin + bins]! - this.#starts[firstBin]!));
    const rows = Math.max(...groups.map((group) => group.rows));
    this.rows = kernel.allocate(ROW * parameters.rows);
    // Not a power of two: columns a power of two apart would share cache lines' places.
    this.#stride = Math.ceil(rows / 8 / 64) * 64 + 64;
    const padded = Math.ceil((FIELD_BITS * columns) / MIX_STEP) * MIX_STEP;
    this.#pieces = kernel.allocate(FIELD * this.#stride);
    this.#columns = kernel.allocate(padded * this.#stride);
    this.#records = kernel.allocate(RECORD * (most + 4));
    const fullest = Math.max(...Array.from({ length: parameters.bins }, (_, bin) => this.load(bin)));
    this.#decoded = kernel.allocate(ROW * (fullest + 4));
    this.#hashed = kernel.allocate(Math.max(ROW * (fullest + 4), AES_PIECE));
    this.#zeros = new Uint8Array(rows / 8);
    // Columns that fill the last step up, and the sender's missing piece.
    kernel.view(this.#columns + FIELD_BITS * columns * this.#stride, (padded - FIELD_BITS * columns) * this.#stride).fill(0);
    kernel.view(this.#pieces, this.#stride).fill(0);
  }

  /** Gives back all but the masks: rows, and whatever was allocated since the digests were made, are of no use any more. */
  closeWork(): void {
    this.kernel.release(this.#kept);
  }

  /** Records of a group's elements, in their order. @returns the address */
  async records({ firstBin, bins }: BulkGroup): Promise<void> {
    const { kernel } = this;
    const [from, to] = [this.#starts[firstBin]!, this.#starts[firstBin + bins]!];
    const piece = AES_PIECE / RECORD;
    for (let at = from; at < to; at += piece) {
      const count = Math.min(piece, to - at);
      const record = this.#records + RECORD * (at - from);
      kernel.run.prepare(this.#digests + ROW * at, count, record);
      const encrypted = this.#record(kernel.view(record, RECORD * count));
      kernel.bytes.set(encrypted, this.#hashed);
      giveBack(encrypted);
      kernel.run.xorInto(record, this.#hashed, RECORD * count);
      if (this.pace.due()) await this.pace.rest();
    }
  }

  /** Address of a bin's records, after {@link records} of its group. */
  recordsOf(bin: number, { firstBin }: BulkGroup): number {
    return this.#records + RECORD * (this.#starts[bin]! - this.#starts[firstBin]!);
  }

  /** The sums of one code column's pieces: u to `u`, v_0 … v_3 among the columns. @param streams 16, the first one missing at the sender */
  foldColumn(
    { rows }: BulkGroup,
    { i, streams, u }: { readonly i: number; readonly streams: readonly Stream[]; readonly u: number },
    first: 0 | 1,
  ): void {
    const { kernel } = this;
    const zeros = this.#zeros.subarray(0, rows / 8);
    for (let x = first; x < FIELD; x++) {
      const piece = streams[FIELD * i + x]!.next(zeros);
      kernel.bytes.set(piece, this.#pieces + x * this.#stride);
      giveBack(piece);
    }
    kernel.run.fold(this.#pieces, this.#stride, rows / 8, u, this.columnAt(i, 0), this.#stride);
  }

  /** Address of v_b of code column i. */
  columnAt(i: number, b: number): number {
    return this.#columns + (FIELD_BITS * i + b) * this.#stride;
  }

  /** M times the columns, transposed: a group's rows. */
  async mix({ rows, firstRow }: BulkGroup): Promise<void> {
    const blocks = rows / 128;
    const count = Math.ceil((FIELD_BITS * this.parameters.columns) / MIX_STEP) * MIX_STEP;
    for (let block = 0; block < blocks; block += MIX_BLOCKS) {
      const own = Math.min(MIX_BLOCKS, blocks - block);
      this.kernel.run.mix(
        this.#columns + 16 * block,
        this.#stride,
        count,
        this.rows + ROW * (firstRow + 128 * block),
        own,
        this.#choices,
      );
      if (this.pace.due()) await this.pace.rest();
    }
  }

  /** F of a group's own elements: H_o(digest ‖ ⟨row, rows⟩ ⊕ L), as entries in the digests' place. @param tables of L_Δ; 0: none */
  async evaluate(group: BulkGroup, tables: number): Promise<void> {
    const { kernel, parameters } = this;
    const { places, dense, maskBytes } = parameters;
    const rest = maskBytes === 8 ? 0 : maskBytes === 12 ? -1 : 2 ** (8 * (maskBytes - 8)) - 1;
    for (let bin = group.firstBin; bin < group.firstBin + group.bins; bin++) {
      const rows = this.rows + ROW * (group.firstRow + (bin - group.firstBin) * (places + dense));
      const [first, count] = [this.#starts[bin]!, this.load(bin)];
      kernel.run.decode(this.recordsOf(bin, group), count, places, dense, rows, this.#decoded, tables, this.mask);
      if (this.pace.due()) await this.pace.rest();
      const own = this.#digests + ROW * first;
      kernel.run.hashPairs(own, ROW, this.#decoded, count, this.#hashed, this.#maskKey);
      kernel.run.keep(this.#hashed, count, own, this.#numbers === 0 ? 0 : this.#numbers + 4 * first, rest);
      if (this.pace.due()) await this.pace.rest();
    }
  }

  /** All masks in ascending order, as entries. @returns their address */
  async sorted(): Promise<number> {
    return sortEntries(this, this.#digests, this.n);
  }
}
