import { rational } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { drawSvg } from '../plots/draw.ts';
import { budgetChart, dayChart, purposeChart, refusalChart } from '../plots/specs.ts';
import type { Snapshot } from '../snapshot.ts';
import { html } from './html.ts';
import { consolePage, statementPage } from './page.ts';

/** Names that no federation file or policy lets in; a page must not rely on that. */
const HOSTILE = `</td></title><script>alert(1)</script><img src=x onerror='alert(2)' a="&\``;

const NOW = Date.UTC(2026, 5, 30, 12);
const line = { querier: HOSTILE, kind: 'signal', purpose: HOSTILE } as const;
const snapshot: Snapshot = {
  holder: HOSTILE,
  now: NOW,
  since: NOW,
  status: {
    federation: HOSTILE,
    serial: 1,
    policyHash: new Uint8Array(32),
    epochs: [
      {
        epoch: 1,
        loaded: true,
        tables: [{ bureau: HOSTILE, scheme: HOSTILE, stage: 'sent', rows: 10, accepted: 4 }],
        budgets: [{ bureau: HOSTILE, budget: 'epsilon', cap: 10, left: 0.3 }],
      },
    ],
  },
  activity: {
    entries: 1,
    complete: true,
    first: NOW / 1000,
    lines: [{ ...line, queries: 1, subjects: 1, last: NOW / 1000 }],
    days: [{ day: Math.floor(NOW / 86_400_000), purpose: HOSTILE, queries: 1 }],
  },
  refusals: [{ reason: HOSTILE, member: HOSTILE, requests: 2, last: NOW }],
  verification: { state: 'bad', at: NOW, ms: 1, reason: HOSTILE, message: HOSTILE },
  statement: {
    state: 'there',
    month: '2026-06',
    statement: {
      version: 1,
      federation: HOSTILE,
      holder: HOSTILE,
      from: 0,
      to: 1,
      lines: [{ ...line, queries: 1, subjects: 1, columns: 1, charge: rational(1, 3) }],
      unacknowledged: 7,
    },
  },
  months: ['2026-06', HOSTILE],
};

const draw = async (shown: Snapshot) => ({
  budgets: await Promise.all(shown.status!.epochs.map(({ budgets }) => drawSvg(budgetChart(budgets)))),
  purposes: await drawSvg(purposeChart(shown.activity.lines)),
  days: await drawSvg(dayChart(shown.activity.days, shown.now / 1000)),
  refusals: await drawSvg(refusalChart(shown.refusals)),
});

describe('the console’s page', async () => {
  const text = consolePage(snapshot, await draw(snapshot));

  it('takes names and messages for text, in charts too', () => {
    for (const shown of [text, statementPage(snapshot)]) {
      // The page's own script is the only one, and no tag is one of the names' making.
      expect(shown.match(/<script/g)).toHaveLength(1);
      expect(shown).not.toContain('<img');
      expect(shown).not.toContain('alert(1)</');
      expect(shown.match(/<title>/g)).toHaveLength(1);
      expect(shown).toContain('&#60;script&#62;alert(1)');
    }
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('has a heading for each section, a caption and heads for each table, a name for each control', () => {
    expect(text.match(/<h1>/g)).toHaveLength(1);
    for (const [, id] of text.matchAll(/<section id="(\w+)"/g)) expect(text).toContain(`<h2 id="${id}-title">`);
    expect(text.match(/<section /g)).toHaveLength(6);
    const tables = text.match(/<table>/g)!.length;
    expect(tables).toBe(5);
    expect(text.match(/<caption>/g)).toHaveLength(tables);
    expect(text).toContain('<label for="month">');
    expect(text).toMatch(/<progress [^>]*aria-label="[^"]+: rows returned">/);
    // What a chart shows, the table beside it says.
    expect(text.match(/<svg aria-hidden="true"/g)).toHaveLength(4);
    expect(text.match(/<svg/g)).toHaveLength(4);
  });

  it('has its tables without the charts', () => {
    const bare = consolePage(snapshot, { budgets: [undefined], purposes: undefined, days: undefined, refusals: undefined });
    expect(bare).not.toContain('<svg');
    expect(bare.match(/<table>/g)).toHaveLength(5);
  });

  it('says that a store cannot be read, and that a log is still being read', () => {
    const none = { budgets: [], purposes: undefined, days: undefined, refusals: undefined };
    const shown = consolePage(
      {
        ...snapshot,
        status: undefined,
        activity: { ...snapshot.activity, complete: false, lines: [] },
        statement: { state: 'pending', month: '2026-06' },
        verification: { state: 'running', share: 0.42 },
      },
      none,
    );
    for (const words of ['store cannot be read', 'The log is being read: 1 entries so far', 'The log is being read for 2026-06'])
      expect(shown).toContain(words);
    expect(shown).toContain('value="42"');
    expect(shown).toContain('<button disabled>');
  });

  it('counts what nobody counter-signed apart', () => {
    expect(text).toContain('<strong>7</strong> more were not');
  });
});

describe('the template', () => {
  it('escapes values in text and in quoted attributes, and leaves markup of its own', () => {
    const own = html`<b>${'<'}</b>`;
    expect(html`<i title="${'"\'`'}">${[own, '&', 1]}${undefined}${false}</i>`.markup).toBe(
      '<i title="&#34;&#39;&#96;"><b>&#60;</b>&#38;1</i>',
    );
  });
});
