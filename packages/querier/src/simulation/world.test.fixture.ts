import { createHash } from 'node:crypto';
import { readLeaf } from '@vouchsafe/audit';
import { encodeCanonical, type Kv, KvFailure, memoryKv } from '@vouchsafe/core';
import { createHolder, fromIterable, type Holder, type HolderStore, NO_TICK } from '@vouchsafe/holder';
import { readProblem, signRequest } from '@vouchsafe/protocol';
import { unwrap } from '../federation.test.fixture.ts';
import type { Request as Asked, Terms } from './model.test.fixture.ts';
import { policyOf, storeOver, type Template } from './template.test.fixture.ts';

/** What is to go wrong in the store at a request's first transaction: is that on the disk all the same? */
export interface StoreFaultAt {
  readonly durable: boolean;
}

/** A request on its way, to be delivered now, later, or again. */
export interface Sent {
  readonly asked: Asked;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970, by the bureau's clock. */
  readonly at: number;
}

/** What came back: `answered` or a refusal's tag, and the hash of the body. */
export interface Outcome {
  readonly tag: string;
  readonly hash: string;
}

/** One holder over a store of its own, with a clock that the test moves and a store that fails when it is told to. */
export class World {
  now: number;
  file = 0;
  fault: StoreFaultAt | undefined;
  private readonly template: Template;
  private readonly kv: Kv;
  private terms: Terms;
  private holder: Holder | undefined;
  private store: HolderStore | undefined;
  private transactions = 0;

  private constructor(template: Template, kv: Kv, { now, terms }: { readonly now: number; readonly terms: Terms }) {
    this.template = template;
    this.kv = kv;
    this.now = now;
    this.terms = terms;
  }

  static async open(template: Template, start: { readonly now: number; readonly terms: Terms }): Promise<World> {
    const kv = memoryKv();
    await kv.commit((writer) => {
      for (const { name, entries } of template.tables) for (const { key, value } of entries) writer.put(name, key, value);
    });
    const world = new World(template, kv, start);
    await world.start();
    return world;
  }

  /** Begins anew over what the store has, as after a crash. */
  async start(): Promise<void> {
    const { federation, files, group } = this.template;
    await this.holder?.close();
    this.store = await storeOver(this.faulty());
    this.holder = unwrap(
      await createHolder({
        federation: files[this.file],
        auditorKey: federation.auditorKey,
        id: 'ant',
        secrets: federation.secretsOf('ant'),
        policy: policyOf(this.terms),
        source: fromIterable(() => []),
        store: this.store,
        group,
        padTo: 8,
        tick: NO_TICK,
        clock: () => this.now,
        onError: (error) => {
          if (!(error instanceof KvFailure)) throw error;
        },
      })(),
    );
  }

  async adopt(terms: Terms, file: number): Promise<void> {
    [this.terms, this.file] = [terms, file];
    unwrap(await this.holder!.adopt({ federation: this.template.files[file], policy: policyOf(terms) })());
  }

  /** Signs a request. */
  send(asked: Asked): Sent {
    const body = this.template.bodyOf(asked);
    const url = `http://ant.test/vouchsafe/v1/${asked.what}`;
    const { message } = signRequest({ signer: this.template.signer, now: () => this.now }, { method: 'POST', url, body });
    return { asked, body, url, headers: { ...message }, at: this.now };
  }

  /** Hands a request to the holder. @param fault what goes wrong in its store meanwhile */
  async deliver({ url, headers, body }: Sent, fault?: StoreFaultAt): Promise<Outcome> {
    [this.fault, this.transactions] = [fault, 0];
    const response = await this.holder!.fetch(new Request(url, { method: 'POST', headers, body }));
    this.fault = undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    const hash = createHash('sha256').update(bytes).digest('hex');
    if (response.status === 200) return { tag: 'answered', hash };
    return {
      tag: unwrap(readProblem(new TextDecoder().decode(bytes)))
        .type.split(':')
        .at(-1)!,
      hash,
    };
  }

  spent(epoch: number): ReturnType<HolderStore['spent']> {
    return this.store!.spent({ bureau: 'bureau', epoch });
  }

  matchSpent(epoch: number): ReturnType<HolderStore['matchSpent']> {
    return this.store!.matchSpent({ bureau: 'bureau', epoch }, this.now);
  }

  /** What the log says of answers: how many, and what they took, by epoch. */
  async logged(): Promise<readonly { readonly epoch: number; readonly leaf: string; readonly took: string }[]> {
    const found: { readonly epoch: number; readonly leaf: string; readonly took: string }[] = [];
    for (let from = 0; ; from += 256) {
      const page = unwrap(await this.store!.log.entries({ from, count: 256 }));
      for (const entry of page) {
        const leaf = unwrap(readLeaf(entry));
        if (leaf.leaf === 'query')
          found.push({
            epoch: leaf.epoch,
            leaf: leaf.kind,
            took: Buffer.from(encodeCanonical([Number(leaf.charge.num), Number(leaf.rho?.num ?? 0)])).toString('hex'),
          });
        if (leaf.leaf === 'match') found.push({ epoch: leaf.epoch, leaf: 'match', took: String(leaf.elements) });
      }
      if (page.length < 256) return found;
    }
  }

  async close(): Promise<void> {
    await this.holder!.close();
    await this.kv.close();
  }

  /** The store, which outlives the holder and fails when it is told to. */
  private faulty(): Kv {
    return {
      ...this.kv,
      commit: async (work) => {
        const { fault } = this;
        const hit = fault !== undefined && ++this.transactions === 1;
        if (hit && !fault.durable) throw new KvFailure('StoreFull', 'no room');
        const result = await this.kv.commit(work);
        if (hit) throw new KvFailure('StoreUnwritable', 'it is uncertain what is on the disk');
        return result;
      },
      close: async () => undefined,
    };
  }
}
