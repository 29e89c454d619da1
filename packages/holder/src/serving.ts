import { E, type Either } from '@vouchsafe/core';
import {
  federationKeys,
  MAX_BODY_BYTES,
  type Member,
  memberNamed,
  PROBLEM_TYPE,
  problemOf,
  ROUTES,
  type Role,
  readBody,
  replayed,
  signResponse,
  type VerifiedRequest,
  verifyBody,
  verifyRequest,
} from '@vouchsafe/protocol';
import type { Context } from 'hono';
import { routePath } from 'hono/route';
import { notGranted } from './errors.ts';
import type { RequestKind } from './observing.ts';
import type { Service } from './service.ts';
import { statusOf } from './status.ts';
import type { Admission } from './store/index.ts';

/** What every route gives back when it cannot answer. */
export interface Failure {
  readonly _tag: string;
  readonly message: string;
  /** When it is worth asking again, in seconds from now: RFC 9110 §10.2.3 `Retry-After`. */
  readonly retryAfter?: number | undefined;
}

/** What a route answers with. */
export interface Reply {
  /** 200 by default. */
  readonly status?: number | undefined;
  readonly type: string;
  readonly body: Uint8Array;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A request that is genuine: its sender is known, its body is the one that was signed, and it was never here before. */
export interface GenuineRequest {
  readonly member: Member;
  readonly body: Uint8Array;
  readonly url: URL;
  readonly param: (name: string) => string;
  /** A header, signed or not: nothing may depend on it but the form of the answer. */
  readonly header: (name: string) => string | null;
  /** Says of which kind a query is, once that is known: for those who watch. */
  readonly note: (kind: RequestKind) => void;
}

type Handler = (request: GenuineRequest) => Promise<Either<Failure, Reply>>;
/** Puts a route behind the door. @param roles who may use it */
export type Serve = (roles: readonly Role[], handler: Handler) => (c: Context) => Promise<Response>;

/** How far behind, and no further: the signed headers before the body, the body before the nonce, the nonce before any work. */
export const createServe = (
  service: Service,
  url: URL,
): { readonly serve: Serve; readonly refuse: (failure: Failure) => Response } => {
  const { context, onError, observers } = service;
  const { federation, clock, store, log } = context;
  const base = url.pathname.replace(/\/$/, '');
  const verifier = { url: url.href, keysOf: federationKeys(federation, clock), now: clock };

  const kinds = new Map(Object.entries(ROUTES).map(([name, path]) => [base + path, name as RequestKind]));

  const refuse = (failure: Failure): Response => respond(problemReply(failure), statusOf(failure._tag));

  /** Answers that can be bound to a genuine request are signed; a stranger gets his refusal unsigned. */
  const sign = (verified: VerifiedRequest, { type, body, headers }: Reply, status: number): Response =>
    respond(
      {
        type,
        body,
        headers: { ...headers, ...signResponse({ signer: log.signer, now: clock }, verified.request, { status, body }) },
      },
      status,
    );

  const admit = async (
    request: Request,
    verified: VerifiedRequest,
    roles: readonly Role[],
  ): Promise<Either<Failure, { readonly member: Member; readonly body: Uint8Array; readonly admission: Admission }>> => {
    const member = memberNamed(federation, verified.member)!;
    if (!roles.includes(member.role)) return E.left(notGranted(`this route to a member with the role ${member.role}`));
    const received = await readBody(request, MAX_BODY_BYTES);
    if (E.isLeft(received)) return received;
    const body = verifyBody(verified, received.right);
    if (E.isLeft(body)) return body;
    const admission = await store.admit(verified.nonce, clock());
    return admission ? E.right({ member, body: body.right, admission }) : E.left(replayed);
  };

  const serve: Serve = (roles, handler) => async (c) => {
    const began = performance.now();
    const request = c.req.raw;
    const verified = verifyRequest(verifier, request);
    let kind = kinds.get(routePath(c)) ?? 'none';
    const seen = (status: number, code?: string): void => {
      const member = E.isRight(verified) ? verified.right.member : undefined;
      observers.tell({ kind, member, status, code, ms: performance.now() - began });
    };
    if (E.isLeft(verified)) {
      seen(statusOf(verified.left._tag), verified.left._tag);
      return refuse(verified.left);
    }
    const answer = (failure: Failure): Response => {
      const status = statusOf(failure._tag);
      const response = sign(verified.right, problemReply(failure), status);
      seen(status, failure._tag);
      return response;
    };
    try {
      const admitted = await admit(request, verified.right, roles);
      if (E.isLeft(admitted)) return answer(admitted.left);
      const { admission, ...genuine } = admitted.right;
      const reply = await handler({
        ...genuine,
        url: new URL(request.url),
        param: (name) => c.req.param(name) ?? '',
        header: (name) => request.headers.get(name),
        note: (known) => {
          kind = known;
        },
      });
      await admission.durable();
      if (E.isLeft(reply)) return answer(reply.left);
      const { status = 200 } = reply.right;
      const response = sign(verified.right, reply.right, status);
      seen(status);
      return response;
    } catch (error) {
      // A bug of ours, or a store that cannot write. The error's text may hold data, so it stays here.
      onError(error);
      return answer(internal);
    }
  };
  return { serve, refuse };
};

const respond = ({ type, body, headers }: Reply, status: number): Response =>
  new Response(body as Uint8Array<ArrayBuffer>, { status, headers: { ...headers, 'content-type': type } });

const problemReply = (failure: Failure): Reply => ({
  type: PROBLEM_TYPE,
  body: new TextEncoder().encode(JSON.stringify(problemOf(failure, statusOf(failure._tag)))),
  ...(failure.retryAfter === undefined ? {} : { headers: { 'retry-after': String(failure.retryAfter) } }),
});

const internal: Failure = {
  _tag: 'InternalError',
  message: 'this holder failed to answer; its operator finds the cause in its log',
};
