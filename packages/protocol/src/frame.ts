import { type BadEncoding, type BadShape, decodeCanonical, decodeShape, E, type Either, encodeCanonical } from '@vouchsafe/core';
import type * as t from 'io-ts';

/** Media type of a frame. */
export const FRAME_TYPE = 'application/vnd.vouchsafe.frame';
/** Media type of an envelope alone. */
export const CBOR_TYPE = 'application/cbor';

/** `VSF` and the version of the frame format. */
const MAGIC = Uint8Array.of(0x56, 0x53, 0x46, 0x01);
const HEAD_BYTES = 16;

/** No body is larger, in either direction (protocols §7). Checked while reading, before anything is parsed. */
export const MAX_BODY_BYTES: number = 8 * 1024 * 1024;
const MAX_ENVELOPE_BYTES = 256 * 1024;

/** A frame that is cut off, has bytes left over, or says sizes that do not fit. */
export interface BadFrame {
  readonly _tag: 'BadFrame';
  readonly message: string;
}

/** An envelope and the packed rows that travel with it: elements never go through CBOR or JSON. */
export interface Frame<A> {
  readonly envelope: A;
  /** count × rowBytes bytes. */
  readonly rows: Uint8Array;
  readonly rowBytes: number;
}

/**
 * Writes `"VSF" 1 | envelope bytes (4) | row bytes (4) | rows (4) | envelope | rows`, numbers most significant byte first.
 * @param envelope encoded by its codec already
 */
export const writeFrame = ({ envelope, rows, rowBytes }: Frame<unknown>): Uint8Array => {
  const head = encodeCanonical(envelope);
  const out = new Uint8Array(HEAD_BYTES + head.length + rows.length);
  const view = new DataView(out.buffer);
  out.set(MAGIC);
  view.setUint32(4, head.length);
  view.setUint32(8, rowBytes);
  view.setUint32(12, rows.length / rowBytes);
  out.set(head, HEAD_BYTES);
  out.set(rows, HEAD_BYTES + head.length);
  return out;
};

/**
 * Reads exactly one frame whose rows have the size that the route expects.
 * @param rowBytes expected bytes a row
 * @returns rows as a view into `bytes`
 */
export const readFrame = <A>(
  codec: t.Type<A, unknown, unknown>,
  rowBytes: number,
  bytes: Uint8Array,
): Either<BadFrame | BadEncoding | BadShape, Frame<A>> => {
  if (bytes.length < HEAD_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte))
    return E.left(badFrame('it does not begin with the frame header, version 1'));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [envelopeBytes, width, count] = [view.getUint32(4), view.getUint32(8), view.getUint32(12)];
  if (envelopeBytes > MAX_ENVELOPE_BYTES) return E.left(badFrame(`its envelope exceeds ${MAX_ENVELOPE_BYTES} bytes`));
  if (width !== rowBytes) return E.left(badFrame(`its rows have ${width} bytes, ${rowBytes} are expected here`));
  const expected = HEAD_BYTES + envelopeBytes + width * count;
  if (bytes.length !== expected) return E.left(badFrame(bytes.length < expected ? 'it is cut off' : 'bytes follow its end'));
  const at = HEAD_BYTES + envelopeBytes;
  const envelope = readEnvelope(codec, bytes.subarray(HEAD_BYTES, at));
  return E.isLeft(envelope) ? envelope : E.right({ envelope: envelope.right, rows: bytes.subarray(at), rowBytes });
};

/** Reads one deterministic CBOR document of the expected shape. */
export const readEnvelope = <A>(codec: t.Type<A, unknown, unknown>, bytes: Uint8Array): Either<BadEncoding | BadShape, A> => {
  const value = decodeCanonical(bytes);
  return E.isLeft(value) ? value : decodeShape(codec, value.right);
};

const badFrame = (why: string): BadFrame => ({ _tag: 'BadFrame', message: `bad frame: ${why}` });
