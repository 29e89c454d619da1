import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes, i2osp, utf8ToBytes } from '@vouchsafe/core/bytes';
import { type CurveModule, LANES, MESSAGE_BYTES } from './curve-module.ts';

/** Bytes of a SHA-512 digest, and of what `expand_message_xmd` is asked for. */
export const UNIFORM = 64;
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

/** What becomes of messages [from, to), at most LANES: `put` lays one into the module's buffer, `flush` computes what stands there. */
interface Filling {
  readonly from: number;
  readonly to: number;
  /** Bytes of message i as it lies in the buffer; 0 for one that does not fit and is done elsewhere. */
  readonly size: (i: number) => number;
  readonly put: (i: number, at: number) => void;
  /** @param n messages in the buffer @param first lane of the first of them */
  readonly flush: (n: number, first: number) => void;
}

/** Fills the message buffer as often as it takes. */
const fillMessages = (module: CurveModule, { from, to, size, put, flush }: Filling): void => {
  const { layout } = module;
  const lengths = module.view32(layout.lengths, LANES);
  const end = layout.messages + MESSAGE_BYTES;
  let first = from;
  let at = layout.messages;
  for (let i = from; i < to; i++) {
    const bytes = size(i);
    if (at + bytes > end) {
      flush(i - first, first - from);
      first = i;
      at = layout.messages;
    }
    if (bytes > 0) put(i, at);
    lengths[i - first] = bytes;
    at += bytes;
  }
  flush(to - first, first - from);
};

/**
 * RFC 9380 §5.3.1 `expand_message_xmd` for messages [from, to), at most LANES: 64 uniform bytes each, where the one-way map takes them.
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
  fillMessages(module, {
    from,
    to,
    size: (i) => (messages[i]!.length > MESSAGE_BYTES ? 0 : messages[i]!.length),
    put: (i, at) => bytes.set(messages[i]!, at),
    flush: (n, first) => run.expand(n, dstBytes, first),
  });
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

/** I2OSP(32, 2): the length of an element. */
const ELEMENT_LENGTH = i2osp(32, 2);

/** SHA-512 of I2OSP(len m, 2) ‖ m ‖ I2OSP(32, 2) ‖ element ‖ suffix for messages [from, to), at most LANES, where `expandMessages` puts its bytes. */
export const hashFramed = (
  module: CurveModule,
  {
    messages,
    elements,
    suffix,
  }: { readonly messages: readonly Uint8Array[]; readonly elements: Uint8Array; readonly suffix: Uint8Array },
  from: number,
  to: number,
): void => {
  const { run, layout, bytes } = module;
  const put = (into: Uint8Array, i: number, at: number): void => {
    const message = messages[i]!;
    const behind = at + 2 + message.length;
    into[at] = message.length >>> 8;
    into[at + 1] = message.length & 0xff;
    into.set(message, at + 2);
    into.set(ELEMENT_LENGTH, behind);
    into.set(elements.subarray(32 * i, 32 * i + 32), behind + 2);
    into.set(suffix, behind + 34);
  };
  const whole = (i: number): number => 2 + messages[i]!.length + 34 + suffix.length;
  const fits = (i: number): boolean => whole(i) <= MESSAGE_BYTES;
  fillMessages(module, {
    from,
    to,
    size: (i) => (fits(i) ? whole(i) : 0),
    put: (i, at) => put(bytes, i, at),
    flush: run.digest,
  });
  for (let i = from; i < to; i++)
    if (!fits(i)) {
      const text = new Uint8Array(whole(i));
      put(text, i, 0);
      bytes.set(sha512(text), layout.in + (i - from) * UNIFORM);
      text.fill(0);
    }
};
