import { bytesToHex, csprng, E, type Either, type Rng } from '@vouchsafe/core';
import type { BulkTranscript, TableRef } from '@vouchsafe/protocol';
import type { BulkError, BulkParameters, BulkSession, BulkTurn, SenderState } from '@vouchsafe/psi/bulk';

/** There is no such session of this querier. Nothing of it can be taken up again. */
export interface BulkSessionLost {
  readonly _tag: 'BulkSessionLost';
  readonly message: string;
}

/** As many bulk matches as this holder has room for are under way. Nothing was charged. */
export interface TooManySessions {
  readonly _tag: 'TooManySessions';
  readonly message: string;
  readonly retryAfter: number;
}

/** How much of a holder bulk matches may take up. */
export interface BulkLimits {
  /** Sessions at once, of all queriers. */
  readonly sessions: number;
  /** Of one querier. */
  readonly sessionsEach: number;
  /** Memory of all sessions together, as computed from their sizes. */
  readonly bytes: number;
  /** A session ends when its querier says nothing for so many milliseconds, and in any case after `lifeMs`. */
  readonly idleMs: number;
  readonly lifeMs: number;
}

export const BULK_LIMITS: BulkLimits = {
  sessions: 4,
  sessionsEach: 2,
  bytes: 2 ** 30,
  idleMs: 60_000,
  lifeMs: 30 * 60_000,
};

/** A bulk match that is under way: whose, about what, and how far. */
export interface OpenBulk {
  readonly bureau: string;
  readonly ref: TableRef;
  readonly parameters: BulkParameters;
  readonly session: BulkSession<SenderState>;
  /** Of the querier's messages. */
  readonly transcript: BulkTranscript;
  /** The step that comes next. */
  next: number;
  /** Steps that were handed over and are not done. */
  waiting: number;
  /** What the last step that was handed over comes to. */
  last: Promise<Either<BulkError, BulkTurn<SenderState>>>;
  /** The last message, once it may leave. */
  masks: Uint8Array | undefined;
}

/** Room for one session, taken before any work is done for it. */
export interface BulkPlace {
  /** @returns the name of the session, 16 bytes */
  readonly fill: (open: OpenBulk) => Uint8Array;
  /** Gives the room back: nothing came of it. */
  readonly release: () => void;
}

/** The bulk matches that are under way. They live in memory only: a holder that restarts has none. */
export interface BulkSessions {
  reserve(claim: { readonly bureau: string; readonly bytes: number }): Either<TooManySessions, BulkPlace>;
  /** Works on a session of this querier; it does not time out meanwhile. */
  with<L, A>(
    who: { readonly bureau: string; readonly name: Uint8Array },
    work: (open: OpenBulk) => Promise<Either<L, A>>,
  ): Promise<Either<L | BulkSessionLost, A>>;
  /** Ends a session and wipes what it holds. */
  end(open: OpenBulk): void;
  /** Ends those of epochs that are over. */
  keepOnly(epochs: readonly number[]): void;
  close(): void;
}

interface Entry {
  readonly bureau: string;
  readonly bytes: number;
  open: OpenBulk | undefined;
  /** Requests that work on it. */
  users: number;
  idle: NodeJS.Timeout | undefined;
  life: NodeJS.Timeout | undefined;
}

export const createBulkSessions = (limits: BulkLimits, rng: Rng = csprng): BulkSessions => {
  const places = new Set<Entry>();
  const named = new Map<string, Entry>();

  const drop = (entry: Entry): void => {
    clearTimeout(entry.idle);
    clearTimeout(entry.life);
    places.delete(entry);
    for (const [name, own] of named) if (own === entry) named.delete(name);
    entry.open?.session.close();
    if (entry.open) entry.open.masks = undefined;
  };
  const rest = (entry: Entry): void => {
    clearTimeout(entry.idle);
    if (places.has(entry) && entry.users === 0) entry.idle = setTimeout(() => drop(entry), limits.idleMs).unref();
  };

  return {
    reserve: ({ bureau, bytes }) => {
      const all = [...places];
      const each = all.filter((entry) => entry.bureau === bureau).length;
      const used = all.reduce((sum, entry) => sum + entry.bytes, 0);
      if (all.length >= limits.sessions || each >= limits.sessionsEach) return E.left(tooMany);
      if (used + bytes > limits.bytes) return E.left(used === 0 ? tooLarge : tooMany);
      const entry: Entry = { bureau, bytes, open: undefined, users: 0, idle: undefined, life: undefined };
      places.add(entry);
      return E.right({
        fill: (open) => {
          const name = rng(16);
          entry.open = open;
          entry.life = setTimeout(() => drop(entry), limits.lifeMs).unref();
          // The holder was closed, or the epoch ended, meanwhile: then nobody finds it.
          if (places.has(entry)) named.set(bytesToHex(name), entry);
          else drop(entry);
          rest(entry);
          return name;
        },
        release: () => drop(entry),
      });
    },
    with: async ({ bureau, name }, work) => {
      const entry = named.get(bytesToHex(name));
      if (entry?.open === undefined || entry.bureau !== bureau) return E.left(sessionLost);
      entry.users++;
      clearTimeout(entry.idle);
      try {
        return await work(entry.open);
      } finally {
        entry.users--;
        rest(entry);
      }
    },
    end: (open) => {
      for (const entry of [...places]) if (entry.open === open) drop(entry);
    },
    keepOnly: (epochs) => {
      for (const entry of [...places]) if (entry.open && !epochs.includes(entry.open.ref.epoch)) drop(entry);
    },
    close: () => {
      for (const entry of [...places]) drop(entry);
    },
  };
};

export const sessionLost: BulkSessionLost = {
  _tag: 'BulkSessionLost',
  message:
    'there is no such bulk match: it ended, took too long, or this holder was restarted. Start again; what it was charged, if it came so far, stays charged',
};

const tooMany: TooManySessions = {
  _tag: 'TooManySessions',
  message: 'as many bulk matches as this holder has room for are under way; nothing was charged. Ask again in a moment',
  retryAfter: 10,
};

const tooLarge: TooManySessions = {
  ...tooMany,
  message:
    'a bulk match of that size does not fit into the memory that this holder gives to them; nothing was charged. Ask about fewer',
  retryAfter: 3600,
};
