import { E } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { keyIdOf, keysOfMembers, signRequest, signResponse, verifyBody, verifyRequest, verifyResponse } from '../index.ts';
import {
  at,
  body,
  bureau,
  call,
  exchange,
  holder,
  keysOf,
  NOW,
  now,
  reader,
  received,
  right,
  rng,
  signedWith,
  signerOf,
  tagOf,
  url,
  verifier,
} from './exchange.test.fixture.ts';

const answerTo = (state: Parameters<typeof verifyResponse>[1], response: ReturnType<typeof exchange>['response']) =>
  verifyResponse({ holder: 'lender', keysOf, now }, state, { ...response, headers: reader(response.headers) });

describe('a signed exchange', () => {
  it('says who asks, takes the body, and the answer is bound to the request', () => {
    const { state, request, response } = exchange();
    const verified = right(verifyRequest(verifier, received(request)));
    expect(verified).toMatchObject({ member: 'bureau', skewSeconds: 0, request: state, nonce: { member: 'bureau' } });
    expect(verified.nonce.nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(verifyBody(verified, body)).toEqual(E.right(body));
    expect(answerTo(state, response)).toEqual(E.right({ skewSeconds: 0 }));
  });

  it('over web Requests and Responses, with and without a body; the first step leaves the body unread', async () => {
    for (const method of ['POST', 'GET']) {
      const sent = method === 'GET' ? new Uint8Array(0) : body;
      const target = `${url}/v1/manifest?a=%20b&c=ä`;
      const { state, message } = signRequest({ signer: bureau }, { method, url: target, body: sent });
      const request = new Request(target, { method, headers: { ...message }, ...(sent.length > 0 ? { body: sent } : {}) });
      const verified = right(verifyRequest({ url, keysOf }, request));
      expect(request.bodyUsed).toBe(false);
      const read = new Uint8Array(await request.arrayBuffer());
      expect(tagOf(verifyBody(verified, read))).toBe('taken');
      const answer = Uint8Array.of(1, 2, 3);
      const headers = signResponse({ signer: holder }, verified.request, { status: 201, body: answer });
      const response = new Response(answer, { status: 201, headers: { ...headers } });
      expect(
        tagOf(
          verifyResponse({ holder: 'lender', keysOf }, state, {
            status: response.status,
            headers: response.headers,
            body: new Uint8Array(await response.arrayBuffer()),
          }),
        ),
      ).toBe('taken');
    }
  });

  it('each request has a nonce of its own, of 16 random bytes', () => {
    const nonces = Array.from(
      { length: 50 },
      () => /nonce="([0-9a-f]{32})"/.exec(signRequest({ signer: bureau }, call).state.input)![1],
    );
    expect(new Set(nonces).size).toBe(50);
  });

  it('the answer to one request does not fit another, though they ask the same', () => {
    const [one, two] = [exchange(), exchange()];
    expect(tagOf(answerTo(one.state, two.response))).toBe('BadSignature');
    // Nor does the same response signed by another member, or by nobody.
    const stranger = signResponse({ signer: bureau, now }, one.state, { status: 200, body: one.response.body });
    expect(tagOf(answerTo(one.state, { ...one.response, headers: { ...stranger } }))).toBe('UnknownKey');
    const nobody = signResponse({ signer: signerOf('nobody'), now }, one.state, { status: 200, body: one.response.body });
    expect(tagOf(answerTo(one.state, { ...one.response, headers: { ...nobody } }))).toBe('UnknownKey');
    expect(tagOf(answerTo(one.state, { ...one.response, headers: {} }))).toBe('Unsigned');
    // A request's own signature is no answer to it.
    expect(tagOf(answerTo(one.state, { ...one.response, headers: one.request.headers }))).toBe('Unsigned');
  });

  it('refuses a body that was not signed', () => {
    const { state, request, response } = exchange();
    const verified = right(verifyRequest(verifier, received(request)));
    for (const other of [new Uint8Array(0), body.subarray(1), Buffer.concat([body, Uint8Array.of(0)])])
      expect(tagOf(verifyBody(verified, other))).toBe('DigestMismatch');
    expect(tagOf(answerTo(state, { ...response, body: new Uint8Array(0) }))).toBe('DigestMismatch');
    const bodyless = signRequest({ signer: bureau, now }, { ...call, method: 'GET', body: new Uint8Array(0) }, rng);
    const get = right(verifyRequest(verifier, received({ ...call, method: 'GET', headers: { ...bodyless.message } })));
    expect(tagOf(verifyBody(get, new Uint8Array(0)))).toBe('taken');
    expect(tagOf(verifyBody(get, Uint8Array.of(1)))).toBe('DigestMismatch');
  });
});

describe('keys', () => {
  it('a member may have two while it changes them, and neither after they are gone', () => {
    const next = signerOf('bureau, next');
    const both = keysOfMembers([bureau, next].map(({ publicKey }) => ({ member: 'bureau', publicKey })));
    for (const signer of [bureau, next])
      expect(right(verifyRequest({ ...verifier, keysOf: both }, received(signedWith({}, signer)))).member).toBe('bureau');
    expect(tagOf(verifyRequest(verifier, received(signedWith({}, next))))).toBe('UnknownKey');
  });

  it('a keyid is its key: another key is not taken for it, whoever looks it up', () => {
    const swapped = () => ({ member: 'bureau', publicKey: bureau.publicKey });
    const mallory = signerOf('mallory');
    expect(tagOf(verifyRequest({ ...verifier, keysOf: swapped }, received(signedWith({}, mallory))))).toBe('UnknownKey');
    // Signed by mallory in the bureau's name.
    const forged = signedWith({ keyid: keyIdOf(bureau.publicKey) }, mallory);
    expect(tagOf(verifyRequest(verifier, received(forged)))).toBe('BadSignature');
    expect(() =>
      keysOfMembers([
        { member: 'a', publicKey: bureau.publicKey },
        { member: 'b', publicKey: bureau.publicKey },
      ]),
    ).toThrow(RangeError);
  });
});

describe('the addressee', () => {
  const to = (target: string, arrivedAs = target) => {
    const { message } = signRequest({ signer: bureau, now }, { ...call, url: target }, rng);
    return received({ method: call.method, url: arrivedAs, headers: { ...message } });
  };

  it('is the address in the federation document, whatever the Host header says', () => {
    expect(tagOf(verifyRequest(verifier, to(`${url}/v1/query`, 'http://10.0.0.7:8787/vouchsafe/v1/query')))).toBe('taken');
    for (const own of ['https://LENDER.example:443/vouchsafe/', 'https://lender.example/vouchsafe'])
      expect(tagOf(verifyRequest({ ...verifier, url: own }, to(`${url}/v1/query`)))).toBe('taken');
    expect(tagOf(verifyRequest({ ...verifier, url: 'http://127.0.0.1:1' }, to('http://127.0.0.1:1/v1/query')))).toBe('taken');
  });

  it('is not another holder, on another host, port or path: a request cannot be passed on', () => {
    const other = (target: string) => verifyRequest(verifier, to(target));
    for (const target of [
      'https://rival.example/vouchsafe/v1/query',
      'https://lender.example:8443/vouchsafe/v1/query',
      'https://lender.example/rival/v1/query',
      'https://lender.example/vouchsafe-rival/v1/query',
      'https://lender.example/vouchsafe',
    ])
      expect(other(target)).toMatchObject({
        left: { _tag: 'WrongAddressee', message: expect.stringContaining('federation document') },
      });
    // Passed on under our own name it cannot be told from any other bad signature.
    expect(tagOf(verifyRequest(verifier, to('https://rival.example/vouchsafe/v1/query', `${url}/v1/query`)))).toBe(
      'BadSignature',
    );
  });
});

describe('the time of a request', () => {
  const created = NOW / 1000;
  const verdictAt = (seconds: number, change = {}) =>
    verifyRequest({ ...verifier, now: at(seconds) }, received(signedWith(change)));

  it('is from 30 s before created to 30 s after expires; what the clocks differ is told', () => {
    for (const seconds of [-30, -1, 0, 1, 299, 330]) expect(right(verdictAt(seconds)).skewSeconds).toBe(-seconds || 0);
    expect(verdictAt(-31)).toMatchObject({
      left: {
        _tag: 'SignatureExpired',
        skewSeconds: 31,
        message: expect.stringMatching(/31 s in the future.*sender’s clock is fast/),
      },
    });
    expect(verdictAt(331)).toMatchObject({
      left: { _tag: 'SignatureExpired', skewSeconds: -331, message: expect.stringMatching(/331 s ago.*sender’s clock is slow/) },
    });
  });

  it('is at most 300 s long', () => {
    expect(tagOf(verdictAt(0, { expires: created + 1 }))).toBe('taken');
    for (const lifetime of [301, 86_400, 0, -1])
      expect(verdictAt(0, { expires: created + lifetime })).toMatchObject({
        left: { _tag: 'SignatureExpired', message: expect.stringContaining(`${lifetime} s`) },
      });
  });

  it('a nonce is kept for as long as its request would be taken, and no longer', () => {
    const request = received(signedWith({}));
    const { keepUntil } = right(verifyRequest(verifier, request)).nonce;
    expect(tagOf(verifyRequest({ ...verifier, now: () => keepUntil - 1 }, request))).toBe('taken');
    expect(tagOf(verifyRequest({ ...verifier, now: () => keepUntil }, request))).toBe('SignatureExpired');
  });

  it('of a response is told, not judged: it is as fresh as the nonce that it answers', () => {
    const { state, response } = exchange();
    const late = verifyResponse({ holder: 'lender', keysOf, now: at(1000) }, state, {
      ...response,
      headers: reader(response.headers),
    });
    expect(late).toEqual(E.right({ skewSeconds: -1000 }));
  });
});
