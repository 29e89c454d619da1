import { ROWS_A_STEP, type Steps } from './turns.ts';

/**
 * The values in ascending order, as the engine's own sort gives them, but in steps: chunks are sorted by themselves and then merged two and two.
 * @param values no `NaN` among them; not changed
 */
export function* sortedSteps(values: Float64Array): Steps<Float64Array> {
  const total = values.length;
  let from = Float64Array.from(values);
  for (let at = 0; at < total; at += ROWS_A_STEP) {
    from.subarray(at, at + ROWS_A_STEP).sort();
    yield { done: 0, total };
  }
  let to = new Float64Array(total);
  for (let width = ROWS_A_STEP; width < total; width *= 2) {
    for (let at = 0; at < total; at += 2 * width)
      yield* mergeRuns(from, to, at, Math.min(total, at + width), Math.min(total, at + 2 * width));
    [from, to] = [to, from];
  }
  return from;
}

/** Two ascending arrays as one. */
export function* mergedSteps(a: Float64Array, b: Float64Array): Steps<Float64Array> {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  const out = new Float64Array(both.length);
  yield* mergeRuns(both, out, 0, a.length, both.length);
  return out;
}

/** Merges from[start, middle) and from[middle, end) into to[start, end). */
function* mergeRuns(from: Float64Array, to: Float64Array, start: number, middle: number, end: number): Steps<void> {
  let [left, right] = [start, middle];
  for (let at = start; at < end; ) {
    const until = Math.min(end, at + 4 * ROWS_A_STEP);
    for (; at < until; at++)
      to[at] = right >= end || (left < middle && from[left]! <= from[right]!) ? from[left++]! : from[right++]!;
    yield { done: at, total: from.length };
  }
}
