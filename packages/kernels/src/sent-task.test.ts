import { describe, expect, it } from 'vitest';
import type { CurveTask } from './curve-task.ts';
import { receiveTask, sendTask, wipeTask } from './sent-task.ts';

const bytes = (...list: readonly number[]): Uint8Array => Uint8Array.from(list);
const messages = [bytes(1, 2, 3), bytes(), bytes(4), new Uint8Array(70_000).fill(9), bytes()];
const scalars = new Uint8Array(96).fill(7);
const task: CurveTask = { operation: 'hashAndMultiply', args: [messages, bytes(5, 6), scalars.subarray(32, 64)] };

describe('a task on its way to a thread', () => {
  it('comes out as it went in', () => {
    const { sent, transferList } = sendTask(task);
    expect(receiveTask(structuredClone(sent, { transfer: transferList }))).toEqual(task);
    const rows: CurveTask = { operation: 'encryptRows', args: [Uint32Array.of(1, 2 ** 32 - 1), scalars, scalars] };
    const other = sendTask(rows);
    expect(receiveTask(structuredClone(other.sent, { transfer: other.transferList }))).toEqual(rows);
    const none: CurveTask = { operation: 'hashToGroup', args: [[], bytes(1)] };
    expect(receiveTask(structuredClone(sendTask(none).sent))).toEqual(none);
    const flag: CurveTask = { operation: 'multiScalar', args: [scalars, scalars, true] };
    expect(receiveTask(structuredClone(sendTask(flag).sent))).toEqual(flag);
  });

  it('leaves no copy of ours behind, and the caller’s arrays alone', () => {
    const { sent, transferList } = sendTask(task);
    structuredClone(sent, { transfer: transferList });
    expect(transferList.map(({ byteLength }) => byteLength)).toEqual([0, 0, 0, 0]);
    expect(messages[0]).toEqual(bytes(1, 2, 3));
    expect(scalars.every((byte) => byte === 7)).toBe(true);
  });

  it('is overwritten where it arrived: messages, values and scalars', () => {
    const { sent } = sendTask(task);
    const received = receiveTask(sent) as CurveTask<'hashAndMultiply'>;
    wipeTask(sent);
    const [texts, dst, keys] = received.args;
    for (const array of [...texts, dst, keys]) expect(array.every((byte) => byte === 0)).toBe(true);
    const rows = sendTask({ operation: 'encryptRows', args: [Uint32Array.of(8), scalars, scalars] }).sent;
    wipeTask(rows);
    expect(rows.args[0]).toEqual(Uint32Array.of(0));
  });
});
