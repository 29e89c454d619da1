import { createIssuer, type Shown } from '@vouchsafe/consent';
import { E, type Either } from '@vouchsafe/core';
import { type Founded, ISSUER } from './federation.ts';

/** What became of a request for consent. */
export interface Agreed {
  /** What the app showed to the person. */
  readonly shown: Shown;
  /** The receipt. */
  readonly receipt: Uint8Array;
}

/** A bureau's request, and the person in front of the app. */
export interface Asking {
  readonly request: Uint8Array;
  readonly nationalId: string;
}

/** The app in which a person applies: it shows what the bureau asks for, and signs when they agree. In life a person presses a button between the two. */
export const agree = async (
  { file, auditorKey, secrets }: Founded,
  { request, nationalId }: Asking,
): Promise<Either<{ readonly _tag: string; readonly message: string }, Agreed>> => {
  const issuer = createIssuer({ federation: file, auditorKey, id: ISSUER, secrets: secrets.get(ISSUER)! });
  if (E.isLeft(issuer)) return issuer;
  const shown = issuer.right.read(request);
  if (E.isLeft(shown)) return shown;
  const receipt = await issuer.right.issue({ request, subject: { national_id: nationalId }, validForSeconds: 600 })();
  issuer.right.close();
  return E.isLeft(receipt) ? receipt : E.right({ shown: shown.right, receipt: receipt.right });
};
