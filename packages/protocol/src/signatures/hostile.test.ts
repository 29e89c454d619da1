import { E } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyIdOf, verifyBody, verifyRequest, verifyResponse } from '../index.ts';
import { requestComponents, type SignedRequest, signatureBase } from './base.ts';
import {
  body,
  bureau,
  call,
  exchange,
  type Headers,
  keysOf,
  now,
  reader,
  received,
  right,
  tagOf,
  url,
  verifier,
} from './exchange.test.fixture.ts';
import { byteSequence, signatureHeaders } from './fields.ts';

/** The text with one bit of one character changed. */
const flip = (value: string, bit: number): string => {
  const i = (bit >> 3) % value.length;
  return value.slice(0, i) + String.fromCharCode(value.charCodeAt(i) ^ (1 << (bit & 7))) + value.slice(i + 1);
};
const flipByte = (value: Uint8Array, bit: number): Uint8Array => {
  const out = value.slice();
  out[(bit >> 3) % value.length]! ^= 1 << (bit & 7);
  return out;
};
const refused = ['Unsigned', 'BadSignature', 'UnknownKey', 'SignatureExpired', 'WrongAddressee', 'DigestMismatch'];

describe('one flipped bit is refused', () => {
  const { state, request, response } = exchange();
  const [path, query] = ['/vouchsafe/v1/query', '?scheme=cn-rid'];
  const accept = (message: typeof request, own = url, content: Uint8Array = body) => {
    const verified = verifyRequest({ ...verifier, url: own }, received(message));
    return tagOf(E.isLeft(verified) ? verified : verifyBody(verified.right, content));
  };
  const withHeader = (headers: Headers, name: string, bit: number) => ({ ...headers, [name]: flip(headers[name]!, bit) });
  const names = ['content-digest', 'signature-input', 'signature'];

  it.each<readonly [string, (bit: number) => string]>([
    ['method', (bit) => accept({ ...request, method: flip('POST', bit) })],
    ['path', (bit) => accept({ ...request, url: `https://lender.example${flip(path, bit)}${query}` })],
    ['query', (bit) => accept({ ...request, url: `https://lender.example${path}${flip(query, bit)}` })],
    ['body', (bit) => accept(request, url, flipByte(body, bit))],
    ...names.map(
      (name) => [name, (bit: number) => accept({ ...request, headers: withHeader(request.headers, name, bit) })] as const,
    ),
  ])('of a request: %s', (_, verdict) => {
    expect(accept(request)).toBe('taken');
    fc.assert(
      fc.property(fc.nat(8 * 400), (bit) => {
        expect(refused).toContain(verdict(bit));
      }),
      { numRuns: 150 },
    );
  });

  it('of a request: the holder’s own address', () => {
    const host = 'lender.example';
    for (let bit = 0; bit < 8 * host.length; bit++) {
      const other = flip(host, bit);
      // Upper case is the same host; what is no host at all is no configuration.
      if (other.toLowerCase() === host || !URL.canParse(`https://${other}`) || new URL(`https://${other}`).host === host)
        continue;
      expect(refused).toContain(accept(request, `https://${other}/vouchsafe`));
    }
  });

  const answered = (to: SignedRequest, given: typeof response) =>
    tagOf(verifyResponse({ holder: 'lender', keysOf, now }, to, { ...given, headers: reader(given.headers) }));
  const bound: readonly (keyof SignedRequest)[] = ['method', 'authority', 'path', 'query', 'digest', 'input', 'signature'];

  it.each<readonly [string, (bit: number) => string]>([
    ['status', (bit) => answered(state, { ...response, status: response.status ^ (1 << (bit % 10)) })],
    ['body', (bit) => answered(state, { ...response, body: flipByte(response.body, bit) })],
    ...names.map(
      (name) =>
        [name, (bit: number) => answered(state, { ...response, headers: withHeader(response.headers, name, bit) })] as const,
    ),
    ...bound.map(
      (part) =>
        [`the request’s ${part}`, (bit: number) => answered({ ...state, [part]: flip(state[part], bit) }, response)] as const,
    ),
  ])('of a response: %s', (_, verdict) => {
    expect(answered(state, response)).toBe('taken');
    fc.assert(
      fc.property(fc.nat(8 * 500), (bit) => {
        expect(refused).toContain(verdict(bit));
      }),
      { numRuns: 150 },
    );
  });
});

