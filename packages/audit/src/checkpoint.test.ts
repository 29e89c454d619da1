import { createSigner, E, hexToBytes, Secret, utf8ToBytes } from '@vouchsafe/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCheckpoint, originOf, signCheckpoint } from './checkpoint.ts';
import { log, origin, otherSigner, right, signer, tagOf } from './log.test.fixture.ts';
import { MAX_NOTE_BYTES, MAX_NOTE_SIGNATURES, noteKeyId, openNote, signNote } from './note.ts';
import { EMPTY_ROOT } from './tree.ts';

const b64 = (written: string): Uint8Array => new Uint8Array(Buffer.from(written, 'base64'));

/** golang.org/x/mod/sumdb/note, note_test.go: the key of "PeterNeumann" and the note that it signs. */
const peter = { name: 'PeterNeumann', publicKey: b64('ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW').subarray(1) };
const peterSeed = b64('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz').slice(1);
const text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const peterLine = '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';
const peterNote = `${text}\n${peterLine}`;

/** A checkpoint of sum.golang.org, under the key that Go publishes. */
const sumdb = { name: 'sum.golang.org', publicKey: b64('Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8').subarray(1) };
const sumdbText = 'go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n';
const sumdbNote = `${sumdbText}\n— sum.golang.org Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n`;

const open = (note: string, keys = [peter]) => openNote(utf8ToBytes(note), keys);

