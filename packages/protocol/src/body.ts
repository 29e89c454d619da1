import { E, type Either } from '@vouchsafe/core';

/** A body over the limit. Nothing of it was parsed. */
export interface BodyTooLarge {
  readonly _tag: 'BodyTooLarge';
  readonly message: string;
}

/**
 * Reads a whole request or response body, and stops reading when it grows over the limit: the length that a peer states is not to be trusted.
 * @param limit bytes
 */
export const readBody = async (
  message: { readonly body: ReadableStream<Uint8Array> | null },
  limit: number,
): Promise<Either<BodyTooLarge, Uint8Array>> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = message.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      return E.left({ _tag: 'BodyTooLarge', message: `the body exceeds ${limit} bytes: send smaller chunks` });
    }
    chunks.push(value);
  }
  // Not `Buffer.concat`: whoever takes a copy with `slice` would get a view of a Buffer.
  const body = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    body.set(chunk, at);
    at += chunk.length;
  }
  return E.right(body);
};