/** Headers that a bureau signed properly, over whatever components and parameters it likes. */
const signedAs = (change: (input: string) => string, components = requestComponents(exchange().state)): Headers => {
  const parameters = exchange().state.input.replace(/^\([^)]*\)/, '');
  const changed = change(signatureBase(components, parameters).input);
  const list = changed.slice(0, changed.indexOf(')') + 1);
  const { base, input } = signatureBase(components, changed.slice(list.length));
  const spelled = Buffer.from(base).toString().replace(input, changed);
  const signature = bureau.sign(new TextEncoder().encode(spelled));
  return { ...signatureHeaders({ digest: exchange().state.digest, input: changed, signature: byteSequence(signature) }) };
};

describe('hostile headers', () => {
  const { request } = exchange();
  const verdict = (headers: Headers, more: Partial<typeof request> = {}) =>
    verifyRequest(verifier, received({ ...request, ...more, headers }));
  const { headers } = request;
  const [input, signature, digest] = [headers['signature-input']!, headers['signature']!, headers['content-digest']!];
  const huge = 'A'.repeat(1_000_000);

  it('what they are made from is taken', () => {
    expect(tagOf(verdict(headers))).toBe('taken');
    expect(tagOf(verdict(signedAs((same) => same)))).toBe('taken');
  });

  it.each<readonly [string, Headers]>([
    ['none', {}],
    ...Object.keys(headers).map(
      (name) => [`no ${name}`, Object.fromEntries(Object.entries(headers).filter(([other]) => other !== name))] as const,
    ),
    ...Object.keys(headers).map((name) => [`an empty ${name}`, { ...headers, [name]: '' }] as const),
    ...Object.keys(headers).map(
      (name) => [`${name} twice`, { ...headers, [name]: `${headers[name]}, ${headers[name]}` }] as const,
    ),
    ...Object.keys(headers).map((name) => [`a huge ${name}`, { ...headers, [name]: huge }] as const),
    ...Object.keys(headers).map((name) => [`${name} with a long tail`, { ...headers, [name]: headers[name] + huge }] as const),
    ...Object.keys(headers).map((name) => [`${name} with a line feed`, { ...headers, [name]: `${headers[name]}\n` }] as const),
    ...Object.keys(headers).map(
      (name) => [`${name} with white space before it`, { ...headers, [name]: ` ${headers[name]}` }] as const,
    ),
    [
      'a second signature beside ours',
      { ...headers, 'signature-input': `${input}, proxy=("@method");created=1`, signature: `${signature}, proxy=:AA==:` },
    ],
    [
      'a second signature before ours',
      { ...headers, 'signature-input': `proxy=("@method");created=1, ${input}`, signature: `proxy=:AA==:, ${signature}` },
    ],
    [
      'another label',
      {
        ...headers,
        'signature-input': input.replace('vouchsafe=', 'sig1='),
        signature: signature.replace('vouchsafe=', 'sig1='),
      },
    ],
    ['labels that differ', { ...headers, signature: signature.replace('vouchsafe=', 'sig1=') }],
    ['a signature in unpadded base64', { ...headers, signature: signature.replace('==:', ':') }],
    ['a signature with other spare bits', { ...headers, signature: signature.replace(/.==:$/, 'B==:') }],
    ['a signature that is a string', { ...headers, signature: signature.replaceAll(':', '"') }],
    ['a signature of 63 bytes', { ...headers, signature: `vouchsafe=:${Buffer.alloc(63).toString('base64')}:` }],
    ['a signature of 65 bytes', { ...headers, signature: `vouchsafe=:${Buffer.alloc(65).toString('base64')}:` }],
    ['a digest of another algorithm', { ...headers, 'content-digest': `sha-512=:${Buffer.alloc(64).toString('base64')}:` }],
    ['two digests', { ...headers, 'content-digest': `${digest}, sha-512=:${Buffer.alloc(64).toString('base64')}:` }],
    // All below are good signatures of what they say: it is the form that is refused.
    ['fewer components', signedAs((same) => same, requestComponents(exchange().state).slice(1))],
    ['no digest covered', signedAs((same) => same, requestComponents(exchange().state).slice(0, 4))],
    ['no component at all', signedAs((same) => same, [])],
    ['a component more', signedAs((same) => same, [...requestComponents(exchange().state), ['"date"', 'today']])],
    ['a component twice', signedAs((same) => same, [...requestComponents(exchange().state), ['"@method"', 'POST']])],
    ['components in another order', signedAs((same) => same, requestComponents(exchange().state).toReversed())],
    ['spaces in the list', signedAs((given) => given.replace('" "', '"  "'))],
    ['a space after a semicolon', signedAs((given) => given.replace(';created', '; created'))],
    ['a parameter more', signedAs((given) => `${given};more=1`)],
    ['a parameter twice', signedAs((given) => given.replace(';expires', ';created=1;expires'))],
    ['parameters in another order', signedAs((given) => given.replace(/(;created=\d+)(;expires=\d+)/, '$2$1'))],
    ['no nonce', signedAs((given) => given.replace(/;nonce="[^"]*"/, ''))],
    ['no created', signedAs((given) => given.replace(/;created=\d+/, ''))],
    ['no expires', signedAs((given) => given.replace(/;expires=\d+/, ''))],
    ['no keyid', signedAs((given) => given.replace(/;keyid="[^"]*"/, ''))],
    ['another algorithm', signedAs((given) => given.replace('alg="ed25519"', 'alg="hmac-sha256"'))],
    ['no algorithm', signedAs((given) => given.replace(';alg="ed25519"', ''))],
    ['the tag of another application', signedAs((given) => given.replace('tag="vouchsafe"', 'tag="other"'))],
    ['a short nonce', signedAs((given) => given.replace(/nonce="../, 'nonce="'))],
    ['a nonce in capitals', signedAs((given) => given.replace(/nonce="[^"]*"/, `nonce="${'AB'.repeat(16)}"`))],
    [
      'a keyid in capitals',
      signedAs((given) => given.replace(keyIdOf(bureau.publicKey), keyIdOf(bureau.publicKey).toUpperCase())),
    ],
    ['a keyid that is a property of every object', signedAs((given) => given.replace(keyIdOf(bureau.publicKey), '__proto__'))],
    ['a time with a fraction', signedAs((given) => given.replace(/created=(\d+)/, 'created=$1.0'))],
    ['a time with a leading zero', signedAs((given) => given.replace(/created=(\d+)/, 'created=0$1'))],
    ['a time before 1970', signedAs((given) => given.replace(/created=(\d+)/, 'created=-$1'))],
    ['a time beyond all bounds', signedAs((given) => given.replace(/expires=(\d+)/, 'expires=999999999999'))],
    ['a time that is a string', signedAs((given) => given.replace(/created=(\d+)/, 'created="$1"'))],
    ['an escape in a string', signedAs((given) => given.replace('tag="vouchsafe"', 'tag="vouchsafe\\""'))],
    [
      'a line of its own in the base',
      signedAs((given) => given.replace('tag="vouchsafe"', 'tag="x"\n"@signature-params": ("@method");tag="vouchsafe"')),
    ],
  ])('%s', (_, given) => {
    const started = performance.now();
    const result = verdict(given);
    expect(tagOf(result)).toBe('Unsigned');
    expect(performance.now() - started).toBeLessThan(500);
  });

  it('a request that no server hands on', () => {
    for (const more of [
      { url: '/vouchsafe/v1/query' },
      { url: `${call.url}\n"@query": ?` },
      { method: 'post' },
      { method: 'POST"' },
    ])
      expect(tagOf(verdict(headers, more))).toBe('Unsigned');
  });

  it('errors name no key, nonce, address or header value', () => {
    const nonce = /nonce="([0-9a-f]+)"/.exec(input)![1]!;
    const all = [
      verdict({}),
      verdict({ ...headers, signature: 'private-value' }),
      verdict({ ...headers, 'signature-input': 'private-value' }),
      verdict({ ...headers, 'content-digest': 'private-value' }),
      verdict(headers, { url: `${call.url}&more=private-value` }),
      verifyRequest({ ...verifier, keysOf: () => undefined }, received(request)),
      verifyRequest({ ...verifier, url: 'https://rival.example' }, received(request)),
      verifyRequest({ ...verifier, now: () => 0 }, received(request)),
      verifyBody(right(verdict(headers)), new Uint8Array(0)),
    ];
    expect(all.map(tagOf).sort()).toEqual(
      [
        'Unsigned',
        'Unsigned',
        'Unsigned',
        'Unsigned',
        'BadSignature',
        'UnknownKey',
        'WrongAddressee',
        'SignatureExpired',
        'DigestMismatch',
      ].sort(),
    );
    for (const secret of [keyIdOf(bureau.publicKey), nonce, 'lender.example', 'rival.example', 'private-value', 'cn-rid'])
      expect(JSON.stringify(all.filter((result) => result._tag === 'Left'))).not.toContain(secret);
  });
});
