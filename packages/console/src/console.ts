import { E } from '@vouchsafe/core';
import type { Holder, HolderStatus } from '@vouchsafe/holder';
import { atMost } from './at-most.ts';
import { createLogTally } from './log-tally.ts';
import { type Month, monthOf, monthsBetween, readMonth } from './month.ts';
import { ASSETS, type Charts, consolePage, statementPage } from './page/page.ts';
import { SCRIPT } from './page/script.ts';
import { STYLE } from './page/style.ts';
import { createPlotter, type Plotter } from './plots/plotter.ts';
import { budgetChart, dayChart, purposeChart, refusalChart } from './plots/specs.ts';
import { countRefusals } from './refusals.ts';
import { type Caller, turnedAway } from './request-guard.ts';
import type { Snapshot } from './snapshot.ts';
import { createStatements } from './statements.ts';
import { createVerifier } from './verification.ts';

/** What a console is made for. */
export interface ConsoleOptions {
  /** Not taken over: close the console before the holder. */
  readonly holder: Holder;
  /** The holder's name in the federation. */
  readonly name: string;
  /** Milliseconds since 1970; the system's clock by default. */
  readonly clock?: (() => number) | undefined;
}

/** A request to the console: what HTTP says, without a body, which none of its requests needs. */
export interface ConsoleRequest extends Caller {
  /** Path and query. */
  readonly url: string;
}

/** The answer: a page, its style or its script, each with the headers that keep it to itself. */
export interface ConsoleResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A holder's console. Opens no port. */
export interface Console {
  /** Never rejects. */
  readonly answer: (request: ConsoleRequest) => Promise<ConsoleResponse>;
  /** Stops counting, and waits for what it was reading. */
  readonly close: () => Promise<void>;
}

/** How long a page waits for a log that is still being read. */
const PATIENCE_MS = 1500;

/**
 * On every answer. The page loads its own style sheet and script and nothing else (CSP Level 3), is in no frame, is no part of any other page, and stays in no cache. `data:` is for the empty icon.
 */
const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Puts a console over a holder: counts what is refused from now on, and reads the rest when a page is asked for. */
export const createConsole = ({ holder, name, clock = Date.now }: ConsoleOptions): Console => {
  const since = clock();
  const tally = createLogTally(holder.log);
  const refusals = countRefusals(holder, clock);
  const verifier = createVerifier(holder.log, clock);
  const statements = createStatements(holder);
  const plotter = createPlotter();
  const underWay = new Set<Promise<unknown>>();

  const look = async (asked: Month | undefined): Promise<Snapshot> => {
    const now = clock();
    const month = asked ?? monthOf(now);
    const [status, activity, statement] = await Promise.all([
      statusOf(holder),
      tally.read(PATIENCE_MS),
      statements.of(month, PATIENCE_MS),
    ]);
    const months = monthsBetween({ first: activity.first === undefined ? now : activity.first * 1000, last: now });
    return {
      ...{ holder: name, now, since, status, activity, statement },
      refusals: refusals.all(),
      verification: verifier.now(),
      months: months.includes(month) ? months : [...months, month],
    };
  };

  const route = async ({ method, url }: ConsoleRequest): Promise<ConsoleResponse> => {
    const { pathname, searchParams } = new URL(url, 'http://localhost');
    if (method === 'POST') {
      if (pathname !== '/verify') return text(404, 'there is no such page');
      // A short log is verified when the page comes back; a long one goes on, and the page says how far it is.
      await atMost(verifier.begin(), PATIENCE_MS);
      return { status: 303, headers: { ...HEADERS, location: '/#log' }, body: '' };
    }
    const month = readMonth(searchParams.get('month'));
    switch (pathname) {
      case '/': {
        const snapshot = await look(month);
        return page(consolePage(snapshot, await draw(snapshot, plotter)));
      }
      case '/statement':
        return page(statementPage(await look(month)));
      case ASSETS.style:
        return reply('text/css; charset=utf-8', STYLE);
      case ASSETS.script:
        return reply('text/javascript; charset=utf-8', SCRIPT);
      default:
        return text(404, 'there is no such page');
    }
  };

  return {
    answer: async (request) => {
      const refused = turnedAway(request);
      if (refused) return text(refused.status, refused.message);
      const answering = route(request).catch(() => text(500, 'the page could not be made: a bug, or a fault of the store'));
      underWay.add(answering);
      try {
        return await answering;
      } finally {
        underWay.delete(answering);
      }
    },
    close: async () => {
      refusals.stop();
      await verifier.stop();
      await Promise.all(underWay);
      await statements.settled();
      await plotter.close();
    },
  };
};

/** None when the store cannot be read, or was closed. */
const statusOf = async (holder: Holder): Promise<HolderStatus | undefined> => {
  try {
    const status = await holder.status()();
    return E.isLeft(status) ? undefined : status.right;
  } catch {
    return undefined;
  }
};

const draw = async ({ status, activity, refusals, now }: Snapshot, plotter: Plotter): Promise<Charts> => {
  const some = <A>(all: readonly A[], spec: () => Parameters<Plotter['draw']>[0]): Promise<string | undefined> =>
    all.length === 0 ? Promise.resolve(undefined) : plotter.draw(spec());
  const [budgets, purposes, days, refused] = await Promise.all([
    Promise.all((status?.epochs ?? []).map(({ budgets: all }) => some(all, () => budgetChart(all)))),
    some(activity.lines, () => purposeChart(activity.lines)),
    some(activity.days, () => dayChart(activity.days, now / 1000)),
    some(refusals, () => refusalChart(refusals)),
  ]);
  return { budgets, purposes, days, refusals: refused };
};

const reply = (type: string, body: string, status = 200): ConsoleResponse => ({
  status,
  headers: { ...HEADERS, 'content-type': type },
  body,
});
const page = (body: string): ConsoleResponse => reply('text/html; charset=utf-8', body);
const text = (status: number, message: string): ConsoleResponse => reply('text/plain; charset=utf-8', `${message}\n`, status);
