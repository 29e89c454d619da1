import { E, type Either } from '@vouchsafe/core';
import { type BodyTooLarge, MAX_BODY_BYTES, readBody, verifyResponse } from '@vouchsafe/protocol';
import type { BadResponse, HolderDown, HolderRefused } from './errors.ts';
import { badResponse, holderDown, refusal, signedRequest, type Target, type Transport } from './transport.ts';

/** Bytes that are written to the cache at a time. */
const PIECE_BYTES = 256 * 1024;

/** A file by its hash, from some byte on. */
export interface Wanted {
  readonly route: string;
  /** SHA-256 in hexadecimal digits: the file's tag. */
  readonly name: string;
  /** Of the whole file, in bytes. */
  readonly size: number;
  /** Bytes that are here. */
  readonly from: number;
  /** Takes the next bytes over, from byte `at` on. */
  readonly write: (at: number, bytes: Uint8Array) => Promise<void>;
  readonly signal: AbortSignal | undefined;
}

/**
 * Fetches the rest of a file (RFC 9110 §14, `Range`) and hands it on as it comes, so that nothing that came is lost when the line breaks; a server that knows no ranges sends all of it again. The file needs
 * no signature, since its name is its hash: the caller checks that, and any server or cache on the way may have answered. The request is signed, so that a holder gives it to whom it may. A holder counts as
 * down when nothing comes for the time that a whole answer may take otherwise.
 */
export const download = async (
  transport: Transport,
  to: Target,
  { route, name, size, from, write, signal }: Wanted,
): Promise<Either<HolderDown | HolderRefused | BadResponse | BodyTooLarge, void>> => {
  const idle = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => idle.abort(), transport.timeoutMs);
  };
  const pieces = createPieces(from, write);
  let received = 0;
  alive();
  try {
    const { request, state } = signedRequest(transport, to, {
      route,
      headers: from > 0 ? { range: `bytes=${from}-`, 'if-range': `"${name}"` } : {},
      signal: signal ? AbortSignal.any([signal, idle.signal]) : idle.signal,
    });
    const response = await transport.fetch(request);
    const { status, headers } = response;
    if (status !== 200 && status !== 206) {
      const body = await readBody(response, MAX_BODY_BYTES);
      if (E.isLeft(body)) return body;
      const { keysOf, clock: now } = transport;
      const verified = verifyResponse({ holder: to.holder, keysOf, now }, state, { status, headers, body: body.right });
      return E.left(refusal(response, body.right, E.isRight(verified)));
    }
    if (status === 206 && headers.get('content-range') !== `bytes ${from}-${size - 1}/${size}`) return E.left(otherPart);
    if (status === 200) pieces.restart();
    const reader = response.body?.getReader();
    for (let next = await reader?.read(); next?.value !== undefined; next = await reader?.read()) {
      alive();
      received += next.value.length;
      if (pieces.end() + next.value.length > size) {
        await reader?.cancel();
        return E.left(tooLong);
      }
      await pieces.add(next.value);
    }
    await pieces.flush();
    return pieces.end() === size ? E.right(undefined) : E.left(holderDown(to));
  } catch {
    await pieces.flush();
    // The caller's own abort is not the holder's fault.
    signal?.throwIfAborted();
    return E.left(holderDown(to));
  } finally {
    clearTimeout(timer);
    transport.onExchange?.({ holder: to.holder, route, sent: 0, received });
  }
};

/** Gathers what comes into pieces worth writing. A failure to write is the caller's: it is thrown again by every later call. */
const createPieces = (from: number, write: Wanted['write']) => {
  let at = from;
  let waiting: Uint8Array[] = [];
  let length = 0;
  let broken: { readonly error: unknown } | undefined;
  const flush = async (): Promise<void> => {
    if (broken) throw broken.error;
    if (length === 0) return;
    const piece = new Uint8Array(length);
    let end = 0;
    for (const part of waiting) {
      piece.set(part, end);
      end += part.length;
    }
    [waiting, length] = [[], 0];
    try {
      await write(at, piece);
    } catch (error) {
      broken = { error };
      throw error;
    }
    at += piece.length;
  };
  return {
    restart: (): void => {
      at = 0;
    },
    end: (): number => at + length,
    add: async (bytes: Uint8Array): Promise<void> => {
      waiting.push(bytes);
      length += bytes.length;
      if (length >= PIECE_BYTES) await flush();
    },
    flush,
  };
};

const otherPart: BadResponse = badResponse({ _tag: 'OtherPart', message: 'it is another part of the file than was asked for' });
const tooLong: BadResponse = badResponse({ _tag: 'TooLong', message: 'the file is longer than its manifest says' });
