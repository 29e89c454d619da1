import * as t from 'io-ts';
import { E, type Either } from './fp.ts';

/** A value from outside that has not the shape it should have. Names paths and expected types, never the value. */
export interface BadShape {
  readonly _tag: 'BadShape';
  readonly message: string;
  /** At most five of the places at fault, e.g. `columns.2.max: expected Whole`. */
  readonly at: readonly string[];
}

/**
 * Decodes a value from outside, once, at the edge. io-ts' own `PathReporter` prints the rejected value; this reporter does not, since it may be
 * an identifier or a key.
 */
export const decodeShape = <A>(codec: t.Type<A, unknown, unknown>, value: unknown): Either<BadShape, A> => {
  const result = codec.decode(value);
  if (E.isRight(result)) return result;
  const at = [
    ...new Set(result.left.map(placeOf).map(({ path, expected }) => `${path || '(whole)'}: expected ${expected}`)),
  ].slice(0, 5);
  return E.left({ _tag: 'BadShape', message: `${codec.name} is not as expected: ${at.join('; ')}`, at });
};

/** A place in a value from outside that has not the shape it should have. */
export interface ShapeFault {
  /** Keys and indexes with dots between, e.g. `columns.2.max`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
}

/** All places at fault, for a document that somebody writes by hand; none when it decodes. Never the value. */
export const shapeFaults = (codec: t.Decoder<unknown, unknown>, value: unknown): readonly ShapeFault[] => {
  const result = codec.decode(value);
  if (E.isRight(result)) return [];
  const places = new Map<string, ShapeFault>();
  for (const place of result.left.map(placeOf)) {
    const before = places.get(place.path);
    // The members of a union each say what they expected in the same place.
    const expected = before && before.expected !== place.expected ? `${before.expected}, or ${place.expected}` : place.expected;
    places.set(place.path, { path: place.path, expected });
  }
  return [...places.values()];
};

const placeOf = (error: t.ValidationError): ShapeFault => {
  // Members of a union and the base of a refinement are other views of the same value, not steps into it.
  const steps = error.context.filter((_, i) => i > 0 && !isSameValue(error.context[i - 1]!.type));
  const expected = error.context[error.context.length - 1]?.type.name ?? 'another type';
  return { path: steps.map((step) => step.key).join('.'), expected: error.message ?? expected };
};

const isSameValue = (type: t.Decoder<unknown, unknown>): boolean =>
  type instanceof t.UnionType || type instanceof t.RefinementType;

/** The keys that an `A` may lack. */
export type OptionalKeys<A> = { [K in keyof A]-?: Record<never, never> extends Pick<A, K> ? K : never }[keyof A];
/** Decodes an `A` from anything, and encodes it (io-ts). */
export type Codec<A> = t.Type<A, unknown, unknown>;
/** A codec for each key that an `A` always has. */
export type RequiredCodecs<A> = { readonly [K in Exclude<keyof A, OptionalKeys<A>>]: Codec<A[K]> };
/** A codec for each key that an `A` may lack. */
export type OptionalCodecs<A> = { readonly [K in OptionalKeys<A>]-?: Codec<Exclude<A[K], undefined>> };

/**
 * The codec of an interface `A`: these required and optional keys and no other. A key that we do not know is an error, not something to ignore: two
 * parties that read one document differently would hash it alike.
 */
export const record = <A extends object>(
  name: string,
  required: RequiredCodecs<A>,
  optional: OptionalCodecs<A>,
): t.Type<A, unknown, unknown> => {
  const codecs: Readonly<Record<string, Codec<unknown>>> = { ...(required as object), ...(optional as object) };
  const names = Object.keys(codecs);
  const absent = (source: object, key: string): boolean =>
    key in (optional as object) && (source as Readonly<Record<string, unknown>>)[key] === undefined;
  const isSource = (u: unknown): u is Readonly<Record<string, unknown>> =>
    typeof u === 'object' && u !== null && !Array.isArray(u);
  return new t.Type<A, unknown, unknown>(
    name,
    (u): u is A => isSource(u) && names.every((key) => absent(u, key) || codecs[key]!.is(u[key])),
    (u, context) => {
      if (!isSource(u)) return t.failure(u, context);
      if (Object.keys(u).some((key) => !Object.hasOwn(codecs, key)))
        return t.failure(u, context, `only the keys ${names.join(', ')}`);
      const errors: t.Errors = [];
      const out: Record<string, unknown> = {};
      for (const key of names) {
        if (absent(u, key)) continue;
        const result = codecs[key]!.validate(u[key], t.appendContext(context, key, codecs[key]!, u[key]));
        if (E.isLeft(result)) errors.push(...result.left);
        else out[key] = result.right;
      }
      return errors.length > 0 ? t.failures(errors) : t.success(out as A);
    },
    (a) => {
      const source = a as Readonly<Record<string, unknown>>;
      return Object.fromEntries(
        names.filter((key) => !absent(source, key)).map((key) => [key, codecs[key]!.encode(source[key])]),
      );
    },
  );
};

const refine = <A>(name: string, base: t.Type<A, unknown, unknown>, holds: (a: A) => boolean): t.Type<A, unknown, unknown> =>
  new t.Type(
    name,
    (u): u is A => base.is(u) && holds(u),
    (u, context) => {
      const result = base.validate(u, context);
      return E.isRight(result) && !holds(result.right) ? t.failure(u, context, name) : result;
    },
    base.encode,
  );

/** A whole number in [min, max]. */
export const whole = (min: number, max: number): t.Type<number, unknown, unknown> =>
  refine(`a whole number from ${min} to ${max}`, t.number, (n) => Number.isSafeInteger(n) && n >= min && n <= max);

/** A text of the given form; `what` is named in the error. */
export const text = (what: string, form: RegExp): t.Type<string, unknown, unknown> => refine(what, t.string, (s) => form.test(s));

/** Exactly `length` bytes. */
export const bytes = (length: number): t.Type<Uint8Array, unknown, unknown> =>
  refine(`${length} bytes`, AnyBytes, (b) => b.length === length);

/** At most `max` bytes. */
export const bytesUpTo = (max: number): t.Type<Uint8Array, unknown, unknown> =>
  refine(`at most ${max} bytes`, AnyBytes, (b) => b.length <= max);

const AnyBytes: t.Type<Uint8Array, unknown, unknown> = new t.Type(
  'bytes',
  (u): u is Uint8Array => u instanceof Uint8Array,
  (u, context) => (u instanceof Uint8Array ? t.success(u) : t.failure(u, context)),
  (a) => a,
);

/** A list with at most `max` items; the length is checked before the items are. */
export const list = <A>(item: t.Type<A, unknown, unknown>, max: number): t.Type<readonly A[], unknown, unknown> => {
  const base = t.readonlyArray(item);
  return new t.Type(
    `at most ${max} × ${item.name}`,
    base.is,
    (u, context) => (Array.isArray(u) && u.length > max ? t.failure(u, context) : base.validate(u, context)),
    base.encode,
  );
};
