import { csprng, E, type Either, Secret } from '@vouchsafe/core';
import { createQuerier, createQuerierStore, type Exchange, type Querier } from '@vouchsafe/querier';
import { openStore } from '@vouchsafe/store-lmdb';
import { cheatingStore } from './cheat.ts';
import { BUREAU, type Founded } from './federation.ts';

/** The bureau, in this process, with a store of its own. */
export interface Bureau {
  readonly querier: Querier;
  /** The last checkpoint that it saw of each lender's log. */
  readonly checkpoints: (lenders: readonly string[]) => Promise<ReadonlyMap<string, readonly Uint8Array[]>>;
}

export const openBureau = async (
  { file, auditorKey, secrets }: Founded,
  {
    folder,
    onExchange,
    victim,
  }: {
    readonly folder: string;
    readonly onExchange: (exchange: Exchange) => void;
    /** The lender whose row the bureau changes while sealing, if it does. */
    readonly victim?: string | undefined;
  },
): Promise<Either<{ readonly _tag: string; readonly message: string }, Bureau>> => {
  const opened = await openStore({ folder, use: 'bureau', unlock: { key: new Secret(csprng(32)) } })();
  if (E.isLeft(opened)) return opened;
  const honest = createQuerierStore(opened.right);
  const store = victim === undefined ? honest : cheatingStore(honest, victim);
  const own = { federation: file, auditorKey, id: BUREAU, secrets: secrets.get(BUREAU)! };
  const querier = await createQuerier({ ...own, store, onExchange })();
  if (E.isLeft(querier)) return querier;
  const checkpoints: Bureau['checkpoints'] = async (lenders) => {
    const seen = new Map<string, readonly Uint8Array[]>();
    for (const id of lenders) {
      const note = await store.checkpoint(id);
      if (note) seen.set(id, [note]);
    }
    return seen;
  };
  return E.right({ querier: querier.right, checkpoints });
};
