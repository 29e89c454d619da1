import { E, type Either } from '@vouchsafe/core';
import type { Group } from '@vouchsafe/group';
import { createVoprfClient, createVoprfServer, deriveKeyPair } from '@vouchsafe/oprf';
import { OURS } from '../measurement.ts';
import type { Voprf } from './contender.ts';
import { KEY_INFO, SEED } from './peers.ts';

const OUTPUT = 64;

const right = <A>(result: Either<{ readonly message: string }, A>): A => {
  if (E.isLeft(result)) throw new Error(result.left.message);
  return result.right;
};

/** Ours, on one thread. */
export const ownVoprf = async (group: Group): Promise<Voprf> => {
  const keys = await deriveKeyPair({ seed: SEED, info: KEY_INFO }, group);
  const server = createVoprfServer(keys, group);
  const client = createVoprfClient({ pkS: keys.pkS }, group);
  return {
    by: OURS,
    backend: group.backend,
    run: async (inputs) => {
      const { state, message } = right(await client.blind(inputs));
      const answer = right(await server.blindEvaluate(message));
      const outputs = right(await client.finalize(state, answer));
      return {
        outputs: inputs.map((_, i) => outputs.subarray(OUTPUT * i, OUTPUT * (i + 1))),
        sent: message.length,
        received: answer.evaluated.length + answer.proof.length,
      };
    },
  };
};