describe('signed notes (C2SP signed-note)', () => {
  it('names keys as the reference does', () => {
    expect(noteKeyId(peter)).toEqual(hexToBytes('c74f20a3'));
    expect(noteKeyId(sumdb)).toEqual(hexToBytes('033de0ae'));
  });

  it('signs as the reference does, byte for byte', () => {
    const signed = signNote({ text, name: 'PeterNeumann', signer: createSigner(new Secret(peterSeed)) });
    expect(new TextDecoder().decode(signed)).toBe(peterNote);
  });

  it('opens what others have signed', () => {
    expect(open(peterNote)).toEqual(E.right({ text, signatures: 1 }));
    expect(open(sumdbNote, [sumdb])).toEqual(E.right({ text: sumdbText, signatures: 1 }));
  });

  it('ignores signatures of unknown keys, in any place; needs one of a known key', () => {
    const stranger = '— example.com/witness AAAAAAAAAAAA\n— PeterNeumann AAAAAAAAAAAA\n';
    expect(open(`${text}\n${stranger}${peterLine}`)).toEqual(E.right({ text, signatures: 3 }));
    expect(open(`${text}\n${peterLine}${stranger}`)).toEqual(E.right({ text, signatures: 3 }));
    expect(open(`${text}\n${stranger}`)).toEqual(E.left('no known key has signed it'));
    expect(open(peterNote, [])).toEqual(E.left('no known key has signed it'));
    expect(open(peterNote, [{ ...peter, name: 'Peter' }])).toEqual(E.left('no known key has signed it'));
  });

  it('refuses the whole note when a known key’s signature fails; looks at its first line only', () => {
    const broken = peterLine.replace('RyyBwJnAM=', 'RyyBwJnBM=');
    expect(E.isLeft(open(`${text}\n${broken}`))).toBe(true);
    expect(E.isLeft(open(`${text}\n${broken}${peterLine}`))).toBe(true);
    expect(open(`${text}\n${peterLine}${broken}`)).toEqual(E.right({ text, signatures: 2 }));
  });

  it.each([
    ['no signature part', text],
    ['no signature line', `${text}\n`],
    ['no final newline', peterNote.slice(0, -1)],
    ['a control character', `\u0001${peterNote}`],
    ['a carriage return', peterNote.replace('\n', '\r\n')],
    ['a tab', peterNote.replace('crypto', '\t')],
    ['a name with a space', `${text}\n${peterLine.replace('Peter', 'Peter ')}`],
    ['a name with a no-break space', `${text}\n${peterLine.replace('Peter', 'Peter\u00a0')}`],
    ['a name with a next-line', `${text}\n${peterLine.replace('Peter', 'Peter\u0085')}`],
    ['a name with a plus', `${text}\n${peterLine.replace('Peter', 'Peter+')}`],
    ['an empty name', `${text}\n${peterLine.replace('PeterNeumann', '')}`],
    ['a line that is no signature', `${peterNote}Unexpected line.\n`],
    ['a hyphen for the dash', peterNote.replace('—', '-')],
    ['base64 without its padding', peterNote.replace('JnAM=', 'JnAM')],
    ['base64 with a bit behind its end', peterNote.replace('JnAM=', 'JnAN=')],
    ['base64 of the URL alphabet', peterNote.replace('x08go/', 'x08go_')],
    ['a key id alone', `${text}\n— PeterNeumann x08gow==\n`],
    ['a changed text', peterNote.replace('cryptography', 'cryptographY')],
    ['an empty line within the signatures', `${text}\n${peterLine}\n${peterLine}`],
    ['a signature line with a fourth word', `${peterNote.slice(0, -1)} more\n`],
    ['another line whose name has a no-break space', `${peterNote}— Bad\u00a0Name AAAAAAAAAAAA\n`],
    ['another line whose name has a next-line', `${peterNote}— Bad\u0085Name AAAAAAAAAAAA\n`],
    ['another line whose name has a plus', `${peterNote}— Bad+Name AAAAAAAAAAAA\n`],
    ['another line without a name', `${peterNote}—  AAAAAAAAAAAA\n`],
    ['another line with a key id alone', `${peterNote}— Name AAAAAA==\n`],
    ['another line with loose base64', `${peterNote}— Name AAAAAAA\n`],
  ])('refuses %s', (_, note) => {
    expect(E.isLeft(open(note))).toBe(true);
  });

  it('refuses what is not UTF-8, too long, or with too many signatures', () => {
    const bytes = utf8ToBytes(peterNote);
    expect(E.isLeft(openNote(new Uint8Array([0xff, ...bytes]), [peter]))).toBe(true);
    expect(E.isLeft(openNote(new Uint8Array([0xef, 0xbb, 0xbf, ...bytes]), [peter]))).toBe(true);
    expect(open(`${text}\n${peterLine.repeat(MAX_NOTE_SIGNATURES)}`)).toMatchObject({
      right: { signatures: MAX_NOTE_SIGNATURES },
    });
    expect(E.isLeft(open(`${text}\n${peterLine.repeat(MAX_NOTE_SIGNATURES + 1)}`))).toBe(true);
    expect(MAX_NOTE_SIGNATURES).toBeGreaterThanOrEqual(16);
    const stretched = signNote({ text: `${'a'.repeat(MAX_NOTE_BYTES)}\n`, name: origin, signer });
    expect(openNote(stretched, [{ name: origin, publicKey: signer.publicKey }])).toEqual(
      E.left(`longer than ${MAX_NOTE_BYTES} bytes`),
    );
  });

  /** A note over any text, control characters and all, under a good signature. */
  const signedText = (any: string): string => {
    const line = Buffer.from([...noteKeyId({ name: origin, publicKey: signer.publicKey }), ...signer.sign(utf8ToBytes(any))]);
    return `${any}\n— ${origin} ${line.toString('base64')}\n`;
  };
  const own = [{ name: origin, publicKey: signer.publicKey }];

  it('takes a text with empty lines: the last one parts it from the signatures', () => {
    const lines = 'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n';
    expect(open(signedText(lines), own)).toEqual(E.right({ text: lines, signatures: 1 }));
    const twice = signedText(peterNote);
    expect(open(twice, own)).toEqual(E.right({ text: peterNote, signatures: 1 }));
  });

  it('refuses control characters and bytes that are no UTF-8 even where the signature holds', () => {
    expect(E.isRight(open(signedText('a\n'), own))).toBe(true);
    for (const control of ['\0', '\t', '\r', '\u001f'])
      expect(open(signedText(`a${control}b\n`), own)).toEqual(E.left('it has control characters'));
    // What a lenient decoder makes of the byte 0xff.
    const replaced = utf8ToBytes(signedText('a\ufffdb\n'));
    expect(E.isRight(openNote(replaced, own))).toBe(true);
    expect(openNote(new Uint8Array([replaced[0]!, 0xff, ...replaced.subarray(4)]), own)).toEqual(E.left('not UTF-8'));
  });

  it('does not sign what it would not open', () => {
    const sign = (part: { text?: string; name?: string }) => () => signNote({ text: 'a\n', name: 'n', signer, ...part });
    expect(sign({})).not.toThrow();
    for (const bad of ['', 'a', 'a\r\n', 'a\tb\n']) expect(sign({ text: bad })).toThrow(RangeError);
    for (const bad of ['', 'a b', 'a+b', 'a\u2003b']) expect(sign({ name: bad })).toThrow(RangeError);
  });
});

