import { i2osp, lengthPrefixed, utf8ToBytes } from '@vouchsafe/core';

/** Which sealed join: everything that must not be mixed with another one's. */
export interface JoinContext {
  /** The federation's id. */
  readonly federation: string;
  readonly bureau: string;
  readonly holder: string;
  readonly scheme: string;
  readonly epoch: number;
}

/** The part of a context that all holders of one bureau share: what the bureau's join scalar and cohort belong to. */
export type BureauContext = Omit<JoinContext, 'holder'>;

/** The message of `Hash(id)` (protocols §0) for each id: federation, scheme, epoch, id. The same for all holders and bureaus, so that their points meet. */
export const subjectMessages = ({ federation, scheme, epoch }: BureauContext): ((id: Uint8Array) => Uint8Array) => {
  const head = lengthPrefixed(utf8ToBytes(federation), utf8ToBytes(scheme), i2osp(epoch, 4));
  return (id) => {
    const message = new Uint8Array(head.length + 2 + id.length);
    message.set(head);
    message.set(i2osp(id.length, 2), head.length);
    message.set(id, head.length + 2);
    return message;
  };
};

/** The transcript of one (bureau, holder, scheme, epoch), with what else the use states. */
export const pairTranscript = (context: JoinContext, ...more: readonly Uint8Array[]): Uint8Array =>
  lengthPrefixed(
    utf8ToBytes(context.federation),
    utf8ToBytes(context.bureau),
    utf8ToBytes(context.holder),
    utf8ToBytes(context.scheme),
    i2osp(context.epoch, 4),
    ...more,
  );

/** The transcript of one (bureau, scheme, epoch). An empty holder name keeps it apart from every pair's. */
export const bureauTranscript = (context: BureauContext, ...more: readonly Uint8Array[]): Uint8Array =>
  pairTranscript({ ...context, holder: '' }, ...more);
