import { createSigner } from '@vouchsafe/core';
import { type MemberSecrets, newMemberSecrets } from '@vouchsafe/core/at-rest';
import { signResponse, verifyRequest } from '@vouchsafe/protocol';
import { seededRng } from '@vouchsafe/testkit';
import { unwrap } from './federation.test.fixture.ts';

/** A response whose body was changed, signed again by the holder itself. */
export const resigned = async (response: Response, request: Request, secrets: MemberSecrets): Promise<Response> => {
  const body = new Uint8Array(await response.arrayBuffer());
  const { host, pathname } = new URL(request.url);
  const signer = createSigner(newMemberSecrets(seededRng('bureau')).signSeed);
  const keysOf = () => ({ member: 'bureau', publicKey: signer.publicKey });
  const verified = unwrap(verifyRequest({ url: `http://${host}/${pathname.split('/')[1]}`, keysOf }, request));
  const headers = signResponse({ signer: createSigner(secrets.signSeed) }, verified.request, { status: response.status, body });
  const type = response.headers.get('content-type') ?? '';
  return new Response(body, { status: response.status, headers: { 'content-type': type, ...headers } });
};