describe('checkpoints (C2SP tlog-checkpoint)', () => {
  const root = new Uint8Array(32).fill(9);
  const note = signCheckpoint({ origin, size: 42, root }, signer);
  const written = new TextDecoder().decode(note);
  const signed = (body: string, name = origin) => openCheckpoint(signNote({ text: body, name, signer }), log);

  it('are three lines and a signature under the origin’s name', () => {
    expect(written).toMatch(/^federation\/lender-a\n42\n[A-Za-z0-9+/]{43}=\n\n— federation\/lender-a [A-Za-z0-9+/]{91}=\n$/);
    expect(openCheckpoint(note, log)).toEqual(E.right({ origin, size: 42, root, signatures: 1 }));
    expect(signCheckpoint({ origin, size: 42, root }, signer)).toEqual(note);
    expect(originOf({ federation: 'federation', holder: 'lender-a' })).toBe(origin);
  });

  it('hold under any of the log’s keys, and no other', () => {
    const { publicKey } = otherSigner;
    expect(tagOf(openCheckpoint(note, { origin, publicKeys: [publicKey, signer.publicKey] }))).toBe('Right');
    expect(tagOf(openCheckpoint(note, { origin, publicKeys: [publicKey] }))).toBe('BadCheckpoint');
    expect(tagOf(openCheckpoint(note, { origin, publicKeys: [] }))).toBe('BadCheckpoint');
    expect(tagOf(openCheckpoint(note, { origin, publicKeys: [signer.publicKey.subarray(1)] }))).toBe('BadCheckpoint');
  });

  it('are of one log: not of another holder under the same key', () => {
    const other = 'federation/lender-b';
    expect(tagOf(openCheckpoint(note, { ...log, origin: other }))).toBe('BadCheckpoint');
    // Signed by the right name over another log's text, and the other way round.
    expect(signed(written.replace(origin, other).split('\n\n')[0]!.concat('\n'))).toMatchObject({
      left: { message: expect.stringContaining('another log') },
    });
    expect(tagOf(signed(`${written.split('\n\n')[0]}\n`, other))).toBe('BadCheckpoint');
    expect(tagOf(signed(`${written.split('\n\n')[0]}\n`))).toBe('Right');
  });

  const rootLine = Buffer.from(root).toString('base64');
  it.each([
    ['an extension line', `${origin}\n42\n${rootLine}\nextension\n`],
    ['two lines', `${origin}\n42\n`],
    ['one line', '\n'],
    ['an empty line at its end', `${origin}\n42\n${rootLine}\n\n`],
    ['a size with a leading zero', `${origin}\n042\n${rootLine}\n`],
    ['a size with a sign', `${origin}\n+42\n${rootLine}\n`],
    ['a size with a space', `${origin}\n42 \n${rootLine}\n`],
    ['a hexadecimal size', `${origin}\n0x2a\n${rootLine}\n`],
    ['a size with a fraction', `${origin}\n42.0\n${rootLine}\n`],
    ['a size with an exponent', `${origin}\n4e1\n${rootLine}\n`],
    ['a size in other digits', `${origin}\n４２\n${rootLine}\n`],
    ['no size', `${origin}\n\n${rootLine}\n`],
    ['a size of 2^48', `${origin}\n281474976710656\n${rootLine}\n`],
    ['a size of 2^64', `${origin}\n18446744073709551616\n${rootLine}\n`],
    ['a short root', `${origin}\n42\n${Buffer.alloc(31).toString('base64')}\n`],
    ['a long root', `${origin}\n42\n${Buffer.alloc(33).toString('base64')}\n`],
    ['a root with a bit behind its end', `${origin}\n42\n${rootLine.replace(/.=$/, 'B=')}\n`],
    ['a root in hexadecimal', `${origin}\n42\n${Buffer.from(root).toString('hex')}\n`],
    ['no entries under another root', `${origin}\n0\n${rootLine}\n`],
  ])('refuses %s, though signed', (_, body) => {
    expect(tagOf(signed(body))).toBe('BadCheckpoint');
  });

  it('accepts the largest log and the empty one', () => {
    expect(signed(`${origin}\n281474976710655\n${rootLine}\n`)).toMatchObject({ right: { size: 2 ** 48 - 1 } });
    const empty = signCheckpoint({ origin, size: 0, root: EMPTY_ROOT }, signer);
    expect(openCheckpoint(empty, log)).toMatchObject({ right: { size: 0, root: EMPTY_ROOT } });
  });

  it('falls with any bit', () => {
    fc.assert(
      fc.property(fc.nat({ max: note.length * 8 - 1 }), (bit) => {
        const flipped = note.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(tagOf(openCheckpoint(flipped, log))).toBe('BadCheckpoint');
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, and says nothing of what it was given', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: 'binary' }).map(utf8ToBytes)), (bytes) => {
        expect(tagOf(openCheckpoint(bytes, log))).toBe('BadCheckpoint');
      }),
      { numRuns: 300 },
    );
    const left = signed(`770101199001010017\n42\n${rootLine}\n`);
    expect(JSON.stringify(left)).not.toContain('770101');
  });

  it('does not sign what no log has', () => {
    const sign = (part: { origin?: string; size?: number; root?: Uint8Array }) => () =>
      signCheckpoint({ origin, size: 1, root, ...part }, signer);
    expect(sign({})).not.toThrow();
    for (const size of [-1, 1.5, Number.NaN, 2 ** 48]) expect(sign({ size })).toThrow(RangeError);
    for (const bad of ['', 'a b', 'a+b', 'a\n9', 'é', 'x'.repeat(129)]) expect(sign({ origin: bad })).toThrow(RangeError);
    expect(sign({ root: root.subarray(1) })).toThrow(RangeError);
    expect(() => originOf({ federation: 'a b', holder: 'c' })).toThrow(RangeError);
    expect(right(openCheckpoint(note, log)).size).toBe(42);
  });
});
