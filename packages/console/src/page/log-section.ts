import type { Snapshot } from '../snapshot.ts';
import type { Verification } from '../verification.ts';
import { type Html, html } from './html.ts';
import { moment, whole } from './words.ts';

/** The log: how long it is, how the last check of it ended, and a button for the next. */
export const logSection = ({
  activity,
  verification,
}: Snapshot): Html => html`<section id="log" aria-labelledby="log-title"><h2 id="log-title">Log</h2>
<p>${whole(activity.entries)} entries${activity.first !== undefined && ` since ${moment(activity.first * 1000)}`}${!activity.complete && ', or more'}. Every answer, step of a sealing and look of the auditor is one; the head is signed.</p>
<div class="verdict" role="status">${verdict(verification)}</div>
<form method="post" action="/verify"><button${verification.state === 'running' && html` disabled`}>Verify the log</button></form>
</section>`;

const verdict = (now: Verification): Html => {
  switch (now.state) {
    case 'none':
      return html`<p>Not verified since the console opened.</p>`;
    case 'running':
      return html`<p>Being verified. <progress max="100" value="${Math.floor(100 * now.share)}" aria-label="share of the log"></progress></p>`;
    case 'bad':
      return html`<p class="bad"><strong>The log does not hold.</strong> <code>${now.reason}</code>: ${now.message}. Checked ${moment(now.at)}.</p>
<p>Keep the state as it is, stop the holder, and tell the auditor.</p>`;
    case 'failed':
      return html`<p class="bad"><strong>The log could not be verified.</strong> <code>${now.reason}</code>: ${now.message}. Tried ${moment(now.at)}.</p>`;
    case 'good':
      return html`<p class="good"><strong>The log holds</strong>, from its first entry to its signed head: ${whole(now.size)} entries, checked ${moment(now.at)} in ${whole(now.ms)} ms.</p>
<dl class="facts"><div><dt>Root of the head</dt><dd><code>${now.root}</code></dd></div>
<div><dt>Gaps of more than a day</dt><dd>${whole(now.gaps)}</dd></div>
<div><dt>Entries older than the one before</dt><dd>${whole(now.backwards)}</dd></div>
<div><dt>Entries of other releases</dt><dd>${whole(now.unread)}</dd></div></dl>
<p class="quiet">Hashes, stored subtrees, every checkpoint and its signature were computed again. An older copy of the whole state looks just as good: compare the root with the auditor’s checkpoint of this size.</p>`;
  }
};
