import { bytesToHex, createSigner, Secret, verifySignature } from '@vouchsafe/core';
import { describe, expect, it } from 'vitest';
import { contentDigest, signatureBase } from '../index.ts';
import { targetOf } from './base.ts';
import { CONTENT_DIGEST } from './content-digest.ts';

const text = (value: Uint8Array): string => Buffer.from(value).toString('utf8');

describe('the signature base', () => {
  it('RFC 9421 Appendix B.2.6: base, Signature-Input and signature', () => {
    const target = targetOf({ method: 'POST', url: 'https://example.com/foo?param=Value&Pet=dog' })!;
    const { input, base } = signatureBase(
      [
        ['"date"', 'Tue, 20 Apr 2021 02:07:55 GMT'],
        ['"@method"', target.method],
        ['"@path"', target.path],
        ['"@authority"', target.authority],
        ['"content-type"', 'application/json'],
        ['"content-length"', '18'],
      ],
      ';created=1618884473;keyid="test-key-ed25519"',
    );
    expect(input).toBe(
      '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    );
    expect(text(base)).toBe(
      [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        '"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
      ].join('\n'),
    );
    // B.1.4: test-key-ed25519.
    const signer = createSigner(
      new Secret(new Uint8Array(Buffer.from('n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU', 'base64url'))),
    );
    expect(Buffer.from(signer.publicKey).toString('base64url')).toBe('JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs');
    const signature = signer.sign(base);
    expect(Buffer.from(signature).toString('base64')).toBe(
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    );
    expect(verifySignature({ publicKey: signer.publicKey, message: base, signature })).toBe(true);
  });

  it.each([
    ['https://a.example/x/y?z=1', 'a.example', '/x/y', '?z=1'],
    // §2.2.3: lower case. §2.2.6, §2.2.7: an empty path is a slash, an absent query a question mark.
    ['https://A.Example', 'a.example', '/', '?'],
    ['http://a.example:8787?z', 'a.example:8787', '/', '?z'],
    ['http://127.0.0.1:1/x?', '127.0.0.1:1', '/x', '?'],
    ['http://[::1]:8787/x', '[::1]:8787', '/x', '?'],
    // Percent-encoding and dots stay as they are.
    ['https://a.example/%7Euser/%e4/../b//c?q=%2f+%20', 'a.example', '/%7Euser/%e4/../b//c', '?q=%2f+%20'],
    ['https://a.example/x?a?b/c#fragment', 'a.example', '/x', '?a?b/c'],
  ])('takes %s apart', (url, authority, path, query) => {
    expect(targetOf({ method: 'GET', url })).toEqual({ method: 'GET', authority, path, query });
  });

  it.each([
    ['GET', '/x'],
    ['GET', 'ftp://a.example/x'],
    ['GET', 'https://user:password@a.example/x'],
    ['GET', 'https:///x'],
    ['GET', 'https://a.example/x\n"@query": ?y'],
    ['GET', 'https://a.example/x y'],
    ['GET', 'https://a.example/ä'],
    ['GET', ' https://a.example/x'],
    ['GET', ''],
    ['get', 'https://a.example/x'],
    ['GET\n', 'https://a.example/x'],
    ['', 'https://a.example/x'],
    ['G'.repeat(17), 'https://a.example/x'],
  ])('takes nothing else: %j %j', (method, url) => {
    expect(targetOf({ method, url })).toBeUndefined();
  });
});

describe('content digests', () => {
  it('RFC 9530 Appendix B: a JSON text with its line feed, and no content', () => {
    expect(contentDigest(new TextEncoder().encode('{"hello": "world"}\n'))).toBe(
      'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:',
    );
    expect(contentDigest(new Uint8Array(0))).toBe('sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:');
    expect(bytesToHex(new Uint8Array(Buffer.from(contentDigest(new Uint8Array(0)).slice(9, -1), 'base64')))).toMatch(/^e3b0c442/);
  });

  it('have one spelling', () => {
    for (let i = 0; i < 200; i++) expect(contentDigest(Uint8Array.of(i))).toMatch(CONTENT_DIGEST);
    for (const bad of [
      'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=:',
      'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU:',
      'sha-256=:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=:',
      'sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      'md5=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
    ])
      expect(bad).not.toMatch(CONTENT_DIGEST);
  });
});
