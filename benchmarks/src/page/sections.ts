import { OURS } from '../measurement.ts';
import { MODEL, NETWORKS, secondsOver } from '../networks/model.ts';
import { ASSUMPTIONS, CORES, project, SUBJECTS } from '../projection/projection.ts';
import { NOT_LISTED, PUBLISHED, SOURCES } from '../published/published.ts';
import type { CaseResult, Results } from '../results/results.ts';
import { protocolRows } from './accuracy-charts.ts';
import { besidePeers } from './beside-peers.ts';
import { bytes, duration, plain } from './figures.ts';
import { type Cell, escapeHtml, p, table } from './html.ts';
import { exchanges } from './speed-charts.ts';

const n = (text: string): Cell => ({ n: text });

/** What ran where. */
export const aboutSection = ({ quick, commit, machine, cases }: Results): string => {
  const minutes = cases.reduce((sum, { tookSeconds }) => sum + tookSeconds, 0) / 60;
  const warning = quick
    ? '<p class="warn">A quick run: sizes so small that they show that the cases run, and nothing else. Do not cite these figures.</p>'
    : '';
  const changed = /^[0-9a-f]{40}$/.test(commit)
    ? ''
    : '<p class="warn">Files differed from the revision, or there was none: nobody else can reproduce these figures.</p>';
  return `${warning}${changed}${table(
    ['Run', ''],
    [
      ['Revision', commit],
      ['When', `${cases[0]?.stamp.at ?? ''} (UTC), ${plain(minutes)} minutes`],
      ['CPU', `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}`],
      ['Engine', `Node ${machine.node}, V8 ${machine.v8}`],
      ['Backends', [...new Set(cases.map(({ backend }) => backend))].join(', ')],
    ],
  )}
${p('Times are medians; behind them stand the fastest and the slowest round. Contenders of one case ran in one process, in turn, round after round, and peers got the same inputs. Each case had a process of its own. Ratios are made of figures of one process only.')}`;
};

/** Peers in figures. */
export const peersSection = ({ cases }: Results): string =>
  table(
    ['operation', 'peer', 'n', 'peer: median (min – max)', 'ours: median (min – max)', 'ratio of medians'],
    cases
      .filter(({ stamp }) => stamp.case !== 'growth')
      .flatMap(besidePeers)
      .map(({ operation, peer, n: size, theirs, own, ratio }) => [
        operation,
        peer,
        n(size.toLocaleString('en-US')),
        n(`${duration(theirs.median)} (${duration(theirs.min)} – ${duration(theirs.max)})`),
        n(`${duration(own.median)} (${duration(own.min)} – ${duration(own.max)})`),
        n(`${plain(ratio)} ×`),
      ]),
  );

/** Systems that were not run here. */
export const publishedSection = (): string =>
  `${p('Native systems, as their authors published them, on their machines. None was run here. They answer other questions under other assumptions, so read them for orientation; we make no ratio with them.')}
${table(
  ['system', 'task', 'n', 'seconds', 'communication', 'threads', 'machine', 'network', 'security', 'source'],
  PUBLISHED.map((one) => [
    one.system,
    one.task,
    n(one.n),
    n(one.seconds),
    one.bytes,
    one.threads,
    one.machine,
    one.network,
    one.security,
    `[${one.source}]`,
  ]),
)}
<ol>${SOURCES.map((source) => `<li>${escapeHtml(source)}</li>`).join('')}</ol>${p(NOT_LISTED)}`;

/** What networks make of it. */
export const networksSection = (results: Results): string =>
  `${p(`Model: ${MODEL}`)}
${table(
  ['exchange', 'by', 'n', 'measured', 'sent', 'received', 'round trips', ...NETWORKS.map(({ name }) => name)],
  exchanges(results).map((one) => [
    one.name,
    one.by,
    n(one.n.toLocaleString('en-US')),
    n(duration(one.median)),
    n(bytes(one.sent)),
    n(bytes(one.received)),
    n(plain(one.turns)),
    ...NETWORKS.map((network) => n(duration(secondsOver(network, one)))),
  ]),
)}`;

