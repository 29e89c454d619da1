import { setTimeout as wait } from 'node:timers/promises';
import { E } from '@vouchsafe/core';
import { createService, serve } from '@vouchsafe/service';
import { badInput, badVerdict, EXIT, failure, interrupted } from '../exit.ts';
import type { MemberCall } from '../member/options.ts';
import { progressOf } from '../member/progress.ts';
import type { Ended, Result } from '../outcome.ts';
import { type Bars, figure, table } from '../screen/index.ts';
import type { World } from '../world.ts';
import { ingestFailure } from './load-records.ts';
import { type OpenedHolder, withHolder } from './open-holder.ts';
import { epochsOf, type TableProgress, tablesOf } from './tables.ts';

/** What `holder seal` was told. */
export interface SealCall extends MemberCall {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** Seconds. */
  readonly limit?: number | undefined;
}

/** How long answers that are under way have at the end, in milliseconds. */
const GRACE_MS = 5000;

/** How often it looks how far the tables are, in milliseconds. */
const LOOK_MS = 250;

export const sealTables = (call: SealCall, world: World): Result =>
  withHolder(call, world, async (opened) => {
    const { config, documents, holder } = opened;
    if (!documents.policy.queriers.some(({ totals }) => totals))
      return E.left(badInput(`${config.policy} grants totals to nobody, so that there is no table to seal`));
    const progress = progressOf(world, call.quiet);
    try {
      const loaded = await holder.load({ signal: world.signal, onProgress: progress.show })();
      if (E.isLeft(loaded)) return E.left(ingestFailure(config, loaded.left));
      const { host = config.host, port = config.port } = call;
      const limits = { graceMs: GRACE_MS };
      // Whoever opened the holder closes it.
      const service = createService({ holder: { ...holder, close: async () => undefined } });
      const serving = await serve(service, { hostname: host, port, limits })();
      if (E.isLeft(serving)) return E.left(failure(serving.left, EXIT.unreachable));
      if (!call.quiet)
        world.stderr.write(
          `${config.name} answers on http://${host}:${serving.right.port} until its tables are sealed; the bureau runs: vouchsafe bureau sync\n`,
        );
      try {
        return await untilSealed(opened, { call, world, progress });
      } finally {
        await serving.right.close();
      }
    } finally {
      progress.end();
    }
  });

const untilSealed = async (
  { store, documents: { federation, policy }, config }: OpenedHolder,
  { call, world, progress }: { readonly call: SealCall; readonly world: World; readonly progress: Bars },
): Result => {
  const epoch = epochsOf(federation, config.name).at(-1)!.number;
  const giveUp = call.limit === undefined ? Number.POSITIVE_INFINITY : performance.now() + 1000 * call.limit;
  for (;;) {
    const tables = await tablesOf({ store, federation, policy, epoch });
    for (const one of tables) show(progress, one);
    if (tables.every(({ stage }) => stage === 'sealed' || stage === 'refused')) return verdict(tables);
    if (world.signal.aborted)
      return E.left({ ...interrupted, message: 'stopped: what is sealed so far is kept, the same command goes on from there' });
    if (performance.now() > giveUp)
      return E.left({
        _tag: 'NotSealed',
        message: `after the time of --for ${unsealed(tables)} not sealed: is the bureau running vouchsafe bureau sync, and does the URL in the federation file lead here?`,
        exit: EXIT.unreachable,
      });
    await wait(LOOK_MS);
  }
};

const unsealed = (tables: readonly TableProgress[]): string => {
  const open = tables.filter(({ stage }) => stage !== 'sealed');
  return `${open.length} of ${tables.length} tables ${open.length === 1 ? 'is' : 'are'}`;
};

/** A row goes to the bureau and comes back. */
const show = (progress: Bars, { bureau, scheme, stage, rows, sent, accepted }: TableProgress): void => {
  if (rows > 0 && stage !== 'refused')
    progress.show({
      task: `seal ${bureau} ${scheme}`,
      done: stage === 'sealed' ? 2 * rows : Math.min(sent + accepted, 2 * rows - 1),
      total: 2 * rows,
    });
};

const verdict = (tables: readonly TableProgress[]): Ended => {
  const refused = tables.filter(({ stage }) => stage === 'refused');
  if (refused.length > 0)
    return E.left(
      badVerdict(
        'TableRefused',
        `the proof that came with ${refused.map(({ bureau, scheme }) => `${bureau}’s rows for ${scheme}`).join(' and ')} does not hold: the table is not used, and the log says so. Tell the auditor`,
      ),
    );
  return E.right({
    exit: EXIT.fine,
    text: [
      table(
        ['epoch', 'bureau', 'scheme', 'rows', ''],
        tables.map(({ epoch, bureau, scheme, rows }) => [String(epoch), bureau, scheme, figure(rows), 'sealed']),
      ),
      'Everything is sealed. To answer queries:  vouchsafe holder serve',
    ].join('\n'),
    json: { tables },
  });
};
