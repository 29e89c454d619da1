import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesToHex, E, type Either, hexToBytes, utf8ToBytes } from '@vouchsafe/core';
import { countOf, createGroup, GENERATOR, type Group, type ScalarBytes } from '@vouchsafe/group';
import { type OprfAnswers, RFC9497_OPRF, RFC9497_VOPRF } from '@vouchsafe/testkit';
import { describe, expect, it } from 'vitest';
import {
  contextString,
  createOprfClient,
  createOprfServer,
  createVoprfClient,
  createVoprfServer,
  deriveKeyPair,
  generateProof,
  type Mode,
} from './index.ts';
import { fixedScalars } from './testing.ts';

const group = createGroup();
const bytes = (hex: readonly string[]): readonly Uint8Array[] => hex.map((one) => hexToBytes(one));
const right = <A>(result: Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};
const received = async (hex: readonly string[]) => right(await group.receive(hexToBytes(hex.join(''))));
const keysOf = ({ seed, keyInfo }: OprfAnswers, mode: Mode) =>
  deriveKeyPair({ seed: hexToBytes(seed), info: hexToBytes(keyInfo), mode }, group);

/** The suite of one published mode; the same for the figures in testkit and for the published file. */
const oprf = (answers: OprfAnswers): void => {
  it('DeriveKeyPair', async () => {
    expect(bytesToHex((await keysOf(answers, 'OPRF')).skS.reveal())).toBe(answers.skSm);
  });

  it.each(answers.answers)('Blind, BlindEvaluate, Finalize, Evaluate of $inputs', async (answer) => {
    const client = createOprfClient(group, fixedScalars(...bytes(answer.blinds)));
    const server = createOprfServer(await keysOf(answers, 'OPRF'), group);
    const inputs = bytes(answer.inputs);
    const { state, message } = right(await client.blind(inputs));
    expect(bytesToHex(message)).toBe(answer.blinded.join(''));
    const evaluated = right(await server.blindEvaluate(message));
    expect(bytesToHex(evaluated)).toBe(answer.evaluated.join(''));
    expect(bytesToHex(right(await client.finalize(state, evaluated)))).toBe(answer.outputs.join(''));
    expect(bytesToHex(right(await server.evaluate(inputs)))).toBe(answer.outputs.join(''));
  });
};

const voprf = (answers: OprfAnswers): void => {
  it('DeriveKeyPair', async () => {
    const { skS, pkS } = await keysOf(answers, 'VOPRF');
    expect(bytesToHex(skS.reveal())).toBe(answers.skSm);
    expect(bytesToHex(pkS)).toBe(answers.pkSm);
  });

  it.each(answers.answers)('Blind, BlindEvaluate with its proof, Finalize, Evaluate of $inputs', async (answer) => {
    const keys = await keysOf(answers, 'VOPRF');
    const client = createVoprfClient({ pkS: keys.pkS, blinding: 'rfc9497' }, group, fixedScalars(...bytes(answer.blinds)));
    const server = createVoprfServer(keys, group, fixedScalars(hexToBytes(answer.proof!.r)));
    const inputs = bytes(answer.inputs);
    const { state, message } = right(await client.blind(inputs));
    expect(bytesToHex(message)).toBe(answer.blinded.join(''));
    const evaluation = right(await server.blindEvaluate(message));
    expect(bytesToHex(evaluation.evaluated)).toBe(answer.evaluated.join(''));
    expect(bytesToHex(evaluation.proof)).toBe(answer.proof!.bytes);
    expect(bytesToHex(right(await client.finalize(state, evaluation)))).toBe(answer.outputs.join(''));
    expect(bytesToHex(right(await server.evaluate(inputs)))).toBe(answer.outputs.join(''));
  });

  it.each(answers.answers)('fixed-base blinding of $inputs gives the same outputs', async (answer) => {
    const keys = await keysOf(answers, 'VOPRF');
    const client = createVoprfClient({ pkS: keys.pkS }, group, fixedScalars(...bytes(answer.blinds)));
    const { state, message } = right(await client.blind(bytes(answer.inputs)));
    expect(bytesToHex(message)).not.toBe(answer.blinded.join(''));
    const evaluation = right(await createVoprfServer(keys, group).blindEvaluate(message));
    expect(bytesToHex(right(await client.finalize(state, evaluation)))).toBe(answer.outputs.join(''));
  });
};

describe('RFC 9497 appendix A.1.1, OPRF', () => oprf(RFC9497_OPRF));
describe('RFC 9497 appendix A.1.2, VOPRF', () => {
  voprf(RFC9497_VOPRF);

  it('GenerateProof with the published r, straight', async () => {
    for (const { blinded, evaluated, proof } of RFC9497_VOPRF.answers) {
      const statement = {
        context: contextString('VOPRF'),
        A: GENERATOR,
        B: await received([RFC9497_VOPRF.pkSm!]),
        C: await received(blinded),
        D: await received(evaluated),
      };
      const k = hexToBytes(RFC9497_VOPRF.skSm) as ScalarBytes;
      expect(bytesToHex(await generateProof(k, statement, group, fixedScalars(hexToBytes(proof!.r))))).toBe(proof!.bytes);
    }
  });
});

