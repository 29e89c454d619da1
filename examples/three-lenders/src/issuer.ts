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

type Fault = { readonly _tag: string; readonly message: string };

/** The app in which people apply: it shows what the bureau asks for, and signs when they agree. In life a person presses a button between the two. */
export interface App {
  readonly agree: (asking: Asking) => Promise<Either<Fault, Agreed>>;
  readonly close: () => void;
}

export const openApp = ({ file, auditorKey, secrets }: Founded): Either<Fault, App> => {
  const issuer = createIssuer({ federation: file, auditorKey, id: ISSUER, secrets: secrets.get(ISSUER)! });
  if (E.isLeft(issuer)) return issuer;
  const { read, issue, close } = issuer.right;
  return E.right({
    agree: async ({ request, nationalId }) => {
      const shown = read(request);
      if (E.isLeft(shown)) return shown;
      const receipt = await issue({ request, subject: { national_id: nationalId }, validForSeconds: 600 })();
      return E.isLeft(receipt) ? receipt : E.right({ shown: shown.right, receipt: receipt.right });
    },
    close,
  });
};
