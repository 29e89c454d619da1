import { bytesToHex, verifySignature } from '@vouchsafe/core';
import { httpbis } from 'http-message-signatures';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { keyIdOf, verifyRequest, verifyResponse } from '../index.ts';
import { bureau, call, exchange, holder, keysOf, NOW, now, reader, received, tagOf, verifier } from './exchange.test.fixture.ts';

/** The other implementation's view of our keys. */
const keyLookup = async ({ keyid }: { readonly keyid?: string }) => {
  const signer = [bureau, holder].find(({ publicKey }) => keyIdOf(publicKey) === keyid);
  if (!signer) return null;
  const verify = async (message: Buffer, signature: Buffer) =>
    verifySignature({ publicKey: signer.publicKey, message, signature });
  return { id: keyid!, algs: ['ed25519'], verify };
};
const keyOf = ({ publicKey, sign }: typeof bureau) => ({
  id: keyIdOf(publicKey),
  alg: 'ed25519',
  sign: async (message: Buffer) => Buffer.from(sign(message)),
});
const times = { created: new Date(NOW), expires: new Date(NOW + 300_000) };

/** Another implementation of RFC 9421, with a full structured-field parser, builds the same signature base from our messages, and we take what it writes. */
describe('http-message-signatures (npm)', () => {
  const { state, request, response } = exchange();
  beforeAll(() => {
    vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
  });
  afterAll(() => {
    vi.useRealTimers();
  });

  it('verifies our request and our response', async () => {
    expect(await httpbis.verifyMessage({ keyLookup }, { ...request, url: call.url })).toBe(true);
    expect(await httpbis.verifyMessage({ keyLookup }, response, request)).toBe(true);
    // It would notice: another request, another status.
    expect(await httpbis.verifyMessage({ keyLookup }, response, exchange().request)).toBe(false);
    expect(await httpbis.verifyMessage({ keyLookup }, { ...response, status: 201 }, request)).toBe(false);
  });

  it('signs a request and a response that we verify', async () => {
    const fields = ['@method', '@authority', '@path', '@query', 'content-digest'];
    const params = ['created', 'expires', 'nonce', 'keyid', 'alg', 'tag'];
    const digestOnly = { 'content-digest': state.digest };
    const signed = await httpbis.signMessage(
      {
        key: keyOf(bureau),
        name: 'vouchsafe',
        fields,
        params,
        paramValues: { ...times, nonce: bytesToHex(new Uint8Array(16)), alg: 'ed25519', tag: 'vouchsafe' },
      },
      { ...request, headers: digestOnly },
    );
    const headers = Object.fromEntries(
      Object.entries(signed.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    const verified = verifyRequest(verifier, received({ ...request, headers }));
    expect(tagOf(verified)).toBe('taken');

    const answered = await httpbis.signMessage(
      {
        key: keyOf(holder),
        name: 'vouchsafe',
        fields: [
          '@status',
          'content-digest',
          ...fields.map((field) => `${field};req`),
          'signature-input;req;key="vouchsafe"',
          'signature;req;key="vouchsafe"',
        ],
        params: ['created', 'keyid', 'alg', 'tag'],
        paramValues: { created: times.created, alg: 'ed25519', tag: 'vouchsafe' },
      },
      { status: 200, headers: { 'content-digest': response.headers['content-digest']! } },
      request,
    );
    const answer = Object.fromEntries(
      Object.entries(answered.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
    expect(tagOf(verifyResponse({ holder: 'lender', keysOf, now }, state, { ...response, headers: reader(answer) }))).toBe(
      'taken',
    );
  });
});
