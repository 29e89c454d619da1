import type { IncomingHttpHeaders } from 'node:http';

/** Who asks the console, as far as HTTP says it. */
export interface Caller {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** The address at the other end of the connection. */
  readonly remoteAddress: string | undefined;
}

/** The request is not answered. */
export interface TurnedAway {
  readonly status: 403 | 405 | 421;
  readonly message: string;
}

/** Names by which a browser on this machine, or at the end of a tunnel to it, asks. Whatever port: a tunnel has its own. */
const HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;
const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** What a proxy adds (RFC 7239, RFC 9110 §7.6.3). */
const OF_PROXIES = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'];

/**
 * Only somebody on this machine, by a name of this machine, from the console's own pages. Each check stops an attack of its own:
 * - the address: a listener that somebody opened to the network after all;
 * - a proxy's headers: a console that was published by mistake;
 * - `Host`: DNS rebinding, where a foreign page's own name points to 127.0.0.1, so that the browser takes the console for a part of it (RFC 9110 §7.4: 421);
 * - `Origin` and `Sec-Fetch-Site`: a foreign page that lets the reader's browser ask, or post.
 * @returns nothing when the request may be answered
 */
export const turnedAway = ({ method, headers, remoteAddress }: Caller): TurnedAway | undefined => {
  if (!LOOPBACK.test(remoteAddress ?? '') || OF_PROXIES.some((name) => headers[name] !== undefined))
    return refuse(
      403,
      'the console answers on its own machine only: no proxy, no other address. From elsewhere use a tunnel, e.g. ssh -L',
    );
  const { host = '', origin } = headers;
  if (!HOST.test(host)) return refuse(421, 'ask for the console as 127.0.0.1 or localhost');
  if (!['GET', 'HEAD', 'POST'].includes(method)) return refuse(405, 'the console knows GET, HEAD and POST');
  const site = headers['sec-fetch-site'];
  const ownPage = site === undefined || site === 'same-origin' || site === 'none';
  // A link from elsewhere may lead here; nothing else may, and no page gets to read the answer.
  const followedLink = method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (!ownPage && !followedLink) return refuse(403, 'another page asked');
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) return refuse(403, 'another page asked');
  // Every browser says where a POST comes from.
  if (method === 'POST' && origin === undefined) return refuse(403, 'a POST without an Origin');
  return undefined;
};

const refuse = (status: TurnedAway['status'], message: string): TurnedAway => ({ status, message });
