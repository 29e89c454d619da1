import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, i2osp, utf8ToBytes } from '@vouchsafe/core/bytes';
import { type CurveModule, LANES, MESSAGE_BYTES } from './curve-module.ts';

const UNIFORM = 64;
const BLOCK = 128;

/**
 * Puts a domain separation tag in its place; one above 255 bytes is hashed first (RFC 9380 §5.3.3).
 * @returns bytes of DST_prime, its length byte included
 */
export const placeDst = ({ bytes, layout }: CurveModule, dst: Uint8Array): number => {
  const tag = dst.length > 255 ? sha512(concatBytes(utf8ToBytes('H2C-OVERSIZE-DST-'), dst)) : dst;
  if (tag.length === 0) throw new RangeError('a domain separation tag has at least 1 byte (RFC 9380 §3.1)');
  bytes.set(tag, layout.dst);
  bytes[layout.dst + tag.length] = tag.length;
  return tag.length + 1;
};

/** RFC 9380 §5.3.1 for a message that does not fit the module's buffer. */
const expandLong = (message: Uint8Array, dstPrime: Uint8Array): Uint8Array => {
  const b0 = sha512
    .create()
    .update(new Uint8Array(BLOCK))
    .update(message)
    .update(concatBytes(i2osp(UNIFORM, 2), new Uint8Array(1), dstPrime))
    .digest();
  return sha512(concatBytes(b0, Uint8Array.of(1), dstPrime));
};

/**
 * RFC 9380 §5.3.1 `expand_message_xmd` for messages [from, to), at most LANES: 64 uniform bytes each, where the one-way map takes them. Fills the message buffer as often as it takes.
 * @returns the even count of lanes
 */
export const expandMessages = (
  module: CurveModule,
  messages: readonly Uint8Array[],
  dstBytes: number,
  from: number,
  to: number,
): number => {
  const { run, layout, bytes } = module;
  const lengths = module.view32(layout.lengths, LANES);
  const end = layout.messages + MESSAGE_BYTES;
  let first = from;
  let at = layout.messages;
  for (let i = from; i < to; i++) {
    const message = messages[i]!;
    const size = message.length > MESSAGE_BYTES ? 0 : message.length;
    if (at + size > end) {
      run.expand(i - first, dstBytes, first - from);
      first = i;
      at = layout.messages;
    }
    if (size > 0) bytes.set(message, at);
    lengths[i - first] = size;
    at += size;
  }
  run.expand(to - first, dstBytes, first - from);
  for (let i = from; i < to; i++)
    if (messages[i]!.length > MESSAGE_BYTES) {
      const dstPrime = bytes.slice(layout.dst, layout.dst + dstBytes);
      bytes.set(expandLong(messages[i]!, dstPrime), layout.in + (i - from) * UNIFORM);
    }
  const count = to - from;
  const n = count + (count % 2);
  if (n > count) bytes.fill(0, layout.in + count * UNIFORM, layout.in + n * UNIFORM);
  return n;
};
