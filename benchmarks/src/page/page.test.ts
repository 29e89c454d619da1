import { describe, expect, it } from 'vitest';
import { PUBLISHED, SOURCES } from '../published/published.ts';
import { caseOf, MACHINE, resultOf, resultsOf, stampOf } from '../results/results.test.fixture.ts';
import { besidePeers } from './beside-peers.ts';
import { bytes, duration, plain } from './figures.ts';
import { escapeHtml, page, table } from './html.ts';
import { DARK_RULES, decades, renderSvg, series, standalone } from './plot.ts';
import { aboutSection, caseSection, peersSection } from './sections.ts';
import { growthCharts, networkChart, ratioChart } from './speed-charts.ts';

const own = resultOf('vouchsafe', [0.25, 0.2, 0.5]);
const peer = resultOf('@openmined/psi.js', [1, 0.9, 1.5]);

describe('peers', () => {
  it('stand beside us with the ratio of medians', () => {
    expect(besidePeers(caseOf([own, peer]))).toMatchObject([{ operation: 'match', peer: '@openmined/psi.js', ratio: 4 }]);
    expect(peersSection(resultsOf(caseOf([own, peer])))).toContain('4 ×');
  });

  it('get no ratio when a figure comes from another run or machine: neither a row nor a point', () => {
    for (const stamp of [stampOf({ run: 'run-2' }), stampOf({ machine: { ...MACHINE, cpu: 'Another CPU' } })]) {
      const mixed = resultsOf(caseOf([own, { ...peer, stamp }]));
      expect(peersSection(mixed)).not.toContain('×');
      expect(ratioChart(mixed)).toEqual([]);
    }
  });

  it('are compared with our one thread on the best backend', () => {
    const results = [{ ...own, threads: 2, median: 0.1 }, { ...own, backend: 'noble', median: 9 }, own, peer];
    expect(besidePeers(caseOf(results))).toMatchObject([{ ratio: 4 }]);
  });
});

describe('published figures', () => {
  it('name a source that is listed, a machine and threads', () => {
    expect(PUBLISHED.length).toBeGreaterThan(0);
    for (const { source, machine, threads } of PUBLISHED) {
      expect(SOURCES[source - 1]).toBeDefined();
      expect(machine && threads).toBeTruthy();
    }
  });
});

describe('charts', () => {
  const growth = caseOf(
    [1000, 10_000].map((n) => ({ ...resultOf('vouchsafe', [n / 1000]), n, name: 'seal' })),
    { stamp: stampOf({ case: 'growth' }) },
  );

  it('are SVG with labelled axes and units, and every colour has one for dark pages', async () => {
    const [time, sent] = growthCharts(resultsOf(growth));
    const svg = await renderSvg(time!.spec);
    expect(svg).toContain('seconds');
    expect(svg).toContain('seal (8 slots)');
    expect(await renderSvg(sent!.spec)).toContain('bytes');
    const used = new Set([...svg.matchAll(/(?:fill|stroke)="(#[0-9a-f]+)"/g)].map(([, colour]) => colour));
    expect(used.size).toBeGreaterThan(3);
    for (const colour of used) expect(DARK_RULES).toContain(`"${colour}"`);
    const file = standalone(svg, 'a < b');
    expect(file).toContain('<title>a &#60; b</title><style>@media (prefers-color-scheme:dark)');
  });

  it('of networks have a point for each', async () => {
    const [chart] = networkChart(resultsOf(caseOf([own])));
    const svg = await renderSvg(chart!.spec);
    for (const name of ['LAN, 1 Gbit/s, 1 ms', 'WAN, 100 Mbit/s, 20 ms', 'slow WAN, 10 Mbit/s, 80 ms'])
      expect(svg).toContain(name);
  });

  it('have whole decades, and no more series than can be told apart', () => {
    expect(decades([0.02, 7, 0])).toEqual([0.01, 0.1, 1, 10]);
    expect(decades([100, 1000])).toEqual([100, 1000]);
    expect(decades([])).toEqual([1, 10]);
    expect(() => series('what', ['1', '2', '3', '4', '5', '6', '7'])).toThrow(RangeError);
  });
});

describe('the page', () => {
  it('warns of quick runs and of changed files', () => {
    expect(aboutSection(resultsOf(caseOf([own])))).not.toContain('warn');
    expect(aboutSection({ ...resultsOf(caseOf([own])), quick: true })).toContain('Do not cite');
    expect(aboutSection({ ...resultsOf(caseOf([own])), commit: 'unknown' })).toContain('nobody else can reproduce');
  });

  it('says how many elements were computed together where a time is the share of one', () => {
    expect(caseSection(caseOf([{ ...own, n: 1, batch: 512 }]))).toContain('1 of 512 together');
    expect(caseSection(caseOf([own]))).not.toContain('together');
  });

  it('escapes what comes from a file, loads nothing and runs nothing', () => {
    const hostile = caseOf([resultOf('<script>x</script>', [1])], { options: '"><img src=x>' });
    const html = page('a & b', DARK_RULES, [caseSection(hostile)]);
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
    expect(html).toContain("default-src 'none'");
    expect(escapeHtml('"<&')).toBe('&#34;&#60;&#38;');
    expect(table(['<b>'], [[{ n: '<i>' }]])).not.toMatch(/<b>|<i>/);
  });

  it('writes figures with units', () => {
    expect([duration(2.5e-6), duration(0.0123), duration(45), duration(7200)]).toEqual(['2.5 µs', '12.3 ms', '45 s', '2 h']);
    expect([bytes(999), bytes(1500), bytes(2.5e12)]).toEqual(['999 B', '1.5 kB', '2.5 TB']);
    expect([plain(0), plain(1234.5), plain(2e9)]).toEqual(['0', '1,235', '2.00e+9']);
  });
});
