import { E, encodeCanonical } from '@vouchsafe/core';
import { ELEMENT_BYTES } from '@vouchsafe/group';
import { QueryTerms } from '@vouchsafe/join';
import {
  Answer,
  CBOR_TYPE,
  FRAME_TYPE,
  Quote,
  QuoteRequest,
  ROUTES,
  readEnvelope,
  readFrame,
  writeFrame,
} from '@vouchsafe/protocol';
import type { Hono } from 'hono';
import { answer } from '../answering.ts';
import { lawsOf } from '../noise-stock.ts';
import { planQuery } from '../plan-query.ts';
import type { Services } from '../services.ts';
import type { Serve } from '../serving.ts';

/** Questions over a sealed table, and what they would cost. */
export const queryRoutes = (app: Hono, serve: Serve, services: Services): void => {
  app.post(
    ROUTES.query,
    serve(['bureau'], async ({ member, body }) => {
      const request = readFrame(QueryTerms, ELEMENT_BYTES, body);
      if (E.isLeft(request)) return request;
      const { envelope: terms, rows: received } = request.right;
      const service = services.of(terms.epoch);
      if (E.isLeft(service)) return service;
      const sealed = await service.right.sealed(member.id, terms);
      if (E.isLeft(sealed)) return sealed;
      const result = await answer(service.right.context, { bureau: member.id, sealed: sealed.right, terms, received });
      if (E.isLeft(result)) return result;
      const { rows, ...rest } = result.right;
      return E.right({
        type: FRAME_TYPE,
        body: writeFrame({ envelope: Answer.encode(rest), rows, rowBytes: ELEMENT_BYTES }),
      });
    }),
  );

  app.post(
    ROUTES.quote,
    serve(['bureau'], async ({ member, body }) => {
      const request = readEnvelope(QuoteRequest, body);
      if (E.isLeft(request)) return request;
      const service = services.of(request.right.epoch);
      if (E.isLeft(service)) return service;
      const sealed = await service.right.sealed(member.id, request.right);
      if (E.isLeft(sealed)) return sealed;
      const plan = planQuery(service.right.context, member.id, request.right);
      if (E.isLeft(plan)) return plan;
      service.right.context.noise.expect(lawsOf(plan.right));
      const quote = await service.right.quote(member.id, request.right, plan.right);
      return E.right({ type: CBOR_TYPE, body: encodeCanonical(Quote.encode(quote)) });
    }),
  );
};
