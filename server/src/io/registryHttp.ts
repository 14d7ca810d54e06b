import { fail, succeed, type Result } from "../core/result.ts";
import { reasonOf } from "./engineRequest.ts";
import { isLoopback } from "./registryName.ts";

/** One request to a registry or to the server that gives out its tokens. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A form, for POST. */
  readonly form?: URLSearchParams;
  /** A longer answer is a failure. */
  readonly maxBytes: number;
}

/** An answer, whole; any status. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** Why there is no answer. */
export interface HttpFailure {
  readonly kind: "no-answer" | "too-long";
  /** In a few words. */
  readonly reason: string;
}

const maxRedirects = 5;

/**
 * Sends a request and reads the whole answer. Follows redirects, as registries use them for blobs, without ever handing credentials to another
 * origin or leaving TLS for any host but this machine. Ends when the signal does.
 */
export async function sendRequest(
  request: HttpRequest,
  signal: AbortSignal,
): Promise<Result<HttpAnswer, HttpFailure>> {
  let { url, headers } = request;
  for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
    const answer = await sendOnce({ ...request, url, headers }, signal);
    if (!answer.ok) return answer;
    const target = redirectOf(answer.value, url);
    if (target === undefined) return answer;
    if (!isSafe(target)) return noAnswer("it leads to an address without TLS");
    if (target.origin !== url.origin) headers = withoutAuthorization(headers);
    url = target;
  }
  return noAnswer("it leads from one address to the next");
}

/** Whether a request may go there: over TLS, or to this machine. */
export function isSafe(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.host));
}

function redirectOf({ status, headers }: HttpAnswer, from: URL): URL | undefined {
  const location = headers.get("location");
  const isRedirect = [301, 302, 303, 307, 308].includes(status);
  return isRedirect && location !== null && URL.canParse(location, from.href)
    ? new URL(location, from)
    : undefined;
}

function withoutAuthorization(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization"));
}

async function sendOnce(
  { method, url, headers, form, maxBytes }: HttpRequest,
  signal: AbortSignal,
): Promise<Result<HttpAnswer, HttpFailure>> {
  try {
    const response = await fetch(url, {
      method,
      headers: { "user-agent": "tare", ...headers },
      redirect: "manual",
      signal,
      ...(form === undefined ? {} : { body: form }),
    });
    const bytes = await readBody(response, maxBytes);
    if (bytes === undefined) return fail({ kind: "too-long", reason: `${maxBytes} bytes` });
    return succeed({ status: response.status, headers: response.headers, bytes });
  } catch (error) {
    // fetch wraps what went wrong; a bug of ours has no cause and no name of an abort.
    const cause = error instanceof Error ? error.cause : undefined;
    return noAnswer(reasonOf(cause ?? error));
  }
}

/** Undefined, with the connection ended, when it is longer than allowed. */
async function readBody(response: Response, maxBytes: number): Promise<Uint8Array | undefined> {
  if (response.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let readBytes = 0;
  for await (const part of response.body as AsyncIterable<Uint8Array>) {
    readBytes += part.length;
    if (readBytes > maxBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function noAnswer(reason: string): Result<never, HttpFailure> {
  return fail({ kind: "no-answer", reason });
}
