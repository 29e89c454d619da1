import { E, type Progress } from '@vouchsafe/core';
import { checkRecords, type IngestReport, printRejected, printReport } from '@vouchsafe/holder';
import { Scheme } from '@vouchsafe/identity';
import { fine } from '../command.ts';
import { EXIT, type Failure, failure, interrupted } from '../exit.ts';
import type { MemberCall } from '../member/options.ts';
import { progressOf } from '../member/progress.ts';
import type { Ended, Result } from '../outcome.ts';
import { mayWriteRows, writeRows } from '../rows/write-rows.ts';
import { figure } from '../screen/index.ts';
import type { World } from '../world.ts';
import { type HolderConfig, readHolderConfig } from './config.ts';
import { readHolderDocuments, withHolder } from './open-holder.ts';
import { recordSource } from './record-source.ts';

/** What `holder load` was told. */
export interface LoadCall extends MemberCall {
  readonly check?: boolean | undefined;
  readonly show: number;
  readonly rejected?: string | undefined;
}

export const loadHolder = async (call: LoadCall, world: World): Result => {
  const writable = call.rejected === undefined ? E.right(undefined) : await mayWriteRows(call.rejected);
  if (E.isLeft(writable)) return writable;
  const reports = await (call.check ? check(call, world) : load(call, world));
  return E.isLeft(reports) ? reports : report(call, reports.right, world);
};

interface Read {
  readonly epoch: number | undefined;
  readonly schemes: readonly IngestReport[];
}

const check = async (call: LoadCall, world: World): Result<Read> => {
  const config = await readHolderConfig(call.folder);
  if (E.isLeft(config)) return config;
  const documents = await readHolderDocuments(config.right, world);
  if (E.isLeft(documents)) return documents;
  const source = await recordSource(config.right.records);
  if (E.isLeft(source)) return source;
  const { schemes, catalogue } = documents.right.federation;
  const progress = progressOf(world, call.quiet);
  try {
    const checked = await checkRecords({
      source: source.right,
      schemes: schemes.filter(Scheme.is),
      catalogue,
      defaultCountry: config.right.country,
      watch: { signal: world.signal, onProgress: progress.show },
    })();
    return E.isLeft(checked)
      ? E.left(ingestFailure(config.right, checked.left))
      : E.right({ epoch: undefined, schemes: checked.right });
  } finally {
    progress.end();
  }
};

const load = (call: LoadCall, world: World): Result<Read> =>
  withHolder(call, world, async ({ holder, documents, config }) => {
    const progress = progressOf(world, call.quiet);
    try {
      const loaded = await holder.load({ signal: world.signal, onProgress: (one: Progress) => progress.show(one) })();
      if (E.isLeft(loaded)) return E.left(ingestFailure(config, loaded.left));
      const epochs = documents.federation.epochs.filter(({ roster }) => roster.some(({ holder: id }) => id === config.name));
      return E.right({ epoch: epochs.at(-1)?.number, schemes: loaded.right.schemes });
    } finally {
      progress.end();
    }
  });

/** Why the records could not be read. */
export const ingestFailure = (config: HolderConfig, error: { readonly _tag: string; readonly message: string }): Failure => {
  switch (error._tag) {
    case 'Aborted':
      return { ...interrupted, message: 'stopped: nothing is loaded, the same command begins again' };
    case 'UnreadableFile':
    case 'StoreFull':
    case 'StoreUnwritable':
    case 'StoreDamaged':
      return failure(error, EXIT.unreachable);
    default:
      return failure({ ...error, message: `${error.message} (records as in ${config.path})` }, EXIT.usage);
  }
};

const report = async (
  { show, rejected, check: checked, folder }: LoadCall,
  { epoch, schemes }: Read,
  world: World,
): Promise<Ended> => {
  if (rejected !== undefined) {
    const written = await writeRows(
      {
        path: rejected,
        columns: [
          { name: 'scheme', kind: 'text' },
          { name: 'row', kind: 'whole' },
          { name: 'column', kind: 'text' },
          { name: 'reason', kind: 'text' },
        ],
        rows: schemes.flatMap(({ scheme, rejectedRows }) =>
          rejectedRows.map(({ row, column, reason }) => [scheme, row, column, reason]),
        ),
      },
      world,
    );
    if (E.isLeft(written)) return written;
  }
  const lines = schemes.flatMap((one) => {
    const listed = one.rejectedRows.slice(0, show).map((row) => `  ${printRejected(row)}`);
    const more = one.rejected - listed.length;
    const rest =
      more > 0 && show > 0
        ? [`  and ${figure(more)} more${rejected === undefined ? ': list them with --rejected FILE' : ''}`]
        : [];
    return [printReport(one), ...listed, ...rest];
  });
  const next = checked
    ? `Nothing was kept. To load them:  vouchsafe holder load --folder ${folder}`
    : `Loaded for epoch ${epoch}. Next, let the bureau seal its tables:  vouchsafe holder seal --folder ${folder}`;
  return fine([...lines, ...(rejected === undefined ? [] : [`${rejected}: the rejected rows`]), next].join('\n'), {
    ...(epoch === undefined ? { checked: true } : { epoch }),
    schemes: schemes.map(({ rejectedRows, ...counts }) => ({ ...counts, rejectedRows: rejectedRows.slice(0, show) })),
  });
};
