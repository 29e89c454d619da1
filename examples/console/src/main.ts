import { setTimeout as pause } from 'node:timers/promises';
import { serveConsole } from '@vouchsafe/console';
import { found, LENDERS, unwrap } from './federation.ts';
import { createStoryClock, goOn, tell } from './story.ts';

// A lender's console over twelve made-up days of a small federation; stays until Ctrl-C, and asks one more question every four seconds.

const given = process.argv[2] ?? '9465';
const port = Number(given);
if (!/^\d{1,5}$/.test(given) || port > 65_535) {
  console.error('usage: node dist/main.js [PORT]   9465 by default, 0: any that is free');
  process.exit(1);
}
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const clock = createStoryClock();
const founded = await found(clock.now);
const name = LENDERS[0];
const opened = await serveConsole({ holder: founded.holders.get(name)!, name, clock: clock.now, port })();
if (opened._tag === 'Left') {
  console.error(opened.left.message);
  await founded.close();
  process.exit(1);
}
const serving = unwrap(opened);
await tell(founded, clock);
console.log(`${name}’s console: ${serving.url}   (Ctrl-C ends it)`);
for (let n = 0; !stop.signal.aborted; n++) {
  await goOn(founded, n);
  await pause(4000, undefined, { signal: stop.signal }).catch(() => undefined);
}
await serving.close();
await founded.close();
