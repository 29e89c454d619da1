import { decodeCanonical, E } from '@vouchsafe/core';
import { CBOR_TYPE, FRAME_TYPE, PROBLEM_TYPE } from '@vouchsafe/protocol';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** A request and its answer as they went over the wire, bodies whole. */
export interface Recorded {
  readonly method: string;
  /** Path and query, below the holder's URL. */
  readonly target: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly status: number;
  readonly answerHeaders: Headers;
  readonly answer: Uint8Array;
}

/** What a recorded exchange was, and what about it the document does not say. */
export interface Verdict {
  readonly operation: string | undefined;
  readonly status: number;
  readonly faults: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
const at = (value: unknown, key: string): Json | undefined => (value as Json | undefined)?.[key] as Json | undefined;

/** Headers that HTTP itself brings along (RFC 9110 to 9112), and those of the client that sends. */
const OF_HTTP = new Set([
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding', 'host', 'expect'],
  ...['accept', 'accept-encoding', 'accept-language', 'sec-fetch-mode', 'user-agent', 'cache-control', 'pragma'],
]);

/** CBOR as the document's schemas see it: byte strings are hexadecimal digits. */
const asJson = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asJson(inner)]));
};

/** Checks exchanges against a document. */
export interface Checker {
  /** The names of all operations that it describes. */
  readonly operations: readonly string[];
  readonly check: (recorded: Recorded) => Verdict;
}

/** @param document OpenAPI. @param slots V, for the size of rows */
export const createChecker = (document: Json, slots: number): Checker => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: true, validateFormats: false });
  ajv.addSchema(document, 'openapi');
  const resolve = (value: Json | undefined): Json | undefined => {
    const ref = value?.['$ref'];
    if (typeof ref !== 'string') return value;
    return ref
      .slice(2)
      .split('/')
      .reduce<Json | undefined>((inner, key) => at(inner, key), document);
  };
  /** References in a schema are to the document. */
  const absolute = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/'));
  const against = (schema: unknown, value: unknown, what: string): readonly string[] => {
    const validate = ajv.compile(absolute(schema) as Json);
    return validate(value) ? [] : [`${what}: ${ajv.errorsText(validate.errors)}`];
  };

  const paths = Object.entries(document['paths'] as Json).map(([template, item]) => ({
    template,
    item: item as Json,
    pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, '([^/]+)')}$`),
  }));

  const cbor = (bytes: Uint8Array, schema: unknown, what: string): readonly string[] => {
    const value = decodeCanonical(bytes);
    return E.isLeft(value) ? [`${what} is not deterministic CBOR`] : against(schema, asJson(value.right), what);
  };

  const checkBody = (content: Json | undefined, type: string | null, bytes: Uint8Array, what: string): readonly string[] => {
    const media = type === null ? undefined : at(content, type);
    if (!media) return [`${what} of the type ${type} is not described`];
    if (type === CBOR_TYPE) return cbor(bytes, media['schema'], what);
    if (type === PROBLEM_TYPE || type === 'application/json')
      return against(media['schema'], JSON.parse(new TextDecoder().decode(bytes)), what);
    if (type !== FRAME_TYPE) return [];
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const [envelope, width] = [view.getUint32(4), view.getUint32(8)];
    const expected = media['x-row-bytes'] === 'V' ? 32 * (slots + 2) : media['x-row-bytes'];
    const limit = Number(resolve(media['schema'] as Json)?.['maxLength']);
    return [
      ...(width === expected ? [] : [`${what}: rows have ${width} bytes, ${expected} are described`]),
      ...(bytes.length <= limit ? [] : [`${what} is longer than described`]),
      ...cbor(bytes.subarray(16, 16 + envelope), media['x-envelope'], what),
    ];
  };

  const checkParameters = (parameters: readonly Json[], { target, headers }: Recorded, variable: string | undefined) => {
    const faults: string[] = [];
    const query = new URL(target, 'http://h').searchParams;
    for (const parameter of parameters) {
      const [name, place] = [String(parameter['name']), parameter['in']];
      const value = place === 'query' ? query.get(name) : place === 'header' ? headers.get(name) : (variable ?? null);
      if (value !== null)
        faults.push(...against({ type: 'object', properties: { value: parameter['schema'] } }, { value }, name));
      else if (parameter['required'] === true) faults.push(`${name} is missing`);
    }
    const described = (place: string) =>
      parameters.filter((parameter) => parameter['in'] === place).map((parameter) => String(parameter['name']).toLowerCase());
    for (const name of query.keys()) if (!described('query').includes(name)) faults.push(`${name} is not described`);
    for (const name of headers.keys())
      if (!OF_HTTP.has(name) && !described('header').includes(name)) faults.push(`the header ${name} is not described`);
    return faults;
  };

  const checkAnswer = (response: Json | undefined, { status, answerHeaders, answer }: Recorded): readonly string[] => {
    if (!response) return [`status ${status} is not described`];
    const faults: string[] = [];
    const headers = Object.entries((response['headers'] ?? {}) as Json);
    for (const [name, header] of headers) {
      const value = answerHeaders.get(name);
      const resolved = resolve(header as Json)!;
      if (value !== null) faults.push(...against({ type: 'object', properties: { value: resolved['schema'] } }, { value }, name));
      else if (resolved['required'] === true) faults.push(`the answer’s header ${name} is missing`);
    }
    const known = headers.map(([name]) => name.toLowerCase());
    // Said of a request only when a client sends it, and of an answer when it is described.
    for (const name of answerHeaders.keys())
      if (!known.includes(name) && (!OF_HTTP.has(name) || name === 'cache-control'))
        faults.push(`the answer’s header ${name} is not described`);
    const type = answerHeaders.get('content-type');
    faults.push(...checkBody(at(response, 'content'), type, answer, 'the answer'));
    if (type === PROBLEM_TYPE) {
      const problem = JSON.parse(new TextDecoder().decode(answer)) as { readonly type: string; readonly status: number };
      const tag = problem.type.split(':').at(-1)!;
      if (!String(response['description']).includes(`\`${tag}\``))
        faults.push(`the reason ${tag} is not described under ${status}`);
      if (problem.status !== status) faults.push('the problem says another status');
    }
    return faults;
  };

  /** All operations of the document. */
  const operations: readonly string[] = paths.flatMap(({ item }) =>
    Object.values(item).flatMap((operation) => (operation as Json)['operationId'] as string),
  );
  const check = (recorded: Recorded): Verdict => {
    const path = new URL(recorded.target, 'http://h').pathname;
    const found = paths.map((one) => ({ ...one, match: one.pattern.exec(path) })).find(({ match }) => match !== null);
    const operation = at(found?.item, recorded.method.toLowerCase());
    const { status } = recorded;
    if (!operation) return { operation: undefined, status, faults: [`${recorded.method} ${path} is not described`] };
    const parameters = ((operation['parameters'] ?? []) as readonly Json[]).map((one) => resolve(one)!);
    const content = at(at(operation, 'requestBody'), 'content');
    const faults = [
      // A request that is refused may well lack something; one that is answered may not.
      ...(status < 400 ? checkParameters(parameters, recorded, found?.match?.[1]) : []),
      ...(status < 400 && content ? checkBody(content, recorded.headers.get('content-type'), recorded.body, 'the request') : []),
      ...(status < 400 && !content && recorded.body.length > 0 ? ['a body is not described'] : []),
      ...checkAnswer(resolve(at(at(operation, 'responses'), String(status))), recorded),
    ];
    return { operation: String(operation['operationId']), status, faults };
  };
  return { operations, check };
};