/** The rows that went through the protocol. */
export const protocolSection = (results: Results): string => {
  const rows = protocolRows(results);
  if (rows.length === 0) return '';
  return `<h3>Through the real protocol</h3>${p(
    'Three holders, real SDKs, one split, one draw of noise at each ε. Pooled: the scorecard of all characteristics; federated: evidence of the strongest ones. Before these figures were made, the case checked that the histograms without noise are those of the pooled rows, and that signals are their subjects’ rows.',
  )}${table(
    ['sample', 'training rows', 'characteristics', 'way', 'ε', 'AUC on rows held back'],
    rows.map((row) => [
      String(row['sample']),
      n(Number(row['rows']).toLocaleString('en-US')),
      n(String(row['characteristics'])),
      String(row['way']),
      n(row['epsilon'] === null ? '–' : String(row['epsilon'])),
      n(row['auc'] === null ? 'no table' : Number(row['auc']).toFixed(4)),
    ]),
  )}`;
};

/** A whole country. */
export const projectionSection = ({ cases }: Results): string => {
  const growth = cases.find(({ stamp }) => stamp.case === 'growth');
  if (growth === undefined) return '';
  return `${p(`What one holder’s table of ${SUBJECTS.toLocaleString('en-US')} people would take, once an epoch: computed, not measured.`)}
${table(
  [
    'step',
    'measured up to',
    'a row',
    'growth',
    'core hours',
    ...CORES.map((cores) => `hours, ${cores} cores a party`),
    'on the wire',
    'hours of the line',
    'stored by the holder',
  ],
  project(growth.results.filter(({ by }) => by === OURS)).map((one) => [
    one.step,
    n(one.from.toLocaleString('en-US')),
    n(`${plain(one.microsPerRow)} µs`),
    n(plain(one.growth)),
    n(plain(one.coreHours)),
    ...one.hours.map((hours) => n(plain(hours))),
    n(one.wireBytes === 0 ? '–' : bytes(one.wireBytes)),
    n(one.wireBytes === 0 ? '–' : plain(one.wireHours)),
    n(one.storedBytes === undefined ? '–' : bytes(one.storedBytes)),
  ]),
)}
<ul>${ASSUMPTIONS.map((one) => `<li>${escapeHtml(one)}</li>`).join('')}</ul>`;
};

/** Everything of one case. */
export const caseSection = (one: CaseResult): string => {
  const figures = Object.entries({ ...one.figures });
  const ratios = Object.entries(one.ratios).map(([name, x]): readonly Cell[] => [`${name} (ratio)`, n(`${plain(x)} ×`)]);
  const measured = table(
    ['operation', 'by', 'backend', 'n', 'threads', 'warm-up', 'rounds', 'median', 'min', 'max', 'sent', 'received', 'peak MiB'],
    one.results.map((result) => [
      result.name,
      result.by,
      result.backend,
      n(`${result.n.toLocaleString('en-US')}${result.batch === undefined ? '' : ` of ${result.batch} together`}`),
      n(String(result.threads)),
      n(String(result.warmUp)),
      n(String(result.rounds)),
      n(duration(result.median)),
      n(duration(result.min)),
      n(duration(result.max)),
      n(result.sent === 0 ? '–' : bytes(result.sent)),
      n(result.received === 0 ? '–' : bytes(result.received)),
      n(plain(result.rssMiB)),
    ]),
  );
  return `<details><summary><b>${escapeHtml(one.stamp.case)}</b> · <code>npm run bench -- ${escapeHtml(one.options)}</code> · ${plain(one.tookSeconds)} s · run ${escapeHtml(one.stamp.run)}</summary>
${one.results.length === 0 ? '' : measured}
${table(['figure', 'value'], [...figures.map(([name, x]): readonly Cell[] => [name, n(plain(x))]), ...ratios])}</details>`;
};