interface PublishedSuite {
  readonly identifier: string;
  readonly mode: number;
  readonly seed: string;
  readonly keyInfo: string;
  readonly skSm: string;
  readonly pkSm?: string;
  readonly vectors: readonly (Readonly<Record<'Input' | 'Blind' | 'BlindedElement' | 'EvaluationElement' | 'Output', string>> & {
    readonly Proof?: { readonly proof: string; readonly r: string };
  })[];
}

const folder = process.env['VOUCHSAFE_SHARED'];
describe.skipIf(!folder)('the published rfc9497-allVectors.json (set VOUCHSAFE_SHARED to the folder with vectors/)', () => {
  const suites = folder
    ? (JSON.parse(readFileSync(join(folder, 'vectors', 'rfc9497-allVectors.json'), 'utf8')) as readonly PublishedSuite[])
    : [];
  const answersOf = (mode: number): OprfAnswers => {
    const suite = suites.find((one) => one.identifier === 'ristretto255-SHA512' && one.mode === mode);
    return {
      seed: suite?.seed ?? '',
      keyInfo: suite?.keyInfo ?? '',
      skSm: suite?.skSm ?? '',
      ...(suite?.pkSm ? { pkSm: suite.pkSm } : {}),
      answers: (suite?.vectors ?? []).map((vector) => ({
        inputs: vector.Input.split(','),
        blinds: vector.Blind.split(','),
        blinded: vector.BlindedElement.split(','),
        evaluated: vector.EvaluationElement.split(','),
        outputs: vector.Output.split(','),
        ...(vector.Proof ? { proof: { bytes: vector.Proof.proof, r: vector.Proof.r } } : {}),
      })),
    };
  };
  it('has both modes, and testkit has all of their figures', () => {
    expect(answersOf(0)).toEqual(RFC9497_OPRF);
    expect(answersOf(1)).toEqual(RFC9497_VOPRF);
  });
  describe('mode OPRF', () => oprf(answersOf(0)));
  describe('mode VOPRF', () => voprf(answersOf(1)));
});

describe('an input that hashes to the identity', () => {
  // Nobody knows such an input, so a group stands in that hashes one of three to the identity.
  const identityAt1: Group = {
    ...group,
    hashToGroup: async (messages, dst, watch) => {
      const elements = await group.hashToGroup(messages, dst, watch);
      elements.fill(0, 32, 64);
      return elements;
    },
    hashAndMultiply: async (messages, dst, scalars, watch) =>
      group.multiply(await identityAt1.hashToGroup(messages, dst, watch), scalars, watch),
    hashAndAddBase: async (messages, dst, base, scalars, watch) =>
      group.addBase(await identityAt1.hashToGroup(messages, dst, watch), base, scalars, watch),
  };
  const inputs = ['a', 'b', 'c'].map(utf8ToBytes);

  it('is refused by blind and by evaluate, its index named', async () => {
    const keys = await deriveKeyPair({ seed: new Uint8Array(32), info: utf8ToBytes('test') }, identityAt1);
    const refused = { _tag: 'InvalidInput', index: 1 };
    const blind = await createVoprfClient({ pkS: keys.pkS, blinding: 'rfc9497' }, identityAt1).blind(inputs);
    expect(E.isLeft(blind) && blind.left).toMatchObject(refused);
    const oprfBlind = await createOprfClient(identityAt1).blind(inputs);
    expect(E.isLeft(oprfBlind) && oprfBlind.left).toMatchObject(refused);
    const evaluate = await createVoprfServer(keys, identityAt1).evaluate(inputs);
    expect(E.isLeft(evaluate) && evaluate.left).toMatchObject(refused);
  });

  it('and by finalize, where a fixed base hid it: the server learns nothing, and there is no output', async () => {
    const keys = await deriveKeyPair({ seed: new Uint8Array(32), info: utf8ToBytes('test') }, group);
    const client = createVoprfClient({ pkS: keys.pkS, blinding: 'fixedBase' }, identityAt1);
    const { state, message } = right(await client.blind(inputs));
    const evaluation = right(await createVoprfServer(keys, group).blindEvaluate(message));
    const outputs = await client.finalize(state, evaluation);
    expect(E.isLeft(outputs) && outputs.left).toMatchObject({ _tag: 'InvalidInput', index: 1 });
  });

  it('so is one that is too long, before anything is hashed', async () => {
    const inputs = [new Uint8Array(65_535), new Uint8Array(65_536)];
    const blind = await createOprfClient(group).blind(inputs);
    expect(E.isLeft(blind) && blind.left).toMatchObject({ _tag: 'InvalidInput', index: 1 });
    expect(countOf(right(await createOprfClient(group).blind(inputs.slice(0, 1))).message)).toBe(1);
  });
});
