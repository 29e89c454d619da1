import { EXIT, type Exit, type Failure, failure, interrupted } from '../exit.ts';
import { printable } from '../screen/index.ts';

interface Fault {
  readonly _tag: string;
  readonly message: string;
  /** Of a refusal: the tag of the holder's error. */
  readonly problem?: string;
}

/** What a holder answers when its policy or a budget is against it: asking again changes nothing. */
const BY_POLICY: ReadonlySet<string> = new Set([
  'NotGranted',
  'CohortTooSmall',
  'TotalOutOfRange',
  'BudgetSpent',
  'QuotaSpent',
  'ConsentMissing',
  'BadConsent',
  'ConsentFromStranger',
  'ConsentForged',
  'ConsentNotYetValid',
  'ConsentExpired',
  'ConsentForOtherBureau',
  'ConsentForOtherBureauKey',
  'ConsentForOtherSubject',
  'ConsentForOtherPurpose',
  'ConsentForOtherColumns',
  'ConsentUsed',
]);

/** Says nothing about whether a holder is honest. */
const UNREACHED: ReadonlySet<string> = new Set(['HolderDown', 'HolderRefused', 'BadResponse', 'OutOfStep', 'BodyTooLarge']);

/** The exit code of one holder's fault. */
export const faultExit = ({ _tag, problem }: Fault): Exit => {
  if (_tag === 'HolderRefused' && BY_POLICY.has(problem ?? '')) return EXIT.refused;
  return UNREACHED.has(_tag) ? EXIT.unreachable : EXIT.bad;
};

/** Answers of holders that do not hold, and what they add up to. */
const BAD: ReadonlySet<string> = new Set(['BadElement', 'BadAnswer', 'NoTotal', 'OpeningNotLogged']);
const UNREACHABLE: ReadonlySet<string> = new Set(['StoreFull', 'StoreUnwritable', 'StoreDamaged']);

/** Why a call of the querier gave no result, with the exit code that it has here. What holders say is made safe to show. */
export const querierFailure = (
  error: Fault & { readonly holders?: readonly (string | { readonly holder: string; readonly fault: Fault })[] },
): Failure => {
  const safe = { _tag: error._tag, message: printable(error.message.slice(0, 2000)) };
  switch (error._tag) {
    case 'Aborted':
      return { ...interrupted, message: 'stopped: what was done and paid for is kept, the same command goes on from there' };
    case 'NotSynced':
      return {
        ...safe,
        message: `${safe.message.replace('call sync first', 'run vouchsafe bureau sync first')}`,
        exit: EXIT.usage,
      };
    case 'NoReasonText':
      return { ...safe, message: `${safe.message} (texts of your own: --reasons FILE)`, exit: EXIT.usage };
    case 'HoldersFailed': {
      const exits = (error.holders ?? []).flatMap((one) => (typeof one === 'string' ? [] : [faultExit(one.fault)]));
      // The worst that is known: a holder that cheats, then one that refuses, then one that is down.
      const exit = [EXIT.bad, EXIT.refused].find((code) => exits.includes(code)) ?? EXIT.unreachable;
      return { ...safe, exit };
    }
    default:
      if (error._tag === 'HolderDown' || error._tag === 'HolderRefused' || error._tag === 'BadResponse')
        return { ...safe, exit: faultExit(error) };
      if (BAD.has(error._tag)) return failure(safe, EXIT.bad);
      return failure(safe, UNREACHABLE.has(error._tag) ? EXIT.unreachable : EXIT.usage);
  }
};
