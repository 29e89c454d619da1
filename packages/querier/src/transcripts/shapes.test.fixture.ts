import { decodeCanonical, E } from '@vouchsafe/core';

/** Bytes of which nobody without the key can tell anything but how many they are; and what changes with the clock. */
const TIMES = new Set(['time', 'created', 'expires', 'notBefore', 'notAfter']);

/** A decoded document with its names, numbers and words, and with lengths in the place of bytes. */
export const shapeOf = (value: unknown, name = ''): unknown => {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (TIMES.has(name)) return 'a time';
  if (Array.isArray(value)) return value.map((item) => shapeOf(item));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item, key)]));
  return typeof value === 'string' ? masked(value) : value;
};

/** Text with lengths in the place of hashes, signatures and nonces, and without times. */
export const masked = (text: string): string =>
  text.replace(/\b\d{10,13}\b/g, '(time)').replace(/[A-Za-z0-9+/_-]{20,}={0,2}/g, (secret) => `(${secret.length})`);

const ROW_BYTES_AT = 8;
const HEAD_BYTES = 16;

/** What a body looks like to whoever has no key: the shape of its document, the number and size of its rows. */
export const shapeOfBody = (type: string | null, body: Uint8Array): unknown => {
  if (type?.includes('json')) return new TextDecoder().decode(body);
  if (type === 'application/cbor') return documentShape(body);
  if (!type?.includes('frame')) return body.length;
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const head = view.getUint32(4);
  return {
    bytes: body.length,
    envelope: documentShape(body.subarray(HEAD_BYTES, HEAD_BYTES + head)),
    rowBytes: view.getUint32(ROW_BYTES_AT),
    rows: view.getUint32(ROW_BYTES_AT + 4),
  };
};

const documentShape = (bytes: Uint8Array): unknown => {
  const document = decodeCanonical(bytes);
  return [bytes.length, E.isRight(document) ? shapeOf(document.right) : 'no document'];
};

/** The rows of a framed body, each as text. */
export const rowsOfBody = (body: Uint8Array): readonly string[] => {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const [head, rowBytes, count] = [view.getUint32(4), view.getUint32(ROW_BYTES_AT), view.getUint32(ROW_BYTES_AT + 4)];
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(body.subarray(HEAD_BYTES + head + i * rowBytes, HEAD_BYTES + head + (i + 1) * rowBytes)).toString('hex'),
  );
};
