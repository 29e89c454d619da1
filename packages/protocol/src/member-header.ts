/** Names the member that sends a request. */
export const MEMBER_HEADER = 'vouchsafe-member';

/**
 * Believes the member header. Only for a holder that others cannot reach directly: on loopback, or behind a gateway that authenticates the member (mutual TLS)
 * and sets the header itself, replacing whatever came in.
 */
export const trustMemberHeader = async (request: Request): Promise<string | undefined> =>
  request.headers.get(MEMBER_HEADER) ?? undefined;

/** Names this member in each request that it sends. */
export const sendMemberHeader =
  (id: string): ((request: Request) => Promise<Request>) =>
  async (request) => {
    request.headers.set(MEMBER_HEADER, id);
    return request;
  };
