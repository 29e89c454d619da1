import { openCheckpoint } from '@vouchsafe/audit';
import { E, rational, subtractRational, toNumber } from '@vouchsafe/core';
import { createHolderStore, DEFAULT_MATCH_QUOTA, type HolderStore, type QuerierGrant } from '@vouchsafe/holder';
import { logOf } from '@vouchsafe/querier';
import { fine } from '../command.ts';
import { badVerdict } from '../exit.ts';
import { openState } from '../member/open-state.ts';
import type { MemberCall } from '../member/options.ts';
import type { Ended, Result } from '../outcome.ts';
import { figure, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { type HolderConfig, readHolderConfig } from './config.ts';
import { type HolderDocuments, holderPassphrase, readHolderDocuments } from './open-holder.ts';
import { epochsOf, type TableProgress, tablesOf } from './tables.ts';

/** What a querier has used up in an epoch, and what it has left. */
interface Account {
  readonly epoch: number;
  readonly querier: string;
  /** ε or ρ of aggregates, queries for signals, elements of matches. */
  readonly what: 'aggregate' | 'aggregate in rho' | 'signal' | 'match' | 'match today';
  readonly used: number;
  readonly left: number;
}

export const holderStatus = async (call: MemberCall, world: World): Result => {
  const config = await readHolderConfig(call.folder);
  if (E.isLeft(config)) return config;
  const documents = await readHolderDocuments(config.right, world);
  if (E.isLeft(documents)) return documents;
  const passphrase = await holderPassphrase(config.right, call, world);
  if (E.isLeft(passphrase)) return passphrase;
  const state = await openState({ folder: config.right.state, use: 'holder', passphrase: passphrase.right });
  if (E.isLeft(state))
    return state.left._tag === 'StoreLocked'
      ? E.left({
          ...state.left,
          message: `${state.left.message}. Of a holder that serves, /metrics has the same figures (holder serve --metrics-port)`,
        })
      : state;
  const store = createHolderStore(state.right);
  try {
    return await statusOf({ config: config.right, documents: documents.right, store, now: world.now() });
  } finally {
    await store.close();
  }
};

const statusOf = async ({
  config: { name },
  documents: { federation, policy },
  store,
  now,
}: {
  readonly config: HolderConfig;
  readonly documents: HolderDocuments;
  readonly store: HolderStore;
  readonly now: number;
}): Result => {
  const log = await logSize({ store, federation, name });
  if (E.isLeft(log)) return log;
  const tables: TableProgress[] = [];
  const accounts: Account[] = [];
  for (const { number: epoch } of epochsOf(federation, name)) {
    tables.push(...(await tablesOf({ store, federation, policy, epoch })));
    for (const grant of policy.queriers) accounts.push(...(await accountsOf({ store, epoch, grant, now })));
  }
  const tiers = policy.queriers.some(({ totals }) => totals?.reciprocity);
  return fine(
    [
      `${name} of "${federation.id}", federation file ${federation.serial}; its log has ${figure(log.right)} entries`,
      tables.length === 0
        ? 'No table: the policy grants totals to nobody, or the holder is in no live epoch’s roster.'
        : table(
            ['epoch', 'bureau', 'scheme', 'table', 'rows', 'sent', 'back'],
            tables.map(({ epoch, bureau, scheme, stage, rows, sent, accepted }) => [
              String(epoch),
              bureau,
              scheme,
              stage,
              ...[rows, sent, accepted].map((value) => figure(value)),
            ]),
          ),
      ...(accounts.length === 0
        ? []
        : [
            table(
              ['epoch', 'querier', 'for', 'used', 'left'],
              accounts.map(({ epoch, querier, what, used, left }) => [
                String(epoch),
                querier,
                WHAT[what],
                number(used),
                number(left),
              ]),
            ),
          ]),
      ...(tiers ? ['Budgets that grow with contributions are higher where a signed statement says so.'] : []),
    ].join('\n'),
    { holder: name, federation: federation.id, serial: federation.serial, log: log.right, tables, budgets: accounts },
  );
};

const WHAT: Readonly<Record<Account['what'], string>> = {
  aggregate: 'aggregate (epsilon)',
  'aggregate in rho': 'aggregate (rho)',
  signal: 'signal (queries)',
  match: 'match (elements)',
  'match today': 'match today (elements)',
};

const number = (value: number): string => (Number.isInteger(value) ? figure(value) : String(value));

const logSize = async ({
  store,
  federation,
  name,
}: { readonly store: HolderStore; readonly name: string } & Pick<HolderDocuments, 'federation'>): Promise<Ended<number>> => {
  const note = await store.log.checkpoint();
  if (note === undefined) return E.right(0);
  const opened = openCheckpoint(note, logOf(federation, name));
  return E.isLeft(opened)
    ? E.left(badVerdict(opened.left._tag, `the log in the state folder: ${opened.left.message}`))
    : E.right(opened.right.size);
};

const accountsOf = async ({
  store,
  epoch,
  grant: { bureau, totals, match },
  now,
}: {
  readonly store: HolderStore;
  readonly epoch: number;
  readonly grant: QuerierGrant;
  readonly now: number;
}): Promise<readonly Account[]> => {
  const own = { epoch, querier: bureau };
  const { epsilon, rho = rational(0), signals } = await store.spent({ bureau, epoch });
  const inRho = totals?.aggregate?.rhoPerEpoch;
  const accounts: Account[] = [];
  if (totals?.aggregate)
    accounts.push({
      ...own,
      what: 'aggregate',
      used: toNumber(epsilon),
      left: toNumber(subtractRational(totals.aggregate.epsilonPerEpoch ?? rational(0), epsilon)),
    });
  if (inRho)
    accounts.push({ ...own, what: 'aggregate in rho', used: toNumber(rho), left: toNumber(subtractRational(inRho, rho)) });
  if (totals?.signal) accounts.push({ ...own, what: 'signal', used: signals, left: totals.signal.queriesPerEpoch - signals });
  const quota = match === true ? DEFAULT_MATCH_QUOTA : match;
  if (quota) {
    const { elementsOfDay, elementsOfEpoch } = await store.matchSpent({ bureau, epoch }, 1000 * now);
    accounts.push({ ...own, what: 'match today', used: elementsOfDay, left: quota.elementsPerDay - elementsOfDay });
    accounts.push({ ...own, what: 'match', used: elementsOfEpoch, left: quota.elementsPerEpoch - elementsOfEpoch });
  }
  return accounts;
};
